//! What a gradient keeps, in bytes at the peak.

use allocation_counter::measure;
use micrograd_core::{differentiable, gradient};

/// A state that each step changes through a function that must be kept, or computed again.
#[differentiable]
fn relaxed(mut u: Vec<f64>, drive: f64, steps: usize) -> Vec<f64> {
    for _ in 0..steps {
        for i in 1..u.len() {
            u[i] += 0.1 * (drive * u[i - 1]).sin();
        }
    }
    u
}

#[differentiable(checkpoint)]
fn some_steps(u: Vec<f64>, drive: f64, steps: usize) -> Vec<f64> {
    relaxed(u, drive, steps)
}

#[differentiable]
fn in_parts(u: Vec<f64>, drive: f64, parts: usize, steps: usize) -> f64 {
    let mut u = u;
    for _ in 0..parts {
        u = some_steps(u, drive, steps);
    }
    u[0] + u[u.len() - 1]
}

#[differentiable]
fn at_once(u: Vec<f64>, drive: f64, steps: usize) -> f64 {
    let u = relaxed(u, drive, steps);
    u[0] + u[u.len() - 1]
}

#[test]
fn checkpoints_keep_a_root_of_the_steps() {
    let u = vec![0.3; 8];
    let (mut whole, mut parts) = (None, None);
    let at_once = measure(|| whole = Some(gradient!(at_once, u.clone(), 0.8, 10_000)));
    let in_parts = measure(|| parts = Some(gradient!(in_parts, u.clone(), 0.8, 100, 100)));
    let ((value, (du, drive, _)), (same, (du_of_parts, drive_of_parts, ..))) =
        (whole.unwrap(), parts.unwrap());
    assert_eq!((value, du, drive), (same, du_of_parts, drive_of_parts));
    assert!(
        in_parts.bytes_max * 20 < at_once.bytes_max,
        "{} bytes at once, {} in parts",
        at_once.bytes_max,
        in_parts.bytes_max
    );
}

#[differentiable(no_gradient(x, y))]
fn squares(slope: f64, offset: f64, x: &[f64], y: &[f64]) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        let residual = (slope * x[i]).exp() + offset - y[i];
        total += residual * residual;
    }
    total / x.len() as f64
}

#[test]
fn a_sum_whose_cotangent_is_known_keeps_nothing() {
    let x: Vec<f64> = (0..10_000).map(|i| f64::from(i) * 1e-4).collect();
    let used = measure(|| {
        let _ = gradient!(squares, 0.5, 0.1, &x, &x);
    });
    assert_eq!(used.bytes_max, 0);
}

#[differentiable]
fn logistic(x: f64, rate: f64, steps: usize) -> f64 {
    let mut x = x;
    for _ in 0..steps {
        x = rate * x * (1.0 - x);
    }
    x
}

#[test]
fn a_loop_keeps_what_it_carries_and_no_more() {
    let steps = 10_000;
    let used = measure(|| {
        let _ = gradient!(logistic, 0.3, 3.1, steps);
    });
    assert_eq!(used.bytes_max, 8 * steps as u64);
}

#[differentiable]
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    let mut y = 0.0;
    for c in coefficients {
        y = y * x + c;
    }
    y
}

#[test]
fn what_is_only_read_is_not_copied() {
    let coefficients = vec![0.5; 10_000];
    let used = measure(|| {
        let _ = gradient!(polynomial, &coefficients, 0.9);
    });
    // The carried value of each step, and the gradient.
    assert_eq!(used.bytes_max, 2 * 8 * 10_000);
}
