//! The reverse sweep.

use expect_test::{expect, Expect};

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&super::adjoint(source));
}

#[test]
fn dense_is_reversed_last_operation_first() {
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

#[test]
fn numbers_have_their_rules_written_out() {
    check(
        "fn f(x: f64, y: f64) -> f64 { x * y + x / y - (-y) }",
        expect![[]],
    );
}

#[test]
fn a_constant_factor_has_no_cotangent() {
    check("fn f(x: f64) -> f64 { 2.0 * x + 3.0 }", expect![[]]);
}

#[test]
fn other_operators_go_through_their_rule() {
    check(
        "fn f(a: Matrix, b: Matrix) -> Matrix { a * b + b }",
        expect![[]],
    );
}

#[test]
fn a_call_goes_through_its_pullback() {
    check("fn f(x: f64) -> f64 { g(x, x * x) }", expect![[]]);
}

#[test]
fn an_inactive_argument_has_no_target() {
    check("fn f(x: f64, n: usize) -> f64 { x.powi(n) }", expect![[]]);
}

#[test]
fn a_dead_value_stays_out() {
    check(
        "fn f(x: f64) -> f64 { let dead = x.sin() * x; x * x }",
        expect![[]],
    );
}

#[test]
fn a_condition_stays_out() {
    check(
        "fn f(x: f64, y: f64) -> f64 { if x * x > 1.0 { y } else { -y } }",
        expect![[]],
    );
}

#[test]
fn a_value_that_no_parameter_reaches_stays_out() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let scale = (n as f64).sqrt() * 2.0; x * scale }",
        expect![[]],
    );
}

#[test]
fn a_function_of_integers_has_nothing_to_reverse() {
    check("fn f(n: usize) -> usize { n * 2 }", expect![[]]);
}

#[test]
fn the_cotangent_of_a_field_is_a_field_of_the_cotangent() {
    check(
        "fn f(p: &Point) -> f64 { p.x * p.x + p.inner.y }",
        expect![[]],
    );
}

#[test]
fn the_cotangent_of_an_element_is_an_element_of_the_cotangent() {
    check(
        "fn f(x: &[f64], i: usize) -> f64 { x[i] * x[i + 1] }",
        expect![[]],
    );
}

#[test]
fn a_tuple_hands_its_parts_back() {
    check(
        "fn f(x: f64, y: f64) -> (f64, f64) { (x * y, y) }",
        expect![[]],
    );
}

#[test]
fn a_struct_hands_its_fields_back() {
    check(
        "fn f(x: f64) -> Point { Point { x, y: x * x } }",
        expect![[]],
    );
}

#[test]
fn an_array_hands_its_elements_back() {
    check("fn f(x: f64) -> [f64; 2] { [x, x * x] }", expect![[]]);
}

#[test]
fn a_repeated_element_gets_the_sum() {
    check("fn f(x: f64) -> Vec<f64> { vec![x * x; 4] }", expect![[]]);
}

#[test]
fn a_branch_is_reversed_by_the_same_condition() {
    check(
        "fn f(x: f64) -> f64 { let y = if x > 0.0 { x * x } else { 2.0 * x }; y * y }",
        expect![[]],
    );
}

#[test]
fn a_branch_hands_back_what_it_assigns() {
    check(
        "fn f(x: f64) -> f64 { let (mut a, mut b) = (x, 1.0); if x > 0.0 { a = x * x; } else { a = -a; b = x; } a * b }",
        expect![[]],
    );
}

#[test]
fn an_early_return_is_a_branch() {
    check(
        "fn f(x: f64) -> f64 { if x < 0.0 { return 0.0; } let y = x * x; y + x }",
        expect![[]],
    );
}

#[test]
fn a_loop_local_cotangent_is_zeroed_each_iteration() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut s = 0.0; for i in 0..n { let square = x * x; s += square * x; } s }",
        expect![[]],
    );
}

#[test]
fn a_carried_cotangent_passes_from_iteration_to_iteration() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut s = x; for _ in 0..n { s = s * x; } s }",
        expect![[]],
    );
}

#[test]
fn an_inactive_carried_value_has_no_cotangent() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let (mut k, mut s) = (0, x); for _ in 0..n { k += 1; s *= k as f64; } s }",
        expect![[]],
    );
}

#[test]
fn a_while_loop_runs_backwards_over_its_tape() {
    check(
        "fn f(x: f64) -> f64 { let mut y = x; while y < 10.0 { y = y * y; } y }",
        expect![[]],
    );
}

#[test]
fn a_return_in_a_loop_starts_the_cotangent_inside() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut y = x; for i in 0..n { if y > 10.0 { return y * 2.0; } y = y * x; } y }",
        expect![[]],
    );
}

#[test]
fn a_dot_product_adds_to_both_elements() {
    check(
        "fn f(x: &[f64], y: &[f64]) -> f64 { x.iter().zip(y).map(|(a, b)| a * b).sum() }",
        expect![[]],
    );
}

#[test]
fn a_collected_element_gets_its_cotangent_back() {
    check(
        "fn f(x: &[f64]) -> Vec<f64> { x.iter().map(|v| v * v).collect() }",
        expect![[]],
    );
}

#[test]
fn a_store_takes_the_cotangent_and_leaves_zero() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [0.0; 3]; a[0] = x; a[1] += a[0] * x; a[0] + a[1] }",
        expect![[]],
    );
}

#[test]
fn a_mutable_argument_is_reversed_in_place() {
    check(
        "fn f(x: &mut [f64], y: f64) { for i in 0..x.len() { x[i] = x[i] * y; } }",
        expect![[]],
    );
}

#[test]
fn push_is_reversed_by_pop() {
    check(
        "fn f(x: f64, n: usize) -> Vec<f64> { let mut v = Vec::new(); for _ in 0..n { v.push(x * x); } v }",
        expect![[]],
    );
}

#[test]
fn a_lent_slot_is_changed_by_the_pullback() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [x, x]; scale(&mut a, x); a[0] }",
        expect![[]],
    );
}

#[test]
fn a_failure_has_no_reverse() {
    check(
        "fn f(x: f64) -> Result<f64, Error> { if x < 0.0 { return Err(Error::Negative); } let y = root(x)?; Ok(y * x) }",
        expect![[]],
    );
}

#[test]
fn nine_squares_are_nine_multiplications() {
    check(
        "fn f(x: f64) -> f64 { let y = x * x; let y = y * y; let y = y * y; let y = y * y; let y = y * y; let y = y * y; let y = y * y; let y = y * y; y * y }",
        expect![[]],
    );
}
