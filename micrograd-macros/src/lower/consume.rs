//! What consumes an iterator chain: `sum`, `product`, `fold`, `for_each`, `collect` and the like.

use super::closure::Item;
use super::iter::Stream;
use super::stmt::Assigned;
use super::{Lowering, Scope, Variable};
use crate::ir::{Kind, Operand};
use proc_macro2::Span;
use quote::ToTokens;
use syn::{BinOp, Expr, ExprMethodCall, Token};

impl Lowering<'_> {
    /// The end of an iterator chain: what consumes it.
    pub(super) fn iterator_call(&mut self, call: &ExprMethodCall) -> Option<Operand> {
        let name = call.method.to_string();
        let span = call.method.span();
        if !is_chain(&call.receiver) {
            return None;
        }
        match (name.as_str(), call.args.len()) {
            ("sum", 0) => self.reduce(
                call,
                if self.expects_integer || is_integral(call) {
                    "0"
                } else {
                    "-0.0"
                },
                |span| BinOp::Add(Token![+](span)),
            ),
            ("product", 0) => self.reduce(
                call,
                if self.expects_integer || is_integral(call) {
                    "1"
                } else {
                    "1.0"
                },
                |span| BinOp::Mul(Token![*](span)),
            ),
            ("fold", 2) => {
                let stream = self.stream_or_error(&call.receiver)?;
                let init = self.expr(&call.args[0]);
                let callback = self.callback(&call.args[1])?;
                Some(
                    self.accumulate(stream, init, call, &mut |this, accumulator, item| {
                        let next = this.apply(&callback, vec![Item::One(accumulator), item], span);
                        this.single(next, span)
                    }),
                )
            }
            ("for_each", 1) => {
                let stream = self.stream_or_error(&call.receiver)?;
                let callback = self.callback(&call.args[0])?;
                self.run(&stream, &[], call, &mut |this, item| {
                    this.apply(&callback, vec![item], span);
                });
                Some(self.nothing(span))
            }
            ("collect", 0) => {
                let stream = self.stream_or_error(&call.receiver)?;
                Some(self.collect(&stream, call))
            }
            ("any" | "all" | "count" | "position", _) => {
                Some(self.plain_value(call.to_token_stream()))
            }
            ("contains", 1) => Some(self.plain_value(call.to_token_stream())),
            _ => {
                let message = "this iterator method is not supported in differentiable code yet; use `sum product fold for_each collect any all count` or a loop";
                if self.adaptor(call).is_some() {
                    let message = "an iterator must be consumed where it is made in differentiable code; end the chain with `sum product fold for_each collect` or loop over it";
                    self.errors.push(&call.method, message);
                } else {
                    self.errors.push(&call.method, message);
                }
                Some(self.nothing(span))
            }
        }
    }

    fn reduce(
        &mut self,
        call: &ExprMethodCall,
        start: &str,
        operator: fn(Span) -> BinOp,
    ) -> Option<Operand> {
        let span = call.method.span();
        let stream = self.stream_or_error(&call.receiver)?;
        let start: Expr = syn::parse_str(start).expect("a literal");
        let init = self.constant(start, span);
        Some(
            self.accumulate(stream, init, call, &mut |this, accumulator, item| {
                let item = this.single(item, span);
                let item = Operand::by_value(item.value);
                this.arithmetic(operator(span), accumulator, item, span)
            }),
        )
    }

    /// `m.map(f)` and `a.zip_map(&b, f)` of arrays and matrices: a loop over the elements, whose
    /// results get the shape back.
    pub(super) fn map_elements(&mut self, call: &ExprMethodCall) -> Option<Operand> {
        let name = call.method.to_string();
        let span = call.method.span();
        let (other, function) = match (name.as_str(), call.args.len()) {
            ("map", 1) => (None, &call.args[0]),
            ("zip_map", 2) => (Some(&call.args[0]), &call.args[1]),
            _ => return None,
        };
        let places: Vec<_> = std::iter::once(&*call.receiver)
            .chain(other.map(|other| match other {
                Expr::Reference(reference) => &*reference.expr,
                other => other,
            }))
            .map(|expr| {
                let place = self.place(expr);
                self.frozen(place, span)
            })
            .collect();
        let callback = self.callback(function)?;
        let mut assigned = Assigned::default();
        assigned.expr(function);
        let mut names = self.bound(assigned);
        names.retain(|name| self.value_of(name).is_some());
        let length = Operand::by_value(self.method("len", Operand::by_reference(places[0]), span));
        let indices = self.indices(length, span);
        let vector = self.build_loop(Some(indices), &names, false, true, span, |this, k| {
            let items = places
                .iter()
                .map(|place| Item::One(Operand::by_value(this.push(Kind::Index(*place, k), span))));
            let items = items.collect();
            let element = this.apply(&callback, items, span);
            let element = this.single(element, span);
            let mut yields = this.yields(None, &names);
            yields.push(element);
            yields
        });
        let vector = vector.expect("a collecting loop gives a vector");
        let args = vec![Operand::by_reference(places[0]), vector];
        let path = super::expr::core_path("rules::map::shaped_like", span);
        Some(self.call_path(&path, args, span))
    }

    /// A loop that carries one value of its own.
    fn accumulate(
        &mut self,
        stream: Stream,
        init: Operand,
        call: &ExprMethodCall,
        next: &mut dyn FnMut(&mut Lowering<'_>, Operand, Item) -> Operand,
    ) -> Operand {
        // A reserved word, which no variable of the user can be named.
        const ACCUMULATOR: &str = "final";
        self.scopes.push(Scope::new());
        self.declare(ACCUMULATOR, Some(init));
        self.run(&stream, &[ACCUMULATOR], call, &mut |this, item| {
            let accumulator = this
                .lookup(ACCUMULATOR)
                .flatten()
                .expect("declared before the loop");
            let next = next(this, accumulator, item);
            this.assign(ACCUMULATOR, next);
        });
        let result = self
            .lookup(ACCUMULATOR)
            .flatten()
            .expect("declared before the loop");
        self.scopes.pop();
        result
    }

    /// The variables that a chain's closures assign, and those of its consumer.
    fn chain_names(&mut self, call: &ExprMethodCall, own: &[&str]) -> Vec<Variable> {
        let mut assigned = Assigned::default();
        assigned.expr(&Expr::MethodCall(call.clone()));
        let mut names = self.bound(assigned);
        names.retain(|name| self.value_of(name).is_some());
        names.extend(own.iter().filter_map(|name| self.variable(name)));
        names
    }

    /// A loop over a stream.
    fn run(
        &mut self,
        stream: &Stream,
        own: &[&str],
        call: &ExprMethodCall,
        body: &mut dyn FnMut(&mut Lowering<'_>, Item),
    ) {
        let span = call.method.span();
        let names = self.chain_names(call, own);
        let iterator = stream.driver(self, span);
        let exits = stream.is_stepped(self);
        let context = super::control::Context::plain_loop(&names, exits);
        self.build_loop(Some(iterator), &names, exits, false, span, |this, item| {
            this.contexts.push(context);
            let yields = stream.visit(this, item, span, &mut |this, item| {
                body(this, item);
                this.next_iteration(span)
            });
            this.contexts.pop();
            yields
        });
    }

    pub(super) fn collect(&mut self, stream: &Stream, call: &ExprMethodCall) -> Operand {
        let span = call.method.span();
        if stream.filters() {
            let message = "`collect` after `filter` is not supported in differentiable code yet; push in a loop";
            self.errors.push(&call.method, message);
        }
        let names = self.chain_names(call, &[]);
        let iterator = stream.driver(self, span);
        let vector = self.build_loop(Some(iterator), &names, false, true, span, |this, item| {
            stream.visit(this, item, span, &mut |this, item| {
                let element = this.single(item, span);
                let mut yields = this.yields(None, &names);
                yields.push(element);
                yields
            })
        });
        vector.expect("a collecting loop gives a vector")
    }
}

/// Whether an expression is an iterator: a chain that begins with `iter`, a range or the like.
fn is_chain(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => {
            let name = call.method.to_string();
            match name.as_str() {
                "iter" | "into_iter" | "windows" | "chunks" | "chunks_exact" | "iter_mut"
                | "chunks_mut" | "chars" => true,
                "map" | "filter" | "zip" | "enumerate" | "rev" | "skip" | "take" | "step_by"
                | "copied" | "cloned" | "chain" | "scan" | "flat_map" | "take_while"
                | "skip_while" | "filter_map" | "peekable" | "inspect" => is_chain(&call.receiver),
                _ => false,
            }
        }
        Expr::Paren(paren) => matches!(&*paren.expr, Expr::Range(_)) || is_chain(&paren.expr),
        _ => false,
    }
}

/// Whether `sum::<T>()` names an integer.
fn is_integral(call: &ExprMethodCall) -> bool {
    let Some(turbofish) = &call.turbofish else {
        return false;
    };
    turbofish.args.iter().any(|argument| match argument {
        syn::GenericArgument::Type(ty) => is_integer(ty),
        _ => false,
    })
}

/// Whether a type is written as an integer.
pub(super) fn is_integer(ty: &syn::Type) -> bool {
    let name = ty.to_token_stream().to_string();
    super::is_number(ty) && !matches!(name.as_str(), "f32" | "f64" | "bool" | "char")
}
