//! Memory that changes.

use super::check;
use expect_test::expect;

#[test]
fn memory_that_changes_is_saved_where_it_is_read() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let mut a = [1.0; 3]; for i in 0..n { a[0] = a[0] * x; } a[0] }",
        expect![[r#"
            1: (%1, %2)
              %3 = [1.0; 3]
              %4 = slot(%3)
              %5 = 0..%2
              for %6 in %5
                %7 = getindex(%4, 0)
                %8 = load(%7)
                %9 = %8 * %1
                %10 = getindex(%4, 0)
                store(%10, %9)
              end
              %11 = getindex(%4, 0)
              %12 = load(%11)
              return %12
            captured: %1, %2, tape of the loop over %5
            loop over %5 saves: %8
        "#]],
    );
}

#[test]
fn memory_that_is_only_added_to_saves_no_value() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut a = [0.0; 3]; for i in 0..x.len() { a[i % 3] += x[i]; } a[0] }",
        expect![[r#"
            1: (%1)
              %2 = [0.0; 3]
              %3 = slot(%2)
              %4 = len(%1)
              %5 = 0..%4
              for %6 in %5
                %7 = getindex(%1, %6)
                %8 = %6 % 3
                %9 = getindex(%3, %8)
                %10 = load(%9)
                %11 = %10 + %7
                store(%9, %11)
              end
              %12 = getindex(%3, 0)
              %13 = load(%12)
              return %13
            captured: %1
            loop over %5 recomputes: %8
        "#]],
    );
}
