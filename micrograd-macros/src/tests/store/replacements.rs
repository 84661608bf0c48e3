//! Loops that keep or replace what they carry: whether the last replacement is all that they record.

use super::check;
use expect_test::expect;

#[test]
fn a_maximum_records_its_last_replacement() {
    check(
        "fn f(v: &[f64]) -> f64 { let mut max = v[0]; for x in v { if *x > max { max = *x; } } max }",
        expect![[r#"
            1: (%1)
              %2 = getindex(%1, 0)
              %3 = len(%1)
              %4 = 0..%3
              %10 = for %5 in %4, %6 = %2
                %7 = getindex(%1, %5)
                %8 = %7 > %6
                %9 = if %8
                  yield %7
                else
                  yield %6
                end
                yield %9
              end
              return %10
            captured: last replacement of the loop over %4
            loop over %4 saves: %5
        "#]],
    );
}

#[test]
fn a_position_beside_a_maximum_has_no_cotangent() {
    check(
        "fn f(v: &[f64]) -> f64 { let (mut max, mut at) = (v[0], 0); for i in 1..v.len() { if v[i] > max { max = v[i]; at = i; } } max * v[at] }",
        expect![[r#"
            1: (%1)
              %2 = getindex(%1, 0)
              %3 = len(%1)
              %4 = 1..%3
              %13, %14 = for %5 in %4, %6 = 0, %7 = %2
                %8 = getindex(%1, %5)
                %9 = %8 > %7
                %11, %12 = if %9
                  %10 = getindex(%1, %5)
                  yield %5, %10
                else
                  yield %6, %7
                end
                yield %11, %12
              end
              %15 = getindex(%1, %13)
              %16 = %14 * %15
              return %16
            captured: %1, %12, %13, last replacement of the loop over %4
            loop over %4 saves: %5
        "#]],
    );
}

#[test]
fn which_replacement_was_the_last_is_told_by_the_conditions() {
    check(
        "fn f(v: &[f64]) -> f64 { let mut far = 0.0; for x in v { if *x > far { far = *x; } else if -x > far { far = -x; } } far }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %13 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = %6 > %5
                %12 = if %7
                  yield %6
                else
                  %8 = -%6
                  %9 = %8 > %5
                  %11 = if %9
                    %10 = -%6
                    yield %10
                  else
                    yield %5
                  end
                  yield %11
                end
                yield %12
              end
              return %13
            captured: %1, last replacement of the loop over %3
            loop over %3 saves: %4, %5
            loop over %3 recomputes: %6, %7
            else of %7 recomputes: %8, %9
        "#]],
    );
}

#[test]
fn a_replacement_inside_branches_is_known() {
    check(
        "fn f(v: &[f64]) -> f64 { let mut max = 0.0; for x in v { if *x < 9.0 { if x.sin() > max { max = x.exp(); } } else { assert!(max > 0.0); } } max }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %13 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = %6 < 9.0
                %12 = if %7
                  %8 = sin(%6)
                  %9 = %8 > %5
                  %11 = if %9
                    %10 = exp(%6)
                    yield %10
                  else
                    yield %5
                  end
                  yield %11
                else
                  assert ! (max > 0.0)
                  yield %5
                end
                yield %12
              end
              return %13
            captured: last replacement of the loop over %3
            loop over %3 saves: %4, branch on %7
            then of %7 saves: branch on %9
            then of %9 saves: %10
        "#]],
    );
}

#[test]
fn a_loop_in_a_loop_hands_its_record_out() {
    check(
        "fn f(m: &[f64], n: usize) -> f64 { let mut product = 1.0; for r in 0..n { let mut min = 0.0; for c in 0..n { let x = m[r * n + c]; if x < min { min = x; } } product *= min; } product }",
        expect![[r#"
            1: (%1, %2)
              %3 = 0..%2
              %16 = for %4 in %3, %5 = 1.0
                %6 = 0..%2
                %14 = for %7 in %6, %8 = 0.0
                  %9 = %4 * %2
                  %10 = %9 + %7
                  %11 = getindex(%1, %10)
                  %12 = %11 < %8
                  %13 = if %12
                    yield %11
                  else
                    yield %8
                  end
                  yield %13
                end
                %15 = %5 * %14
                yield %15
              end
              return %16
            captured: %2, tape of the loop over %3
            loop over %3 saves: %5, %14, last replacement of the loop over %6
            loop over %6 saves: %7
            loop over %6 recomputes: %9, %10
        "#]],
    );
}

#[test]
fn a_loop_that_stops_may_replace() {
    check(
        "fn f(v: &[f64]) -> f64 { let mut max = 0.0; for x in v { if *x > max { max = *x; } if *x > 9.0 { break; } } max }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %12 = for %4 in %3 while, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = %6 > %5
                %8 = if %7
                  yield %6
                else
                  yield %5
                end
                %9 = %6 > 9.0
                %10, %11 = if %9
                  yield false, %8
                else
                  yield true, %8
                end
                yield %10, %11
              end
              return %12
            captured: %1, last replacement of the loop over %3
            loop over %3 saves: %4
            loop over %3 recomputes: %6, %9
        "#]],
    );
}

#[test]
fn a_maximum_of_rows_records_a_row_and_an_element() {
    check(
        "fn f(m: &[Vec<f64>]) -> f64 { let mut max = 0.0; for row in m { for x in row { if *x > max { max = *x; } } } max }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %15 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = len(%6)
                %8 = 0..%7
                %14 = for %9 in %8, %10 = %5
                  %11 = getindex(%6, %9)
                  %12 = %11 > %10
                  %13 = if %12
                    yield %11
                  else
                    yield %10
                  end
                  yield %13
                end
                yield %14
              end
              return %15
            captured: %1, last replacement of the loop over %3
            loop over %3 saves: %4, last replacement of the loop over %8
            loop over %8 saves: %9
        "#]],
    );
}

#[test]
fn one_replacement_may_follow_another() {
    check(
        "fn f(v: &[f64], w: &[f64]) -> f64 { let mut max = 0.0; for i in 0..v.len() { if v[i] > max { max = v[i]; } if w[i] > max { max = w[i]; } } max }",
        expect![[r#"
            1: (%1, %2)
              %3 = len(%1)
              %4 = 0..%3
              %15 = for %5 in %4, %6 = 0.0
                %7 = getindex(%1, %5)
                %8 = %7 > %6
                %10 = if %8
                  %9 = getindex(%1, %5)
                  yield %9
                else
                  yield %6
                end
                %11 = getindex(%2, %5)
                %12 = %11 > %10
                %14 = if %12
                  %13 = getindex(%2, %5)
                  yield %13
                else
                  yield %10
                end
                yield %14
              end
              return %15
            captured: %1, %2, last replacement of the loop over %4
            loop over %4 saves: %5, %6, %9
            loop over %4 recomputes: %7, %8, %10, %11
        "#]],
    );
}

#[test]
fn what_was_before_a_row_must_not_matter() {
    check(
        "fn f(m: &[Vec<f64>]) -> f64 { let mut max = 0.0; for row in m { let before = max; for x in row { if *x > max { max = *x + before; } } } max }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %16 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = len(%6)
                %8 = 0..%7
                %15 = for %9 in %8, %10 = %5
                  %11 = getindex(%6, %9)
                  %12 = %11 > %10
                  %14 = if %12
                    %13 = %11 + %5
                    yield %13
                  else
                    yield %10
                  end
                  yield %14
                end
                yield %15
              end
              return %16
            captured: %1, tape of the loop over %3
            loop over %3 saves: last replacement of the loop over %8
            loop over %8 saves: %9
        "#]],
    );
}

#[test]
fn what_every_round_adds_to_needs_every_round() {
    check(
        "fn f(v: &[f64]) -> f64 { let (mut max, mut sum) = (0.0, 0.0); for x in v { if *x > max { max = *x; } sum += x; } max * sum }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %11, %12 = for %4 in %3, %5 = 0.0, %6 = 0.0
                %7 = getindex(%1, %4)
                %8 = %7 > %5
                %9 = if %8
                  yield %7
                else
                  yield %5
                end
                %10 = %6 + %7
                yield %9, %10
              end
              %13 = %11 * %12
              return %13
            captured: %1, %11, %12, tape of the loop over %3
            loop over %3 saves: %5
            loop over %3 recomputes: %7, %8
        "#]],
    );
}

#[test]
fn two_values_that_are_replaced_apart_need_every_round() {
    check(
        "fn f(v: &[f64]) -> f64 { let (mut low, mut high) = (0.0, 0.0); for x in v { if *x < low { low = *x; } if *x > high { high = *x; } } low * high }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %12, %13 = for %4 in %3, %5 = 0.0, %6 = 0.0
                %7 = getindex(%1, %4)
                %8 = %7 < %6
                %9 = if %8
                  yield %7
                else
                  yield %6
                end
                %10 = %7 > %5
                %11 = if %10
                  yield %7
                else
                  yield %5
                end
                yield %11, %9
              end
              %14 = %13 * %12
              return %14
            captured: %1, %12, %13, tape of the loop over %3
            loop over %3 saves: %5, %6
            loop over %3 recomputes: %7, %8, %10
        "#]],
    );
}

#[test]
fn what_was_carried_before_must_not_matter() {
    check(
        "fn f(v: &[f64]) -> f64 { let mut max = 0.0; for x in v { if *x > max { max = max * x; } } max }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %10 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = %6 > %5
                %9 = if %7
                  %8 = %5 * %6
                  yield %8
                else
                  yield %5
                end
                yield %9
              end
              return %10
            captured: %1, tape of the loop over %3
            loop over %3 saves: %5
            loop over %3 recomputes: %6, %7
        "#]],
    );
}

#[test]
fn long_vectors_of_a_round_need_every_round() {
    check(
        "fn f(v: &[f64], n: usize) -> f64 { let mut max = 0.0; for x in v { let mut y = *x; for _ in 0..n { y = y * y; } if y > max { max = y; } } max }",
        expect![[r#"
            1: (%1, %2)
              %3 = len(%1)
              %4 = 0..%3
              %15 = for %5 in %4, %6 = 0.0
                %7 = getindex(%1, %5)
                %8 = 0..%2
                %12 = for %9 in %8, %10 = %7
                  %11 = %10 * %10
                  yield %11
                end
                %13 = %12 > %6
                %14 = if %13
                  yield %12
                else
                  yield %6
                end
                yield %14
              end
              return %15
            captured: %1, %2, tape of the loop over %4
            loop over %4 saves: %6, %12
            loop over %4 appends: tape of the loop over %8
            loop over %4 recomputes: %8, %13
            loop over %8 saves: %10
        "#]],
    );
}
