//! Adaptors that do something with each item: `map`, `filter`, `scan`, `flat_map` and the like.

use super::assigned::Assigned;
use super::closure::Callback;
use super::control::Context;
use super::item::Item;
use super::iter::{Body, State, Stream, Traits};
use super::Lowering;
use crate::ir::{Mode, Operand};
use proc_macro2::Span;
use std::rc::Rc;
use syn::Expr;

impl Lowering<'_> {
    /// The callback of an adaptor, and what it assigns.
    pub(super) fn stage_callback(&mut self, stream: &mut Stream, expr: &Expr) -> Option<Callback> {
        let mut assigned = Assigned::default();
        assigned.expr(expr);
        let mut names = self.bound(assigned);
        names.retain(|name| self.value_of(name).is_some());
        // A change through a name of the closure's own may reach what an `iter_mut` lends.
        let changes = !super::memory::changed_by(expr).is_empty();
        stream.traits.effects |= changes || !names.is_empty();
        stream.assigned.extend(names);
        self.callback(expr)
    }

    pub(super) fn map(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
        let Some(callback) = self.stage_callback(&mut stream, argument) else {
            return Stream::empty(self, span);
        };
        let stage = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| {
            let mapped = this.apply(&callback, vec![item], span);
            body(this, mapped)
        };
        stream.staged(Rc::new(stage), |_| {})
    }

    pub(super) fn inspect(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
        let Some(callback) = self.stage_callback(&mut stream, argument) else {
            return Stream::empty(self, span);
        };
        let stage = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| {
            let borrowed = this.borrowed(item.clone());
            this.apply(&callback, vec![borrowed], span);
            body(this, item)
        };
        stream.staged(Rc::new(stage), |_| {})
    }

    /// Whether a predicate holds for a borrowed item.
    pub(super) fn holds(&mut self, callback: &Callback, item: &Item, span: Span) -> Operand {
        let borrowed = self.borrowed(item.clone());
        let condition = self.apply(callback, vec![borrowed], span);
        self.single(condition, span)
    }

    // In:   x.iter().filter(p)
    // Out:  if p(x[k]) { … } else { the next iteration }
    pub(super) fn filter(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
        let Some(callback) = self.stage_callback(&mut stream, argument) else {
            return Stream::empty(self, span);
        };
        let stage = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| {
            let condition = this.holds(&callback, &item, span);
            this.either(
                condition,
                |this| body(this, item),
                |this| this.next_iteration(span),
                span,
            )
        };
        stream.staged(Rc::new(stage), |traits| {
            traits.uneven = true;
            traits.branches = true;
        })
    }

    pub(super) fn filter_map(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
        let Some(callback) = self.stage_callback(&mut stream, argument) else {
            return Stream::empty(self, span);
        };
        let stage = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| {
            let none = |this: &mut Lowering<'_>| this.next_iteration(span);
            this.apply_option(&callback, vec![item], span, body, &none)
        };
        stream.staged(Rc::new(stage), |traits| {
            traits.uneven = true;
            traits.branches = true;
        })
    }

    pub(super) fn map_while(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
        let Some(callback) = self.stage_callback(&mut stream, argument) else {
            return Stream::empty(self, span);
        };
        stream = self.unnested(stream, span);
        let stage = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| {
            let none = |this: &mut Lowering<'_>| this.break_loop(span);
            this.apply_option(&callback, vec![item], span, body, &none)
        };
        stream.staged(Rc::new(stage), ending)
    }

    pub(super) fn take_while(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
        let Some(callback) = self.stage_callback(&mut stream, argument) else {
            return Stream::empty(self, span);
        };
        stream = self.unnested(stream, span);
        let stage = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| {
            let condition = this.holds(&callback, &item, span);
            this.either(
                condition,
                |this| body(this, item),
                |this| this.break_loop(span),
                span,
            )
        };
        stream.staged(Rc::new(stage), ending)
    }

    // In:   x.iter().skip_while(p)
    // Out:  if skipping && p(x[k]) { the next iteration } else { skipping = false; … }
    pub(super) fn skip_while(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
        let Some(callback) = self.stage_callback(&mut stream, argument) else {
            return Stream::empty(self, span);
        };
        let init = self.constant(proc_macro2::Ident::new("true", span), span);
        let state = State::new(init, false);
        let skipping = Rc::clone(&state);
        let stage = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| {
            let condition = skipping.get(this);
            let again = this.either(
                condition,
                |this| vec![this.holds(&callback, &item, span)],
                |this| vec![this.constant(proc_macro2::Ident::new("false", span), span)],
                span,
            );
            let Some(again) = again.first().copied() else {
                return Vec::new();
            };
            this.definitions[again.value.0].copy = true;
            this.either(
                again,
                |this| this.next_iteration(span),
                |this| {
                    let no = this.constant(proc_macro2::Ident::new("false", span), span);
                    skipping.set(this, no);
                    body(this, item)
                },
                span,
            )
        };
        let stream = stream.carrying(&state);
        stream.staged(Rc::new(stage), |traits| {
            traits.uneven = true;
            traits.branches = true;
        })
    }

    // In:   x.iter().scan(init, |s, v| { *s += v; Some(*s) })
    // Out:  slot(init);  for k { store(slot, load(slot) + x[k]); … load(slot) … }
    pub(super) fn scan(
        &mut self,
        mut stream: Stream,
        init: &Expr,
        argument: &Expr,
        span: Span,
    ) -> Stream {
        let init = self.expr(init);
        let Some(callback) = self.stage_callback(&mut stream, argument) else {
            return Stream::empty(self, span);
        };
        let always = super::attempt::is_always_some(argument);
        if !always {
            stream = self.unnested(stream, span);
        }
        let state = State::new(init, true);
        let slot = Rc::clone(&state);
        let stage = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| {
            let place = Item::One(Operand {
                value: slot.get(this).value,
                mode: Mode::Exclusive,
            });
            let none = |this: &mut Lowering<'_>| this.break_loop(span);
            this.apply_option(&callback, vec![place, item], span, body, &none)
        };
        let stream = stream.carrying(&state);
        stream.staged(Rc::new(stage), if always { |_| {} } else { ending })
    }

    // In:   m.iter().flat_map(|row| row.iter())
    // Out:  for k { for j { … } }
    pub(super) fn flat_map(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
        let Some(callback) = self.stage_callback(&mut stream, argument) else {
            return Stream::empty(self, span);
        };
        let stage = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| match this
            .apply_stream(&callback, item, span)
        {
            Some(inner) => this.nested(&inner, span, body),
            None => this.next_iteration(span),
        };
        stream.staged(Rc::new(stage), |traits| {
            traits.uneven = true;
            traits.branches = true;
            traits.nested = true;
        })
    }

    pub(super) fn flatten(&mut self, stream: Stream, span: Span) -> Stream {
        let stage = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| {
            let sequence = this.single(item, span);
            let ty = this.definitions[sequence.value.0].ty.as_ref();
            if ty.is_some_and(super::optional::is_option_type) {
                let present = this.is_present(sequence, span);
                return this.either(
                    present,
                    |this| {
                        let inside = this.payload(sequence, span);
                        body(this, Item::One(inside))
                    },
                    |this| this.next_iteration(span),
                    span,
                );
            }
            let inner = this.elements(sequence, span);
            this.nested(&inner, span, body)
        };
        stream.staged(Rc::new(stage), |traits| {
            traits.uneven = true;
            traits.branches = true;
            traits.nested = true;
        })
    }

    /// A loop inside an iteration of another one, which goes on after it.
    pub(super) fn nested(
        &mut self,
        inner: &Stream,
        span: Span,
        body: &mut Body<'_>,
    ) -> Vec<Operand> {
        let Some(Context::Loop(outer)) = self.contexts.last().cloned() else {
            unreachable!("chains are run in loops");
        };
        let mut names = outer.names;
        for name in inner.open(self, span) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let exits = inner.exits();
        let iterator = inner.driver(self, span);
        let context = Context::plain_loop(&names, exits);
        self.build_loop(Some(iterator), &names, exits, false, span, |this, i| {
            this.contexts.push(context);
            let yields = inner.visit(this, i, body);
            this.contexts.pop();
            yields
        });
        inner.close(self);
        self.next_iteration(span)
    }
}

/// An adaptor may end the loop.
pub(super) fn ending(traits: &mut Traits) {
    traits.ends = true;
    traits.ordered = true;
    traits.branches = true;
}
