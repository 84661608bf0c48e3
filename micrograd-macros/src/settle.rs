//! Memory that has settled: from some operation on, nobody changes it any more. What is read of it from
//! there on need not be kept element by element; the reverse sweep reads the memory itself, or one copy.
//!
// In:   store(%v[i], %1);  for i { %2 = load(%v[i]); … }        and no store to %v behind
// Out:  store(%v[i], %1);  %3 = settled(%v);  for i { %2 = %3[i]; … }

use crate::analyse::changed;
use crate::ir::{Definition, Function, Kind, Mode, Op, Region, Value};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// Rewrites the reads of memory that has settled.
pub fn settle(function: &mut Function) {
    forward_stores(function);
    let mut context = Context {
        roots: roots(function),
        slots: HashMap::new(),
        lengths: HashMap::new(),
        definitions: std::mem::take(&mut function.definitions),
        renamed: HashMap::new(),
    };
    context.find_slots(&function.body);
    context.region(&mut function.body, true, &HashSet::new());
    let renamed = context.renamed;
    function.definitions = context.definitions;
    rename(&mut function.body, &renamed);
    merge_reads(function);
}

/// A number that is read twice at one place, which nobody changes in between, is read once.
fn merge_reads(function: &mut Function) {
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
    let mut merging = Merging {
        memory,
        literals: literals(function),
        numbers: (function.definitions.iter())
            .map(|definition| definition.copy && !definition.reference)
            .collect(),
        renamed: HashMap::new(),
    };
    merging.region(&function.body, &HashMap::new());
    let renamed = merging.renamed;
    rename(&mut function.body, &renamed);
}

struct Merging {
    /// Memory, and the places inside it.
    memory: HashSet<Value>,
    literals: HashMap<Value, String>,
    numbers: Vec<bool>,
    renamed: HashMap<Value, Value>,
}

impl Merging {
    fn region(&mut self, region: &Region, around: &HashMap<Element, Value>) {
        let mut read = around.clone();
        for op in &region.ops {
            if let Kind::Index(base, index) = &op.kind {
                let result = op.results[0];
                if self.numbers[result.0] && !self.memory.contains(base) {
                    let base = self.renamed.get(base).copied().unwrap_or(*base);
                    match read.entry(element(base, index.value, &self.literals)) {
                        Entry::Occupied(known) => {
                            self.renamed.insert(result, *known.get());
                        }
                        Entry::Vacant(place) => {
                            place.insert(result);
                        }
                    }
                }
            }
            op.kind
                .regions()
                .iter()
                .for_each(|inner| self.region(inner, &read));
        }
    }
}

/// For each place the memory that it is inside of. A snapshot is no part of the memory.
fn roots(function: &Function) -> HashMap<Value, Value> {
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

struct Context {
    roots: HashMap<Value, Value>,
    /// The variables that are memory.
    slots: HashMap<Value, Value>,
    /// How long memory is that was made of one repeated element.
    lengths: HashMap<Value, Value>,
    definitions: Vec<Definition>,
    /// What reads stand for now.
    renamed: HashMap<Value, Value>,
}

impl Context {
    fn find_slots(&mut self, body: &Region) {
        let mut repeats = HashMap::new();
        body.visit(&mut |op| match &op.kind {
            Kind::Slot(init) => {
                self.slots.insert(op.results[0], init.value);
            }
            Kind::Repeat(_, length, _) => {
                repeats.insert(op.results[0], length.value);
            }
            _ => {}
        });
        for (slot, init) in &self.slots {
            if let Some(length) = repeats.get(init) {
                self.lengths.insert(*slot, *length);
            }
        }
    }

    fn root(&self, value: Value) -> Value {
        self.roots.get(&value).copied().unwrap_or(value)
    }

    /// The memory that an operation changes, with the operations inside it.
    fn writes(&self, op: &Op, found: &mut HashSet<Value>) {
        found.extend(changed(&op.kind).map(|place| self.root(place)));
        for region in op.kind.regions() {
            region.ops.iter().for_each(|op| self.writes(op, found));
        }
    }

    /// The memory that an operation reads, with the operations inside it.
    fn reads(&self, op: &Op, found: &mut HashSet<Value>) {
        if let Kind::Load(place) | Kind::Snapshot(place) = &op.kind {
            found.insert(self.root(*place));
        }
        for region in op.kind.regions() {
            region.ops.iter().for_each(|op| self.reads(op, found));
        }
    }

    /// Finds what settles in a region, outermost first: `once` if the region runs once, so that memory
    /// that settles in it stays as it is. The memory `around` it may settle in it too.
    fn region(&mut self, region: &mut Region, once: bool, around: &HashSet<Value>) {
        let own: HashSet<Value> = (region.ops.iter())
            .flat_map(|op| &op.results)
            .copied()
            .filter(|value| self.slots.contains_key(value))
            .collect();
        let visible: HashSet<Value> = around.union(&own).copied().collect();
        let mut later: HashSet<Value> = HashSet::new();
        // For each memory, the first operation behind which nothing changes it.
        let mut settled_from: HashMap<Value, usize> = HashMap::new();
        for (position, op) in region.ops.iter().enumerate().rev() {
            let mut reads = HashSet::new();
            self.writes(op, &mut later);
            self.reads(op, &mut reads);
            for root in reads {
                if visible.contains(&root) && !later.contains(&root) {
                    settled_from.insert(root, position);
                }
            }
            // Places that are spelled out before they are read belong to the reads.
            if op.kind.is_place() {
                let root = self.root(op.results[0]);
                if let Some(first) = settled_from
                    .get_mut(&root)
                    .filter(|_| !later.contains(&root))
                {
                    *first = position;
                }
            }
        }
        let mut settled: Vec<(usize, Value, bool)> = Vec::new();
        for (root, position) in settled_from {
            let stays = once || own.contains(&root);
            // One copy costs no more than what was written before it.
            let is_copied = !stays && self.is_overwritten(&region.ops[..position], root);
            if stays || is_copied {
                settled.push((position, root, is_copied));
            }
        }
        settled.sort_by_key(|(position, root, _)| (*position, *root));
        for (position, root, copied) in settled.into_iter().rev() {
            let value = self.define(root);
            let mut places = HashSet::from([root]);
            let before = self.renamed.len();
            for op in &mut region.ops[position..] {
                self.read_settled(op, root, value, &mut places);
            }
            if places.len() == 1 && self.renamed.len() == before {
                continue;
            }
            let kind = Kind::Settled {
                memory: root,
                copied,
            };
            let span = region.ops[position].span;
            let results = vec![value];
            region.ops.insert(
                position,
                Op {
                    results,
                    kind,
                    span,
                },
            );
        }
        for op in &mut region.ops {
            for inner in op.kind.regions_mut() {
                self.region(inner, false, &visible);
            }
        }
    }

    fn define(&mut self, root: Value) -> Value {
        let definition = self.definitions[root.0].clone();
        self.definitions.push(definition);
        Value(self.definitions.len() - 1)
    }

    /// Whether operations surely write each element of memory: a loop over all its positions does.
    fn is_overwritten(&self, ops: &[Op], root: Value) -> bool {
        let Some(length) = self.lengths.get(&root) else {
            return false;
        };
        let defined = |value: Value| ops.iter().find(|op| op.results.contains(&value));
        ops.iter().any(|op| {
            let Kind::For {
                iterator: Some(iterator),
                body,
                exits: false,
                ..
            } = &op.kind
            else {
                return false;
            };
            let Some(Kind::Range(start, end, syn::RangeLimits::HalfOpen(_))) =
                defined(iterator.value).map(|op| &op.kind)
            else {
                return false;
            };
            let from_zero = matches!(
                defined(start.value).map(|op| &op.kind),
                Some(Kind::Constant(tokens)) if ["0", "0usize"].contains(&tokens.to_string().as_str())
            );
            let item = body.args[0];
            let is_element = |place: &Value| {
                body.ops.iter().any(|op| {
                    op.results.contains(place)
                        && matches!(&op.kind, Kind::Index(base, index) if *base == root && index.value == item)
                })
            };
            from_zero
                && end.value == *length
                && (body.ops.iter())
                    .any(|op| matches!(&op.kind, Kind::Store(place, _) if is_element(place)))
        })
    }

    /// Lets an operation, with those inside it, read settled memory: `places` are the places that are
    /// spelled out since.
    fn read_settled(
        &mut self,
        op: &mut Op,
        root: Value,
        settled: Value,
        places: &mut HashSet<Value>,
    ) {
        if op.kind.is_place() && self.root(op.results[0]) == root {
            if places.contains(&op.kind.operands()[0].value) {
                op.kind.replace_base(root, settled);
                places.insert(op.results[0]);
            }
            return;
        }
        match &op.kind {
            // The whole is moved or copied as before.
            Kind::Load(place) if *place == root => {}
            Kind::Load(place) | Kind::Snapshot(place) if places.contains(place) => {
                let (from, to) = (op.results[0], *place);
                if to == root {
                    self.renamed.insert(from, settled);
                    return;
                }
                let read = self.definitions[from.0].clone();
                let definition = &mut self.definitions[to.0];
                definition.copy |= read.copy;
                definition.ty = definition.ty.take().or(read.ty);
                self.renamed.insert(from, to);
            }
            _ => {}
        }
        for region in op.kind.regions_mut() {
            for op in &mut region.ops {
                self.read_settled(op, root, settled, places);
            }
        }
    }
}

/// Takes out the reads that stand for something else, and lets their uses name that.
fn rename(region: &mut Region, renamed: &HashMap<Value, Value>) {
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

/// A number that was stored at a place is what is read there next.
// In:   store(%v[i], %1);  %2 = load(%v[i])
// Out:  store(%v[i], %1);  %2 stands for %1
fn forward_stores(function: &mut Function) {
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
        numbers: (function.definitions.iter())
            .map(|definition| definition.copy && !definition.reference)
            .collect(),
        renamed: HashMap::new(),
    };
    forwarding.region(&function.body);
    let renamed = forwarding.renamed;
    rename(&mut function.body, &renamed);
}

/// An element: its base, and its index.
type Element = (Value, Index);

/// A value, or a literal.
#[derive(Clone, PartialEq, Eq, Hash)]
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
    let literal = literals.get(&index).cloned();
    (base, literal.map_or(Index::Value(index), Index::Literal))
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
                    if let Some(value) = element.and_then(|element| stored.get(element)) {
                        self.renamed.insert(op.results[0], *value);
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
