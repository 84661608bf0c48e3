//! Which functions have a rule that takes several cotangents at once: the rows of a Jacobian then share one reverse sweep.
//!
//! In: a function and its adjoint. Out: whether the adjoint can be run for several cotangents, and the calls in it that hand
//! all of them on at once; the pullbacks of other calls are called for one after the other.

use crate::adjoint::{Adjoint, Handed, Step};
use crate::index::Index;
use crate::ir::{Call, Callee, Effect, Failure, Kind, Mode, Op, Operand, Value};
use crate::lower::is_literal;
use crate::store::Plan;
use std::collections::HashSet;

/// The calls that hand on all cotangents at once, by the value of the call; `None` if it does not pay to have such a rule.
// In:   %3 = f(%1);  %4 = sin(%1)
// Out:  {%3}
pub fn batch(
    index: &Index<'_>,
    adjoint: &Adjoint<'_>,
    plan: &Plan,
    is_of_known_length: bool,
) -> Option<HashSet<Value>> {
    let (mut has_calls, mut is_plain) = (false, !plan.has_checkpoints());
    index.function.body.visit(&mut |op| {
        has_calls |= calls_function(op);
        is_plain &= !matches!(op.kind, Kind::Lambda(_)) && !is_short_nest(index, op);
    });
    // Checkpoints run loops again for one cotangent. The rest is a matter of speed: pullbacks of closures, and of functions
    // without such a rule, are called for one lane after the other, through memory, and the many rows of a vector would take
    // many such calls.
    if !is_plain || has_calls && !is_of_known_length {
        return None;
    }
    let mut calls = HashSet::new();
    find_calls(&adjoint.steps, &mut calls);
    Some(calls)
}

/// Whether loops of few rounds are nested: the compiler unrolls them, and makes vectors of what they do. For several cotangents
/// it would do neither.
// In:   for i in 0..3 { for j in 0..3 { … } }
fn is_short_nest(index: &Index<'_>, op: &Op) -> bool {
    let Kind::For { body, .. } = &op.kind else {
        return false;
    };
    is_short(index, op) && body.ops.iter().any(|op| is_short(index, op))
}

fn calls_function(op: &Op) -> bool {
    matches!(
        &op.kind,
        Kind::Call(Call {
            callee: Callee::Function(_),
            effect: Effect::Rule,
            ..
        })
    )
}

fn is_short(index: &Index<'_>, op: &Op) -> bool {
    let Kind::For {
        iterator: Some(iterator),
        ..
    } = &op.kind
    else {
        return false;
    };
    let is_known = |bound: &Operand| index.constant(bound.value).is_some_and(is_literal);
    match index.definition(iterator.value).map(|op| &op.kind) {
        Some(Kind::Range(from, to, _)) => is_known(from) && is_known(to),
        _ => false,
    }
}

fn find_calls(steps: &[Step<'_>], calls: &mut HashSet<Value>) {
    for step in steps {
        match step {
            Step::Branch {
                then, otherwise, ..
            } => {
                find_calls(then, calls);
                find_calls(otherwise, calls);
            }
            Step::Loop { steps, .. } => find_calls(steps, calls),
            Step::Pullback { call, args, .. } if may_hand_all_on(call, args) => {
                calls.insert(call.results[0]);
            }
            _ => {}
        }
    }
}

/// Whether a call may hand on all cotangents at once: that of a `#[differentiable]` function that changes none of its
/// arguments. The rules of the registry take one at a time, some of them by shared reference.
fn may_hand_all_on(op: &Op, args: &[Handed]) -> bool {
    let Kind::Call(Call {
        callee: Callee::Function(path),
        failure: Failure::Never,
        ..
    }) = &op.kind
    else {
        return false;
    };
    let is_plain = |arg: &Handed| !arg.separate && arg.operand.mode != Mode::Exclusive;
    (1..=crate::fuse::MOST_ARGUMENTS).contains(&args.len())
        && args.iter().all(is_plain)
        && path.segments[0].ident != "micrograd_core"
        && crate::source::imported(path) != ["nalgebra", "convert"]
}
