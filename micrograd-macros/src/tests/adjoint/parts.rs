//! Fields, elements, and what is built of them.

use super::check;
use expect_test::expect;

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
