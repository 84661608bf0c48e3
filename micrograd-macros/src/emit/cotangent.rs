//! Cotangents: how they begin, and as expressions; those of values, and the places inside them that mirror places inside values.

use super::batch::{self, Lane};
use super::reverse::Reverse;
use crate::adjoint::{Cotangent, Zero};
use crate::ir::{Kind, Value};
use crate::rooms::Room;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned, ToTokens};

impl Reverse<'_, '_, '_> {
    /// How a cotangent starts.
    pub(super) fn zero(&self, value: Value, zero: Zero) -> TokenStream {
        let (reader, span) = (self.reader(), self.reader().span(value));
        match zero {
            Zero::Number => quote_spanned!(span=> -0.0),
            Zero::Array => {
                let zero = self.sweeps().index.zero_array(value);
                quote_spanned!(span=> #zero)
            }
            Zero::Typed(kept) => {
                let kept = reader.read_reference(kept);
                quote_spanned!(span=> ::micrograd_core::emitted::zero_of(#kept))
            }
            Zero::Like(kept) => {
                let kept = reader.read_reference(kept);
                quote_spanned!(span=> ::core::clone::Clone::clone(#kept))
            }
            Zero::Shapeless => {
                quote_spanned!(span=> ::micrograd_core::Tangent::shapeless())
            }
            Zero::Shaped => {
                let op = self.sweeps().index.definition(value);
                let is_slot = op.is_some_and(|op| matches!(op.kind, Kind::Slot(_)));
                let is_vector = self.sweeps().index.is_number_vector(value);
                let room = reader.room(Room::Cotangent(value));
                if self.sweeps().plan.has_versions(value) {
                    let versions = reader.ident(value);
                    return match room {
                        Some(room) => quote_spanned!(span=> #versions.zeros_in(&mut #room)),
                        None => quote_spanned!(span=> #versions.zeros()),
                    };
                }
                let is_anew = reader.is_anew(value);
                let value = self.argument(value);
                if let (Some(room), true) = (&room, is_anew) {
                    quote_spanned!(span=> ::micrograd_core::emitted::zeros_left_in(&mut #room, #value))
                } else if let Some(room) = room {
                    quote_spanned!(span=> ::micrograd_core::emitted::zeros_like_in(&mut #room, #value))
                } else if is_slot && is_vector {
                    quote_spanned!(span=> ::micrograd_core::emitted::zeros_like(#value))
                } else if is_slot {
                    // Elements of memory are taken as well as added to.
                    quote_spanned!(span=> ::micrograd_core::Differentiable::zero_tangent(#value))
                } else {
                    quote_spanned!(span=> ::micrograd_core::Differentiable::accumulator(#value))
                }
            }
        }
    }

    /// The variable of a value's own cotangent.
    pub(super) fn variable(&self, value: Value) -> Ident {
        self.reader().cotangent_ident(value)
    }

    /// A value's own cotangent, as a place.
    pub(super) fn own(&self, value: Value) -> TokenStream {
        let variable = self.variable(value);
        match self.lane.get() {
            Lane::Whole => variable.into_token_stream(),
            Lane::Each => {
                let lane = batch::lane();
                quote!(#variable[#lane])
            }
            Lane::Lent => quote!((*#variable)),
        }
    }

    /// A value's own cotangent, which is not needed any more.
    pub(super) fn given_away(&self, value: Value) -> TokenStream {
        let own = self.own(value);
        match self.lane.get() {
            Lane::Whole => own,
            Lane::Each | Lane::Lent => {
                quote!(::core::mem::replace(&mut #own, ::micrograd_core::Tangent::shapeless()))
            }
        }
    }

    pub(super) fn is_number(&self, cotangent: &Cotangent) -> bool {
        let (Cotangent::Own(value) | Cotangent::Place(value)) = cotangent;
        self.sweeps().index.is_number(*value)
    }

    /// A cotangent as the left side of an assignment.
    pub(super) fn lvalue(&self, cotangent: &Cotangent) -> TokenStream {
        match cotangent {
            Cotangent::Own(value) if self.params.contains(value) => {
                let ident = self.own(*value);
                quote!(*#ident)
            }
            Cotangent::Own(value) => self.own(*value),
            Cotangent::Place(value) => self.place(*value),
        }
    }

    /// `&mut` of a cotangent.
    pub(super) fn target(&self, cotangent: &Cotangent) -> TokenStream {
        let lvalue = self.lvalue(cotangent);
        quote!(&mut #lvalue)
    }

    /// The place inside a cotangent that mirrors a place inside a value.
    pub(super) fn place(&self, value: Value) -> TokenStream {
        if let Some(element) = self.added.element(value) {
            return element;
        }
        let Some(op) = self.sweeps().index.definition(value) else {
            return self.own(value);
        };
        match &op.kind {
            Kind::Field(base, member) => {
                let base = self.place(*base);
                quote!(#base.#member)
            }
            Kind::Index(base, index) if self.sweeps().index.has_own_index(*base) => {
                let span = self.reader().span(value);
                let (base, index) = (self.memory_lvalue(*base), self.reader().read_index(index));
                quote_spanned!(span=> (*::micrograd_core::emitted::Elements::element(&mut #base, #index)))
            }
            Kind::Index(base, index) => {
                let (base, index) = (self.place(*base), self.reader().read_index(index));
                quote!(#base[#index])
            }
            Kind::Payload(base, variant) => {
                let base = self.memory_lvalue(*base);
                let part = accessor("payload_mut", &variant.name(), self.reader().span(value));
                quote!((*(#base).#part()))
            }
            Kind::Deref(base) | Kind::Snapshot(base) if self.params.contains(base) => {
                let base = self.own(*base);
                quote!((*#base))
            }
            Kind::Deref(base) | Kind::Snapshot(base) => self.place(*base),
            Kind::Settled { memory, .. } => self.place(*memory),
            _ => self.own(value),
        }
    }

    /// The cotangent of a value or place as a place.
    pub(super) fn memory_lvalue(&self, value: Value) -> TokenStream {
        let is_place = self.sweeps().index.is_place(value);
        self.lvalue(&if is_place {
            Cotangent::Place(value)
        } else {
            Cotangent::Own(value)
        })
    }

    /// An element can be added to only where the sequence has its shape.
    pub(super) fn fit(&self, to: &Cotangent) -> TokenStream {
        match to {
            Cotangent::Place(value) if self.added.element(*value).is_none() => self.shaped(*value),
            Cotangent::Place(_) | Cotangent::Own(_) => TokenStream::new(),
        }
    }

    /// Whether a place is inside a field: that may be excluded, so that it has no tangent.
    pub(super) fn is_in_field(&self, place: Value) -> bool {
        let index = self.sweeps().index;
        index.definition(place).is_some_and(|op| match &op.kind {
            Kind::Field(..) => true,
            kind => kind.is_place() && self.is_in_field(kind.operands()[0].value),
        })
    }

    /// Gives the cotangent of the sequence around an element its shape.
    pub(super) fn shaped(&self, element: Value) -> TokenStream {
        let index = self.sweeps().index;
        let Some(Kind::Index(base, _)) = index.definition(element).map(|op| &op.kind) else {
            return TokenStream::new();
        };
        if index.is_memory(*base) || !index.needs_fit(*base) {
            return TokenStream::new();
        }
        let cotangent = if index.is_place(*base) {
            Cotangent::Place(*base)
        } else {
            Cotangent::Own(*base)
        };
        let (value, cotangent) = (self.reader().read_reference(*base), self.target(&cotangent));
        if self.is_in_field(*base) {
            return quote!(::micrograd_core::emitted::InField(#cotangent).fit(#value););
        }
        quote!(::micrograd_core::Differentiable::fit(#value, #cotangent);)
    }
}

/// The method of an enum's tangent that leads to a part of a variant.
pub(super) fn accessor(kind: &str, part: &str, span: Span) -> Ident {
    Ident::new(&format!("{kind}_{part}"), span)
}
