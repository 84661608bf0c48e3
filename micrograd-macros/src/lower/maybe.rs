//! Options that need not be built: what a search of a chain finds, an element that may not be there.

use super::item::Item;
use super::refute::Scrutinee;
use super::Lowering;
use crate::ir::{Kind, Mode, Operand};
use proc_macro2::{Ident, Span};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, Pat};

/// An item that is there if a condition holds.
pub(super) struct Maybe {
    pub(super) present: Operand,
    pub(super) item: Box<Payload>,
}

pub(super) type Payload = dyn FnOnce(&mut Lowering<'_>) -> Item;

impl Maybe {
    pub(super) fn new(
        present: Operand,
        item: impl FnOnce(&mut Lowering<'_>) -> Item + 'static,
    ) -> Self {
        Maybe {
            present,
            item: Box::new(item),
        }
    }

    fn map(self, function: impl FnOnce(&mut Lowering<'_>, Item) -> Item + 'static) -> Self {
        let item = self.item;
        Maybe::new(self.present, move |this| {
            let item = item(this);
            function(this, item)
        })
    }
}

/// Methods of sequences that give an `Option`.
fn is_accessor(call: &ExprMethodCall) -> bool {
    match (call.method.to_string().as_str(), call.args.first()) {
        ("first" | "last" | "first_mut" | "last_mut", None) => true,
        ("get" | "get_mut", Some(index)) => {
            call.args.len() == 1 && !matches!(index, Expr::Reference(_))
        }
        _ => false,
    }
}

/// Methods that make of an `Option` another one.
const COMBINATORS: [&str; 4] = ["copied", "cloned", "map", "as_ref"];

impl Lowering<'_> {
    /// Whether an expression is an option that need not be built. Where the source says that it is
    /// an option (`certain`), accessors of whatever they are called on are taken for those of slices.
    pub(super) fn is_maybe(&self, expr: &Expr, certain: bool) -> bool {
        match expr {
            Expr::Paren(paren) => self.is_maybe(&paren.expr, certain),
            Expr::MethodCall(call) => {
                super::search::is_search(self, call)
                    || self.is_pop(call)
                    || is_accessor(call) && (certain || self.is_sequence(&call.receiver))
                    || COMBINATORS.iter().any(|name| call.method == name)
                        && self.is_maybe(&call.receiver, certain || call.method != "map")
            }
            _ => false,
        }
    }

    /// Whether an expression is surely a slice, array or vector.
    pub(super) fn is_sequence(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Paren(paren) => self.is_sequence(&paren.expr),
            Expr::Index(index) => matches!(&*index.index, Expr::Range(_)),
            Expr::Path(path) => self.named(path).is_some_and(|value| {
                let ty = self.definitions[value.0].ty.as_ref();
                self.of_numbers.contains_key(&value) || ty.is_some_and(is_sequence_type)
            }),
            Expr::Field(_) => self
                .declared_type(expr)
                .is_some_and(|ty| is_sequence_type(&ty)),
            _ => false,
        }
    }

    /// The option that an expression gives, without building it.
    pub(super) fn maybe(&mut self, expr: &Expr) -> Option<Maybe> {
        match expr {
            Expr::Paren(paren) => self.maybe(&paren.expr),
            Expr::MethodCall(call) if super::search::is_search(self, call) => self.search(call),
            Expr::MethodCall(call) if self.is_pop(call) => Some(self.popped(call)),
            Expr::MethodCall(call) if is_accessor(call) => Some(self.accessed(call)),
            Expr::MethodCall(call) => {
                let span = call.method.span();
                let option = self.maybe(&call.receiver)?;
                match call.args.first() {
                    None if call.method == "as_ref" => Some(option),
                    None => Some(option.map(|this, item| this.copied(item))),
                    Some(function) => {
                        let callback = self.callback(function)?;
                        Some(option.map(move |this, item| this.apply(&callback, vec![item], span)))
                    }
                }
            }
            _ => None,
        }
    }

    /// `v.first()`, `v.get_mut(i)` and the like.
    // In:   v.get(i)
    // Out:  v[i] if i < len(v)
    fn accessed(&mut self, call: &ExprMethodCall) -> Maybe {
        let span = call.method.span();
        let name = call.method.to_string();
        let place = self.place(&call.receiver);
        let exclusive = name.ends_with("_mut");
        if exclusive && !self.is_memory(place) {
            self.not_memory(&call.receiver);
        }
        let length = self.helper("elements", vec![Operand::by_reference(place)], span);
        let zero = self.usize(0, span);
        let (present, position) = if name.starts_with("get") {
            let position = self.expr(&call.args[0]);
            (self.less(position, length, span), position)
        } else if name.starts_with("last") {
            let one = self.usize(1, span);
            let position = self.integer_method("saturating_sub", length, one, span);
            (self.less(zero, length, span), position)
        } else {
            (self.less(zero, length, span), zero)
        };
        Maybe {
            present,
            item: Box::new(move |this| {
                let element = this.push(Kind::Index(place, position), span);
                Item::One(if exclusive {
                    Operand {
                        value: element,
                        mode: Mode::Exclusive,
                    }
                } else {
                    Operand::by_reference(this.frozen(element, span))
                })
            }),
        }
    }

    /// A method call on an option that need not be built, or one that gives such an option.
    pub(super) fn option_call(&mut self, call: &ExprMethodCall) -> Option<Item> {
        let name = call.method.to_string();
        let span = call.method.span();
        let consumes = super::optional::CONSUMERS.contains(&name.as_str());
        if !consumes {
            let whole = Expr::MethodCall(call.clone());
            if !self.is_maybe(&whole, false) {
                return None;
            }
            let Some(option) = self.maybe(&whole) else {
                return Some(Item::One(self.nothing(span)));
            };
            return Some(Item::One(self.built_option(option, span)));
        }
        if !self.is_maybe(&call.receiver, true) {
            return None;
        }
        let Some(Maybe { present, item }) = self.maybe(&call.receiver) else {
            return Some(Item::One(self.nothing(span)));
        };
        Some(match (name.as_str(), call.args.len()) {
            ("unwrap" | "expect", _) => {
                self.assert_present(present, span);
                item(self)
            }
            ("is_some", 0) => Item::One(present),
            ("is_none", 0) => Item::One(Operand::by_value(self.push(Kind::Not(present), span))),
            ("unwrap_or", 1) => {
                let other = self.item_of(&call.args[0]);
                self.present_or(present, item, span, |_| other)
            }
            ("unwrap_or_else", 1) => {
                let callback = self.callback(&call.args[0])?;
                self.present_or(present, item, span, move |this| {
                    this.apply(&callback, Vec::new(), span)
                })
            }
            ("unwrap_or_default", 0) => self.present_or(present, item, span, move |this| {
                let default: syn::Path = syn::parse_quote!(::core::default::Default::default);
                Item::One(this.call_path(&default, Vec::new(), span))
            }),
            ("map_or", 2) => {
                let other = self.item_of(&call.args[0]);
                let callback = self.callback(&call.args[1])?;
                let mapped = move |this: &mut Lowering<'_>| {
                    let item = item(this);
                    this.apply(&callback, vec![item], span)
                };
                self.present_or(present, Box::new(mapped), span, |_| other)
            }
            _ => {
                let message = "this method of an option is not supported in differentiable code yet; use `if let`";
                self.errors.push(&call.method, message);
                Item::One(self.nothing(span))
            }
        })
    }

    /// The item if it is there, else another one.
    fn present_or(
        &mut self,
        present: Operand,
        item: Box<Payload>,
        span: Span,
        other: impl FnOnce(&mut Lowering<'_>) -> Item,
    ) -> Item {
        let mut template = None;
        let results = self.either(
            present,
            |this| {
                let item = item(this);
                let owned = this.owned(&item, span);
                template = Some(item);
                vec![owned]
            },
            |this| {
                let other = other(this);
                vec![this.owned(&other, span)]
            },
            span,
        );
        match (results.first(), template) {
            (Some(result), Some(template)) => self.like(&template, result.value, span),
            _ => Item::One(self.nothing(span)),
        }
    }

    /// An option as a value.
    fn built_option(&mut self, option: Maybe, span: Span) -> Operand {
        let Maybe { present, item } = option;
        let mut template = None;
        let results = self.either(
            present,
            |this| {
                let item = item(this);
                let owned = this.owned(&item, span);
                template = Some(item);
                vec![Operand::by_value(this.push(Kind::Present(owned), span))]
            },
            |this| {
                let none = this.constant(quote!(::core::option::Option::None), span);
                this.definitions[none.value.0].copy = false;
                vec![none]
            },
            span,
        );
        let (Some(result), Some(template)) = (results.first(), template) else {
            return self.nothing(span);
        };
        match template {
            Item::One(operand) if operand.mode == Mode::Value => *result,
            Item::One(_) => Operand::by_reference(result.value),
            template => {
                self.templates.insert(result.value, template);
                *result
            }
        }
    }

    /// `v.first()?` and `v.first().ok_or(e)?`
    // Out:  if 0 < len(v) {} else { return None }  v[0]
    pub(super) fn question_option(&mut self, expr: &Expr, span: Span) -> Option<Operand> {
        let (option, failure) = match expr {
            Expr::MethodCall(call) if call.method == "ok_or" && call.args.len() == 1 => {
                let error = &call.args[0];
                let failure =
                    quote!(::core::result::Result::Err(::core::convert::From::from(#error)));
                (&*call.receiver, failure)
            }
            Expr::MethodCall(call) if call.method == "ok_or_else" && call.args.len() == 1 => {
                let error = &call.args[0];
                let failure =
                    quote!(::core::result::Result::Err(::core::convert::From::from((#error)())));
                (&*call.receiver, failure)
            }
            expr => (expr, quote!(::core::option::Option::None)),
        };
        if !self.is_maybe(option, true) {
            return None;
        }
        let Maybe { present, item } = self.maybe(option)?;
        let then = self.region(Vec::new(), |_| Vec::new());
        let otherwise = self.region(Vec::new(), |this| {
            this.plain(quote!(return #failure), true);
            Vec::new()
        });
        self.finish_if(present, then, otherwise, &[], span);
        let item = item(self);
        Some(self.single(item, span))
    }

    fn assert_present(&mut self, present: Operand, span: Span) {
        let name = Ident::new("present", Span::mixed_site().located_at(span));
        let tokens = quote!(::core::assert!(#name, "called `Option::unwrap()` on a `None` value"));
        let kind = Kind::Plain(crate::ir::Plain {
            tokens,
            captures: vec![(name, present)],
        });
        self.ops.push(crate::ir::Op {
            results: Vec::new(),
            kind,
            span,
        });
    }

    /// `Some(pat) = v.get_mut(i)` as a condition on the index, with the place that the pattern binds if
    /// it holds.
    pub(super) fn known_option(
        &mut self,
        pat: &Pat,
        expr: &Expr,
    ) -> Option<(Operand, Option<(Pat, Scrutinee)>)> {
        let Pat::TupleStruct(some) = pat else {
            return None;
        };
        let is_some = some.path.is_ident("Some") && some.elems.len() == 1;
        let accessor = matches!(expr, Expr::MethodCall(call)
            if is_accessor(call) && call.method.to_string().ends_with("_mut"));
        if !is_some || !accessor || !matches!(&some.elems[0], Pat::Ident(_)) {
            return None;
        }
        let Maybe { present, item } = self.maybe(expr)?;
        let item = item(self);
        let operand = self.single(item, pat.span());
        let bound = (some.elems[0].clone(), Scrutinee::One(operand));
        Some((present, Some(bound)))
    }
}

/// Whether a type is written as a slice, array or vector, or a reference to one.
fn is_sequence_type(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Slice(_) | syn::Type::Array(_) => true,
        syn::Type::Reference(reference) => is_sequence_type(&reference.elem),
        syn::Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Vec"),
        _ => false,
    }
}
