//! Branches and loops: their regions are reversed like the body of a function, in a scope of their own, and what leaves a
//! region in the forward sweep enters its reverse.

use super::{Context, Cotangent, Step};
use crate::ir::{carried, Kind, Op, Operand, Region};

impl<'f> Context<'_, 'f> {
    // In:   %s = if c { yield %a } else { … }
    // Out:  if c { Δ%a += Δ%s; … } else { … }
    pub(super) fn branch(&mut self, op: &'f Op, region: &'f Region) -> Vec<Step<'f>> {
        if region.diverges {
            return Vec::new();
        }
        let mut steps = self.zeros(region);
        for (result, yielded) in op.results.iter().zip(&region.yields) {
            // The other branch's value may matter alone.
            if let (true, Some(to)) = (self.activity.matters(*result), self.target(yielded)) {
                let last = !self.index.is_number(*result);
                steps.push(Step::Add {
                    to,
                    from: Cotangent::Own(*result),
                    negative: false,
                    last,
                });
            }
        }
        self.ops(region, &mut steps);
        steps
    }

    // In:   %s = for %i in r, %c = %a { … yield %b }
    // Out:  for %i in r reversed { Δ%c = 0; Δ%b += Δ%s; …; Δ%s = Δ%c };  Δ%a += Δ%s
    pub(super) fn for_loop(
        &mut self,
        op: &'f Op,
        inits: &'f [Operand],
        body: &'f Region,
        exits: bool,
        steps: &mut Vec<Step<'f>>,
    ) {
        self.residual(op);
        let mut inner = self.zeros(body);
        let mut pairs = Vec::new();
        let yields = carried(&body.yields, exits);
        for ((result, arg), yielded) in op.results.iter().zip(&body.args[1..]).zip(yields) {
            if self.activity.matters(*result) {
                pairs.push((*result, *arg));
                let to = self.cotangent(yielded);
                if self.activity.matters(yielded.value) {
                    let from = Cotangent::Own(*result);
                    inner.push(Step::Add {
                        to,
                        from,
                        negative: false,
                        last: false,
                    });
                }
            }
        }
        if let (Kind::For { collects: true, .. }, Some(element)) = (&op.kind, body.yields.last()) {
            inner.extend(self.target(element).map(Step::Collected));
        }
        self.ops(body, &mut inner);
        let sums = self.sums(body, &mut inner);
        steps.push(Step::Loop {
            op,
            steps: inner,
            carried: pairs,
            sums,
        });
        for (result, init) in op.results.iter().zip(inits) {
            if let (true, Some(to)) = (self.activity.matters(*result), self.target(init)) {
                let from = Cotangent::Own(*result);
                steps.push(Step::Add {
                    to,
                    from,
                    negative: false,
                    last: true,
                });
            }
        }
    }
}
