//! Where iterators begin, and the adaptors by their names: each makes of a chain another one. What
//! they do is in `stage.rs` and `position.rs`.

use super::item::Item;
use super::iter::{Body, Driver, Stream};
use super::{Binding, Lowering};
use crate::ir::{Kind, Mode, Operand};
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall};

/// Methods that begin an iterator on whatever they are called on.
pub(super) const SOURCES: [&str; 11] = [
    "iter",
    "iter_mut",
    "into_iter",
    "windows",
    "chunks",
    "chunks_exact",
    "chunks_mut",
    "chunks_exact_mut",
    "rchunks",
    "split",
    "chars",
];

/// Methods that make of an iterator another one.
pub(super) const ADAPTORS: [&str; 22] = [
    "map",
    "filter",
    "filter_map",
    "flat_map",
    "flatten",
    "zip",
    "enumerate",
    "rev",
    "skip",
    "take",
    "step_by",
    "copied",
    "cloned",
    "chain",
    "scan",
    "take_while",
    "skip_while",
    "map_while",
    "inspect",
    "by_ref",
    "peekable",
    "cycle",
];

impl Lowering<'_> {
    /// Whether an expression is an iterator: a chain that begins with `iter`, a range or the like.
    pub(super) fn is_chain(&self, expr: &Expr) -> bool {
        match expr {
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                SOURCES.contains(&name.as_str())
                    || is_drain(call)
                    || (ADAPTORS.contains(&name.as_str()) || name == "clone")
                        && self.is_chain(&call.receiver)
                    || self.copied_range(call).is_some()
            }
            Expr::Paren(paren) => {
                matches!(&*paren.expr, Expr::Range(_)) || self.is_chain(&paren.expr)
            }
            Expr::Path(path) => path
                .path
                .get_ident()
                .is_some_and(|ident| self.lookup_stream(&ident.to_string()).is_some()),
            Expr::Call(call) => source_function(call).is_some(),
            _ => false,
        }
    }

    /// The range that a method call makes a copy of, if it does that.
    fn copied_range(&self, call: &ExprMethodCall) -> Option<Kind> {
        match &*call.receiver {
            Expr::Path(path) if call.method == "clone" => {
                let (start, end, limits) = *self.ranges.get(&self.named(path)?)?;
                Some(Kind::Range(start, end, limits))
            }
            _ => None,
        }
    }

    /// `let name = x.iter().map(…);`: consumed later. Whether the expression is an iterator.
    pub(super) fn declare_stream(&mut self, name: &str, expr: &Expr) -> bool {
        let is_stream = match expr {
            Expr::MethodCall(call) => {
                let method = call.method.to_string();
                (SOURCES.contains(&method.as_str()) || ADAPTORS.contains(&method.as_str()))
                    && self.is_chain(expr)
            }
            Expr::Call(call) => source_function(call).is_some(),
            _ => false,
        };
        if is_stream {
            let span = expr.span();
            let stream = match self.stream_or_error(expr) {
                Some(stream) => stream,
                None => Stream::empty(self, span),
            };
            let scope = self.scopes.last_mut().expect("there is a scope");
            scope.insert(name.to_string(), Binding::Stream(Rc::new(stream)));
        }
        is_stream
    }

    /// `receiver.adaptor(…)`
    pub(super) fn adaptor(&mut self, call: &ExprMethodCall) -> Option<Stream> {
        let span = call.method.span();
        let name = call.method.to_string();
        match (name.as_str(), call.args.len()) {
            ("iter", 0) if self.is_list(&call.receiver) => return self.stream(&call.receiver),
            ("drain", 1) if is_drain(call) => {
                let vector = self.drained(call)?;
                return Some(self.elements(vector, span));
            }
            ("iter", 0) => {
                let place = self.place(&call.receiver);
                return Some(self.elements(Operand::by_reference(place), span));
            }
            ("iter_mut", 0) => {
                let place = self.place(&call.receiver);
                return Some(self.elements_of(place, Mode::Exclusive, &call.receiver, span));
            }
            ("into_iter", 0) => return self.stream(&call.receiver),
            ("windows" | "chunks" | "chunks_exact" | "chunks_mut" | "chunks_exact_mut", 1) => {
                return Some(self.slices(call))
            }
            _ => {}
        }
        if let Some(range) = self.copied_range(call) {
            return Some(Stream::of_range(Operand::by_value(self.push(range, span))));
        }
        if !ADAPTORS.contains(&name.as_str()) && name != "clone" || !self.is_chain(&call.receiver) {
            return None;
        }
        let stream = self.stream(&call.receiver)?;
        let argument = call.args.first();
        Some(match (name.as_str(), argument) {
            ("clone", None) => stream,
            ("map", Some(argument)) => self.map(stream, argument, span),
            ("inspect", Some(argument)) => self.inspect(stream, argument, span),
            ("filter", Some(argument)) => self.filter(stream, argument, span),
            ("filter_map", Some(argument)) => self.filter_map(stream, argument, span),
            ("take_while", Some(argument)) => self.take_while(stream, argument, span),
            ("skip_while", Some(argument)) => self.skip_while(stream, argument, span),
            ("map_while", Some(argument)) => self.map_while(stream, argument, span),
            ("flat_map", Some(argument)) => self.flat_map(stream, argument, span),
            ("flatten", None) => self.flatten(stream, span),
            ("copied" | "cloned", None) => stream.staged(
                Rc::new(|this, item, body| {
                    let copied = this.copied(item);
                    body(this, copied)
                }),
                |_| {},
            ),
            ("enumerate", None) => self.enumerate(stream, span),
            ("rev", None) => self.rev(stream, span),
            ("skip", Some(argument)) => self.skip(stream, argument, span),
            ("take", Some(argument)) => self.take(stream, argument, span),
            ("step_by", Some(argument)) => self.step_by(stream, argument, span),
            ("zip", Some(argument)) => {
                let right = self.stream_or_error(argument)?;
                self.zip(stream, right, span)
            }
            ("chain", Some(argument)) => {
                let right = self.stream_or_error(argument)?;
                self.chain(stream, right, span)
            }
            ("scan", Some(init)) if call.args.len() == 2 => {
                self.scan(stream, init, &call.args[1], span)
            }
            _ => {
                let message =
                    "this adaptor is not supported in differentiable code yet; write the loop";
                self.errors.push(&call.method, message);
                Stream::empty(self, span)
            }
        })
    }

    /// `std::iter::repeat(x)`, `once(x)` and `zip(a, b)`.
    pub(super) fn source_function(&mut self, call: &syn::ExprCall) -> Option<Stream> {
        let span = call.func.span();
        let name = source_function(call)?;
        match (name, call.args.len()) {
            ("zip", 2) => {
                let left = self.stream_or_error(&call.args[0])?;
                let right = self.stream_or_error(&call.args[1])?;
                Some(self.zip(left, right, span))
            }
            ("empty", 0) => Some(Stream::empty(self, span)),
            ("once", 1) => {
                let (value, length) = (self.expr(&call.args[0]), self.usize(1, span));
                Some(Stream::of_items(length, move |_, _| Item::One(value)))
            }
            ("repeat_n", 2) => {
                let (value, length) = (self.expr(&call.args[0]), self.expr(&call.args[1]));
                Some(Stream::of_items(length, move |_, _| Item::One(value)))
            }
            ("repeat", 1) => {
                let value = self.expr(&call.args[0]);
                let visit = move |this: &mut Lowering<'_>, _: Operand, body: &mut Body<'_>| {
                    body(this, Item::One(value))
                };
                Some(Stream::new(Driver::Indices(None), Rc::new(visit)))
            }
            _ => None,
        }
    }
}

/// The name of a function of `std::iter` that is called.
fn source_function(call: &syn::ExprCall) -> Option<&'static str> {
    const NAMES: [&str; 5] = ["repeat", "repeat_n", "once", "zip", "empty"];
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    let segments = &path.path.segments;
    let owner = segments.len().checked_sub(2).map(|index| &segments[index]);
    if owner.is_none_or(|owner| owner.ident != "iter") {
        return None;
    }
    let last = segments.last()?;
    NAMES.into_iter().find(|name| last.ident == name)
}

/// `v.drain(a..b)`
fn is_drain(call: &ExprMethodCall) -> bool {
    call.method == "drain" && matches!(call.args.first(), Some(Expr::Range(_)))
}
