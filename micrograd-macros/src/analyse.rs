//! Which values matter: a differentiable parameter reaches them *and* they reach the result.
//!
//! Everything else (indices, sizes, predicates, literals, dead code) stays plain Rust in the
//! emitted code and is never differentiated.

mod inert;

use crate::ir::{carried, Call, Effect, Function, Kind, Mode, Op, Operand, Region, Value};
use syn::Type;

/// For each value whether it matters.
pub struct Activity {
    matters: Vec<bool>,
    roots: Vec<Value>,
}

impl Activity {
    /// Whether a cotangent flows to `value`.
    pub fn matters(&self, value: Value) -> bool {
        self.matters[value.0]
    }

    /// Whether the operation has an adjoint.
    pub fn is_reversed(&self, op: &Op) -> bool {
        op.results.iter().any(|result| self.matters(*result))
            || changed(&op.kind).any(|place| self.matters(self.roots[place.0]))
            || op
                .kind
                .regions()
                .iter()
                .any(|region| region.ops.iter().any(|op| self.changes(op)))
    }

    /// Whether an operation, or one inside it, changes memory that matters.
    fn changes(&self, op: &Op) -> bool {
        changed(&op.kind).any(|place| self.matters(self.roots[place.0]))
            || op
                .kind
                .regions()
                .iter()
                .any(|region| region.ops.iter().any(|op| self.changes(op)))
    }
}

/// Finds the values that matter.
pub fn analyse(function: &Function) -> Activity {
    let active: Vec<bool> = function.params.iter().map(|param| param.active).collect();
    analyse_for(function, &active)
}

/// Finds the values that matter if those parameters can carry a derivative for which `active` says so.
pub fn analyse_for(function: &Function, active: &[bool]) -> Activity {
    let count = function.definitions.len();
    let roots = roots(function);
    let inert = inert::inert(function);
    let excluded = excluded(function).into_iter().zip(&inert);
    let still: Vec<bool> = excluded
        .map(|(excluded, inert)| excluded || *inert)
        .collect();
    let mut varied = Flags {
        flags: vec![false; count],
        roots: roots.clone(),
        inert: &still,
    };
    for (param, active) in function.params.iter().zip(active) {
        varied.flags[param.value.0] = *active;
    }
    varied.until_stable(|flags| flags.forward(&function.body));
    let mut useful = Flags {
        flags: vec![false; count],
        roots,
        inert: &inert,
    };
    for param in function.params.iter().filter(|param| param.exclusive) {
        useful.flags[param.value.0] = true;
    }
    useful.mark(&function.body.yields);
    useful.until_stable(|flags| flags.backward(&function.body));
    let both = varied
        .flags
        .iter()
        .zip(&useful.flags)
        .map(|(varied, useful)| *varied && *useful);
    Activity {
        matters: both.collect(),
        roots: useful.roots,
    }
}

/// The places that an operation itself changes.
pub fn changed(kind: &Kind) -> impl Iterator<Item = Value> {
    let (store, other) = match kind {
        Kind::Store(place, _)
        | Kind::Push(place, _)
        | Kind::Pop(place)
        | Kind::Truncate(place, _)
        | Kind::Rearrange(place, _) => (Some(*place), None),
        Kind::Swap(a, b) => (Some(*a), Some(*b)),
        Kind::Call(call) => (call.changes, None),
        _ => (None, None),
    };
    let exclusive = match kind {
        Kind::Call(call) => call.args.clone(),
        _ => Vec::new(),
    };
    let exclusive = exclusive
        .into_iter()
        .filter(|arg| arg.mode == Mode::Exclusive)
        .map(|arg| arg.value);
    store.into_iter().chain(other).chain(exclusive)
}

/// For each value the one it is a place inside of.
fn roots(function: &Function) -> Vec<Value> {
    let mut roots: Vec<Value> = (0..function.definitions.len()).map(Value).collect();
    function.body.visit(&mut |op| {
        if op.kind.is_place() {
            let base = op.kind.operands()[0].value;
            roots[op.results[0].0] = roots[base.0];
        }
    });
    roots
}

/// For each value whether it is a place inside a field that carries no derivative, as the file tells.
fn excluded(function: &Function) -> Vec<bool> {
    let mut excluded = vec![false; function.definitions.len()];
    function.body.visit(&mut |op| {
        if !op.kind.is_place() {
            return;
        }
        let base = op.kind.operands()[0].value;
        let owner = match function.definitions[base.0].ty.as_ref() {
            Some(Type::Path(owner)) => crate::source::bare_name(&owner.path),
            _ => None,
        };
        let is_field = match (&op.kind, owner) {
            (Kind::Field(_, member), Some(owner)) => crate::source::is_excluded(&owner, member),
            _ => false,
        };
        excluded[op.results[0].0] = is_field || excluded[base.0];
    });
    excluded
}

struct Flags<'i> {
    flags: Vec<bool>,
    roots: Vec<Value>,
    inert: &'i [bool],
}

impl Flags<'_> {
    fn get(&self, operand: &Operand) -> bool {
        self.flags[operand.value.0]
    }

    /// Memory carries flags against the order of operations, so passes repeat until none changes.
    fn until_stable(&mut self, mut pass: impl FnMut(&mut Self)) {
        loop {
            let before = self.flags.clone();
            pass(self);
            if self.flags == before {
                break;
            }
        }
    }

    /// Marks the memory that an operation changes.
    fn mark_changed(&mut self, kind: &Kind) {
        for place in changed(kind) {
            let root = self.roots[place.0];
            self.flags[root.0] = true;
        }
    }

    fn any(&self, operands: &[Operand]) -> bool {
        operands.iter().any(|operand| self.get(operand))
    }

    fn mark(&mut self, operands: &[Operand]) {
        for operand in operands {
            self.flags[operand.value.0] = true;
        }
    }

    /// Follows values from the parameters.
    fn forward(&mut self, region: &Region) {
        for op in &region.ops {
            match &op.kind {
                Kind::If {
                    then, otherwise, ..
                } => {
                    self.forward(then);
                    self.forward(otherwise);
                    for (index, result) in op.results.iter().enumerate() {
                        let yields = [then, otherwise].map(|region| region.yields.get(index));
                        self.flags[result.0] = yields
                            .into_iter()
                            .flatten()
                            .any(|operand| self.get(operand))
                            && !self.inert[result.0];
                    }
                }
                Kind::For {
                    inits, body, exits, ..
                } => self.forward_loop(op, inits, body, *exits),
                kind => {
                    let varied = self.is_varied(kind);
                    for result in &op.results {
                        let slot = matches!(kind, Kind::Slot(_)) && self.flags[result.0];
                        self.flags[result.0] = (varied || slot) && !self.inert[result.0];
                    }
                    if varied {
                        self.mark_changed(kind);
                    }
                }
            }
        }
    }

    /// A carried value varies if its start or what the body makes of it does.
    fn forward_loop(&mut self, op: &Op, inits: &[Operand], body: &Region, exits: bool) {
        for (arg, init) in body.args[1..].iter().zip(inits) {
            self.flags[arg.0] = self.get(init);
        }
        loop {
            self.forward(body);
            let mut changed = false;
            for (arg, next) in body.args[1..].iter().zip(carried(&body.yields, exits)) {
                let varied = self.get(next) && !self.inert[arg.0];
                changed |= varied && !self.flags[arg.0];
                self.flags[arg.0] |= varied;
            }
            if !changed {
                break;
            }
        }
        for (result, arg) in op.results.iter().zip(&body.args[1..]) {
            self.flags[result.0] = self.flags[arg.0];
        }
        if let Some((vector, element)) = collected(op, body) {
            self.flags[vector.0] = self.get(&element);
        }
    }

    fn is_varied(&self, kind: &Kind) -> bool {
        match kind {
            Kind::Constant(_)
            | Kind::Not(_)
            | Kind::Range(..)
            | Kind::Plain(_)
            | Kind::PlainValue(_)
            | Kind::Matches(..) => false,
            Kind::Binary(operator, a, b) => is_arithmetic(operator) && self.any(&[*a, *b]),
            Kind::Cast(a, ty) => self.get(a) && !is_integer(ty),
            Kind::Field(base, _) | Kind::Index(base, _) | Kind::Deref(base) => self.flags[base.0],
            Kind::Payload(base, _) | Kind::Load(base) | Kind::Snapshot(base) => self.flags[base.0],
            Kind::Settled { memory, .. } => self.flags[memory.0],
            Kind::Slot(a) | Kind::Store(_, a) | Kind::Push(_, a) => self.get(a),
            Kind::Pop(place) => self.flags[place.0],
            Kind::Truncate(..) | Kind::Rearrange(..) => false,
            Kind::Swap(a, b) => self.flags[a.0] || self.flags[b.0],
            Kind::Repeat(element, ..) => self.get(element),
            Kind::Present(a) | Kind::Unwrap(a, _) => self.get(a),
            Kind::Lambda(lambda) => self.get(&lambda.captures),
            Kind::Call(Call {
                effect: Effect::Inert,
                ..
            }) => false,
            Kind::Neg(_)
            | Kind::Tuple(_)
            | Kind::Array(..)
            | Kind::Struct { .. }
            | Kind::Call(_) => self.any(&kind.operands()),
            Kind::If { .. } | Kind::For { .. } => unreachable!("followed into their regions"),
        }
    }

    /// Follows values back from the result.
    fn backward(&mut self, region: &Region) {
        for op in region.ops.iter().rev() {
            match &op.kind {
                Kind::If {
                    then, otherwise, ..
                } => {
                    for region in [then, otherwise] {
                        for (result, yielded) in op.results.iter().zip(&region.yields) {
                            self.flags[yielded.value.0] |= self.flags[result.0];
                        }
                        self.backward(region);
                    }
                }
                Kind::For {
                    inits, body, exits, ..
                } => self.backward_loop(op, inits, body, *exits),
                kind => {
                    let changes = changed(kind).any(|place| self.flags[self.roots[place.0].0]);
                    if changes || op.results.iter().any(|result| self.flags[result.0]) {
                        self.mark(&kind.operands());
                        self.mark_changed(kind);
                    }
                }
            }
        }
    }

    /// A carried value is useful before, inside and after a loop alike: with no trips the start is
    /// the result, with many the value of one iteration is the start of the next.
    fn backward_loop(&mut self, op: &Op, inits: &[Operand], body: &Region, exits: bool) {
        let yields = carried(&body.yields, exits);
        if let Some((vector, element)) = collected(op, body) {
            self.flags[element.value.0] |= self.flags[vector.0];
        }
        loop {
            let mut changed = false;
            for ((result, arg), yielded) in op.results.iter().zip(&body.args[1..]).zip(yields) {
                let useful = self.flags[result.0] || self.flags[arg.0];
                changed |=
                    useful && !(self.flags[result.0] && self.flags[arg.0] && self.get(yielded));
                self.flags[result.0] |= useful;
                self.flags[arg.0] |= useful;
                self.flags[yielded.value.0] |= useful;
            }
            self.backward(body);
            let late = op
                .results
                .iter()
                .zip(&body.args[1..])
                .any(|(result, arg)| self.flags[result.0] != self.flags[arg.0]);
            if !changed && !late {
                break;
            }
        }
        for (result, init) in op.results.iter().zip(inits) {
            self.flags[init.value.0] |= self.flags[result.0];
        }
    }
}

/// The vector that a loop collects, and the element that its body yields.
fn collected(op: &Op, body: &Region) -> Option<(Value, Operand)> {
    let Kind::For { collects: true, .. } = &op.kind else {
        return None;
    };
    Some((*op.results.last()?, *body.yields.last()?))
}

fn is_arithmetic(operator: &syn::BinOp) -> bool {
    use syn::BinOp;
    matches!(
        operator,
        BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_)
    )
}

/// Whether a cast's target is written as an integer.
fn is_integer(ty: &Type) -> bool {
    let float =
        matches!(ty, Type::Path(path) if path.path.is_ident("f32") || path.path.is_ident("f64"));
    crate::lower::is_number(ty) && !float
}
