//! Sums, products, folds and counts of chains.

mod a_sum_of_a_parameter {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        x.iter().sum::<f64>() * y
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod a_sum_in_single_precision {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f32], y: f32) -> f32 {
        let p: f32 = x.iter().product();
        x.iter().map(|v| v * y).sum::<f32>() + p + x.iter().sum::<f32>()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5f32, 0.7], 0.3f32);
        check_gradient!(f, &vec![], 0.3f32);
    }
}

mod a_sum_of_nothing {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64]) -> f64 {
        x.iter().sum()
    }
    #[differentiable]
    fn g(x: &[f64]) -> f64 {
        x.iter().map(|v| -v).sum::<f64>() * 1.0
    }
    #[differentiable]
    fn h(x: &[f64]) -> f64 {
        x.iter().fold(0.0, |a, v| a + v)
    }
    #[test]
    fn is_differentiated() {
        for x in [vec![], vec![-0.0], vec![0.0]] {
            check_gradient!(f, &x);
            check_gradient!(g, &x);
            check_gradient!(h, &x);
        }
    }
}

mod a_mean_with_a_deviation {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64]) -> (f64, f64) {
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        let var = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean, var.sqrt())
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2]);
    }
}

mod a_fold_of_a_tuple {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let (s, p) = x.iter().fold((0.0, y), |(s, p), v| (s + v * p, p * v));
        let (m, q, n) = x.iter().enumerate().fold((y, 0.0, 0), |(m, q, n), (i, v)| {
            (m + (v - m) / (i as f64 + 1.0), q + v * m, n + 1)
        });
        s * p + m * q + n as f64
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 0.3);
        check_gradient!(f, &vec![], 0.3);
    }
}

mod a_fold_of_an_array {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let a = x.iter().fold([0.0, y], |a, v| [a[0] + v * a[1], a[1] * v]);
        let b = x.iter().fold((y, [y; 2]), |acc, v| {
            let mut c = acc.1;
            c[0] += v * acc.0;
            (acc.0 * v + c[1], c)
        });
        a[0] * a[1] + b.0 * b.1[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 0.3);
        check_gradient!(f, &vec![], 0.3);
    }
}

mod a_fold_to_the_extremes {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64]) -> f64 {
        let m = x.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let n = x.iter().cloned().fold(f64::INFINITY, f64::min);
        let (lo, hi) = x.iter().fold((x[0], x[0]), |(lo, hi), &v| {
            (if v < lo { v } else { lo }, if v > hi { v } else { hi })
        });
        (m - n) * lo * hi
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2, 0.9]);
    }
}

mod a_fold_of_changed_elements {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        a[0] *= y;
        a.iter().fold(1.0, |s, v| s * v + y)
            + a.iter().fold(0.0, |s, &v| s * y + v)
            + a.iter().copied().fold(0.1, f64::max)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_sum_of_changed_elements_at_the_end {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        a[0] *= y;
        a.iter().sum()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod a_sum_of_changed_elements_in_a_variable {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        a[0] *= y;
        let s: f64 = a.iter().sum();
        s * y
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod a_sum_of_changed_squares {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        a[0] += a[1];
        a.iter().map(|v| v * v).sum::<f64>()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_product_of_changed_elements {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        a[0] *= y;
        let p = a.iter().product::<f64>();
        p * a.iter().sum::<f64>()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod a_sum_of_methods_of_changed_elements {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        a[0] *= y;
        a.iter().map(|v| v.sin()).sum::<f64>()
            + a.iter().map(|v| v.powi(2) * y).sum::<f64>()
            + a.iter().map(|v| -v).sum::<f64>()
            + a.iter().map(|v| 1.0 / v).sum::<f64>()
            + a.iter().map(|x| x.max(y)).sum::<f64>()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.1], 0.3);
    }
}

mod a_count_of_changed_elements {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        a[0] *= y;
        let n = a.iter().filter(|v| **v > 0.1).count();
        let p = a.iter().position(|v| *v > 0.5).unwrap_or(0);
        if a.iter().all(|v| *v < y) {
            a[p] * n as f64
        } else {
            a[0] + a[p] * n as f64
        }
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 0.3);
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 3.3);
    }
}

mod a_sum_in_a_condition {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        while a.iter().map(|v| v * v).sum::<f64>() < 10.0 {
            for i in 0..a.len() {
                a[i] *= 1.0 + y;
            }
            a[0] += y;
        }
        a.iter().sum()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod a_sum_in_a_condition_beside_a_break {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        let mut n = 0;
        while a.iter().map(|v| v * v).sum::<f64>() < 10.0 {
            for i in 0..a.len() {
                a[i] *= 1.0 + y;
            }
            n += 1;
            if n > 50 {
                break;
            }
        }
        a[0] * a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod a_sum_in_a_method {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        v: Vec<f64>,
        b: f64,
    }
    impl A {
        #[differentiable]
        fn norm(&self) -> f64 {
            self.v.iter().map(|x| x * x).sum::<f64>().sqrt()
                + self.v.iter().map(|x| *x * self.b).sum::<f64>()
        }
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let a = A {
            v: vec![x, y],
            b: y,
        };
        a.norm()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}
