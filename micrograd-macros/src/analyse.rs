//! Which values matter: a differentiable parameter reaches them *and* they reach the result.
//!
//! Everything else (indices, sizes, predicates, literals, dead code) stays plain Rust in the
//! emitted code and is never differentiated.

use crate::ir::{carried, Call, Effect, Function, Kind, Op, Operand, Region, Value};
use syn::Type;

/// For each value whether it matters.
pub struct Activity(Vec<bool>);

impl Activity {
    /// Whether a cotangent flows to `value`.
    pub fn matters(&self, value: Value) -> bool {
        self.0[value.0]
    }

    /// Whether the operation has an adjoint.
    pub fn is_reversed(&self, op: &Op) -> bool {
        op.results.iter().any(|result| self.matters(*result))
    }
}

/// Finds the values that matter.
pub fn analyse(function: &Function) -> Activity {
    let count = function.definitions.len();
    let mut varied = Flags(vec![false; count]);
    for param in &function.params {
        varied.0[param.value.0] = param.active;
    }
    varied.forward(&function.body);
    let mut useful = Flags(vec![false; count]);
    useful.mark(&function.body.yields);
    useful.backward(&function.body);
    let both = varied.0.iter().zip(&useful.0).map(|(varied, useful)| *varied && *useful);
    Activity(both.collect())
}

struct Flags(Vec<bool>);

impl Flags {
    fn get(&self, operand: &Operand) -> bool {
        self.0[operand.value.0]
    }

    fn any(&self, operands: &[Operand]) -> bool {
        operands.iter().any(|operand| self.get(operand))
    }

    fn mark(&mut self, operands: &[Operand]) {
        for operand in operands {
            self.0[operand.value.0] = true;
        }
    }

    /// Follows values from the parameters.
    fn forward(&mut self, region: &Region) {
        for op in &region.ops {
            match &op.kind {
                Kind::If { then, otherwise, .. } => {
                    self.forward(then);
                    self.forward(otherwise);
                    for (index, result) in op.results.iter().enumerate() {
                        let yields = [then, otherwise].map(|region| region.yields.get(index));
                        self.0[result.0] = yields.into_iter().flatten().any(|operand| self.get(operand));
                    }
                }
                Kind::For { inits, body, exits, .. } => self.forward_loop(op, inits, body, *exits),
                kind => {
                    let varied = self.is_varied(kind);
                    for result in &op.results {
                        self.0[result.0] = varied;
                    }
                }
            }
        }
    }

    /// A carried value varies if its start or what the body makes of it does.
    fn forward_loop(&mut self, op: &Op, inits: &[Operand], body: &Region, exits: bool) {
        for (arg, init) in body.args[1..].iter().zip(inits) {
            self.0[arg.0] = self.get(init);
        }
        loop {
            self.forward(body);
            let mut changed = false;
            for (arg, next) in body.args[1..].iter().zip(carried(&body.yields, exits)) {
                changed |= self.get(next) && !self.0[arg.0];
                self.0[arg.0] |= self.get(next);
            }
            if !changed {
                break;
            }
        }
        for (result, arg) in op.results.iter().zip(&body.args[1..]) {
            self.0[result.0] = self.0[arg.0];
        }
        if let Some((vector, element)) = collected(op, body) {
            self.0[vector.0] = self.get(&element);
        }
    }

    fn is_varied(&self, kind: &Kind) -> bool {
        match kind {
            Kind::Constant(_) | Kind::Not(_) | Kind::Range(..) | Kind::Plain(_) | Kind::PlainValue(_) | Kind::Matches(..) => false,
            Kind::Binary(operator, a, b) => is_arithmetic(operator) && self.any(&[*a, *b]),
            Kind::Cast(a, ty) => self.get(a) && !is_integer(ty),
            Kind::Field(base, _) | Kind::Index(base, _) | Kind::Deref(base) => self.0[base.0],
            Kind::Repeat(element, ..) => self.get(element),
            Kind::Present(a) | Kind::Unwrap(a) => self.get(a),
            Kind::Call(Call { effect: Effect::Inert, .. }) => false,
            Kind::Neg(_) | Kind::Tuple(_) | Kind::Array(..) | Kind::Struct { .. } | Kind::Call(_) => {
                self.any(&kind.operands())
            }
            Kind::If { .. } | Kind::For { .. } => unreachable!("followed into their regions"),
        }
    }

    /// Follows values back from the result.
    fn backward(&mut self, region: &Region) {
        for op in region.ops.iter().rev() {
            match &op.kind {
                Kind::If { then, otherwise, .. } => {
                    for region in [then, otherwise] {
                        for (result, yielded) in op.results.iter().zip(&region.yields) {
                            self.0[yielded.value.0] |= self.0[result.0];
                        }
                        self.backward(region);
                    }
                }
                Kind::For { inits, body, exits, .. } => self.backward_loop(op, inits, body, *exits),
                kind => {
                    if op.results.iter().any(|result| self.0[result.0]) {
                        self.mark(&kind.operands());
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
            self.0[element.value.0] |= self.0[vector.0];
        }
        loop {
            let mut changed = false;
            for ((result, arg), yielded) in op.results.iter().zip(&body.args[1..]).zip(yields) {
                let useful = self.0[result.0] || self.0[arg.0];
                changed |= useful && !(self.0[result.0] && self.0[arg.0] && self.get(yielded));
                self.0[result.0] |= useful;
                self.0[arg.0] |= useful;
                self.0[yielded.value.0] |= useful;
            }
            self.backward(body);
            let late = op.results.iter().zip(&body.args[1..]).any(|(result, arg)| self.0[result.0] != self.0[arg.0]);
            if !changed && !late {
                break;
            }
        }
        for (result, init) in op.results.iter().zip(inits) {
            self.0[init.value.0] |= self.0[result.0];
        }
    }
}

/// The vector that a loop collects, and the element that its body yields.
fn collected(op: &Op, body: &Region) -> Option<(Value, Operand)> {
    let Kind::For { collects: true, .. } = &op.kind else { return None };
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
    let float = matches!(ty, Type::Path(path) if path.path.is_ident("f32") || path.path.is_ident("f64"));
    crate::lower::is_number(ty) && !float
}
