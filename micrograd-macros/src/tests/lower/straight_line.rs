//! Expressions, names, patterns and calls.

use super::check;
use expect_test::expect;

#[test]
fn the_ir_of_dense_is_a_line_an_operation() {
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
        "#]],
    );
}

#[test]
fn every_nested_expression_is_one_operation() {
    check(
        "fn f(x: f64, y: f64) -> f64 { (x + y) * -x.sin() / 2.0 }",
        expect![[r#"
            1: (%1, %2)
              %3 = %1 + %2
              %4 = sin(%1)
              %5 = -%4
              %6 = %3 * %5
              %7 = %6 / 2.0
              return %7
        "#]],
    );
}

#[test]
fn a_constant_stands_where_it_is_used() {
    check(
        "fn f(x: f64) -> f64 { x * std::f64::consts::PI + LIMIT }",
        expect![[r#"
            1: (%1)
              %2 = %1 * std::f64::consts::PI
              %3 = %2 + LIMIT
              return %3
        "#]],
    );
}

#[test]
fn a_shadowed_name_is_a_new_value() {
    check(
        "fn f(x: f64) -> f64 { let x = x * x; { let x = x + 1.0; let _ = x; } let x = x.exp(); x }",
        expect![[r#"
            1: (%1)
              %2 = %1 * %1
              %3 = %2 + 1.0
              %4 = exp(%2)
              return %4
        "#]],
    );
}

#[test]
fn an_assignment_gives_the_name_a_new_value() {
    check(
        "fn f(x: f64) -> f64 { let mut y = x; y += x; y = y * y; y *= 2.0; y }",
        expect![[r#"
            1: (%1)
              %2 = %1 + %1
              %3 = %2 * %2
              %4 = %3 * 2.0
              return %4
        "#]],
    );
}

#[test]
fn a_name_may_be_declared_before_it_is_assigned() {
    check(
        "fn f(x: f64) -> f64 { let y; y = x * x; y }",
        expect![[r#"
        1: (%1)
          %2 = %1 * %1
          return %2
    "#]],
    );
}

#[test]
fn a_tuple_pattern_takes_the_parts() {
    check(
        "fn f(p: (f64, f64)) -> f64 { let (a, b) = p; a * b }",
        expect![[r#"
            1: (%1)
              %2 = getindex(%1, 0)
              %3 = getindex(%1, 1)
              %4 = %2 * %3
              return %4
        "#]],
    );
}

#[test]
fn a_struct_pattern_takes_the_fields() {
    check(
        "fn f(p: &Point) -> f64 { let Point { x, y: height } = p; x * height }",
        expect![[r#"
            1: (%1)
              %2 = getfield(%1, x)
              %3 = getfield(%1, y)
              %4 = %2 * %3
              return %4
        "#]],
    );
}

#[test]
fn an_array_pattern_takes_the_elements() {
    check(
        "fn f(p: [f64; 2]) -> f64 { let [a, b] = p; a * b }",
        expect![[r#"
            1: (%1)
              %2 = getindex(%1, 0)
              %3 = getindex(%1, 1)
              %4 = %2 * %3
              return %4
        "#]],
    );
}

#[test]
fn two_names_are_exchanged_by_a_tuple() {
    check(
        "fn f(x: f64, y: f64) -> f64 { let (mut a, mut b) = (x, y); (a, b) = (b, a + b); a * b }",
        expect![[r#"
            1: (%1, %2)
              %3 = %1 + %2
              %4 = tuple(%2, %3)
              %5 = %2 * %3
              return %5
        "#]],
    );
}

#[test]
fn an_assertion_stays_as_it_was_written() {
    check(
        "fn f(x: f64) -> f64 { assert!(x > 0.0, \"{x} is negative\"); x.ln() }",
        expect![[r#"
            1: (%1)
              assert ! (x > 0.0 , "{x} is negative")
              %2 = ln(%1)
              return %2
        "#]],
    );
}

#[test]
fn a_struct_is_built_from_its_fields() {
    check(
        "fn f(x: f64) -> Point { Point { x, y: x * x } }",
        expect![[r#"
            1: (%1)
              %2 = %1 * %1
              %3 = new Point(x: %1, y: %2)
              return %3
        "#]],
    );
}

#[test]
fn an_array_and_a_vec_list_their_elements() {
    check(
        "fn f(x: f64) -> f64 { let a = [x, 1.0]; let v = vec![x; 4]; a[0] * v[1] }",
        expect![[r#"
            1: (%1)
              %2 = [%1, 1.0]
              %3 = [%1; 4]
              %4 = getindex(%2, 0)
              %5 = getindex(%3, 1)
              %6 = %4 * %5
              return %6
        "#]],
    );
}

#[test]
fn a_function_keeps_its_path() {
    check(
        "fn f(x: f64) -> f64 { m::g(x) + f64::max(x, 0.0) + Point::norm(x) }",
        expect![[r#"
            1: (%1)
              %2 = g(%1)
              %3 = f64::max(%1, 0.0)
              %4 = %2 + %3
              %5 = Point::norm(%1)
              %6 = %4 + %5
              return %6
        "#]],
    );
}

#[test]
fn a_broadcast_is_lazy_until_it_is_materialized() {
    check(
        "fn f(a: &Matrix, b: &Matrix) -> Matrix { broadcast!(relu {}.(a .* b) .+ a * b) }",
        expect![[r#"
            1: (%1, %2)
              %3 = broadcasted(*, %1, %2)
              %4 = broadcasted_function(relu{}, %3)
              %5 = %1 * %2
              %6 = broadcasted(+, %4, %5)
              %7 = materialize(%6)
              return %7
        "#]],
    );
}

#[test]
fn a_closure_is_inlined_at_each_call() {
    check(
        "fn f(x: f64) -> f64 { let scale = 3.0; let g = |v: f64| v * scale; g(x) + g(x * x) }",
        expect![[r#"
            1: (%1)
              %2 = %1 * 3.0
              %3 = %1 * %1
              %4 = %3 * 3.0
              %5 = %2 + %4
              return %5
        "#]],
    );
}

#[test]
fn a_closure_sees_the_names_of_its_place() {
    check(
        "fn f(x: f64) -> f64 { let y = x; let g = |v| v * y; let y = 1.0; g(x) + y }",
        expect![[r#"
            1: (%1)
              %2 = %1 * %1
              %3 = %2 + 1.0
              return %3
        "#]],
    );
}
