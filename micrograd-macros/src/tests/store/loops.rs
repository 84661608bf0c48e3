//! Loops: what an iteration saves.

use super::check;
use expect_test::expect;

#[test]
fn a_dot_product_saves_nothing() {
    check(
        "fn f(x: &[f64], y: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { s += x[i] * y[i]; } s }",
        expect![[r#"
            1: (%1, %2)
              %3 = len(%1)
              %4 = 0..%3
              %11 = for %5 in %4, %6 = 0.0
                %7 = getindex(%1, %5)
                %8 = getindex(%2, %5)
                %9 = %7 * %8
                %10 = %6 + %9
                yield %10
              end
              return %11
            captured: %1, %2
            loop over %4 recomputes: %7, %8
        "#]],
    );
}

#[test]
fn a_product_saves_its_carried_value_only() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 1.0; for i in 0..x.len() { s = s * x[i]; } s }",
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
            captured: %1, tape of the loop over %3
            loop over %3 saves: %5
            loop over %3 recomputes: %6
        "#]],
    );
}

#[test]
fn cheap_arithmetic_on_numbers_is_computed_again() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { let v = x[i] * 2.0 + i as f64; s += v * v; } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %12 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = %6 * 2.0
                %8 = %4 as f64
                %9 = %7 + %8
                %10 = %9 * %9
                %11 = %5 + %10
                yield %11
              end
              return %12
            captured: %1
            loop over %3 recomputes: %6, %7, %8, %9
        "#]],
    );
}

#[test]
fn a_pullback_is_saved_each_iteration() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { s += x[i].sin(); } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %9 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = sin(%6)
                %8 = %5 + %7
                yield %8
              end
              return %9
            captured: %1, tape of the loop over %3
            loop over %3 saves: pullback of %7
        "#]],
    );
}

#[test]
fn a_value_that_a_call_gave_is_saved() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { let v = x[i].exp(); s += v * v; } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %10 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = exp(%6)
                %8 = %7 * %7
                %9 = %5 + %8
                yield %9
              end
              return %10
            captured: %1, tape of the loop over %3
            loop over %3 saves: %7
        "#]],
    );
}

#[test]
fn a_linear_recurrence_saves_nothing() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { s = 0.5 * s + x[i]; } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %9 = for %4 in %3, %5 = 0.0
                %6 = 0.5 * %5
                %7 = getindex(%1, %4)
                %8 = %6 + %7
                yield %8
              end
              return %9
            captured: %1
        "#]],
    );
}

#[test]
fn a_while_loop_counts_its_iterations_by_the_tape() {
    check(
        "fn f(x: f64) -> f64 { let mut y = x; while y < 10.0 { y = y * 2.0; } y }",
        expect![[r#"
            1: (%1)
              %8 = loop while, %3 = %1
                %4 = %3 < 10.0
                %6, %7 = if %4
                  %5 = %3 * 2.0
                  yield true, %5
                else
                  yield false, %3
                end
                yield %6, %7
              end
              return %8
            captured: tape of the loop of %8
            loop of %8 saves: %3
            loop of %8 recomputes: %4
        "#]],
    );
}

#[test]
fn a_return_in_a_loop_keeps_the_tape() {
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
            captured: %1, %19, tape of the loop over %3
            loop over %3 saves: %5
            loop over %3 recomputes: %8
        "#]],
    );
}

#[test]
fn an_inner_loop_has_a_tape_an_iteration() {
    check(
        "fn f(x: &[f64], n: usize) -> f64 { let mut s = 0.0; for i in 0..x.len() { let mut p = 1.0; for _ in 0..n { p = p * x[i]; } s += p; } s }",
        expect![[r#"
            1: (%1, %2)
              %3 = len(%1)
              %4 = 0..%3
              %14 = for %5 in %4, %6 = 0.0
                %7 = 0..%2
                %12 = for %8 in %7, %9 = 1.0
                  %10 = getindex(%1, %5)
                  %11 = %9 * %10
                  yield %11
                end
                %13 = %6 + %12
                yield %13
              end
              return %14
            captured: %1, %2
            loop over %4 appends: tape of the loop over %7
            loop over %4 recomputes: %7
            loop over %7 saves: %9
            loop over %7 recomputes: %10
        "#]],
    );
}

#[test]
fn what_an_inner_loop_does_not_change_is_kept_once_outside() {
    check(
        "fn f(x: &[f64], n: usize) -> f64 { let mut s = 0.0; for i in 0..x.len() { let e = x[i].exp(); for j in 0..n { s += e * x[j]; } } s }",
        expect![[r#"
            1: (%1, %2)
              %3 = len(%1)
              %4 = 0..%3
              %16 = for %5 in %4, %6 = 0.0
                %7 = getindex(%1, %5)
                %8 = exp(%7)
                %9 = 0..%2
                %15 = for %10 in %9, %11 = %6
                  %12 = getindex(%1, %10)
                  %13 = %8 * %12
                  %14 = %11 + %13
                  yield %14
                end
                yield %15
              end
              return %16
            captured: %1, %2, tape of the loop over %4
            loop over %4 saves: %8
            loop over %4 recomputes: %9
            loop over %9 recomputes: %12
        "#]],
    );
}
