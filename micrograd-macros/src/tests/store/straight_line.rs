//! Code without branches and loops.

use super::check;
use expect_test::expect;

#[test]
fn straight_code_captures_what_the_reverse_reads() {
    check(
        "fn f(x: f64, y: f64) -> f64 { let p = x * y; let q = p + x; q * p }",
        expect![[r#"
            1: (%1, %2)
              %3 = %1 * %2
              %4 = %3 + %1
              %5 = %4 * %3
              return %5
            captured: %1, %2, %3, %4
        "#]],
    );
}

#[test]
fn a_sum_captures_nothing() {
    check(
        "fn f(x: f64, y: f64) -> f64 { x + y - 2.0 }",
        expect![[r#"
        1: (%1, %2)
          %3 = %1 + %2
          %4 = %3 - 2.0
          return %4
    "#]],
    );
}

#[test]
fn a_constant_factor_is_not_captured() {
    check(
        "fn f(x: f64) -> f64 { (2.0 * x + 3.0) * 4.0 }",
        expect![[r#"
            1: (%1)
              %2 = 2.0 * %1
              %3 = %2 + 3.0
              %4 = %3 * 4.0
              return %4
        "#]],
    );
}

#[test]
fn dense_keeps_its_pullbacks() {
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
            captured: %1, %2, %5, %8, pullback of %9, pullback of %8, pullback of %7
        "#]],
    );
}
