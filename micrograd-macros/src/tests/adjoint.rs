//! The reverse sweep.

mod branches;
mod loops;
mod parts;
mod places;
mod straight_line;

use expect_test::Expect;

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&super::adjoint(source));
}
