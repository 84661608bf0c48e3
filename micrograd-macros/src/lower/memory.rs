//! Variables that are changed in part: `a[i] = x`, `s.field += x`, `&mut a`, `v.push(x)`.
//!
//! Such a variable is no SSA value but memory. What is read of it is read where it stands in the
//! source, and whoever borrows it borrows a snapshot, so that the reverse sweep finds old values.

use super::{Binding, Lowering};
use crate::ir::{Kind, Mode, Op, Operand, Value};
use proc_macro2::Span;
use std::collections::HashSet;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Block, Expr};

/// Whether a method may change its receiver: those of floats and nalgebra, and those that begin an
/// iterator, do not.
pub(super) fn may_change(method: &str) -> bool {
    const KEEPING: [&str; 104] = [
        "iter",
        "into_iter",
        "windows",
        "chunks",
        "chunks_exact",
        "clone",
        "to_vec",
        "to_owned",
        "call",
        "dot",
        "norm",
        "norm_squared",
        "normalize",
        "transpose",
        "cross",
        "sum",
        "mean",
        "trace",
        "determinant",
        "try_inverse",
        "component_mul",
        "component_div",
        "scale",
        "column",
        "row",
        "map",
        "first",
        "last",
        "get",
        "as_slice",
        "as_str",
        "pow",
        "min",
        "max",
        "is_multiple_of",
        "rev",
        "unwrap",
        "expect",
        "unwrap_or",
        "unwrap_or_default",
        "copied",
        "cloned",
        "as_ref",
        "as_deref",
        "ok_or",
        "ok",
        "modulus",
        "modulus_squared",
        "norm1",
        "unscale",
        "conjugate",
        "real",
        "try_sqrt",
        "to_f64",
        "to_f32",
        "as_secs_f64",
        "as_secs_f32",
        "columns",
        "rows",
        "fixed_rows",
        "fixed_columns",
        "fixed_view",
        "rows_range",
        "columns_range",
        "view_range",
        "diagonal",
        "upper_triangle",
        "lower_triangle",
        "adjoint",
        "symmetric_part",
        "amax",
        "amin",
        "product",
        "variance",
        "magnitude",
        "magnitude_squared",
        "metric_distance",
        "lerp",
        "angle",
        "perp",
        "try_normalize",
        "tr_mul",
        "kronecker",
        "lu",
        "qr",
        "cholesky",
        "solve_lower_triangular",
        "solve_upper_triangular",
        "inverse",
        "ln_determinant",
        "symmetric_eigenvalues",
        "xy",
        "xyz",
        "zip_map",
        "row_sum",
        "row_mean",
        "column_sum",
        "column_mean",
        "add_scalar",
        "clone_owned",
        "into_owned",
        "zip",
        "then_some",
        "into",
    ];
    !KEEPING.contains(&method)
        && !super::number::FLOAT_METHODS.contains(&method)
        && !super::callee::INERT.contains(&method)
}

/// The names of variables that a function changes in part.
pub(super) fn changed_names(block: &Block) -> HashSet<String> {
    let mut visitor = Changed::default();
    visitor.visit_block(block);
    visitor.0
}

/// The names of variables that an expression changes in part.
pub(super) fn changed_by(expr: &Expr) -> HashSet<String> {
    let mut visitor = Changed::default();
    visitor.visit_expr(expr);
    visitor.0
}

#[derive(Default)]
struct Changed(HashSet<String>);

impl Changed {
    /// The variable that a place is a part of.
    fn part(&mut self, expr: &Expr) {
        match expr {
            Expr::Field(field) => self.root(&field.base),
            Expr::Index(index) => self.root(&index.expr),
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => self.root(&unary.expr),
            Expr::Paren(paren) => self.part(&paren.expr),
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|element| self.part(element)),
            _ => {}
        }
    }

    fn root(&mut self, expr: &Expr) {
        match expr {
            Expr::Path(path) => self
                .0
                .extend(path.path.get_ident().map(ToString::to_string)),
            Expr::Paren(paren) => self.root(&paren.expr),
            other => self.part(other),
        }
    }
}

impl<'ast> Visit<'ast> for Changed {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Assign(assign) => self.part(&assign.left),
            Expr::Binary(binary) if super::expr::compound(&binary.op).is_some() => {
                self.part(&binary.left)
            }
            Expr::Reference(reference) if reference.mutability.is_some() => {
                self.root(&reference.expr)
            }
            Expr::MethodCall(call) if may_change(&call.method.to_string()) => {
                self.root(&call.receiver);
            }
            _ => {}
        }
        syn::visit::visit_expr(self, expr);
    }
}

/// The name that an expression is.
pub(super) fn path_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    }
}

impl Lowering<'_> {
    /// The memory that `name` stands for.
    pub(super) fn lookup_slot(&self, name: &str) -> Option<Value> {
        match self.scopes.iter().rev().find_map(|scope| scope.get(name))? {
            Binding::Slot(slot) => Some(*slot),
            _ => None,
        }
    }

    /// Lets `name` stand for memory that starts as `operand`.
    pub(super) fn declare_slot(&mut self, name: &str, operand: Operand, span: Span) {
        let slot = self.push(Kind::Slot(operand), span);
        self.definitions[slot.0].hint = name.to_string();
        if let Some(depth) = self.of_numbers.get(&operand.value) {
            self.of_numbers.insert(slot, *depth);
        }
        self.definitions[slot.0].ty = match operand.mode {
            Mode::Value => self.definitions[operand.value.0].ty.clone(),
            Mode::Reference | Mode::Exclusive => None,
        };
        self.bind_slot(name, slot);
    }

    /// Lets `name` stand for the memory behind a value.
    pub(super) fn bind_slot(&mut self, name: &str, slot: Value) {
        self.memory.insert(slot);
        let scope = self.scopes.last_mut().expect("there is a scope");
        scope.insert(name.to_string(), Binding::Slot(slot));
    }

    /// Whether a value is memory or a place inside it.
    pub(super) fn is_memory(&self, value: Value) -> bool {
        self.memory.contains(&value)
    }

    /// Whether a value is a place inside another one.
    pub(super) fn is_place(&self, value: Value) -> bool {
        let defined = self.ops.iter().rev().find(|op| op.results.contains(&value));
        defined.is_some_and(|op| op.kind.is_place())
    }

    /// What a borrow of `place` sees, also later.
    pub(super) fn frozen(&mut self, place: Value, span: Span) -> Value {
        if !self.is_memory(place) && !self.snapshot_parts.contains(&place) {
            return place;
        }
        let copy = self.definitions[place.0].copy;
        let ty = self.definitions[place.0].ty.clone();
        let snapshot = self.push(Kind::Snapshot(place), span);
        self.definitions[snapshot.0].copy = copy;
        self.definitions[snapshot.0].ty = ty;
        snapshot
    }

    /// The value at a place in memory, which later changes do not reach.
    pub(super) fn load(&mut self, place: Value, span: Span) -> Operand {
        let definition = self.definitions[place.0].clone();
        let loaded = self.push(Kind::Load(place), span);
        let of_number = definition.ty.as_ref().is_some_and(super::is_number);
        self.definitions[loaded.0].copy = of_number || (definition.copy && self.is_place(place));
        self.definitions[loaded.0].ty = definition.ty;
        Operand::by_value(loaded)
    }

    /// `place = operand`
    pub(super) fn store(&mut self, place: Value, operand: Operand, span: Span) {
        self.ops.push(Op {
            results: Vec::new(),
            kind: Kind::Store(place, operand),
            span,
        });
    }

    /// Assignment to a part of a variable, if it is one.
    pub(super) fn store_part(&mut self, target: &Expr, operand: Operand) {
        let place = self.place(target);
        if !self.is_memory(place) {
            return self.not_memory(target);
        }
        self.store(place, operand, target.span());
    }

    /// Reports an assignment whose target is no memory.
    pub(super) fn not_memory(&mut self, target: &Expr) {
        let message = match self.is_own_choice(target) {
            true => "which part of the value this index means is not known before the program runs; write a `match` over its fields, or keep them in an array",
            false => "the data flow of this assignment cannot be seen; assign to a local variable declared with `let mut`, or to a `&mut` parameter",
        };
        self.errors.push(target, message);
    }

    /// `&mut place`
    pub(super) fn exclusive(&mut self, expr: &Expr) -> Operand {
        let place = self.place(expr);
        if !self.is_memory(place) {
            let message = "the data flow through this `&mut` cannot be seen; borrow a local variable declared with `let mut`, or a `&mut` parameter";
            self.errors.push(expr, message);
        }
        Operand {
            value: place,
            mode: Mode::Exclusive,
        }
    }

    /// `mem::swap(&mut a, &mut b)`, `mem::replace(&mut a, b)` and `mem::take(&mut a)`.
    pub(super) fn memory_function(
        &mut self,
        path: &syn::Path,
        args: &[Operand],
        span: Span,
    ) -> Option<Operand> {
        let name = path.segments.last()?.ident.to_string();
        match (name.as_str(), args) {
            ("swap", [a, b]) => {
                self.exchange(a.value, b.value, span);
                Some(self.nothing(span))
            }
            ("replace", [a, new]) => {
                let old = self.load(a.value, span);
                self.store(a.value, *new, span);
                Some(old)
            }
            ("take", [a]) => {
                let old = self.load(a.value, span);
                let default: syn::Path = syn::parse_quote!(::core::default::Default::default);
                let empty = self.call_path(&default, Vec::new(), span);
                self.store(a.value, empty, span);
                Some(old)
            }
            _ => None,
        }
    }
}
