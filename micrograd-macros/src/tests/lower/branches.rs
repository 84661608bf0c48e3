//! Branches, matches, early returns and failures.

use super::check;
use expect_test::expect;

#[test]
fn an_if_yields_its_value() {
    check(
        "fn f(x: f64) -> f64 { let y = if x > 0.0 { x } else { -x }; y * y }",
        expect![[r#"
            1: (%1)
              %2 = %1 > 0.0
              %4 = if %2
                yield %1
              else
                %3 = -%1
                yield %3
              end
              %5 = %4 * %4
              return %5
        "#]],
    );
}

#[test]
fn an_if_yields_the_variables_it_assigns() {
    check(
        "fn f(x: f64) -> f64 { let (mut a, mut b) = (x, 1.0); if x > 0.0 { a = x * x; } else { a = -a; b = x; } a * b }",
        expect![[r#"
            1: (%1)
              %2 = %1 > 0.0
              %5, %6 = if %2
                %3 = %1 * %1
                yield %3, 1.0
              else
                %4 = -%1
                yield %4, %1
              end
              %7 = %5 * %6
              return %7
        "#]],
    );
}

#[test]
fn an_else_if_is_an_if_in_the_else() {
    check(
        "fn f(x: f64) -> f64 { if x > 1.0 { 1.0 } else if x > 0.0 { x } else { 0.0 } }",
        expect![[r#"
            1: (%1)
              %2 = %1 > 1.0
              %5 = if %2
                yield 1.0
              else
                %3 = %1 > 0.0
                %4 = if %3
                  yield %1
                else
                  yield 0.0
                end
                yield %4
              end
              return %5
        "#]],
    );
}

#[test]
fn an_and_is_an_if() {
    check(
        "fn f(x: f64, y: f64) -> f64 { if x > 0.0 && y > 0.0 { x } else { y } }",
        expect![[r#"
            1: (%1, %2)
              %3 = %1 > 0.0
              %5 = if %3
                %4 = %2 > 0.0
                yield %4
              else
                yield false
              end
              %6 = if %5
                yield %1
              else
                yield %2
              end
              return %6
        "#]],
    );
}

#[test]
fn what_follows_an_early_return_moves_into_the_else() {
    check(
        "fn f(x: f64) -> f64 { if x < 0.0 { return 0.0; } let y = x * x; y + x }",
        expect![[r#"
            1: (%1)
              %2 = %1 < 0.0
              %5 = if %2
                yield 0.0
              else
                %3 = %1 * %1
                %4 = %3 + %1
                yield %4
              end
              return %5
        "#]],
    );
}

#[test]
fn what_follows_an_early_return_in_a_block_does_not_see_the_names_of_the_block() {
    check(
        "fn f(x: f64) -> f64 { let y = x; { let y = 2.0 * x; if y > 1.0 { return y; } } y }",
        expect![[r#"
            1: (%1)
              %2 = 2.0 * %1
              %3 = %2 > 1.0
              %4 = if %3
                yield %2
              else
                yield %1
              end
              return %4
        "#]],
    );
}

#[test]
fn a_match_is_a_chain_of_ifs() {
    check(
        "fn f(x: f64, n: usize) -> f64 { match n { 0 => 1.0, 1 | 2 => x, 3..=5 if x > 0.0 => x * x, _ => x.sin() } }",
        expect![[r#"
            1: (%1, %2)
              %3 = %2 matches 0
              %12 = if %3
                yield 1.0
              else
                %4 = %2 matches 1 | 2
                %11 = if %4
                  yield %1
                else
                  %5 = %2 matches 3 ..= 5
                  %7 = if %5
                    %6 = %1 > 0.0
                    yield %6
                  else
                    yield false
                  end
                  %10 = if %7
                    %8 = %1 * %1
                    yield %8
                  else
                    %9 = sin(%1)
                    yield %9
                  end
                  yield %10
                end
                yield %11
              end
              return %12
        "#]],
    );
}

#[test]
fn a_match_on_variants_tests_each() {
    check(
        "fn f(x: f64, kind: Kind) -> f64 { match kind { Kind::Linear => x, Kind::Square => x * x } }",
        expect![[r#"
            1: (%1, %2)
              %3 = %2 matches Kind :: Linear
              %5 = if %3
                yield %1
              else
                %4 = %1 * %1
                yield %4
              end
              return %5
        "#]],
    );
}

#[test]
fn a_match_arm_may_return() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let y = x * x; match n { 0 => return x, _ => {} } y }",
        expect![[r#"
            1: (%1, %2)
              %3 = %1 * %1
              %4 = %2 matches 0
              %5 = if %4
                yield %1
              else
                yield %3
              end
              return %5
        "#]],
    );
}

#[test]
fn what_follows_a_returning_match_in_a_block_does_not_see_the_names_of_the_block() {
    check(
        "fn f(x: f64, n: usize) -> f64 { let y = x; { let y = 2.0 * x; match n { 0 => return y, _ => {} } } y }",
        expect![[r#"
            1: (%1, %2)
              %3 = 2.0 * %1
              %4 = %2 matches 0
              %5 = if %4
                yield %3
              else
                yield %1
              end
              return %5
        "#]],
    );
}

#[test]
fn a_question_mark_leaves_without_a_value() {
    check(
        "fn f(x: f64) -> Result<f64, Error> { let y = root(x)?; Ok(y * x) }",
        expect![[r#"
            1: (%1)
              %2 = root(%1)?
              %3 = %2 * %1
              return %3
        "#]],
    );
}

#[test]
fn a_returned_error_diverges() {
    check(
        "fn f(x: f64) -> Result<f64, Error> { if x < 0.0 { return Err(Error::Negative); } Ok(x * x) }",
        expect![[r#"
            1: (%1)
              %2 = %1 < 0.0
              if %2
                return Err (Error :: Negative)
              else
              end
              %3 = %1 * %1
              return %3
        "#]],
    );
}

#[test]
fn an_option_is_fallible_too() {
    check(
        "fn f(x: f64) -> Option<f64> { if x < 0.0 { None } else { Some(x * x) } }",
        expect![[r#"
            1: (%1)
              %2 = %1 < 0.0
              %4 = if %2
                return None
              else
                %3 = %1 * %1
                yield %3
              end
              return %4
        "#]],
    );
}
