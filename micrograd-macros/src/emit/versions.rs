//! Memory of which each round of a loop has a version of its own.

use super::forward::Forward;
use super::Sweeps;
use crate::ir::{Kind, Op, Region, Value};
use crate::rooms::Room;
use proc_macro2::TokenStream;
use quote::quote_spanned;

impl Sweeps<'_, '_> {
    /// Whether a value is but what memory with versions starts with.
    pub(super) fn starts_versions(&self, value: Value) -> bool {
        let mut memory = self.plan.with_versions();
        memory.any(|memory| self.init(memory) == Some(value))
    }

    fn init(&self, memory: Value) -> Option<Value> {
        match &self.index.definition(memory)?.kind {
            Kind::Slot(init) => Some(init.value),
            _ => None,
        }
    }
}

impl Forward<'_, '_, '_> {
    /// The memory of which each round of a loop has a version, and what a round does to have the next.
    // Out:  let none: Vec<f64> = Vec::new();  let mut y = Versions::of(none, 0.0, d, &r);  for i in r { let y = y.anew(); … }
    pub(super) fn versions(&self, op: &Op, body: &Region) -> (TokenStream, TokenStream) {
        let sweeps = self.0.sweeps;
        let Kind::For {
            iterator: Some(iterator),
            ..
        } = &op.kind
        else {
            return Default::default();
        };
        let memory = sweeps.plan.anew(sweeps.index.id(body)).iter();
        let versions = memory.map(|memory| {
            let init = (sweeps.init(*memory)).and_then(|init| sweeps.index.definition(init));
            let Some(Kind::Repeat(element, length, _)) = init.map(|op| &op.kind) else {
                unreachable!("memory with versions is one element, repeated");
            };
            let (ident, ty, span) = (self.0.ident(*memory), self.ty(*memory), self.0.span(*memory));
            let (element, length) = (self.0.read(element), self.0.read(length));
            let range = self.0.read_reference(iterator.value);
            let versions = match self.0.room(Room::Versions(*memory)) {
                Some(room) => quote_spanned! {span=>
                    let mut #ident = ::micrograd_core::emitted::Versions::within(&mut #room, #element, #length, #range);
                },
                None => quote_spanned! {span=>
                    let none #ty = ::std::vec::Vec::new();
                    let mut #ident = ::micrograd_core::emitted::Versions::of(none, #element, #length, #range);
                },
            };
            (versions, quote_spanned!(span=> let #ident = #ident.anew();))
        });
        versions.unzip()
    }
}
