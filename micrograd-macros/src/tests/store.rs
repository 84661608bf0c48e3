//! What is captured, saved and computed again.

use super::plan::plan;
use expect_test::{expect, Expect};

/// The plan, below the IR.
fn check(source: &str, expected: Expect) {
    expected.assert_eq(&format!("{}{}", super::ir(source), plan(source)));
}

#[test]
fn straight_code_captures_what_the_reverse_reads() {
    check(
        "fn f(x: f64, y: f64) -> f64 { let p = x * y; let q = p + x; q * p }",
        expect![[]],
    );
}

#[test]
fn a_sum_captures_nothing() {
    check("fn f(x: f64, y: f64) -> f64 { x + y - 2.0 }", expect![[]]);
}

#[test]
fn a_constant_factor_is_not_captured() {
    check("fn f(x: f64) -> f64 { (2.0 * x + 3.0) * 4.0 }", expect![[]]);
}

#[test]
fn a_dot_product_saves_nothing() {
    check(
        "fn f(x: &[f64], y: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { s += x[i] * y[i]; } s }",
        expect![[]],
    );
}

#[test]
fn a_product_saves_its_carried_value_only() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 1.0; for i in 0..x.len() { s = s * x[i]; } s }",
        expect![[]],
    );
}

#[test]
fn cheap_arithmetic_on_numbers_is_computed_again() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { let v = x[i] * 2.0 + i as f64; s += v * v; } s }",
        expect![[]],
    );
}

#[test]
fn a_pullback_is_saved_each_iteration() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { s += x[i].sin(); } s }",
        expect![[]],
    );
}

#[test]
fn a_value_that_a_call_gave_is_saved() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { let v = x[i].exp(); s += v * v; } s }",
        expect![[]],
    );
}

#[test]
fn a_linear_recurrence_saves_nothing() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { s = 0.5 * s + x[i]; } s }",
        expect![[]],
    );
}

#[test]
fn a_while_loop_counts_its_iterations_by_the_tape() {
    check(
        "fn f(x: f64) -> f64 { let mut y = x; while y < 10.0 { y = y * 2.0; } y }",
        expect![[]],
    );
}

#[test]
fn a_branch_in_a_loop_is_recorded() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 1.0; for i in 0..x.len() { if x[i] > 0.0 { s = s * x[i]; } else { s += x[i].sin(); } } s }",
        expect![[]],
    );
}

#[test]
fn a_branch_that_saves_nothing_is_told_by_its_condition() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { if x[i] > 0.0 { s += x[i]; } else { s -= x[i]; } } s }",
        expect![[]],
    );
}

#[test]
fn a_branch_outside_loops_keeps_what_its_side_needs() {
    check(
        "fn f(x: f64) -> f64 { let y = if x > 0.0 { x.sin() * x } else { 2.0 * x }; y * y }",
        expect![[]],
    );
}

#[test]
fn an_early_return_keeps_what_its_side_needs() {
    check(
        "fn f(x: f64) -> f64 { if x < 0.0 { return x.sin(); } let y = x.cos(); y * y }",
        expect![[]],
    );
}

#[test]
fn an_inner_loop_has_a_tape_an_iteration() {
    check(
        "fn f(x: &[f64], n: usize) -> f64 { let mut s = 0.0; for i in 0..x.len() { let mut p = 1.0; for _ in 0..n { p = p * x[i]; } s += p; } s }",
        expect![[]],
    );
}

#[test]
fn what_an_inner_loop_does_not_change_is_kept_once_outside() {
    check(
        "fn f(x: &[f64], n: usize) -> f64 { let mut s = 0.0; for i in 0..x.len() { let e = x[i].exp(); for j in 0..n { s += e * x[j]; } } s }",
        expect![[]],
    );
}

#[test]
fn memory_that_changes_is_saved_where_it_is_read() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut a = [1.0; 3]; for i in 0..n { a[0] = a[0] * x; } a[0] }",
        expect![[]],
    );
}

#[test]
fn memory_that_is_only_added_to_is_not_saved() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut a = [0.0; 3]; for i in 0..x.len() { a[i % 3] += x[i]; } a[0] }",
        expect![[]],
    );
}

#[test]
fn a_return_in_a_loop_keeps_the_tape() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut y = x; for i in 0..n { if y > 10.0 { return y * 2.0; } y = y * x; } y }",
        expect![[]],
    );
}

#[test]
fn an_iterator_chain_saves_nothing() {
    check(
        "fn f(x: &[f64], y: &[f64]) -> f64 { x.iter().zip(y).map(|(a, b)| a * b).sum() }",
        expect![[]],
    );
}

#[test]
fn a_filter_is_tested_again() {
    check(
        "fn f(x: &[f64]) -> f64 { x.iter().filter(|v| **v > 0.0).map(|v| v * v).sum() }",
        expect![[]],
    );
}

#[test]
fn dense_keeps_its_pullbacks() {
    check(
        "
            fn forward(&self, x: &Matrix) -> Matrix {
                let Dense { weight, bias, activation } = self;
                activation.call(broadcast!(weight * x .+ bias))
            }
        ",
        expect![[]],
    );
}
