//! From source to IR.

mod branches;
mod iterators;
mod loops;
mod places;
mod straight_line;

use expect_test::Expect;

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&super::ir(source));
}
