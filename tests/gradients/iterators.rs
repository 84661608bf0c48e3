//! Closures that are called, and iterator chains.
use micrograd_core::{check_gradient, differentiable};

#[differentiable]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>()
}

#[differentiable]
fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2)
        .map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2))
        .sum()
}

#[differentiable]
fn closures(n1: f64, n4: f64) -> f64 {
    let w = |x: f64| n1 + (x - n1) / n4;
    let v = |x: f64, k: f64| w(x) * k;
    let mut count = 0.0;
    let mut tally = |x: f64| {
        count += x;
        x * 2.0
    };
    let a = tally(n1) + tally(n4);
    w(v(2.0, 3.0)) * w(n4) + a * count
}

#[differentiable]
fn softmax_entropy(z: &[f64], k: usize) -> f64 {
    let m = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let s: f64 = z.iter().map(|v| (v - m).exp()).sum();
    let p: Vec<f64> = z.iter().map(|v| (v - m).exp() / s).collect();
    -p[k].ln() + p.iter().enumerate().map(|(i, q)| q * i as f64).sum::<f64>()
}

#[differentiable]
fn various(x: &[f64], y: f64) -> f64 {
    let mut s = 0.0;
    for (i, v) in x.iter().enumerate().skip(1).take(3) {
        s += v * i as f64 * y;
    }
    for (a, b) in x.iter().rev().zip(x.iter().step_by(2)) {
        s += a * b;
    }
    for c in x.chunks(2) {
        s += c[0] * c[c.len() - 1];
    }
    s += x
        .iter()
        .filter(|v| **v > 0.3)
        .map(|v| v * v * y)
        .sum::<f64>();
    s += (0..x.len()).map(|i| x[i] * i as f64).product::<f64>();
    s += (1..4)
        .rev()
        .map(|i| y.powi(i))
        .fold(1.0, |acc, t| acc * t + y);
    x.iter().for_each(|v| s += v.sin());
    if x.iter().any(|v| *v > 100.0) { 0.0 } else { s }
}

#[differentiable]
fn nested(rows: &[Vec<f64>], y: &[f64]) -> f64 {
    rows.iter()
        .map(|row| {
            row.iter()
                .zip(y.iter())
                .map(|(a, b)| a * b)
                .sum::<f64>()
                .tanh()
        })
        .sum()
}

#[test]
fn chains_and_closures_are_differentiated() {
    let x = vec![0.5, 0.2, 0.9, 1.4, 0.1];
    check_gradient!(dot, &x, &vec![0.5, 0.2, 0.1]);
    check_gradient!(rosenbrock, &x);
    check_gradient!(rosenbrock, &vec![0.5]);
    check_gradient!(rosenbrock, &vec![]);
    check_gradient!(closures, 0.5, 0.7);
    check_gradient!(softmax_entropy, &x, 2usize);
    check_gradient!(various, &x, 0.8);
    check_gradient!(
        nested,
        &vec![vec![0.1, 0.2], vec![0.4, 0.9], vec![]],
        &vec![0.3, 0.7]
    );
}

#[differentiable]
fn mapped(m: &nalgebra::DMatrix<f64>, w: &nalgebra::DMatrix<f64>, k: f64) -> f64 {
    let z = (m * w).map(|v| if v > 0.0 { v * k } else { v.tanh() });
    let y = z.zip_map(w, |a, b| a * b + k);
    y.map(f64::sin).norm_squared()
}

#[differentiable]
fn mapped_array(x: [f64; 3], k: f64) -> f64 {
    let y = x.map(|v| v * v * k);
    y[0] * y[1] + y[2]
}

#[test]
fn map_keeps_the_shape_of_arrays_and_matrices() {
    let m = nalgebra::DMatrix::from_row_slice(2, 2, &[0.3, -0.7, 0.2, 0.9]);
    check_gradient!(mapped, &m, &m, 0.7);
    check_gradient!(mapped_array, [0.3, 0.2, 0.5], 0.7);
}

#[differentiable]
fn counted(x: f64, n: usize) -> f64 {
    let k: usize = (0..n).map(|i| i * 2).sum();
    let mut v = vec![x; k];
    let old = std::mem::take(&mut v);
    v.push(x);
    old[0] * old[k - 1] * v[0] * k as f64
}

#[test]
fn sums_may_be_integers() {
    check_gradient!(counted, 0.5, 3usize);
}

/// As published code fills an array: the items are counted only to run the closure.
#[differentiable]
fn filled(x: &[f64], out: &mut [f64]) -> usize {
    let mut doubled = vec![0.0; x.len()];
    x.iter()
        .zip(doubled.iter_mut())
        .map(|(x, d)| *d = x * x)
        .count();
    x.iter()
        .enumerate()
        .map(|(i, x)| out[i] += doubled[i] * x)
        .count()
}

#[test]
fn closures_of_a_chain_that_is_counted_run() {
    let x = [2.0, 3.0];
    let mut out = [1.0, 1.0];
    let (n, back) = pullback_filled(&x, &mut out);
    assert_eq!((n, out), (2, [9.0, 28.0]));
    let (dx, dout) = back(micrograd_core::NoTangent, vec![1.0, 10.0]);
    assert_eq!((dx, dout), (vec![12.0, 270.0], vec![1.0, 10.0]));
}
