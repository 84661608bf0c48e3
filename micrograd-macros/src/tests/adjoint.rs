//! The reverse sweep.

use expect_test::{expect, Expect};

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&super::adjoint(source));
}

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

#[test]
fn the_cotangent_of_a_field_is_a_field_of_the_cotangent() {
    check(
        "fn f(p: &Point) -> f64 { p.x * p.x + p.inner.y }",
        expect![[r#"
            1: (Δ, %1)
              Δ%2 = 0
              Δ%3 = 0
              Δ%4 = 0
              Δ%6 = 0
              Δ%7 = 0
              Δ%7 += Δ
              Δ%4 += Δ%7
              Δ%6 += Δ%7
              Δ%1.inner.y += Δ%6
              Δ%2 += mul_left(%2, %3, Δ%4)
              Δ%3 += mul_right(%2, %3, Δ%4)
              Δ%1.x += Δ%3
              Δ%1.x += Δ%2
              return Δ%1
        "#]],
    );
}

#[test]
fn the_cotangent_of_an_element_is_an_element_of_the_cotangent() {
    check(
        "fn f(x: &[f64], i: usize) -> f64 { x[i] * x[i + 1] }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%3 = 0
              Δ%5 = 0
              Δ%6 = 0
              Δ%6 += Δ
              Δ%3 += Δ%6 * %5
              Δ%5 += Δ%6 * %3
              Δ%1[%4] += Δ%5
              Δ%1[%2] += Δ%3
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn a_tuple_hands_its_parts_back() {
    check(
        "fn f(x: f64, y: f64) -> (f64, f64) { (x * y, y) }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%3 = 0
              Δ%4 = 0
              Δ%4 += Δ
              Δ%3 += Δ%4.0
              Δ%2 += Δ%4.1
              Δ%1 += Δ%3 * %2
              Δ%2 += Δ%3 * %1
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn a_struct_hands_its_fields_back() {
    check(
        "fn f(x: f64) -> Point { Point { x, y: x * x } }",
        expect![[r#"
            1: (Δ, %1)
              Δ%2 = 0
              Δ%3 = 0
              Δ%3 += Δ
              Δ%1 += Δ%3.x
              Δ%2 += Δ%3.y
              Δ%1 += Δ%2 * %1
              Δ%1 += Δ%2 * %1
              return Δ%1
        "#]],
    );
}

#[test]
fn an_array_hands_its_elements_back() {
    check(
        "fn f(x: f64) -> [f64; 2] { [x, x * x] }",
        expect![[r#"
        1: (Δ, %1)
          Δ%2 = 0
          Δ%3 = 0
          Δ%3 += Δ
          Δ%1 += Δ%3[0]
          Δ%2 += Δ%3[1]
          Δ%1 += Δ%2 * %1
          Δ%1 += Δ%2 * %1
          return Δ%1
    "#]],
    );
}

#[test]
fn a_repeated_element_gets_the_sum() {
    check(
        "fn f(x: f64) -> Vec<f64> { vec![x * x; 4] }",
        expect![[r#"
        1: (Δ, %1)
          Δ%2 = 0
          Δ%3 = 0
          Δ%3 += Δ
          Δ%2 += sum(Δ%3)
          Δ%1 += Δ%2 * %1
          Δ%1 += Δ%2 * %1
          return Δ%1
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

#[test]
fn a_store_takes_the_cotangent_and_leaves_zero() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [0.0; 3]; a[0] = x; a[1] += a[0] * x; a[0] + a[1] }",
        expect![[r#"
            1: (Δ, %1)
              Δ%3 = 0
              Δ%6 = 0
              Δ%7 = 0
              Δ%9 = 0
              Δ%10 = 0
              Δ%12 = 0
              Δ%14 = 0
              Δ%15 = 0
              Δ%15 += Δ
              Δ%12 += Δ%15
              Δ%14 += Δ%15
              Δ%3[1] += Δ%14
              Δ%3[0] += Δ%12
              Δ%10 += Δ%3[1]; Δ%3[1] = 0
              Δ%9 += Δ%10
              Δ%7 += Δ%10
              Δ%3[1] += Δ%9
              Δ%6 += Δ%7 * %1
              Δ%1 += Δ%7 * %6
              Δ%3[0] += Δ%6
              Δ%1 += Δ%3[0]; Δ%3[0] = 0
              return Δ%1
        "#]],
    );
}

#[test]
fn a_mutable_argument_is_reversed_in_place() {
    check(
        "fn f(x: &mut [f64], y: f64) { for i in 0..x.len() { x[i] = x[i] * y; } }",
        expect![[r#"
            1: (Δ, %1, %2)
              for %5 in reverse(%4)
                Δ%7 = 0
                Δ%8 = 0
                Δ%8 += Δ%1[%5]; Δ%1[%5] = 0
                Δ%7 += Δ%8 * %2
                Δ%2 += Δ%8 * %7
                Δ%1[%5] += Δ%7
              end
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn push_is_reversed_by_pop() {
    check(
        "fn f(x: f64, n: usize) -> Vec<f64> { let mut v = Vec::new(); for _ in 0..n { v.push(x * x); } v }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%4 = 0
              Δ%9 = 0
              Δ%9 += Δ
              Δ%4 += Δ%9
              for %6 in reverse(%5)
                Δ%7 = 0
                Δ%7 += pop(Δ%4)
                Δ%1 += Δ%7 * %1
                Δ%1 += Δ%7 * %1
              end
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn a_lent_slot_is_changed_by_the_pullback() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [x, x]; scale(&mut a, x); a[0] }",
        expect![[r#"
            1: (Δ, %1)
              Δ%2 = 0
              Δ%3 = 0
              Δ%6 = 0
              Δ%6 += Δ
              Δ%3[0] += Δ%6
              (Δ%3, Δ%1) += pullback of %4(0)
              Δ%2 += Δ%3
              Δ%1 += Δ%2[0]
              Δ%1 += Δ%2[1]
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
fn what_changed_a_sequence_is_undone() {
    check(
        "fn f(x: &[f64], y: f64) -> f64 { let mut v = x.to_vec(); v.push(y); v.reverse(); v.swap(0, 1); v.truncate(2); let last = v.pop().unwrap(); last * v[0] }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%3 = 0
              Δ%4 = 0
              Δ%13 = 0
              Δ%15 = 0
              Δ%16 = 0
              Δ%16 += Δ
              Δ%13 += mul_left(%13, %15, Δ%16)
              Δ%15 += mul_right(%13, %15, Δ%16)
              Δ%4[0] += Δ%15
              push(Δ%4, Δ%13)
              extend(Δ%4, 0)
              swap(Δ%4[0], Δ%4[1])
              reverse(Δ%4)
              Δ%2 += pop(Δ%4)
              Δ%3 += Δ%4
              (Δ%1) += pullback of %3(Δ%3)
              return Δ%1, Δ%2
        "#]],
    );
}
