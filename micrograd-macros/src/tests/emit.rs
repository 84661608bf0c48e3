//! The emitted Rust.

use expect_test::{expect, Expect};

/// The item and all that stands beside it.
fn check(source: &str, expected: Expect) {
    let file = syn::parse2(super::expanded("", source)).expect("what is emitted is Rust");
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn a_function_stands_beside_its_pullback() {
    check("fn square(x: f64) -> f64 { x * x }", expect![[]]);
}

#[test]
fn a_loop_pushes_a_record_an_iteration_and_is_reversed_over_the_tape() {
    check(
        "fn product(x: &[f64]) -> f64 { let mut s = 1.0; for i in 0..x.len() { s = s * x[i]; } s }",
        expect![[]],
    );
}
