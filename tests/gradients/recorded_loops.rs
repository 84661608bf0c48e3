//! Loops along slices whose rounds are recorded: the records of one loop are written at once, and read by their positions, first
//! to last where the rounds may be reversed in any order.

use micrograd_core::{Scalar, check_gradient, differentiable};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn numbers(n: usize) -> Vec<f64> {
    (0..n).map(|i| (1.1 * i as f64 + 0.3).sin() + 1.2).collect()
}

#[differentiable]
fn in_any_order(x: &[f64], y: &[f64], w: f64) -> f64 {
    let mut total = w;
    for i in 0..x.len() {
        let wave = (x[i] * y[i + 1]).sin();
        total += wave.exp() * y[i] * w;
    }
    total
}

#[differentiable]
fn one_after_the_other(x: &[f64], w: f64) -> f64 {
    let (mut position, mut velocity) = (w, 0.5f64);
    for i in 0..x.len() {
        let force = (position * x[i]).sin() - 0.1 * velocity.exp();
        velocity += 0.2 * force;
        position += 0.2 * velocity * x[i];
    }
    position * velocity
}

#[differentiable]
fn loops_in_a_loop(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut state = w;
    for c in 0..n {
        let mut inside = state;
        for i in c..n {
            inside = (inside * x[i]).tanh() + x[i - c];
        }
        let mut waves = 0.0;
        for i in 0..c {
            waves += (x[i] * inside).sin().exp();
        }
        state = (state + 0.02 * inside * waves).cos();
    }
    state
}

#[differentiable]
fn with_integers(x: &[f64], w: f64) -> f64 {
    let mut total = w;
    let mut place = 1;
    for i in 0..x.len() {
        place = (place * 3 + i) % 5;
        let factor = place as f64;
        total = (total * factor * x[i]).sin() + x[i].sqrt();
    }
    total
}

#[differentiable]
fn into_memory(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![1.0; n + 1];
    for i in 0..n {
        y[i + 1] = (y[i + 1] * x[i] * w).exp();
    }
    for i in 0..n {
        y[i] *= y[i].ln() + x[i];
    }
    let mut product = w;
    for i in 0..n {
        product *= y[i];
    }
    product
}

#[differentiable]
fn of_any_type<T: Scalar>(x: &[T], w: T) -> T {
    let mut total = w;
    for i in 0..x.len() {
        total = (total * x[i]).sin() + x[i].exp();
    }
    total
}

#[test]
fn rounds_are_reversed_with_their_own_records() {
    for n in [0, 1, 2, 5, 9] {
        let (x, y) = (numbers(n), numbers(n + 2));
        check_gradient!(in_any_order, &x, &y, 0.7);
        check_gradient!(one_after_the_other, &x, 0.7);
        check_gradient!(loops_in_a_loop, &x, 0.7);
        check_gradient!(with_integers, &x, 0.7);
        check_gradient!(into_memory, &x, 0.3);
        check_gradient!(of_any_type, &x, 0.7);
    }
}

#[test]
fn a_pullback_reads_its_records_again_and_again() {
    let x = numbers(6);
    let (value, back) = pullback_one_after_the_other(&x, 0.7);
    assert_eq!(value, one_after_the_other(&x, 0.7));
    let ((once, w), (twice, w2)) = (back(1.0), back(2.0));
    let doubled: Vec<f64> = once.iter().map(|d| 2.0 * d).collect();
    assert_eq!((twice.to_vec(), w2), (doubled, 2.0 * w));
}

#[differentiable]
fn checked(x: f64) -> f64 {
    assert!(x < 2.15, "{x} is too much");
    x * x
}

#[differentiable]
fn may_panic(x: &[f64], y: &[f64], w: f64) -> f64 {
    let mut total = w;
    for i in 0..x.len() {
        total = (total * y[i]).sin() + checked(x[i]);
    }
    total
}

fn panic_of<T>(call: impl FnOnce() -> T) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(call)).err()?;
    panic.downcast_ref::<String>().cloned()
}

#[test]
fn what_panics_in_a_round_panics_as_in_the_primal() {
    // A call panics in the second round and would in the eighth; of three elements the fourth is missing.
    let (x, y) = (numbers(9), numbers(3));
    for (x, y, panic) in [
        (&x[..], &y[..], "is too much"),
        (&x[2..], &y[..], "index out of bounds"),
        (&x[2..], &x[..], "is too much"),
    ] {
        let primal = panic_of(|| may_panic(x, y, 0.3));
        let pulled = panic_of(|| pullback_may_panic(x, y, 0.3).0);
        assert!(primal.as_ref().is_some_and(|text| text.contains(panic)));
        assert_eq!(primal, pulled);
    }
    check_gradient!(may_panic, &x[2..5], &y, 0.3);
}
