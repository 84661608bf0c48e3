//! Local references to what is changed, shared and mutable.

mod a_mutable_reference_to_an_array {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let r = &mut a;
        r[0] *= y;
        r[1] += r[0];
        a[0] * a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_mutable_reference_to_a_number {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = x;
        let r = &mut a;
        *r *= y;
        *r += 1.0;
        a * y
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_mutable_reference_to_a_row {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut m = vec![vec![x, y], vec![y, x]];
        for i in 0..2 {
            let row = &mut m[i];
            row[0] *= y;
            row[1] += row[0];
        }
        m[0][0] * m[1][1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_shared_reference_to_a_row {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut m = vec![vec![x, y], vec![y, x]];
        for i in 0..2 {
            let row = &m[i];
            let t = row[0] * row[1];
            m[1 - i][0] *= t;
        }
        let last = &m[1];
        let k = last[0];
        last[1] * m[0][0] * k
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_reference_to_what_stays {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let a = [x, k];
        let r = &a[0];
        *r * k
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_reference_to_an_element {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut a = [x, k];
        a[0] *= k;
        let r = &a[0];
        *r * k
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_reference_that_is_read_twice {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut a = [x, k];
        a[0] *= k;
        let r = &a[0];
        *r * k + *r
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_reference_after_a_mutable_one {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut a = x;
        let m = &mut a;
        *m *= k;
        let r = &a;
        *r * k
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_row_behind_a_reference {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut m = [[x, k], [k, 1.0]];
        m[0][0] *= k;
        let r = &m[0];
        let q = *r;
        q[0] * r[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}
