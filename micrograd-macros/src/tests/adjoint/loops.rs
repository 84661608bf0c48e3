//! Loops and iterator chains, run backwards.

use super::check;
use expect_test::expect;

#[test]
fn a_loop_local_cotangent_is_zeroed_each_iteration() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut s = 0.0; for i in 0..n { let square = x * x; s += square * x; } s }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%9 = 0
              Δ%9 += Δ
              for %4 in reverse(%3)
                Δ%5 = 0
                Δ%6 = 0
                Δ%7 = 0
                Δ%8 = 0
                Δ%8 += Δ%9
                Δ%5 += Δ%8
                Δ%7 += Δ%8
                Δ%6 += Δ%7 * %1
                Δ%1 += Δ%7 * %6
                Δ%1 += Δ%6 * %1
                Δ%1 += Δ%6 * %1
                Δ%9 = Δ%5
              end
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn a_carried_cotangent_passes_from_iteration_to_iteration() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut s = x; for _ in 0..n { s = s * x; } s }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%7 = 0
              Δ%7 += Δ
              for %4 in reverse(%3)
                Δ%5 = 0
                Δ%6 = 0
                Δ%6 += Δ%7
                Δ%5 += Δ%6 * %1
                Δ%1 += Δ%6 * %5
                Δ%7 = Δ%5
              end
              Δ%1 += Δ%7
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn an_inactive_carried_value_has_no_cotangent() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let (mut k, mut s) = (0, x); for _ in 0..n { k += 1; s *= k as f64; } s }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%11 = 0
              Δ%11 += Δ
              for %4 in reverse(%3)
                Δ%6 = 0
                Δ%9 = 0
                Δ%9 += Δ%11
                Δ%6 += Δ%9 * %8
                Δ%11 = Δ%6
              end
              Δ%1 += Δ%11
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn a_while_loop_runs_backwards_over_its_tape() {
    check(
        "fn f(x: f64) -> f64 { let mut y = x; while y < 10.0 { y = y * y; } y }",
        expect![[r#"
            1: (Δ, %1)
              Δ%8 = 0
              Δ%8 += Δ
              reverse loop
                Δ%3 = 0
                Δ%7 = 0
                Δ%7 += Δ%8
                if %4
                  Δ%5 = 0
                  Δ%5 += Δ%7
                  Δ%3 += Δ%5 * %3
                  Δ%3 += Δ%5 * %3
                else
                  Δ%3 += Δ%7
                end
                Δ%8 = Δ%3
              end
              Δ%1 += Δ%8
              return Δ%1
        "#]],
    );
}

#[test]
fn a_return_in_a_loop_starts_the_cotangent_inside() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut y = x; for i in 0..n { if y > 10.0 { return y * 2.0; } y = y * x; } y }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%16 = 0
              Δ%17 = 0
              Δ%21 = 0
              Δ%21 += Δ
              if %19
                Δ%20 = 0
                Δ%20 += Δ%21
                Δ%17 += some(Δ%20)
              else
                Δ%16 += Δ%21
              end
              for %4 in reverse(%3)
                Δ%5 = 0
                Δ%6 = 0
                Δ%13 = 0
                Δ%14 = 0
                Δ%13 += Δ%16
                Δ%14 += Δ%17
                if %8
                  Δ%9 = 0
                  Δ%10 = 0
                  Δ%5 += Δ%13
                  Δ%10 += Δ%14
                  Δ%9 += unwrap(Δ%10)
                  Δ%5 += Δ%9 * 2.0
                else
                  Δ%11 = 0
                  Δ%11 += Δ%13
                  Δ%6 += Δ%14
                  Δ%5 += Δ%11 * %1
                  Δ%1 += Δ%11 * %5
                end
                Δ%16 = Δ%5
                Δ%17 = Δ%6
              end
              Δ%1 += Δ%16
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn a_dot_product_adds_to_both_elements() {
    check(
        "fn f(x: &[f64], y: &[f64]) -> f64 { x.iter().zip(y).map(|(a, b)| a * b).sum() }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%13 = 0
              Δ%13 += Δ
              for %7 in reverse(%6)
                Δ%8 = 0
                Δ%9 = 0
                Δ%10 = 0
                Δ%11 = 0
                Δ%12 = 0
                Δ%12 += Δ%13
                Δ%8 += Δ%12
                Δ%11 += Δ%12
                Δ%9 += Δ%11 * %10
                Δ%10 += Δ%11 * %9
                Δ%2[%7] += Δ%10
                Δ%1[%7] += Δ%9
                Δ%13 = Δ%8
              end
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn a_collected_element_gets_its_cotangent_back() {
    check(
        "fn f(x: &[f64]) -> Vec<f64> { x.iter().map(|v| v * v).collect() }",
        expect![[r#"
            1: (Δ, %1)
              Δ%7 = 0
              Δ%7 += Δ
              for %4 in reverse(%3)
                Δ%5 = 0
                Δ%6 = 0
                Δ%6 += Δ of the element
                Δ%5 += Δ%6 * %5
                Δ%5 += Δ%6 * %5
                Δ%1[%4] += Δ%5
              end
              return Δ%1
        "#]],
    );
}
