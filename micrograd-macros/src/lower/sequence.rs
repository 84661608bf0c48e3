//! Methods that change a sequence in memory: `push`, `pop`, `insert`, `sort_by` and the like.
//!
//! A few operations say them all: an element is pushed or popped, the end is cut off, elements are
//! rearranged, two places are swapped, one place is stored to. Each is undone on the cotangent.

use super::closure::Callback;
use super::item::Item;
use super::maybe::Maybe;
use super::Lowering;
use crate::ir::{Kind, Mode, Op, Operand, Plain, Rearrangement, Value};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote_spanned, ToTokens};
use syn::{BinOp, Expr, ExprMethodCall, Token};

/// Methods that change their receiver and have a meaning here, with the number of arguments.
const CHANGING: [(&str, usize); 27] = [
    ("push", 1),
    ("clear", 0),
    ("truncate", 1),
    ("resize", 2),
    ("extend", 1),
    ("extend_from_slice", 1),
    ("append", 1),
    ("insert", 2),
    ("remove", 1),
    ("swap_remove", 1),
    ("split_off", 1),
    ("drain", 1),
    ("retain", 1),
    ("swap", 2),
    ("fill", 1),
    ("copy_from_slice", 1),
    ("clone_from_slice", 1),
    ("reverse", 0),
    ("rotate_left", 1),
    ("rotate_right", 1),
    ("sort", 0),
    ("sort_by", 1),
    ("sort_by_key", 1),
    ("sort_unstable", 0),
    ("sort_unstable_by", 1),
    ("sort_unstable_by_key", 1),
    ("reserve", 1),
];

impl Lowering<'_> {
    /// Methods that change a sequence.
    pub(super) fn changing_method(&mut self, call: &ExprMethodCall) -> Option<Operand> {
        let name = call.method.to_string();
        if !CHANGING.contains(&(name.as_str(), call.args.len())) || self.is_own(&call.receiver) {
            return None;
        }
        let span = call.method.span();
        let place = self.place(&call.receiver);
        if !self.is_memory(place) {
            if self.is_captured(place) && super::memory::may_change(&name) {
                self.errors.push(&call.method, super::lambda::CHANGES);
            }
            return None;
        }
        let arguments: Vec<&Expr> = call.args.iter().collect();
        match (name.as_str(), arguments.as_slice()) {
            ("push", [element]) => {
                let element = self.expr(element);
                self.push_into(place, element, span);
            }
            ("reserve", [_]) => {}
            ("clear", []) => {
                let none = self.usize(0, span);
                self.truncate(place, none, span);
            }
            ("truncate", [length]) => {
                let length = self.expr(length);
                self.truncate(place, length, span);
            }
            ("resize", [length, element]) => {
                let (length, element) = (self.expr(length), self.expr(element));
                self.resize(place, length, element, span);
            }
            ("extend" | "extend_from_slice", [elements]) => {
                let stream = self.stream_or_error(elements)?;
                self.run(&stream, &[], &[], span, &mut |this, item| {
                    let element = this.owned(&item, span);
                    this.push_into(place, element, span);
                    this.next_iteration(span)
                });
            }
            ("append", [other]) => {
                let other = self.expr(other);
                self.append(place, other.value, span);
            }
            ("insert", [position, element]) => {
                let (position, element) = (self.expr(position), self.expr(element));
                self.push_into(place, element, span);
                let one = self.usize(1, span);
                let tail = self.tail_of(place, position, span);
                self.rearrange(tail, Rearrangement::RotateRight(one), span);
            }
            ("remove", [position]) => {
                let position = self.expr(position);
                let one = self.usize(1, span);
                let tail = self.tail_of(place, position, span);
                self.rearrange(tail, Rearrangement::RotateLeft(one), span);
                return Some(self.pop_from(place, span));
            }
            ("swap_remove", [position]) => {
                let position = self.expr(position);
                let length = self.length_of(place, span);
                let one = self.usize(1, span);
                let last = self.minus(length, one, span);
                let [a, b] = [position, last].map(|at| self.push(Kind::Index(place, at), span));
                self.exchange(a, b, span);
                return Some(self.pop_from(place, span));
            }
            ("split_off", [position]) => {
                let position = self.expr(position);
                let tail = self.tail_of(place, position, span);
                let elements = self.elements(Operand::by_reference(tail), span);
                let vector = self.collected(&elements, &[], span, &mut |this, item| {
                    this.owned(&item, span)
                });
                self.truncate(place, position, span);
                return Some(vector);
            }
            ("drain", [Expr::Range(range)]) => self.drain(place, range, span),
            ("swap", [a, b]) => {
                let positions = [self.expr(a), self.expr(b)];
                let [a, b] = positions.map(|at| self.push(Kind::Index(place, at), span));
                self.exchange(a, b, span);
            }
            ("fill", [element]) => {
                let element = self.expr(element);
                let length = self.length_of(place, span);
                self.assign_each(place, length, span, &mut |_, _| element);
            }
            ("copy_from_slice" | "clone_from_slice", [source]) => {
                let source = self.place(source);
                let lengths = [place, source].map(|place| self.length_of(place, span));
                let length = self.helper("same_length", lengths.to_vec(), span);
                self.assign_each(place, length, span, &mut |this, k| {
                    let element = this.push(Kind::Index(source, k), span);
                    if this.is_memory(element) {
                        return this.load(element, span);
                    }
                    Operand::by_value(element)
                });
            }
            ("reverse", []) => self.rearrange(place, Rearrangement::Reverse, span),
            ("rotate_left", [n]) => {
                let n = self.expr(n);
                self.rearrange(place, Rearrangement::RotateLeft(n), span);
            }
            ("rotate_right", [n]) => {
                let n = self.expr(n);
                self.rearrange(place, Rearrangement::RotateRight(n), span);
            }
            ("sort" | "sort_unstable", []) => {
                let compare: Expr = syn::parse_quote!(::core::cmp::Ord::cmp);
                self.sort(place, "order_by", &compare, span);
            }
            ("sort_by" | "sort_unstable_by", [compare]) => {
                self.sort(place, "order_by", compare, span);
            }
            ("sort_by_key" | "sort_unstable_by_key", [key]) => {
                self.sort(place, "order_by_key", key, span);
            }
            ("retain", [condition]) => {
                let order = self.order(place, "kept_first", condition, span);
                let kept = vec![Operand::by_reference(order.value)];
                let kept = self.helper("kept", kept, span);
                self.rearrange(place, Rearrangement::Order(order), span);
                self.truncate(place, kept, span);
            }
            _ => return None,
        }
        Some(self.nothing(span))
    }

    fn change(&mut self, kind: Kind, span: Span) {
        self.ops.push(Op {
            results: Vec::new(),
            kind,
            span,
        });
    }

    fn truncate(&mut self, place: Value, length: Operand, span: Span) {
        self.change(Kind::Truncate(place, length), span);
    }

    fn rearrange(&mut self, place: Value, rearrangement: Rearrangement, span: Span) {
        self.change(Kind::Rearrange(place, rearrangement), span);
    }

    /// `mem::swap(&mut a, &mut b)`
    pub(super) fn exchange(&mut self, a: Value, b: Value, span: Span) {
        self.change(Kind::Swap(a, b), span);
    }

    fn length_of(&mut self, place: Value, span: Span) -> Operand {
        Operand::by_value(self.method("len", Operand::by_reference(place), span))
    }

    /// `place[start..]`
    fn tail_of(&mut self, place: Value, start: Operand, span: Span) -> Value {
        let length = self.length_of(place, span);
        let range = self.range(start, length, span);
        self.push(Kind::Index(place, range), span)
    }

    /// The last element of a sequence that is not empty.
    fn pop_from(&mut self, place: Value, span: Span) -> Operand {
        let popped = self.push(Kind::Pop(place), span);
        let sequence = self.definitions[place.0].ty.as_ref();
        let number = sequence.and_then(super::number::element_of);
        let number = number
            .filter(|element| super::number::is_number(element))
            .cloned();
        self.definitions[popped.0].copy |= number.is_some();
        self.definitions[popped.0].ty = number;
        if let Some(depth) = self.of_numbers.get(&place) {
            self.note_depth(popped, depth - 1);
        }
        Operand::by_value(popped)
    }

    /// `place.pop()`
    pub(super) fn popped(&mut self, call: &ExprMethodCall) -> Maybe {
        let span = call.method.span();
        let place = self.place(&call.receiver);
        let length = self.length_of(place, span);
        let zero = self.usize(0, span);
        let present = self.less(zero, length, span);
        Maybe::new(present, move |this| Item::One(this.pop_from(place, span)))
    }

    /// Whether a call pops from memory.
    pub(super) fn is_pop(&self, call: &ExprMethodCall) -> bool {
        let is_pop = call.method == "pop" && call.args.is_empty();
        is_pop && self.is_memory_place(&call.receiver) && !self.is_own(&call.receiver)
    }

    /// Whether an expression is memory, or a place inside it.
    fn is_memory_place(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Paren(paren) => self.is_memory_place(&paren.expr),
            Expr::Field(field) => self.is_memory_place(&field.base),
            Expr::Index(index) => self.is_memory_place(&index.expr),
            Expr::Unary(unary) => self.is_memory_place(&unary.expr),
            Expr::Path(path) => path.path.get_ident().is_some_and(|ident| {
                let name = ident.to_string();
                let operand = self.lookup(&name).flatten();
                self.lookup_slot(&name).is_some()
                    || operand.is_some_and(|operand| operand.mode == Mode::Exclusive)
            }),
            _ => false,
        }
    }

    /// `for k in 0..length { place[k] = element(k) }`
    fn assign_each(
        &mut self,
        place: Value,
        length: Operand,
        span: Span,
        element: &mut dyn FnMut(&mut Lowering<'_>, Operand) -> Operand,
    ) {
        let indices = self.indices(length, span);
        self.build_loop(Some(indices), &[], false, false, span, |this, k| {
            let target = this.push(Kind::Index(place, k), span);
            let element = element(this, k);
            this.store(target, element, span);
            Vec::new()
        });
    }

    // In:   v.resize(n, a)
    // Out:  if n < len(v) { truncate(v, n) } else { for _ in len(v)..n { push(v, a) } }
    fn resize(&mut self, place: Value, length: Operand, element: Operand, span: Span) {
        let before = self.length_of(place, span);
        let shrinks = self.less(length, before, span);
        self.either(
            shrinks,
            |this| {
                this.truncate(place, length, span);
                Vec::new()
            },
            |this| {
                let missing = this.range(before, length, span);
                this.build_loop(Some(missing), &[], false, false, span, |this, _| {
                    this.push_into(place, element, span);
                    Vec::new()
                });
                Vec::new()
            },
            span,
        );
    }

    fn append(&mut self, place: Value, other: Value, span: Span) {
        if !self.is_memory(other) {
            return;
        }
        let length = self.length_of(other, span);
        let indices = self.indices(length, span);
        self.build_loop(Some(indices), &[], false, false, span, |this, k| {
            let element = this.push(Kind::Index(other, k), span);
            let element = this.load(element, span);
            this.push_into(place, element, span);
            Vec::new()
        });
        let none = self.usize(0, span);
        self.truncate(other, none, span);
    }

    /// `v.drain(a..b);`, whose elements are dropped.
    // Out:  rotate_left(v[a..], b - a);  truncate(v, len(v) - (b - a))
    fn drain(&mut self, place: Value, range: &syn::ExprRange, span: Span) {
        let (start, end, length) = self.drained_part(place, range, span);
        self.cut_out(place, start, end, length, span);
    }

    /// The elements that are drained, as a vector.
    pub(super) fn drained(&mut self, call: &ExprMethodCall) -> Option<Operand> {
        let Some(Expr::Range(range)) = call.args.first() else {
            return None;
        };
        let span = call.method.span();
        let place = self.place(&call.receiver);
        if !self.is_memory(place) {
            self.not_memory(&call.receiver);
            return None;
        }
        let (start, end, length) = self.drained_part(place, range, span);
        let range = self.range(start, end, span);
        let part = self.push(Kind::Index(place, range), span);
        let elements = self.elements(Operand::by_reference(part), span);
        let vector = self.collected(&elements, &[], span, &mut |this, item| {
            this.owned(&item, span)
        });
        self.cut_out(place, start, end, length, span);
        Some(vector)
    }

    /// Where a part that is drained starts and ends, and how long the whole is.
    fn drained_part(
        &mut self,
        place: Value,
        range: &syn::ExprRange,
        span: Span,
    ) -> (Operand, Operand, Operand) {
        let length = self.length_of(place, span);
        let start = match &range.start {
            Some(start) => self.expr(start),
            None => self.usize(0, span),
        };
        let end = match (&range.end, range.limits) {
            (None, _) => length,
            (Some(end), syn::RangeLimits::HalfOpen(_)) => self.expr(end),
            (Some(end), syn::RangeLimits::Closed(_)) => {
                let (end, one) = (self.expr(end), self.usize(1, span));
                self.plus(end, one, span)
            }
        };
        (start, end, length)
    }

    /// Takes a part out of the middle.
    fn cut_out(&mut self, place: Value, start: Operand, end: Operand, length: Operand, span: Span) {
        let count = self.arithmetic(BinOp::Sub(Token![-](span)), end, start, span);
        let tail = self.tail_of(place, start, span);
        self.rearrange(tail, Rearrangement::RotateLeft(count), span);
        let left = self.minus(length, count, span);
        self.truncate(place, left, span);
    }

    // In:   v.sort_by(compare)
    // Out:  order = order_by(v, compare);  rearrange(v, order)
    fn sort(&mut self, place: Value, helper: &str, function: &Expr, span: Span) {
        let order = self.order(place, helper, function, span);
        self.rearrange(place, Rearrangement::Order(order), span);
    }

    /// An order of the elements, which has no derivative: the user's closure stays as it is.
    fn order(&mut self, place: Value, helper: &str, function: &Expr, span: Span) -> Operand {
        let plain = match self.local_callback(function) {
            Some(Callback::Closure(closure)) => {
                let outer = std::mem::replace(&mut self.scopes, closure.scopes.clone());
                let plain = self.capture(closure.closure.to_token_stream());
                self.scopes = outer;
                plain
            }
            _ => self.capture(function.to_token_stream()),
        };
        let Plain {
            tokens: function,
            mut captures,
        } = plain;
        let sequence = Ident::new("sequence", Span::mixed_site().located_at(span));
        captures.push((sequence.clone(), Operand::by_reference(place)));
        let helper = super::expr::core_path(&format!("emitted::{helper}"), span);
        let tokens: TokenStream = quote_spanned!(span=> #helper(#sequence, #function));
        Operand::by_value(self.push(Kind::PlainValue(Plain { tokens, captures }), span))
    }

    /// A closure that a name stands for.
    fn local_callback(&self, function: &Expr) -> Option<Callback> {
        let Expr::Path(path) = function else {
            return None;
        };
        let name = path.path.get_ident()?.to_string();
        self.lookup_closure(&name).map(Callback::Closure)
    }

    /// `x.split_at(k)` and `x.split_at_mut(k)`: two places.
    pub(super) fn split(&mut self, call: &ExprMethodCall) -> Option<Item> {
        let exclusive = call.method == "split_at_mut";
        if !exclusive && call.method != "split_at" || call.args.len() != 1 {
            return None;
        }
        let span = call.method.span();
        let place = self.place(&call.receiver);
        if exclusive && !self.is_memory(place) {
            self.not_memory(&call.receiver);
        }
        let middle = self.expr(&call.args[0]);
        let start = self.usize(0, span);
        let first = self.range(start, middle, span);
        let first = self.push(Kind::Index(place, first), span);
        let second = self.tail_of(place, middle, span);
        let parts = [first, second].map(|part| {
            if exclusive {
                return Item::One(Operand {
                    value: part,
                    mode: Mode::Exclusive,
                });
            }
            let part = self.frozen(part, span);
            Item::One(Operand::by_reference(part))
        });
        Some(Item::Tuple(parts.into()))
    }
}
