//! The reverse sweep: every operation that matters, last first, as statements on cotangents.
//!
//! `Δ%3` is the cotangent of `%3`. Each value that matters has one, declared as zero where the
//! reverse of its region begins, and every use of the value adds to it. A value inside another one
//! (a place) has none of its own while it is borrowed: its cotangent is the same place inside that
//! of the other value.

mod aggregate;
mod call;
pub mod display;
mod memory;
mod operator;
mod regions;
mod step;
mod sums;
mod uses;
mod zero;

pub use step::{Cotangent, Handed, Step, Zero};
pub use uses::loops;

use crate::analyse::Activity;
use crate::index::Index;
use crate::ir::{Callee, Failure, Kind, Mode, Op, Operand, Region, Sequence, Value};
use std::collections::{HashMap, HashSet};

/// The reverse sweep of a function.
pub struct Adjoint<'f> {
    /// Its statements.
    pub steps: Vec<Step<'f>>,
    /// What the forward sweep keeps of an operation for its reverse: a pullback, an operator's
    /// residual, the trace of a branch or the tape of a loop.
    residuals: HashMap<*const Op, Value>,
}

impl<'f> Adjoint<'f> {
    /// What the forward sweep may keep of an operation.
    pub fn residual(&self, op: &Op) -> Option<Value> {
        self.residuals.get(&std::ptr::from_ref(op)).copied()
    }

    /// What is left of it where nothing is kept: methods are called through their rules all the same, which know what
    /// type they give. A function's rule gives what the function gives.
    pub fn of_rules(&self, index: &Index<'f>) -> Self {
        let mut residuals = HashMap::new();
        index.function.body.visit(&mut |op| {
            if let (Kind::Call(call), Some(residual)) = (&op.kind, self.residual(op)) {
                let is_plain = matches!(call.callee, Callee::Function(_));
                if !is_plain || matches!(call.failure, Failure::Kept) {
                    residuals.insert(std::ptr::from_ref(op), residual);
                }
            }
        });
        Adjoint {
            steps: Vec::new(),
            residuals,
        }
    }

    /// All residuals, with the operations they are kept of.
    pub fn residuals(&self) -> impl Iterator<Item = (*const Op, Value)> + '_ {
        self.residuals.iter().map(|(op, residual)| (*op, *residual))
    }
}

/// Reverses a function.
pub fn adjoint<'f>(index: &Index<'f>, activity: &Activity) -> Adjoint<'f> {
    let mut context = Context {
        index,
        activity,
        residuals: HashMap::new(),
        next: index.function.definitions.len(),
    };
    let body = &index.function.body;
    let mut steps = context.zeros(body);
    for yielded in &body.yields {
        if activity.matters(yielded.value) {
            steps.push(Step::Seed(context.cotangent(yielded)));
        }
    }
    context.ops(body, &mut steps);
    crate::verify::flows(&steps, |value| context.is_constant_slot(value));
    Adjoint {
        steps,
        residuals: context.residuals,
    }
}

struct Context<'i, 'f> {
    index: &'i Index<'f>,
    activity: &'i Activity,
    residuals: HashMap<*const Op, Value>,
    next: usize,
}

impl<'f> Context<'_, 'f> {
    fn cotangent(&self, operand: &Operand) -> Cotangent {
        match operand.mode {
            Mode::Value => Cotangent::Own(operand.value),
            Mode::Reference | Mode::Exclusive => self.memory_cotangent(operand.value),
        }
    }

    /// The cotangent of a borrowed value.
    fn memory_cotangent(&self, value: Value) -> Cotangent {
        if self.index.is_place(value) {
            Cotangent::Place(value)
        } else {
            Cotangent::Own(value)
        }
    }

    /// The cotangent of an operand, if it matters.
    fn target(&self, operand: &Operand) -> Option<Cotangent> {
        self.activity
            .matters(operand.value)
            .then(|| self.cotangent(operand))
    }

    /// Whether a value is memory that starts as something without a cotangent.
    fn is_constant_slot(&self, value: Value) -> bool {
        match self.index.definition(value).map(|op| &op.kind) {
            Some(Kind::Slot(init)) => !self.activity.matters(init.value),
            _ => false,
        }
    }

    /// Names what the forward sweep keeps of an operation.
    fn residual(&mut self, op: &Op) -> Value {
        let value = Value(self.next);
        self.next += 1;
        self.residuals.insert(op, value);
        value
    }

    /// What the forward sweep keeps of an operation, named once.
    fn kept(&mut self, op: &Op) -> Value {
        match self.residuals.get(&std::ptr::from_ref(op)) {
            Some(residual) => *residual,
            None => self.residual(op),
        }
    }

    fn ops(&mut self, region: &'f Region, steps: &mut Vec<Step<'f>>) {
        let mut skipped: HashSet<Value> = HashSet::new();
        for (position, op) in region.ops.iter().enumerate().rev() {
            if !self.activity.is_reversed(op) || op.results.iter().any(|r| skipped.contains(r)) {
                continue;
            }
            match self.added(&region.ops[..position], op) {
                Some((step, values)) => {
                    steps.push(step);
                    skipped.extend(values);
                }
                None => self.op(op, steps),
            }
        }
        steps.retain(|step| !matches!(step, Step::Zero(value, _) if skipped.contains(value)));
    }

    // In:   %2 = %0 * %1
    // Out:  Δ%0 += Δ%2 * %1;  Δ%1 += Δ%2 * %0
    fn op(&mut self, op: &'f Op, steps: &mut Vec<Step<'f>>) {
        match &op.kind {
            Kind::Store(place, a) => self.store(op, *place, a, steps),
            Kind::Push(place, a) => self.push(*place, a, steps),
            Kind::Pop(place) => self.pop(op, *place, steps),
            Kind::Truncate(place, _) => self.truncate(op, *place, steps),
            Kind::Swap(a, b) => self.swap(*a, *b, steps),
            Kind::Rearrange(place, rearrangement) => self.rearrange(*place, rearrangement, steps),
            Kind::Slot(a) => self.slot(op, a, steps),
            Kind::Load(place) => {
                let to = self.memory_cotangent(*place);
                steps.push(handed_on(to, op.results[0]));
            }
            Kind::Field(..)
            | Kind::Index(..)
            | Kind::Deref(_)
            | Kind::Payload(..)
            | Kind::Snapshot(_)
            | Kind::Settled { .. } => {
                let place = op.results[0];
                if self.index.is_loaded(place) {
                    steps.push(handed_on(Cotangent::Place(place), place));
                }
            }
            Kind::If {
                then, otherwise, ..
            } => {
                self.residual(op);
                let then = self.branch(op, then);
                let otherwise = self.branch(op, otherwise);
                steps.push(Step::Branch {
                    op,
                    then,
                    otherwise,
                });
            }
            Kind::For {
                inits, body, exits, ..
            } => self.for_loop(op, inits, body, *exits, steps),
            Kind::Neg(a) => self.neg(op, a, steps),
            Kind::Binary(operator, a, b) => self.binary(op, operator, a, b, steps),
            Kind::Cast(a, ty) => {
                let from = op.results[0];
                steps.extend(self.target(a).map(|to| Step::Cast {
                    a: *a,
                    ty,
                    to,
                    from,
                }));
            }
            Kind::Tuple(elements) => self.tuple(op, elements, steps),
            Kind::Array(elements, _) => self.array(op, elements, steps),
            Kind::Repeat(element, _, Sequence::Array | Sequence::Vec) => {
                let from = op.results[0];
                steps.extend(self.target(element).map(|to| Step::Sum { to, from }));
            }
            Kind::Struct {
                path,
                fields,
                variant,
                rest,
                ..
            } => {
                let variant = variant.then_some(path);
                self.structure(op, variant, fields, rest.as_ref(), steps);
            }
            Kind::Call(call) => self.call(op, call, steps),
            // A closure's cotangent is that of what it captures.
            Kind::Lambda(lambda) => {
                let to = self.target(&lambda.captures);
                steps.extend(to.map(|to| handed_on(to, op.results[0])));
            }
            Kind::Present(a) => {
                let from = op.results[0];
                steps.extend(self.target(a).map(|to| Step::Present { to, from }));
            }
            Kind::Unwrap(a, _) => {
                let from = op.results[0];
                steps.extend(self.target(a).map(|to| Step::Unwrap { to, from }));
            }
            Kind::Constant(_)
            | Kind::Not(_)
            | Kind::Range(..)
            | Kind::Plain(_)
            | Kind::PlainValue(_)
            | Kind::Matches(..) => {
                unreachable!("constants, predicates and effects never matter")
            }
        }
    }
}

/// `Δto += Δfrom`, where `Δfrom` is not used again.
fn handed_on<'f>(to: Cotangent, from: Value) -> Step<'f> {
    Step::Add {
        to,
        from: Cotangent::Own(from),
        negative: false,
        last: true,
    }
}
