//! Iterator chains.

use super::check;
use expect_test::expect;

#[test]
fn an_iterator_chain_saves_nothing() {
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
            captured: %1, %2, %6
            loop over %6 recomputes: %9, %10
        "#]],
    );
}

#[test]
fn a_filter_is_tested_again() {
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
            captured: %1
            loop over %3 recomputes: %6, %7
        "#]],
    );
}
