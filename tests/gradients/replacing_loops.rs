//! Loops that keep or replace what they carry, of which the reverse sweep runs the last replacement alone.

use micrograd_core::{check_gradient, differentiable, gradient};

/// `n` numbers without an order.
pub fn numbers(n: u32) -> Vec<f64> {
    (0..n)
        .map(|i| (1.7 * f64::from(i) + 0.4).sin() * 2.0)
        .collect()
}

#[differentiable]
fn maximum(v: &[f64]) -> f64 {
    let mut max = v[0];
    for x in v {
        if *x > max {
            max = *x;
        }
    }
    max
}

#[test]
fn a_maximum_has_the_cotangent_of_one_element() {
    check_gradient!(maximum, &numbers(7));
    let (value, (dv,)) = gradient!(maximum, &[1.0, 5.0, 2.0, 5.0]);
    assert_eq!((value, dv), (5.0, vec![0.0, 1.0, 0.0, 0.0]));
    let (_, (dv,)) = gradient!(maximum, &[3.0]);
    assert_eq!(dv, [1.0]);
    let (_, (dv,)) = gradient!(maximum, &[4.0, 1.0, 2.0]);
    assert_eq!(dv, [1.0, 0.0, 0.0]);
}

#[test]
fn the_branch_that_was_taken_counts() {
    let (value, (dv,)) = gradient!(maximum, &[1.0, f64::NAN, 2.0, f64::NAN]);
    assert_eq!((value, dv), (2.0, vec![0.0, 0.0, 1.0, 0.0]));
    let (value, (dv,)) = gradient!(maximum, &[f64::NAN, 2.0]);
    assert!(value.is_nan());
    assert_eq!(dv, [1.0, 0.0]);
}

#[differentiable]
fn minimum_below(v: &[f64], bound: f64) -> f64 {
    let mut min = bound * bound;
    for i in 1..v.len() {
        min = if v[i] < min { v[i] } else { min };
    }
    min * min
}

#[test]
fn what_was_before_the_loop_has_the_cotangent_if_nothing_replaced_it() {
    let v = numbers(6);
    check_gradient!(minimum_below, &v, 1.5);
    let (_, (dv, dbound)) = gradient!(minimum_below, &[0.0, 7.0, 8.0], 2.0);
    assert_eq!((dv, dbound), (vec![0.0; 3], 32.0));
    let (_, (dv, dbound)) = gradient!(minimum_below, &[0.0], 2.0);
    assert_eq!((dv, dbound), (vec![0.0], 32.0));
}

#[differentiable]
fn with_position(v: &[f64], w: &[f64]) -> f64 {
    let (mut max, mut at, mut partner) = (f64::NEG_INFINITY, 0, 0.0);
    for (i, x) in v.iter().enumerate() {
        if *x >= max {
            max = *x;
            at = i;
            partner = w[i] * x;
        }
    }
    max * partner + v[at] * w[(at + 1) % w.len()]
}

#[test]
fn values_that_are_replaced_together() {
    check_gradient!(
        with_position,
        &numbers(8),
        &[0.3, 0.5, -0.2, 1.0, 0.7, 0.1, 0.9, 0.4]
    );
}

#[differentiable]
fn nearest(points: &[[f64; 2]], to: [f64; 2], power: f64) -> f64 {
    let mut best = 1e9;
    let mut angle = power;
    for p in points {
        let (dx, dy) = (p[0] - to[0], p[1] - to[1]);
        let distance = (dx * dx + dy * dy).powf(power);
        if distance < best {
            let turned = (dy / dx).atan();
            best = distance;
            angle = turned.sin() * p[1];
        }
    }
    best + angle
}

#[test]
fn a_round_computes_before_and_in_the_branch() {
    let points: Vec<[f64; 2]> = numbers(14).chunks(2).map(|p| [p[0], p[1]]).collect();
    check_gradient!(nearest, &points, [0.1, 0.2], 0.7);
    check_gradient!(nearest, &points[..0], [0.1, 0.2], 0.7);
}

#[differentiable]
fn into_an_argument(max: &mut f64, v: &[f64]) {
    for x in v {
        if *x > *max {
            *max = x * x;
        }
    }
}

#[differentiable]
fn through_an_argument(v: &[f64], least: f64) -> f64 {
    let mut max = least * least;
    into_an_argument(&mut max, v);
    max * v[0]
}

#[differentiable]
fn from_changing_memory(v: &mut [f64], w: &[f64]) -> f64 {
    let mut max = w[0];
    let mut seen = vec![0; w.len()];
    for i in 0..w.len() {
        seen[i] = i * 2 % w.len();
        let scratch = [v[i] * w[i], w[seen[i]]];
        if scratch[0] > max {
            max = scratch[0] * scratch[1];
        }
    }
    for i in 0..w.len() {
        v[i] *= max;
    }
    max
}

#[differentiable]
fn read_from_changing_memory(w: &[f64]) -> f64 {
    let mut v = w.to_vec();
    from_changing_memory(&mut v, w) + v[0] * v[1]
}

#[test]
fn memory_that_the_loop_only_reads() {
    check_gradient!(read_from_changing_memory, &numbers(7));
    check_gradient!(through_an_argument, &numbers(7), 0.3);
    check_gradient!(through_an_argument, &numbers(7), 3.0);
}
