//! Sums into places of memory, whose cotangents are added to directly.
//!
// In:   store(%p, load(%p) + %0)
// Out:  Δ%0 += Δ%p
//!
// In:   for %i in r { …; Δ%v[0] += Δ%1 }
// Out:  let sum = 0;  for %i in r { …; sum += Δ%1 };  Δ%v[0] += sum

use super::{Context, Cotangent, Step};
use crate::ir::{Kind, Op, Region, Value};
use std::collections::HashSet;
use syn::BinOp;

impl<'f> Context<'_, 'f> {
    /// What is added to a place: the place's cotangent is that of the sum and of both its parts, so that the sum and what
    /// was there before need none of their own.
    // In:   %1 = load(%p);  %2 = %1 + %0;  store(%p, %2)
    // Out:  Δ%0 += Δ%p
    pub(super) fn added(&self, before: &'f [Op], op: &'f Op) -> Option<(Step<'f>, [Value; 2])> {
        let Kind::Store(place, sum) = &op.kind else {
            return None;
        };
        let index = self.index;
        let defined = |value: Value| index.definition(value).map(|op| &op.kind);
        let Some(Kind::Binary(operator, old, new)) = defined(sum.value) else {
            return None;
        };
        let negative = match operator {
            BinOp::Add(_) => false,
            BinOp::Sub(_) => true,
            _ => return None,
        };
        let is_old = matches!(defined(old.value), Some(Kind::Load(from)) if from == place);
        let numbers = [sum.value, old.value, new.value].map(|value| index.is_number(value));
        let once = [sum.value, old.value].map(|value| index.uses(value) == 1);
        if !is_old || numbers.contains(&false) || once.contains(&false) {
            return None;
        }
        // Nobody changes memory in between.
        let since = before
            .iter()
            .rposition(|op| op.results.first() == Some(&old.value))?;
        let still = (before[since..].iter()).all(|op| {
            crate::analyse::changed(&op.kind).next().is_none() && op.kind.regions().is_empty()
        });
        if !still {
            return None;
        }
        let step = Step::AddPlace {
            to: self.target(new)?,
            place: self.memory_cotangent(*place),
            negative,
        };
        Some((step, [sum.value, old.value]))
    }

    /// What all iterations of a loop add to one element is added up first, in a register.
    pub(super) fn sums(&mut self, body: &'f Region, steps: &mut [Step<'f>]) -> Vec<(Value, Value)> {
        let mut inside: HashSet<Value> = body.args.iter().copied().collect();
        body.visit(&mut |op| inside.extend(&op.results));
        let changed = steps.iter().flat_map(Step::changed);
        let changed: HashSet<Value> = changed.map(|value| self.index.root(value).0).collect();
        let mut sums = Vec::new();
        for step in steps {
            let Step::Add {
                to: to @ Cotangent::Place(_),
                from: Cotangent::Own(from),
                ..
            } = step
            else {
                continue;
            };
            let Cotangent::Place(place) = *to else {
                continue;
            };
            let Some(Kind::Index(base, at)) = self.index.definition(place).map(|op| &op.kind)
            else {
                continue;
            };
            let is_outside = !inside.contains(base) && !inside.contains(&at.value);
            let root = self.index.root(place).0;
            let is_constant = self.index.constant(at.value).is_some() && !inside.contains(base);
            if (is_outside || is_constant)
                && self.index.is_number(*from)
                && !changed.contains(&root)
            {
                let sum = Value(self.next);
                self.next += 1;
                sums.push((sum, place));
                *to = Cotangent::Own(sum);
            }
        }
        sums
    }
}
