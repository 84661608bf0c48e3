//! Loops that `gradient!` reverses iteration by iteration, since the cotangent of their sum is known
//! beforehand; and loops that look like these and must not be.
//!
//! `check_gradient!` compares both the pullback and what `gradient!` gives with central differences.

use micrograd_core::{Differentiable, check_gradient, differentiable, gradient};

const X: [f64; 4] = [0.3, -0.7, 1.1, 0.9];

#[differentiable]
fn mean(x: &[f64]) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        total += (x[i] * x[i]).exp().sin();
    }
    total / x.len() as f64
}

#[test]
fn the_divisor_of_a_mean_is_had_before() {
    check_gradient!(mean, &X);
    assert!(gradient!(mean, &[]).0.is_nan());
}

#[differentiable]
fn signs(x: &[f64], w: f64) -> f64 {
    let (mut up, mut down) = (w * w, 1.0);
    for v in x {
        up += v.exp();
        down -= (v * w).sin();
    }
    2.0 * w - (up - w * down)
}

#[test]
fn sums_go_on_with_signs_and_factors() {
    check_gradient!(signs, &X, 0.4);
}

#[differentiable]
fn product_of_sums(x: &[f64]) -> f64 {
    let (mut a, mut b) = (0.0, 0.0);
    for v in x {
        a += v.exp();
        b += v.sin();
    }
    a * b
}

#[test]
fn a_product_of_sums_must_wait_for_both() {
    check_gradient!(product_of_sums, &X);
}

#[differentiable]
fn one_after_the_other(x: &[f64], y: &[f64]) -> f64 {
    let mut total = x[0];
    for v in x {
        total += v.exp();
    }
    let scale = (x[1] * y[0]).cos();
    for v in y {
        total += (scale * v).sin();
    }
    total
}

#[test]
fn a_sum_is_carried_from_loop_to_loop() {
    check_gradient!(one_after_the_other, &X, &[0.2, 0.5]);
}

#[differentiable]
fn scaled_between(x: &[f64]) -> f64 {
    let mut total = 0.0;
    for v in x {
        total += v.exp();
    }
    for v in x {
        total *= v.sin();
    }
    for v in x {
        total += v.cos() * v;
    }
    total
}

#[test]
fn a_loop_that_multiplies_is_no_sum() {
    check_gradient!(scaled_between, &X);
}

#[differentiable]
fn decaying(x: &[f64], decay: f64) -> f64 {
    let mut total = 0.0;
    for v in x {
        total = decay * total + v.exp();
    }
    total
}

#[test]
fn a_sum_that_decays_is_no_sum() {
    check_gradient!(decaying, &X, 0.8);
}

#[differentiable]
fn pairs(x: &[f64]) -> f64 {
    let mut energy = 0.0;
    for i in 0..x.len() {
        for j in 0..i {
            let r = x[i] - x[j];
            energy += (-r * r).exp() / (1.0 + r * r).sqrt();
        }
        energy += x[i].sin();
    }
    energy
}

#[test]
fn nested_sums_are_fused_throughout() {
    check_gradient!(pairs, &X);
}

#[differentiable]
fn chosen(x: &[f64], n: usize) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        let y = x[i].exp();
        if y > 1.0 {
            total += y * y.ln();
        } else if i == n {
            total -= y.sin();
        }
        if y > 100.0 {
            break;
        }
    }
    total
}

#[test]
fn some_iterations_add_nothing() {
    check_gradient!(chosen, &X, 1);
    check_gradient!(chosen, &[0.3, 5.0, 0.7], 1);
}

#[differentiable]
fn along(x: &[f64]) -> f64 {
    let (mut length, mut before) = (0.0, 0.0);
    for v in x {
        length += (1.0 + (v - before) * (v - before)).sqrt();
        before = v.exp();
    }
    length
}

#[test]
fn what_the_next_iteration_reads_must_wait_for_it() {
    check_gradient!(along, &X);
}

#[differentiable]
fn scratch(x: &[f64], w: &[f64]) -> f64 {
    let mut total = 0.0;
    for v in x {
        let mut y = vec![0.0; w.len()];
        for j in 0..w.len() {
            y[j] = (w[j] * v).sin();
        }
        for j in 1..w.len() {
            y[j] += y[j - 1] * y[j];
        }
        let mut squares = 0.0;
        for j in 0..w.len() {
            squares += y[j] * y[j];
        }
        total += squares.sqrt();
    }
    total
}

#[test]
fn memory_of_an_iteration_is_at_hand() {
    check_gradient!(scratch, &X, &[0.5, -0.4, 0.8]);
}

#[differentiable]
fn scratch_outside(x: &[f64], w: &[f64]) -> f64 {
    let mut total = 0.0;
    let mut y = vec![0.0; w.len()];
    for v in x {
        for j in 0..w.len() {
            y[j] = 0.5 * y[j] + (w[j] * v).sin();
        }
        total += y[0].exp() * y[1];
    }
    total
}

#[test]
fn memory_that_outlives_an_iteration_must_wait() {
    check_gradient!(scratch_outside, &X, &[0.5, -0.4]);
}

#[differentiable]
fn changed_behind(x: &[f64]) -> f64 {
    let mut y = vec![0.0; x.len()];
    for i in 0..x.len() {
        y[i] = x[i].exp();
    }
    let mut total = 0.0;
    for i in 0..x.len() {
        total += y[i].sin();
    }
    y[0] *= y[1];
    y.push(x[0]);
    total + y[0] * y[1] * y[x.len()]
}

#[test]
fn memory_that_changes_behind_a_loop_must_wait() {
    check_gradient!(changed_behind, &X);
}

#[differentiable]
fn prepared(x: &[f64], w: &[f64]) -> f64 {
    let mut scale = vec![0.0; w.len()];
    for j in 0..w.len() {
        scale[j] = w[j].exp();
    }
    let mut total = 0.0;
    for v in x {
        for s in &scale {
            total += (s * v).tanh();
        }
    }
    total - scale[0] * scale[1]
}

#[test]
fn memory_that_was_prepared_receives_from_the_loop_and_from_behind_it() {
    check_gradient!(prepared, &X, &[0.1, -0.3]);
}

#[differentiable]
fn counted(x: &[f64]) -> f64 {
    let (mut total, mut i) = (0.0, 0);
    while i < x.len() && x[i] < 1.0 {
        total += x[i].exp();
        i += 1;
    }
    total
}

#[test]
fn a_loop_that_counts_by_itself_is_fused() {
    check_gradient!(counted, &X);
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Line {
    slope: f64,
    offset: f64,
}

impl Line {
    #[differentiable]
    fn at(&self, x: f64) -> f64 {
        (self.slope * x).exp() + self.offset
    }
}

#[differentiable(no_gradient(x, y))]
fn squares(line: &Line, x: &[f64], y: &[f64]) -> f64 {
    let loss = |x: f64, y: f64| (line.at(x) - y).powi(2);
    x.iter().zip(y).map(|(x, y)| loss(*x, *y)).sum::<f64>() / x.len() as f64
}

#[test]
fn chains_methods_and_closures_are_fused() {
    let line = Line {
        slope: 0.5,
        offset: -0.2,
    };
    let y = [1.0, 0.5, 2.0, 1.5];
    let (value, back) = pullback_squares(&line, &X, &y);
    let (expected, ..) = back(1.0);
    let (known, (found, ..)) = gradient!(squares, &line, &X, &y);
    assert_eq!(value, known);
    assert!((expected.slope - found.slope).abs() < 1e-14);
    assert!((expected.offset - found.offset).abs() < 1e-14);
    let numeric = |h: f64| {
        squares(
            &Line {
                slope: 0.5 + h,
                ..line.clone()
            },
            &X,
            &y,
        )
    };
    assert!((found.slope - (numeric(1e-6) - numeric(-1e-6)) / 2e-6).abs() < 1e-8);
}

#[differentiable]
fn single(x: &[f32], w: f32) -> f32 {
    let mut total = 0.0;
    for v in x {
        total += (v * w).exp();
    }
    total / 2.0
}

#[test]
fn single_precision_is_fused() {
    check_gradient!(single, &[0.5_f32, -0.25], 0.75_f32);
}

#[differentiable]
fn printed(x: &[f64]) -> f64 {
    let mut total = 0.0;
    for v in x {
        total += v.exp();
    }
    let n = x.len();
    assert!(n > 1, "too few");
    total / (n - 1) as f64
}

#[test]
#[should_panic(expected = "too few")]
fn what_panics_still_panics() {
    let _ = gradient!(printed, &[1.0]);
}

#[test]
fn an_assertion_behind_the_loop_is_no_obstacle() {
    check_gradient!(printed, &X);
}

#[differentiable]
fn some_add_more(x: &[f64], w: f64) -> f64 {
    let mut total = 0.0;
    for v in x {
        total += v.exp();
        if *v > 0.5 {
            total -= (v * w).sin();
        } else if *v > 0.0 {
            total += w;
        }
        total += (v * w).cos();
    }
    total * w
}

#[test]
fn branches_in_the_middle_of_a_sum() {
    check_gradient!(some_add_more, &X, 0.4);
}

#[differentiable]
fn sometimes_twice(x: &[f64], w: f64) -> f64 {
    let mut total = w;
    for v in x {
        total = (if *v > 0.5 { total } else { 0.0 }) + total + v.sin();
    }
    total
}

#[differentiable]
fn doubled_in_a_branch(x: &[f64], w: f64) -> f64 {
    let mut total = w;
    for v in x {
        let next = total + v.sin();
        total = if *v > 0.5 { next } else { next + total };
    }
    total
}

#[differentiable]
fn read_in_a_branch(x: &[f64], w: f64) -> f64 {
    let mut total = w;
    for v in x {
        let next = total + v.sin();
        total = if *v > 0.5 { next } else { next + next.sin() };
    }
    total
}

#[test]
fn what_is_used_twice_on_a_path_is_no_sum() {
    check_gradient!(sometimes_twice, &X, 0.4);
    check_gradient!(doubled_in_a_branch, &X, 0.4);
    check_gradient!(read_in_a_branch, &X, 0.4);
}
