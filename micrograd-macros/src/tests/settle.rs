//! Memory that has settled, and reads that need not be made.

use expect_test::{expect, Expect};

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&super::settled(source).to_string());
}

#[test]
fn what_is_written_first_and_read_then_is_read_again() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut v = vec![0.0; x.len()]; for i in 0..x.len() { v[i] = x[i].sin(); } let mut s = 0.0; for i in 0..x.len() { s += v[i] * v[i]; } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = [0.0; %2]
              %4 = slot(%3)
              %5 = len(%1)
              %6 = 0..%5
              for %7 in %6
                %8 = getindex(%1, %7)
                %9 = sin(%8)
                %10 = getindex(%4, %7)
                store(%10, %9)
              end
              %11 = len(%1)
              %12 = 0..%11
              %13 = settled(%4)
              %19 = for %14 in %12, %15 = 0.0
                %16 = getindex(%13, %14)
                %17 = %16 * %16
                %18 = %15 + %17
                yield %18
              end
              return %19
        "#]],
    );
}

#[test]
fn what_changes_again_is_kept_as_it_is_read() {
    check(
        "fn f(x: f64) -> f64 { let mut v = vec![x, x]; let y = v[0] * v[1]; v[0] = y; y * v[0] }",
        expect![[r#"
            1: (%1)
              %2 = [%1, %1]
              %3 = slot(%2)
              %4 = getindex(%3, 0)
              %5 = load(%4)
              %6 = getindex(%3, 1)
              %7 = load(%6)
              %8 = %5 * %7
              %9 = getindex(%3, 0)
              store(%9, %8)
              %10 = getindex(%3, 0)
              %11 = %8 * %8
              return %11
        "#]],
    );
}

#[test]
fn what_each_iteration_overwrites_is_copied_once() {
    check(
        "fn f(x: &[f64], n: usize) -> f64 { let mut v = vec![0.0; n]; let mut s = 0.0; for k in 0..x.len() { for i in 0..n { v[i] = x[k]; } for i in 0..n { s += v[i] * v[i]; } } s }",
        expect![[r#"
            1: (%1, %2)
              %3 = [0.0; %2]
              %4 = slot(%3)
              %5 = len(%1)
              %6 = 0..%5
              %21 = for %7 in %6, %8 = 0.0
                %9 = 0..%2
                for %10 in %9
                  %11 = getindex(%1, %7)
                  %12 = getindex(%4, %10)
                  store(%12, %11)
                end
                %13 = 0..%2
                %14 = copy(%4)
                %20 = for %15 in %13, %16 = %8
                  %17 = getindex(%14, %15)
                  %18 = %17 * %17
                  %19 = %16 + %18
                  yield %19
                end
                yield %20
              end
              return %21
        "#]],
    );
}

#[test]
fn what_an_iteration_makes_stays() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for k in 0..x.len() { let mut v = [x[k]; 3]; v[1] = 2.0; for i in 0..3 { s += v[i] * v[i]; } } s }",
        expect![[r#"
            1: (%1)
              %2 = len(%1)
              %3 = 0..%2
              %18 = for %4 in %3, %5 = 0.0
                %6 = getindex(%1, %4)
                %7 = [%6; 3]
                %8 = slot(%7)
                %9 = getindex(%8, 1)
                store(%9, 2.0)
                %10 = 0..3
                %11 = settled(%8)
                %17 = for %12 in %10, %13 = %5
                  %14 = getindex(%11, %12)
                  %15 = %14 * %14
                  %16 = %13 + %15
                  yield %16
                end
                yield %17
              end
              return %18
        "#]],
    );
}

#[test]
fn a_copy_costs_no_more_than_the_writes_before() {
    check(
        "fn f(x: &[f64], n: usize) -> f64 { let mut v = vec![0.0; n]; let mut s = 0.0; for k in 0..x.len() { v[k] = x[k]; for i in 0..3 { s += v[i] * v[i]; } } s }",
        expect![[r#"
            1: (%1, %2)
              %3 = [0.0; %2]
              %4 = slot(%3)
              %5 = len(%1)
              %6 = 0..%5
              %20 = for %7 in %6, %8 = 0.0
                %9 = getindex(%1, %7)
                %10 = getindex(%4, %7)
                store(%10, %9)
                %11 = 0..3
                %19 = for %12 in %11, %13 = %8
                  %14 = getindex(%4, %12)
                  %15 = load(%14)
                  %16 = getindex(%4, %12)
                  %17 = %15 * %15
                  %18 = %13 + %17
                  yield %18
                end
                yield %19
              end
              return %20
        "#]],
    );
}

#[test]
fn a_number_that_was_stored_is_not_loaded() {
    check(
        "fn f(x: f64) -> f64 { let mut v = [0.0; 2]; v[0] = x * x; let y = v[0] * v[0]; v[1] = y; v[0] = v[1]; y }",
        expect![[r#"
            1: (%1)
              %2 = [0.0; 2]
              %3 = slot(%2)
              %4 = %1 * %1
              %5 = getindex(%3, 0)
              store(%5, %4)
              %6 = getindex(%3, 0)
              %7 = getindex(%3, 0)
              %8 = %4 * %4
              %9 = getindex(%3, 1)
              store(%9, %8)
              %10 = getindex(%3, 1)
              %11 = getindex(%3, 0)
              store(%11, %8)
              return %8
        "#]],
    );
}
