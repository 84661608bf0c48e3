//! Closures. A closure is lowered anew where it is called, in the scopes it was made in.

use super::assigned::Assigned;
use super::item::Item;
use super::iter::Stream;
use super::{Binding, Closure, Lowering, Scope, Variable};
use crate::ir::{Kind, Mode};
use proc_macro2::Span;
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure};

/// A function handed to an adaptor.
#[derive(Clone)]
pub(super) enum Callback {
    Closure(Rc<Closure>),
    Function(syn::Path),
}

impl Lowering<'_> {
    fn closure(&mut self, closure: &ExprClosure) -> Rc<Closure> {
        let mut scopes = self.scopes.clone();
        if closure.capture.is_some() {
            let copies = self.moved(&closure.body);
            let innermost = scopes.last_mut().expect("there is a scope");
            innermost.extend(copies);
        }
        Rc::new(Closure {
            closure: closure.clone(),
            scopes,
        })
    }

    /// What a `move` closure has copies of, of the variables that change: those it changes live in
    /// memory of its own.
    fn moved(&mut self, body: &Expr) -> Scope {
        let mut assigned = Assigned::default();
        assigned.expr(body);
        let changed = super::memory::changed_by(body);
        let mut copies = Scope::new();
        for name in &assigned.mentioned {
            let changes = changed.contains(name) || assigned.names.contains(name);
            let value = match self.lookup_slot(name) {
                Some(slot) if self.is_exclusive_param(slot) => continue,
                Some(slot) => self.load(slot, body.span()),
                None => match self.lookup(name).flatten() {
                    Some(operand) if changes && operand.mode != Mode::Exclusive => operand,
                    _ => continue,
                },
            };
            let copy = if changes {
                let slot = self.push(Kind::Slot(value), body.span());
                self.definitions[slot.0].hint = name.clone();
                self.definitions[slot.0].ty = self.definitions[value.value.0].ty.clone();
                self.definitions[slot.0].copy = self.definitions[value.value.0].copy;
                if let Some(depth) = self.of_numbers.get(&value.value) {
                    self.of_numbers.insert(slot, *depth);
                }
                self.memory.insert(slot);
                Binding::Slot(slot)
            } else {
                Binding::Variable(Some(value))
            };
            copies.insert(name.clone(), copy);
        }
        copies
    }

    /// Lowers the body of a closure for these arguments.
    pub(super) fn inline(
        &mut self,
        closure: &Closure,
        args: Vec<Item>,
        span: Span,
    ) -> Option<Item> {
        let (outer, changed) = self.enter(closure, args, span)?;
        let body = &*closure.closure.body;
        let result = self.in_closure(body, |this| {
            if super::join::returns(body) {
                this.returning_body(body).map(Item::One)
            } else {
                this.body_item(body)
            }
        });
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
            Expr::Tuple(tuple) if tuple.elems.len() > 1 => Some(self.item_of(body)),
            Expr::Closure(_) => Some(self.item_of(body)),
            Expr::Block(block) if block.label.is_none() => match block.block.stmts.split_last() {
                Some((syn::Stmt::Expr(last, None), init)) => {
                    self.scopes.push(Scope::new());
                    for statement in init {
                        self.statement(statement);
                        if self.diverged {
                            break;
                        }
                    }
                    let item = if self.diverged {
                        None
                    } else {
                        self.body_item(last)
                    };
                    self.scopes.pop();
                    item
                }
                _ => self.value(body).map(Item::One),
            },
            body => self.value(body).map(Item::One),
        }
    }

    /// The value of an expression; a tuple is not built.
    pub(super) fn item_of(&mut self, expr: &Expr) -> Item {
        match expr {
            Expr::Paren(paren) => self.item_of(&paren.expr),
            Expr::Tuple(tuple) if tuple.elems.len() > 1 => {
                let parts = tuple.elems.iter().map(|element| self.item_of(element));
                Item::Tuple(parts.collect())
            }
            Expr::Path(path) => {
                let ident = path.path.get_ident().map(ToString::to_string);
                let item = ident.and_then(|name| {
                    let closure = self.lookup_closure(&name).map(Item::Closure);
                    closure.or_else(|| self.lookup_item(&name))
                });
                match item {
                    Some(item) => item,
                    None => Item::One(self.expr(expr)),
                }
            }
            Expr::Closure(closure) => Item::Closure(self.closure(closure)),
            Expr::Reference(reference) if self.is_closure(&reference.expr) => {
                self.item_of(&reference.expr)
            }
            Expr::Array(array)
                if array
                    .elems
                    .first()
                    .is_some_and(|first| self.is_closure(first)) =>
            {
                Item::List(
                    array
                        .elems
                        .iter()
                        .map(|element| self.item_of(element))
                        .collect(),
                )
            }
            Expr::Block(_) if self.is_closure(expr) => {
                let item = self.body_item(expr);
                item.unwrap_or_else(|| Item::One(self.nothing(expr.span())))
            }
            Expr::Index(index) => match self.listed(index) {
                Some(item) => item,
                None => Item::One(self.expr(expr)),
            },
            Expr::Call(call) => self.call_item(call),
            Expr::MethodCall(call) => match self.split(call).or_else(|| self.option_call(call)) {
                Some(item) => item,
                None => Item::One(self.expr(expr)),
            },
            expr => Item::One(self.expr(expr)),
        }
    }

    /// Whether an expression is a closure, or a reference to one.
    pub(super) fn is_closure(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Closure(_) => true,
            Expr::Paren(paren) => self.is_closure(&paren.expr),
            Expr::Reference(reference) => self.is_closure(&reference.expr),
            Expr::Path(path) => path
                .path
                .get_ident()
                .is_some_and(|ident| self.lookup_closure(&ident.to_string()).is_some()),
            Expr::Block(block) => match block.block.stmts.last() {
                Some(syn::Stmt::Expr(last, None)) => matches!(last, Expr::Closure(_)),
                _ => false,
            },
            Expr::Array(array) => array
                .elems
                .first()
                .is_some_and(|first| self.is_closure(first)),
            _ => false,
        }
    }

    /// An element of an array of closures, at a literal index.
    fn listed(&mut self, index: &syn::ExprIndex) -> Option<Item> {
        let Expr::Path(path) = &*index.expr else {
            return None;
        };
        let Item::List(items) = self.lookup_item(&path.path.get_ident()?.to_string())? else {
            return None;
        };
        if let Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Int(literal),
            ..
        }) = &*index.index
        {
            return items.get(literal.base10_parse::<usize>().ok()?).cloned();
        }
        let message =
            "an array of closures is indexed by a literal or looped over in differentiable code";
        self.errors.push(&index.index, message);
        None
    }

    /// The closures of an array, one after the other.
    pub(super) fn closures(&mut self, items: Vec<Item>, span: Span) -> Stream {
        let mut streams = Vec::new();
        for item in items {
            let length = self.usize(1, span);
            streams.push(Stream::of_items(length, move |_, _| item.clone()));
        }
        let first = streams.remove(0);
        (streams.into_iter()).fold(first, |left, right| self.chain(left, right, span))
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
            Expr::Reference(reference) if self.is_closure(&reference.expr) => {
                self.callback(&reference.expr)
            }
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
}
