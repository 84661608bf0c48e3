//! Loops with `#[checkpoint]`: what is captured to run them again, and what a block saves then.

use super::check;
use expect_test::expect;

#[test]
fn what_the_loop_reads_is_captured_and_the_item_is_saved() {
    check(
        "fn f(x: f64, k: f64, n: usize) -> f64 {
            let mut s = x;
            let scale = k.exp();
            #[checkpoint]
            for i in 0..n { s = (s * scale).sin() * i as f64; }
            s
        }",
        expect![[r#"
            1: (%1, %2, %3)
              %4 = exp(%2)
              %5 = 0..%3
              %12 = for %6 in %5 checkpoint, %7 = %1
                %8 = %7 * %4
                %9 = sin(%8)
                %10 = %6 as f64
                %11 = %9 * %10
                yield %11
              end
              return %12
            captured: %3, %4, blocks of the loop over %5
            loop over %5 saves: %6, %7, pullback of %9
            loop over %5 recomputes: %8, %10
        "#]],
    );
}

#[test]
fn memory_that_the_loop_changes_is_not_captured() {
    check(
        "fn f(x: &mut [f64], start: usize, n: usize) {
            let place = start + 1;
            #[checkpoint]
            for i in 0..n {
                for j in 0..3 { x[place + j] *= x[start]; }
            }
            x[0] = 0.0;
        }",
        expect![[r#"
            1: (%1, %2, %3)
              %4 = %2 + 1
              %5 = 0..%3
              for %6 in %5 checkpoint
                %7 = 0..3
                for %8 in %7
                  %9 = getindex(%1, %2)
                  %10 = load(%9)
                  %11 = %4 + %8
                  %12 = getindex(%1, %11)
                  %13 = load(%12)
                  %14 = %13 * %10
                  store(%12, %14)
                end
              end
              %15 = getindex(%1, 0)
              store(%15, 0.0)
              return
            captured: %2, %3, blocks of the loop over %5
            loop over %5 appends: tape of the loop over %7
            loop over %5 recomputes: %7
            loop over %7 saves: %10, %13
            loop over %7 recomputes: %11
        "#]],
    );
}

#[test]
fn a_loop_inside_another_has_its_blocks_in_the_record_of_that() {
    check(
        "fn f(x: f64, n: usize) -> f64 {
            let mut s = x;
            for i in 0..n {
                #[checkpoint]
                while s > 1.0 { s = s.sqrt(); }
                s += x;
            }
            s
        }",
        expect![[r#"
            1: (%1, %2)
              %3 = 0..%2
              %14 = for %4 in %3, %5 = %1
                %12 = loop while checkpoint, %7 = %5
                  %8 = %7 > 1.0
                  %10, %11 = if %8
                    %9 = sqrt(%7)
                    yield true, %9
                  else
                    yield false, %7
                  end
                  yield %10, %11
                end
                %13 = %12 + %1
                yield %13
              end
              return %14
            captured: %2, tape of the loop over %3
            loop over %3 saves: blocks of the loop of %12
            loop of %12 saves: branch on %8
            then of %8 saves: %9
        "#]],
    );
}
