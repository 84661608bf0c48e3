//! Changing operations in place.

use super::{Kind, Operand, Rearrangement, Region, Value};

impl Kind {
    /// The regions this operation owns.
    pub fn regions_mut(&mut self) -> Vec<&mut Region> {
        match self {
            Kind::If {
                then, otherwise, ..
            } => vec![then, otherwise],
            Kind::For { body, .. } => vec![body],
            _ => vec![],
        }
    }

    /// Lets a place be one inside another value.
    pub fn replace_base(&mut self, from: Value, to: Value) {
        if let Kind::Field(base, _)
        | Kind::Index(base, _)
        | Kind::Deref(base)
        | Kind::Payload(base, _)
        | Kind::Snapshot(base) = self
        {
            if *base == from {
                *base = to;
            }
        }
    }

    /// Calls `change` for each value that this operation itself uses.
    pub fn values_mut(&mut self, change: &mut impl FnMut(&mut Value)) {
        match self {
            Kind::Constant(_) => {}
            Kind::Neg(a)
            | Kind::Not(a)
            | Kind::Cast(a, _)
            | Kind::Slot(a)
            | Kind::Matches(a, _)
            | Kind::Present(a)
            | Kind::Unwrap(a, _) => change(&mut a.value),
            Kind::Binary(_, a, b) | Kind::Range(a, b, _) | Kind::Repeat(a, b, _) => {
                change(&mut a.value);
                change(&mut b.value);
            }
            Kind::Field(base, _)
            | Kind::Deref(base)
            | Kind::Payload(base, _)
            | Kind::Load(base)
            | Kind::Snapshot(base)
            | Kind::Settled { memory: base, .. }
            | Kind::Pop(base) => change(base),
            Kind::Index(base, a)
            | Kind::Store(base, a)
            | Kind::Push(base, a)
            | Kind::Truncate(base, a) => {
                change(base);
                change(&mut a.value);
            }
            Kind::Swap(a, b) => {
                change(a);
                change(b);
            }
            Kind::Rearrange(place, rearrangement) => {
                change(place);
                if let Some(operand) = rearrangement.operand_mut() {
                    change(&mut operand.value);
                }
            }
            Kind::Tuple(elements) | Kind::Array(elements, _) => {
                let elements = elements.iter_mut();
                elements.for_each(|element| change(&mut element.value));
            }
            Kind::Struct { fields, rest, .. } => {
                let fields = fields.iter_mut().map(|(_, operand)| operand);
                fields
                    .chain(rest)
                    .for_each(|operand| change(&mut operand.value));
            }
            Kind::Call(call) => {
                let args = call.args.iter_mut();
                args.for_each(|arg| change(&mut arg.value));
                if let Some(changes) = &mut call.changes {
                    change(changes);
                }
            }
            Kind::Plain(plain) | Kind::PlainValue(plain) => {
                let captures = plain.captures.iter_mut();
                captures.for_each(|(_, operand)| change(&mut operand.value));
            }
            Kind::Lambda(lambda) => {
                change(&mut lambda.captures.value);
                lambda.captured.iter_mut().for_each(&mut *change);
                let args = lambda.args.iter_mut().flatten();
                args.for_each(|arg| change(&mut arg.value));
            }
            Kind::If { condition, .. } => change(&mut condition.value),
            Kind::For {
                iterator, inits, ..
            } => {
                let operands = iterator.iter_mut().chain(inits);
                operands.for_each(|operand| change(&mut operand.value));
            }
        }
    }
}

impl Rearrangement {
    fn operand_mut(&mut self) -> Option<&mut Operand> {
        match self {
            Rearrangement::Reverse => None,
            Rearrangement::RotateLeft(a)
            | Rearrangement::RotateRight(a)
            | Rearrangement::Order(a) => Some(a),
        }
    }
}
