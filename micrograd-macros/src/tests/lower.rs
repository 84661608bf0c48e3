//! From source to IR.

use expect_test::{expect, Expect};

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&super::ir(source));
}

#[test]
fn the_ir_of_dense_is_a_line_an_operation() {
    check(
        "fn forward(&self, x: &Matrix) -> Matrix { self.activation.call(broadcast!(&self.weight * x .+ &self.bias)) }",
        expect![[r#"
            1: (%1, %2)
              %3 = getfield(%1, activation)
              %4 = getfield(%1, weight)
              %5 = %4 * %2
              %6 = getfield(%1, bias)
              %7 = broadcasted(+, %5, %6)
              %8 = materialize(%7)
              %9 = (%3)(%8)
              return %9
        "#]],
    );
}

#[test]
fn every_nested_expression_is_one_operation() {
    check(
        "fn f(x: f64, y: f64) -> f64 { (x + y) * -x.sin() / 2.0 }",
        expect![[r#"
            1: (%1, %2)
              %3 = %1 + %2
              %4 = sin(%1)
              %5 = -%4
              %6 = %3 * %5
              %7 = %6 / 2.0
              return %7
        "#]],
    );
}

#[test]
fn a_constant_stands_where_it_is_used() {
    check(
        "fn f(x: f64) -> f64 { x * std::f64::consts::PI + LIMIT }",
        expect![[r#"
            1: (%1)
              %2 = %1 * std::f64::consts::PI
              %3 = %2 + LIMIT
              return %3
        "#]],
    );
}

#[test]
fn a_shadowed_name_is_a_new_value() {
    check(
        "fn f(x: f64) -> f64 { let x = x * x; { let x = x + 1.0; let _ = x; } let x = x.exp(); x }",
        expect![[r#"
            1: (%1)
              %2 = %1 * %1
              %3 = %2 + 1.0
              %4 = exp(%2)
              return %4
        "#]],
    );
}

#[test]
fn an_assignment_gives_the_name_a_new_value() {
    check(
        "fn f(x: f64) -> f64 { let mut y = x; y += x; y = y * y; y *= 2.0; y }",
        expect![[r#"
            1: (%1)
              %2 = %1 + %1
              %3 = %2 * %2
              %4 = %3 * 2.0
              return %4
        "#]],
    );
}

#[test]
fn a_name_may_be_declared_before_it_is_assigned() {
    check(
        "fn f(x: f64) -> f64 { let y; y = x * x; y }",
        expect![[r#"
        1: (%1)
          %2 = %1 * %1
          return %2
    "#]],
    );
}

#[test]
fn a_tuple_pattern_takes_the_parts() {
    check(
        "fn f(p: (f64, f64)) -> f64 { let (a, b) = p; a * b }",
        expect![[r#"
            1: (%1)
              %2 = getindex(%1, 0)
              %3 = getindex(%1, 1)
              %4 = %2 * %3
              return %4
        "#]],
    );
}

#[test]
fn a_struct_pattern_takes_the_fields() {
    check(
        "fn f(p: &Point) -> f64 { let Point { x, y: height } = p; x * height }",
        expect![[r#"
            1: (%1)
              %2 = getfield(%1, x)
              %3 = getfield(%1, y)
              %4 = %2 * %3
              return %4
        "#]],
    );
}

#[test]
fn an_array_pattern_takes_the_elements() {
    check(
        "fn f(p: [f64; 2]) -> f64 { let [a, b] = p; a * b }",
        expect![[r#"
            1: (%1)
              %2 = getindex(%1, 0)
              %3 = getindex(%1, 1)
              %4 = %2 * %3
              return %4
        "#]],
    );
}

#[test]
fn two_names_are_exchanged_by_a_tuple() {
    check(
        "fn f(x: f64, y: f64) -> f64 { let (mut a, mut b) = (x, y); (a, b) = (b, a + b); a * b }",
        expect![[r#"
            1: (%1, %2)
              %3 = %1 + %2
              %4 = tuple(%2, %3)
              %5 = %2 * %3
              return %5
        "#]],
    );
}

#[test]
fn an_if_yields_its_value() {
    check(
        "fn f(x: f64) -> f64 { let y = if x > 0.0 { x } else { -x }; y * y }",
        expect![[r#"
            1: (%1)
              %2 = %1 > 0.0
              %4 = if %2
                yield %1
              else
                %3 = -%1
                yield %3
              end
              %5 = %4 * %4
              return %5
        "#]],
    );
}

#[test]
fn an_if_yields_the_variables_it_assigns() {
    check(
        "fn f(x: f64) -> f64 { let (mut a, mut b) = (x, 1.0); if x > 0.0 { a = x * x; } else { a = -a; b = x; } a * b }",
        expect![[r#"
            1: (%1)
              %2 = %1 > 0.0
              %5, %6 = if %2
                %3 = %1 * %1
                yield %3, 1.0
              else
                %4 = -%1
                yield %4, %1
              end
              %7 = %5 * %6
              return %7
        "#]],
    );
}

#[test]
fn an_else_if_is_an_if_in_the_else() {
    check(
        "fn f(x: f64) -> f64 { if x > 1.0 { 1.0 } else if x > 0.0 { x } else { 0.0 } }",
        expect![[r#"
            1: (%1)
              %2 = %1 > 1.0
              %5 = if %2
                yield 1.0
              else
                %3 = %1 > 0.0
                %4 = if %3
                  yield %1
                else
                  yield 0.0
                end
                yield %4
              end
              return %5
        "#]],
    );
}

#[test]
fn an_and_is_an_if() {
    check(
        "fn f(x: f64, y: f64) -> f64 { if x > 0.0 && y > 0.0 { x } else { y } }",
        expect![[r#"
            1: (%1, %2)
              %3 = %1 > 0.0
              %5 = if %3
                %4 = %2 > 0.0
                yield %4
              else
                yield false
              end
              %6 = if %5
                yield %1
              else
                yield %2
              end
              return %6
        "#]],
    );
}

#[test]
fn what_follows_an_early_return_moves_into_the_else() {
    check(
        "fn f(x: f64) -> f64 { if x < 0.0 { return 0.0; } let y = x * x; y + x }",
        expect![[r#"
            1: (%1)
              %2 = %1 < 0.0
              %5 = if %2
                yield 0.0
              else
                %3 = %1 * %1
                %4 = %3 + %1
                yield %4
              end
              return %5
        "#]],
    );
}

#[test]
fn a_match_is_a_chain_of_ifs() {
    check(
        "fn f(x: f64, n: usize) -> f64 { match n { 0 => 1.0, 1 | 2 => x, 3..=5 if x > 0.0 => x * x, _ => x.sin() } }",
        expect![[r#"
            1: (%1, %2)
              %3 = %2 matches 0
              %12 = if %3
                yield 1.0
              else
                %4 = %2 matches 1 | 2
                %11 = if %4
                  yield %1
                else
                  %5 = %2 matches 3 ..= 5
                  %7 = if %5
                    %6 = %1 > 0.0
                    yield %6
                  else
                    yield false
                  end
                  %10 = if %7
                    %8 = %1 * %1
                    yield %8
                  else
                    %9 = sin(%1)
                    yield %9
                  end
                  yield %10
                end
                yield %11
              end
              return %12
        "#]],
    );
}

#[test]
fn a_match_on_variants_tests_each() {
    check(
        "fn f(x: f64, kind: Kind) -> f64 { match kind { Kind::Linear => x, Kind::Square => x * x } }",
        expect![[r#"
            1: (%1, %2)
              %3 = %2 matches Kind :: Linear
              %5 = if %3
                yield %1
              else
                %4 = %1 * %1
                yield %4
              end
              return %5
        "#]],
    );
}

#[test]
fn a_match_arm_may_return() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let y = x * x; match n { 0 => return x, _ => {} } y }",
        expect![[r#"
            1: (%1, %2)
              %3 = %1 * %1
              %4 = %2 matches 0
              %5 = if %4
                yield %1
              else
                yield %3
              end
              return %5
        "#]],
    );
}

#[test]
fn a_loop_carries_the_variables_it_assigns() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let (mut s, mut p) = (0.0, 1.0); for i in 0..n { p *= x; s += p * i as f64; } s }",
        expect![[r#"
            1: (%1, %2)
              %3 = 0..%2
              %11, %12 = for %4 in %3, %5 = 1.0, %6 = 0.0
                %7 = %5 * %1
                %8 = %4 as f64
                %9 = %7 * %8
                %10 = %6 + %9
                yield %7, %10
              end
              return %12
        "#]],
    );
}

#[test]
fn an_element_is_a_place() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { s += x[i]; } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %8 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = %5 + %6
                yield %7
              end
              return %8
        "#]],
    );
}

#[test]
fn a_while_loop_decides_in_each_iteration() {
    check(
        "fn f(x: f64) -> f64 { let mut y = x; while y < 10.0 { y = y * y; } y }",
        expect![[r#"
            1: (%1)
              %8 = loop while, %3 = %1
                %4 = %3 < 10.0
                %6, %7 = if %4
                  %5 = %3 * %3
                  yield true, %5
                else
                  yield false, %3
                end
                yield %6, %7
              end
              return %8
        "#]],
    );
}

#[test]
fn a_loop_ends_by_break() {
    check(
        "fn f(x: f64) -> f64 { let mut y = x; loop { y = y * x; if y > 10.0 { break; } } y }",
        expect![[r#"
            1: (%1)
              %8 = loop while, %3 = %1
                %4 = %3 * %1
                %5 = %4 > 10.0
                %6, %7 = if %5
                  yield false, %4
                else
                  yield true, %4
                end
                yield %6, %7
              end
              return %8
        "#]],
    );
}

#[test]
fn a_for_loop_with_break_decides_in_each_iteration() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut y = x; for i in 0..n { if y > 10.0 { break; } y = y * x; } y }",
        expect![[r#"
            1: (%1, %2)
              %3 = 0..%2
              %10 = for %4 in %3 while, %5 = %1
                %6 = %5 > 10.0
                %8, %9 = if %6
                  yield false, %5
                else
                  %7 = %5 * %1
                  yield true, %7
                end
                yield %8, %9
              end
              return %10
        "#]],
    );
}

#[test]
fn continue_yields_what_is_carried() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for &v in x { if v < 0.0 { continue; } s += v * v; } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %11 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = %6 < 0.0
                %10 = if %7
                  yield %5
                else
                  %8 = %6 * %6
                  %9 = %5 + %8
                  yield %9
                end
                yield %10
              end
              return %11
        "#]],
    );
}

#[test]
fn a_return_in_a_loop_is_carried_out_of_it() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut y = x; for i in 0..n { if y > 10.0 { return y * 2.0; } y = y * x; } y }",
        expect![[r#"
            1: (%1, %2)
              %3 = 0..%2
              %16, %17, %18 = for %4 in %3 while, %5 = %1, %6 = ::core::option::Option::None, %7 = 0u8
                %8 = %5 > 10.0
                %12, %13, %14, %15 = if %8
                  %9 = %5 * 2.0
                  %10 = some(%9)
                  yield false, %5, %10, 1u8
                else
                  %11 = %5 * %1
                  yield true, %11, %6, %7
                end
                yield %12, %13, %14, %15
              end
              %19 = %18 == 1u8
              %21 = if %19
                %20 = unwrap(%17)
                yield %20
              else
                yield %16
              end
              return %21
        "#]],
    );
}

#[test]
fn a_closure_is_inlined_at_each_call() {
    check(
        "fn f(x: f64) -> f64 { let scale = 3.0; let g = |v: f64| v * scale; g(x) + g(x * x) }",
        expect![[r#"
            1: (%1)
              %2 = %1 * 3.0
              %3 = %1 * %1
              %4 = %3 * 3.0
              %5 = %2 + %4
              return %5
        "#]],
    );
}

#[test]
fn a_closure_sees_the_names_of_its_place() {
    check(
        "fn f(x: f64) -> f64 { let y = x; let g = |v| v * y; let y = 1.0; g(x) + y }",
        expect![[r#"
            1: (%1)
              %2 = %1 * %1
              %3 = %2 + 1.0
              return %3
        "#]],
    );
}

#[test]
fn zip_map_sum_is_one_loop() {
    check(
        "fn f(x: &[f64], y: &[f64]) -> f64 { x.iter().zip(y).map(|(a, b)| a * b).sum() }",
        expect![[r#"
            1: (%1, %2)
              %3 = len(%1)
              %4 = len(%2)
              %5 = min(%3, %4)
              %6 = 0..%5
              %13 = for %7 in %6, %8 = -0.0
                %9 = getindex(%1, %7)
                %10 = getindex(%2, %7)
                %11 = %9 * %10
                %12 = %8 + %11
                yield %12
              end
              return %13
        "#]],
    );
}

#[test]
fn windows_are_slices() {
    check(
        "fn f(x: &[f64]) -> f64 { x.windows(2).map(|w| w[0] * w[1]).sum() }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = %2 + 1
              %4 = saturating_sub(%3, 2)
              %5 = 0..%4
              %15 = for %6 in %5, %7 = -0.0
                %8 = %6 + 2
                %9 = %6..%8
                %10 = getindex(%1, %9)
                %11 = getindex(%10, 0)
                %12 = getindex(%10, 1)
                %13 = %11 * %12
                %14 = %7 + %13
                yield %14
              end
              return %15
        "#]],
    );
}

#[test]
fn enumerate_and_skip_shift_the_index() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for (i, v) in x.iter().enumerate().skip(1) { s += i as f64 * v; } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = saturating_sub(%2, 1)
              %4 = 0..%3
              %12 = for %5 in %4, %6 = 0.0
                %7 = %5 + 1
                %8 = getindex(%1, %7)
                %9 = %7 as f64
                %10 = %9 * %8
                %11 = %6 + %10
                yield %11
              end
              return %12
        "#]],
    );
}

#[test]
fn a_filter_is_an_if_in_the_loop() {
    check(
        "fn f(x: &[f64]) -> f64 { x.iter().filter(|v| **v > 0.0).map(|v| v * v).sum() }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %11 = for %4 in %3, %5 = -0.0
                %6 = getindex(%1, %4)
                %7 = %6 > 0.0
                %10 = if %7
                  %8 = %6 * %6
                  %9 = %5 + %8
                  yield %9
                else
                  yield %5
                end
                yield %10
              end
              return %11
        "#]],
    );
}

#[test]
fn fold_carries_its_accumulator() {
    check(
        "fn f(x: &[f64]) -> f64 { x.iter().fold(1.0, |a, v| a * v) }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %8 = for %4 in %3, %5 = 1.0
                %6 = getindex(%1, %4)
                %7 = %5 * %6
                yield %7
              end
              return %8
        "#]],
    );
}

#[test]
fn collect_is_a_loop_with_an_element_an_iteration() {
    check(
        "fn f(x: &[f64]) -> Vec<f64> { x.iter().map(|v| v * v).collect() }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %7 = for %4 in %3 collect
                %5 = getindex(%1, %4)
                %6 = %5 * %5
                yield %6
              end
              return %7
        "#]],
    );
}

#[test]
fn a_loop_may_run_backwards() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in (0..x.len()).rev() { s = s * 0.5 + x[i]; } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %4 = rev(%3)
              %10 = for %5 in %4, %6 = 0.0
                %7 = %6 * 0.5
                %8 = getindex(%1, %5)
                %9 = %7 + %8
                yield %9
              end
              return %10
        "#]],
    );
}

#[test]
fn a_variable_that_is_changed_in_part_is_a_slot() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [0.0; 3]; a[0] = x; a[1] += a[0] * x; a[0] + a[1] }",
        expect![[r#"
            1: (%1)
              %2 = [0.0; 3]
              %3 = slot(%2)
              %4 = getindex(%3, 0)
              store(%4, %1)
              %5 = getindex(%3, 0)
              %6 = load(%5)
              %7 = %6 * %1
              %8 = getindex(%3, 1)
              %9 = load(%8)
              %10 = %9 + %7
              store(%8, %10)
              %11 = getindex(%3, 0)
              %12 = load(%11)
              %13 = getindex(%3, 1)
              %14 = load(%13)
              %15 = %12 + %14
              return %15
        "#]],
    );
}

#[test]
fn a_field_may_be_assigned() {
    check(
        "fn f(x: f64) -> f64 { let mut p = Point { x, y: 1.0 }; p.x = p.y * x; p.x }",
        expect![[r#"
            1: (%1)
              %2 = new Point(x: %1, y: 1.0)
              %3 = slot(%2)
              %4 = getfield(%3, y)
              %5 = load(%4)
              %6 = %5 * %1
              %7 = getfield(%3, x)
              store(%7, %6)
              %8 = getfield(%3, x)
              %9 = load(%8)
              return %9
        "#]],
    );
}

#[test]
fn a_mutable_argument_is_a_place() {
    check(
        "fn f(x: &mut [f64], y: f64) { for i in 0..x.len() { x[i] = x[i] * y; } }",
        expect![[r#"
            1: (%1, %2)
              %3 = len(%1)
              %4 = 0..%3
              for %5 in %4
                %6 = getindex(%1, %5)
                %7 = load(%6)
                %8 = %7 * %2
                %9 = getindex(%1, %5)
                store(%9, %8)
              end
              return
        "#]],
    );
}

#[test]
fn a_slot_is_lent_to_a_function() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [x, x]; scale(&mut a, x); a[0] }",
        expect![[r#"
            1: (%1)
              %2 = [%1, %1]
              %3 = slot(%2)
              %4 = scale(%3, %1)
              %5 = getindex(%3, 0)
              %6 = load(%5)
              return %6
        "#]],
    );
}

#[test]
fn push_grows_a_slot() {
    check(
        "fn f(x: f64, n: usize) -> Vec<f64> { let mut v = Vec::new(); for _ in 0..n { v.push(x * x); } v }",
        expect![[r#"
            1: (%1, %2)
              %3 = Vec::new()
              %4 = slot(%3)
              %5 = 0..%2
              for %6 in %5
                %7 = %1 * %1
                push(%4, %7)
                %8 = tuple()
              end
              %9 = load(%4)
              return %9
        "#]],
    );
}

#[test]
fn a_question_mark_leaves_without_a_value() {
    check(
        "fn f(x: f64) -> Result<f64, Error> { let y = root(x)?; Ok(y * x) }",
        expect![[r#"
            1: (%1)
              %2 = root(%1)?
              %3 = %2 * %1
              return %3
        "#]],
    );
}

#[test]
fn a_returned_error_diverges() {
    check(
        "fn f(x: f64) -> Result<f64, Error> { if x < 0.0 { return Err(Error::Negative); } Ok(x * x) }",
        expect![[r#"
            1: (%1)
              %2 = %1 < 0.0
              if %2
                return Err (Error :: Negative)
              else
              end
              %3 = %1 * %1
              return %3
        "#]],
    );
}

#[test]
fn an_option_is_fallible_too() {
    check(
        "fn f(x: f64) -> Option<f64> { if x < 0.0 { None } else { Some(x * x) } }",
        expect![[r#"
            1: (%1)
              %2 = %1 < 0.0
              %4 = if %2
                return None
              else
                %3 = %1 * %1
                yield %3
              end
              return %4
        "#]],
    );
}

#[test]
fn an_assertion_stays_as_it_was_written() {
    check(
        "fn f(x: f64) -> f64 { assert!(x > 0.0, \"{x} is negative\"); x.ln() }",
        expect![[r#"
            1: (%1)
              assert ! (x > 0.0 , "{x} is negative")
              %2 = ln(%1)
              return %2
        "#]],
    );
}

#[test]
fn a_struct_is_built_from_its_fields() {
    check(
        "fn f(x: f64) -> Point { Point { x, y: x * x } }",
        expect![[r#"
            1: (%1)
              %2 = %1 * %1
              %3 = new Point(x: %1, y: %2)
              return %3
        "#]],
    );
}

#[test]
fn an_array_and_a_vec_list_their_elements() {
    check(
        "fn f(x: f64) -> f64 { let a = [x, 1.0]; let v = vec![x; 4]; a[0] * v[1] }",
        expect![[r#"
            1: (%1)
              %2 = [%1, 1.0]
              %3 = [%1; 4]
              %4 = getindex(%2, 0)
              %5 = getindex(%3, 1)
              %6 = %4 * %5
              return %6
        "#]],
    );
}

#[test]
fn a_function_keeps_its_path() {
    check(
        "fn f(x: f64) -> f64 { m::g(x) + f64::max(x, 0.0) + Point::norm(x) }",
        expect![[r#"
            1: (%1)
              %2 = g(%1)
              %3 = f64::max(%1, 0.0)
              %4 = %2 + %3
              %5 = Point::norm(%1)
              %6 = %4 + %5
              return %6
        "#]],
    );
}

#[test]
fn a_broadcast_is_lazy_until_it_is_materialized() {
    check(
        "fn f(a: &Matrix, b: &Matrix) -> Matrix { broadcast!(relu {}.(a .* b) .+ a * b) }",
        expect![[r#"
            1: (%1, %2)
              %3 = broadcasted(*, %1, %2)
              %4 = broadcasted_function(relu{}, %3)
              %5 = %1 * %2
              %6 = broadcasted(+, %4, %5)
              %7 = materialize(%6)
              return %7
        "#]],
    );
}

#[test]
fn what_follows_an_early_return_in_a_block_does_not_see_the_names_of_the_block() {
    check(
        "fn f(x: f64) -> f64 { let y = x; { let y = 2.0 * x; if y > 1.0 { return y; } } y }",
        expect![[r#"
            1: (%1)
              %2 = 2.0 * %1
              %3 = %2 > 1.0
              %4 = if %3
                yield %2
              else
                yield %1
              end
              return %4
        "#]],
    );
}

#[test]
fn what_follows_a_returning_match_in_a_block_does_not_see_the_names_of_the_block() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let y = x; { let y = 2.0 * x; match n { 0 => return y, _ => {} } } y }",
        expect![[r#"
            1: (%1, %2)
              %3 = 2.0 * %1
              %4 = %2 matches 0
              %5 = if %4
                yield %3
              else
                yield %1
              end
              return %5
        "#]],
    );
}

#[test]
fn the_index_of_a_compound_assignment_is_evaluated_once() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [0.0; 3]; let mut k = 0; a[bump(&mut k)] += x; a[0] }",
        expect![[r#"
            1: (%1)
              %2 = [0.0; 3]
              %3 = slot(%2)
              %4 = slot(0)
              %5 = bump(%4)
              %6 = getindex(%3, %5)
              %7 = load(%6)
              %8 = %7 + %1
              store(%6, %8)
              %9 = getindex(%3, 0)
              %10 = load(%9)
              return %10
        "#]],
    );
}

#[test]
fn a_chain_is_two_loops() {
    check(
        "fn f(x: &[f64], y: &[f64]) -> f64 { x.iter().chain(y).map(|v| v * v).sum() }",
        expect![[r#"
            1: (%1, %2)
              %3 = len(%1)
              %4 = len(%2)
              %5 = %3 + %4
              %6 = 0..%3
              %12 = for %7 in %6, %8 = -0.0
                %9 = getindex(%1, %7)
                %10 = %9 * %9
                %11 = %8 + %10
                yield %11
              end
              %13 = 0..%4
              %19 = for %14 in %13, %15 = %12
                %16 = getindex(%2, %14)
                %17 = %16 * %16
                %18 = %15 + %17
                yield %18
              end
              return %19
        "#]],
    );
}

#[test]
fn the_largest_item_is_found_by_its_index() {
    check(
        "fn f(x: &[f64]) -> f64 { let m = x.iter().max_by(|a, b| a.total_cmp(b)).unwrap(); m * m }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0 < %2
              %14 = if %3
                %4 = getindex(%1, 0usize)
                %5 = 1..%2
                %13 = for %6 in %5, %7 = 0usize
                  %8 = getindex(%1, %7)
                  %9 = getindex(%1, %6)
                  %10 = total_cmp(%8, %9)
                  %11 = %10 matches :: core :: cmp :: Ordering :: Greater
                  %12 = if %11
                    yield %7
                  else
                    yield %6
                  end
                  yield %12
                end
                yield %13
              else
                yield 0usize
              end
              :: core :: assert ! (present , "called `Option::unwrap()` on a `None` value")
              %15 = getindex(%1, %14)
              %16 = %15 * %15
              return %16
        "#]],
    );
}

#[test]
fn a_sort_is_a_rearrangement() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut v = x.to_vec(); v.sort_by(|a, b| a.total_cmp(b)); v.pop().unwrap() }",
        expect![[r#"
            1: (%1)
              %2 = to_vec(%1)
              %3 = slot(%2)
              %4 = :: micrograd_core :: emitted :: order_by (sequence , | a , b | a . total_cmp (b))
              rearrange(%3, %4)
              %5 = tuple()
              %6 = len(%3)
              %7 = 0 < %6
              :: core :: assert ! (present , "called `Option::unwrap()` on a `None` value")
              %8 = pop(%3)
              return %8
        "#]],
    );
}
