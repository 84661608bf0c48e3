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
              Δ%13 += Δ%16 * %15
              Δ%15 += Δ%16 * %13
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

#[test]
fn what_is_added_to_a_place_leaves_its_cotangent() {
    check(
        "fn f(x: f64) -> f64 { let mut v = [x, x]; v[0] += x * x; v[1] -= x; v[0] * v[1] }",
        expect![[r#"
            1: (Δ, %1)
              Δ%2 = 0
              Δ%3 = 0
              Δ%4 = 0
              Δ%9 = 0
              Δ%10 = 0
              Δ%12 = 0
              Δ%14 = 0
              Δ%14 += Δ
              Δ%12 += Δ%14 * %10
              Δ%10 += Δ%14 * %12
              Δ%3[0] += Δ%12
              Δ%10 += Δ%3[1]; Δ%3[1] = 0
              Δ%9 += Δ%10
              Δ%1 -= Δ%10
              Δ%3[1] += Δ%9
              Δ%4 += Δ%3[0]
              Δ%1 += Δ%4 * %1
              Δ%1 += Δ%4 * %1
              Δ%2 += Δ%3
              Δ%1 += Δ%2[0]
              Δ%1 += Δ%2[1]
              return Δ%1
        "#]],
    );
}

#[test]
fn what_a_call_changes_before_is_overwritten() {
    check(
        "fn f(x: f64) -> f64 { let mut v = [x, x]; v[0] = v[0] + g(&mut v); v[0] * v[1] }",
        expect![[r#"
            1: (Δ, %1)
              Δ%2 = 0
              Δ%3 = 0
              Δ%5 = 0
              Δ%6 = 0
              Δ%7 = 0
              Δ%10 = 0
              Δ%11 = 0
              Δ%12 = 0
              Δ%12 += Δ
              Δ%10 += Δ%12 * %11
              Δ%11 += Δ%12 * %10
              Δ%3[1] += Δ%11
              Δ%3[0] += Δ%10
              Δ%7 += Δ%3[0]; Δ%3[0] = 0
              Δ%5 += Δ%7
              Δ%6 += Δ%7
              (Δ%3) += pullback of %6(Δ%6)
              Δ%3[0] += Δ%5
              Δ%2 += Δ%3
              Δ%1 += Δ%2[0]
              Δ%1 += Δ%2[1]
              return Δ%1
        "#]],
    );
}

#[test]
fn what_all_iterations_add_to_one_element_is_summed_up() {
    check(
        "fn f(x: &[f64], w: &[f64], k: usize) -> f64 { let mut s = 0.0; for i in 0..w.len() { s += x[k] * w[i]; } s }",
        expect![[r#"
            1: (Δ, %1, %2, %3)
              Δ%12 = 0
              Δ%12 += Δ
              for %6 in reverse(%5)
                Δ%7 = 0
                Δ%8 = 0
                Δ%9 = 0
                Δ%10 = 0
                Δ%11 = 0
                Δ%11 += Δ%12
                Δ%7 += Δ%11
                Δ%10 += Δ%11
                Δ%8 += Δ%10 * %9
                Δ%9 += Δ%10 * %8
                Δ%2[%6] += Δ%9
                ΣΔ%1[%3] += Δ%8
                Δ%12 = Δ%7
              end; Δ%1[%3] += ΣΔ%1[%3]
              return Δ%1, Δ%2, Δ%3
        "#]],
    );
}

#[test]
fn what_is_taken_in_the_loop_is_not_summed_up() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut v = [x, x]; for i in 0..n { v[i] = v[0] * x; } v[1] }",
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%3 = 0
              Δ%4 = 0
              Δ%12 = 0
              Δ%12 += Δ
              Δ%4[1] += Δ%12
              for %6 in reverse(%5)
                Δ%8 = 0
                Δ%9 = 0
                Δ%9 += Δ%4[%6]; Δ%4[%6] = 0
                Δ%8 += Δ%9 * %1
                Δ%1 += Δ%9 * %8
                Δ%4[0] += Δ%8
              end
              Δ%3 += Δ%4
              Δ%1 += Δ%3[0]
              Δ%1 += Δ%3[1]
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn a_reciprocal_is_its_own_slope() {
    check(
        "fn f(x: f64) -> f64 { 1.0 / (1.0 + x.exp()) }",
        expect![[r#"
            1: (Δ, %1)
              Δ%2 = 0
              Δ%3 = 0
              Δ%4 = 0
              Δ%4 += Δ
              Δ%3 -= Δ%4 * %4²
              Δ%2 += Δ%3
              Δ%1 += Δ%2 * slope of exp at its result %2
              return Δ%1
        "#]],
    );
}
