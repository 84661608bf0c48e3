//! Scratch memory that each round of a loop writes anew: of such memory every round has a version of its own, which stays
//! where it was written, instead of a copy.
//!
// In:   let mut y = vec![0.0; d];  for c in 0..k { for i in 0..d { y[i] = …; }  …;  copy(&y);  … }
// Out:  let mut y = Versions::of(0.0, d, 0..k);  for c in 0..k { let y = y.anew();  for i in 0..d { y[i] = …; }  … }

use super::{Context, Plan};
use crate::index::RegionId;
use crate::ir::{Kind, Mode, Operand, Region, Sequence, Value};
use crate::overwrite::{is_written_first, mentions};

impl Plan {
    /// Whether memory has a version of its own in each round of a loop.
    pub fn has_versions(&self, memory: Value) -> bool {
        self.versions.contains_key(&memory)
    }

    /// Such memory.
    pub fn with_versions(&self) -> impl Iterator<Item = Value> + '_ {
        self.versions.keys().copied()
    }

    /// The memory that a copy is a version of, if it stays where it was written.
    pub fn version_of(&self, copy: Value) -> Option<Value> {
        let mut versions = self.versions.iter();
        versions
            .find(|(_, version)| **version == copy)
            .map(|(memory, _)| *memory)
    }

    /// The memory that each round of the loop with this body has a version of.
    pub fn anew(&self, body: RegionId) -> &[Value] {
        self.anew.get(&body).map_or(&[], Vec::as_slice)
    }
}

impl Context<'_, '_> {
    /// Finds the copies that need not be made.
    pub(super) fn find_versions(&mut self) {
        // What a block runs for the first time keeps nothing.
        if !self.plan.loops.checkpoints.is_empty() {
            return;
        }
        for copy in self.plan.copied.clone() {
            if let Some((memory, region)) = self.version(copy) {
                self.plan.versions.insert(memory, copy);
                self.plan.anew.entry(region).or_default().push(memory);
            }
        }
    }

    /// The memory of which a copy is made, and the region whose every run has a version of it.
    fn version(&self, copy: Value) -> Option<(Value, RegionId)> {
        let index = self.index;
        let region = index.home(copy);
        let Kind::Settled { memory, .. } = index.definition(copy)?.kind else {
            return None;
        };
        let owner = index.owner(region)?;
        let Kind::For {
            iterator: Some(iterator),
            body,
            exits: false,
            ..
        } = &owner.kind
        else {
            return None;
        };
        let is_range = matches!(index.definition(iterator.value)?.kind, Kind::Range(..));
        let home = index.home(memory);
        let in_sequence = self.plan.in_sequence.get(&region)?;
        // So its rounds are known, and the pullback has the vector at hand.
        let stands_open = index.home_of(owner) == home && self.is_open(home);
        let length = self.length(memory)?;
        let is_version = is_range
            && stands_open
            && in_sequence.contains(&copy)
            && self.is_only_in(memory, copy, body)
            && is_written_first(body, memory, length);
        is_version.then_some((memory, region))
    }

    /// The length of memory that is made of one element, which is all that is done with that vector.
    fn length(&self, memory: Value) -> Option<Value> {
        let Kind::Slot(Operand {
            value,
            mode: Mode::Value,
        }) = &self.index.definition(memory)?.kind
        else {
            return None;
        };
        let repeat = self.index.definition(*value)?;
        let Kind::Repeat(_, length, Sequence::Vec) = &repeat.kind else {
            return None;
        };
        // A first element that has a cotangent has a rule, which makes the vector.
        if self.adjoint.residual(repeat).is_some() {
            return None;
        }
        let is_free = self.index.uses(*value) == 1 && !self.plan.is_needed(*value);
        let stands_here = self.index.home(*value) == self.index.home(memory);
        (is_free && stands_here).then_some(length.value)
    }

    /// Whether a region is all that has to do with memory, where it reads and writes elements and makes one copy.
    fn is_only_in(&self, memory: Value, copy: Value, region: &Region) -> bool {
        let count = |region: &Region| {
            let mut count = 0;
            region.visit(&mut |op| count += usize::from(mentions(op, memory)));
            count
        };
        let mut elements = true;
        region.visit(&mut |op| {
            let is_element = matches!(&op.kind, Kind::Index(base, _) if *base == memory);
            elements &= !mentions(op, memory) || is_element || op.results.contains(&copy);
        });
        elements && count(region) == count(&self.index.function.body)
    }
}
