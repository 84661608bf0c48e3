//! Elements, fields and what is changed in part.

use super::check;
use expect_test::expect;

#[test]
fn an_element_is_a_place() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { s += x[i]; } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %8 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = %5 + %6
                yield %7
              end
              return %8
        "#]],
    );
}

#[test]
fn a_variable_that_is_changed_in_part_is_a_slot() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [0.0; 3]; a[0] = x; a[1] += a[0] * x; a[0] + a[1] }",
        expect![[r#"
            1: (%1)
              %2 = [0.0; 3]
              %3 = slot(%2)
              %4 = getindex(%3, 0)
              store(%4, %1)
              %5 = getindex(%3, 0)
              %6 = load(%5)
              %7 = %6 * %1
              %8 = getindex(%3, 1)
              %9 = load(%8)
              %10 = %9 + %7
              store(%8, %10)
              %11 = getindex(%3, 0)
              %12 = load(%11)
              %13 = getindex(%3, 1)
              %14 = load(%13)
              %15 = %12 + %14
              return %15
        "#]],
    );
}

#[test]
fn a_field_may_be_assigned() {
    check(
        "fn f(x: f64) -> f64 { let mut p = Point { x, y: 1.0 }; p.x = p.y * x; p.x }",
        expect![[r#"
            1: (%1)
              %2 = new Point(x: %1, y: 1.0)
              %3 = slot(%2)
              %4 = getfield(%3, y)
              %5 = load(%4)
              %6 = %5 * %1
              %7 = getfield(%3, x)
              store(%7, %6)
              %8 = getfield(%3, x)
              %9 = load(%8)
              return %9
        "#]],
    );
}

#[test]
fn a_mutable_argument_is_a_place() {
    check(
        "fn f(x: &mut [f64], y: f64) { for i in 0..x.len() { x[i] = x[i] * y; } }",
        expect![[r#"
            1: (%1, %2)
              %3 = len(%1)
              %4 = 0..%3
              for %5 in %4
                %6 = getindex(%1, %5)
                %7 = load(%6)
                %8 = %7 * %2
                %9 = getindex(%1, %5)
                store(%9, %8)
              end
              return
        "#]],
    );
}

#[test]
fn a_slot_is_lent_to_a_function() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [x, x]; scale(&mut a, x); a[0] }",
        expect![[r#"
            1: (%1)
              %2 = [%1, %1]
              %3 = slot(%2)
              %4 = scale(%3, %1)
              %5 = getindex(%3, 0)
              %6 = load(%5)
              return %6
        "#]],
    );
}

#[test]
fn push_grows_a_slot() {
    check(
        "fn f(x: f64, n: usize) -> Vec<f64> { let mut v = Vec::new(); for _ in 0..n { v.push(x * x); } v }",
        expect![[r#"
            1: (%1, %2)
              %3 = Vec::new()
              %4 = slot(%3)
              %5 = 0..%2
              for %6 in %5
                %7 = %1 * %1
                push(%4, %7)
                %8 = tuple()
              end
              %9 = load(%4)
              return %9
        "#]],
    );
}

#[test]
fn the_index_of_a_compound_assignment_is_evaluated_once() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [0.0; 3]; let mut k = 0; a[bump(&mut k)] += x; a[0] }",
        expect![[r#"
            1: (%1)
              %2 = [0.0; 3]
              %3 = slot(%2)
              %4 = slot(0)
              %5 = bump(%4)
              %6 = getindex(%3, %5)
              %7 = load(%6)
              %8 = %7 + %1
              store(%6, %8)
              %9 = getindex(%3, 0)
              %10 = load(%9)
              return %10
        "#]],
    );
}

#[test]
fn a_sort_is_a_rearrangement() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut v = x.to_vec(); v.sort_by(|a, b| a.total_cmp(b)); v.pop().unwrap() }",
        expect![[r#"
            1: (%1)
              %2 = to_vec(%1)
              %3 = slot(%2)
              %4 = :: micrograd_core :: emitted :: order_by (sequence , | a , b | a . total_cmp (b))
              rearrange(%3, %4)
              %5 = tuple()
              %6 = len(%3)
              %7 = 0 < %6
              :: core :: assert ! (present , "called `Option::unwrap()` on a `None` value")
              %8 = pop(%3)
              return %8
        "#]],
    );
}
