//! Loops that the reverse sweep runs first to last, where that saves what they carry: it is counted along again, from what
//! it was before the loop.
//!
// In:   %9 = for %4 in %3, %5 = 0 { …; %7 = %5 * %6; yield %7 }
// Out:  reverse, from %5 = 0:  for %4 in %3 { %7 = %5 * %6; …; %5 = %7 }
//!
//! The rounds may be reversed in any order if all that they do to cotangents around the loop is to add to them, and
//! none that is added to is read.

use super::{Context, Plan};
use crate::adjoint::{loops, Adjoint, Cotangent, Step};
use crate::index::{Index, RegionId};
use crate::ir::{carried, Kind, Op, Value};
use crate::undo::undone;
use std::collections::HashSet;

/// What the reverse sweep of a loop counts along.
pub struct Counted {
    /// The carried value, as an iteration finds it.
    pub arg: Value,
    /// What it is before the loop.
    pub init: Value,
    /// What an iteration leaves.
    pub next: Value,
}

/// How far back it is asked how a number is had: one that is used twice at each step would be visited ever more often.
const DEEP: usize = 6;

impl Plan {
    /// Whether the rounds of a loop with this body are reversed first to last.
    pub fn is_forwards(&self, body: RegionId) -> bool {
        self.loops.forwards.contains(&body)
    }

    /// What the reverse of a loop with this body counts along.
    pub fn counted(&self, body: RegionId) -> &[Counted] {
        self.counted.get(&body).map_or(&[], Vec::as_slice)
    }

    /// Whether it saves something that a loop is reversed first to last.
    pub(super) fn gains(&self, index: &Index<'_>, body: RegionId) -> bool {
        let mut counted = self.counted(body).iter();
        let records = !self.saved(body).is_empty() || self.adds(body);
        // What could be counted back would be kept once, behind the loop.
        !records
            && counted.len() > 0
            && counted.all(|counted| {
                self.is_had(index, counted.init, DEEP) || undone(index, counted.arg).is_none()
            })
    }

    /// Whether a value is had without a record, by so many operations at most behind one another.
    fn is_had(&self, index: &Index<'_>, value: Value, depth: usize) -> bool {
        let home = index.home(value);
        if self.is_open(home) || index.constant(value).is_some() {
            return true;
        }
        let Some(op) = index.definition(value) else {
            let is_counted = (self.counted(home).iter()).any(|counted| counted.arg == value);
            let is_item = (index.owner(home)).is_some_and(|owner| match &owner.kind {
                Kind::For { body, .. } => body.args[0] == value,
                _ => false,
            });
            return is_counted || (is_item && !self.saved(home).contains(&value));
        };
        depth > 0
            && self.is_recomputed(home, value)
            && (op.kind.operands().iter())
                .all(|operand| self.is_had(index, operand.value, depth - 1))
    }
}

/// The bodies of loops whose rounds may be reversed in any order.
pub(super) fn of_any_order(
    index: &Index<'_>,
    adjoint: &Adjoint<'_>,
    open: &HashSet<RegionId>,
) -> HashSet<RegionId> {
    let mut found = HashSet::new();
    loops(&adjoint.steps, &mut |step| {
        if let Step::Loop {
            op, steps, carried, ..
        } = step
        {
            let body = index.id(op.kind.regions()[0]);
            if !open.contains(&body) && is_of_any_order(index, op, steps, carried) {
                found.insert(body);
            }
        }
    });
    found
}

fn is_of_any_order(
    index: &Index<'_>,
    op: &Op,
    steps: &[Step<'_>],
    pairs: &[(Value, Value)],
) -> bool {
    let Kind::For {
        iterator: Some(_),
        body,
        exits: false,
        collects: false,
        ..
    } = &op.kind
    else {
        return false;
    };
    if body.diverges || !pairs.iter().all(|(result, _)| index.adds(op, *result)) {
        return false;
    }
    let mut outside = Outside {
        index,
        inside: body.defined(),
        read: HashSet::new(),
    };
    let only_adds = steps.iter().all(|step| outside.only_adds(step));
    let added = steps.iter().flat_map(Step::targets);
    let added: HashSet<Value> = added.filter_map(|to| outside.root(to)).collect();
    only_adds && added.is_disjoint(&outside.read)
}

/// What a loop has to do with the cotangents around it.
struct Outside<'o, 'f> {
    index: &'o Index<'f>,
    /// What is defined in the loop.
    inside: HashSet<Value>,
    /// Whose cotangents it reads.
    read: HashSet<Value>,
}

impl Outside<'_, '_> {
    /// The value around the loop whose cotangent it is, or is inside of.
    fn root(&self, cotangent: Cotangent) -> Option<Value> {
        let root = match cotangent {
            Cotangent::Own(value) => value,
            Cotangent::Place(value) => self.index.root(value).0,
        };
        (!self.inside.contains(&root)).then_some(root)
    }

    /// Whether a statement reads cotangents around the loop and adds to them, and no more.
    fn only_adds(&mut self, step: &Step<'_>) -> bool {
        match step {
            Step::Branch {
                then, otherwise, ..
            } => (then.iter().chain(otherwise)).all(|step| self.only_adds(step)),
            Step::Loop { steps, .. } => steps.iter().all(|step| self.only_adds(step)),
            Step::Seed(_) => false,
            Step::Add { from, .. } | Step::AddPlace { place: from, .. } => {
                self.read.extend(self.root(*from));
                true
            }
            _ => {
                let from = step.from().map(Cotangent::Own);
                self.read.extend(from.and_then(|from| self.root(from)));
                let mut taken = step.taken().into_iter().map(Cotangent::Place);
                taken.all(|place| self.root(place).is_none())
            }
        }
    }
}

impl Context<'_, '_> {
    /// Has a value counted along that a loop with this body carries; whether it can be.
    pub(super) fn count(&mut self, arg: Value, body: RegionId) -> bool {
        let owner = self.index.owner(body).map(|op| &op.kind);
        let Some(Kind::For {
            inits,
            body: region,
            exits,
            ..
        }) = owner
        else {
            return false;
        };
        let Some(position) = region.args[1..].iter().position(|other| *other == arg) else {
            return false;
        };
        let (init, next) = (
            inits[position].value,
            carried(&region.yields, *exits)[position].value,
        );
        if ![arg, init, next]
            .iter()
            .all(|value| self.index.is_number(*value))
        {
            return false;
        }
        let counted = Counted { arg, init, next };
        self.plan.counted.entry(body).or_default().push(counted);
        self.need(init);
        self.need(next);
        true
    }
}
