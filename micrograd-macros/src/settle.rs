//! Memory that has settled: from some operation on, nobody changes it any more. What is read of it from
//! there on need not be kept element by element; the reverse sweep reads the memory itself, or one copy.
//!
// In:   store(%v[i], %1);  for i { %2 = load(%v[i]); … }        and no store to %v behind
// Out:  store(%v[i], %1);  %3 = settled(%v);  for i { %2 = %3[i]; … }

use crate::analyse::changed;
use crate::ir::{Definition, Function, Kind, Op, Region, Value};
use crate::merge::{forward, merge_indices, merge_reads, rename, roots};
use crate::overwrite::overwrites;
use std::collections::{HashMap, HashSet};

/// Rewrites the reads of memory that has settled.
pub fn settle(function: &mut Function) {
    merge_indices(function);
    forward(function);
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
        ops.iter().any(|op| overwrites(ops, op, root, *length))
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
