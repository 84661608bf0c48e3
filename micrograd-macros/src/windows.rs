//! Loops over consecutive elements: `v[i + c]` for each `i` of a range. The bounds of all of them are checked
//! once, by taking the slice that the loop walks along; what is left has no way out and vectorises.
//!
// In:   for i in a..b { … v[i + c] … }
// Out:  let w = &v[a + c..b + c];  for k in 0..b - a { … w[k] … }
//!
//! Only elements count that every iteration reaches: then the slice is out of bounds just where one of them is.
//!
//! Where the loop stands in another one, its runs may overlap: `y[i + j] += …` changes what it changed for the `i` before,
//! one further on. Vectors that straddle those just stored are slow to load, so short runs take one number at a time.
//!
//! In: a loop of the IR. Out: the slices that it walks along. Which of them a sweep takes, `emit/walks.rs` decides.

use crate::analyse::changed;
use crate::index::{Index, RegionId};
use crate::ir::{Call, Callee, Effect, Kind, Mode, Op, Operand, Region, Value};
use std::collections::{BTreeMap, HashMap, HashSet};
use syn::BinOp;

/// A loop along elements.
pub struct Walk {
    /// The range of the loop.
    pub range: Value,
    /// Its item.
    pub item: Value,
    /// What it walks along.
    pub windows: Vec<Window>,
}

/// The part of a sequence that a loop walks along.
pub struct Window {
    /// The sequence.
    pub base: Value,
    /// The index of an iteration's element, as an expression of the item.
    pub index: Value,
    /// The places of these elements.
    pub places: Vec<Value>,
    /// Whether the loop loads them.
    pub loaded: bool,
    /// Whether the loop stores into them.
    pub stored: bool,
    /// Whether the next run of the loop begins a few elements on.
    pub moves: bool,
}

impl Walk {
    /// Whether a run of the loop changes elements that the run before it changed.
    pub fn overlaps(&self) -> bool {
        let mut windows = self.windows.iter();
        windows.any(|window| window.loaded && window.stored && window.moves)
    }
}

/// The innermost loop `op`, if it walks along elements.
pub fn walk(index: &Index<'_>, op: &Op) -> Option<Walk> {
    let Kind::For {
        iterator: Some(iterator),
        body,
        exits: false,
        collects: false,
        ..
    } = &op.kind
    else {
        return None;
    };
    let Kind::Range(start, end, syn::RangeLimits::HalfOpen(_)) =
        &index.definition(iterator.value)?.kind
    else {
        return None;
    };
    // Short loops of known length are unrolled, and their bounds are known.
    let is_known = |bound: &Operand| index.constant(bound.value).is_some();
    let is_flat = body.ops.iter().all(|op| op.kind.regions().is_empty());
    if body.diverges || !is_flat || (is_known(start) && is_known(end)) {
        return None;
    }
    let item = body.args[0];
    let context = Context {
        index,
        region: index.id(body),
        item,
        inner: None,
    };
    let mut windows = context.windows(body);
    if let Some(around) = context.around(op, start.value) {
        for window in &mut windows {
            window.moves = around.moves(window);
        }
    }
    Some(Walk {
        range: iterator.value,
        item,
        windows,
    })
    .filter(|walk| !walk.windows.is_empty())
}

/// What may be seen of a loop's rounds before one of them leaves a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing but what a caught panic leaves in a `&mut` argument: the forward sweep may panic before the first round.
    Nothing,
    /// What the functions do that the rounds call, such as to panic themselves: all rounds run that stay inside.
    Calls,
}

/// What is seen of a loop's rounds, if they are such that the forward sweep may walk.
pub fn seen(op: &Op) -> Option<Seen> {
    let Kind::For { body, .. } = &op.kind else {
        return None;
    };
    let mut seen = Seen::Nothing;
    for op in &body.ops {
        match &op.kind {
            Kind::Constant(_)
            | Kind::Neg(_)
            | Kind::Not(_)
            | Kind::Binary(..)
            | Kind::Cast(..)
            | Kind::Field(..)
            | Kind::Index(..)
            | Kind::Deref(_)
            | Kind::Load(_)
            | Kind::Settled { .. }
            | Kind::Store(..) => {}
            Kind::Call(Call { effect, .. }) if *effect == Effect::View => return None,
            Kind::Call(Call {
                callee: Callee::Method(name, _),
                ..
            }) if crate::lower::is_float_method(&name.to_string()) => {}
            Kind::Call(Call {
                callee: Callee::Function(_) | Callee::Associated(_),
                args,
                ..
            }) if args.iter().all(|arg| arg.mode != Mode::Exclusive) => seen = Seen::Calls,
            _ => return None,
        }
    }
    Some(seen)
}

/// The numbers that an innermost loop reads at the same place in each round, and the indices that lead there. The
/// optimiser can seldom tell, since it does not know where stores go; and then makes no vectors.
pub fn still(
    index: &Index<'_>,
    body: &Region,
    is_computed: impl Fn(Value) -> bool,
) -> HashSet<Value> {
    let roots = |op: &Op| changed(&op.kind).map(|place| index.root(place).0);
    let changed: HashSet<Value> = body.ops.iter().flat_map(roots).collect();
    let is_read = |kind: &Kind| kind.is_place() || matches!(kind, Kind::Load(_));
    let mut same = HashSet::new();
    for op in &body.ops {
        let is_arithmetic = match &op.kind {
            Kind::Index(base, _) if index.has_own_index(*base) => continue,
            Kind::Payload(..) | Kind::Snapshot(_) => continue,
            kind => matches!(kind, Kind::Neg(_) | Kind::Binary(..) | Kind::Cast(..)),
        };
        let is_same = |operand: Operand| {
            let value = operand.value;
            let is_outside = index.home(value) != index.id(body);
            (is_outside || index.constant(value).is_some() || same.contains(&value))
                && !changed.contains(&index.root(value).0)
        };
        let is_kind = is_arithmetic || is_read(&op.kind);
        if is_kind && op.kind.operands().into_iter().all(is_same) {
            let result = op.results[0];
            let is_path = op.kind.is_place() && !index.is_loaded(result);
            if is_path || (index.is_number(result) && is_computed(result)) {
                same.insert(result);
            }
        }
    }
    let mut still = HashSet::new();
    for op in body.ops.iter().rev() {
        let Some(result) = op.results.first().filter(|result| same.contains(result)) else {
            continue;
        };
        if is_read(&op.kind) || still.contains(result) {
            let operands = op.kind.operands();
            let operands = operands.iter().map(|operand| operand.value);
            still.insert(*result);
            still.extend(operands.filter(|value| same.contains(value)));
        }
    }
    still
}

/// A loop over a range.
struct Context<'c, 'f> {
    index: &'c Index<'f>,
    region: RegionId,
    item: Value,
    /// The item of a loop inside it, and what that begins with.
    inner: Option<(Value, Value)>,
}

impl<'c, 'f> Context<'c, 'f> {
    /// The loop around the loop `op`, whose range begins with `start`.
    fn around(&self, op: &Op, start: Value) -> Option<Context<'c, 'f>> {
        let index = self.index;
        let mut region = index.home_of(op);
        loop {
            let owner = index.owner(region)?;
            match &owner.kind {
                Kind::For { iterator, body, .. } => {
                    let range = index.definition(iterator.as_ref()?.value)?;
                    return matches!(range.kind, Kind::Range(..)).then(|| Context {
                        index,
                        region,
                        item: body.args[0],
                        inner: Some((self.item, start)),
                    });
                }
                _ => region = index.home_of(owner),
            }
        }
    }

    /// Whether a value is defined in the loop.
    fn is_inside(&self, value: Value) -> bool {
        let index = self.index;
        let mut region = index.home(value);
        while region != self.region {
            match index.owner(region) {
                Some(owner) => region = index.home_of(owner),
                None => return false,
            }
        }
        true
    }

    /// Whether the first element of a loop inside is another one in each iteration, by a known number of elements.
    fn moves(&self, window: &Window) -> bool {
        let mut slope = self.slope(window.index);
        let mut base = window.base;
        // A slice of a slice begins where both begin.
        while let Some(Kind::Index(of, range)) = self.index.definition(base).map(|op| &op.kind) {
            let range = self.index.definition(range.value).map(|op| &op.kind);
            let begin = match range {
                Some(Kind::Range(start, ..)) => self.slope(start.value),
                _ => None,
            };
            slope = slope.zip(begin).and_then(|(a, b)| a.checked_add(b));
            base = *of;
        }
        slope.is_some_and(|slope| slope != 0) && !self.is_inside(base)
    }

    fn windows(&self, body: &Region) -> Vec<Window> {
        let mut windows: BTreeMap<String, Window> = BTreeMap::new();
        // Whether each place is loaded, and whether it is stored into.
        let mut reached: HashMap<Value, (bool, bool)> = HashMap::new();
        for op in &body.ops {
            match &op.kind {
                Kind::Load(place) => reached.entry(*place).or_default().0 = true,
                Kind::Store(place, _) => reached.entry(*place).or_default().1 = true,
                Kind::Index(..) if self.index.is_loaded(op.results[0]) => {
                    reached.entry(op.results[0]).or_default().0 = true;
                }
                _ => {}
            }
        }
        for op in &body.ops {
            let Kind::Index(base, at) = &op.kind else {
                continue;
            };
            let place = op.results[0];
            let Some((loaded, stored)) = reached.get(&place) else {
                continue;
            };
            let walks = !self.is_inside(*base)
                && self.index.is_sequence(*base)
                && self.slope(at.value) == Some(1);
            if !walks || !(self.index.is_number(place) || self.index.is_memory(place)) {
                continue;
            }
            let key = format!("{base:?} {}", self.text(at.value));
            let window = windows.entry(key).or_insert_with(|| Window {
                base: *base,
                index: at.value,
                places: Vec::new(),
                loaded: false,
                stored: false,
                moves: false,
            });
            window.places.push(place);
            window.loaded |= loaded;
            window.stored |= stored;
        }
        windows.into_values().collect()
    }

    /// By how much an index grows with the item; `None` if that is not known.
    fn slope(&self, value: Value) -> Option<i32> {
        // A number that is used twice at each step would be visited ever more often.
        const DEEP: usize = 6;
        self.slope_within(value, DEEP)
    }

    fn slope_within(&self, value: Value, depth: usize) -> Option<i32> {
        if value == self.item {
            return Some(1);
        }
        if let Some((_, start)) = self.inner.filter(|(item, _)| *item == value) {
            return self.slope_within(start, depth.checked_sub(1)?);
        }
        if !self.is_inside(value) {
            return Some(0);
        }
        match &self.index.definition(value)?.kind {
            Kind::Constant(_) => Some(0),
            Kind::Binary(operator, a, b) => {
                let depth = depth.checked_sub(1)?;
                let slope = |side: &Operand| self.slope_within(side.value, depth);
                let (a, b) = (slope(a)?, slope(b)?);
                match operator {
                    BinOp::Add(_) => a.checked_add(b),
                    BinOp::Sub(_) => a.checked_sub(b),
                    BinOp::Mul(_) if a == 0 && b == 0 => Some(0),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// An index as text, by which equal ones are found.
    fn text(&self, value: Value) -> String {
        let op = self.index.definition(value);
        match op.map(|op| &op.kind) {
            Some(Kind::Constant(tokens)) => tokens.to_string(),
            Some(Kind::Binary(operator, a, b)) if self.is_inside(value) => {
                let operator = quote::ToTokens::to_token_stream(operator);
                format!("({} {operator} {})", self.text(a.value), self.text(b.value))
            }
            _ => format!("{value:?}"),
        }
    }
}
