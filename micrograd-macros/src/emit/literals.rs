//! Literals of numbers. Each is bound once, before all else, so that it keeps the one type that inference gave it. A pullback
//! does not capture it, but writes it again with that type: of what is captured the optimiser knows nothing.
//!
// Out:  let k = 2.0;  let type_k = type_of(&k);  …;  move |…| { let k = type_k.same(2.0);  … }

use super::forward::Forward;
use super::Reader;
use crate::ir::{Kind, Op, Value};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

impl<'f> Forward<'_, '_, 'f> {
    /// Literals are bound before all else.
    pub(super) fn literals(&self) -> TokenStream {
        let literals = self.0.hoisted().into_iter().map(|op| {
            let (ident, ty) = (self.0.ident(op.results[0]), self.ty(op.results[0]));
            let tokens = self.constant(op);
            quote!(let #ident #ty = #tokens;)
        });
        literals.collect()
    }

    /// The types of the literals that the pullback writes again.
    pub(super) fn types_of_literals(&self) -> TokenStream {
        let again = self.literals_again().map(|op| {
            let (ident, ty) = (
                self.0.ident(op.results[0]),
                self.0.type_ident(op.results[0]),
            );
            quote!(let #ty = ::micrograd_core::emitted::type_of(&#ident);)
        });
        again.collect()
    }

    /// The literals that the reverse sweep reads. They are written there again: what a pullback captures is
    /// memory, of which nothing is known where it is not inlined.
    fn literals_again(&self) -> impl Iterator<Item = &'f Op> + '_ {
        let plan = self.0.sweeps.plan;
        let hoisted = self.0.hoisted().into_iter();
        hoisted.filter(move |op| plan.is_needed(op.results[0]))
    }

    pub(super) fn bind_again(&self) -> TokenStream {
        let again = self.literals_again().map(|op| {
            let (ident, ty) = (
                self.0.ident(op.results[0]),
                self.0.type_ident(op.results[0]),
            );
            let tokens = self.constant(op);
            quote!(let #ident = #ty.same(#tokens);)
        });
        again.collect()
    }

    fn constant(&self, op: &'f Op) -> &'f TokenStream {
        let constant = self.0.sweeps.index.constant(op.results[0]);
        constant.expect("a literal is a constant")
    }
}

impl<'f> Reader<'_, '_, 'f> {
    /// Literals are bound once, so that each keeps the one type that inference gave it.
    pub(super) fn is_hoisted(&self, value: Value) -> bool {
        let index = self.sweeps.index;
        index.constant(value).is_some() && index.is_number(value) && !index.is_constant_index(value)
    }

    /// Literals that are bound once.
    fn hoisted(&self) -> Vec<&'f Op> {
        let mut hoisted = Vec::new();
        self.sweeps.index.function.body.visit(&mut |op| {
            if matches!(op.kind, Kind::Constant(_)) && self.is_hoisted(op.results[0]) {
                hoisted.push(op);
            }
        });
        hoisted
    }

    /// What remembers the type of a literal from the forward sweep to the reverse.
    fn type_ident(&self, value: Value) -> Ident {
        Ident::new(&format!("type_{}", self.ident(value)), self.span(value))
    }
}
