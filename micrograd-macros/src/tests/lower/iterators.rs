//! Iterator chains, which are loops.

use super::check;
use expect_test::expect;

#[test]
fn zip_map_sum_is_one_loop() {
    check(
        "fn f(x: &[f64], y: &[f64]) -> f64 { x.iter().zip(y).map(|(a, b)| a * b).sum() }",
        expect![[r#"
            1: (%1, %2)
              %3 = len(%1)
              %4 = len(%2)
              %5 = min(%3, %4)
              %6 = 0..%5
              %13 = for %7 in %6, %8 = -0.0
                %9 = getindex(%1, %7)
                %10 = getindex(%2, %7)
                %11 = %9 * %10
                %12 = %8 + %11
                yield %12
              end
              return %13
        "#]],
    );
}

#[test]
fn windows_are_slices() {
    check(
        "fn f(x: &[f64]) -> f64 { x.windows(2).map(|w| w[0] * w[1]).sum() }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = %2 + 1
              %4 = saturating_sub(%3, 2)
              %5 = 0..%4
              %15 = for %6 in %5, %7 = -0.0
                %8 = %6 + 2
                %9 = %6..%8
                %10 = getindex(%1, %9)
                %11 = getindex(%10, 0)
                %12 = getindex(%10, 1)
                %13 = %11 * %12
                %14 = %7 + %13
                yield %14
              end
              return %15
        "#]],
    );
}

#[test]
fn enumerate_and_skip_shift_the_index() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for (i, v) in x.iter().enumerate().skip(1) { s += i as f64 * v; } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = saturating_sub(%2, 1)
              %4 = 0..%3
              %12 = for %5 in %4, %6 = 0.0
                %7 = %5 + 1
                %8 = getindex(%1, %7)
                %9 = %7 as f64
                %10 = %9 * %8
                %11 = %6 + %10
                yield %11
              end
              return %12
        "#]],
    );
}

#[test]
fn a_filter_is_an_if_in_the_loop() {
    check(
        "fn f(x: &[f64]) -> f64 { x.iter().filter(|v| **v > 0.0).map(|v| v * v).sum() }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %11 = for %4 in %3, %5 = -0.0
                %6 = getindex(%1, %4)
                %7 = %6 > 0.0
                %10 = if %7
                  %8 = %6 * %6
                  %9 = %5 + %8
                  yield %9
                else
                  yield %5
                end
                yield %10
              end
              return %11
        "#]],
    );
}

#[test]
fn fold_carries_its_accumulator() {
    check(
        "fn f(x: &[f64]) -> f64 { x.iter().fold(1.0, |a, v| a * v) }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %8 = for %4 in %3, %5 = 1.0
                %6 = getindex(%1, %4)
                %7 = %5 * %6
                yield %7
              end
              return %8
        "#]],
    );
}

#[test]
fn collect_is_a_loop_with_an_element_an_iteration() {
    check(
        "fn f(x: &[f64]) -> Vec<f64> { x.iter().map(|v| v * v).collect() }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %7 = for %4 in %3 collect
                %5 = getindex(%1, %4)
                %6 = %5 * %5
                yield %6
              end
              return %7
        "#]],
    );
}

#[test]
fn a_chain_is_two_loops() {
    check(
        "fn f(x: &[f64], y: &[f64]) -> f64 { x.iter().chain(y).map(|v| v * v).sum() }",
        expect![[r#"
            1: (%1, %2)
              %3 = len(%1)
              %4 = len(%2)
              %5 = %3 + %4
              %6 = 0..%3
              %12 = for %7 in %6, %8 = -0.0
                %9 = getindex(%1, %7)
                %10 = %9 * %9
                %11 = %8 + %10
                yield %11
              end
              %13 = 0..%4
              %19 = for %14 in %13, %15 = %12
                %16 = getindex(%2, %14)
                %17 = %16 * %16
                %18 = %15 + %17
                yield %18
              end
              return %19
        "#]],
    );
}

#[test]
fn the_largest_item_is_found_by_its_index() {
    check(
        "fn f(x: &[f64]) -> f64 { let m = x.iter().max_by(|a, b| a.total_cmp(b)).unwrap(); m * m }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0 < %2
              %14 = if %3
                %4 = getindex(%1, 0usize)
                %5 = 1..%2
                %13 = for %6 in %5, %7 = 0usize
                  %8 = getindex(%1, %7)
                  %9 = getindex(%1, %6)
                  %10 = total_cmp(%8, %9)
                  %11 = %10 matches :: core :: cmp :: Ordering :: Greater
                  %12 = if %11
                    yield %7
                  else
                    yield %6
                  end
                  yield %12
                end
                yield %13
              else
                yield 0usize
              end
              :: core :: assert ! (present , "called `Option::unwrap()` on a `None` value")
              %15 = getindex(%1, %14)
              %16 = %15 * %15
              return %16
        "#]],
    );
}
