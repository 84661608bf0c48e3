//! Branches, in loops and outside.

use super::check;
use expect_test::expect;

#[test]
fn a_branch_in_a_loop_is_recorded() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 1.0; for i in 0..x.len() { if x[i] > 0.0 { s = s * x[i]; } else { s += x[i].sin(); } } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %14 = for %4 in %3, %5 = 1.0
                %6 = getindex(%1, %4)
                %7 = %6 > 0.0
                %13 = if %7
                  %8 = getindex(%1, %4)
                  %9 = %5 * %8
                  yield %9
                else
                  %10 = getindex(%1, %4)
                  %11 = sin(%10)
                  %12 = %5 + %11
                  yield %12
                end
                yield %13
              end
              return %14
            captured: %1, tape of the loop over %3
            loop over %3 saves: %5, branch on %7
            loop over %3 recomputes: %6
            else of %7 saves: pullback of %9
        "#]],
    );
}

#[test]
fn a_branch_that_saves_nothing_is_told_by_its_condition() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { if x[i] > 0.0 { s += x[i]; } else { s -= x[i]; } } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %13 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = %6 > 0.0
                %12 = if %7
                  %8 = getindex(%1, %4)
                  %9 = %5 + %8
                  yield %9
                else
                  %10 = getindex(%1, %4)
                  %11 = %5 - %10
                  yield %11
                end
                yield %12
              end
              return %13
            captured: %1
            loop over %3 recomputes: %6, %7
        "#]],
    );
}

#[test]
fn a_branch_outside_loops_keeps_what_its_side_needs() {
    check(
        "fn f(x: f64) -> f64 { let y = if x > 0.0 { x.sin() * x } else { 2.0 * x }; y * y }",
        expect![[r#"
            1: (%1)
              %2 = %1 > 0.0
              %6 = if %2
                %3 = sin(%1)
                %4 = %3 * %1
                yield %4
              else
                %5 = 2.0 * %1
                yield %5
              end
              %7 = %6 * %6
              return %7
            captured: %1, %6, branch on %2
            then of %2 saves: %3, pullback of %3
        "#]],
    );
}

#[test]
fn an_early_return_keeps_what_its_side_needs() {
    check(
        "fn f(x: f64) -> f64 { if x < 0.0 { return x.sin(); } let y = x.cos(); y * y }",
        expect![[r#"
            1: (%1)
              %2 = %1 < 0.0
              %6 = if %2
                %3 = sin(%1)
                yield %3
              else
                %4 = cos(%1)
                %5 = %4 * %4
                yield %5
              end
              return %6
            captured: %1, branch on %2
            then of %2 saves: pullback of %3
            else of %2 saves: %4, pullback of %4
        "#]],
    );
}
