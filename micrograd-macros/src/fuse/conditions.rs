//! What may be fused: a loop that does nothing but add, a call of a function of a number, and what either may have to do
//! with the memory around it.
//!
//! In: an operation, and the cotangents that are known before it. Out: whether it is fused, and what it adds cotangents to.

use super::{Context, MOST_ARGUMENTS};
use crate::adjoint::Step;
use crate::analyse::changed;
use crate::index::RegionId;
use crate::ir::{Call, Callee, Effect, Failure, Kind, Mode, Op, Operand, Region, Value};
use crate::lower::is_literal;
use std::collections::HashSet;
use syn::BinOp;

impl<'f> Context<'_, 'f> {
    /// Whether the reverse of a loop reads records.
    pub(super) fn is_recorded(&self, op: &Op) -> bool {
        let tape = self.adjoint.residual(op);
        let mut regions = op.kind.regions().into_iter();
        tape.is_some_and(|tape| self.plan.is_needed(tape))
            || regions.any(|region| self.plan.adds(self.index.id(region)))
    }

    /// Whether a pullback can be called where its call stands, since the cotangent that it takes is known there.
    pub(super) fn is_had_at_once(
        &self,
        step: &Step<'_>,
        is_known: impl Fn(&Value) -> bool,
    ) -> bool {
        let Step::Pullback {
            from: Some(from),
            call: op,
            args,
            ..
        } = step
        else {
            return false;
        };
        let Kind::Call(call) = &op.kind else {
            unreachable!("a pullback is that of a call")
        };
        let separate = args.iter().any(|arg| arg.separate);
        is_known(from) && !separate && self.is_fusible(op, call)
    }

    /// Whether a call's rule may have both sweeps in one: that of a function of its own, which gives a number and
    /// changes none of its arguments.
    pub(super) fn is_fusible(&self, op: &Op, call: &Call) -> bool {
        let Callee::Function(path) = &call.callee else {
            return false;
        };
        let definitions = &self.index.function.definitions;
        let is_plain = |arg: &Operand| {
            let constant = self.index.constant(arg.value);
            let names_function = constant.is_some_and(|tokens| !is_literal(tokens));
            arg.mode != Mode::Exclusive && !definitions[arg.value.0].function && !names_function
        };
        call.effect == Effect::Rule
            && matches!(call.failure, Failure::Never)
            && call.changes.is_none()
            && path
                .segments
                .iter()
                .all(|segment| segment.arguments.is_none())
            && crate::source::imported(path)
                .first()
                .is_none_or(|name| name != "nalgebra")
            && (1..=MOST_ARGUMENTS).contains(&call.args.len())
            && call.args.iter().all(is_plain)
            && self.index.is_number(op.results[0])
    }

    /// Whether a value is had before the operation at `first`; `early` collects what can be moved there.
    pub(super) fn is_available(
        &self,
        region: &Region,
        id: RegionId,
        first: usize,
        value: Value,
        early: &mut Vec<usize>,
    ) -> bool {
        let Some(op) = self.index.definition(value) else {
            return true;
        };
        if self.index.home(value) != id || matches!(op.kind, Kind::Constant(_)) {
            return true;
        }
        let position = region.ops.iter().position(|other| std::ptr::eq(other, op));
        let position = position.expect("the operation stands in its region");
        if position < first {
            return true;
        }
        let is_pure = match &op.kind {
            Kind::Neg(_) | Kind::Cast(..) => true,
            Kind::Binary(operator, ..) => {
                matches!(operator, BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_))
            }
            Kind::Call(Call {
                effect: Effect::Inert,
                failure: Failure::Never,
                args,
                ..
            }) => !(args.iter()).any(|arg| self.index.is_memory(arg.value)),
            _ => false,
        };
        if !is_pure || !self.index.is_number(value) {
            return false;
        }
        let operands = op.kind.operands();
        let all = (operands.iter())
            .all(|operand| self.is_available(region, id, first, operand.value, early));
        early.push(position);
        all
    }

    /// Whether a loop does nothing with the numbers that matter and that it carries but add to them, and
    /// their cotangents are known.
    pub(super) fn is_sum(&self, op: &'f Op, is_known: impl Fn(&Value) -> bool) -> bool {
        let Kind::For { body, collects, .. } = &op.kind else {
            return false;
        };
        let carried = op.results.iter().zip(&body.args[1..]);
        let mut matters = carried
            .filter(|(result, arg)| [**result, **arg].iter().any(|v| self.activity.matters(*v)))
            .peekable();
        !collects
            && !body.diverges
            && matters.peek().is_some()
            && matters.all(|(result, _)| is_known(result) && self.index.adds(op, *result))
    }

    /// The values around a loop that its iterations pass cotangents to, or those that a call does; `None` if any of them
    /// is changed there or after it, which must be undone first.
    pub(super) fn touched(
        &self,
        region: &'f Region,
        position: usize,
        op: &'f Op,
    ) -> Option<HashSet<Value>> {
        let mut inside: HashSet<Value> = HashSet::new();
        let mut used: Vec<Value> = match &op.kind {
            Kind::Call(call) => call.args.iter().map(|arg| arg.value).collect(),
            _ => Vec::new(),
        };
        for body in op.kind.regions() {
            inside.extend(&body.args);
            used.extend(body.yields.iter().map(|operand| operand.value));
            body.visit(&mut |op| {
                inside.extend(&op.results);
                used.extend(op.kind.operands().iter().map(|operand| operand.value));
                for inner in op.kind.regions() {
                    inside.extend(&inner.args);
                    used.extend(inner.yields.iter().map(|operand| operand.value));
                }
            });
        }
        let touched: HashSet<Value> = (used.into_iter())
            .flat_map(|value| [value, self.index.root(value).0])
            .filter(|value| !inside.contains(value) && self.activity.matters(*value))
            .collect();
        let mut undone = false;
        let mut see = |op: &Op| {
            undone |= changed(&op.kind).any(|place| touched.contains(&self.index.root(place).0));
        };
        for op in &region.ops[position..] {
            see(op);
            op.kind
                .regions()
                .iter()
                .for_each(|inner| inner.visit(&mut see));
        }
        (!undone).then_some(touched)
    }
}
