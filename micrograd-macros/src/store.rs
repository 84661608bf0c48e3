//! How the reverse sweep gets the primal values it reads.
//!
//! Outside loops and branches a value is simply captured by the pullback. Inside, a cheap operation
//! on numbers is computed again from its operands, a place is read again, and everything else is
//! recorded: a branch hands its record out with its values, a loop pushes one record an iteration
//! onto its tape.

mod again;
mod checkpoint;
mod flat;
mod forwards;
mod loops;
mod replace;
mod versions;

pub use checkpoint::Around;
pub use forwards::Counted;

use crate::adjoint::{Adjoint, Step};
use crate::index::{Index, RegionId};
use crate::ir::{Kind, Op, Region, Value};
use crate::undo::{undone, Undone};
use loops::Loops;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What is recorded and what is computed again.
#[derive(Default)]
pub struct Plan {
    /// For each region but the body, the values its record holds.
    saved: BTreeMap<RegionId, BTreeSet<Value>>,
    /// For each region, the operations whose results the reverse sweep computes again.
    recomputed: BTreeMap<RegionId, BTreeSet<Value>>,
    /// Every value the reverse sweep reads.
    needed: BTreeSet<Value>,
    /// Settled memory that is copied, since another iteration changes it before the reverse sweep.
    copied: BTreeSet<Value>,
    /// The regions besides the body that are reversed where they stand.
    open: HashSet<RegionId>,
    /// What is recorded as a part of one long vector, and the open region in which that stands.
    flat: BTreeMap<Value, RegionId>,
    /// For each region, the parts of long vectors that each of its runs adds to and its reverse takes off again.
    in_sequence: BTreeMap<RegionId, BTreeSet<Value>>,
    /// For each loop's body, the carried integers that the reverse sweep counts back.
    undone: BTreeMap<RegionId, Vec<Undone>>,
    /// The loops that are reversed in ways of their own.
    loops: Loops,
    /// For each body of those that are reversed first to last, what the reverse sweep counts along.
    counted: BTreeMap<RegionId, Vec<Counted>>,
    /// The regions whose runs add to long vectors, themselves or in a region inside.
    adding: HashSet<RegionId>,
    /// Memory of which each run of a region has a version of its own, with the copy that this saves.
    versions: BTreeMap<Value, Value>,
    /// For each loop's body, the memory that it has such a version of.
    anew: BTreeMap<RegionId, Vec<Value>>,
}

impl Plan {
    /// The values that a region's record holds.
    pub fn saved(&self, region: RegionId) -> Vec<Value> {
        self.saved
            .get(&region)
            .into_iter()
            .flatten()
            .copied()
            .collect()
    }

    /// Whether the reverse of a region computes `value` again.
    pub fn is_recomputed(&self, region: RegionId, value: Value) -> bool {
        self.recomputed
            .get(&region)
            .is_some_and(|values| values.contains(&value))
    }

    /// Whether the reverse sweep reads `value`, so that it must outlive the forward sweep.
    pub fn is_needed(&self, value: Value) -> bool {
        self.needed.contains(&value)
    }

    /// The integers that the reverse of a loop with this body counts back.
    pub fn undone(&self, body: RegionId) -> &[Undone] {
        self.undone.get(&body).map_or(&[], Vec::as_slice)
    }

    /// Whether a region is reversed where it stands.
    pub fn is_open(&self, region: RegionId) -> bool {
        region == 0 || self.open.contains(&region)
    }

    /// Whether the forward sweep copies settled memory.
    pub fn is_copied(&self, value: Value) -> bool {
        self.copied.contains(&value)
    }
}

/// Decides for every value that the reverse sweep reads. What is defined in the body, or in one of the regions
/// that are `open`, is at hand when they are reversed.
pub fn plan(index: &Index<'_>, adjoint: &Adjoint<'_>, open: &HashSet<RegionId>) -> Plan {
    let mut loops = Loops::of(index, adjoint, open);
    let mut plain = plan_with(index, adjoint, open, &loops);
    while loops.narrow(index, &plain) {
        plain = plan_with(index, adjoint, open, &loops);
    }
    loops.checkpoints = checkpoint::checkpoints(index, adjoint, &plain);
    if loops.checkpoints.is_empty() {
        return plain;
    }
    plan_with(index, adjoint, open, &loops)
}

/// The same, where these loops are reversed in their ways.
fn plan_with(
    index: &Index<'_>,
    adjoint: &Adjoint<'_>,
    open: &HashSet<RegionId>,
    loops: &Loops,
) -> Plan {
    let homes = adjoint
        .residuals()
        .map(|(op, residual)| (residual, index.home_of(op)))
        .collect();
    let mut counted = HashSet::new();
    index.function.body.visit(&mut |op| {
        if let Kind::For {
            iterator: Some(_),
            exits: false,
            body,
            ..
        } = &op.kind
        {
            let id = index.id(body);
            let is_each = !loops.checkpoints.contains(&id) && !loops.replacing.contains_key(&id);
            counted.extend(adjoint.residual(op).filter(|_| is_each));
        }
    });
    let mut context = Context {
        index,
        adjoint,
        homes,
        counted,
        plan: Plan {
            open: open.clone(),
            loops: loops.clone(),
            ..Plan::default()
        },
    };
    context.steps(&adjoint.steps);
    context.flatten();
    context.find_versions();
    context.plan
}

struct Context<'c, 'f> {
    index: &'c Index<'f>,
    adjoint: &'c Adjoint<'f>,
    /// The region in which each residual is made.
    homes: HashMap<Value, RegionId>,
    /// The tapes of loops that run as often in reverse by themselves.
    counted: HashSet<Value>,
    plan: Plan,
}

impl Context<'_, '_> {
    fn steps(&mut self, steps: &[Step<'_>]) {
        for step in steps {
            for value in step.mentions() {
                self.need(value);
            }
            for place in step.places() {
                self.need_indices(place);
            }
            match step {
                Step::Branch {
                    op,
                    then,
                    otherwise,
                } => {
                    self.steps(then);
                    self.steps(otherwise);
                    self.need_decision(op);
                }
                Step::Loop { op, steps, .. } => {
                    self.steps(steps);
                    match &op.kind {
                        Kind::For { body, .. } if self.is_open(self.index.id(body)) => {}
                        Kind::For { body, .. } if self.is_checkpoint(body) => {
                            self.need_again(op, body);
                        }
                        Kind::For {
                            iterator: Some(iterator),
                            exits: false,
                            body,
                            ..
                        } if !self.is_replacing(body) => self.need(iterator.value),
                        // The tape tells how often the loop ran, the record whether it replaced.
                        _ => self.need(
                            self.adjoint
                                .residual(op)
                                .expect("a reversed loop has a residual"),
                        ),
                    }
                }
                _ => {}
            }
        }
    }

    fn is_replacing(&self, body: &Region) -> bool {
        self.plan.is_replacing(self.index.id(body))
    }

    /// Whether what is defined in a region is at hand when the region is reversed.
    fn is_open(&self, region: RegionId) -> bool {
        self.plan.is_open(region)
    }

    /// Which branch was taken: told by the record, or by the condition if there is none.
    fn need_decision(&mut self, op: &Op) {
        let Kind::If {
            condition,
            then,
            otherwise,
        } = &op.kind
        else {
            return;
        };
        if then.diverges || otherwise.diverges {
            return;
        }
        let sides = [then, otherwise].map(|region| self.index.id(region));
        let recorded = sides.map(|region| !self.plan.saved(region).is_empty());
        if self.plan.side(sides).is_none() && !recorded.contains(&true) {
            self.need(condition.value);
        }
    }

    fn need(&mut self, value: Value) {
        if !self.plan.needed.insert(value) {
            return;
        }
        if let Some(home) = self.homes.get(&value) {
            return self.save(value, *home);
        }
        let home = self.index.home(value);
        let Some(op) = self.index.definition(value) else {
            // A parameter is handed back, a loop's item is had from its iterator.
            let is_item = self
                .index
                .owner(home)
                .is_some_and(|owner| match &owner.kind {
                    Kind::For { body, exits, .. } => {
                        let is_each = !self.is_checkpoint(body) && !self.is_replacing(body);
                        !exits && body.args[0] == value && is_each
                    }
                    _ => false,
                });
            if is_item || self.is_open(home) {
                return;
            }
            let is_forwards = self.plan.is_forwards(home);
            if is_forwards && self.count(value, home) {
                return;
            }
            // A block ends before the loop does, and so may the last replacement.
            let is_part = self.plan.is_checkpoint(home) || self.plan.is_replacing(home);
            let is_whole = !is_forwards && !is_part;
            let Some(undone) = undone(self.index, value).filter(|_| is_whole) else {
                return self.save(value, home);
            };
            self.need(undone.last);
            let back = undone.back.iter();
            back.for_each(|(_, other)| self.need(*other));
            self.plan.undone.entry(home).or_default().push(undone);
            return;
        };
        if matches!(op.kind, Kind::Constant(_)) {
            return;
        }
        if let Kind::Settled { memory, copied } = &op.kind {
            if *copied && !self.is_open(home) {
                self.plan.copied.insert(value);
                return self.save(value, home);
            }
            if self.index.is_loaded(value) {
                self.plan.recomputed.entry(home).or_default().insert(value);
            }
            return self.need(*memory);
        }
        if op.kind.is_place() && self.index.is_memory(value) && !self.index.is_settled(value) {
            // Memory changes: what was read of it is kept.
            return self.save(value, home);
        }
        if op.kind.is_place()
            || self.is_view(op)
            || (!self.is_open(home) && self.is_cheap(op, value))
            || (home == 0 && self.is_at_hand(value))
        {
            if !op.kind.is_place() || self.index.is_loaded(value) {
                self.plan.recomputed.entry(home).or_default().insert(value);
            }
            for operand in op.kind.operands() {
                self.need(operand.value);
            }
            return;
        }
        self.save(value, home);
    }

    /// The cotangent of a place is reached through the indices that lead to it.
    fn need_indices(&mut self, place: Value) {
        let Some(op) = self.index.definition(place).filter(|op| op.kind.is_place()) else {
            return;
        };
        if let Kind::Index(base, index) = &op.kind {
            self.need(index.value);
            // The shape of a place without one is had from its base.
            if !self.index.is_memory(*base) && self.index.needs_fit(*base) {
                self.need(*base);
            }
        }
        self.need_indices(op.kind.operands()[0].value);
    }

    /// Puts `value` into the record of its region, and that record into the one around it.
    fn save(&mut self, value: Value, home: RegionId) {
        if self.is_open(home) {
            return;
        }
        if self.counted.contains(&value) || self.is_flat_copy(value) {
            return self.append(value, home);
        }
        self.plan.saved.entry(home).or_default().insert(value);
        let owner = self.index.owner(home).expect("only the body has no owner");
        let record = self.adjoint.residual(owner);
        self.need(record.expect("an operation with a record is reversed"));
    }
}
