//! Loops that are not reversed round by round, last to first.
//!
//! In: the statements of the reverse sweep, and a plan that was made with these loops. Out: the bodies of those that stay.

use super::forwards::of_any_order;
use super::replace::{replacing, Replacing};
use super::Plan;
use crate::adjoint::Adjoint;
use crate::index::{Index, RegionId};
use std::collections::{HashMap, HashSet};

/// The loops that are reversed in another way than round by round, last to first.
#[derive(Clone, Default)]
pub(super) struct Loops {
    /// The bodies of those that are run again block by block.
    pub checkpoints: HashSet<RegionId>,
    /// For each body of one that keeps or replaces what it carries, where it replaces: only its last replacement is
    /// recorded.
    pub replacing: HashMap<RegionId, Replacing>,
    /// The bodies of those that are reversed first to last.
    pub forwards: HashSet<RegionId>,
}

impl Loops {
    /// Those that may be, as far as it can be told without a plan; which are run again, a plan tells.
    pub fn of(index: &Index<'_>, adjoint: &Adjoint<'_>, open: &HashSet<RegionId>) -> Self {
        Loops {
            replacing: replacing(index, adjoint, open),
            forwards: of_any_order(index, adjoint, open),
            ..Loops::default()
        }
    }

    /// Leaves out those for which the plan shows that they cannot be, or had better not; whether there were any.
    pub fn narrow(&mut self, index: &Index<'_>, plan: &Plan) -> bool {
        let count = self.replacing.len() + self.forwards.len();
        // What all rounds add to a long vector must be taken off by all, last to first.
        self.replacing.retain(|body, _| !plan.adds(*body));
        self.forwards.retain(|body| plan.gains(index, *body));
        self.replacing.len() + self.forwards.len() < count
    }
}
