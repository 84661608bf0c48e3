//! Loops over consecutive elements: `v[i + c]` for each `i` of a range. The bounds of all of them are checked
//! once, by taking the slice that the loop walks along; what is left has no way out and vectorises.
//!
// In:   for i in a..b { … v[i + c] … }
// Out:  let w = &v[a + c..b + c];  for k in 0..b - a { … w[k] … }
//!
//! Only elements count that every iteration reaches: then the slice is out of bounds just where one of them is.
//!
//! In: a loop of the IR. Out: the slices that it walks along. Which of them a sweep takes, `emit/walks.rs` decides.

use crate::index::Index;
use crate::ir::{Call, Callee, Effect, Kind, Op, Operand, Region, Value};
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
    /// Whether the loop stores into them.
    pub stored: bool,
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
    let mut context = Context {
        index,
        item: body.args[0],
        inside: body.args.iter().copied().collect(),
    };
    (body.ops.iter()).for_each(|op| context.inside.extend(&op.results));
    Some(Walk {
        range: iterator.value,
        item: body.args[0],
        windows: context.windows(body),
    })
    .filter(|walk| !walk.windows.is_empty())
}

/// Whether the forward sweep may walk: it panics where the loop would, only sooner, and nothing that runs before
/// can be seen but what a caught panic leaves in a `&mut` argument.
pub fn is_silent(op: &Op) -> bool {
    let Kind::For { body, .. } = &op.kind else {
        return false;
    };
    body.ops.iter().all(|op| match &op.kind {
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
        | Kind::Store(..) => true,
        Kind::Call(Call {
            callee: Callee::Method(name, _),
            effect,
            ..
        }) => *effect != Effect::View && crate::lower::is_float_method(&name.to_string()),
        _ => false,
    })
}

struct Context<'c, 'f> {
    index: &'c Index<'f>,
    item: Value,
    /// What is defined in the loop.
    inside: HashSet<Value>,
}

impl Context<'_, '_> {
    fn windows(&self, body: &Region) -> Vec<Window> {
        let mut windows: BTreeMap<String, Window> = BTreeMap::new();
        let mut reached: HashMap<Value, bool> = HashMap::new();
        for op in &body.ops {
            match &op.kind {
                Kind::Load(place) => {
                    reached.entry(*place).or_default();
                }
                Kind::Store(place, _) => *reached.entry(*place).or_default() = true,
                Kind::Index(..) if self.index.is_loaded(op.results[0]) => {
                    reached.entry(op.results[0]).or_default();
                }
                _ => {}
            }
        }
        for op in &body.ops {
            let Kind::Index(base, at) = &op.kind else {
                continue;
            };
            let place = op.results[0];
            let Some(stored) = reached.get(&place) else {
                continue;
            };
            let walks = !self.inside.contains(base)
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
                stored: false,
            });
            window.places.push(place);
            window.stored |= stored;
        }
        windows.into_values().collect()
    }

    /// By how much an index grows with the item; `None` if that is not known.
    fn slope(&self, value: Value) -> Option<i32> {
        if value == self.item {
            return Some(1);
        }
        if !self.inside.contains(&value) {
            return Some(0);
        }
        match &self.index.definition(value)?.kind {
            Kind::Constant(_) => Some(0),
            Kind::Binary(operator, a, b) => {
                let (a, b) = (self.slope(a.value)?, self.slope(b.value)?);
                match operator {
                    BinOp::Add(_) => Some(a + b),
                    BinOp::Sub(_) if b == 0 => Some(a),
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
            Some(Kind::Binary(operator, a, b)) if self.inside.contains(&value) => {
                let operator = quote::ToTokens::to_token_stream(operator);
                format!("({} {operator} {})", self.text(a.value), self.text(b.value))
            }
            _ => format!("{value:?}"),
        }
    }
}
