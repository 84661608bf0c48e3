//! What the reverse sweep computes again, instead of reading it from a record or from what the pullback captured.
//!
//! In comes an operation whose result the reverse sweep reads. Out goes whether the operation costs less than a record, or is
//! made of what is at hand anyway.

use super::Context;
use crate::ir::{Call, Callee, Effect, Failure, Kind, Mode, Op, Operand, Value};
use syn::BinOp;

impl Context<'_, '_> {
    /// Whether a range, a length or a sum is made of what the pullback is handed and of literals: written again in the reverse
    /// sweep it is known to the optimiser, captured it is not.
    pub(super) fn is_at_hand(&self, value: Value) -> bool {
        let Some(op) = self.index.definition(value) else {
            return self.index.home(value) == 0 && !self.index.is_memory(value);
        };
        match &op.kind {
            Kind::Constant(_) => true,
            Kind::Range(..) => self.are_at_hand(op),
            // With a literal only: a number that is used twice at each step would be visited ever more often.
            Kind::Binary(BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_), a, b) => {
                let literals = [a, b].map(|side| self.index.constant(side.value).is_some());
                self.index.is_number(value) && literals.contains(&true) && self.are_at_hand(op)
            }
            // What borrows cannot be captured.
            Kind::Present(part) => self.borrows(part) && self.are_at_hand(op),
            Kind::Tuple(parts) => {
                let lasts = |part| self.borrows(part) || self.index.is_number(part.value);
                parts.iter().any(|part| self.borrows(part))
                    && parts.iter().all(lasts)
                    && self.are_at_hand(op)
            }
            Kind::Field(..) | Kind::Deref(_) => {
                !self.index.is_memory(value) && self.are_at_hand(op)
            }
            Kind::Call(call) => {
                let is_length = matches!(&call.callee, Callee::Method(name, _) if name == "len");
                is_length
                    && call.effect == Effect::Inert
                    // The length of a type of the user's own may change behind `&`.
                    && self.index.is_sequence(call.args[0].value)
                    && self.are_at_hand(op)
            }
            _ => false,
        }
    }

    fn borrows(&self, part: &Operand) -> bool {
        let definition = &self.index.function.definitions[part.value.0];
        part.mode == Mode::Reference || (part.mode == Mode::Value && definition.reference)
    }

    fn are_at_hand(&self, op: &Op) -> bool {
        let operands = op.kind.operands();
        operands
            .iter()
            .all(|operand| self.is_at_hand(operand.value))
    }

    pub(super) fn is_view(&self, op: &Op) -> bool {
        matches!(
            &op.kind,
            Kind::Call(Call {
                effect: Effect::View,
                ..
            })
        )
    }

    /// Arithmetic on numbers costs less than a store and a load.
    pub(super) fn is_cheap(&self, op: &Op, value: Value) -> bool {
        match &op.kind {
            Kind::Range(..) => true,
            Kind::Present(_) | Kind::Tuple(_) => self.is_at_hand(value),
            Kind::Neg(_) | Kind::Not(_) | Kind::Binary(..) | Kind::Cast(..) | Kind::Matches(..) => {
                self.index.is_number(value)
            }
            Kind::Call(Call {
                effect: Effect::Inert,
                failure: Failure::Never,
                args,
                ..
            }) => !args
                .iter()
                .any(|arg| self.index.is_memory(arg.value) && !self.index.is_settled(arg.value)),
            _ => false,
        }
    }
}
