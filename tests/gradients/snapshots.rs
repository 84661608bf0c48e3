//! What is read, copied, passed and returned before or after a change.

mod an_element_read_before_it_changes {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let n = a[1];
        for i in 0..2 {
            a[i] /= n;
        }
        a[1] = n * n;
        a[0] * a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_field_read_before_it_changes {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        v: Vec<f64>,
        b: f64,
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = A {
            v: vec![x, y],
            b: y,
        };
        let n = a.b;
        a.b = n * n * x;
        let m = a.v[0];
        a.v[0] = m * n;
        a.v[0] * a.b * m
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_tuple_of_elements {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let v = (a[0], a[1]);
        a[0] *= y;
        v.0 * a[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_tuple_of_a_copy {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut p = [x, y];
        let t = (p, p[0]);
        p[0] *= y;
        let q = [p, t.0];
        p[1] *= x;
        t.0[0] * p[0] + q[0][1] * q[1][0] * t.1 + p[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_tuple_that_is_changed {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut t = (x, [y, x], (y, 2.0));
        t.0 *= t.1[0];
        t.1[1] += t.2.0 * t.0;
        (t.0, t.2.1) = (t.1[1], t.0);
        let (a, b, (c, d)) = t;
        a * b[0] + c * d + b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod an_array_passed_by_value {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn g(a: [f64; 2], k: f64) -> f64 {
        a[0] * a[1] * k
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut p = [x, y];
        let t = g(p, y);
        p[0] *= t;
        t * g(p, x)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_vector_divided_by_its_norm {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn norm(v: &[f64]) -> f64 {
        v[0] * v[0] + v[1]
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut v = vec![x, y];
        let n = norm(&v);
        for i in 0..v.len() {
            v[i] /= n;
        }
        v[0] * v[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod an_array_that_shadows_another {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        a[0] *= y;
        let mut a = [a[1], a[0] * a[0]];
        a[1] += x;
        {
            let mut a = vec![x];
            a[0] *= 3.0;
            a.push(y);
        }
        let a = a[0] * a[1];
        a * y
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod an_array_that_is_returned {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn mk(x: f64, n: usize) -> Vec<f64> {
        let mut v = vec![x; n];
        for i in 1..n {
            v[i] = v[i - 1] * x;
        }
        if n > 3 {
            return v;
        }
        v[0] = 2.0;
        v
    }
    #[differentiable]
    fn mk2(x: f64) -> [[f64; 2]; 2] {
        let mut m = [[0.0; 2]; 2];
        m[0][1] = x;
        m[1] = [x * x, m[0][1]];
        m[1][1] *= x;
        m
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let v = mk(x, 5);
        let mut w = mk(y, 3);
        w[1] += v[4];
        let m = mk2(w[1]);
        m[1][0] * m[1][1] * v[2] + w[2]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_field_that_is_returned {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        v: Vec<f64>,
        s: f64,
    }
    #[differentiable]
    fn mk(x: f64) -> A {
        let mut a = A {
            v: vec![x; 2],
            s: 0.0,
        };
        a.v[0] *= x;
        a.s += a.v[0];
        a
    }
    #[differentiable]
    fn vecs(x: f64) -> Vec<f64> {
        let mut a = mk(x);
        a.v[1] += a.s;
        a.v.push(x);
        a.v
    }
    #[differentiable]
    fn f(x: f64) -> f64 {
        let a = mk(x);
        let b = vecs(a.v[1]);
        b[2] * b[1] + a.s * a.v[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5);
    }
}
