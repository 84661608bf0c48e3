//! Calls. In comes `%2 = f(%0, %1)`, out goes a call of the pullback that the rule of `f` returned.
//!
// In:   %2 = f(%0, %1);    %3 = exp(%2)
// Out:  Δ%2 += Δ%3 * %3;  (Δ%0, Δ%1) += pullback of %2(Δ%2)
//!
//! No pullback is kept of `exp` and the like of a number, whose derivative is had from the result.

use super::{Context, Cotangent, Handed, Step};
use crate::ir::{Call, Callee, Effect, Failure, Member, Op, Value};
use syn::Ident;

/// Methods of floats whose derivative is had from their result: those of `FromResult` in micrograd-core.
const FROM_RESULT: [&str; 7] = ["sqrt", "cbrt", "exp", "exp2", "tan", "tanh", "sin_cos"];

impl<'f> Context<'_, 'f> {
    pub(super) fn call(&mut self, op: &'f Op, call: &'f Call, steps: &mut Vec<Step<'f>>) {
        assert!(
            call.effect != Effect::Inert,
            "the result of an inert call never matters"
        );
        if let Some(method) = self.own_slope(op, call) {
            let from = op.results[0];
            if let (Some(to), true) = (self.target(&call.args[0]), self.activity.matters(from)) {
                steps.push(Step::FromResult { method, to, from });
            }
            return;
        }
        let back = self.residual(op);
        let kept = matches!(call.failure, Failure::Kept);
        let mut args: Vec<Handed> = Vec::new();
        for operand in &call.args {
            let to = self.target(operand);
            let separate = to.is_some_and(|to| args.iter().any(|other| self.may_alias(to, other)));
            args.push(Handed {
                operand: *operand,
                to,
                separate,
            });
        }
        // A call may matter only for what it changes.
        let from = Some(op.results[0]).filter(|result| self.activity.matters(*result));
        steps.push(Step::Pullback {
            back,
            from,
            call: op,
            args,
            kept,
        });
    }

    /// The method of a number whose derivative is had from its result, which is then the only thing to keep.
    fn own_slope(&self, op: &Op, call: &'f Call) -> Option<&'f Ident> {
        let Callee::Method(method, None) = &call.callee else {
            return None;
        };
        let is_one = FROM_RESULT.contains(&method.to_string().as_str()) && call.args.len() == 1;
        let is_number = |value: Value| self.index.is_number(value);
        let is_result = method == "sin_cos" || is_number(op.results[0]);
        (is_one && is_number(call.args[0].value) && is_result).then_some(method)
    }

    /// Whether an argument's cotangent may share memory with that of an earlier one.
    fn may_alias(&self, to: Cotangent, other: &Handed) -> bool {
        let Some(other) = other.to.filter(|_| !other.separate) else {
            return false;
        };
        let ((root, path), (other_root, other_path)) = (self.memory(to), self.memory(other));
        if root != other_root {
            return false;
        }
        match (path, other_path) {
            (Some(path), Some(other)) => path.iter().zip(&other).all(|(a, b)| a == b),
            _ => true,
        }
    }

    fn memory(&self, cotangent: Cotangent) -> (Value, Option<Vec<&'f Member>>) {
        match cotangent {
            Cotangent::Own(value) => (value, Some(Vec::new())),
            Cotangent::Place(value) => self.index.root(value),
        }
    }
}
