//! Loops that keep or replace what they carry: values of all types, generic functions and closures.

use super::replacing_loops::numbers;
use micrograd_core::{Differentiable, check_gradient, differentiable};
use nalgebra::DMatrix;

#[differentiable]
fn logarithm(x: f64) -> f64 {
    x.abs().ln()
}

#[differentiable]
fn through_a_call(v: &[f64]) -> f64 {
    let mut max = -100.0;
    for x in v {
        let y = logarithm(*x);
        if y > max {
            max = logarithm(y + 3.0);
        }
    }
    max
}

#[differentiable]
fn best_of_vectors(m: &[Vec<f64>], scale: f64) -> f64 {
    let mut best = vec![scale; 2];
    let mut norm = 0.1;
    for v in m {
        let square = v[0] * v[0] + v[1] * v[1];
        if square > norm {
            norm = square;
            best = v.iter().map(|x| x * scale).collect();
        }
    }
    best[0] * best[1] + norm
}

#[differentiable]
fn best_of_matrices(a: &DMatrix<f64>, v: &[f64]) -> f64 {
    let mut best = a.clone();
    for i in 0..v.len() {
        if v[i] > best[(0, 1)] {
            best = a * (v[i] * v[0]);
        }
    }
    (&best * &best).sum()
}

#[derive(Clone, Differentiable)]
struct Found {
    value: f64,
    weight: [f64; 2],
}

#[differentiable]
fn best_of_structs(v: &[f64]) -> f64 {
    let mut found = Found {
        value: v[0],
        weight: [v[1], 1.0],
    };
    for i in 1..v.len() {
        let candidate = Found {
            value: v[i] * v[0],
            weight: [v[i], v[i - 1]],
        };
        if candidate.value > found.value {
            found = candidate;
        }
    }
    found.value * found.weight[0] + found.weight[1]
}

#[differentiable]
fn perhaps(v: &[f64]) -> f64 {
    let mut best = None;
    for x in v {
        if *x > 0.3 {
            best = Some(x * x);
        }
    }
    match best {
        Some(x) => x * v[0],
        None => v[1],
    }
}

#[test]
fn values_of_other_types() {
    let v = numbers(6);
    check_gradient!(through_a_call, &v);
    let m: Vec<Vec<f64>> = v.chunks(2).map(<[f64]>::to_vec).collect();
    check_gradient!(best_of_vectors, &m, 0.7);
    let a = DMatrix::from_fn(2, 2, |i, j| 0.3 + 0.2 * i as f64 - 0.1 * j as f64);
    check_gradient!(best_of_matrices, &a, &v);
    check_gradient!(best_of_structs, &v);
    check_gradient!(perhaps, &v);
    check_gradient!(perhaps, &[0.1, 0.2]);
}

#[differentiable]
fn generic<T: num_traits::Float>(v: &[T], least: T) -> T {
    let mut max = least;
    for x in v {
        if *x * *x > max {
            max = *x * *x * least;
        }
    }
    max
}

#[differentiable]
fn largest_by(v: &[f64], key: impl Fn(f64) -> f64) -> f64 {
    let mut max = key(v[0]);
    for x in v {
        let y = key(*x);
        if y > max {
            max = key(y);
        }
    }
    max
}

#[differentiable]
fn by_a_closure(v: &[f64], a: f64) -> f64 {
    largest_by(v, |x| {
        let mut max = a * x;
        for y in v {
            if y.sin() > max {
                max = y.sin() * a;
            }
        }
        max * x
    })
}

#[test]
fn generic_functions_and_closures() {
    let v = numbers(6);
    check_gradient!(generic, &v, 0.7);
    check_gradient!(by_a_closure, &v, 0.3);
}
