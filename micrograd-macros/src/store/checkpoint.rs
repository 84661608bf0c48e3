//! Loops with `#[checkpoint]`: the reverse sweep runs them again, so it needs what they read of what is around them.
//!
//! What such a loop carries, and the memory around it that it changes, is kept where a block begins; the values
//! that it reads are had like those that any other statement of the reverse sweep reads.

use super::{Context, Loops, Plan};
use crate::adjoint::Adjoint;
use crate::analyse::changed;
use crate::index::{Index, RegionId};
use crate::ir::{Kind, Mode, Op, Operand, Region, Value};
use std::collections::{BTreeSet, HashSet};

/// What a loop has to do with what is around it.
#[derive(Default)]
pub struct Around {
    /// What is defined in the loop.
    pub inside: HashSet<Value>,
    /// Values that it reads, and its literals.
    values: BTreeSet<Value>,
    /// Places inside memory that it reads or changes.
    places: BTreeSet<Value>,
    /// Memory that it changes.
    pub changed: BTreeSet<Value>,
    /// Memory that it only reads, and that is changed elsewhere.
    pub read: BTreeSet<Value>,
}

impl Around {
    /// Walks a loop with this body.
    pub fn of(index: &Index<'_>, body: &Region) -> Self {
        let mut around = Around {
            inside: body.defined(),
            ..Around::default()
        };
        around.region(index, body);
        for place in &around.changed {
            around.read.remove(place);
        }
        around
    }

    fn region(&mut self, index: &Index<'_>, region: &Region) {
        for op in &region.ops {
            for operand in op.kind.operands() {
                self.operand(index, operand);
            }
            for place in changed(&op.kind) {
                let root = index.root(place).0;
                if !self.inside.contains(&root) {
                    self.places.insert(place);
                    self.changed.insert(root);
                }
            }
            let inner = op.kind.regions();
            inner.iter().for_each(|inner| self.region(index, inner));
        }
        for operand in &region.yields {
            self.operand(index, *operand);
        }
    }

    fn operand(&mut self, index: &Index<'_>, operand: Operand) {
        let value = operand.value;
        // Literals are bound before all else.
        let is_literal = index.constant(value).is_some();
        if self.inside.contains(&value) && !is_literal {
            return;
        }
        let kind = index.definition(value).map(|op| &op.kind);
        let is_place = index.is_place(value);
        let is_kept = matches!(kind, Some(Kind::Snapshot(_)))
            || (is_place && operand.mode == Mode::Value)
            || !index.is_memory(value)
            || index.is_settled(value);
        if is_kept {
            self.values.insert(value);
            return;
        }
        self.places.insert(value);
        self.read.insert(index.root(value).0);
    }
}

impl Plan {
    /// Whether the reverse sweep runs a loop with this body again.
    pub fn is_checkpoint(&self, body: RegionId) -> bool {
        self.loops.checkpoints.contains(&body)
    }

    /// Whether the reverse sweep runs any loop again.
    pub fn has_checkpoints(&self) -> bool {
        !self.loops.checkpoints.is_empty()
    }

    /// The plan where nothing is recorded of what is `inside` the loop with this body.
    pub fn without(&self, inside: &HashSet<Value>, body: RegionId) -> Plan {
        let outside = |value: &&Value| !inside.contains(*value);
        let flat = self.flat.iter().filter(|(value, _)| outside(value));
        Plan {
            needed: self.needed.iter().filter(outside).copied().collect(),
            copied: self.copied.iter().filter(outside).copied().collect(),
            flat: flat.map(|(value, home)| (*value, *home)).collect(),
            open: self.open.clone(),
            loops: Loops {
                checkpoints: HashSet::from([body]),
                ..Loops::default()
            },
            ..Plan::default()
        }
    }
}

/// The bodies of the loops that are run again: of those with the attribute the ones that would keep something of each
/// iteration. `plain` is the plan without them.
pub(super) fn checkpoints(
    index: &Index<'_>,
    adjoint: &Adjoint<'_>,
    plain: &Plan,
) -> HashSet<RegionId> {
    let mut checkpoints = HashSet::new();
    index.function.body.visit(&mut |op| {
        let Kind::For {
            body,
            checkpoint: true,
            ..
        } = &op.kind
        else {
            return;
        };
        let id = index.id(body);
        let keeps = |tape| plain.is_needed(tape) || plain.adds(id);
        let is_each = !plain.is_open(id) && !plain.is_replacing(id);
        if adjoint.residual(op).is_some_and(keeps) && !body.diverges && is_each {
            checkpoints.insert(id);
        }
    });
    checkpoints
}

impl Context<'_, '_> {
    pub(super) fn is_checkpoint(&self, body: &Region) -> bool {
        self.plan.is_checkpoint(self.index.id(body))
    }

    /// Needs what a loop takes to be run again.
    pub(super) fn need_again(&mut self, op: &Op, body: &Region) {
        let around = Around::of(self.index, body);
        for value in &around.values {
            self.need(*value);
        }
        for place in &around.places {
            self.need_indices(*place);
        }
        if let Kind::For {
            iterator: Some(iterator),
            ..
        } = &op.kind
        {
            self.need(iterator.value);
        }
        let beginnings = self.adjoint.residual(op);
        self.need(beginnings.expect("a reversed loop has a residual"));
    }
}
