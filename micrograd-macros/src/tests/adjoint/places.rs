//! What is changed in part, changed back.

use super::check;
use expect_test::expect;

#[test]
fn a_store_takes_the_cotangent_and_leaves_zero() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [0.0; 3]; a[0] = x; a[1] += a[0] * x; a[0] + a[1] }",
        expect![[r#"
            1: (Δ, %1)
              Δ%3 = 0
              Δ%6 = 0
              Δ%8 = 0
              Δ%9 = 0
              Δ%11 = 0
              Δ%13 = 0
              Δ%13 += Δ
              Δ%11 += Δ%13
              Δ%9 += Δ%13
              Δ%3[0] += Δ%11
              Δ%9 += Δ%3[1]; Δ%3[1] = 0
              Δ%8 += Δ%9
              Δ%6 += Δ%9
              Δ%3[1] += Δ%8
              Δ%1 += Δ%6 * %1
              Δ%1 += Δ%6 * %1
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
