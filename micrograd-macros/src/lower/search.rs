//! What looks for an item of a chain: `any`, `position`, `find`, `max_by`, `last` and the like.
//!
//! Comparisons have no derivative, so the loop that looks finds an index, and the derivative flows
//! through the one item at that index.

use super::closure::Callback;
use super::item::Item;
use super::iter::Stream;
use super::maybe::Maybe;
use super::Lowering;
use crate::ir::{Call, Callee, Effect, Kind, Mode, Operand};
use proc_macro2::{Ident, Literal, Span};
use syn::{Expr, ExprMethodCall};

/// The methods that give an `Option`.
const SEARCHES: [&str; 13] = [
    "next",
    "nth",
    "last",
    "position",
    "find",
    "find_map",
    "reduce",
    "min",
    "max",
    "min_by",
    "max_by",
    "min_by_key",
    "max_by_key",
];

/// Whether an expression looks for an item of a chain.
pub(super) fn is_search(lowering: &Lowering<'_>, call: &ExprMethodCall) -> bool {
    let arguments = match call.method.to_string().as_str() {
        "next" | "last" | "min" | "max" => 0,
        _ => 1,
    };
    SEARCHES.iter().any(|name| call.method == name)
        && call.args.len() == arguments
        && lowering.is_chain(&call.receiver)
}

impl Lowering<'_> {
    /// What a search finds.
    pub(super) fn search(&mut self, call: &ExprMethodCall) -> Option<Maybe> {
        let span = call.method.span();
        self.check_advances(call);
        let stream = self.stream_or_error(&call.receiver)?;
        let name = call.method.to_string();
        match (name.as_str(), call.args.first()) {
            ("next", None) => {
                let zero = self.usize(0, span);
                Some(self.nth(stream, zero, span))
            }
            ("nth", Some(argument)) => {
                let position = self.expr(argument);
                Some(self.nth(stream, position, span))
            }
            ("last", None) => {
                let stream = self.random(stream, span);
                let length = stream.length()?;
                let zero = self.usize(0, span);
                let present = self.less(zero, length, span);
                Some(Maybe::new(present, move |this| {
                    let one = this.usize(1, span);
                    let last = this.minus(length, one, span);
                    stream.at(this, last)
                }))
            }
            ("position", Some(argument)) => {
                let callback = self.callback(argument)?;
                let stream = self.enumerate(stream, span);
                let (found, index) = self.position(stream, argument, span, &mut |this, item| {
                    this.apply(&callback, vec![item], span)
                });
                Some(Maybe::new(found, move |_| Item::One(index)))
            }
            ("find", Some(argument)) => {
                if !stream.is_random() || stream.exits() {
                    let stream = self.filter(stream, argument, span);
                    let zero = self.usize(0, span);
                    return Some(self.nth(stream, zero, span));
                }
                let callback = self.callback(argument)?;
                let stream = self.indexed(stream, span);
                let positions = self.enumerate(stream.clone(), span);
                let (found, index) = self.position(positions, argument, span, &mut |this, item| {
                    let borrowed = this.borrowed(item);
                    this.apply(&callback, vec![borrowed], span)
                });
                Some(Maybe::new(found, move |this| stream.at(this, index)))
            }
            ("find_map", Some(argument)) => {
                let stream = self.filter_map(stream, argument, span);
                let zero = self.usize(0, span);
                Some(self.nth(stream, zero, span))
            }
            ("reduce", Some(argument)) => {
                let callback = self.callback(argument)?;
                self.reduced(stream, callback, argument, span)
            }
            ("min" | "max", None) => {
                self.extreme(stream, name == "max", span, &mut |this, best, item| {
                    this.compared(best, item, span)
                })
            }
            ("min_by" | "max_by", Some(argument)) => {
                let callback = self.callback(argument)?;
                let largest = name == "max_by";
                self.extreme(stream, largest, span, &mut |this, best, item| {
                    let order = this.apply(&callback, vec![best, item], span);
                    this.single(order, span)
                })
            }
            ("min_by_key" | "max_by_key", Some(argument)) => {
                let callback = self.callback(argument)?;
                let largest = name == "max_by_key";
                self.extreme(stream, largest, span, &mut |this, best, item| {
                    let [best, item] =
                        [best, item].map(|item| this.apply(&callback, vec![item], span));
                    this.compared(best, item, span)
                })
            }
            _ => None,
        }
    }

    /// A method that leaves the rest of an iterator for later is no search of the whole.
    pub(super) fn check_advances(&mut self, call: &ExprMethodCall) {
        const ADVANCING: [&str; 7] = ["next", "nth", "find", "find_map", "position", "any", "all"];
        let mut receiver = &*call.receiver;
        while let Expr::Paren(paren) = receiver {
            receiver = &paren.expr;
        }
        let is_named = matches!(receiver, Expr::Path(_));
        if is_named && ADVANCING.iter().any(|name| call.method == name) {
            let message = "advancing an iterator that has a name is not supported in differentiable code yet; index the sequence, or make the iterator anew";
            self.errors.push(&call.method, message);
        }
    }

    fn compared(&mut self, a: Item, b: Item, span: Span) -> Operand {
        let args = [a, b].map(|item| Operand::by_reference(self.single(item, span).value));
        let call = Call {
            callee: Callee::Method(Ident::new("cmp", span), None),
            args: args.to_vec(),
            effect: Effect::Inert,
            failure: crate::ir::Failure::Never,
            changes: None,
        };
        Operand::by_value(self.push(Kind::Call(call), span))
    }

    fn nth(&mut self, stream: Stream, position: Operand, span: Span) -> Maybe {
        let stream = if stream.is_random() {
            self.indexed(stream, span)
        } else {
            let one = self.usize(1, span);
            let count = self.plus(position, one, span);
            let stream = self.unnested(stream, span);
            let stream = self.limited(stream, count, span);
            self.materialised(stream, span)
        };
        let present = match stream.length() {
            Some(length) => self.less(position, length, span),
            None => self.constant(Ident::new("true", span), span),
        };
        Maybe::new(present, move |this| stream.at(this, position))
    }

    /// `any`, or `all` if `all` must hold.
    // In:   x.iter().any(p)
    // Out:  for k while, f = false { if p(x[k]) { yield false, true } else { yield true, f } }
    pub(super) fn any(
        &mut self,
        stream: Stream,
        function: &Expr,
        all: bool,
        span: Span,
    ) -> Operand {
        let Some(callback) = self.callback(function) else {
            return self.nothing(span);
        };
        let stream = self.unnested(stream, span);
        let word = |holds: bool| Ident::new(if holds { "true" } else { "false" }, span);
        let init = self.constant(word(all), span);
        let variable = self.carry(init);
        let own = [variable.clone()];
        self.run_until(&stream, true, &own, &[function], span, &mut |this, item| {
            let condition = this.apply(&callback, vec![item], span);
            let condition = this.single(condition, span);
            let decide = |this: &mut Lowering<'_>| {
                let decided = this.constant(word(!all), span);
                this.set(&variable, decided);
                this.break_loop(span)
            };
            if all {
                this.either(condition, |this| this.next_iteration(span), decide, span)
            } else {
                this.either(condition, decide, |this| this.next_iteration(span), span)
            }
        });
        let result = self.value_of(&variable).expect("it starts with a value");
        self.scopes.pop();
        self.definitions[result.value.0].copy = true;
        result
    }

    /// Whether a predicate holds for an item, and the first position where it does.
    fn position(
        &mut self,
        positions: Stream,
        function: &Expr,
        span: Span,
        holds: &mut dyn FnMut(&mut Lowering<'_>, Item) -> Item,
    ) -> (Operand, Operand) {
        let positions = self.unnested(positions, span);
        let word = |holds: bool| Ident::new(if holds { "true" } else { "false" }, span);
        let no = self.constant(word(false), span);
        let zero = self.constant(Literal::usize_suffixed(0), span);
        let (found, index) = (self.carry(no), self.carry(zero));
        let own = [found.clone(), index.clone()];
        self.run_until(
            &positions,
            true,
            &own,
            &[function],
            span,
            &mut |this, item| {
                let (position, item) = this.halves(item, span);
                let position = this.single(position, span);
                let condition = holds(this, item);
                let condition = this.single(condition, span);
                this.either(
                    condition,
                    |this| {
                        let yes = this.constant(word(true), span);
                        this.set(&found, yes);
                        this.set(&index, position);
                        this.break_loop(span)
                    },
                    |this| this.next_iteration(span),
                    span,
                )
            },
        );
        let [found, index] =
            own.map(|variable| self.value_of(&variable).expect("it starts with a value"));
        self.scopes.truncate(self.scopes.len() - 2);
        (found, index)
    }

    /// The largest or smallest item; of equal ones the last for the largest, the first for the
    /// smallest, as the standard library does.
    // In:   x.iter().max_by(c)
    // Out:  for k in 1..len(x), b = 0 { if c(x[b], x[k]) matches Greater { yield b } else { yield k } }
    fn extreme(
        &mut self,
        stream: Stream,
        largest: bool,
        span: Span,
        order: &mut dyn FnMut(&mut Lowering<'_>, Item, Item) -> Operand,
    ) -> Option<Maybe> {
        let stream = self.random(stream, span);
        let length = stream.length()?;
        let zero = self.usize(0, span);
        let present = self.less(zero, length, span);
        let results = self.either(
            present,
            |this| {
                let first = this.constant(Literal::usize_suffixed(0), span);
                let first_item = stream.at(this, first);
                let computed = match first_item {
                    Item::One(operand) if operand.mode == Mode::Value => {
                        (!this.is_place(operand.value)).then_some(operand)
                    }
                    _ => None,
                };
                let mut names = vec![this.carry(first)];
                names.extend(computed.map(|operand| this.carry(operand)));
                let one = this.usize(1, span);
                let rest = this.range(one, length, span);
                let carried = names.clone();
                this.build_loop(Some(rest), &names, false, false, span, |this, k| {
                    let before = this.yields(None, &carried);
                    let best = match before.get(1) {
                        Some(computed) => Item::One(*computed),
                        None => stream.at(this, before[0]),
                    };
                    let item = stream.at(this, k);
                    let [best, new] = [&best, &item].map(|item| this.borrowed(item.clone()));
                    let order = order(this, best, new);
                    let greater = this.is_greater(order, span);
                    let mut after = vec![k];
                    if before.len() > 1 {
                        after.push(this.single(item, span));
                    }
                    let (then, otherwise) = if largest {
                        (before, after)
                    } else {
                        (after, before)
                    };
                    this.either(greater, |_| then, |_| otherwise, span)
                });
                let best = this.value_of(&names[0]).expect("it starts with a value");
                this.scopes.truncate(this.scopes.len() - names.len());
                vec![best]
            },
            |this| vec![this.constant(Literal::usize_suffixed(0), span)],
            span,
        );
        let best = *results.first()?;
        self.definitions[best.value.0].copy = true;
        Some(Maybe::new(present, move |this| stream.at(this, best)))
    }

    fn is_greater(&mut self, order: Operand, span: Span) -> Operand {
        let greater: syn::Pat = syn::Pat::Path(syn::parse_quote!(::core::cmp::Ordering::Greater));
        let matches = self.push(Kind::Matches(order, Box::new(greater)), span);
        self.definitions[matches.0].copy = true;
        Operand::by_value(matches)
    }

    /// `reduce`: a fold that starts with the first item.
    fn reduced(
        &mut self,
        stream: Stream,
        callback: Callback,
        function: &Expr,
        span: Span,
    ) -> Option<Maybe> {
        let stream = self.random(stream, span);
        let length = stream.length()?;
        let zero = self.usize(0, span);
        let present = self.less(zero, length, span);
        let function = function.clone();
        Some(Maybe::new(present, move |this| {
            let zero = this.usize(0, span);
            let first = stream.at(this, zero);
            let first = this.single(first, span);
            let first = this.read(first, span);
            let one = this.usize(1, span);
            let rest = Stream {
                driver: super::iter::Driver::Range {
                    range: this.range(one, length, span),
                    reversed: false,
                },
                ..stream
            };
            let last =
                this.accumulate(&rest, first, &[&function], span, &mut |this, best, item| {
                    let next = this.apply(&callback, vec![Item::One(best), item], span);
                    this.single(next, span)
                });
            Item::One(last)
        }))
    }
}
