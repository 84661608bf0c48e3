//! Where each value is defined: shared by the passes after lowering.

mod sums;

use crate::ir::{Function, Kind, Mode, Op, Operand, Region, Sequence, Value};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::{HashMap, HashSet};
use syn::Type;

/// Names a region; the function's body is 0.
pub type RegionId = usize;

/// Definitions and uses of a function's values.
pub struct Index<'f> {
    /// The function.
    pub function: &'f Function,
    /// The operation that defines each value; parameters and region arguments have none.
    definitions: HashMap<Value, &'f Op>,
    /// The region that each value is defined in.
    home: HashMap<Value, RegionId>,
    /// The region that each operation stands in.
    op_homes: HashMap<*const Op, RegionId>,
    /// The operation that owns each region but the body.
    owners: HashMap<RegionId, &'f Op>,
    /// How often each value is used.
    uses: HashMap<Value, usize>,
    /// Values that are read by value somewhere.
    loaded: HashSet<Value>,
    /// Values that are borrowed somewhere, as an argument or the base of a place.
    borrowed: HashSet<Value>,
    /// How often each value is indexed.
    indexed: HashMap<Value, usize>,
    /// How often each value is the index of an element.
    indices: HashMap<Value, usize>,
    regions: HashMap<*const Region, RegionId>,
}

impl<'f> Index<'f> {
    /// Walks the whole function once.
    pub fn of(function: &'f Function) -> Self {
        let mut index = Index {
            function,
            definitions: HashMap::new(),
            home: HashMap::new(),
            op_homes: HashMap::new(),
            owners: HashMap::new(),
            uses: HashMap::new(),
            loaded: HashSet::new(),
            borrowed: HashSet::new(),
            indexed: HashMap::new(),
            indices: HashMap::new(),
            regions: HashMap::new(),
        };
        for param in &function.params {
            index.home.insert(param.value, 0);
        }
        index.region(&function.body);
        index
    }

    fn region(&mut self, region: &'f Region) {
        let id = self.regions.len();
        self.regions.insert(region, id);
        for arg in &region.args {
            self.home.insert(*arg, id);
        }
        for op in &region.ops {
            self.op_homes.insert(op, id);
            for result in &op.results {
                self.definitions.insert(*result, op);
                self.home.insert(*result, id);
            }
            for operand in op.kind.operands() {
                self.count(operand);
            }
            if let Kind::Index(base, index) = &op.kind {
                *self.indexed.entry(*base).or_default() += 1;
                if !self.has_own_index(*base) {
                    *self.indices.entry(index.value).or_default() += 1;
                }
            }
            // Whatever is handed to a rule must have its full shape.
            if let Kind::Call(call) = &op.kind {
                self.borrowed.extend(call.args.iter().map(|arg| arg.value));
            }
            for inner in op.kind.regions() {
                self.owners.insert(self.regions.len(), op);
                self.region(inner);
            }
        }
        for operand in &region.yields {
            self.count(*operand);
        }
    }

    fn count(&mut self, operand: Operand) {
        *self.uses.entry(operand.value).or_default() += 1;
        match operand.mode {
            Mode::Value => self.loaded.insert(operand.value),
            Mode::Reference | Mode::Exclusive => self.borrowed.insert(operand.value),
        };
    }

    /// The operation that defines `value`.
    pub fn definition(&self, value: Value) -> Option<&'f Op> {
        self.definitions.get(&value).copied()
    }

    /// How many regions there are.
    pub fn regions(&self) -> usize {
        self.regions.len()
    }

    /// The region that `value` is defined in.
    pub fn home(&self, value: Value) -> RegionId {
        self.home[&value]
    }

    /// The region that an operation stands in.
    pub fn home_of(&self, op: *const Op) -> RegionId {
        self.op_homes[&op]
    }

    /// Whether the cotangent of a sequence may have no shape yet when an element is added to.
    pub fn needs_fit(&self, base: Value) -> bool {
        let ty = self.function.definitions[base.0].ty.as_ref();
        !matches!(ty, Some(Type::Slice(_) | Type::Array(_))) && self.zero_array(base).is_none()
    }

    /// The number of a region.
    pub fn id(&self, region: &Region) -> RegionId {
        self.regions[&std::ptr::from_ref(region)]
    }

    /// The operation that owns a region; none for the body.
    pub fn owner(&self, region: RegionId) -> Option<&'f Op> {
        self.owners.get(&region).copied()
    }

    /// How often `value` is used.
    pub fn uses(&self, value: Value) -> usize {
        self.uses.get(&value).copied().unwrap_or(0)
    }

    /// Whether `value` is read by value somewhere.
    pub fn is_loaded(&self, value: Value) -> bool {
        self.loaded.contains(&value)
    }

    /// Whether `value` is borrowed somewhere or handed to a rule.
    pub fn is_borrowed(&self, value: Value) -> bool {
        self.borrowed.contains(&value)
    }

    /// Whether `value` is a vector that is surely one of numbers, of which nothing but elements is read.
    pub fn is_elements(&self, value: Value) -> bool {
        self.is_number_vector(value)
            && self.uses(value) == self.indexed.get(&value).copied().unwrap_or(0)
    }

    /// Whether `value` is a vector that was made of numbers.
    pub fn is_number_vector(&self, value: Value) -> bool {
        match self.definition(value).map(|op| &op.kind) {
            Some(Kind::Array(elements, Sequence::Vec)) => {
                !elements.is_empty() && elements.iter().all(|element| self.is_number(element.value))
            }
            Some(Kind::Repeat(element, _, Sequence::Vec)) => self.is_number(element.value),
            Some(Kind::Slot(init)) => self.is_number_vector(init.value),
            Some(Kind::Settled { memory, .. }) => self.is_number_vector(*memory),
            _ => false,
        }
    }

    /// Whether `value` is surely a slice, an array or a vector, of which slices can be taken.
    pub fn is_sequence(&self, value: Value) -> bool {
        let definition = self.function.definitions.get(value.0);
        let is_written = definition.is_some_and(|definition| match &definition.ty {
            Some(Type::Slice(_) | Type::Array(_)) => true,
            Some(Type::Path(path)) => path
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "Vec"),
            _ => false,
        });
        is_written || self.is_number_vector(value) || self.zero_array(value).is_some()
    }

    /// Whether `value` is the vector that a loop collects.
    pub fn is_collected(&self, value: Value) -> bool {
        self.definition(value).is_some_and(|op| {
            matches!(&op.kind, Kind::For { collects: true, .. })
                && op.results.last() == Some(&value)
        })
    }

    /// The zero of an array that is surely one of numbers, or of arrays of numbers.
    pub fn zero_array(&self, value: Value) -> Option<TokenStream> {
        let ty = self.function.definitions.get(value.0)?.ty.as_ref();
        if let Some(zero) = ty.and_then(zero_of_array) {
            return Some(zero);
        }
        let zero = |element: &Operand| match self.is_number(element.value) {
            true => Some(quote!(-0.0)),
            false => self.zero_array(element.value),
        };
        match &self.definition(value)?.kind {
            Kind::Array(elements, Sequence::Array) => {
                let (zero, length) = (zero(elements.first()?)?, elements.len());
                Some(quote!([#zero; #length]))
            }
            Kind::Repeat(element, length, Sequence::Array) => {
                let (zero, length) = (zero(element)?, self.constant(length.value)?);
                Some(quote!([#zero; #length]))
            }
            Kind::Slot(init) => self.zero_array(init.value),
            Kind::Settled { memory, .. } => self.zero_array(*memory),
            Kind::Load(place) if !self.is_place(*place) => self.zero_array(*place),
            _ => None,
        }
    }

    /// Whether `value` is a place inside another value.
    pub fn is_place(&self, value: Value) -> bool {
        self.definition(value).is_some_and(|op| op.kind.is_place())
    }

    /// Whether `value` is a place inside a variant of an enum.
    pub fn is_payload(&self, value: Value) -> bool {
        self.definition(value).is_some_and(|op| match &op.kind {
            Kind::Payload(..) => true,
            kind if kind.is_place() => self.is_payload(kind.operands()[0].value),
            _ => false,
        })
    }

    /// Whether `value` is surely a number and not a reference to one.
    pub fn is_number(&self, value: Value) -> bool {
        let definition = self.function.definitions.get(value.0);
        definition.is_some_and(|definition| definition.copy && !definition.reference)
    }

    /// The tokens of a constant.
    pub fn constant(&self, value: Value) -> Option<&'f TokenStream> {
        match &self.definition(value)?.kind {
            Kind::Constant(tokens) => Some(tokens),
            _ => None,
        }
    }

    /// Whether `value` is a constant that is only the index of elements: then its type is known wherever it is written.
    pub fn is_constant_index(&self, value: Value) -> bool {
        self.constant(value).is_some() && self.indices.get(&value) == Some(&self.uses(value))
    }

    /// Whether a value is of a struct of the file, so that an index operator is the user's own.
    pub fn has_own_index(&self, base: Value) -> bool {
        let Some(Type::Path(path)) = &self.function.definitions[base.0].ty else {
            return false;
        };
        let last = path.path.segments.last();
        last.is_some_and(|last| crate::source::derives_tangent(&last.ident.to_string()))
    }

    /// Whether a place is inside memory that changes.
    pub fn is_memory(&self, value: Value) -> bool {
        let root = self.root(value).0;
        self.definition(root)
            .is_some_and(|op| matches!(op.kind, Kind::Slot(_)))
            || self
                .function
                .params
                .iter()
                .any(|param| param.value == root && param.exclusive)
    }

    /// Whether a place is inside memory that has settled.
    pub fn is_settled(&self, value: Value) -> bool {
        match self.definition(value).map(|op| &op.kind) {
            Some(Kind::Settled { .. }) => true,
            Some(Kind::Snapshot(_)) | None => false,
            Some(kind) => kind.is_place() && self.is_settled(kind.operands()[0].value),
        }
    }

    /// The value that a place is inside of, and the fields that lead to it if there is no index
    /// on the way.
    pub fn root(&self, value: Value) -> (Value, Option<Vec<&'f syn::Member>>) {
        let Some(op) = self.definition(value) else {
            return (value, Some(Vec::new()));
        };
        match &op.kind {
            Kind::Field(base, member) => {
                let (root, path) = self.root(*base);
                let path = path.map(|mut path| {
                    path.push(member);
                    path
                });
                (root, path)
            }
            Kind::Deref(base) | Kind::Snapshot(base) => self.root(*base),
            Kind::Settled { memory, .. } => self.root(*memory),
            Kind::Index(base, _) | Kind::Payload(base, _) => (self.root(*base).0, None),
            _ => (value, Some(Vec::new())),
        }
    }
}

/// The zero of a type that is written as an array of floats, or of such arrays.
fn zero_of_array(ty: &Type) -> Option<TokenStream> {
    let Type::Array(array) = ty else {
        return None;
    };
    let zero = match &*array.elem {
        Type::Path(path) if path.path.is_ident("f64") || path.path.is_ident("f32") => quote!(-0.0),
        element => zero_of_array(element)?,
    };
    let length = &array.len;
    Some(quote!([#zero; #length]))
}
