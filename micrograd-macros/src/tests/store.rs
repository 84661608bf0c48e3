//! What is captured, saved and computed again.

mod branches;
mod checkpoints;
mod counted;
mod iterators;
mod loops;
mod places;
mod replacements;
mod straight_line;

use super::plan::plan;
use expect_test::Expect;

/// The plan, below the IR.
fn check(source: &str, expected: Expect) {
    expected.assert_eq(&format!("{}{}", super::ir(source), plan(source)));
}
