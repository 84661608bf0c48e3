//! Closures. A closure is lowered anew where it is called, in the scopes it was made in.

use super::iter::Stream;
use super::stmt::Assigned;
use super::{Binding, Closure, Lowering, Scope, Variable};
use crate::ir::{Kind, Mode, Operand, Value};
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
    /// A reference to what is no plain value itself, as `filter` hands out.
    Borrowed(Box<Item>),
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
    ) -> Option<Item> {
        let (outer, changed) = self.enter(closure, args, span)?;
        let result = self.body_item(&closure.closure.body);
        let inner = std::mem::replace(&mut self.scopes, outer);
        self.copy_variables(&changed, &inner);
        result
    }

    /// Goes to the place where a closure was made and binds its arguments there; the scopes to come
    /// back to, and the variables that the closure changes. What it assigns is borrowed mutably, so
    /// that it has the present value.
    pub(super) fn enter(
        &mut self,
        closure: &Closure,
        args: Vec<Item>,
        span: Span,
    ) -> Option<(Vec<Scope>, Vec<Variable>)> {
        let syntax = &closure.closure;
        if syntax.inputs.len() != args.len() {
            let message = format!("this closure takes {} arguments", syntax.inputs.len());
            self.errors.add(syn::Error::new(span, message));
            return None;
        }
        let mut assigned = Assigned::default();
        assigned.expr(&syntax.body);
        let outer = std::mem::replace(&mut self.scopes, closure.scopes.clone());
        let changed = self.bound(assigned);
        self.copy_variables(&changed, &outer);
        self.scopes.push(Scope::new());
        for (pat, arg) in syntax.inputs.iter().zip(args) {
            self.bind_item(pat, arg);
        }
        Some((outer, changed))
    }

    /// The value of a closure's body.
    fn body_item(&mut self, body: &Expr) -> Option<Item> {
        match body {
            Expr::Paren(paren) => self.body_item(&paren.expr),
            Expr::Tuple(tuple) if tuple.elems.len() == 2 => Some(self.item_of(body)),
            body => self.value(body).map(Item::One),
        }
    }

    /// The value of an expression; a pair is not built.
    pub(super) fn item_of(&mut self, expr: &Expr) -> Item {
        match expr {
            Expr::Paren(paren) => self.item_of(&paren.expr),
            Expr::Tuple(tuple) if tuple.elems.len() == 2 => {
                let [left, right] = [0, 1].map(|index| Box::new(self.item_of(&tuple.elems[index])));
                Item::Pair(left, right)
            }
            Expr::Path(path) => {
                let ident = path.path.get_ident().map(ToString::to_string);
                match ident.and_then(|name| self.lookup_item(&name)) {
                    Some(item) => item,
                    None => Item::One(self.expr(expr)),
                }
            }
            Expr::MethodCall(call) => match self.split(call).or_else(|| self.option_call(call)) {
                Some(item) => item,
                None => Item::One(self.expr(expr)),
            },
            expr => Item::One(self.expr(expr)),
        }
    }

    /// Calls a callback that gives an iterator or a sequence.
    pub(super) fn apply_stream(
        &mut self,
        callback: &Callback,
        item: Item,
        span: Span,
    ) -> Option<Stream> {
        let Callback::Closure(closure) = callback else {
            let sequence = self.apply(callback, vec![item], span);
            let sequence = self.single(sequence, span);
            return Some(self.elements(sequence, span));
        };
        let (outer, changed) = self.enter(closure, vec![item], span)?;
        let stream = self.body_stream(&closure.closure.body);
        let inner = std::mem::replace(&mut self.scopes, outer);
        self.copy_variables(&changed, &inner);
        stream
    }

    fn body_stream(&mut self, body: &Expr) -> Option<Stream> {
        if let Expr::Block(block) = body {
            if let Some((syn::Stmt::Expr(last, None), init)) = block.block.stmts.split_last() {
                init.iter().for_each(|statement| self.statement(statement));
                return self.body_stream(last);
            }
        }
        if let Some(stream) = self.stream(body) {
            return Some(stream);
        }
        let sequence = self.value(body)?;
        Some(self.elements(sequence, body.span()))
    }

    /// Gives variables the values they have in other scopes.
    pub(super) fn copy_variables(&mut self, variables: &[Variable], from: &[Scope]) {
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
                Some(Item::One(self.call_function(path, args, path.span())))
            }
        };
        result.unwrap_or_else(|| Item::One(self.nothing(span)))
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
            Item::Borrowed(item) => Operand::by_reference(self.single(*item, span).value),
        }
    }

    /// A copy of what an iterator hands out a reference to.
    pub(super) fn copied(&mut self, item: Item) -> Item {
        match item {
            Item::One(operand) => Item::One(Operand::by_value(operand.value)),
            pair @ Item::Pair(..) => pair,
            Item::Borrowed(item) => *item,
        }
    }

    pub(super) fn borrowed(&mut self, item: Item) -> Item {
        match item {
            Item::One(operand) if operand.mode != Mode::Reference => {
                Item::One(Operand::by_reference(operand.value))
            }
            item => Item::Borrowed(Box::new(item)),
        }
    }

    /// What an expression is a reference to, of one that is bound to an item.
    pub(super) fn behind(&mut self, expr: &Expr) -> Option<Item> {
        match expr {
            Expr::Paren(paren) => self.behind(&paren.expr),
            Expr::Path(path) => match self.lookup_item(&path.path.get_ident()?.to_string())? {
                Item::Borrowed(item) => Some(*item),
                Item::One(_) | Item::Pair(..) => None,
            },
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
                match self.behind(&unary.expr)? {
                    Item::Borrowed(item) => Some(*item),
                    Item::One(_) | Item::Pair(..) => None,
                }
            }
            _ => None,
        }
    }

    /// An item as one value that borrows nothing.
    pub(super) fn owned(&mut self, item: &Item, span: Span) -> Operand {
        match item {
            Item::One(operand) => self.read(*operand, span),
            Item::Pair(left, right) => {
                let elements = vec![self.owned(left, span), self.owned(right, span)];
                Operand::by_value(self.push(Kind::Tuple(elements), span))
            }
            Item::Borrowed(item) => self.owned(item, span),
        }
    }

    /// What was made by [`Lowering::owned`], as an item that looks like the one it was made of.
    pub(super) fn like(&mut self, template: &Item, value: Value, span: Span) -> Item {
        match template {
            Item::One(operand) => Item::One(match operand.mode {
                Mode::Value => Operand::by_value(value),
                Mode::Reference | Mode::Exclusive => Operand::by_reference(value),
            }),
            Item::Pair(left, right) => {
                let [left, right] = [(0, left), (1, right)].map(|(index, half)| {
                    let member = syn::Member::Unnamed(syn::Index { index, span });
                    let part = self.push(Kind::Field(value, member), span);
                    Box::new(self.like(half, part, span))
                });
                Item::Pair(left, right)
            }
            Item::Borrowed(item) => Item::Borrowed(Box::new(self.like(item, value, span))),
        }
    }

    /// The halves of a pair.
    pub(super) fn halves(&mut self, item: Item, span: Span) -> (Item, Item) {
        match item {
            Item::Pair(left, right) => (*left, *right),
            Item::Borrowed(item) => {
                let (left, right) = self.halves(*item, span);
                (self.borrowed(left), self.borrowed(right))
            }
            Item::One(operand) => {
                let [left, right] = [0, 1].map(|index| {
                    let member = syn::Member::Unnamed(syn::Index { index, span });
                    let value = self.push(Kind::Field(operand.value, member), span);
                    Item::One(Operand {
                        value,
                        mode: operand.mode,
                    })
                });
                (left, right)
            }
        }
    }

    /// `pair.0` of a pair that is not built.
    pub(super) fn half(&mut self, field: &syn::ExprField) -> Option<Item> {
        let syn::Member::Unnamed(index) = &field.member else {
            return None;
        };
        let base = match &*field.base {
            Expr::Paren(paren) => &*paren.expr,
            base => base,
        };
        let mut item = match base {
            Expr::Path(path) => self.lookup_item(&path.path.get_ident()?.to_string())?,
            Expr::Field(inner) => self.half(inner)?,
            Expr::Unary(_) => self.behind(base)?,
            _ => return None,
        };
        while let Item::Borrowed(inner) = item {
            item = *inner;
        }
        match (item, index.index) {
            (Item::Pair(left, _), 0) => Some(*left),
            (Item::Pair(_, right), 1) => Some(*right),
            _ => None,
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
            (Pat::Tuple(_), Item::Borrowed(item))
                if matches!(*item, Item::Pair(..) | Item::Borrowed(_)) =>
            {
                let (left, right) = self.halves(*item, pat.span());
                let [left, right] = [left, right].map(|half| Box::new(self.borrowed(half)));
                self.bind_item(pat, Item::Pair(left, right));
            }
            (Pat::Reference(reference), Item::Borrowed(item)) => {
                self.bind_item(&reference.pat, *item)
            }
            (Pat::Type(typed), item @ (Item::Pair(..) | Item::Borrowed(_))) => {
                self.bind_item(&typed.pat, item)
            }
            (Pat::Wild(_), _) => {}
            (Pat::Ident(ident), pair @ (Item::Pair(..) | Item::Borrowed(_)))
                if ident.mutability.is_none() && ident.subpat.is_none() =>
            {
                let scope = self.scopes.last_mut().expect("there is a scope");
                scope.insert(ident.ident.to_string(), Binding::Item(pair));
            }
            (pat, item) => {
                let operand = self.single(item, pat.span());
                self.bind(pat, operand);
            }
        }
    }
}

impl Item {
    /// Whether a part of it is borrowed to be changed.
    pub(super) fn is_exclusive(&self) -> bool {
        match self {
            Item::One(operand) => operand.mode == Mode::Exclusive,
            Item::Pair(left, right) => left.is_exclusive() || right.is_exclusive(),
            Item::Borrowed(item) => item.is_exclusive(),
        }
    }
}
