//! Loops whose iterations can be reversed one by one, each right after its forward sweep.
//!
//! A loop that only adds to a number passes the cotangent of the sum on to every iteration as it is. Where that
//! cotangent is known before the loop runs, as in a function whose value is the sum, an iteration need not
//! wait for the others: what it computed is still at hand, and nothing is recorded.
//!
// In:   for i { s += f(i) };  …;  for i reversed { Δs flows into f(i) }
// Out:  Δs is known;  for i { s += f(i); Δs flows into f(i) };  …
//!
//! The same holds of a call: where the cotangent of its value is known before, both of its sweeps run at once, and
//! what the callee needs of memory is needed again only by the next call.
//!
//! In: a function whose value is a number, its reverse sweep, and how that would get what it reads. Out: which
//! loops and calls are fused, and what must come before them.

mod conditions;

use crate::adjoint::{Adjoint, Cotangent, Step};
use crate::analyse::Activity;
use crate::index::{Index, RegionId};
use crate::ir::{Kind, Op, Region, Value};
use crate::store::Plan;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many arguments a function can have whose call is fused.
pub const MOST_ARGUMENTS: usize = 12;

/// In which order a region runs in which loops and calls are fused.
pub struct Schedule {
    /// Where the first of them stands, among the operations of the region.
    pub first: usize,
    /// Operations behind it that its cotangent takes, such as the divisor of a mean.
    pub early: Vec<usize>,
    /// The steps that lead to the cotangents of the sums, by their positions.
    pub seeds: Vec<usize>,
    /// The loops, by the positions of their operations.
    pub loops: BTreeMap<usize, FusedLoop>,
    /// The calls, by the positions of their operations.
    pub calls: BTreeMap<usize, FusedCall>,
}

/// A loop that is fused.
pub struct FusedLoop {
    /// The position of its step.
    pub step: usize,
    /// The values around it that its iterations pass cotangents to.
    pub touched: HashSet<Value>,
    /// The region of its body.
    pub body: RegionId,
    /// The loops inside it that are fused too.
    pub inner: Option<Schedule>,
}

/// A call that is fused.
pub struct FusedCall {
    /// The position of its step.
    pub step: usize,
    /// The values that it passes cotangents to.
    pub touched: HashSet<Value>,
}

impl Schedule {
    /// Where the first loop or call stands.
    fn start(&self) -> usize {
        let positions = self.loops.keys().chain(self.calls.keys());
        positions.copied().min().unwrap_or(self.first)
    }

    /// The bodies of all fused loops: what is defined there is at hand when they are reversed.
    pub fn bodies(&self) -> HashSet<RegionId> {
        let inner = (self.loops.values())
            .filter_map(|fused| fused.inner.as_ref())
            .flat_map(Schedule::bodies);
        (self.loops.values().map(|fused| fused.body))
            .chain(inner)
            .collect()
    }
}

/// Finds the loops of a function that can be fused; `None` if there is none that would save a record.
pub fn fuse(
    index: &Index<'_>,
    activity: &Activity,
    adjoint: &Adjoint<'_>,
    plan: &Plan,
) -> Option<Schedule> {
    let function = index.function;
    if function.params.iter().any(|param| param.exclusive) {
        return None;
    }
    let context = Context {
        index,
        activity,
        adjoint,
        plan,
    };
    context.schedule(&function.body, &adjoint.steps, &HashSet::new())
}

struct Context<'c, 'f> {
    index: &'c Index<'f>,
    activity: &'c Activity,
    adjoint: &'c Adjoint<'f>,
    plan: &'c Plan,
}

/// How a cotangent that is known beforehand is had: by a step, from another one.
struct Known {
    step: usize,
    from: Option<Value>,
    early: Vec<usize>,
}

impl<'f> Context<'_, 'f> {
    /// The schedule of a region around which the cotangents of `outside` are known.
    fn schedule(
        &self,
        region: &'f Region,
        steps: &[Step<'f>],
        outside: &HashSet<Value>,
    ) -> Option<Schedule> {
        let candidate = |op: &Op| match &op.kind {
            Kind::For { .. } => self.is_recorded(op),
            Kind::Call(call) => self.is_fusible(op, call),
            _ => false,
        };
        let mut first = region.ops.iter().position(candidate)?;
        // More is had before the first of those that are fused than before the first candidate.
        let mut schedule = loop {
            let schedule = self.schedule_from(first, region, steps, outside)?;
            match schedule.start() {
                start if start == first => break schedule,
                start => first = start,
            }
        };
        for (position, fused) in &mut schedule.loops {
            let op = &region.ops[*position];
            if let (Kind::For { body, .. }, Step::Loop { steps, .. }) =
                (&op.kind, &steps[fused.step])
            {
                let results = op.results.iter().copied().collect();
                fused.inner = self.schedule(body, steps, &results);
            }
        }
        Some(schedule)
    }

    /// The schedule of a region in which nothing before the operation at `first` is fused, without what is inside its loops.
    fn schedule_from(
        &self,
        first: usize,
        region: &'f Region,
        steps: &[Step<'f>],
        outside: &HashSet<Value>,
    ) -> Option<Schedule> {
        let positions: HashMap<*const Op, usize> = (region.ops.iter().enumerate())
            .map(|(position, op)| (std::ptr::from_ref(op), position))
            .collect();
        let id = self.index.id(region);
        let mut writers: HashMap<Value, usize> = HashMap::new();
        for step in steps {
            count_writers(step, &mut writers);
        }
        let mut known: HashMap<Value, Known> = HashMap::new();
        let mut loops = BTreeMap::new();
        let mut calls = BTreeMap::new();
        for (step, statement) in steps.iter().enumerate() {
            let is_known = |value: &Value| known.contains_key(value);
            match statement {
                Step::Loop { op, .. } => {
                    let position = positions[&std::ptr::from_ref(*op)];
                    let is_fused =
                        position >= first && self.is_recorded(op) && self.is_sum(op, is_known);
                    let touched = is_fused.then(|| self.touched(region, position, op));
                    match (touched.flatten(), &op.kind) {
                        (Some(touched), Kind::For { body, .. }) => {
                            let body = self.index.id(body);
                            let fused = FusedLoop {
                                step,
                                touched,
                                body,
                                inner: None,
                            };
                            loops.insert(position, fused);
                        }
                        // Behind its step they are the cotangents of what the loop began with.
                        _ => known.retain(|value, _| !op.results.contains(value)),
                    }
                    continue;
                }
                Step::Pullback { call, .. } => {
                    let position = positions[&std::ptr::from_ref(*call)];
                    let is_fused = position >= first && self.is_had_at_once(statement, is_known);
                    let touched = is_fused.then(|| self.touched(region, position, call));
                    if let Some(touched) = touched.flatten() {
                        calls.insert(position, FusedCall { step, touched });
                    }
                    continue;
                }
                _ => {}
            }
            let Some((to, from, factor)) = passed_on(statement) else {
                continue;
            };
            let arrives =
                from.is_none_or(|from| outside.contains(&from) || known.contains_key(&from));
            let is_alone = self.index.is_number(to)
                && self.index.home(to) == id
                && writers.get(&to) == Some(&1);
            let is_param = self.index.function.params.iter().any(|p| p.value == to);
            if !arrives || !is_alone || is_param {
                continue;
            }
            let mut early = Vec::new();
            let available = factor
                .is_none_or(|factor| self.is_available(region, id, first, factor, &mut early));
            if available {
                known.insert(to, Known { step, from, early });
            }
        }
        if loops.is_empty() && calls.is_empty() {
            return None;
        }
        let mut seeds = Vec::new();
        let mut early = Vec::new();
        for position in loops.keys().chain(calls.keys()) {
            for result in &region.ops[*position].results {
                let mut next = Some(*result);
                while let Some(at) = next.and_then(|value| known.get(&value)) {
                    seeds.push(at.step);
                    early.extend(&at.early);
                    next = at.from;
                }
            }
        }
        for positions in [&mut seeds, &mut early] {
            positions.sort_unstable();
            positions.dedup();
        }
        Some(Schedule {
            first,
            early,
            seeds,
            loops,
            calls,
        })
    }
}

/// The cotangent that a statement adds another one to, unchanged or times a factor: to, from, and the factor.
fn passed_on(step: &Step<'_>) -> Option<(Value, Option<Value>, Option<Value>)> {
    match step {
        Step::Seed(Cotangent::Own(to)) => Some((*to, None, None)),
        Step::Add {
            to: Cotangent::Own(to),
            from: Cotangent::Own(from),
            ..
        } => Some((*to, Some(*from), None)),
        Step::Scale {
            to: Cotangent::Own(to),
            from,
            factor,
        }
        | Step::Divide {
            to: Cotangent::Own(to),
            from,
            divisor: factor,
        } => Some((*to, Some(*from), Some(*factor))),
        _ => None,
    }
}

/// Counts for each value the steps that add to its cotangent.
fn count_writers(step: &Step<'_>, writers: &mut HashMap<Value, usize>) {
    for target in step.targets() {
        if let Cotangent::Own(value) = target {
            *writers.entry(value).or_default() += 1;
        }
    }
}
