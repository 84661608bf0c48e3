//! Which loops are reversed iteration by iteration, and which calls at once.

use crate::fuse::Schedule;
use crate::index::Index;
use crate::ir::{Kind, Names, Op, Region};
use expect_test::{expect, Expect};
use std::collections::HashSet;

fn check(source: &str, expected: Expect) {
    let function = super::settled(source);
    let index = Index::of(&function);
    let activity = crate::analyse::analyse(&function);
    let adjoint = crate::adjoint::adjoint(&index, &activity);
    let plan = crate::store::plan(&index, &adjoint, &HashSet::new());
    let names = Names::of(&function);
    let mut text = String::new();
    if let Some(schedule) = crate::fuse::fuse(&index, &activity, &adjoint, &plan) {
        schedule_text(&function.body, &schedule, &names, &mut text);
    }
    expected.assert_eq(&text);
}

fn schedule_text(region: &Region, schedule: &Schedule, names: &Names, text: &mut String) {
    let results = |op: &Op| names.list(op.results.iter().copied());
    for position in &schedule.early {
        *text += &format!("before: {}\n", results(&region.ops[*position]));
    }
    for (position, fused) in &schedule.loops {
        let op = &region.ops[*position];
        *text += &format!("fused: the loop of {}\n", results(op));
        if let (Kind::For { body, .. }, Some(inner)) = (&op.kind, &fused.inner) {
            schedule_text(body, inner, names, text);
        }
    }
    for position in schedule.calls.keys() {
        *text += &format!("fused: the call of {}\n", results(&region.ops[*position]));
    }
}

#[test]
fn a_mean_is_fused_and_its_divisor_comes_before() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for v in x { s += v.exp().sin(); } s / x.len() as f64 }",
        expect![[r#"
            before: %11
            before: %12
            fused: the loop of %10
        "#]],
    );
}

#[test]
fn nested_sums_are_fused_throughout() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { for j in 0..i { s += (x[i] - x[j]).exp().sin(); } } s }",
        expect![[r#"
            fused: the loop of %16
            fused: the loop of %15
        "#]],
    );
}

#[test]
fn a_sum_in_a_branch_is_fused() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for v in x { let y = v.exp(); if y > 1.0 { s += y * y; } } s }",
        expect![[r#"
            fused: the loop of %12
        "#]],
    );
}

#[test]
fn what_records_nothing_is_not_fused() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for i in 0..x.len() { s += x[i] * x[i]; } s }",
        expect![[""]],
    );
}

#[test]
fn a_sum_that_is_used_twice_is_not_fused() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for v in x { s += v.exp().sin(); } s * s }",
        expect![[""]],
    );
}

#[test]
fn a_sum_that_is_read_in_the_loop_is_not_fused() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut s = 0.0; for v in x { s += (v * s).exp().sin(); } s }",
        expect![[""]],
    );
}

#[test]
fn what_changes_later_is_undone_first() {
    check(
        "fn f(x: &[f64]) -> f64 { let mut y = vec![0.0; 2]; y[0] = x[0]; let mut s = 0.0; for v in x { s += (v * y[0]).exp().sin(); } y[0] = x[1]; s + y[0] }",
        expect![[""]],
    );
}

#[test]
fn calls_in_a_sum_and_at_the_end_are_fused() {
    check(
        "fn f(x: &[f64], w: f64) -> f64 {
            let mut s = 0.0;
            for i in 0..x.len() {
                let a: f64 = g(&x[i..], w);
                let b: f64 = g(&x[..i], w);
                s += 2.0 * a - b / w;
            }
            let c: f64 = h(x);
            c - s
        }",
        expect![[r#"
            fused: the loop of %18
            fused: the call of %10
            fused: the call of %13
            fused: the call of %19
        "#]],
    );
}

#[test]
fn a_call_waits_for_what_its_value_decides_and_for_what_changes_behind_it() {
    // The slope of a product is the other factor, and what is stored behind a call must be undone before.
    check(
        "fn f(x: &[f64], w: f64) -> f64 {
            let mut y = vec![w; 3];
            let mut s = 0.0;
            for i in 0..x.len() {
                let a: f64 = g(&x[i..], w);
                let b: f64 = g(&y, w);
                y[0] = x[i];
                s += a * a + b;
            }
            s
        }",
        expect![[r#""#]],
    );
    // Generic arguments are the callee's to name, a method has no rule of this form.
    check(
        "fn f(x: &[f64]) -> f64 {
            let a: f64 = g::<3>(x);
            let b: f64 = x.g();
            a + b
        }",
        expect![[r#""#]],
    );
}

#[test]
fn a_sum_may_branch_in_the_middle_but_not_be_used_twice() {
    let check_round = |round: &str, expected: Expect| {
        check(
            &format!("fn f(x: &[f64]) -> f64 {{ let mut s = 0.0; for v in x {{ {round} }} s }}"),
            expected,
        );
    };
    check_round(
        "s += v.sin(); if *v > 0.5 { s -= v.cos(); } s += v.exp();",
        expect![[r#"
            fused: the loop of %15
        "#]],
    );
    check_round(
        "let t = s + v.sin(); s = if *v > 0.5 { t } else { t + s };",
        expect![[r#""#]],
    );
    check_round(
        "s = (if *v > 0.5 { s } else { 0.0 }) + s + v.sin();",
        expect![[r#""#]],
    );
}
