//! Branches, early returns and failures.

use super::check;
use expect_test::expect;

#[test]
fn a_condition_stays_out() {
    check(
        "fn f(x: f64, y: f64) -> f64 { if x * x > 1.0 { y } else { -y } }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%6 = 0
              Δ%6 += Δ
              if %4
                Δ%2 += Δ%6
              else
                Δ%5 = 0
                Δ%5 += Δ%6
                Δ%2 -= Δ%5
              end
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn a_branch_is_reversed_by_the_same_condition() {
    check(
        "fn f(x: f64) -> f64 { let y = if x > 0.0 { x * x } else { 2.0 * x }; y * y }",
        expect![[r#"
            1: (Δ, %1)
              Δ%5 = 0
              Δ%6 = 0
              Δ%6 += Δ
              Δ%5 += Δ%6 * %5
              Δ%5 += Δ%6 * %5
              if %2
                Δ%3 = 0
                Δ%3 += Δ%5
                Δ%1 += Δ%3 * %1
                Δ%1 += Δ%3 * %1
              else
                Δ%4 = 0
                Δ%4 += Δ%5
                Δ%1 += Δ%4 * 2.0
              end
              return Δ%1
        "#]],
    );
}

#[test]
fn a_branch_hands_back_what_it_assigns() {
    check(
        "fn f(x: f64) -> f64 { let (mut a, mut b) = (x, 1.0); if x > 0.0 { a = x * x; } else { a = -a; b = x; } a * b }",
        expect![[r#"
            1: (Δ, %1)
              Δ%5 = 0
              Δ%6 = 0
              Δ%7 = 0
              Δ%7 += Δ
              Δ%5 += Δ%7 * %6
              Δ%6 += Δ%7 * %5
              if %2
                Δ%3 = 0
                Δ%3 += Δ%5
                Δ%1 += Δ%3 * %1
                Δ%1 += Δ%3 * %1
              else
                Δ%4 = 0
                Δ%4 += Δ%5
                Δ%1 += Δ%6
                Δ%1 -= Δ%4
              end
              return Δ%1
        "#]],
    );
}

#[test]
fn an_early_return_is_a_branch() {
    check(
        "fn f(x: f64) -> f64 { if x < 0.0 { return 0.0; } let y = x * x; y + x }",
        expect![[r#"
            1: (Δ, %1)
              Δ%5 = 0
              Δ%5 += Δ
              if %2
              else
                Δ%3 = 0
                Δ%4 = 0
                Δ%4 += Δ%5
                Δ%3 += Δ%4
                Δ%1 += Δ%4
                Δ%1 += Δ%3 * %1
                Δ%1 += Δ%3 * %1
              end
              return Δ%1
        "#]],
    );
}

#[test]
fn a_failure_has_no_reverse() {
    check(
        "fn f(x: f64) -> Result<f64, Error> { if x < 0.0 { return Err(Error::Negative); } let y = root(x)?; Ok(y * x) }",
        expect![[r#"
            1: (Δ, %1)
              Δ%3 = 0
              Δ%4 = 0
              Δ%4 += Δ
              Δ%3 += mul_left(%3, %1, Δ%4)
              Δ%1 += mul_right(%3, %1, Δ%4)
              (Δ%1) += pullback of %3(Δ%3)
              return Δ%1
        "#]],
    );
}
