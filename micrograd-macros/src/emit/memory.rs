//! Statements that change memory, in both sweeps: the user's statement, and the opposite one on the memory's cotangent.
//!
//! In comes an operation of the IR or its step of the adjoint. Where a statement forgets something, such as the shape of what
//! it overwrites, its forward sweep keeps a zero of that for the reverse.

use super::forward::Forward;
use super::hygienic;
use super::reverse::Reverse;
use crate::adjoint::Cotangent;
use crate::ir::{Op, Operand, Rearrangement, Value};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

impl Forward<'_, '_, '_> {
    // Out:  let mut m = a;
    pub(super) fn slot(&self, op: &Op, a: &Operand) -> TokenStream {
        let span = hygienic(op.span);
        let (ident, ty, a) = (
            self.0.ident(op.results[0]),
            self.ty(op.results[0]),
            self.0.read(a),
        );
        let kept = self.tangent_type(op);
        quote_spanned!(span=> let mut #ident #ty = #a; #kept)
    }

    // Out:  let s = snapshot(&m);
    pub(super) fn snapshot(&self, op: &Op, base: Value) -> TokenStream {
        let span = hygienic(op.span);
        let sweeps = self.0.sweeps;
        let value = op.results[0];
        if !sweeps.plan.is_needed(value) && !sweeps.index.is_loaded(value) {
            return TokenStream::new();
        }
        let (ident, base) = (self.0.ident(value), self.0.target_place(base));
        let kept = self.tangent_type(op);
        if sweeps.index.is_number(value) {
            quote_spanned!(span=> let #ident = #base; #kept)
        } else {
            quote_spanned!(span=> let #ident = ::micrograd_core::emitted::snapshot(&#base); #kept)
        }
    }

    /// Settled memory that another round changes.
    // Out:  let s = snapshot(&m);   or, in a long vector:  all_s.push(&m, rounds);
    pub(super) fn copy(&self, op: &Op, memory: Value) -> TokenStream {
        let span = hygienic(op.span);
        if self.0.sweeps.plan.version_of(op.results[0]).is_some() {
            return TokenStream::new();
        }
        let kept = self.tangent_type(op);
        let (ident, memory) = (self.0.ident(op.results[0]), self.0.target_place(memory));
        if self.0.sweeps.plan.is_flat(op.results[0]) {
            let flat = self.0.flat(op.results[0]);
            let rounds = self.rounds(op);
            return quote_spanned!(span=> #flat.push(&#memory, #rounds););
        }
        quote_spanned!(span=> let #ident = ::micrograd_core::emitted::snapshot(&#memory); #kept)
    }

    // Out:  let shape = zero_tangent(&m.part);  m.part = a;
    pub(super) fn store(&self, op: &Op, place: Value, a: &Operand) -> TokenStream {
        let span = hygienic(op.span);
        let a = self.0.read(a);
        let place = self.0.target_place_to(place, true);
        // The reverse sweep needs the shape of what is overwritten.
        let shape = self.0.sweeps.adjoint.residual(op).map(|shape| {
            let shape = self.0.ident(shape);
            quote_spanned!(span=> let #shape = ::micrograd_core::Differentiable::zero_tangent(&#place);)
        });
        quote_spanned!(span=> #shape #place = #a;)
    }

    // Out:  m.push(a);
    pub(super) fn push(&self, op: &Op, place: Value, a: &Operand) -> TokenStream {
        let span = hygienic(op.span);
        let (a, place) = (self.0.read(a), self.0.place_to(place, true));
        quote_spanned!(span=> #place.push(#a);)
    }

    // Out:  let a = pop(&mut m);  let shape = zero_tangent(&a);
    pub(super) fn pop(&self, op: &Op, place: Value) -> TokenStream {
        let span = hygienic(op.span);
        let ident = self.0.ident(op.results[0]);
        let place = self.0.target_place_to(place, true);
        let shape = self.0.sweeps.adjoint.residual(op).map(|shape| {
            let shape = self.0.ident(shape);
            quote_spanned!(span=> let #shape = ::micrograd_core::Differentiable::zero_tangent(&#ident);)
        });
        quote_spanned!(span=> let #ident = ::micrograd_core::emitted::pop(&mut #place); #shape)
    }

    // Out:  let zeros = zeros_from(&m, n);  m.truncate(n);
    pub(super) fn truncate(&self, op: &Op, place: Value, n: &Operand) -> TokenStream {
        let span = hygienic(op.span);
        let (place, n) = (self.0.target_place_to(place, true), self.0.read(n));
        let zeros = self.0.sweeps.adjoint.residual(op).map(|zeros| {
            let zeros = self.0.ident(zeros);
            quote_spanned!(span=> let #zeros = ::micrograd_core::emitted::zeros_from(&#place, #n);)
        });
        quote_spanned!(span=> #zeros #place.truncate(#n);)
    }

    // Out:  m.swap(i, j);   or  mem::swap(&mut a, &mut b);
    pub(super) fn swap(&self, op: &Op, a: Value, b: Value) -> TokenStream {
        let span = hygienic(op.span);
        match self.0.neighbours(a, b) {
            Some((base, a, b)) => {
                let base = self.0.target_place_to(base, true);
                let (a, b) = (self.0.read(&a), self.0.read(&b));
                quote_spanned!(span=> #base.swap(#a, #b);)
            }
            None => {
                let [a, b] = [a, b].map(|place| self.0.target_place_to(place, true));
                quote_spanned!(span=> ::core::mem::swap(&mut #a, &mut #b);)
            }
        }
    }

    // Out:  m.rotate_left(n);
    pub(super) fn rearrange(
        &self,
        op: &Op,
        place: Value,
        rearrangement: &Rearrangement,
    ) -> TokenStream {
        let span = hygienic(op.span);
        let place = self.0.target_place_to(place, true);
        match rearrangement {
            Rearrangement::Reverse => quote_spanned!(span=> #place.reverse();),
            Rearrangement::RotateLeft(n) => {
                let n = self.0.read(n);
                quote_spanned!(span=> #place.rotate_left(#n);)
            }
            Rearrangement::RotateRight(n) => {
                let n = self.0.read(n);
                quote_spanned!(span=> #place.rotate_right(#n);)
            }
            Rearrangement::Order(order) => {
                let order = self.0.read_reference(order.value);
                quote_spanned!(span=> ::micrograd_core::emitted::rearrange(&mut #place, #order);)
            }
        }
    }
}

impl Reverse<'_, '_, '_> {
    /// The reverse of a store.
    // Out:  d_a += mem::replace(&mut d_m[i], -0.0);
    pub(super) fn take(
        &self,
        to: Option<&Cotangent>,
        place: &Cotangent,
        shape: Option<Value>,
    ) -> TokenStream {
        let taken = self.target(place);
        let is_in_field = self.is_in_field(place.value());
        if shape.is_none() && !is_in_field {
            let taken = quote!(::core::mem::replace(#taken, -0.0));
            return match to {
                Some(to) => {
                    let to = self.lvalue(to);
                    quote!(#to += #taken;)
                }
                None => quote!(let _ = #taken;),
            };
        }
        let replaced = match shape.map(|shape| self.reader().read_reference(shape)) {
            None => quote!(::core::mem::replace(#taken, ::micrograd_core::emitted::zero())),
            Some(shape) if is_in_field => {
                quote!(::micrograd_core::emitted::InField(#taken).take(#shape))
            }
            Some(shape) => {
                quote!(::core::mem::replace(#taken, ::core::clone::Clone::clone(#shape)))
            }
        };
        let to = to.map(|to| {
            let to = self.target(to);
            quote!(::micrograd_core::Accumulate::accumulate(#to, &taken);)
        });
        quote!({
            let taken = #replaced;
            #to
        })
    }

    /// The reverse of a sum that was stored at the place of one of its parts.
    // Out:  d_a += d_m[i];
    pub(super) fn add_place(
        &self,
        to: &Cotangent,
        place: &Cotangent,
        negative: bool,
    ) -> TokenStream {
        let place = self.memory_lvalue(place.value());
        let sign = if negative { quote!(-) } else { quote!() };
        let (fit, to) = (self.fit(to), self.target(to));
        quote!(#fit ::micrograd_core::Accumulate::accumulate(#to, &(#sign #place));)
    }

    /// The reverse of `push`.
    // Out:  if let Some(popped) = d_m.pop() { d_a.absorb(popped); }
    pub(super) fn pop(&self, to: Option<&Cotangent>, place: &Cotangent) -> TokenStream {
        let place = self.lvalue(place);
        match to {
            Some(to) => {
                let to = self.target(to);
                quote!(if let ::core::option::Option::Some(popped) = (#place).pop() { ::micrograd_core::Tangent::absorb(#to, popped); })
            }
            None => quote!((#place).pop();),
        }
    }

    /// The reverse of `pop`.
    // Out:  d_m.push(d_a);
    pub(super) fn put_back(
        &self,
        from: Option<Value>,
        place: &Cotangent,
        shape: Option<Value>,
    ) -> TokenStream {
        let is_in_field = self.is_in_field(place.value());
        let place = self.lvalue(place);
        let element = match (from, shape) {
            (Some(from), _) => self.given_away(from),
            (None, Some(shape)) => {
                let shape = self.reader().read_reference(shape);
                quote!(::core::clone::Clone::clone(#shape))
            }
            (None, None) if is_in_field => quote!(::micrograd_core::emitted::zero()),
            (None, None) => quote!(-0.0),
        };
        quote!((#place).push(#element);)
    }

    /// The reverse of `truncate`.
    // Out:  d_m.extend_from_slice(zeros);
    pub(super) fn extend(&self, place: &Cotangent, zeros: Value) -> TokenStream {
        let (place, zeros) = (self.lvalue(place), self.reader().read_reference(zeros));
        quote!((#place).extend_from_slice(#zeros);)
    }

    // Out:  d_m.swap(i, j);   or  mem::swap(&mut d_a, &mut d_b);
    pub(super) fn swap(&self, a: &Cotangent, b: &Cotangent) -> TokenStream {
        let reader = self.reader();
        match reader.neighbours(a.value(), b.value()) {
            Some((base, left, right)) => {
                let base = self.memory_lvalue(base);
                let (left, right) = (reader.read(&left), reader.read(&right));
                quote!((#base).swap(#left, #right);)
            }
            None => {
                let (a, b) = (self.target(a), self.target(b));
                quote!(::core::mem::swap(#a, #b);)
            }
        }
    }

    // Out:  d_m.rotate_right(n);
    pub(super) fn rearrange(
        &self,
        place: &Cotangent,
        rearrangement: &Rearrangement,
    ) -> TokenStream {
        let (reader, place) = (self.reader(), self.lvalue(place));
        match rearrangement {
            Rearrangement::Reverse => quote!((#place).reverse();),
            Rearrangement::RotateLeft(n) => {
                let n = reader.read(n);
                quote!((#place).rotate_right(#n);)
            }
            Rearrangement::RotateRight(n) => {
                let n = reader.read(n);
                quote!((#place).rotate_left(#n);)
            }
            Rearrangement::Order(order) => {
                let order = reader.read_reference(order.value);
                quote!(::micrograd_core::emitted::restore(&mut #place, #order);)
            }
        }
    }
}
