//! Loops that keep or replace what they carry, as the search of a maximum does. What was carried before the last
//! replacement has no cotangent, so that the reverse sweep runs that one round alone, and its record is the only one.
//!
// In:   for %i, %m = %a { …; %n = if %c { …; yield %x } else { yield %m }; yield %n }
// Out:  forward:  if %c { kept = Some(record of the round) }
//       reverse:  if kept is Some { Δ%x += Δ%n; … }
//!
//! A round that keeps must leave all cotangents as they are. So the cotangents of what is carried are the only ones
//! that pass into the loop, all of them are kept or replaced together, and a round that replaces passes none on to
//! what was carried before.

use super::Plan;
use crate::adjoint::{loops, Adjoint, Cotangent, Step};
use crate::index::{Index, RegionId};
use crate::ir::{carried, Kind, Op, Region, Value};
use std::collections::{HashMap, HashSet};

/// Where a loop replaces what it carries.
#[derive(Clone, Default)]
pub(super) struct Replacing {
    /// The sides of branches that do so, and the bodies of loops inside.
    replaced: HashSet<RegionId>,
    /// The regions that every replacement runs through.
    always: HashSet<RegionId>,
}

impl Plan {
    /// Whether a loop with this body keeps or replaces what it carries, so that it records its last replacement alone.
    pub fn is_replacing(&self, body: RegionId) -> bool {
        self.loops.replacing.contains_key(&body)
    }

    /// Whether a side of a branch replaces what the loop around it carries, or a replacement of a loop with this body is
    /// one of the loop around that.
    pub fn replaces(&self, region: RegionId) -> bool {
        let mut loops = self.loops.replacing.values();
        loops.any(|replacing| replacing.replaced.contains(&region))
    }

    /// Which of its sides a branch took, if that is known wherever it is reversed.
    pub fn side(&self, sides: [RegionId; 2]) -> Option<usize> {
        self.loops.replacing.values().find_map(|replacing| {
            let mut sides = sides.iter();
            sides.position(|region| replacing.always.contains(region))
        })
    }
}

/// The loops that keep or replace, by their bodies.
pub(super) fn replacing(
    index: &Index<'_>,
    adjoint: &Adjoint<'_>,
    open: &HashSet<RegionId>,
) -> HashMap<RegionId, Replacing> {
    let mut found = HashMap::new();
    loops(&adjoint.steps, &mut |step| {
        let Step::Loop {
            op, steps, carried, ..
        } = step
        else {
            return;
        };
        let body = index.id(op.kind.regions()[0]);
        let replacing = of(index, op, steps, carried, &found).filter(|_| !open.contains(&body));
        found.extend(replacing.map(|replacing| (body, replacing)));
    });
    found
}

/// Where a loop replaces what it carries, if it does nothing else that matters.
fn of(
    index: &Index<'_>,
    op: &Op,
    steps: &[Step<'_>],
    pairs: &[(Value, Value)],
    inner: &HashMap<RegionId, Replacing>,
) -> Option<Replacing> {
    let Kind::For { body, exits, .. } = &op.kind else {
        return None;
    };
    if body.diverges || pairs.is_empty() {
        return None;
    }
    let (results, args): (Vec<Value>, Vec<Value>) = pairs.iter().copied().unzip();
    let inside = Inside {
        index,
        defined: body.defined(),
        results: &results,
    };
    if !steps.iter().all(|step| inside.passes_on(step)) {
        return None;
    }
    let yields = op.results.iter().zip(carried(&body.yields, *exits));
    let last = yields.filter(|(result, _)| results.contains(result));
    let mut states = States {
        inside: &inside,
        inner,
        known: HashSet::from([args.clone()]),
        passed: HashSet::new(),
        replaced: HashSet::new(),
    };
    let last: Vec<Value> = last.map(|(_, operand)| operand.value).collect();
    states.yields(body, &results, last);
    let mut passed = HashSet::new();
    let is_passed = states.passes(body, steps, &[], &mut passed) && passed == states.passed;
    let is_kept = states.passed.iter().any(|(_, _, to)| args.contains(to));
    (is_passed && is_kept && !states.replaced.is_empty()).then(|| Replacing {
        always: states.always(index.id(body)),
        replaced: states.replaced,
    })
}

/// What belongs to a loop.
struct Inside<'i, 'f> {
    index: &'i Index<'f>,
    /// What is defined in its body.
    defined: HashSet<Value>,
    results: &'i [Value],
}

impl Inside<'_, '_> {
    /// Whether a statement takes no cotangent from outside the loop, so that it does nothing where all are zero.
    fn passes_on(&self, step: &Step<'_>) -> bool {
        match step {
            Step::Branch {
                then, otherwise, ..
            } => (then.iter().chain(otherwise)).all(|step| self.passes_on(step)),
            Step::Loop { steps, .. } => steps.iter().all(|step| self.passes_on(step)),
            Step::Collected(_) | Step::Seed(_) => false,
            Step::Add {
                from: Cotangent::Own(from),
                ..
            } => self.defined.contains(from) || self.results.contains(from),
            _ => {
                let is_inside = |value: Value| self.defined.contains(&value);
                let mut taken = step.taken().into_iter();
                step.from().is_none_or(is_inside)
                    && taken.all(|place| is_inside(self.index.root(place).0))
            }
        }
    }
}

/// What is carried, from one branch of an iteration to the next: each hands on what it found, or replaces it.
struct States<'s, 'f> {
    inside: &'s Inside<'s, 'f>,
    /// The loops inside that keep or replace.
    inner: &'s HashMap<RegionId, Replacing>,
    /// What an iteration finds, and what branches and loops make of it.
    known: HashSet<Vec<Value>>,
    /// From and to which values a region hands cotangents back.
    passed: HashSet<(RegionId, Value, Value)>,
    /// The regions that replace.
    replaced: HashSet<RegionId>,
}

impl<'f> States<'_, 'f> {
    /// Follows a state that a region yields as `results`.
    fn yields(&mut self, region: &Region, results: &[Value], state: Vec<Value>) {
        let index = self.inside.index;
        let id = index.id(region);
        if !self.follow(&state) {
            self.replaced.insert(id);
            return;
        }
        let pairs = results.iter().zip(&state);
        self.passed.extend(pairs.map(|(from, to)| (id, *from, *to)));
    }

    /// Follows a state back to where it comes from; whether it is one.
    fn follow(&mut self, state: &[Value]) -> bool {
        if self.known.contains(state) {
            return true;
        }
        let Some((op, positions)) = self.source(state) else {
            return false;
        };
        match &op.kind {
            Kind::If {
                then, otherwise, ..
            } => {
                self.known.insert(state.to_vec());
                for side in [then, otherwise].into_iter().filter(|side| !side.diverges) {
                    let yields = positions.iter().map(|at| side.yields[*at].value);
                    self.yields(side, state, yields.collect());
                }
                true
            }
            Kind::For { inits, body, .. } => {
                let index = self.inside.index;
                let (id, home) = (index.id(body), index.home_of(op));
                let inits: Vec<Value> = positions.iter().map(|at| inits[*at].value).collect();
                if !self.inner.contains_key(&id) || !self.follow(&inits) {
                    return false;
                }
                self.known.insert(state.to_vec());
                self.replaced.insert(id);
                let pairs = state.iter().zip(inits);
                self.passed
                    .extend(pairs.map(|(from, to)| (home, *from, to)));
                true
            }
            _ => false,
        }
    }

    /// The operation of the loop that all these values are results of, and which of them.
    fn source(&self, state: &[Value]) -> Option<(&'f Op, Vec<usize>)> {
        let first = state
            .first()
            .filter(|first| self.inside.defined.contains(first))?;
        let op = self.inside.index.definition(*first)?;
        let position = |value: &Value| op.results.iter().position(|result| result == value);
        let positions: Option<Vec<usize>> = state.iter().map(position).collect();
        Some((op, positions?))
    }

    /// Whether the statements of a region have to do with the cotangents of states only where they hand them back; of
    /// those that the region yields as `own` they take what a replacement is to have.
    fn passes(
        &self,
        region: &Region,
        steps: &[Step<'_>],
        own: &[Value],
        passed: &mut HashSet<(RegionId, Value, Value)>,
    ) -> bool {
        let index = self.inside.index;
        let id = index.id(region);
        steps.iter().all(|step| match step {
            Step::Zero(..) => true,
            Step::Add {
                to: Cotangent::Own(to),
                from: Cotangent::Own(from),
                negative: false,
                ..
            } if self.passed.contains(&(id, *from, *to)) => passed.insert((id, *from, *to)),
            Step::Branch {
                op,
                then,
                otherwise,
            } => {
                let mut sides = op.kind.regions().into_iter().zip([then, otherwise]);
                sides.all(|(side, steps)| self.passes(side, steps, &op.results, passed))
            }
            Step::Loop { op, .. } => {
                let is_state = self.replaced.contains(&index.id(op.kind.regions()[0]));
                self.is_apart(step, if is_state { &op.results } else { &[] })
            }
            _ => self.is_apart(step, own),
        })
    }

    /// Whether a statement has nothing to do with the cotangents of states, but for those of `own`.
    fn is_apart(&self, step: &Step<'_>, own: &[Value]) -> bool {
        let mut is_apart = true;
        step.touch(&mut |value| {
            let root = self.inside.index.root(value).0;
            let mut states = self.known.iter().flatten();
            is_apart &= own.contains(&root) || !states.any(|state| *state == root);
        });
        is_apart
    }

    /// The regions in the loop's body that every replacement runs through.
    fn always(&self, body: RegionId) -> HashSet<RegionId> {
        let index = self.inside.index;
        let around = |region: &RegionId| {
            let outwards = |region: &RegionId| index.owner(*region).map(|op| index.home_of(op));
            let regions = std::iter::successors(Some(*region), outwards);
            regions.take_while(|region| *region != body).collect()
        };
        let all = self.replaced.iter().map(around);
        let common = |a: HashSet<RegionId>, b| a.intersection(&b).copied().collect();
        all.reduce(common).unwrap_or_default()
    }
}
