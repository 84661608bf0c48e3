//! Tuples, sequences and structs, in both sweeps: the aggregate of its parts, and the cotangent of each part.

use super::cotangent::accessor;
use super::forward::Forward;
use super::reverse::Reverse;
use crate::adjoint::Cotangent;
use crate::ir::{Member, Operand, Sequence, Value};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

impl Forward<'_, '_, '_> {
    // Out:  (a, b,)
    pub(super) fn tuple(&self, elements: &[Operand], span: Span) -> TokenStream {
        let elements = elements.iter().map(|operand| self.0.read(operand));
        quote_spanned!(span=> (#(#elements,)*))
    }

    // Out:  [a, b]   or  vec![a, b]
    pub(super) fn array(
        &self,
        elements: &[Operand],
        sequence: Sequence,
        span: Span,
    ) -> TokenStream {
        let elements = elements.iter().map(|operand| self.0.read(operand));
        match sequence {
            Sequence::Array => quote_spanned!(span=> [#(#elements),*]),
            Sequence::Vec => quote_spanned!(span=> ::std::vec![#(#elements),*]),
        }
    }

    // Out:  [a; N]   or  vec![a; n]
    pub(super) fn repeat(
        &self,
        value: Value,
        element: &Operand,
        length: &Operand,
        sequence: Sequence,
        span: Span,
    ) -> TokenStream {
        if sequence == Sequence::Array {
            let element = self.0.read(element);
            let length = self.0.sweeps.index.constant(length.value);
            return quote_spanned!(span=> [#element; #length]);
        }
        let is_number = self.0.sweeps.index.is_number(element.value);
        let (element, length) = (self.0.read(element), self.0.read(length));
        if let Some((memory, room)) = self.0.room_of(value) {
            return match self.0.is_anew(memory) {
                true => {
                    quote_spanned!(span=> ::micrograd_core::emitted::resized_in(&mut #room, #element, #length))
                }
                false => {
                    quote_spanned!(span=> ::micrograd_core::emitted::repeated_in(&mut #room, #element, #length))
                }
            };
        }
        if is_number {
            return quote_spanned!(span=> ::micrograd_core::emitted::repeated(#element, #length));
        }
        quote_spanned!(span=> ::std::vec![#element; #length])
    }

    // Out:  S { a: x, ..rest }   or  S(x)
    pub(super) fn structure(
        &self,
        path: &Path,
        fields: &[(Member, Operand)],
        tuple: bool,
        rest: Option<&Operand>,
        span: Span,
    ) -> TokenStream {
        if tuple {
            let fields = fields.iter().map(|(_, operand)| self.0.read(operand));
            return quote_spanned!(span=> #path(#(#fields),*));
        }
        let fields = fields.iter().map(|(member, operand)| {
            let operand = self.0.read(operand);
            quote!(#member: #operand)
        });
        let rest = rest.map(|rest| {
            let rest = self.0.read(rest);
            quote!(..#rest)
        });
        quote_spanned!(span=> #path { #(#fields,)* #rest })
    }
}

impl Reverse<'_, '_, '_> {
    // Out:  d_a.accumulate(&d_s.a);
    pub(super) fn part(&self, to: &Cotangent, from: Value, member: &Member) -> TokenStream {
        let (from, to) = (self.own(from), self.target(to));
        quote!(::micrograd_core::Accumulate::accumulate(#to, &#from.#member);)
    }

    // Out:  if let Some(part) = d_e.payload_V_0() { d_a.accumulate(part); }
    pub(super) fn variant_part(&self, to: &Cotangent, from: Value, part: &str) -> TokenStream {
        let span = self.op_span(from);
        let (from, to) = (self.own(from), self.target(to));
        let part = accessor("payload", part, span);
        quote!(if let ::core::option::Option::Some(part) = #from.#part() {
            ::micrograd_core::Accumulate::accumulate(#to, part);
        })
    }

    /// What the fields of another struct get of which some were given anew.
    // Out:  { let mut rest = d_s.clone();  rest.a = shapeless();  d_other.accumulate(&rest); }
    pub(super) fn rest_of(&self, to: &Cotangent, from: Value, members: &[Member]) -> TokenStream {
        let (from, to) = (self.own(from), self.target(to));
        quote!({
            let mut rest = ::core::clone::Clone::clone(&#from);
            #(rest.#members = ::micrograd_core::Tangent::shapeless();)*
            ::micrograd_core::Accumulate::accumulate(#to, &rest);
        })
    }

    // Out:  accumulate_element(&mut d_a, &d_v, 0);
    pub(super) fn element(&self, to: &Cotangent, from: Value, index: usize) -> TokenStream {
        let (from, to) = (self.own(from), self.target(to));
        quote!(::micrograd_core::emitted::accumulate_element(#to, &#from, #index);)
    }

    // Out:  accumulate_elements(&mut d_a, &d_v);
    pub(super) fn sum(&self, to: &Cotangent, from: Value) -> TokenStream {
        let (from, to) = (self.own(from), self.target(to));
        quote!(::micrograd_core::emitted::accumulate_elements(#to, &#from);)
    }
}
