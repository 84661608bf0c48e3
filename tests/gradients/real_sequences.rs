//! Functions as they are written elsewhere, over sequences.

use micrograd_core::{Differentiable, Scalar, check, check_gradient, differentiable};

const X: [f64; 6] = [0.5, 0.2, 0.9, 1.4, 0.1, 0.7];

#[derive(Clone, Differentiable)]
struct Model {
    w: Vec<Vec<f64>>,
    b: Vec<f64>,
    #[no_gradient]
    n: usize,
}

#[differentiable]
impl Model {
    fn forward(&self, x: &[f64]) -> Vec<f64> {
        self.w
            .iter()
            .zip(self.b.iter())
            .map(|(row, b)| row.iter().zip(x.iter()).map(|(w, x)| w * x).sum::<f64>() + b)
            .collect()
    }

    fn best(&self, x: &[f64]) -> f64 {
        let y = self.forward(x);
        let (i, v) = y
            .iter()
            .enumerate()
            .fold((0, f64::NEG_INFINITY), |(bi, bv), (i, v)| {
                debug_assert!(!v.is_nan());
                if *v > bv { (i, *v) } else { (bi, bv) }
            });
        let last = self.b.last().unwrap();
        v * i as f64 + self.b.first().copied().unwrap_or(0.0) + last * self.n as f64
    }

    fn update(&mut self, k: f64) {
        for (row, b) in self.w.iter_mut().zip(self.b.iter_mut()) {
            for w in row.iter_mut() {
                *w -= k * *w * *b;
            }
            *b += row.iter().sum::<f64>() * k;
        }
        self.b.iter_mut().for_each(|b| *b = b.tanh());
        self.b.push(k);
    }

    fn total(&self, x: &[f64], k: f64) -> f64 {
        let mut m = self.clone();
        m.update(k);
        m.w.push(x.to_vec());
        m.best(x) + m.forward(x).iter().sum::<f64>()
    }
}

#[differentiable]
fn quantile(x: &[f64], q: f64) -> f64 {
    let mut sorted = x.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let pos = q * (sorted.len() - 1) as f64;
    let (lo, hi) = (pos.floor() as usize, pos.ceil() as usize);
    let frac = pos - lo as f64;
    sorted[lo] * (1.0 - frac) + sorted[hi] * frac
}

#[differentiable]
fn softmax(x: &[f64]) -> Vec<f64> {
    let max = x.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
    let exps: Vec<f64> = x.iter().map(|&v| (v - max).exp()).collect();
    let sum: f64 = exps.iter().sum();
    exps.into_iter().map(|e| e / sum).collect()
}

#[differentiable]
fn smoothed(x: &[f64], alpha: f64) -> Vec<f64> {
    x.iter()
        .scan(x[0], |state, &v| {
            *state = alpha * v + (1.0 - alpha) * *state;
            Some(*state)
        })
        .collect()
}

#[differentiable]
fn product(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<Vec<f64>> {
    a.iter()
        .map(|row| {
            (0..b[0].len())
                .map(|j| row.iter().zip(b.iter()).map(|(x, brow)| x * brow[j]).sum())
                .collect()
        })
        .collect()
}

#[differentiable]
fn trapezium(x: &[f64], y: &[f64]) -> f64 {
    x.windows(2)
        .zip(y.windows(2))
        .map(|(xs, ys)| 0.5 * (xs[1] - xs[0]) * (ys[0] + ys[1]))
        .sum()
}

#[differentiable]
fn median(x: [f64; 3]) -> f64 {
    let mut s = x;
    s.sort_by(|a, b| a.partial_cmp(b).unwrap());
    s[1]
}

#[differentiable]
fn normalise(v: &mut [f64]) {
    let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    v.iter_mut().for_each(|x| *x /= norm);
}

#[differentiable]
fn normalised(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    normalise(&mut v[1..]);
    normalise(&mut v);
    v.iter().enumerate().map(|(i, a)| a * i as f64).sum()
}

#[differentiable]
fn triangle(n: usize, x: f64) -> f64 {
    (0..n)
        .flat_map(|i| (0..i).map(move |j| (i, j)))
        .map(|(i, j)| x.powi(i as i32) * j as f64)
        .sum()
}

#[differentiable]
fn generic<T: Scalar>(x: &[T], k: T) -> T {
    let mut v: Vec<T> = x.iter().map(|a| *a * k).collect();
    for a in v.iter_mut() {
        *a *= k;
    }
    v.sort_by(|a, b| b.partial_cmp(a).unwrap());
    let kept: Vec<T> = v.iter().filter(|a| **a > T::zero()).copied().collect();
    let m = v.iter().copied().fold(k, |a, b| if a > b { a } else { b });
    let top = v.pop().unwrap();
    let big = x.iter().max_by(|a, b| a.partial_cmp(b).unwrap()).unwrap();
    kept[0] * m + top * *big
}

#[differentiable]
fn statistics(x: &[f64], y: &[f64], z: &[f64], k: f64) -> f64 {
    let a: f64 = x.iter().filter(|&&v| v > 0.3).sum();
    let b: f64 = x.iter().filter(|&v| *v > 0.3).map(|v| v * k).sum();
    let c: f64 = x
        .iter()
        .enumerate()
        .filter(|&(i, _)| i % 2 == 0)
        .map(|(_, v)| v)
        .sum();
    let d: f64 = x
        .iter()
        .enumerate()
        .filter(|(_, v)| **v > 0.3)
        .map(|(i, &v)| v * i as f64)
        .sum();
    let e: f64 = x.iter().zip(y).zip(z).map(|((a, b), c)| a * b * c).sum();
    let (s, q) = x.iter().fold((0.0, 0.0), |(s, q), &v| (s + v, q + v * v));
    let n = x.len() as f64;
    let var = q / n - (s / n).powi(2);
    let f = x
        .iter()
        .enumerate()
        .min_by(|a, b| a.1.partial_cmp(b.1).unwrap())
        .unwrap();
    let g = x
        .iter()
        .enumerate()
        .max_by(|&(_, a), &(_, b)| a.total_cmp(b))
        .map(|(i, _)| i)
        .unwrap();
    let h: f64 = x.iter().rev().skip_while(|v| **v < 0.2).take(3).product();
    a + b * c + d * e + var + f.1 * f.0 as f64 + y[g] * h
}
#[differentiable]
fn memory(x: &[f64], k: f64) -> f64 {
    let mut v = x.to_vec();
    v[0] *= k;
    let a = v.iter().max_by(|a, b| a.partial_cmp(b).unwrap()).unwrap() * 2.0;
    v.push(a);
    let b: f64 = v.iter().zip(v.iter().skip(1)).map(|(p, q)| p * q).sum();
    let c: Vec<f64> = (0..v.len())
        .filter(|i| v[*i] > 0.3)
        .map(|i| v[i] * k)
        .collect();
    let d: f64 = v
        .iter()
        .filter(|e| **e < 1.0)
        .map(|e| e * e)
        .sum::<f64>()
        .sqrt();
    v.iter_mut().zip(c.iter()).for_each(|(a, &b)| *a += b * k);
    let big: Vec<f64> = v.iter().copied().filter(|e| *e > 0.5).collect();
    let e = big.iter().copied().fold(f64::INFINITY, f64::min);
    for w in v.windows(2) {
        if w[0] > w[1] {
            return w[0] * b + e;
        }
    }
    v.into_iter().map(|e| e.sin()).sum::<f64>() + b + d + e
}
#[differentiable]
fn grid(m: [[f64; 3]; 2], k: f64) -> f64 {
    let rows: f64 = m.iter().map(|r| r.iter().sum::<f64>().powi(2)).sum();
    let mut n = m;
    for (i, row) in n.iter_mut().enumerate() {
        for (j, v) in row.iter_mut().enumerate() {
            *v = *v * k + (i * 3 + j) as f64 * m[i][j];
        }
    }
    let maxes: Vec<f64> = n
        .iter()
        .map(|r| r.iter().cloned().fold(f64::MIN, f64::max))
        .collect();
    let t: f64 = (0..3)
        .map(|j| n.iter().map(|r| r[j]).product::<f64>())
        .sum();
    rows + t + maxes.iter().sum::<f64>()
}
#[differentiable]
fn single_precision(x: &[f32], k: f32) -> f32 {
    let s = x.iter().map(|v| v * k).sum::<f32>();
    let p: f32 = x.iter().product();
    let m = x.iter().copied().fold(f32::MIN, f32::max);
    s * p + m
}
#[derive(Clone, Copy, Differentiable)]
struct Body {
    x: f64,
    m: f64,
}
#[differentiable]
fn energy(ps: &[Body]) -> f64 {
    let kinetic: f64 = ps.iter().map(|Body { x, m }| 0.5 * m * x * x).sum();
    let potential: f64 = ps
        .iter()
        .enumerate()
        .flat_map(|(i, p)| ps[i + 1..].iter().map(move |q| (p, q)))
        .map(|(p, q)| p.m * q.m / ((p.x - q.x).abs() + 1.0))
        .sum();
    let heaviest = ps
        .iter()
        .max_by(|a, b| a.m.partial_cmp(&b.m).unwrap())
        .unwrap();
    let mut sorted = ps.to_vec();
    sorted.sort_by(|a, b| b.x.partial_cmp(&a.x).unwrap());
    sorted.iter_mut().for_each(|p| p.m *= 2.0);
    kinetic - potential
        + heaviest.x
        + sorted[0].m * sorted[0].x
        + sorted
            .iter()
            .filter(|p| p.x > 0.4)
            .map(|p| p.m)
            .sum::<f64>()
}
#[differentiable]
fn best_path(x: &[f64], k: f64) -> f64 {
    let mut prev: Vec<f64> = x.to_vec();
    for (i, v) in x.iter().enumerate() {
        let cur: Vec<f64> = prev
            .iter()
            .enumerate()
            .map(|(j, p)| {
                let best = if j == 0 { *p } else { p.max(prev[j - 1]) };
                best + v * k * (i + j) as f64
            })
            .collect();
        prev = cur;
    }
    prev.into_iter().reduce(f64::max).unwrap()
}

#[test]
fn statistics_of_samples() {
    let x = X.to_vec();
    check_gradient!(quantile, &x, 0.37);
    check_gradient!(softmax, &x);
    check_gradient!(smoothed, &x, 0.3);
    check_gradient!(trapezium, &x, &x);
    check_gradient!(median, [0.3, 0.1, 0.2]);
    check_gradient!(normalised, &x);
    check_gradient!(triangle, 4usize, 0.7);
    let y = vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    check_gradient!(statistics, &x, &y, &vec![0.6, 0.3, 0.2, 0.9, 0.1, 0.4], 0.7);
}

#[test]
fn sequences_in_memory() {
    let x = X.to_vec();
    check_gradient!(memory, &x, 0.7);
    check_gradient!(memory, &vec![0.1, 0.2, 0.35], 0.7);
    check_gradient!(best_path, &x, 0.7);
    check_gradient!(grid, [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], 0.7);
    let (a, b) = (
        vec![vec![0.1, 0.2], vec![0.3, 0.4]],
        vec![vec![0.5, 0.6, 0.1], vec![0.7, 0.8, 0.3]],
    );
    check_gradient!(product, &a, &b);
}

#[test]
fn numbers_of_any_precision() {
    check_gradient!(single_precision, &vec![0.1f32, 0.2, 0.3], 0.7f32);
    check_gradient!(generic, &X.to_vec(), 0.7);
    check_gradient!(generic, &vec![0.5f32, 0.2, 0.9], 0.7f32);
}

#[test]
fn models_and_bodies() {
    let model = Model {
        w: vec![vec![0.1, 0.2], vec![0.3, 0.4]],
        b: vec![0.5, 0.6],
        n: 2,
    };
    check::gradient(
        &(model, vec![0.3, 0.8], 0.4),
        |(m, x, k)| m.total(x, *k),
        |(m, x, k)| m.pullback_total(x, *k),
    );
    let bodies = [(0.3, 1.0), (0.6, 2.0), (-0.3, 0.5)].map(|(x, m)| Body { x, m });
    check::gradient(
        &(bodies.to_vec(),),
        |(b,)| energy(b),
        |(b,)| pullback_energy(b),
    );
}
