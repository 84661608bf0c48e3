//! Loops along consecutive elements: whose runs overlap, what is emitted of these, and what is read once before.

use crate::index::Index;
use crate::windows::{still, walk};

/// What a loop inside a loop does in a round, and whether its runs overlap.
fn check(inner: &str, expected: bool) {
    let source = format!(
        "fn f(x: &[f64], w: &[f64], y: &mut [f64], n: usize, m: usize) {{
            for i in 0..n {{ {inner} }}
        }}"
    );
    let function = super::settled(&source);
    let index = Index::of(&function);
    let mut overlaps = Vec::new();
    (function.body).visit(&mut |op| overlaps.extend(walk(&index, op).map(|walk| walk.overlaps())));
    assert_eq!(overlaps, [expected], "{function}");
}

#[test]
fn a_run_that_changes_what_the_last_one_changed_overlaps() {
    check("for j in 0..m { y[i + j] += w[j] * x[i]; }", true);
    check("for j in 0..m { y[m + j - i] *= w[j]; }", true);
}

#[test]
fn a_run_over_the_rest_overlaps() {
    check("for j in i + 1..n { y[j] -= w[i * n + j] * x[i]; }", true);
}

#[test]
fn a_run_along_a_slice_begins_with_the_slice() {
    let inner = |from: &str| {
        format!(
            "let rest = &mut y[{from}..];
            for j in 0..m {{ rest[j] += w[j] * x[i]; }}"
        )
    };
    check(&inner("i"), true);
    check(&inner("n"), false);
}

#[test]
fn the_same_elements_are_where_they_were_stored() {
    check("for j in 0..m { y[n + j] += w[j] * x[i]; }", false);
}

#[test]
fn rows_do_not_overlap() {
    check("for j in 0..m { y[i * m + j] += w[j] * x[i]; }", false);
}

#[test]
fn what_is_not_loaded_again_does_not_overlap() {
    check("for j in 0..m { y[i + j] = w[j] * x[i]; }", false);
    check("for j in 0..m { y[j] += w[i + j]; }", false);
}

/// How many of the values of a round are the same in all rounds.
fn still_values(inner: &str) -> usize {
    let source = format!(
        "fn f(x: &[f64], w: &[f64], y: &mut [f64], n: usize) {{
            for i in 0..n {{ {inner} }}
        }}"
    );
    let function = super::settled(&source);
    let index = Index::of(&function);
    let mut count = 0;
    (function.body).visit(&mut |op| {
        let bodies = walk(&index, op).into_iter().flat_map(|_| op.kind.regions());
        count += bodies
            .map(|body| still(&index, body, |_| true).len())
            .sum::<usize>();
    });
    count
}

#[test]
fn what_no_round_changes_is_read_once() {
    // The index and the element at it.
    let inner = "for j in 0..n { y[j] += w[j] * x[i + 1]; }";
    assert_eq!(still_values(inner), 2);
}

#[test]
fn what_a_round_may_change_is_read_in_each() {
    let inner = "for j in 0..n { y[j] += w[j] * y[i]; }";
    assert_eq!(still_values(inner), 0);
    let inner = "for j in 0..n { y[j] += w[j] * x[n - j]; }";
    assert_eq!(still_values(inner), 0);
}

/// How often a rule takes rounds one at a time.
fn scalar_loops(source: &str) -> usize {
    let tokens = super::expanded("", source).to_string();
    let (rule, _fused) = tokens.split_once("fn rrule_fused").unwrap_or((&tokens, ""));
    rule.matches("one_at_a_time").count()
}

#[test]
fn few_rounds_that_overlap_are_taken_one_at_a_time_in_the_forward_sweep() {
    let count = scalar_loops(
        "fn f(x: &[f64], w: &[f64]) -> f64 {
            let mut y = vec![0.0; x.len() + w.len()];
            for i in 0..x.len() {
                for j in 0..w.len() { y[i + j] += w[j] * x[i]; }
            }
            y[0] * y[1]
        }",
    );
    // In reverse the loop is a sum.
    assert_eq!(count, 1);
}

#[test]
fn few_rounds_that_overlap_are_taken_one_at_a_time_in_the_reverse_sweep() {
    let count = scalar_loops(
        "fn f(x: &[f64], w: &[f64], y: &[f64]) -> f64 {
            let mut product = 1.0;
            for i in 0..y.len() {
                let mut sum = 0.0;
                for j in 0..w.len() { sum += w[j] * x[i + j]; }
                product *= sum - y[i];
            }
            product
        }",
    );
    assert_eq!(count, 1);
}
