//! The verifier panics on IR that we built wrongly.

use crate::ir::{Kind, Op, Operand, Region, Value};
use crate::verify::verify;
use proc_macro2::Span;

/// Appends `kind` to `fn f(x: f64) -> f64 { -x }`, as the definition of `result`.
fn check(kind: Kind, result: impl Fn(usize) -> usize) {
    let mut function = super::lowered("fn f(x: f64) -> f64 { -x }");
    let results = vec![Value(result(function.definitions.len()))];
    let definition = function.definitions[0].clone();
    function.definitions.push(definition);
    let span = Span::call_site();
    function.body.ops.push(Op {
        results,
        kind,
        span,
    });
    verify(&function);
}

#[test]
fn a_well_built_function_passes() {
    check(Kind::Neg(Operand::by_value(Value(0))), |next| next);
}

#[test]
#[should_panic = "is defined twice"]
fn a_value_is_defined_once() {
    check(Kind::Neg(Operand::by_value(Value(0))), |_| 0);
}

#[test]
#[should_panic = "is used before it is defined"]
fn a_value_is_defined_before_its_uses() {
    check(Kind::Neg(Operand::by_value(Value(2))), |next| next);
}

#[test]
#[should_panic = "is not described"]
fn a_value_has_a_definition() {
    check(Kind::Neg(Operand::by_value(Value(0))), |next| next + 1);
}

#[test]
#[should_panic = "a branch yields its results"]
fn a_branch_yields_as_many_values_as_the_if_has_results() {
    let kind = Kind::If {
        condition: Operand::by_value(Value(0)),
        then: Default::default(),
        otherwise: Default::default(),
    };
    check(kind, |next| next);
}

#[test]
#[should_panic = "a loop's results are what it carries"]
fn a_loop_has_as_many_results_as_it_carries_values() {
    let body = Region {
        args: vec![Value(2)],
        ..Region::default()
    };
    let kind = Kind::For {
        iterator: None,
        inits: Vec::new(),
        body,
        exits: false,
        collects: false,
        checkpoint: false,
    };
    check(kind, |_| 1);
}
