//! Which numbers of a loop are sums: all that is done with them, on whichever path, is to add.

use super::Index;
use crate::ir::{carried, Kind, Op, Value};
use std::collections::HashMap;
use syn::BinOp;

impl Index<'_> {
    /// Whether a loop only adds to one of its results.
    pub fn adds(&self, op: &Op, result: Value) -> bool {
        let Kind::For { body, exits, .. } = &op.kind else {
            return false;
        };
        let Some(position) = op.results.iter().position(|other| *other == result) else {
            return false;
        };
        let (Some(arg), Some(yielded)) = (
            body.args.get(position + 1),
            carried(&body.yields, *exits).get(position),
        ) else {
            return false;
        };
        // All that is done with the number is to add to it, on whichever path.
        let (mut sums, mut met) = (HashMap::from([(*arg, true)]), HashMap::new());
        self.is_number(*arg) && self.is_sum(yielded.value, &mut sums) && {
            self.meet(yielded.value, *arg, &sums, &mut met);
            (met.iter()).all(|(value, times)| self.uses(*value) == *times)
        }
    }

    /// Whether `value` is a number of which `sums` knows that it is what a loop carries and something added, on each path.
    fn is_sum(&self, value: Value, sums: &mut HashMap<Value, bool>) -> bool {
        if let Some(is_sum) = sums.get(&value) {
            return *is_sum;
        }
        let parts = self.summed(value);
        let mut is_sum = !parts.is_empty();
        for part in parts {
            // Of two operands either.
            is_sum &= part.into_iter().any(|part| self.is_sum(part, sums));
        }
        let op = self.definition(value);
        let is_loop = op.filter(|op| matches!(op.kind, Kind::For { .. }));
        is_sum &= is_loop.is_none_or(|op| self.adds(op, value));
        sums.insert(value, is_sum);
        is_sum
    }

    /// Counts how often each of the numbers that lead from `arg` to `value` is used for that.
    fn meet(
        &self,
        value: Value,
        arg: Value,
        sums: &HashMap<Value, bool>,
        met: &mut HashMap<Value, usize>,
    ) {
        let times = met.entry(value).or_default();
        *times += 1;
        if *times > 1 || value == arg {
            return;
        }
        for part in self.summed(value) {
            let mut sum = part
                .into_iter()
                .filter(|part| sums.get(part) == Some(&true));
            if let Some(part) = sum.next() {
                self.meet(part, arg, sums, met);
            }
        }
    }

    /// For each path to a number, the numbers of which it is one and something added; of both operands of a sum either may
    /// be meant.
    fn summed(&self, value: Value) -> Vec<Vec<Value>> {
        let op = self.definition(value).filter(|_| self.is_number(value));
        let position = op.and_then(|op| op.results.iter().position(|result| *result == value));
        let (Some(op), Some(position)) = (op, position) else {
            return Vec::new();
        };
        match &op.kind {
            Kind::Binary(BinOp::Add(_), a, b) => vec![vec![a.value, b.value]],
            Kind::Binary(BinOp::Sub(_), a, _) => vec![vec![a.value]],
            Kind::If {
                then, otherwise, ..
            } => {
                let branches = [then, otherwise].into_iter();
                let ends = branches.filter(|branch| !branch.diverges);
                ends.map(|branch| vec![branch.yields[position].value])
                    .collect()
            }
            Kind::For { inits, .. } => {
                let init = inits.get(position);
                init.map(|init| vec![init.value]).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}
