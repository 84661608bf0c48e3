//! Operators and calls, and what stays out.

use super::check;
use expect_test::expect;

#[test]
fn dense_is_reversed_last_operation_first() {
    check(
        "fn forward(&self, x: &Matrix) -> Matrix { self.activation.call(broadcast!(&self.weight * x .+ &self.bias)) }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%5 = 0
              Δ%7 = 0
              Δ%8 = 0
              Δ%9 = 0
              Δ%9 += Δ
              (Δ%1.activation, Δ%8) += pullback of %9(Δ%9)
              (Δ%7) += pullback of %8(Δ%8)
              (_, Δ%5, Δ%1.bias) += pullback of %7(Δ%7)
              Δ%1.weight += mul_left(%4, %2, Δ%5)
              Δ%2 += mul_right(%4, %2, Δ%5)
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn numbers_have_their_rules_written_out() {
    check(
        "fn f(x: f64, y: f64) -> f64 { x * y + x / y - (-y) }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%3 = 0
              Δ%4 = 0
              Δ%5 = 0
              Δ%6 = 0
              Δ%7 = 0
              Δ%7 += Δ
              Δ%5 += Δ%7
              Δ%6 -= Δ%7
              Δ%2 -= Δ%6
              Δ%3 += Δ%5
              Δ%4 += Δ%5
              Δ%1 += Δ%4 / %2
              Δ%2 -= Δ%4 * %1 / %2²
              Δ%1 += Δ%3 * %2
              Δ%2 += Δ%3 * %1
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn nine_squares_are_nine_multiplications() {
    check(
        "fn f(x: f64) -> f64 { let y = x * x; let y = y * y; let y = y * y; let y = y * y; let y = y * y; let y = y * y; let y = y * y; let y = y * y; y * y }",
        expect![[r#"
            1: (Δ, %1)
              Δ%2 = 0
              Δ%3 = 0
              Δ%4 = 0
              Δ%5 = 0
              Δ%6 = 0
              Δ%7 = 0
              Δ%8 = 0
              Δ%9 = 0
              Δ%10 = 0
              Δ%10 += Δ
              Δ%9 += Δ%10 * %9
              Δ%9 += Δ%10 * %9
              Δ%8 += Δ%9 * %8
              Δ%8 += Δ%9 * %8
              Δ%7 += Δ%8 * %7
              Δ%7 += Δ%8 * %7
              Δ%6 += Δ%7 * %6
              Δ%6 += Δ%7 * %6
              Δ%5 += Δ%6 * %5
              Δ%5 += Δ%6 * %5
              Δ%4 += Δ%5 * %4
              Δ%4 += Δ%5 * %4
              Δ%3 += Δ%4 * %3
              Δ%3 += Δ%4 * %3
              Δ%2 += Δ%3 * %2
              Δ%2 += Δ%3 * %2
              Δ%1 += Δ%2 * %1
              Δ%1 += Δ%2 * %1
              return Δ%1
        "#]],
    );
}

#[test]
fn a_constant_factor_has_no_cotangent() {
    check(
        "fn f(x: f64) -> f64 { 2.0 * x + 3.0 }",
        expect![[r#"
        1: (Δ, %1)
          Δ%2 = 0
          Δ%3 = 0
          Δ%3 += Δ
          Δ%2 += Δ%3
          Δ%1 += Δ%2 * 2.0
          return Δ%1
    "#]],
    );
}

#[test]
fn other_operators_go_through_their_rule() {
    check(
        "fn f(a: Matrix, b: Matrix) -> Matrix { a * b + b }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%3 = 0
              Δ%4 = 0
              Δ%4 += Δ
              Δ%3 += Δ%4
              Δ%2 += Δ%4
              Δ%1 += mul_left(%1, %2, Δ%3)
              Δ%2 += mul_right(%1, %2, Δ%3)
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn a_call_goes_through_its_pullback() {
    check(
        "fn f(x: f64) -> f64 { g(x, x * x) }",
        expect![[r#"
        1: (Δ, %1)
          Δ%2 = 0
          Δ%3 = 0
          Δ%3 += Δ
          (Δ%1, Δ%2) += pullback of %3(Δ%3)
          Δ%1 += Δ%2 * %1
          Δ%1 += Δ%2 * %1
          return Δ%1
    "#]],
    );
}

#[test]
fn an_inactive_argument_has_no_target() {
    check(
        "fn f(x: f64, n: usize) -> f64 { x.powi(n) }",
        expect![[r#"
        1: (Δ, %1, %2)
          Δ%3 = 0
          Δ%3 += Δ
          (Δ%1, _) += pullback of %3(Δ%3)
          return Δ%1, Δ%2
    "#]],
    );
}

#[test]
fn a_dead_value_stays_out() {
    check(
        "fn f(x: f64) -> f64 { let dead = x.sin() * x; x * x }",
        expect![[r#"
            1: (Δ, %1)
              Δ%4 = 0
              Δ%4 += Δ
              Δ%1 += Δ%4 * %1
              Δ%1 += Δ%4 * %1
              return Δ%1
        "#]],
    );
}

#[test]
fn a_value_that_no_parameter_reaches_stays_out() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let scale = (n as f64).sqrt() * 2.0; x * scale }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%6 = 0
              Δ%6 += Δ
              Δ%1 += Δ%6 * %5
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn a_function_of_integers_has_nothing_to_reverse() {
    check(
        "fn f(n: usize) -> usize { n * 2 }",
        expect![[r#"
        1: (Δ, %1)
          return Δ%1
    "#]],
    );
}
