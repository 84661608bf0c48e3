//! Hard cases of iterator chains.

mod rows_ragged_push {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut m: Vec<Vec<f64>> = Vec::new();
        for (i, v) in x.iter().enumerate() {
            let mut row = Vec::new();
            for j in 0..i {
                row.push(v * y + j as f64);
            }
            m.push(row);
        }
        for i in 0..m.len() {
            m[i].push(y * i as f64);
        }
        let mut s = 0.0;
        for i in 0..m.len() {
            for j in 0..m[i].len() {
                s += m[i][j] * x[j];
            }
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 1.3);
        check_gradient!(f, &vec![], 1.3);
    }
}

mod generic_scalar {
    use micrograd_core::{check_gradient, differentiable};

    use micrograd_core::Scalar;
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

mod grow_by_reassign_in_loop {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let mut row = vec![x];
        for _ in 0..n {
            let mut next = vec![0.0; row.len() + 1];
            for i in 0..row.len() {
                next[i] += row[i] * x;
                next[i + 1] += row[i];
            }
            row = next;
        }
        let mut s = 0.0;
        for (i, v) in row.iter().enumerate() {
            s += v * i as f64;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 4usize);
        check_gradient!(f, 0.5, 0usize);
    }
}

mod gen3 {
    use micrograd_core::{check_gradient, differentiable};

    use micrograd_core::Scalar;
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

mod gen4 {
    use micrograd_core::{check_gradient, differentiable};

    use micrograd_core::Scalar;
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

mod combos1 {
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

mod filter_continue_break {
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

mod slots_iter {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        let mut s = 0.0;
        for k in 0..3 {
            s += a.iter().zip(x.iter()).map(|(p, q)| p * q).sum::<f64>();
            for i in 0..a.len() {
                a[i] = a.iter().skip(i).take(2).map(|v| v * y).sum::<f64>();
            }
            s += a.windows(2).map(|w| w[0] * w[1]).sum::<f64>() * k as f64;
            let b: Vec<f64> = a.iter().rev().map(|v| v * s).collect();
            a = b;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        for n in 0..4 {
            let x: Vec<f64> = [0.5, 0.7, 0.2, 0.9, 1.1, 0.3, 0.4, 0.6][..n].to_vec();
            check_gradient!(f, &x, 0.3);
        }
    }
}

mod collect_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a: Vec<f64> = x.iter().map(|v| v * y).collect();
        a[0] += a[1];
        a.push(y);
        let b = a.iter().map(|v| v * v).collect::<Vec<_>>();
        let mut m: Vec<Vec<f64>> = (0..3)
            .map(|i| x.iter().map(|v| v * i as f64 + y).collect())
            .collect();
        m[1][0] *= m[2][1];
        let c: Vec<f64> = m.iter().map(|r| r.iter().sum::<f64>()).collect();
        b[2] * a[0] + c[1] * c[2] * b[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod reversed_range {
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

mod arrays_by_value {
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

mod while_cond_chain {
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

mod fold_tuple {
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

mod fold_array {
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

mod fold_max {
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

mod f32_sum {
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

mod empty_sum_bits {
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

mod nested_chain {
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

mod matmul_chain {
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

mod struct_items {
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

mod collect_return {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn sq(x: &[f64], k: f64) -> Vec<f64> {
        x.iter().map(|v| v * v * k).collect()
    }
    #[differentiable]
    fn pairs(x: &[f64]) -> Vec<(f64, f64)> {
        x.iter()
            .zip(x.iter().skip(1))
            .map(|(a, b)| (a * b, a + b))
            .collect()
    }
    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let v = sq(&sq(x, y), y);
        let p = pairs(&v);
        p.iter().map(|(a, b)| a * b).sum::<f64>() + p[0].0 * p[1].1
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 0.3);
    }
}

mod map_path {
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

mod refpats {
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

mod collect_array_index_expr {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        x.iter().map(|v| v * y).collect::<Vec<f64>>()[1]
            + x.iter()
                .map(|v| v * y)
                .collect::<Vec<_>>()
                .iter()
                .sum::<f64>()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 0.3);
    }
}

mod count_any_slot {
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

mod sum_of_tuple_ret {
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

mod windows_collect_windows {
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

mod polymorphic_convolution {
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

mod iter_slot_f64 {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut a = vec![x, k];
        a[0] *= k;
        let mut s = k;
        for v in a.iter() {
            s = s * *v + k;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod iter_slot_f64_b {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut a = vec![x, k];
        a[0] *= k;
        let mut s = k;
        for v in a.iter() {
            s += *v * k;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod iter_slot_f64_c {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], k: f64) -> f64 {
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
        check_gradient!(f, &vec![0.5, 0.2], 0.3);
    }
}

mod iter_slot_gen_b {
    use micrograd_core::{check_gradient, differentiable};

    use micrograd_core::Scalar;
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

mod iter_slot_gen_d {
    use micrograd_core::{check_gradient, differentiable};

    use micrograd_core::Scalar;
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

mod iter_slot_copied {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], k: f64) -> f64 {
        let mut a = x.to_vec();
        a[0] *= k;
        a.iter().copied().map(|v| v * k).sum::<f64>()
            + a.iter().map(|&v| v * k).sum::<f64>()
            + a.iter().map(|v| *v * k).sum::<f64>()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.2], 0.3);
    }
}

mod rows_sum {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut m = vec![vec![x, k], vec![k, x * k]];
        m[1][0] *= k;
        let c: Vec<f64> = m.iter().map(|r| r.iter().sum::<f64>()).collect();
        c[0] * c[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod rows_index {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut m = vec![vec![x, k], vec![k, x * k]];
        m[1][0] *= k;
        let mut s = 0.0;
        for r in &m {
            s += r[0] * r[1];
        }
        s + m.iter().map(|r| r[0] * r[1]).sum::<f64>()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod collect_nested_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut m: Vec<Vec<f64>> = (0..3)
            .map(|i| x.iter().map(|v| v * i as f64 + y).collect())
            .collect();
        m[1][0] *= m[2][1];
        m[1][0] * m[1][1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod collect_slot_push {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a: Vec<f64> = x.iter().map(|v| v * y).collect();
        a[0] += a[1];
        a.push(y);
        let b = a.iter().map(|v| v * v).collect::<Vec<_>>();
        b[2] * a[0] + b[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod last_sum_slot {
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

mod sum_slot_bound {
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

mod product_slot_turbofish {
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

mod sum_param_plain {
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

mod slice_of_slot_passed {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn g(a: &[f64]) -> f64 {
        a.iter().map(|v| v * v).sum()
    }
    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        let mut s = 0.0;
        for i in 0..a.len() {
            s += g(&a[i..]) * g(&a[..i]);
            a[i] *= y * s;
        }
        s + g(&a)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.3], 0.3);
    }
}

mod c2a {
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

mod c2b {
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

mod c2d {
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

mod filters {
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

mod vec_by_value2 {
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

mod coll_sq_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        a[0] += a[1];
        let b: Vec<f64> = a.iter().map(|v| v * v).collect();
        b[0] * b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod sum_sq_slot {
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

mod coll_mul_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        a[0] += a[1];
        let b: Vec<f64> = a.iter().map(|v| v * y).collect();
        b[0] * b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod coll_slot_after_push {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x];
        a.push(y);
        let b: Vec<f64> = a.iter().map(|v| v * y).collect();
        b[0] * b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod coll_slot_from_collect {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a: Vec<f64> = x.iter().map(|v| v * y).collect();
        a[0] += y;
        let b: Vec<f64> = a.iter().map(|v| v * y).collect();
        b[0] * b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod coll_turbofish {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let b = x.iter().map(|v| v * y).collect::<Vec<_>>();
        b[0] * b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod coll_turbofish2 {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        a[0] += a[1];
        let b = a.iter().map(|v| v * v).collect::<Vec<_>>();
        b[0] * b[1] + a[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod deref_slot_struct {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Copy, Differentiable)]
    struct P {
        x: f64,
        y: f64,
    }
    #[differentiable]
    fn g(p: P) -> f64 {
        p.x * p.y
    }
    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut v = vec![P { x, y: k }, P { x: k, y: x }];
        v[0].x *= k;
        let mut s = 0.0;
        for p in v.iter() {
            s += g(*p) * p.x;
        }
        for p in &v {
            let q = *p;
            s += q.y;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod fold_ref_slot {
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

mod zip_slots_deref {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        a[0] *= y;
        let mut s = 0.0;
        for (i, (p, q)) in a.iter().zip(x.iter()).enumerate() {
            s += *p * *q * i as f64;
        }
        for (&p, &q) in a.iter().zip(x) {
            s += p * q;
        }
        for w in a.windows(2) {
            let [p, q] = [w[0], w[1]];
            s += p * q;
        }
        for c in a.chunks(2) {
            s += c.iter().map(|v| *v * y).sum::<f64>();
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.1], 0.3);
    }
}

mod map_over_slot_method {
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

mod iter_param_mutref {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn g(a: &mut [f64], y: f64) -> f64 {
        a[0] *= y;
        let mut s = 0.0;
        for v in a.iter() {
            s += v * v;
        }
        s += a.iter().map(|v| v * y).sum::<f64>();
        for v in a.iter() {
            s += *v;
        }
        a[1] = s;
        s
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let s = g(&mut a, y);
        s * a[1] + a[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod while_final_chain {
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

mod self_push_norm {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        v: Vec<f64>,
        b: f64,
    }
    impl A {
        #[differentiable]
        fn norm(&self) -> f64 {
            self.v.iter().map(|x| x * x).sum::<f64>() * self.b
        }
        #[differentiable]
        fn go(&mut self, k: usize) -> f64 {
            let mut s = 0.0;
            for _ in 0..k {
                s += self.norm();
                self.v.push(s);
            }
            s
        }
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = A {
            v: vec![x, y],
            b: y,
        };
        let s = a.go(2);
        s * a.b + a.v[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod self_norm_sqrt {
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

mod deref_closure_field {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        v: Vec<f64>,
        b: f64,
    }
    impl A {
        #[differentiable]
        fn norm(&self) -> f64 {
            self.v.iter().map(|x| *x * self.b).sum::<f64>()
        }
        #[differentiable]
        fn step(&mut self) -> f64 {
            let n = self.norm();
            self.v[0] *= n;
            self.b *= n;
            let m = self.norm();
            m * n
        }
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = A {
            v: vec![x, y],
            b: y,
        };
        a.step() + a.b * a.v[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}
