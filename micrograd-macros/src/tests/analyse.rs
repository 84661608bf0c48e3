//! Which values matter.

use crate::ir::{Names, Value};
use expect_test::{expect, Expect};

/// The values with a cotangent, below the IR.
fn check(source: &str, expected: Expect) {
    let function = super::settled(source);
    let activity = crate::analyse::analyse(&function);
    let names = Names::of(&function);
    let mattering = (0..function.definitions.len())
        .map(Value)
        .filter(|value| activity.matters(*value));
    expected.assert_eq(&format!("{function}matter: {}\n", names.list(mattering)));
}

#[test]
fn a_value_matters_between_a_parameter_and_the_result() {
    check(
        "fn f(x: f64) -> f64 { let y = x * x; y + 1.0 }",
        expect![[r#"
            1: (%1)
              %2 = %1 * %1
              %3 = %2 + 1.0
              return %3
            matter: %1, %2, %3
        "#]],
    );
}

#[test]
fn a_dead_value_does_not_matter() {
    check(
        "fn f(x: f64) -> f64 { let dead = x.sin() * x; x * x }",
        expect![[r#"
            1: (%1)
              %2 = sin(%1)
              %3 = %2 * %1
              %4 = %1 * %1
              return %4
            matter: %1, %4
        "#]],
    );
}

#[test]
fn a_value_that_no_parameter_reaches_does_not_matter() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let scale = n as f64 * 2.0; x * scale }",
        expect![[r#"
            1: (%1, %2)
              %3 = %2 as f64
              %4 = %3 * 2.0
              %5 = %1 * %4
              return %5
            matter: %1, %5
        "#]],
    );
}

#[test]
fn a_condition_does_not_matter() {
    check(
        "fn f(x: f64, y: f64) -> f64 { if x * x > 1.0 { y } else { -y } }",
        expect![[r#"
            1: (%1, %2)
              %3 = %1 * %1
              %4 = %3 > 1.0
              %6 = if %4
                yield %2
              else
                %5 = -%2
                yield %5
              end
              return %6
            matter: %2, %5, %6
        "#]],
    );
}

#[test]
fn a_cast_to_an_integer_ends_the_flow() {
    check(
        "fn f(x: f64) -> f64 { let n = x as usize; n as f64 * x }",
        expect![[r#"
            1: (%1)
              %2 = %1 as usize
              %3 = %2 as f64
              %4 = %3 * %1
              return %4
            matter: %1, %4
        "#]],
    );
}

#[test]
fn a_length_ends_the_flow() {
    check(
        "fn f(x: &[f64]) -> f64 { x[0] * x.len() as f64 }",
        expect![[r#"
            1: (%1)
              %2 = getindex(%1, 0)
              %3 = len(%1)
              %4 = %3 as f64
              %5 = %2 * %4
              return %5
            matter: %1, %2, %5
        "#]],
    );
}

#[test]
fn a_carried_value_matters_through_all_iterations() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let (mut a, mut b) = (0.0, 0.0); for _ in 0..n { b = a; a = x; } b }",
        expect![[r#"
            1: (%1, %2)
              %3 = 0..%2
              %7, %8 = for %4 in %3, %5 = 0.0, %6 = 0.0
                yield %1, %5
              end
              return %8
            matter: %1, %5, %6, %7, %8
        "#]],
    );
}

#[test]
fn a_carried_value_that_never_reaches_the_result_does_not_matter() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let (mut count, mut s) = (x, x); for _ in 0..n { count += x; s *= 2.0; } s }",
        expect![[r#"
            1: (%1, %2)
              %3 = 0..%2
              %9, %10 = for %4 in %3, %5 = %1, %6 = %1
                %7 = %5 + %1
                %8 = %6 * 2.0
                yield %7, %8
              end
              return %10
            matter: %1, %6, %8, %10
        "#]],
    );
}

#[test]
fn memory_matters_if_a_mattering_value_is_stored_in_it() {
    check(
        "fn f(x: f64) -> f64 { let mut a = [0.0; 2]; let mut b = [0.0; 2]; a[0] = x; b[0] = x; a[0] }",
        expect![[r#"
            1: (%1)
              %2 = [0.0; 2]
              %3 = slot(%2)
              %4 = [0.0; 2]
              %5 = slot(%4)
              %6 = getindex(%3, 0)
              store(%6, %1)
              %7 = getindex(%5, 0)
              store(%7, %1)
              %8 = getindex(%3, 0)
              return %1
            matter: %1
        "#]],
    );
}

#[test]
fn a_mutable_parameter_is_a_result() {
    check(
        "fn f(a: &mut [f64], x: f64) { a[0] = x; }",
        expect![[r#"
        1: (%1, %2)
          %3 = getindex(%1, 0)
          store(%3, %2)
          return
        matter: %1, %2, %3
    "#]],
    );
}
