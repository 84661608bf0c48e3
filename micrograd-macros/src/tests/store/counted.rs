//! What loops carry that the reverse sweep counts: along where it may run the rounds first to last, else back.

use super::check;
use expect_test::expect;

#[test]
fn a_position_is_counted_along() {
    check(
        "fn f(v: &[f64], n: usize) -> f64 { let mut y = vec![0.0; n]; let mut at = 0; for i in 0..n { y[i] += v[at] * v[i]; at += i; } y[0] }",
        expect![[r#"
            1: (%1, %2)
              %3 = [0.0; %2]
              %4 = slot(%3)
              %5 = 0..%2
              %15 = for %6 in %5, %7 = 0
                %8 = getindex(%1, %7)
                %9 = getindex(%1, %6)
                %10 = %8 * %9
                %11 = getindex(%4, %6)
                %12 = load(%11)
                %13 = %12 + %10
                store(%11, %13)
                %14 = %7 + %6
                yield %14
              end
              %16 = getindex(%4, 0)
              %17 = load(%16)
              return %17
            captured: %1, %2, %4
            loop over %5 counts along: %7
            loop over %5 recomputes: %8, %9, %14
        "#]],
    );
}

#[test]
fn a_position_need_not_be_a_sum() {
    check(
        "fn f(v: &[f64], n: usize) -> f64 { let mut s = 0.0; let mut at = n; for i in 0..n { s += v[at] * v[i]; at = at * 3 % n; } s }",
        expect![[r#"
            1: (%1, %2)
              %3 = 0..%2
              %13, %14 = for %4 in %3, %5 = %2, %6 = 0.0
                %7 = getindex(%1, %5)
                %8 = getindex(%1, %4)
                %9 = %7 * %8
                %10 = %6 + %9
                %11 = %5 * 3
                %12 = %11 % %2
                yield %12, %10
              end
              return %14
            captured: %1, %2
            loop over %3 counts along: %5
            loop over %3 recomputes: %7, %8, %11, %12
        "#]],
    );
}

#[test]
fn a_position_may_begin_with_the_item_of_the_loop_around() {
    check(
        "fn f(v: &[f64], n: usize) -> f64 { let mut s = 1.0; for k in 0..n { let mut at = k * n; let mut t = 0.0; for i in 0..n { t += v[at] * v[i]; at += i; } s *= t; } s }",
        expect![[r#"
            1: (%1, %2)
              %3 = 0..%2
              %19 = for %4 in %3, %5 = 1.0
                %6 = %4 * %2
                %7 = 0..%2
                %16, %17 = for %8 in %7, %9 = %6, %10 = 0.0
                  %11 = getindex(%1, %9)
                  %12 = getindex(%1, %8)
                  %13 = %11 * %12
                  %14 = %10 + %13
                  %15 = %9 + %8
                  yield %15, %14
                end
                %18 = %5 * %17
                yield %18
              end
              return %19
            captured: %1, %2, tape of the loop over %3
            loop over %3 saves: %5, %17
            loop over %3 recomputes: %6, %7
            loop over %7 counts along: %9
            loop over %7 recomputes: %11, %12, %15
        "#]],
    );
}

#[test]
fn what_a_round_reads_of_another_one_is_reversed_last_to_first() {
    check(
        "fn f(v: &[f64], n: usize) -> f64 { let mut y = vec![0.0; n]; let mut at = 0; for i in 0..n { y[i + 1] += v[at] * y[i]; at += i; } y[0] }",
        expect![[r#"
            1: (%1, %2)
              %3 = [0.0; %2]
              %4 = slot(%3)
              %5 = 0..%2
              %17 = for %6 in %5, %7 = 0
                %8 = getindex(%1, %7)
                %9 = getindex(%4, %6)
                %10 = load(%9)
                %11 = %8 * %10
                %12 = %6 + 1
                %13 = getindex(%4, %12)
                %14 = load(%13)
                %15 = %14 + %11
                store(%13, %15)
                %16 = %7 + %6
                yield %16
              end
              %18 = getindex(%4, 0)
              %19 = load(%18)
              return %19
            captured: %1, %2, %4, %17, tape of the loop over %5
            loop over %5 saves: %10
            loop over %5 undoes: %7
            loop over %5 recomputes: %8, %12
        "#]],
    );
}

#[test]
fn what_is_carried_and_no_sum_is_reversed_last_to_first() {
    check(
        "fn f(v: &[f64], n: usize) -> f64 { let mut s = 1.0; let mut at = 0; for i in 0..n { s = s * v[at]; at += i; } s }",
        expect![[r#"
            1: (%1, %2)
              %3 = 0..%2
              %10, %11 = for %4 in %3, %5 = 0, %6 = 1.0
                %7 = getindex(%1, %5)
                %8 = %6 * %7
                %9 = %5 + %4
                yield %9, %8
              end
              return %11
            captured: %1, %2, %10, tape of the loop over %3
            loop over %3 saves: %6
            loop over %3 undoes: %5
            loop over %3 recomputes: %7
        "#]],
    );
}

#[test]
fn where_counting_would_take_a_record_there_is_one() {
    check(
        "fn f(v: &[f64], n: usize) -> f64 { let mut s = 0.0; let mut at = 0; for i in 0..n { s += v[at] * v[i]; at = if v[i] > 0.0 { at + 1 } else { at }; } s }",
        expect![[r#"
            1: (%1, %2)
              %3 = 0..%2
              %15, %16 = for %4 in %3, %5 = 0, %6 = 0.0
                %7 = getindex(%1, %5)
                %8 = getindex(%1, %4)
                %9 = %7 * %8
                %10 = %6 + %9
                %11 = getindex(%1, %4)
                %12 = %11 > 0.0
                %14 = if %12
                  %13 = %5 + 1
                  yield %13
                else
                  yield %5
                end
                yield %14, %10
              end
              return %16
            captured: %1, %2, tape of the loop over %3
            loop over %3 saves: %5
            loop over %3 recomputes: %7, %8
        "#]],
    );
}

#[test]
fn where_the_start_is_kept_as_well_the_end_is() {
    check(
        "fn f(v: &[f64], n: usize) -> f64 { let mut s = 0.0; for k in 0..n { let mut at: usize = g(k); for i in 0..n { s += v[at] * v[i]; at += k; } } s }",
        expect![[r#"
            1: (%1, %2)
              %3 = 0..%2
              %18 = for %4 in %3, %5 = 0.0
                %6 = g(%4)
                %7 = 0..%2
                %16, %17 = for %8 in %7, %9 = %5, %10 = %6
                  %11 = getindex(%1, %10)
                  %12 = getindex(%1, %8)
                  %13 = %11 * %12
                  %14 = %9 + %13
                  %15 = %10 + %4
                  yield %14, %15
                end
                yield %16
              end
              return %18
            captured: %1, %2, tape of the loop over %3
            loop over %3 saves: %17
            loop over %3 recomputes: %7
            loop over %7 undoes: %10
            loop over %7 recomputes: %11, %12
        "#]],
    );
}
