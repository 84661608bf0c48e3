//! What the forward sweep records of the runs of a region, and how the reverse sweep reads it back.
//!
//! In: the plan, which says what is saved. Out: a record is a tuple; a loop pushes one for each round onto its tape, which is
//! read from its end. The tapes of loops inside loops, and copies of memory, are parts of long vectors that stand where the
//! outermost loop does.
//!
// Out:  forward:  let mut all_tape = Vec::new();  …  all_tape.push((saved,));
//       reverse:  let mut rest_tape = all_tape.iter().rev();  …  let (saved,) = record;

use super::forward::Forward;
use super::reverse::Reverse;
use super::{hygienic, replace, Sweeps};
use crate::ir::{Kind, Op, Operand, Region, Value};
use crate::rooms::Room;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

/// Where the forward sweep records the rounds of a loop.
#[derive(Default)]
pub(super) struct Tape {
    /// Makes the tape, before the loop.
    pub before: TokenStream,
    /// Records a round.
    pub push: TokenStream,
    /// What is had of it behind the loop.
    pub behind: TokenStream,
    /// The vector that has a record for each round.
    pub vector: Option<Ident>,
}

impl Forward<'_, '_, '_> {
    /// `(saved, …)`: the record of one run of a region.
    pub(super) fn record(&self, region: &Region) -> TokenStream {
        let saved = self.0.sweeps.plan.saved(self.0.sweeps.index.id(region));
        let saved = saved.iter().map(|value| self.0.ident(*value));
        quote!((#(#saved,)*))
    }

    /// The tape of a loop.
    pub(super) fn tape(
        &self,
        op: &Op,
        residual: Value,
        iterator: Option<&Operand>,
        body: &Region,
    ) -> Tape {
        let span = hygienic(op.span);
        let (tape, record) = (self.0.ident(residual), self.record(body));
        if (self.0.sweeps.plan).is_replacing(self.0.sweeps.index.id(body)) {
            let (none, replace) = replace::last(&tape, &record, span);
            return Tape {
                before: none,
                push: replace,
                ..Tape::default()
            };
        }
        let may_stop = matches!(op.kind, Kind::For { exits: true, .. });
        let iterator = iterator.map(|iterator| {
            let iterator = self.0.read_reference(iterator.value);
            match may_stop {
                true => quote_spanned!(span=> &::micrograd_core::emitted::few(#iterator)),
                false => iterator,
            }
        });
        if self.0.sweeps.plan.is_flat(residual) {
            let (flat, start) = (self.0.flat(residual), Ident::new("start", span));
            let rounds = self.rounds(op);
            let reserve = iterator.map(|iterator| {
                quote_spanned!(span=> ::micrograd_core::emitted::reserve(&mut #flat, #iterator, #rounds);)
            });
            let push = quote_spanned!(span=> #flat.push(#record););
            let (before, behind) = match self.0.sweeps.plan.is_in_sequence(residual) {
                true => (quote!(#reserve), TokenStream::new()),
                false => (
                    quote_spanned!(span=> let #start = #flat.len(); #reserve),
                    quote_spanned!(span=> let #tape = (#start, #flat.len());),
                ),
            };
            return Tape {
                before,
                push,
                behind,
                vector: Some(flat),
            };
        }
        let new = match (self.0.room(Room::Tape(residual)), iterator) {
            (None, Some(iterator)) => {
                quote_spanned!(span=> ::micrograd_core::emitted::tape(#iterator))
            }
            (None, None) => quote_spanned!(span=> ::std::vec::Vec::new()),
            (Some(room), Some(iterator)) => {
                quote_spanned!(span=> ::micrograd_core::emitted::tape_in(&mut #room, #iterator))
            }
            (Some(room), None) => {
                quote_spanned!(span=> ::micrograd_core::emitted::emptied(&mut #room))
            }
        };
        Tape {
            before: quote_spanned!(span=> let mut #tape = #new;),
            push: quote_spanned!(span=> #tape.push(#record);),
            behind: TokenStream::new(),
            vector: Some(tape),
        }
    }

    /// Whether the records of a loop's rounds, and what one hands on to the next, are numbers alone.
    pub(super) fn is_of_numbers(&self, body: &Region) -> bool {
        let Sweeps { index, plan, .. } = self.0.sweeps;
        let saved = plan.saved(index.id(body)).into_iter();
        let carried = body.args[1..].iter().copied();
        saved.chain(carried).all(|value| index.is_number(value))
    }

    /// The long vectors of tapes and copies that are made inside a region.
    pub(super) fn flat(&self, region: &Region) -> TokenStream {
        let sweeps = self.0.sweeps;
        let flat = sweeps.plan.flat_in(sweeps.index.id(region));
        let flat = flat.filter(|value| sweeps.plan.version_of(*value).is_none());
        let flat = flat.map(|value| {
            let is_copied = sweeps.plan.is_copied(value);
            let room = self.0.room(match is_copied {
                true => Room::Copies(value),
                false => Room::Tapes(value),
            });
            let new = match (is_copied, room) {
                (true, None) => quote!(::micrograd_core::emitted::Copies::none()),
                (true, Some(room)) => {
                    quote!(::micrograd_core::emitted::Copies::none_in(&mut #room))
                }
                (false, None) => quote!(::std::vec::Vec::new()),
                (false, Some(room)) => quote!(::micrograd_core::emitted::emptied(&mut #room)),
            };
            let flat = self.0.flat(value);
            quote!(let mut #flat = #new;)
        });
        flat.collect()
    }

    /// How often the loops around an operation run it, up to the region where its long vector stands, as far as that is
    /// known before. Of deep nests the inner loops must do, or nests would cost the square of their depth.
    pub(super) fn rounds(&self, op: &Op) -> TokenStream {
        const DEEP: usize = 3;
        let (index, plan) = (self.0.sweeps.index, self.0.sweeps.plan);
        let mut rounds = quote!(1usize);
        let mut region = index.home_of(op);
        for _ in 0..DEEP {
            if plan.is_checkpoint(region) {
                let length = super::checkpoint::length();
                return quote!(#length.saturating_mul(#rounds));
            }
            let owner = index.owner(region).filter(|_| !plan.is_open(region));
            let Some(Kind::For {
                iterator: Some(iterator),
                exits: false,
                ..
            }) = owner.map(|owner| &owner.kind)
            else {
                break;
            };
            let iterator = self.0.read_reference(iterator.value);
            rounds = quote!(::micrograd_core::emitted::rounds(#iterator, #rounds));
            region = owner.map_or(0, |owner| index.home_of(owner));
        }
        rounds
    }
}

impl Reverse<'_, '_, '_> {
    /// The variables of a region's record.
    pub(super) fn unpack(&self, region: &Region) -> TokenStream {
        let sweeps = self.sweeps();
        let saved = sweeps.plan.saved(sweeps.index.id(region));
        let idents = saved.iter().map(|value| self.reader().ident(*value));
        let numbers = saved.iter().filter(|value| sweeps.index.is_number(**value));
        let numbers = numbers.map(|value| self.reader().ident(*value));
        let record = record();
        quote! {
            let (#(#idents,)*) = #record;
            #(let #numbers = *#numbers;)*
        }
    }

    /// Whether a loop's rounds have records, and the records last to first.
    pub(super) fn records(&self, op: &Op) -> (bool, TokenStream) {
        let (plan, tape) = (self.sweeps().plan, self.sweeps().adjoint.residual(op));
        let tape = tape.expect("a reversed loop has a residual");
        let (ident, flat) = (self.reader().ident(tape), self.reader().flat(tape));
        let records = if plan.is_in_sequence(tape) {
            let rest = self.rest(tape);
            quote!(#rest.by_ref())
        } else if plan.is_flat(tape) {
            quote!(#flat[#ident.0..#ident.1].iter().rev())
        } else {
            quote!(#ident.iter().rev())
        };
        (plan.is_needed(tape), records)
    }

    /// The records of a loop as a place, where they are not taken off a long vector.
    pub(super) fn record_slice(&self, op: &Op) -> Option<TokenStream> {
        let (plan, tape) = (self.sweeps().plan, self.sweeps().adjoint.residual(op)?);
        if !plan.is_needed(tape) || plan.is_in_sequence(tape) {
            return None;
        }
        let (ident, flat) = (self.reader().ident(tape), self.reader().flat(tape));
        Some(match plan.is_flat(tape) {
            true => quote!(#flat[#ident.0..#ident.1]),
            false => quote!(#ident),
        })
    }

    /// What is left of the long vectors in an open region, which its reverse reads last to first.
    pub(super) fn rests(&self, region: &Region) -> TokenStream {
        let sweeps = self.sweeps();
        let flat = sweeps.plan.flat_in(sweeps.index.id(region));
        let flat = flat.filter(|value| sweeps.plan.is_in_sequence(*value));
        let rests = flat.map(|value| {
            let rest = self.rest(value);
            let flat = match sweeps.plan.version_of(value) {
                Some(memory) => self.reader().ident(memory),
                None => self.reader().flat(value),
            };
            match sweeps.plan.is_copied(value) {
                true => quote!(let mut #rest = #flat.rest();),
                false => quote!(let mut #rest = #flat.iter().rev();),
            }
        });
        rests.collect()
    }

    /// The copies that a run of a region added to long vectors.
    pub(super) fn copies(&self, region: &Region) -> TokenStream {
        let sweeps = self.sweeps();
        let values = sweeps.plan.in_sequence(sweeps.index.id(region));
        let copies = values.filter(|value| sweeps.plan.is_copied(*value));
        let copies = copies.map(|value| {
            let (ident, rest) = (self.reader().ident(value), self.rest(value));
            quote!(let #ident = #rest.pop();)
        });
        copies.collect()
    }

    /// The variable of what is left of a long vector.
    fn rest(&self, value: Value) -> Ident {
        let (reader, span) = (self.reader(), self.reader().span(value));
        Ident::new(&format!("rest_{}", reader.ident(value)), span)
    }
}

/// The variable of the record that is being read.
pub(super) fn record() -> Ident {
    Ident::new("record", Span::mixed_site())
}
