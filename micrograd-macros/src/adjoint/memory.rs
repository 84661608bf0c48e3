//! Statements that change memory, whose cotangent goes through the opposite changes: what was stored is taken off, what was
//! pushed is popped, and an order of elements is undone.

use super::{Context, Cotangent, Step};
use crate::ir::{Op, Operand, Rearrangement, Value};

impl<'f> Context<'_, 'f> {
    // In:   %m = slot %0
    // Out:  Δ%0 += Δ%m
    pub(super) fn slot(&mut self, op: &'f Op, a: &Operand, steps: &mut Vec<Step<'f>>) {
        let from = Cotangent::Own(op.results[0]);
        steps.extend(self.target(a).map(|to| Step::Add {
            to,
            from,
            negative: false,
            last: false,
        }));
    }

    // In:   store(%p, %0)
    // Out:  Δ%0 += Δ%p;  Δ%p = 0
    pub(super) fn store(
        &mut self,
        op: &'f Op,
        place: Value,
        a: &Operand,
        steps: &mut Vec<Step<'f>>,
    ) {
        let number = self.index.is_number(a.value);
        let shape = (!number).then(|| self.residual(op));
        let place = self.memory_cotangent(place);
        steps.push(Step::Take {
            to: self.target(a),
            place,
            shape,
        });
    }

    // In:   push(%v, %0)
    // Out:  Δ%0 += pop(Δ%v)
    pub(super) fn push(&mut self, place: Value, a: &Operand, steps: &mut Vec<Step<'f>>) {
        let place = self.memory_cotangent(place);
        steps.push(Step::Pop {
            to: self.target(a),
            place,
        });
    }

    // In:   %1 = pop(%v)
    // Out:  push(Δ%v, Δ%1)
    pub(super) fn pop(&mut self, op: &'f Op, place: Value, steps: &mut Vec<Step<'f>>) {
        let result = op.results[0];
        let from = Some(result).filter(|result| self.activity.matters(*result));
        let shape = (!self.index.is_number(result)).then(|| self.kept(op));
        let place = self.memory_cotangent(place);
        steps.push(Step::PutBack { from, place, shape });
    }

    // In:   truncate(%v, %n)
    // Out:  Δ%v grows by zeros of what was dropped
    pub(super) fn truncate(&mut self, op: &'f Op, place: Value, steps: &mut Vec<Step<'f>>) {
        let zeros = self.residual(op);
        let place = self.memory_cotangent(place);
        steps.push(Step::Extend { place, zeros });
    }

    // In:   swap(%p, %q)
    // Out:  swap(Δ%p, Δ%q)
    pub(super) fn swap(&mut self, a: Value, b: Value, steps: &mut Vec<Step<'f>>) {
        let [a, b] = [a, b].map(|place| self.memory_cotangent(place));
        steps.push(Step::Swap { a, b });
    }

    // In:   rotate_left(%v, %n)
    // Out:  rotate_right(Δ%v, %n)
    pub(super) fn rearrange(
        &mut self,
        place: Value,
        rearrangement: &'f Rearrangement,
        steps: &mut Vec<Step<'f>>,
    ) {
        let place = self.memory_cotangent(place);
        steps.push(Step::Rearrange {
            place,
            rearrangement,
        });
    }
}
