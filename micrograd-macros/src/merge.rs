//! What is had twice is had once: indices that are computed again, and numbers that are read again while nobody changes
//! their place.
//!
// In:   %3 = %1 + %2;  store(%v[%3], %0);  %4 = %1 + %2;  %5 = load(%v[%4]);  %6 = load(%v[%4])
// Out:  %3 = %1 + %2;  store(%v[%3], %0);  %5 and %6 stand for %0

use crate::analyse::changed;
use crate::ir::{Function, Kind, Mode, Op, Region, Value};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use syn::BinOp;

/// Indices and the ends of ranges that are computed again stand for those that were computed first.
pub fn merge_indices(function: &mut Function) {
    let mut indices = HashSet::new();
    function.body.visit(&mut |op| match &op.kind {
        Kind::Index(_, index) => indices.extend([index.value]),
        Kind::Range(start, end, _) => indices.extend([start.value, end.value]),
        _ => {}
    });
    // What indices are computed from are integers too.
    loop {
        let before = indices.len();
        function.body.visit(&mut |op| {
            if let (Some(_), Kind::Binary(_, a, b)) = (operator(&op.kind), &op.kind) {
                if indices.contains(&op.results[0]) {
                    indices.extend([a.value, b.value]);
                }
            }
        });
        if indices.len() == before {
            break;
        }
    }
    let (literals, numbers) = (literals(function), numbers(function));
    once(function, |op, renamed| {
        let (operator, Kind::Binary(_, a, b)) = (operator(&op.kind)?, &op.kind) else {
            return None;
        };
        let result = op.results[0];
        let are_numbers = [result, a.value, b.value].map(|value| numbers[value.0]);
        if !indices.contains(&result) || are_numbers.contains(&false) {
            return None;
        }
        let sides = [a.value, b.value].map(|side| {
            let side = renamed.get(&side).copied().unwrap_or(side);
            index(side, &literals)
        });
        // Literals alone may be of several types: `1 + 2..n` with `v[1 + 2]`.
        let are_literals = sides.iter().all(|side| matches!(side, Index::Literal(_)));
        (!are_literals).then_some((operator, sides))
    });
}

/// Lets the result of an operation stand for those of all later ones that have the same key, in its region and those
/// inside.
fn once<K: Clone + Eq + Hash>(
    function: &mut Function,
    key: impl Fn(&Op, &HashMap<Value, Value>) -> Option<K>,
) {
    fn visit<K: Clone + Eq + Hash>(
        region: &Region,
        around: &HashMap<K, Value>,
        key: &impl Fn(&Op, &HashMap<Value, Value>) -> Option<K>,
        renamed: &mut HashMap<Value, Value>,
    ) {
        let mut known = around.clone();
        for op in &region.ops {
            match key(op, renamed).map(|key| known.entry(key)) {
                Some(Entry::Occupied(first)) => {
                    renamed.insert(op.results[0], *first.get());
                }
                Some(Entry::Vacant(place)) => {
                    place.insert(op.results[0]);
                }
                None => {}
            }
            for inner in op.kind.regions() {
                visit(inner, &known, key, renamed);
            }
        }
    }
    let mut renamed = HashMap::new();
    visit(&function.body, &HashMap::new(), &key, &mut renamed);
    rename(&mut function.body, &renamed);
}

fn operator(kind: &Kind) -> Option<char> {
    match kind {
        Kind::Binary(BinOp::Add(_), ..) => Some('+'),
        Kind::Binary(BinOp::Sub(_), ..) => Some('-'),
        Kind::Binary(BinOp::Mul(_), ..) => Some('*'),
        _ => None,
    }
}

/// Whether each value is surely a number.
fn numbers(function: &Function) -> Vec<bool> {
    let definitions = function.definitions.iter();
    definitions
        .map(|definition| definition.copy && !definition.reference)
        .collect()
}

/// A number that is read twice at one place, which nobody changes in between, is read once.
pub fn merge_reads(function: &mut Function) {
    let mut memory: HashSet<Value> = function
        .params
        .iter()
        .filter(|param| param.exclusive)
        .map(|param| param.value)
        .collect();
    let mut settled: HashSet<Value> = HashSet::new();
    function.body.visit(&mut |op| match &op.kind {
        Kind::Slot(_) => memory.extend(&op.results),
        Kind::Settled { .. } => settled.extend(&op.results),
        kind if kind.is_place() => {
            let base = kind.operands()[0].value;
            if memory.contains(&base) && !settled.contains(&base) {
                memory.extend(&op.results);
            }
        }
        _ => {}
    });
    let (literals, numbers) = (literals(function), numbers(function));
    once(function, |op, renamed| match &op.kind {
        Kind::Index(base, index) if numbers[op.results[0].0] && !memory.contains(base) => {
            let base = renamed.get(base).copied().unwrap_or(*base);
            Some(element(base, index.value, &literals))
        }
        _ => None,
    });
}

/// A number that was stored at a place, or read there before, is what is read there next.
// In:   store(%v[i], %1);  %2 = load(%v[i])
// Out:  store(%v[i], %1);  %2 stands for %1
pub fn forward(function: &mut Function) {
    let roots = roots(function);
    let literals = literals(function);
    let mut places: HashMap<Value, Element> = HashMap::new();
    function.body.visit(&mut |op| {
        if let Kind::Index(base, index) = &op.kind {
            places.insert(op.results[0], element(*base, index.value, &literals));
        }
    });
    let mut forwarding = Forwarding {
        roots,
        places,
        numbers: numbers(function),
        renamed: HashMap::new(),
    };
    forwarding.region(&function.body);
    let renamed = forwarding.renamed;
    rename(&mut function.body, &renamed);
}

struct Forwarding {
    roots: HashMap<Value, Value>,
    places: HashMap<Value, Element>,
    numbers: Vec<bool>,
    renamed: HashMap<Value, Value>,
}

impl Forwarding {
    fn root(&self, value: Value) -> Value {
        self.roots.get(&value).copied().unwrap_or(value)
    }

    fn forget(&self, op: &Op, stored: &mut HashMap<Element, Value>) {
        for place in changed(&op.kind) {
            let root = self.root(place);
            stored.retain(|(base, _), _| self.root(*base) != root);
        }
        for region in op.kind.regions() {
            region.ops.iter().for_each(|op| self.forget(op, stored));
        }
    }

    fn region(&mut self, region: &Region) {
        // What is known to stand at each place.
        let mut stored: HashMap<Element, Value> = HashMap::new();
        for op in &region.ops {
            self.forget(op, &mut stored);
            match &op.kind {
                Kind::Store(place, operand) => {
                    let is_plain = operand.mode == Mode::Value;
                    if let (Some(element), true) = (self.places.get(place), is_plain) {
                        if self.numbers[operand.value.0] {
                            stored.insert(element.clone(), operand.value);
                        }
                    }
                }
                Kind::Load(place) => {
                    let element = self.places.get(place);
                    let read = op.results[0];
                    match element.map(|element| stored.entry(element.clone())) {
                        Some(Entry::Occupied(known)) => {
                            self.renamed.insert(read, *known.get());
                        }
                        Some(Entry::Vacant(place)) if self.numbers[read.0] => {
                            place.insert(read);
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
            op.kind
                .regions()
                .iter()
                .for_each(|inner| self.region(inner));
        }
    }
}

/// An element: its base, and its index.
type Element = (Value, Index);

/// A value, or a literal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Index {
    Value(Value),
    Literal(String),
}

/// The literals of a function.
fn literals(function: &Function) -> HashMap<Value, String> {
    let mut literals = HashMap::new();
    function.body.visit(&mut |op| {
        if let Kind::Constant(tokens) = &op.kind {
            literals.insert(op.results[0], tokens.to_string());
        }
    });
    literals
}

fn element(base: Value, index: Value, literals: &HashMap<Value, String>) -> Element {
    (base, self::index(index, literals))
}

fn index(value: Value, literals: &HashMap<Value, String>) -> Index {
    let literal = literals.get(&value).cloned();
    literal.map_or(Index::Value(value), Index::Literal)
}

/// For each place the memory that it is inside of. A snapshot is no part of the memory.
pub fn roots(function: &Function) -> HashMap<Value, Value> {
    let mut roots: HashMap<Value, Value> = HashMap::new();
    function.body.visit(&mut |op| {
        if op.kind.is_place() && !matches!(op.kind, Kind::Snapshot(_) | Kind::Settled { .. }) {
            let base = op.kind.operands()[0].value;
            let root = roots.get(&base).copied().unwrap_or(base);
            roots.insert(op.results[0], root);
        }
    });
    roots
}

/// Takes out the reads that stand for something else, and lets their uses name that.
pub fn rename(region: &mut Region, renamed: &HashMap<Value, Value>) {
    let gone = |op: &Op| op.results.len() == 1 && renamed.contains_key(&op.results[0]);
    region.ops.retain(|op| !gone(op));
    let mut new = |value: &mut Value| {
        while let Some(other) = renamed.get(value) {
            *value = *other;
        }
    };
    for op in &mut region.ops {
        op.kind.values_mut(&mut new);
        for inner in op.kind.regions_mut() {
            rename(inner, renamed);
        }
    }
    let operands = region.yields.iter_mut();
    operands.for_each(|operand| new(&mut operand.value));
}
