//! What chains and loops hand out: tuples, structs, rows, windows, chunks, and elements by value.

mod an_item_that_is_a_struct {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct P {
        m: f64,
        q: [f64; 2],
    }
    #[differentiable]
    fn f(ps: &[P], y: f64) -> f64 {
        let total: f64 = ps.iter().map(|p| p.m).sum();
        let com: Vec<f64> = (0..2)
            .map(|d| ps.iter().map(|p| p.m * p.q[d]).sum::<f64>() / total)
            .collect();
        let mut e = 0.0;
        for (i, a) in ps.iter().enumerate() {
            for b in ps.iter().skip(i + 1) {
                e -= a.m * b.m / (a.q[0] - b.q[0]).hypot(a.q[1] - b.q[1]);
            }
        }
        for b in &ps[1..] {
            e += b.m * y;
        }
        e * com[0] + com[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(
            f,
            &vec![
                P {
                    m: 1.0,
                    q: [0.1, 0.2]
                },
                P {
                    m: 2.0,
                    q: [0.7, 0.3]
                },
                P {
                    m: 0.5,
                    q: [0.2, 0.9]
                }
            ],
            0.3
        );
    }
}

mod a_reference_pattern {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: &[f64; 3]) -> f64 {
        let a: f64 = x.iter().zip(y).map(|(&a, &b)| a * b).sum();
        let b: f64 = x.iter().map(|&v| v * a).sum();
        let c: f64 = y
            .iter()
            .zip(x.iter())
            .map(|(p, q)| (p - q).powi(2))
            .sum::<f64>()
            .sqrt();
        let mut d = 0.0;
        for &v in x {
            d += v * c;
        }
        for (i, &v) in y.iter().enumerate() {
            d += v * i as f64;
        }
        a * b + d
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], &[0.3, 0.2, 0.6]);
    }
}

mod an_array_by_value {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let a = [x, y, x * y];
        let mut s = 0.0;
        for v in a {
            s += v * s + v;
        }
        for v in [y, x] {
            s += v * v;
        }
        for (v, w) in a.into_iter().zip([1.0, y]) {
            s += v * w;
        }
        s + a.into_iter().map(|v| v * y).sum::<f64>()
            + [x, 2.0].iter().map(|v| v * y).sum::<f64>()
            + [(x, y), (y, 2.0)].iter().map(|(p, q)| p * q).sum::<f64>()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod a_vector_by_value {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(v: Vec<f64>, y: f64) -> f64 {
        let mut s = 0.0;
        for a in v.iter() {
            s += a * y;
        }
        let w: Vec<f64> = v.into_iter().map(|a| a * a).collect();
        for (i, a) in w.into_iter().enumerate() {
            s += a * i as f64;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, vec![0.7, 1.3], 0.4);
    }
}

mod a_nested_tuple_pattern {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut s = y;
        for (i, (a, (j, b))) in x.iter().zip(x.iter().enumerate().skip(1)).enumerate() {
            s += a * b * (i + 2 * j) as f64;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.3], 0.3);
    }
}

mod a_zip_of_a_zip {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut s = y;
        for ((a, b), c) in x.iter().zip(x.iter().skip(1)).zip(x.iter().skip(2)) {
            s = s * 0.9 + a * b * c;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.3], 0.3);
    }
}

mod a_window_of_differences {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64]) -> f64 {
        let d: Vec<f64> = x.windows(2).map(|w| w[1] - w[0]).collect();
        d.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum::<f64>()
            + d.iter().map(|v| v.abs()).sum::<f64>()
    }
    #[test]
    fn is_differentiated() {
        for n in 0..6 {
            let x: Vec<f64> = [0.5, 0.7, 0.2, 0.9, 1.1, 0.3, 0.4, 0.6][..n].to_vec();
            check_gradient!(f, &x);
        }
    }
}

mod a_window_of_any_length {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], k: &[f64]) -> Vec<f64> {
        x.windows(k.len())
            .map(|w| w.iter().zip(k).map(|(a, b)| a * b).sum::<f64>().tanh())
            .collect()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2, 0.9], &vec![0.3, 0.6]);
        check_gradient!(f, &vec![0.5], &vec![0.3, 0.6]);
    }
}

mod a_window_stepped_in_reverse {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut s = y;
        for w in x.windows(3).rev().step_by(2) {
            s += w[0] * w[2] * s;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.3, 0.1], 0.3);
    }
}

mod a_chunk_with_its_number {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut s = y;
        for (i, c) in x.chunks(3).enumerate() {
            for (j, v) in c.iter().enumerate() {
                s += v * (i * 3 + j) as f64 * y;
            }
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.3, 0.1], 0.3);
    }
}

mod an_exact_chunk_in_reverse {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut s = y;
        for c in x.chunks_exact(2).rev() {
            s += c[0] / (1.0 + c[1]);
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.3, 0.1, 0.2], 0.3);
    }
}

mod a_row_of_any_length {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(m: &[Vec<f64>]) -> f64 {
        let mut s = 0.0;
        for r in m {
            for v in r {
                s += v * v;
            }
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![vec![0.5], vec![], vec![0.3, 0.4]]);
    }
}
