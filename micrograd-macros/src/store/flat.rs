//! Long vectors: the tapes of loops inside loops, and copies of memory, are parts of one vector that stands where the outermost
//! of the loops begins, since a vector of its own for each run would be an allocation each.
//!
//! In comes what is recorded once for each run of a region. Out goes the open region in which its vector stands, and whether
//! the reverse sweep finds the parts by taking them off last to first, or by a range that is recorded.

use super::{Context, Plan};
use crate::index::RegionId;
use crate::ir::{Kind, Value};
use std::collections::BTreeSet;

impl Plan {
    /// The parts of long vectors that a region's record need not tell of: each run of the region adds one, so that the
    /// reverse sweep finds them last to first.
    pub fn in_sequence(&self, region: RegionId) -> impl Iterator<Item = Value> + '_ {
        self.in_sequence.get(&region).into_iter().flatten().copied()
    }

    /// Whether a run of a region adds to a long vector.
    pub fn adds(&self, region: RegionId) -> bool {
        self.adding.contains(&region)
    }

    /// Whether a part of a long vector is found by its position.
    pub fn is_in_sequence(&self, value: Value) -> bool {
        self.in_sequence
            .values()
            .any(|values| values.contains(&value))
    }

    /// Whether a tape or a copy is a part of one long vector, and recorded as its range there: a vector of
    /// its own for each iteration of the loop around would be an allocation each.
    pub fn is_flat(&self, value: Value) -> bool {
        self.flat.contains_key(&value)
    }

    /// The long vectors that stand in an open region.
    pub fn flat_in(&self, region: RegionId) -> impl Iterator<Item = Value> + '_ {
        let own = self.flat.iter().filter(move |(_, home)| **home == region);
        own.map(|(value, _)| *value)
    }
}

impl Context<'_, '_> {
    /// Makes a value of which each run of its region has one a part of a long vector.
    pub(super) fn append(&mut self, value: Value, home: RegionId) {
        let mut regions = self.up(home);
        let open = regions.pop().expect("the body is open");
        self.plan.adding.extend(regions);
        self.plan.flat.insert(value, open);
        let values = self.plan.in_sequence.entry(home).or_default();
        values.insert(value);
    }

    /// Finds the other tapes that are a part of one long vector.
    pub(super) fn flatten(&mut self) {
        let mut tapes = BTreeSet::new();
        self.index.function.body.visit(&mut |op| {
            if matches!(&op.kind, Kind::For { body, .. } if !self.is_checkpoint(body) && !self.is_replacing(body))
            {
                tapes.extend(self.adjoint.residual(op));
            }
        });
        let mut flat = Vec::new();
        for (region, values) in &self.plan.saved {
            let open = self.up(*region).pop().expect("the body is open");
            let values = values.iter().filter(|value| tapes.contains(*value));
            flat.extend(values.map(|value| (*value, open)));
        }
        self.plan.flat.extend(flat);
    }

    /// The regions from a region outwards, up to the one that is open, or that a block runs again.
    fn up(&self, region: RegionId) -> Vec<RegionId> {
        let is_last = |region: &RegionId| self.is_open(*region) || self.plan.is_checkpoint(*region);
        let mut regions = vec![region];
        while let Some(region) = regions.last().filter(|region| !is_last(region)) {
            let owner = self
                .index
                .owner(*region)
                .expect("only the body has no owner");
            regions.push(self.index.home_of(owner));
        }
        regions
    }

    /// Whether settled memory is copied to the end of a long vector.
    pub(super) fn is_flat_copy(&self, value: Value) -> bool {
        self.plan.copied.contains(&value) && self.index.is_elements(value)
    }
}
