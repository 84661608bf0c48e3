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

use crate::adjoint::{Adjoint, Cotangent, Step};
use crate::analyse::{changed, Activity};
use crate::index::{Index, RegionId};
use crate::ir::{Call, Callee, Effect, Failure, Kind, Mode, Op, Operand, Region, Value};
use crate::lower::is_literal;
use crate::store::Plan;
use std::collections::{BTreeMap, HashMap, HashSet};
use syn::BinOp;

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
        // From where the first of those stands that are fused, not less is had before than from a candidate.
        loop {
            let schedule = self.schedule_from(first, region, steps, outside)?;
            let positions = schedule.loops.keys().chain(schedule.calls.keys());
            match positions.min() {
                Some(position) if *position != first => first = *position,
                _ => return Some(schedule),
            }
        }
    }

    /// The schedule of a region in which nothing before the operation at `first` is fused.
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
            if let Step::Loop {
                op, steps: inner, ..
            } = statement
            {
                let is_known = |value: &Value| known.contains_key(value);
                let position = positions[&std::ptr::from_ref(*op)];
                let touched =
                    (position >= first && self.is_recorded(op) && self.is_sum(op, is_known))
                        .then(|| self.touched(region, position, op))
                        .flatten();
                let Some(touched) = touched else {
                    // Behind its step they are the cotangents of what the loop began with.
                    known.retain(|value, _| !op.results.contains(value));
                    continue;
                };
                let Kind::For { body, .. } = &op.kind else {
                    unreachable!("a loop reverses a for")
                };
                let results = op.results.iter().copied().collect();
                let fused = FusedLoop {
                    step,
                    touched,
                    body: self.index.id(body),
                    inner: self.schedule(body, inner, &results),
                };
                loops.insert(position, fused);
                continue;
            }
            if let Step::Pullback {
                from: Some(from),
                call: op,
                args,
                ..
            } = statement
            {
                let Kind::Call(call) = &op.kind else {
                    unreachable!("a pullback is that of a call")
                };
                let position = positions[&std::ptr::from_ref(*op)];
                let separate = args.iter().any(|arg| arg.separate);
                let is_next = position >= first && known.contains_key(from);
                let touched = (is_next && !separate && self.is_fusible(op, call))
                    .then(|| self.touched(region, position, op))
                    .flatten();
                if let Some(touched) = touched {
                    calls.insert(position, FusedCall { step, touched });
                }
                continue;
            }
            let (to, from, factor) = match statement {
                Step::Seed(Cotangent::Own(to)) => (*to, None, None),
                Step::Add {
                    to: Cotangent::Own(to),
                    from: Cotangent::Own(from),
                    ..
                } => (*to, Some(*from), None),
                Step::Scale {
                    to: Cotangent::Own(to),
                    from,
                    factor,
                }
                | Step::Divide {
                    to: Cotangent::Own(to),
                    from,
                    divisor: factor,
                } => (*to, Some(*from), Some(*factor)),
                _ => continue,
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

    /// Whether the reverse of a loop reads records.
    fn is_recorded(&self, op: &Op) -> bool {
        let tape = self.adjoint.residual(op);
        let mut regions = op.kind.regions().into_iter();
        tape.is_some_and(|tape| self.plan.is_needed(tape))
            || regions.any(|region| self.plan.adds(self.index.id(region)))
    }

    /// Whether a call's rule may have both sweeps in one: that of a function of its own, which gives a number and
    /// changes none of its arguments.
    fn is_fusible(&self, op: &Op, call: &Call) -> bool {
        let Callee::Function(path) = &call.callee else {
            return false;
        };
        let definitions = &self.index.function.definitions;
        let is_plain = |arg: &Operand| {
            let constant = self.index.constant(arg.value);
            let names_function = constant.is_some_and(|tokens| !is_literal(tokens));
            arg.mode != Mode::Exclusive && !definitions[arg.value.0].function && !names_function
        };
        call.effect == Effect::Rule
            && matches!(call.failure, Failure::Never)
            && call.changes.is_none()
            && path
                .segments
                .iter()
                .all(|segment| segment.arguments.is_none())
            && crate::source::imported(path)
                .first()
                .is_none_or(|name| name != "nalgebra")
            && (1..=MOST_ARGUMENTS).contains(&call.args.len())
            && call.args.iter().all(is_plain)
            && self.index.is_number(op.results[0])
    }

    /// Whether a value is had before the operation at `first`; `early` collects what can be moved there.
    fn is_available(
        &self,
        region: &Region,
        id: RegionId,
        first: usize,
        value: Value,
        early: &mut Vec<usize>,
    ) -> bool {
        let Some(op) = self.index.definition(value) else {
            return true;
        };
        if self.index.home(value) != id || matches!(op.kind, Kind::Constant(_)) {
            return true;
        }
        let position = region.ops.iter().position(|other| std::ptr::eq(other, op));
        let position = position.expect("the operation stands in its region");
        if position < first {
            return true;
        }
        let is_pure = match &op.kind {
            Kind::Neg(_) | Kind::Cast(..) => true,
            Kind::Binary(operator, ..) => {
                matches!(operator, BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_))
            }
            Kind::Call(Call {
                effect: Effect::Inert,
                failure: Failure::Never,
                args,
                ..
            }) => !(args.iter()).any(|arg| self.index.is_memory(arg.value)),
            _ => false,
        };
        if !is_pure || !self.index.is_number(value) {
            return false;
        }
        let operands = op.kind.operands();
        let all = (operands.iter())
            .all(|operand| self.is_available(region, id, first, operand.value, early));
        early.push(position);
        all
    }

    /// Whether a loop does nothing with the numbers that matter and that it carries but add to them, and
    /// their cotangents are known.
    fn is_sum(&self, op: &'f Op, is_known: impl Fn(&Value) -> bool) -> bool {
        let Kind::For { body, collects, .. } = &op.kind else {
            return false;
        };
        let carried = op.results.iter().zip(&body.args[1..]);
        let mut matters = carried
            .filter(|(result, arg)| [**result, **arg].iter().any(|v| self.activity.matters(*v)))
            .peekable();
        !collects
            && !body.diverges
            && matters.peek().is_some()
            && matters.all(|(result, _)| is_known(result) && self.index.adds(op, *result))
    }

    /// The values around a loop that its iterations pass cotangents to, or those that a call does; `None` if any of them
    /// is changed there or after it, which must be undone first.
    fn touched(&self, region: &'f Region, position: usize, op: &'f Op) -> Option<HashSet<Value>> {
        let mut inside: HashSet<Value> = HashSet::new();
        let mut used: Vec<Value> = match &op.kind {
            Kind::Call(call) => call.args.iter().map(|arg| arg.value).collect(),
            _ => Vec::new(),
        };
        for body in op.kind.regions() {
            inside.extend(&body.args);
            used.extend(body.yields.iter().map(|operand| operand.value));
            body.visit(&mut |op| {
                inside.extend(&op.results);
                used.extend(op.kind.operands().iter().map(|operand| operand.value));
                for inner in op.kind.regions() {
                    inside.extend(&inner.args);
                    used.extend(inner.yields.iter().map(|operand| operand.value));
                }
            });
        }
        let touched: HashSet<Value> = (used.into_iter())
            .flat_map(|value| [value, self.index.root(value).0])
            .filter(|value| !inside.contains(value) && self.activity.matters(*value))
            .collect();
        let mut undone = false;
        let mut see = |op: &Op| {
            undone |= changed(&op.kind).any(|place| touched.contains(&self.index.root(place).0));
        };
        for op in &region.ops[position..] {
            see(op);
            op.kind
                .regions()
                .iter()
                .for_each(|inner| inner.visit(&mut see));
        }
        (!undone).then_some(touched)
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
