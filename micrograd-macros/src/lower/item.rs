//! What iterators hand out and closures are handed: values, and pairs and references that are never
//! built.

use super::{Binding, Closure, Lowering};
use crate::ir::{Kind, Mode, Operand, Value};
use proc_macro2::Span;
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::{Expr, Pat};

/// What an iterator hands out.
#[derive(Clone)]
pub(super) enum Item {
    /// One value.
    One(Operand),
    /// A tuple such as `zip` and `enumerate` make, which is never built.
    Tuple(Vec<Item>),
    /// A reference to what is no plain value itself, as `filter` hands out.
    Borrowed(Box<Item>),
    /// A closure, which is lowered where it is called.
    Closure(Rc<Closure>),
    /// An array of closures.
    List(Vec<Item>),
}

impl Lowering<'_> {
    /// One operand for an item; a pair is built.
    pub(super) fn single(&mut self, item: Item, span: Span) -> Operand {
        match item {
            Item::One(operand) => operand,
            Item::Tuple(parts) => {
                let parts = parts.into_iter();
                let elements = parts.map(|part| self.single(part, span)).collect();
                Operand::by_value(self.push(Kind::Tuple(elements), span))
            }
            Item::Borrowed(item) => Operand::by_reference(self.single(*item, span).value),
            Item::Closure(_) | Item::List(_) => {
                let message = "a closure can be bound, called or handed to a function in differentiable code, not stored or returned; write a `#[differentiable]` function";
                self.errors.add(syn::Error::new(span, message));
                self.nothing(span)
            }
        }
    }

    /// A copy of what an iterator hands out a reference to.
    pub(super) fn copied(&mut self, item: Item) -> Item {
        match item {
            Item::One(operand) => Item::One(Operand::by_value(operand.value)),
            Item::Borrowed(item) => *item,
            item => item,
        }
    }

    pub(super) fn borrowed(&mut self, item: Item) -> Item {
        match item {
            Item::One(operand) if operand.mode != Mode::Reference => {
                Item::One(Operand::by_reference(operand.value))
            }
            closure @ (Item::Closure(_) | Item::List(_)) => closure,
            item => Item::Borrowed(Box::new(item)),
        }
    }

    /// What an expression is a reference to, of one that is bound to an item.
    pub(super) fn behind(&mut self, expr: &Expr) -> Option<Item> {
        match expr {
            Expr::Paren(paren) => self.behind(&paren.expr),
            Expr::Path(path) => match self.lookup_item(&path.path.get_ident()?.to_string())? {
                Item::Borrowed(item) => Some(*item),
                _ => None,
            },
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
                match self.behind(&unary.expr)? {
                    Item::Borrowed(item) => Some(*item),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// An item as one value that borrows nothing.
    pub(super) fn owned(&mut self, item: &Item, span: Span) -> Operand {
        match item {
            Item::One(operand) => self.read(*operand, span),
            Item::Tuple(parts) => {
                let elements = parts.iter().map(|part| self.owned(part, span)).collect();
                Operand::by_value(self.push(Kind::Tuple(elements), span))
            }
            Item::Borrowed(item) => self.owned(item, span),
            Item::Closure(_) | Item::List(_) => self.single(item.clone(), span),
        }
    }

    /// What was made by [`Lowering::owned`], as an item that looks like the one it was made of.
    pub(super) fn like(&mut self, template: &Item, value: Value, span: Span) -> Item {
        match template {
            Item::One(operand) => Item::One(match operand.mode {
                Mode::Value => Operand::by_value(value),
                Mode::Reference | Mode::Exclusive => Operand::by_reference(value),
            }),
            Item::Tuple(parts) => {
                let parts = (0..).zip(parts).map(|(index, part)| {
                    let member = syn::Member::Unnamed(syn::Index { index, span });
                    let value = self.push(Kind::Field(value, member), span);
                    self.like(part, value, span)
                });
                Item::Tuple(parts.collect())
            }
            Item::Borrowed(item) => Item::Borrowed(Box::new(self.like(item, value, span))),
            Item::Closure(_) | Item::List(_) => Item::One(Operand::by_value(value)),
        }
    }

    /// The parts of a tuple.
    pub(super) fn parts(&mut self, item: Item, count: usize, span: Span) -> Vec<Item> {
        match item {
            Item::Tuple(parts) => parts,
            Item::Borrowed(item) => {
                let parts = self.parts(*item, count, span).into_iter();
                parts.map(|part| self.borrowed(part)).collect()
            }
            Item::Closure(_) | Item::List(_) => {
                let part = Item::One(self.single(item, span));
                vec![part; count]
            }
            Item::One(operand) => (0..count as u32)
                .map(|index| {
                    let member = syn::Member::Unnamed(syn::Index { index, span });
                    let value = self.push(Kind::Field(operand.value, member), span);
                    Item::One(Operand {
                        value,
                        mode: operand.mode,
                    })
                })
                .collect(),
        }
    }

    /// The halves of a pair.
    pub(super) fn halves(&mut self, item: Item, span: Span) -> (Item, Item) {
        let mut parts = self.parts(item, 2, span).into_iter();
        match (parts.next(), parts.next()) {
            (Some(left), Some(right)) => (left, right),
            _ => unreachable!("a pair has two parts"),
        }
    }

    /// `pair.0` of a tuple that is not built.
    pub(super) fn field_of_tuple(&mut self, field: &syn::ExprField) -> Option<Item> {
        let syn::Member::Unnamed(index) = &field.member else {
            return None;
        };
        let base = match &*field.base {
            Expr::Paren(paren) => &*paren.expr,
            base => base,
        };
        let mut item = match base {
            Expr::Path(path) => self.lookup_item(&path.path.get_ident()?.to_string())?,
            Expr::Field(inner) => self.field_of_tuple(inner)?,
            Expr::Unary(_) => self.behind(base)?,
            Expr::MethodCall(call) => self.option_call(call)?,
            _ => return None,
        };
        while let Item::Borrowed(inner) = item {
            item = *inner;
        }
        match item {
            Item::Tuple(parts) => parts.into_iter().nth(index.index as usize),
            // A call that is lowered must not be lowered once more.
            Item::One(operand) if matches!(base, Expr::MethodCall(_)) => {
                let member = field.member.clone();
                let value = self.push(Kind::Field(operand.value, member), index.span);
                let mode = operand.mode;
                Some(Item::One(Operand { value, mode }))
            }
            _ => None,
        }
    }

    /// Binds a pattern to an item.
    pub(super) fn bind_item(&mut self, pat: &Pat, item: Item) {
        match (pat, item) {
            (Pat::Tuple(tuple), Item::Tuple(parts)) if tuple.elems.len() == parts.len() => {
                for (pat, part) in tuple.elems.iter().zip(parts) {
                    self.bind_item(pat, part);
                }
            }
            (Pat::Paren(paren), item) => self.bind_item(&paren.pat, item),
            (Pat::Reference(reference), tuple @ Item::Tuple(_)) => {
                self.bind_item(&reference.pat, tuple)
            }
            (Pat::Tuple(tuple), Item::Borrowed(item))
                if matches!(*item, Item::Tuple(_) | Item::Borrowed(_)) =>
            {
                let parts = self.parts(*item, tuple.elems.len(), pat.span());
                let parts = parts.into_iter().map(|part| self.borrowed(part)).collect();
                self.bind_item(pat, Item::Tuple(parts));
            }
            (Pat::Reference(reference), Item::Borrowed(item)) => {
                self.bind_item(&reference.pat, *item)
            }
            (Pat::Type(typed), item @ (Item::Tuple(_) | Item::Borrowed(_))) => {
                self.bind_item(&typed.pat, item)
            }
            (Pat::Wild(_), _) => {}
            (Pat::Type(typed), item @ (Item::Closure(_) | Item::List(_))) => {
                self.bind_item(&typed.pat, item)
            }
            (Pat::Reference(reference), item @ (Item::Closure(_) | Item::List(_))) => {
                self.bind_item(&reference.pat, item)
            }
            (Pat::Ident(ident), Item::Closure(closure)) => {
                let scope = self.scopes.last_mut().expect("there is a scope");
                scope.insert(ident.ident.to_string(), Binding::Closure(closure));
            }
            (Pat::Ident(ident), list @ Item::List(_)) => {
                let scope = self.scopes.last_mut().expect("there is a scope");
                scope.insert(ident.ident.to_string(), Binding::Item(list));
            }
            (Pat::Ident(ident), pair @ (Item::Tuple(_) | Item::Borrowed(_)))
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
            Item::Tuple(parts) => parts.iter().any(Item::is_exclusive),
            Item::Borrowed(item) => item.is_exclusive(),
            Item::Closure(_) | Item::List(_) => false,
        }
    }
}
