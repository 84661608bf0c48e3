//! What the statements of a reverse sweep have to do with: the primal values that they read, the cotangents that they add
//! to, pass on or change. In comes a statement, out go values of the IR.

use super::{Cotangent, Step, Zero};
use crate::ir::{Kind, Mode, Value};

/// Calls `visit` for each reversed loop, those inside before those around them.
pub fn loops<'s, 'f>(steps: &'s [Step<'f>], visit: &mut impl FnMut(&'s Step<'f>)) {
    for step in steps {
        match step {
            Step::Branch {
                then, otherwise, ..
            } => {
                loops(then, visit);
                loops(otherwise, visit);
            }
            Step::Loop { steps, .. } => {
                loops(steps, visit);
                visit(step);
            }
            _ => {}
        }
    }
}

impl Step<'_> {
    /// The primal values that the statement reads, without those of its inner statements.
    pub fn mentions(&self) -> Vec<Value> {
        match self {
            Step::Zero(value, Zero::Shaped) => vec![*value],
            Step::Zero(_, Zero::Typed(kept) | Zero::Like(kept)) => vec![*kept],
            Step::Zero(_, Zero::Number | Zero::Array | Zero::Shapeless) => vec![],
            Step::Seed(_) | Step::Collected(_) | Step::Add { .. } => vec![],
            Step::Take { shape, .. } => shape.iter().copied().collect(),
            Step::Pop { .. } | Step::Swap { .. } | Step::AddPlace { .. } => vec![],
            Step::PutBack { from: Some(_), .. } => vec![],
            Step::PutBack { shape, .. } => shape.iter().copied().collect(),
            Step::Extend { zeros, .. } => vec![*zeros],
            Step::Rearrange { rearrangement, .. } => {
                let operand = rearrangement.operand();
                operand.iter().map(|operand| operand.value).collect()
            }
            Step::Scale { factor, .. } => vec![*factor],
            Step::Divide { divisor, .. } => vec![*divisor],
            Step::Reciprocal { from, .. } | Step::FromResult { from, .. } => vec![*from],
            Step::DivideSquared {
                dividend, divisor, ..
            } => vec![*dividend, *divisor],
            Step::Operator { a, b, .. } => vec![a.value, b.value],
            Step::Residual { residual, .. } => vec![*residual],
            Step::Cast { a, .. } => vec![a.value],
            Step::Pullback { back, args, .. } => {
                let handed = args
                    .iter()
                    .filter(|arg| arg.operand.mode != Mode::Exclusive);
                std::iter::once(*back)
                    .chain(handed.map(|arg| arg.operand.value))
                    .collect()
            }
            Step::Part { .. } | Step::Rest { .. } | Step::Element { .. } | Step::Sum { .. } => {
                vec![]
            }
            Step::Present { .. } | Step::Unwrap { .. } => vec![],
            Step::Branch { .. } | Step::Loop { .. } => vec![],
        }
    }

    /// The cotangents that the statement adds to, without those of its inner statements.
    fn added(&self) -> Vec<Cotangent> {
        match self {
            Step::Seed(to)
            | Step::Collected(to)
            | Step::Add { to, .. }
            | Step::AddPlace { to, .. }
            | Step::Scale { to, .. }
            | Step::Divide { to, .. }
            | Step::Reciprocal { to, .. }
            | Step::FromResult { to, .. }
            | Step::DivideSquared { to, .. }
            | Step::Operator { to, .. }
            | Step::Residual { to, .. }
            | Step::Cast { to, .. }
            | Step::Part { to, .. }
            | Step::Rest { to, .. }
            | Step::Element { to, .. }
            | Step::Present { to, .. }
            | Step::Unwrap { to, .. }
            | Step::Sum { to, .. } => vec![*to],
            Step::Take { to, .. } | Step::Pop { to, .. } => to.iter().copied().collect(),
            Step::Loop { sums, .. } => {
                let places = sums.iter().map(|(_, place)| *place);
                places.map(Cotangent::Place).collect()
            }
            Step::Pullback { args, .. } => args.iter().filter_map(|arg| arg.to).collect(),
            Step::PutBack { .. }
            | Step::Extend { .. }
            | Step::Rearrange { .. }
            | Step::Swap { .. }
            | Step::Zero(..)
            | Step::Branch { .. } => vec![],
        }
    }

    /// The cotangents that the statement adds to, with those of its inner statements.
    pub fn targets(&self) -> Vec<Cotangent> {
        let mut targets = self.added();
        match self {
            Step::Branch {
                then, otherwise, ..
            } => targets.extend(then.iter().chain(otherwise).flat_map(Step::targets)),
            Step::Loop { steps, .. } => targets.extend(steps.iter().flat_map(Step::targets)),
            _ => {}
        }
        targets
    }

    /// Visits the values whose cotangents the statement has to do with, with those of its inner statements: as
    /// they are, and as places.
    pub fn touch(&self, visit: &mut impl FnMut(Value)) {
        let own = self.added().into_iter().map(Cotangent::value);
        own.chain(self.changed_here()).for_each(&mut *visit);
        self.from().into_iter().for_each(&mut *visit);
        match self {
            Step::Zero(value, _) => visit(*value),
            Step::Branch {
                then, otherwise, ..
            } => {
                for step in then.iter().chain(otherwise) {
                    step.touch(visit);
                }
            }
            Step::Loop {
                op, steps, carried, ..
            } => {
                op.results.iter().copied().for_each(&mut *visit);
                for (result, arg) in carried {
                    visit(*result);
                    visit(*arg);
                }
                for step in steps {
                    step.touch(visit);
                }
            }
            _ => {}
        }
    }

    /// The value whose own cotangent the statement passes on.
    pub fn from(&self) -> Option<Value> {
        match self {
            Step::Add { from, .. } => Some(from.value()),
            Step::Scale { from, .. }
            | Step::Divide { from, .. }
            | Step::Reciprocal { from, .. }
            | Step::FromResult { from, .. }
            | Step::DivideSquared { from, .. }
            | Step::Operator { from, .. }
            | Step::Residual { from, .. }
            | Step::Cast { from, .. }
            | Step::Part { from, .. }
            | Step::Rest { from, .. }
            | Step::Element { from, .. }
            | Step::Present { from, .. }
            | Step::Unwrap { from, .. }
            | Step::Sum { from, .. } => Some(*from),
            Step::Pullback { from, .. } | Step::PutBack { from, .. } => *from,
            Step::Zero(..)
            | Step::Seed(_)
            | Step::Collected(_)
            | Step::Take { .. }
            | Step::AddPlace { .. }
            | Step::Pop { .. }
            | Step::Extend { .. }
            | Step::Swap { .. }
            | Step::Rearrange { .. }
            | Step::Branch { .. }
            | Step::Loop { .. } => None,
        }
    }

    /// The places whose cotangent the statement touches; reaching it may take indices.
    pub fn places(&self) -> Vec<Value> {
        let mut touched = self.added();
        match self {
            Step::PutBack { place, .. }
            | Step::Extend { place, .. }
            | Step::Rearrange { place, .. }
            | Step::Take { place, .. }
            | Step::Pop { place, .. }
            | Step::AddPlace { place, .. } => touched.push(*place),
            Step::Add { from, .. } => touched.push(*from),
            Step::Swap { a, b } => touched.extend([*a, *b]),
            _ => {}
        }
        let place = |cotangent| match cotangent {
            Cotangent::Place(value) => Some(value),
            Cotangent::Own(_) => None,
        };
        touched.into_iter().filter_map(place).collect()
    }

    /// The values whose cotangents the statement does more with than add to them, with those of its inner
    /// statements.
    pub fn changed(&self) -> Vec<Value> {
        let mut changed = self.changed_here();
        match self {
            Step::Branch {
                then, otherwise, ..
            } => changed.extend(then.iter().chain(otherwise).flat_map(Step::changed)),
            Step::Loop { steps, .. } => changed.extend(steps.iter().flat_map(Step::changed)),
            _ => {}
        }
        changed
    }

    /// The same, without those of its inner statements, and of a call those alone that it may change.
    pub fn taken(&self) -> Vec<Value> {
        let Step::Pullback { call, args, .. } = self else {
            return self.changed_here();
        };
        let changes = matches!(&call.kind, Kind::Call(call) if call.changes.is_some());
        let taken = args
            .iter()
            .filter(|arg| changes || arg.operand.mode == Mode::Exclusive);
        let taken = taken.filter_map(|arg| arg.to);
        taken.map(Cotangent::value).collect()
    }

    /// The same, without those of its inner statements.
    fn changed_here(&self) -> Vec<Value> {
        let value = |cotangent: &Cotangent| match cotangent {
            Cotangent::Own(value) | Cotangent::Place(value) => *value,
        };
        match self {
            Step::Zero(..)
            | Step::Seed(_)
            | Step::Collected(_)
            | Step::Scale { .. }
            | Step::Divide { .. }
            | Step::Reciprocal { .. }
            | Step::FromResult { .. }
            | Step::DivideSquared { .. }
            | Step::Operator { .. }
            | Step::Residual { .. }
            | Step::Cast { .. }
            | Step::Part { .. }
            | Step::Rest { .. }
            | Step::Element { .. }
            | Step::Present { .. }
            | Step::Unwrap { .. }
            | Step::Sum { .. } => vec![],
            Step::Add {
                from: Cotangent::Own(_),
                ..
            } => vec![],
            Step::Add { from, .. } | Step::AddPlace { place: from, .. } => vec![value(from)],
            Step::Take { place, .. }
            | Step::Pop { place, .. }
            | Step::PutBack { place, .. }
            | Step::Extend { place, .. }
            | Step::Rearrange { place, .. } => vec![value(place)],
            Step::Swap { a, b } => vec![value(a), value(b)],
            Step::Pullback { args, .. } => args
                .iter()
                .filter_map(|arg| arg.to.as_ref().map(value))
                .collect(),
            Step::Branch { .. } | Step::Loop { .. } => vec![],
        }
    }
}
