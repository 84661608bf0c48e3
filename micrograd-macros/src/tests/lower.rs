//! From source to IR.

use expect_test::{expect, Expect};

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&super::ir(source));
}

#[test]
fn the_ir_of_dense_is_a_line_an_operation() {
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
fn every_nested_expression_is_one_operation() {
    check(
        "fn f(x: f64, y: f64) -> f64 { (x + y) * -x.sin() / 2.0 }",
        expect![[]],
    );
}

#[test]
fn a_constant_stands_where_it_is_used() {
    check(
        "fn f(x: f64) -> f64 { x * std::f64::consts::PI + LIMIT }",
        expect![[]],
    );
}

#[test]
fn a_shadowed_name_is_a_new_value() {
    check(
        "fn f(x: f64) -> f64 { let x = x * x; { let x = x + 1.0; let _ = x; } let x = x.exp(); x }",
        expect![[]],
    );
}

#[test]
fn an_assignment_gives_the_name_a_new_value() {
    check(
        "fn f(x: f64) -> f64 { let mut y = x; y += x; y = y * y; y *= 2.0; y }",
        expect![[]],
    );
}

#[test]
fn a_name_may_be_declared_before_it_is_assigned() {
    check("fn f(x: f64) -> f64 { let y; y = x * x; y }", expect![[]]);
}

#[test]
fn a_tuple_pattern_takes_the_parts() {
    check(
        "fn f(p: (f64, f64)) -> f64 { let (a, b) = p; a * b }",
        expect![[]],
    );
}

#[test]
fn a_struct_pattern_takes_the_fields() {
    check(
        "fn f(p: &Point) -> f64 { let Point { x, y: height } = p; x * height }",
        expect![[]],
    );
}

#[test]
fn an_array_pattern_takes_the_elements() {
    check(
        "fn f(p: [f64; 2]) -> f64 { let [a, b] = p; a * b }",
        expect![[]],
    );
}

#[test]
fn two_names_are_exchanged_by_a_tuple() {
    check(
        "fn f(x: f64, y: f64) -> f64 { let (mut a, mut b) = (x, y); (a, b) = (b, a + b); a * b }",
        expect![[]],
    );
}

#[test]
fn an_if_yields_its_value() {
    check(
        "fn f(x: f64) -> f64 { let y = if x > 0.0 { x } else { -x }; y * y }",
        expect![[]],
    );
}

#[test]
fn an_if_yields_the_variables_it_assigns() {
    check(
        "fn f(x: f64) -> f64 { let (mut a, mut b) = (x, 1.0); if x > 0.0 { a = x * x; } else { a = -a; b = x; } a * b }",
        expect![[]],
    );
}

#[test]
fn an_else_if_is_an_if_in_the_else() {
    check(
        "fn f(x: f64) -> f64 { if x > 1.0 { 1.0 } else if x > 0.0 { x } else { 0.0 } }",
        expect![[]],
    );
}

#[test]
fn an_and_is_an_if() {
    check(
        "fn f(x: f64, y: f64) -> f64 { if x > 0.0 && y > 0.0 { x } else { y } }",
        expect![[]],
    );
}

#[test]
fn what_follows_an_early_return_moves_into_the_else() {
    check(
        "fn f(x: f64) -> f64 { if x < 0.0 { return 0.0; } let y = x * x; y + x }",
        expect![[]],
    );
}

#[test]
fn a_match_is_a_chain_of_ifs() {
    check(
        "fn f(x: f64, n: usize) -> f64 { match n { 0 => 1.0, 1 | 2 => x, 3..=5 if x > 0.0 => x * x, _ => x.sin() } }",
        expect![[]],
    );
}

#[test]
fn a_match_on_variants_tests_each() {
    check(
        "fn f(x: f64, kind: Kind) -> f64 { match kind { Kind::Linear => x, Kind::Square => x * x } }",
        expect![[]],
    );
}

#[test]
fn a_match_arm_may_return() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let y = x * x; match n { 0 => return x, _ => {} } y }",
        expect![[]],
    );
}

#[test]
fn a_loop_carries_the_variables_it_assigns() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let (mut s, mut p) = (0.0, 1.0); for i in 0..n { p *= x; s += p * i as f64; } s }",
        expect![[]],
    );
}

#[test]
fn an_element_is_a_place() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { s += x[i]; } s }",
        expect![[]],
    );
}

#[test]
fn a_while_loop_decides_in_each_iteration() {
    check(
        "fn f(x: f64) -> f64 { let mut y = x; while y < 10.0 { y = y * y; } y }",
        expect![[]],
    );
}

#[test]
fn a_loop_ends_by_break() {
    check(
        "fn f(x: f64) -> f64 { let mut y = x; loop { y = y * x; if y > 10.0 { break; } } y }",
        expect![[]],
    );
}

#[test]
fn a_for_loop_with_break_decides_in_each_iteration() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut y = x; for i in 0..n { if y > 10.0 { break; } y = y * x; } y }",
        expect![[]],
    );
}

#[test]
fn continue_yields_what_is_carried() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for &v in x { if v < 0.0 { continue; } s += v * v; } s }",
        expect![[]],
    );
}

#[test]
fn a_return_in_a_loop_is_carried_out_of_it() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut y = x; for i in 0..n { if y > 10.0 { return y * 2.0; } y = y * x; } y }",
        expect![[]],
    );
}

#[test]
fn a_closure_is_inlined_at_each_call() {
    check(
        "fn f(x: f64) -> f64 { let scale = 3.0; let g = |v: f64| v * scale; g(x) + g(x * x) }",
        expect![[]],
    );
}

#[test]
fn a_closure_sees_the_names_of_its_place() {
    check(
        "fn f(x: f64) -> f64 { let y = x; let g = |v| v * y; let y = 1.0; g(x) + y }",
        expect![[]],
    );
}

#[test]
fn zip_map_sum_is_one_loop() {
    check(
        "fn f(x: &[f64], y: &[f64]) -> f64 { x.iter().zip(y).map(|(a, b)| a * b).sum() }",
        expect![[]],
    );
}

#[test]
fn windows_are_slices() {
    check(
        "fn f(x: &[f64]) -> f64 { x.windows(2).map(|w| w[0] * w[1]).sum() }",
        expect![[]],
    );
}

#[test]
fn enumerate_and_skip_shift_the_index() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for (i, v) in x.iter().enumerate().skip(1) { s += i as f64 * v; } s }",
        expect![[]],
    );
}

#[test]
fn a_filter_is_an_if_in_the_loop() {
    check(
        "fn f(x: &[f64]) -> f64 { x.iter().filter(|v| **v > 0.0).map(|v| v * v).sum() }",
        expect![[]],
    );
}

#[test]
fn fold_carries_its_accumulator() {
    check(
        "fn f(x: &[f64]) -> f64 { x.iter().fold(1.0, |a, v| a * v) }",
        expect![[]],
    );
}

#[test]
fn collect_is_a_loop_with_an_element_an_iteration() {
    check(
        "fn f(x: &[f64]) -> Vec<f64> { x.iter().map(|v| v * v).collect() }",
        expect![[]],
    );
}

#[test]
fn a_loop_may_run_backwards() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in (0..x.len()).rev() { s = s * 0.5 + x[i]; } s }",
        expect![[]],
    );
}

#[test]
fn a_variable_that_is_changed_in_part_is_a_slot() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [0.0; 3]; a[0] = x; a[1] += a[0] * x; a[0] + a[1] }",
        expect![[]],
    );
}

#[test]
fn a_field_may_be_assigned() {
    check(
        "fn f(x: f64) -> f64 { let mut p = Point { x, y: 1.0 }; p.x = p.y * x; p.x }",
        expect![[]],
    );
}

#[test]
fn a_mutable_argument_is_a_place() {
    check(
        "fn f(x: &mut [f64], y: f64) { for i in 0..x.len() { x[i] = x[i] * y; } }",
        expect![[]],
    );
}

#[test]
fn a_slot_is_lent_to_a_function() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [x, x]; scale(&mut a, x); a[0] }",
        expect![[]],
    );
}

#[test]
fn push_grows_a_slot() {
    check(
        "fn f(x: f64, n: usize) -> Vec<f64> { let mut v = Vec::new(); for _ in 0..n { v.push(x * x); } v }",
        expect![[]],
    );
}

#[test]
fn a_question_mark_leaves_without_a_value() {
    check(
        "fn f(x: f64) -> Result<f64, Error> { let y = root(x)?; Ok(y * x) }",
        expect![[]],
    );
}

#[test]
fn a_returned_error_diverges() {
    check(
        "fn f(x: f64) -> Result<f64, Error> { if x < 0.0 { return Err(Error::Negative); } Ok(x * x) }",
        expect![[]],
    );
}

#[test]
fn an_option_is_fallible_too() {
    check(
        "fn f(x: f64) -> Option<f64> { if x < 0.0 { None } else { Some(x * x) } }",
        expect![[]],
    );
}

#[test]
fn an_assertion_stays_as_it_was_written() {
    check(
        "fn f(x: f64) -> f64 { assert!(x > 0.0, \"{x} is negative\"); x.ln() }",
        expect![[]],
    );
}

#[test]
fn a_struct_is_built_from_its_fields() {
    check(
        "fn f(x: f64) -> Point { Point { x, y: x * x } }",
        expect![[]],
    );
}

#[test]
fn an_array_and_a_vec_list_their_elements() {
    check(
        "fn f(x: f64) -> f64 { let a = [x, 1.0]; let v = vec![x; 4]; a[0] * v[1] }",
        expect![[]],
    );
}

#[test]
fn a_function_keeps_its_path() {
    check(
        "fn f(x: f64) -> f64 { m::g(x) + f64::max(x, 0.0) + Point::norm(x) }",
        expect![[]],
    );
}

#[test]
fn a_broadcast_is_lazy_until_it_is_materialized() {
    check(
        "fn f(a: &Matrix, b: &Matrix) -> Matrix { broadcast!(relu {}.(a .* b) .+ a * b) }",
        expect![[]],
    );
}
