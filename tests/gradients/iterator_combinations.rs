//! Adaptors behind each other, and chains inside chains.

mod a_chain_of_many_adaptors {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let a: f64 = x
            .iter()
            .rev()
            .enumerate()
            .map(|(i, v)| v * i as f64 * y)
            .sum();
        let b: f64 = x
            .iter()
            .enumerate()
            .rev()
            .map(|(i, v)| v * i as f64)
            .fold(y, |s, v| s * 0.5 + v);
        let c: f64 = x
            .iter()
            .skip(1)
            .rev()
            .take(2)
            .zip(x.iter())
            .map(|(p, q)| p * q)
            .sum();
        let d: f64 = x
            .iter()
            .step_by(2)
            .rev()
            .zip(x.iter().skip(1).step_by(3))
            .map(|(p, q)| p * q * y)
            .sum();
        let e: f64 = x
            .iter()
            .take(100)
            .skip(2)
            .rev()
            .enumerate()
            .skip(1)
            .map(|(i, v)| v * i as f64)
            .sum();
        a + b * c + d * e
    }
    #[test]
    fn is_differentiated() {
        for n in 0..8 {
            let x: Vec<f64> = [0.5, 0.7, 0.2, 0.9, 1.1, 0.3, 0.4, 0.6][..n].to_vec();
            check_gradient!(f, &x, 1.3);
        }
    }
}

mod a_filter_between_others {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let a: f64 = x
            .iter()
            .filter(|v| **v > 0.35)
            .map(|v| v * v)
            .filter(|v| *v < 1.0)
            .map(|v| v * y)
            .sum();
        let b: f64 = x
            .iter()
            .enumerate()
            .filter(|(i, v)| i % 2 == 0 && **v > 0.25)
            .map(|(i, v)| v * i as f64)
            .sum();
        let c = x
            .iter()
            .copied()
            .filter(|&v| v > 0.45)
            .fold(1.0, |p, v| p * v);
        let mut d = 0.0;
        for v in x.iter().filter(|v| v.sin() > 0.3) {
            d += v * d + y;
        }
        let e: f64 = (0..x.len()).filter(|i| i % 3 != 1).map(|i| x[i]).sum();
        a * b + c * d + e
    }
    #[test]
    fn is_differentiated() {
        for n in 0..8 {
            let x: Vec<f64> = [0.5, 0.7, 0.2, 0.9, 1.1, 0.3, 0.4, 0.6][..n].to_vec();
            check_gradient!(f, &x, 1.3);
        }
    }
}

mod a_filtered_loop_that_ends_early {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut d = 0.0;
        for (i, v) in x.iter().enumerate().filter(|(i, _)| i % 3 != 1) {
            if *v < 0.25 {
                continue;
            }
            d += v * y * i as f64;
            if d > 4.0 {
                break;
            }
            d *= 1.1;
            if i == 6 {
                return d * d;
            }
        }
        d
    }
    #[test]
    fn is_differentiated() {
        for n in 0..8 {
            let x: Vec<f64> = [0.5, 0.7, 0.2, 0.9, 1.1, 0.3, 0.4, 0.6][..n].to_vec();
            check_gradient!(f, &x, 1.3);
            check_gradient!(f, &x, 0.3);
        }
    }
}

mod a_range_that_may_be_empty {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, a: usize, b: usize) -> f64 {
        let mut s = x;
        for i in a..b {
            s += x * i as f64;
        }
        for i in (a..b).rev() {
            s *= x + i as f64;
        }
        s += (a..b).map(|i| x * i as f64).sum::<f64>();
        s += (a..b).skip(1).map(|i| x * i as f64).sum::<f64>();
        s += (a..b)
            .zip(0..3)
            .map(|(i, j)| x * (i + j) as f64)
            .sum::<f64>();
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1usize, 4usize);
        check_gradient!(f, 0.7, 4usize, 1usize);
        check_gradient!(f, 0.7, 4usize, 4usize);
    }
}

mod a_chain_in_a_chain {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: &[f64]) -> f64 {
        x.iter()
            .enumerate()
            .map(|(i, a)| {
                y.iter()
                    .skip(i)
                    .zip(x)
                    .map(|(b, c)| a * b * c)
                    .fold(1.0, |s, v| s * v + a)
            })
            .sum()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], &vec![0.3, 0.9]);
    }
}

mod a_product_of_matrices {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(a: &[Vec<f64>], b: &[Vec<f64>]) -> f64 {
        let c: Vec<Vec<f64>> = a
            .iter()
            .map(|r| {
                (0..b[0].len())
                    .map(|j| r.iter().zip(b.iter()).map(|(x, br)| x * br[j]).sum())
                    .collect()
            })
            .collect();
        let mut s = 0.0;
        for (i, r) in c.iter().enumerate() {
            for (j, v) in r.iter().enumerate() {
                s += v * v * (i + 2 * j) as f64;
            }
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(
            f,
            &vec![vec![0.5, 0.7], vec![0.2, 0.1]],
            &vec![vec![0.3, 0.9], vec![1.0, 2.0]]
        );
    }
}

mod a_path_for_a_closure {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn sq(x: f64) -> f64 {
        x * x
    }
    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        x.iter().copied().map(sq).sum::<f64>()
            * x.iter()
                .cloned()
                .map(f64::sin)
                .map(|v| v * y)
                .product::<f64>()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 0.3);
    }
}
