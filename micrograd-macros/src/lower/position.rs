//! Adaptors that deal with positions: `enumerate`, `zip`, `skip`, `step_by`, `chain` and the like.
//!
//! The index is the position of an item as long as each index has one; after a filter, items are
//! counted.

use super::item::Item;
use super::iter::{Body, Driver, State, Stream, Traits};
use super::stage::ending;
use super::Lowering;
use crate::ir::{Kind, Operand};
use proc_macro2::Span;
use std::rc::Rc;
use syn::{BinOp, Expr, Token};

impl Lowering<'_> {
    pub(super) fn enumerate(&mut self, stream: Stream, span: Span) -> Stream {
        self.positioned(stream, span, move |this, position, item, body| {
            let pair = Item::Tuple(vec![Item::One(position), item]);
            body(this, pair)
        })
    }

    /// Tells each item its position: the index, or a count where some indices have no item.
    pub(super) fn positioned(
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

    pub(super) fn rev(&mut self, mut stream: Stream, span: Span) -> Stream {
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

    pub(super) fn skip(&mut self, stream: Stream, argument: &Expr, span: Span) -> Stream {
        let stream = self.indexed(stream, span);
        if stream.traits.ordered || stream.traits.uneven || stream.traits.effects {
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

    pub(super) fn take(&mut self, stream: Stream, argument: &Expr, span: Span) -> Stream {
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
        if stream.traits.effects {
            let message = "a closure that changes something, in a chain that is cut short here, is not supported in differentiable code yet; write the loop";
            self.errors.add(syn::Error::new(span, message));
        }
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

    pub(super) fn step_by(&mut self, stream: Stream, argument: &Expr, span: Span) -> Stream {
        let stream = self.indexed(stream, span);
        let step = self.expr(argument);
        if stream.traits.ordered || stream.traits.uneven || stream.traits.effects {
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

    pub(super) fn zip(&mut self, left: Stream, right: Stream, span: Span) -> Stream {
        let (left, mut right) = (self.indexed(left, span), self.indexed(right, span));
        if left.traits.uneven && right.traits.uneven {
            right = self.materialised(right, span);
        }
        let pair = |left: Item, right: Item| Item::Tuple(vec![left, right]);
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
    pub(super) fn zip_uneven(
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
    pub(super) fn reindexed(
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
        if stream.is_random() && !stream.exits() {
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
    pub(super) fn changed(mut self, change: fn(&mut Traits)) -> Self {
        change(&mut self.traits);
        self
    }
}

fn both(left: Traits, right: Traits) -> Traits {
    Traits {
        uneven: left.uneven || right.uneven,
        ordered: left.ordered || right.ordered,
        branches: left.branches || right.branches,
        ends: left.ends || right.ends,
        nested: left.nested || right.nested,
        effects: left.effects || right.effects,
    }
}
