//! Closures. A closure is lowered anew where it is called, in the scopes it was made in.

use super::stmt::Assigned;
use super::{Binding, Closure, Lowering, Scope, Variable};
use crate::ir::{Kind, Operand};
use proc_macro2::Span;
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, Pat};

/// What an iterator hands out.
#[derive(Clone)]
pub(super) enum Item {
    /// One value.
    One(Operand),
    /// The tuple that `zip` and `enumerate` make, which is never built.
    Pair(Box<Item>, Box<Item>),
}

/// A function handed to an adaptor.
#[derive(Clone)]
pub(super) enum Callback {
    Closure(Rc<Closure>),
    Function(syn::Path),
}

impl Lowering<'_> {
    /// `let name = |…| …;`
    pub(super) fn declare_closure(&mut self, name: &str, closure: &ExprClosure) {
        let closure = self.closure(closure);
        let scope = self.scopes.last_mut().expect("there is a scope");
        scope.insert(name.to_string(), Binding::Closure(closure));
    }

    fn closure(&mut self, closure: &ExprClosure) -> Rc<Closure> {
        if let Some(capture) = &closure.capture {
            let mut assigned = Assigned::default();
            assigned.expr(&closure.body);
            let copies_memory = assigned
                .mentioned
                .iter()
                .any(|name| self.lookup_slot(name).is_some());
            if copies_memory || !self.bound(assigned).is_empty() {
                let message = "a `move` closure that changes what it captures, or captures a variable that is changed in part, is not supported in differentiable code yet; leave out `move`";
                self.errors.push(capture, message);
            }
        }
        Rc::new(Closure {
            closure: closure.clone(),
            scopes: self.scopes.clone(),
        })
    }

    /// Lowers the body of a closure for these arguments.
    pub(super) fn inline(
        &mut self,
        closure: &Closure,
        args: Vec<Item>,
        span: Span,
    ) -> Option<Operand> {
        let syntax = &closure.closure;
        if syntax.inputs.len() != args.len() {
            let message = format!("this closure takes {} arguments", syntax.inputs.len());
            self.errors.add(syn::Error::new(span, message));
            return None;
        }
        let mut assigned = Assigned::default();
        assigned.expr(&syntax.body);
        // A closure sees the names of the place where it was made; what it assigns is borrowed
        // mutably, so that it has the present value.
        let outer = std::mem::replace(&mut self.scopes, closure.scopes.clone());
        let changed = self.bound(assigned);
        self.copy_variables(&changed, &outer);
        let result = self.scoped(|this| {
            for (pat, arg) in syntax.inputs.iter().zip(args) {
                this.bind_item(pat, arg);
            }
            this.closure_body(&syntax.body)
        });
        let inner = std::mem::replace(&mut self.scopes, outer);
        self.copy_variables(&changed, &inner);
        result
    }

    /// Gives variables the values they have in other scopes.
    fn copy_variables(&mut self, variables: &[Variable], from: &[Scope]) {
        for variable in variables {
            let binding = from
                .get(variable.depth)
                .and_then(|scope| scope.get(&variable.name));
            if let (Some(binding), Some(scope)) = (binding, self.scopes.get_mut(variable.depth)) {
                scope.insert(variable.name.clone(), binding.clone());
            }
        }
    }

    /// Calls what was handed to an adaptor.
    pub(super) fn apply(&mut self, callback: &Callback, args: Vec<Item>, span: Span) -> Item {
        let result = match callback {
            Callback::Closure(closure) => self.inline(closure, args, span),
            Callback::Function(path) => {
                let args = args.into_iter().map(|arg| self.single(arg, span)).collect();
                Some(self.call_path(path, args, path.span()))
            }
        };
        Item::One(result.unwrap_or_else(|| self.nothing(span)))
    }

    pub(super) fn callback(&mut self, expr: &Expr) -> Option<Callback> {
        match expr {
            Expr::Closure(closure) => Some(Callback::Closure(self.closure(closure))),
            Expr::Path(path) => {
                let local = path.path.get_ident().map(ToString::to_string);
                if let Some(closure) = local.and_then(|name| self.lookup_closure(&name)) {
                    return Some(Callback::Closure(closure));
                }
                Some(Callback::Function(path.path.clone()))
            }
            other => {
                self.errors
                    .push(other, "write a closure or the name of a function here");
                None
            }
        }
    }

    /// One operand for an item; a pair is built.
    pub(super) fn single(&mut self, item: Item, span: Span) -> Operand {
        match item {
            Item::One(operand) => operand,
            Item::Pair(left, right) => {
                let elements = vec![self.single(*left, span), self.single(*right, span)];
                Operand::by_value(self.push(Kind::Tuple(elements), span))
            }
        }
    }

    pub(super) fn copied(&self, item: Item) -> Item {
        match item {
            Item::One(operand) => Item::One(Operand::by_value(operand.value)),
            pair @ Item::Pair(..) => pair,
        }
    }

    pub(super) fn borrowed(&self, item: Item) -> Item {
        match item {
            Item::One(operand) => Item::One(Operand::by_reference(operand.value)),
            pair @ Item::Pair(..) => pair,
        }
    }

    /// Binds a pattern to an item.
    pub(super) fn bind_item(&mut self, pat: &Pat, item: Item) {
        match (pat, item) {
            (Pat::Tuple(tuple), Item::Pair(left, right)) if tuple.elems.len() == 2 => {
                self.bind_item(&tuple.elems[0], *left);
                self.bind_item(&tuple.elems[1], *right);
            }
            (Pat::Paren(paren), item) => self.bind_item(&paren.pat, item),
            (Pat::Reference(reference), pair @ Item::Pair(..)) => {
                self.bind_item(&reference.pat, pair)
            }
            (pat, item) => {
                let operand = self.single(item, pat.span());
                self.bind(pat, operand);
            }
        }
    }
}
