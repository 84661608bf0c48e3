//! Loops and the ways out of them.

use super::check;
use expect_test::expect;

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
