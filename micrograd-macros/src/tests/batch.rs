//! Which functions take several cotangents at once, which calls hand them on, and how.

use crate::index::Index;
use crate::ir::Names;
use expect_test::{expect, Expect};
use std::collections::HashSet;

/// The calls that hand all cotangents on; `None` if there is no rule for several.
fn calls(source: &str, is_of_known_length: bool) -> Option<String> {
    let function = super::settled(source);
    let index = Index::of(&function);
    let activity = crate::analyse::analyse(&function);
    let adjoint = crate::adjoint::adjoint(&index, &activity);
    let plan = crate::store::plan(&index, &adjoint, &HashSet::new());
    let names = Names::of(&function);
    let calls = crate::batch::batch(&index, &adjoint, &plan, is_of_known_length)?;
    let mut calls: Vec<String> = calls.into_iter().map(|call| names.list([call])).collect();
    calls.sort();
    Some(calls.join(" "))
}

#[test]
fn calls_of_functions_hand_all_cotangents_on() {
    let source = "fn f(x: f64, y: f64) -> [f64; 2] { let a = g(x, y); [a.sin(), m.h(a)] }";
    assert_eq!(calls(source, true).as_deref(), Some("%3"));
}

#[test]
fn arguments_that_share_memory_are_handed_on_one_by_one() {
    let source = "fn f(v: [f64; 2]) -> [f64; 2] { let a = g(&v, &v); g(&a, &v) }";
    assert_eq!(calls(source, true).as_deref(), Some("%3"));
}

#[test]
fn matrices_that_the_compiler_unrolls_are_reversed_for_one_cotangent() {
    let source = "fn f(a: [[f64; 3]; 3], v: [f64; 3]) -> [f64; 3] { let mut y = [0.0; 3]; for i in 0..3 { for j in 0..3 { y[i] += a[i][j] * v[j]; } } y }";
    assert_eq!(calls(source, true), None);
}

#[test]
fn vectors_of_calls_are_reversed_for_one_cotangent() {
    let source =
        "fn f(x: &[f64]) -> Vec<f64> { let mut y = Vec::new(); for v in x { y.push(g(*v)); } y }";
    assert_eq!(calls(source, false), None);
    assert_eq!(calls(source, true).as_deref(), Some("%8"));
    let without =
        "fn f(x: &[f64]) -> Vec<f64> { let mut y = Vec::new(); for v in x { y.push(v.sin()); } y }";
    assert_eq!(calls(without, false).as_deref(), Some(""));
}

#[test]
fn checkpoints_are_reversed_for_one_cotangent() {
    let source = "fn f(x: &[f64]) -> [f64; 2] { let mut s = 1.0; #[checkpoint] for v in x { s = (s * v).sin(); } [s, s] }";
    assert_eq!(calls(source, true), None);
}

/// The rule that takes several cotangents.
fn check(source: &str, expected: Expect) {
    let file = syn::parse2(super::expanded("", source)).expect("what is emitted is Rust");
    let text = prettyplease::unparse(&file);
    let start = text
        .find("pub fn rrule_batched")
        .expect("there is a rule for several");
    let rule = &text[start..];
    let end = rule.find("\n    }\n").expect("a rule ends");
    let rule: Vec<&str> = rule[..end].lines().collect();
    let rule: Vec<&str> = rule
        .iter()
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    expected.assert_eq(&(rule.join("\n") + "\n}\n"));
}

#[test]
fn a_statement_runs_for_all_cotangents() {
    check(
        "fn f(x: f64, y: f64) -> [f64; 2] { [x * y, y] }",
        expect![[r#"
            pub fn rrule_batched2<const MICROGRAD_LANES: usize>(
                x_0: &f64,
                y_1: &f64,
            ) -> (
                [f64; 2],
                impl ::core::ops::Fn(
                    [&mut <[f64; 2] as ::micrograd_core::Differentiable>::Tangent; MICROGRAD_LANES],
                    &f64,
                    [&mut <f64 as ::micrograd_core::Differentiable>::Tangent; MICROGRAD_LANES],
                    &f64,
                    [&mut <f64 as ::micrograd_core::Differentiable>::Tangent; MICROGRAD_LANES],
                ),
            ) {
                #[allow(unused_imports)]
                use ::micrograd_core::rules::methods::*;
                let x_0 = *x_0;
                let y_1 = *y_1;
                let t_2 = x_0 * y_1;
                let t_3 = [t_2, y_1];
                (
                    t_3,
                    #[inline]
                    move |
                        seed: [&mut <[f64; 2] as ::micrograd_core::Differentiable>::Tangent; MICROGRAD_LANES],
                        x_0: &f64,
                        mut d_x_0: [&mut <f64 as ::micrograd_core::Differentiable>::Tangent; MICROGRAD_LANES],
                        y_1: &f64,
                        mut d_y_1: [&mut <f64 as ::micrograd_core::Differentiable>::Tangent; MICROGRAD_LANES]|
                    {
                        let x_0 = *x_0;
                        let y_1 = *y_1;
                        let mut d_t_2 = [-0.0; MICROGRAD_LANES];
                        let mut d_t_3 = ::core::array::from_fn::<
                            _,
                            MICROGRAD_LANES,
                            _,
                        >(|_| [-0.0; 2usize]);
                        for each_lane in 0..MICROGRAD_LANES {
                            ::micrograd_core::Accumulate::accumulate(
                                &mut d_t_3[each_lane],
                                &*seed[each_lane],
                            );
                            ::micrograd_core::emitted::accumulate_element(
                                &mut d_t_2[each_lane],
                                &d_t_3[each_lane],
                                0usize,
                            );
                            ::micrograd_core::emitted::accumulate_element(
                                &mut *d_y_1[each_lane],
                                &d_t_3[each_lane],
                                1usize,
                            );
                            *d_x_0[each_lane] += d_t_2[each_lane] * y_1;
                            *d_y_1[each_lane] += d_t_2[each_lane] * x_0;
                        }
                    },
                )
            }
        "#]],
    );
}

#[test]
fn a_call_takes_all_cotangents() {
    check(
        "fn f(v: &[f64; 2], y: f64) -> [f64; 2] { g(&v[..1], y) }",
        expect![[r#"
            pub fn rrule_batched2<const MICROGRAD_LANES: usize>(
                v_0: &[f64; 2],
                y_1: &f64,
            ) -> (
                [f64; 2],
                impl ::core::ops::Fn(
                    [&mut <[f64; 2] as ::micrograd_core::Differentiable>::Tangent; MICROGRAD_LANES],
                    &[f64; 2],
                    [&mut <[f64; 2] as ::micrograd_core::Differentiable>::Tangent; MICROGRAD_LANES],
                    &f64,
                    [&mut <f64 as ::micrograd_core::Differentiable>::Tangent; MICROGRAD_LANES],
                ),
            ) {
                #[allow(unused_imports)]
                use ::micrograd_core::rules::methods::*;
                let y_1 = *y_1;
                let t_2 = 0;
                let t_3 = 1;
                let type_t_2 = ::micrograd_core::emitted::type_of(&t_2);
                let type_t_3 = ::micrograd_core::emitted::type_of(&t_3);
                let t_4 = t_2..t_3;
                let (t_6, kept_7) = <g>::rrule_batched2::<
                    MICROGRAD_LANES,
                >(&v_0[::core::clone::Clone::clone(&t_4)], &y_1)
                    .or_rule(|| <g>::rrule(&v_0[::core::clone::Clone::clone(&t_4)], &y_1))
                    .for_lanes2();
                (
                    t_6,
                    #[inline]
                    move |
                        seed: [&mut <[f64; 2] as ::micrograd_core::Differentiable>::Tangent; MICROGRAD_LANES],
                        v_0: &[f64; 2],
                        mut d_v_0: [&mut <[f64; 2] as ::micrograd_core::Differentiable>::Tangent; MICROGRAD_LANES],
                        y_1: &f64,
                        mut d_y_1: [&mut <f64 as ::micrograd_core::Differentiable>::Tangent; MICROGRAD_LANES]|
                    {
                        let y_1 = *y_1;
                        let t_2 = type_t_2.same(0);
                        let t_3 = type_t_3.same(1);
                        let t_4 = t_2..t_3;
                        let mut d_t_6 = ::core::array::from_fn::<
                            _,
                            MICROGRAD_LANES,
                            _,
                        >(|_| ::micrograd_core::Tangent::shapeless());
                        for each_lane in 0..MICROGRAD_LANES {
                            ::micrograd_core::Accumulate::accumulate(
                                &mut d_t_6[each_lane],
                                &*seed[each_lane],
                            );
                        }
                        {
                            kept_7(
                                d_t_6.each_mut().map(|d_t_6| (&mut (*d_t_6))),
                                &v_0[::core::clone::Clone::clone(&t_4)],
                                d_v_0
                                    .each_mut()
                                    .map(|d_v_0| ::micrograd_core::emitted::Lend::lend(
                                        &mut (*d_v_0)[::core::clone::Clone::clone(&t_4)],
                                    )),
                                &y_1,
                                d_y_1
                                    .each_mut()
                                    .map(|d_y_1| ::micrograd_core::emitted::Lend::lend(
                                        &mut *(*d_y_1),
                                    )),
                            );
                        }
                    },
                )
            }
        "#]],
    );
}
