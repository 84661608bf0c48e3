//! Sequences of any number type, changed in part.

mod a_sequence_that_is_lent {
    use micrograd_core::{Scalar, check_gradient, differentiable};

    #[differentiable]
    fn relax<T: Scalar>(u: &mut [T], k: T) {
        for i in 1..u.len() {
            u[i] = u[i] * k + u[i - 1];
        }
    }
    #[differentiable]
    fn f<T: Scalar>(x: &[T], k: T) -> T {
        let mut a = x.to_vec();
        relax(&mut a, k);
        a[0] *= k;
        let mut s = k;
        for v in a.iter() {
            s = s * *v + k;
        }
        let mut t = [s, k];
        t[0] *= t[1];
        t.swap(0, 1);
        t[1] - t[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5f64, 0.7, 0.2], 0.3f64);
        check_gradient!(f, &vec![0.5f32, 0.7, 0.2], 0.3f32);
    }
}

mod a_recurrence_over_a_parameter {
    use micrograd_core::{Scalar, check_gradient, differentiable};

    #[differentiable]
    fn f<T: Scalar>(x: &[T], k: T) -> T {
        let mut s = k;
        for v in x.iter() {
            s = s * *v + k;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5f64, 0.7, 0.2], 0.3f64);
        check_gradient!(f, &vec![0.5f32, 0.7, 0.2], 0.3f32);
    }
}

mod a_recurrence_over_a_copy {
    use micrograd_core::{Scalar, check_gradient, differentiable};

    #[differentiable]
    fn f<T: Scalar>(x: &[T], k: T) -> T {
        let mut a = x.to_vec();
        a[0] *= k;
        let mut s = k;
        for v in a.iter() {
            s = s * *v + k;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5f64, 0.7, 0.2], 0.3f64);
    }
}

mod a_sum_over_references {
    use micrograd_core::{Scalar, check_gradient, differentiable};

    #[differentiable]
    fn f<T: Scalar>(x: &[T], k: T) -> T {
        let mut a = x.to_vec();
        a[0] *= k;
        let mut s = k;
        for v in a.iter() {
            s = s + *v * k;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5f64, 0.7, 0.2], 0.3f64);
    }
}

mod a_sum_over_indices {
    use micrograd_core::{Scalar, check_gradient, differentiable};

    #[differentiable]
    fn f<T: Scalar>(x: &[T], k: T) -> T {
        let mut a = x.to_vec();
        a[0] *= k;
        let mut s = k;
        for i in 0..a.len() {
            s = s + a[i] * k;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5f64, 0.7, 0.2], 0.3f64);
    }
}

mod a_sum_over_values {
    use micrograd_core::{Scalar, check_gradient, differentiable};

    #[differentiable]
    fn f<T: Scalar>(x: &[T], k: T) -> T {
        let mut a = x.to_vec();
        a[0] *= k;
        let mut s = k;
        for &v in a.iter() {
            s = s + v * k;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5f64, 0.7, 0.2], 0.3f64);
    }
}

mod an_element_that_is_scaled {
    use micrograd_core::{Scalar, check_gradient, differentiable};

    #[differentiable]
    fn f<T: Scalar>(x: &[T], k: T) -> T {
        let mut a = x.to_vec();
        a[0] *= k;
        a[0] + a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5f64, 0.7, 0.2], 0.3f64);
        check_gradient!(f, &vec![0.5f32, 0.7, 0.2], 0.3f32);
    }
}

mod a_pair_that_is_swapped {
    use micrograd_core::{Scalar, check_gradient, differentiable};

    #[differentiable]
    fn f<T: Scalar>(s: T, k: T) -> T {
        let mut t = [s, k];
        t[0] *= t[1];
        t.swap(0, 1);
        t[1] - t[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5f64, 0.3f64);
        check_gradient!(f, 0.5f32, 0.3f32);
    }
}
