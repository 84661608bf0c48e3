//! The adaptors of iterators: each makes of a chain another one.

use super::closure::{Callback, Item};
use super::control::Context;
use super::iter::{Body, Driver, State, Stream, Traits};
use super::stmt::Assigned;
use super::{Binding, Lowering};
use crate::ir::{Kind, Mode, Operand};
use proc_macro2::Span;
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprMethodCall, Token};

/// Methods that begin an iterator on whatever they are called on.
const SOURCES: [&str; 11] = [
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
const ADAPTORS: [&str; 22] = [
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
                    || (ADAPTORS.contains(&name.as_str()) || name == "clone")
                        && self.is_chain(&call.receiver)
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

    /// The callback of an adaptor, and what it assigns.
    fn stage_callback(&mut self, stream: &mut Stream, expr: &Expr) -> Option<Callback> {
        let mut assigned = Assigned::default();
        assigned.expr(expr);
        let mut names = self.bound(assigned);
        names.retain(|name| self.value_of(name).is_some());
        stream.assigned.extend(names);
        self.callback(expr)
    }

    fn map(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
        let Some(callback) = self.stage_callback(&mut stream, argument) else {
            return Stream::empty(self, span);
        };
        let stage = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| {
            let mapped = this.apply(&callback, vec![item], span);
            body(this, mapped)
        };
        stream.staged(Rc::new(stage), |_| {})
    }

    fn inspect(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
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
    fn holds(&mut self, callback: &Callback, item: &Item, span: Span) -> Operand {
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

    fn map_while(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
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

    fn take_while(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
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
    fn skip_while(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
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
    fn scan(&mut self, mut stream: Stream, init: &Expr, argument: &Expr, span: Span) -> Stream {
        let init = self.expr(init);
        let Some(callback) = self.stage_callback(&mut stream, argument) else {
            return Stream::empty(self, span);
        };
        let always = super::maybe::is_always_some(argument);
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
    fn flat_map(&mut self, mut stream: Stream, argument: &Expr, span: Span) -> Stream {
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

    fn flatten(&mut self, stream: Stream, span: Span) -> Stream {
        let stage = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| {
            let sequence = this.single(item, span);
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
    fn nested(&mut self, inner: &Stream, span: Span, body: &mut Body<'_>) -> Vec<Operand> {
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

    pub(super) fn enumerate(&mut self, stream: Stream, span: Span) -> Stream {
        self.positioned(stream, span, move |this, position, item, body| {
            let pair = Item::Pair(Box::new(Item::One(position)), Box::new(item));
            body(this, pair)
        })
    }

    /// Tells each item its position: the index, or a count where some indices have no item.
    fn positioned(
        &mut self,
        stream: Stream,
        span: Span,
        stage: impl Fn(&mut Lowering<'_>, Operand, Item, &mut Body<'_>) -> Vec<Operand> + 'static,
    ) -> Stream {
        if !stream.traits.uneven {
            let mut stream = self.indexed(stream, span);
            let visit = Rc::clone(&stream.visit);
            stream.visit = Rc::new(move |this, k, body| {
                visit(this, k, &mut |this, item| stage(this, k, item, body))
            });
            stream.chained = None;
            return stream;
        }
        let zero = proc_macro2::Literal::usize_suffixed(0);
        let state = State::new(self.constant(zero, span), false);
        let count = Rc::clone(&state);
        let counted = move |this: &mut Lowering<'_>, item: Item, body: &mut Body<'_>| {
            let position = count.get(this);
            let one = this.usize(1, span);
            let next = this.plus(position, one, span);
            count.set(this, next);
            stage(this, position, item, body)
        };
        stream.carrying(&state).staged(Rc::new(counted), |_| {})
    }

    fn rev(&mut self, mut stream: Stream, span: Span) -> Stream {
        if let Driver::Range { reversed, .. } = &mut stream.driver {
            *reversed = !*reversed;
            return stream;
        }
        if stream.traits.ordered || stream.traits.nested || stream.traits.ends {
            stream = self.materialised(stream, span);
        }
        self.reindexed(stream, move |this, k, length| {
            let one = this.usize(1, span);
            let last = this.minus(length, one, span);
            this.minus(last, k, span)
        })
    }

    fn skip(&mut self, stream: Stream, argument: &Expr, span: Span) -> Stream {
        let stream = self.indexed(stream, span);
        if stream.traits.ordered || stream.traits.uneven {
            let count = self.expr(argument);
            let stream = self.positioned(stream, span, move |this, position, item, body| {
                let condition = this.less(position, count, span);
                this.either(
                    condition,
                    |this| this.next_iteration(span),
                    |this| body(this, item),
                    span,
                )
            });
            return stream.changed(|traits| {
                traits.uneven = true;
                traits.branches = true;
            });
        }
        let count = self.expr(argument);
        let length = stream
            .length()
            .map(|length| self.integer_method("saturating_sub", length, count, span));
        let mut stream = self.reindexed(stream, move |this, k, _| this.plus(k, count, span));
        stream.driver = Driver::Indices(length);
        stream
    }

    fn take(&mut self, stream: Stream, argument: &Expr, span: Span) -> Stream {
        let stream = self.indexed(stream, span);
        let count = self.expr(argument);
        if stream.traits.uneven {
            let stream = self.unnested(stream, span);
            return self.limited(stream, count, span);
        }
        let length = match stream.length() {
            Some(length) => self.minimum(length, count, span),
            None => count,
        };
        Stream {
            driver: Driver::Indices(Some(length)),
            chained: None,
            ..stream
        }
    }

    /// Ends after so many items.
    pub(super) fn limited(&mut self, stream: Stream, count: Operand, span: Span) -> Stream {
        let stream = self.positioned(stream, span, move |this, position, item, body| {
            let condition = this.less(position, count, span);
            this.either(
                condition,
                |this| body(this, item),
                |this| this.break_loop(span),
                span,
            )
        });
        stream.changed(ending)
    }

    fn step_by(&mut self, stream: Stream, argument: &Expr, span: Span) -> Stream {
        let stream = self.indexed(stream, span);
        let step = self.expr(argument);
        if stream.traits.ordered || stream.traits.uneven {
            let stream = self.positioned(stream, span, move |this, position, item, body| {
                let rest = this.arithmetic(BinOp::Rem(Token![%](span)), position, step, span);
                let zero = this.usize(0, span);
                let condition = this.arithmetic(BinOp::Eq(Token![==](span)), rest, zero, span);
                this.either(
                    condition,
                    |this| body(this, item),
                    |this| this.next_iteration(span),
                    span,
                )
            });
            return stream.changed(|traits| {
                traits.uneven = true;
                traits.branches = true;
            });
        }
        let length = stream
            .length()
            .map(|length| self.integer_method("div_ceil", length, step, span));
        let mut stream = self.reindexed(stream, move |this, k, _| this.times(k, step, span));
        stream.driver = Driver::Indices(length);
        stream
    }

    fn zip(&mut self, left: Stream, right: Stream, span: Span) -> Stream {
        let (left, mut right) = (self.indexed(left, span), self.indexed(right, span));
        if left.traits.uneven && right.traits.uneven {
            right = self.materialised(right, span);
        }
        let pair = |left: Item, right: Item| Item::Pair(Box::new(left), Box::new(right));
        match (left.traits.uneven, right.traits.uneven) {
            (false, false) => {
                let length = match (left.length(), right.length()) {
                    (Some(left), Some(right)) => Some(self.minimum(left, right, span)),
                    (left, right) => left.or(right),
                };
                let (left_visit, right_visit) = (left.visit, right.visit);
                let visit = move |this: &mut Lowering<'_>, k: Operand, body: &mut Body<'_>| {
                    left_visit(this, k, &mut |this, left| {
                        right_visit(this, k, &mut |this, right| {
                            body(this, pair(left.clone(), right))
                        })
                    })
                };
                let mut stream = Stream::new(Driver::Indices(length), Rc::new(visit));
                stream.traits = both(left.traits, right.traits);
                stream.states = [left.states, right.states].concat();
                stream.assigned = [left.assigned, right.assigned].concat();
                stream
            }
            (true, _) => self.zip_uneven(left, right, span, pair),
            (false, true) => {
                self.zip_uneven(right, left, span, move |left, right| pair(right, left))
            }
        }
    }

    /// Zips a chain whose indices are no positions with one whose are.
    fn zip_uneven(
        &mut self,
        uneven: Stream,
        mut even: Stream,
        span: Span,
        pair: impl Fn(Item, Item) -> Item + 'static,
    ) -> Stream {
        if even.traits.ordered || even.traits.ends {
            even = self.materialised(even, span);
        }
        let uneven = self.unnested(uneven, span);
        let uneven = match even.length() {
            Some(length) => self.limited(uneven, length, span),
            None => uneven,
        };
        let (visit, assigned) = (even.visit, even.assigned);
        let mut stream = self.positioned(uneven, span, move |this, position, item, body| {
            visit(this, position, &mut |this, other| {
                body(this, pair(item.clone(), other))
            })
        });
        stream.assigned.extend(assigned);
        stream
    }

    // In:   a.iter().chain(b)
    // Out:  one loop after the other; or, where the loop must be one, if k < len(a) { … } else { … }
    pub(super) fn chain(&mut self, left: Stream, right: Stream, span: Span) -> Stream {
        let (mut left, mut right) = (left, right);
        if left.traits.ends {
            left = self.materialised(left, span);
        }
        let parts = [left.clone(), right.clone()];
        (left, right) = (self.indexed(left, span), self.indexed(right, span));
        let Some(left_length) = left.length() else {
            return left;
        };
        let length = right
            .length()
            .map(|length| self.plus(left_length, length, span));
        let (left_visit, right_visit) = (left.visit, right.visit);
        let visit = move |this: &mut Lowering<'_>, k: Operand, body: &mut Body<'_>| {
            let condition = this.less(k, left_length, span);
            let then = this.region(Vec::new(), |this| left_visit(this, k, body));
            let otherwise = this.region(Vec::new(), |this| {
                let k = this.minus(k, left_length, span);
                right_visit(this, k, body)
            });
            this.finish_if(condition, then, otherwise, &[], span)
        };
        let mut stream = Stream::new(Driver::Indices(length), Rc::new(visit));
        stream.traits = both(left.traits, right.traits);
        stream.traits.branches = true;
        stream.states = [left.states, right.states].concat();
        stream.assigned = [left.assigned, right.assigned].concat();
        stream.chained = Some(Rc::new(parts));
        stream
    }

    /// The items at other indices.
    fn reindexed(
        &mut self,
        stream: Stream,
        other: impl Fn(&mut Lowering<'_>, Operand, Operand) -> Operand + 'static,
    ) -> Stream {
        let length = stream.length();
        let visit = Rc::clone(&stream.visit);
        Stream {
            visit: Rc::new(move |this, k, body| {
                let k = other(this, k, length.unwrap_or(k));
                visit(this, k, body)
            }),
            chained: None,
            ..stream
        }
    }

    /// A chain that is visited by index.
    pub(super) fn indexed(&mut self, stream: Stream, span: Span) -> Stream {
        let Driver::Range { range, reversed } = stream.driver else {
            return stream;
        };
        let borrowed = Operand::by_reference(range.value);
        let length = self.helper("length", vec![borrowed], span);
        let visit = stream.visit;
        let at = move |this: &mut Lowering<'_>, k: Operand, body: &mut Body<'_>| {
            let k = if reversed {
                let one = this.usize(1, span);
                let last = this.minus(length, one, span);
                this.minus(last, k, span)
            } else {
                k
            };
            let item = this.helper("nth", vec![borrowed, k], span);
            visit(this, item, body)
        };
        Stream {
            driver: Driver::Indices(Some(length)),
            visit: Rc::new(at),
            ..stream
        }
    }

    /// A chain without loops inside its iterations, which cannot be left early.
    pub(super) fn unnested(&mut self, stream: Stream, span: Span) -> Stream {
        if stream.traits.nested {
            self.materialised(stream, span)
        } else {
            stream
        }
    }

    /// The items of a chain, collected first where they cannot be had one by one.
    pub(super) fn random(&mut self, stream: Stream, span: Span) -> Stream {
        if stream.is_random() && stream.assigned.is_empty() && !stream.exits() {
            self.indexed(stream, span)
        } else {
            self.materialised(stream, span)
        }
    }

    /// The items of a chain, collected first.
    pub(super) fn materialised(&mut self, stream: Stream, span: Span) -> Stream {
        let mut template = None;
        let vector = self.collected(&stream, &[], span, &mut |this, item| {
            let owned = this.owned(&item, span);
            template = Some(item);
            owned
        });
        let Some(template) = template else {
            return Stream::empty(self, span);
        };
        if template.is_exclusive() {
            let message = "this order of mutable references is not supported in differentiable code yet; loop over indices";
            self.errors.add(syn::Error::new(span, message));
        }
        let length = self.method("len", Operand::by_reference(vector.value), span);
        Stream::of_items(Operand::by_value(length), move |this, k| {
            let element = this.push(Kind::Index(vector.value, k), span);
            this.like(&template, element, span)
        })
    }
}

impl Stream {
    fn changed(mut self, change: fn(&mut Traits)) -> Self {
        change(&mut self.traits);
        self
    }
}

fn ending(traits: &mut Traits) {
    traits.ends = true;
    traits.ordered = true;
    traits.branches = true;
}

fn both(left: Traits, right: Traits) -> Traits {
    Traits {
        uneven: left.uneven || right.uneven,
        ordered: left.ordered || right.ordered,
        branches: left.branches || right.branches,
        ends: left.ends || right.ends,
        nested: left.nested || right.nested,
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
