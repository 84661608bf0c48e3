//! Parameters and names of closures, and where they are called.

mod a_parameter_that_shadows {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let g = |y: f64| {
            let x = y * x;
            x * y
        };
        let x = y;
        g(x) + x
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod a_mutable_parameter {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let g = |mut v: f64| {
            v *= y;
            v += x;
            v * v
        };
        g(x) + g(y) * x
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod a_mutable_parameter_of_a_known_name {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut v = x * 2.0;
        let g = |mut v: f64| {
            v *= y;
            v += x;
            v * v
        };
        let a = g(x);
        v += a;
        v + g(v)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod a_local_variable_of_a_known_name {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut s = x;
        let g = |v: f64| {
            let mut s = v;
            for _ in 0..3 {
                s = s * y;
            }
            s
        };
        let a = g(x);
        s += a * g(y);
        s * g(s)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod a_local_array_of_a_known_name {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let g = |v: f64| {
            let mut a = [v, v * v];
            a[0] *= y;
            a[0] + a[1]
        };
        let p = g(x);
        a[0] = p * a[1];
        a[0] * g(a[0]) + a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod a_closure_defined_by_another_of_its_name {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let g = |v: f64| v * x;
        let g = |v: f64| g(v) + g(y);
        let x = g(x);
        let g = |v: f64| g(v * x);
        g(y)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod a_parameter_that_is_a_mutable_reference {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let add = |s: &mut f64, v: f64| *s += v * y;
        let mut s = x;
        add(&mut s, x);
        add(&mut s, y);
        s * s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod a_parameter_that_is_a_mutable_slice {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let scale = |s: &mut [f64], v: f64| {
            for i in 0..s.len() {
                s[i] *= v;
            }
        };
        let mut s = [x, y, x * y];
        scale(&mut s, x);
        scale(&mut s, y);
        s[0] * s[1] + s[2]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod a_parameter_that_is_a_pattern {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let g = |(a, b): (f64, f64), [c, d]: [f64; 2]| a * c - b * d * x;
        g((x, y), [y, 2.0]) + g((1.0, x), [x, x])
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod a_result_that_is_a_tuple {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let rot = |a: f64, b: f64| (a * x.cos() - b * x.sin(), a * x.sin() + b * x.cos());
        let (p, q) = rot(x, y);
        let (p, q) = rot(p, q);
        p * q
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod a_loop_in_a_closure {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let horner = |c: &[f64], t: f64| {
            let mut s = 0.0;
            for v in c.iter().rev() {
                s = s * t + v;
            }
            s
        };
        let c = [x, 1.0, x * x];
        let mut r = 0.0;
        for i in 0..n {
            r += horner(&c, x + i as f64);
        }
        r + horner(&[x], 2.0)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 3usize);
    }
}

mod a_call_in_a_condition {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64) -> f64 {
        let mut s = x;
        let sq = |v: f64| v * v;
        while sq(s) < 20.0 {
            s = s * 1.5 + sq(x);
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7);
    }
}

mod a_call_in_a_branch {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let at = |i: usize| x[i % x.len()];
        let mut s = 0.0;
        for i in 0..5 {
            if at(i) > 0.2 {
                s += at(i + 1) * y;
            } else {
                s -= at(i + 2) * s;
            }
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.05], 1.3);
    }
}

mod a_closure_that_is_folded_with {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let step = |acc: f64, v: &f64| acc * y + v;
        x.iter().fold(y, step) + x.iter().rev().fold(0.0, step)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.05, -0.3, 0.9], 1.3);
    }
}

mod a_closure_named_without_a_call {
    use micrograd_core::{check_gradient, differentiable};

    fn ap<F: Fn(f64) -> f64>(g: F, v: f64) -> f64 {
        g(v)
    }
    #[differentiable]
    fn f(x: f64) -> f64 {
        let g = |v: f64| v * 2.0;
        let _ = g;
        g(x)
    }
    #[test]
    fn is_differentiated() {
        let _ = ap(|v| v, 1.0);
        check_gradient!(f, 0.7);
    }
}
