//! What is known to be a number needs no rules: nested arrays, vectors that are pushed to, clones, options.

use micrograd_core::{check_gradient, differentiable, gradient};

#[differentiable]
fn product(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut c = vec![vec![0.0; b[0].len()]; a.len()];
    for i in 0..a.len() {
        for j in 0..b[0].len() {
            for k in 0..b.len() {
                c[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    c
}

#[differentiable]
fn weighted(a: &[Vec<f64>], b: &[Vec<f64>]) -> f64 {
    let c = product(a, b);
    c[0][0] + 2.0 * c[0][1] - 3.0 * c[1][0] + c[1][1] * c[0][0]
}

#[test]
fn elements_of_nested_vectors() {
    let (a, b) = (
        vec![vec![1.0, 2.0], vec![3.0, -4.0]],
        vec![vec![0.5, 1.5], vec![2.5, -1.0]],
    );
    check_gradient!(weighted, &a, &b);
    let (value, back) = pullback_product(&a, &b);
    assert_eq!(value, product(&a, &b));
    let (da, _) = back(vec![vec![1.0, 0.0], vec![0.0, 0.0]]);
    assert_eq!(da, [[0.5, 2.5], [0.0, 0.0]]);
    // Nothing flowed: the zero has the shape of the argument.
    assert_eq!(back(Vec::new()).0, [[0.0; 2]; 2]);
}

#[test]
#[should_panic(expected = "cotangents of different lengths cannot be added: 2 and 3")]
fn a_cotangent_of_another_length_is_refused() {
    let a = vec![vec![1.0, 2.0], vec![3.0, 4.0]];
    let _ = pullback_product(&a, &a).1(vec![vec![1.0, 0.0]; 3]);
}

#[differentiable]
fn cube(x: f64, y: f64) -> f64 {
    let mut t = [[[0.0; 2]; 2]; 2];
    for i in 0..2 {
        for j in 0..2 {
            for k in 0..2 {
                t[i][j][k] = (x * i as f64).sin() * y + x * j as f64 * y.powi(k as i32 + 1);
                t[k][j][i] *= 1.5;
            }
        }
    }
    let plane = t[1];
    let row = &plane[1];
    row[0] * row[1] + t[0][1][1]
}

#[test]
fn elements_of_cubes_and_rows() {
    check_gradient!(cube, 0.7, -1.3);
}

/// Conjugate gradients: the solution of `A x = b`.
#[differentiable]
fn conjugate_gradients(a: &[Vec<f64>], b: &[f64], steps: usize) -> Vec<f64> {
    let mut x = vec![0.0; b.len()];
    let mut r = b.to_vec();
    let mut p = r.clone();
    let mut square: f64 = r.iter().map(|v| v * v).sum();
    for _ in 0..steps {
        let ap: Vec<f64> = (a.iter())
            .map(|row| row.iter().zip(&p).map(|(a, p)| a * p).sum())
            .collect();
        let alpha = square / p.iter().zip(&ap).map(|(p, q)| p * q).sum::<f64>();
        for i in 0..x.len() {
            x[i] += alpha * p[i];
            r[i] -= alpha * ap[i];
        }
        let next: f64 = r.iter().map(|v| v * v).sum();
        for i in 0..p.len() {
            p[i] = r[i] + next / square * p[i];
        }
        square = next;
    }
    x
}

#[differentiable]
fn solution(a: &[Vec<f64>], b: &[f64]) -> f64 {
    let x = conjugate_gradients(a, b, 2);
    x[0] * 2.0 - x[1]
}

#[test]
fn clones_of_vectors() {
    let a = vec![vec![4.0, 1.0], vec![1.0, 3.0]];
    check_gradient!(solution, &a, &[1.0, 2.0]);
    let (_, (_, db)) = gradient!(solution, &a, &vec![1.0, 2.0]);
    // The exact inverse is [[3, -1], [-1, 4]] / 11, and after two steps so is the method's.
    assert!((db[0] - 7.0 / 11.0).abs() < 1e-12 && (db[1] + 6.0 / 11.0).abs() < 1e-12);
}

#[differentiable]
fn filtered(z: &[f64], q: f64) -> f64 {
    let (mut x, mut p) = (0.0, 1.0);
    let mut states = Vec::new();
    let mut pairs = Vec::new();
    for &measured in z {
        p += q;
        let gain = p / (p + 0.5);
        x += gain * (measured - x);
        p *= 1.0 - gain;
        states.push(x);
        pairs.push([x, p]);
    }
    let last = states.pop().unwrap_or(0.0);
    states[0] * last + pairs[1][1] * pairs[0][0]
}

#[test]
fn vectors_that_numbers_are_pushed_to() {
    check_gradient!(filtered, &[1.0, 0.5, 2.0], 0.3);
}

#[differentiable]
fn log_sum_exp(x: &[f64]) -> f64 {
    let largest = x.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
    largest + x.iter().map(|v| (v - largest).exp()).sum::<f64>().ln()
}

#[differentiable]
fn bounded(x: Option<f64>, low: f64) -> f64 {
    match x {
        Some(v) if v > low => v * v,
        Some(v) => v + low,
        None => low,
    }
}

#[test]
fn methods_by_their_path_and_options() {
    check_gradient!(log_sum_exp, &[1.0, 3.0, 2.0]);
    for (x, expected) in [
        (Some(3.0), (Some(6.0), 0.0)),
        (Some(0.5), (Some(1.0), 1.0)),
        (None, (None, 1.0)),
    ] {
        assert_eq!(gradient!(bounded, x, 1.0).1, expected);
    }
}

type Result<T> = std::result::Result<Vec<T>, String>;

#[differentiable]
fn first_two(x: &Result<f64>, y: f64) -> f64 {
    match x {
        Ok(v) => v[0] * v[1] * y,
        Err(_) => y,
    }
}

#[test]
fn an_alias_of_result_may_hold_something_else() {
    let (_, (dx, dy)) = gradient!(first_two, &Ok(vec![2.0, 3.0]), 5.0);
    assert_eq!((dx.unwrap(), dy), (vec![15.0, 10.0], 6.0));
}
