//! Branches and loops, in both sweeps: what is recorded of a region, and how it is read back.

use super::forward::Forward;
use super::hygienic;
use super::reverse::Reverse;
use super::walks::{self, Head};
use crate::adjoint::Step;
use crate::ir::{carried, Kind, Op, Operand, Region, Value};
use crate::rooms::Room;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

impl Forward<'_, '_, '_> {
    // Out:  let (y, kept) = if c { …; (a, Either::Left((saved,))) } else { … };
    pub(super) fn branch(
        &self,
        op: &Op,
        condition: &Operand,
        then: &Region,
        otherwise: &Region,
    ) -> TokenStream {
        let span = hygienic(op.span);
        let condition = self.0.read(condition);
        let record = self.branch_record(op);
        let one_sided = then.diverges || otherwise.diverges;
        let plan = self.0.sweeps.plan;
        let arm = |region: &Region, side: &str| {
            let mut statements = self.region(region);
            if plan.replaces(self.0.sweeps.index.id(region)) {
                let replaced = replaced();
                statements.extend(quote!(#replaced = true;));
            }
            if region.diverges {
                return statements;
            }
            let mut values: Vec<TokenStream> = region
                .yields
                .iter()
                .map(|operand| self.0.read(operand))
                .collect();
            if record.is_some() {
                let (side, saved) = (Ident::new(side, span), self.record(region));
                values.push(if one_sided {
                    saved
                } else {
                    quote_spanned!(span=> ::micrograd_core::emitted::Either::#side(#saved))
                });
            }
            match values.as_slice() {
                [] => statements,
                values => quote_spanned!(span=> #statements (#(#values,)*)),
            }
        };
        let (then, otherwise) = (arm(then, "Left"), arm(otherwise, "Right"));
        let results = op
            .results
            .iter()
            .map(|result| self.0.ident(*result))
            .chain(record.clone());
        let results: Vec<Ident> = results.collect();
        if results.is_empty() {
            return quote_spanned!(span=> if #condition { #then } else { #otherwise });
        }
        quote_spanned!(span=> let (#(#results,)*) = if #condition { #then } else { #otherwise };)
    }

    /// The variable of a branch's record, if it has one.
    fn branch_record(&self, op: &Op) -> Option<Ident> {
        let sweeps = self.0.sweeps;
        let residual = sweeps.adjoint.residual(op)?;
        sweeps
            .plan
            .is_needed(residual)
            .then(|| self.0.ident(residual))
    }

    /// `(saved, …)`: the record of one run of a region.
    pub(super) fn record(&self, region: &Region) -> TokenStream {
        let saved = self.0.sweeps.plan.saved(self.0.sweeps.index.id(region));
        let saved = saved.iter().map(|value| self.0.ident(*value));
        quote!((#(#saved,)*))
    }

    // Out:  let mut s = init; for i in r { …; tape.push((saved,)); (s,) = (next,); }
    pub(super) fn for_loop(&self, op: &Op, body: &Region) -> TokenStream {
        if (self.0.sweeps.plan).is_checkpoint(self.0.sweeps.index.id(body)) {
            return self.checkpointed(op, body);
        }
        let sweeps = self.0.sweeps;
        let id = sweeps.index.id(body);
        let (versions, next) = self.versions(op, body);
        let (replaced, statements) = (replaced(), self.region(body));
        let before = (sweeps.plan.is_replacing(id)).then(|| quote!(let mut #replaced = false;));
        let rounds = self.loop_over(op, quote!(#before #next #statements), TokenStream::new());
        // Of a loop around it too.
        let replaces = sweeps.plan.replaces(id).then(|| {
            let kept = self.residual(op);
            quote!(#replaced |= #kept.is_some();)
        });
        quote!(#versions #rounds #replaces)
    }

    /// A loop of which each iteration runs `statements`, and `behind` after it has what it carries on.
    pub(super) fn loop_over(
        &self,
        op: &Op,
        statements: TokenStream,
        behind: TokenStream,
    ) -> TokenStream {
        let Kind::For {
            iterator,
            inits,
            body,
            exits,
            collects,
            ..
        } = &op.kind
        else {
            unreachable!("a loop")
        };
        let span = hygienic(op.span);
        let sweeps = self.0.sweeps;
        let args: Vec<Ident> = body.args[1..]
            .iter()
            .map(|arg| self.0.ident(*arg))
            .collect();
        let inits = inits.iter().map(|init| self.0.read(init));
        let types = body.args[1..].iter().map(|arg| self.ty(*arg));
        let results = op
            .results
            .iter()
            .take(args.len())
            .map(|result| self.0.ident(*result));
        let walk = self.0.walks.of(op).map(|walk| {
            let base = |base| self.0.target_place_to(base, true);
            Head::new(&self.0, walk, self.0.walks.slices(&self.0, op, base))
        });
        let head = match (iterator, &walk) {
            (Some(_), Some(head)) => {
                let (round, rounds, item) = (walks::round(), &head.rounds, &head.item);
                (quote_spanned!(span=> for #round in #rounds), item.clone())
            }
            (Some(iterator), None) => {
                let (item, iterator) = (
                    self.0.ident(body.args[0]),
                    self.0.read_value(iterator.value),
                );
                (
                    quote_spanned!(span=> for #item in #iterator),
                    TokenStream::new(),
                )
            }
            (None, _) => (quote_spanned!(span=> loop), TokenStream::new()),
        };
        let (head, item) = head;
        let residual = sweeps.adjoint.residual(op);
        let residual = residual.filter(|residual| sweeps.plan.is_needed(*residual));
        let (tape, push, recorded) = match residual {
            Some(residual) => self.tape(op, residual, iterator.as_ref(), body),
            None => Default::default(),
        };
        if body.diverges {
            return quote_spanned!(span=> #(let mut #args #types = #inits;)* #head { #statements } #(let #results = #args;)*);
        }
        let go_on = exits.then(|| self.0.read(&body.yields[0]));
        let (decide, stop) = match go_on {
            Some(go_on) => (
                quote_spanned!(span=> let go_on = #go_on;),
                quote_spanned!(span=> if !go_on { break; }),
            ),
            None => (TokenStream::new(), TokenStream::new()),
        };
        let mut yields: Vec<TokenStream> = carried(&body.yields, *exits)
            .iter()
            .map(|operand| self.0.read(operand))
            .collect();
        let (collection, gather) = if *collects {
            let element = yields.pop().expect("a collecting loop yields an element");
            let vector = op.results.last().expect("a collecting loop gives a vector");
            let (ident, ty) = (self.0.ident(*vector), self.ty(*vector));
            let capacity = iterator.map(|iterator| {
                let iterator = self.0.read_reference(iterator.value);
                quote_spanned!(span=> ::core::iter::Iterator::size_hint(#iterator).0)
            });
            let new = match (self.0.room(Room::Collected(*vector)), iterator) {
                (Some(room), Some(iterator)) => {
                    let iterator = self.0.read_reference(iterator.value);
                    quote_spanned!(span=> ::micrograd_core::emitted::tape_in(&mut #room, #iterator))
                }
                (Some(room), None) => {
                    quote_spanned!(span=> ::micrograd_core::emitted::emptied(&mut #room))
                }
                (None, _) => quote_spanned!(span=> ::std::vec::Vec::with_capacity(#capacity)),
            };
            (
                quote_spanned!(span=> let mut #ident #ty = #new;),
                quote_spanned!(span=> #ident.push(#element);),
            )
        } else {
            (TokenStream::new(), TokenStream::new())
        };
        let next: Vec<Ident> = (0..yields.len())
            .map(|index| format_ident!("next{index}", span = span))
            .collect();
        let round = quote_spanned! {span=>
            #item
            #statements
            #decide
            #(let #next = #yields;)*
            #gather
            #behind
            #push
            #(#args = #next;)*
            #stop
        };
        // What an iteration hands on becomes no vectors anyway.
        let is_vector = args.is_empty() && push.is_empty() && behind.is_empty();
        let overlapping = (self.0.walks.of(op)).filter(|walk| is_vector && walk.overlaps());
        let overlapping = overlapping.map(|walk| walk.windows.len());
        let mut rounds = walks::rounds(&head, &round, overlapping, span);
        if let Some(head) = walk {
            let Head {
                before,
                any,
                slices,
                ..
            } = head;
            let still = body.ops.iter().filter(|op| self.0.walks.is_still(op));
            let still = still.map(|op| self.now(op));
            rounds = quote_spanned!(span=> #before if #any { #(#still)* #slices #rounds });
        }
        quote_spanned! {span=>
            #(let mut #args #types = #inits;)*
            #collection
            #tape
            #rounds
            #recorded
            #(let #results = #args;)*
        }
    }

    /// The tape of a loop, what an iteration pushes onto it, and what is had of it behind the loop.
    fn tape(
        &self,
        op: &Op,
        residual: Value,
        iterator: Option<&Operand>,
        body: &Region,
    ) -> (TokenStream, TokenStream, TokenStream) {
        let span = hygienic(op.span);
        let (tape, record) = (self.0.ident(residual), self.record(body));
        if (self.0.sweeps.plan).is_replacing(self.0.sweeps.index.id(body)) {
            let replaced = replaced();
            return (
                quote_spanned!(span=> let mut #tape = ::core::option::Option::None;),
                quote_spanned!(span=> if #replaced { #tape = ::core::option::Option::Some(#record); }),
                TokenStream::new(),
            );
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
            if self.0.sweeps.plan.is_in_sequence(residual) {
                return (quote!(#reserve), push, TokenStream::new());
            }
            return (
                quote_spanned!(span=> let #start = #flat.len(); #reserve),
                push,
                quote_spanned!(span=> let #tape = (#start, #flat.len());),
            );
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
        (
            quote_spanned!(span=> let mut #tape = #new;),
            quote_spanned!(span=> #tape.push(#record);),
            TokenStream::new(),
        )
    }
}

impl Reverse<'_, '_, '_> {
    pub(super) fn branch(&self, op: &Op, then: &[Step<'_>], otherwise: &[Step<'_>]) -> TokenStream {
        let sweeps = self.sweeps();
        let Kind::If {
            condition,
            then: then_region,
            otherwise: else_region,
        } = &op.kind
        else {
            unreachable!("a branch reverses an if")
        };
        let record = sweeps
            .adjoint
            .residual(op)
            .expect("a reversed branch has a residual");
        let arm = |region: &Region, steps: &[Step<'_>]| {
            let (again, steps) = (self.recomputed(region), self.steps(steps));
            quote!(#again #steps)
        };
        let (then, otherwise) = (arm(then_region, then), arm(else_region, otherwise));
        if then_region.diverges || else_region.diverges {
            let region = if then_region.diverges {
                else_region
            } else {
                then_region
            };
            let unpack = sweeps.plan.is_needed(record).then(|| {
                let (record, unpack) = (self.reader().ident(record), self.unpack(region));
                let bound = self::record();
                quote!(let #bound = &#record; #unpack)
            });
            return quote!({ #unpack #then #otherwise });
        }
        if !sweeps.plan.is_needed(record) {
            let sides = [then_region, else_region].map(|region| sweeps.index.id(region));
            match sweeps.plan.side(sides) {
                Some(0) => return quote!({ #then }),
                Some(_) => return quote!({ #otherwise }),
                None => {}
            }
            let condition = self.reader().read(condition);
            return quote!(if #condition { #then } else { #otherwise });
        }
        let record = self.reader().ident(record);
        let (unpack_then, unpack_else) = (self.unpack(then_region), self.unpack(else_region));
        let bound = self::record();
        quote! {
            match &#record {
                ::micrograd_core::emitted::Either::Left(#bound) => { #unpack_then #then }
                ::micrograd_core::emitted::Either::Right(#bound) => { #unpack_else #otherwise }
            }
        }
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

    /// The variable of what is left of a long vector.
    fn rest(&self, value: Value) -> Ident {
        let (reader, span) = (self.reader(), self.reader().span(value));
        Ident::new(&format!("rest_{}", reader.ident(value)), span)
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

    // Out:  for (i, record) in r.rev().zip(tape.iter().rev()) { …; d_s = d_c; }
    pub(super) fn for_loop(
        &self,
        op: &Op,
        steps: &[Step<'_>],
        carried: &[(Value, Value)],
    ) -> TokenStream {
        let sweeps = self.sweeps();
        let Kind::For {
            iterator,
            body,
            exits,
            collects,
            ..
        } = &op.kind
        else {
            unreachable!("a loop reverses a for")
        };
        if let Some(walk) = self.walk(op, steps, carried, &[]) {
            return walk;
        }
        let span = hygienic(op.span);
        let statements = self.round(body, steps, carried);
        let (unpack, record) = (self.unpack(body), record());
        if sweeps.plan.is_replacing(sweeps.index.id(body)) {
            let kept = (sweeps.adjoint.residual(op)).expect("a reversed loop has a residual");
            let kept = self.reader().ident(kept);
            return quote_spanned! {span=>
                if let ::core::option::Option::Some(#record) = &#kept { #unpack #statements }
            };
        }
        let (is_recorded, records) = self.records(op);
        let reversed = match iterator {
            Some(iterator) if !exits && !sweeps.plan.is_checkpoint(sweeps.index.id(body)) => {
                let iterator = self.reader().read_value(iterator.value);
                match sweeps.plan.is_forwards(sweeps.index.id(body)) {
                    true => iterator,
                    false => quote_spanned!(span=> ::core::iter::Iterator::rev(#iterator)),
                }
            }
            _ => return quote_spanned!(span=> for #record in #records { #unpack #statements }),
        };
        let item = self.reader().ident(body.args[0]);
        if *collects {
            let vector = self.own(*op.results.last().expect("a collecting loop gives a vector"));
            let element = Ident::new("element", Span::mixed_site());
            let elements =
                quote_spanned!(span=> ::core::iter::Iterator::zip(#reversed, #vector.iter().rev()));
            if !is_recorded {
                return quote_spanned!(span=> for (#item, #element) in #elements { #statements });
            }
            return quote_spanned! {span=>
                for ((#item, #element), #record) in ::core::iter::Iterator::zip(#elements, #records) {
                    #unpack
                    #statements
                }
            };
        }
        if !is_recorded {
            return quote_spanned!(span=> for #item in #reversed { #statements });
        }
        quote_spanned! {span=>
            for (#item, #record) in ::core::iter::Iterator::zip(#reversed, #records) {
                #unpack
                #statements
            }
        }
    }

    /// The reverse of one round of a loop.
    pub(super) fn round(
        &self,
        body: &Region,
        steps: &[Step<'_>],
        carried: &[(Value, Value)],
    ) -> TokenStream {
        let (again, steps) = (self.recomputed(body), self.steps(steps));
        let results = carried.iter().map(|(result, _)| self.own(*result));
        let args = carried.iter().map(|(_, arg)| self.own(*arg));
        quote!(#again #steps #(#results = #args;)*)
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
}

/// The variable that tells whether a round replaced what its loop carries.
fn replaced() -> Ident {
    Ident::new("replaced", Span::mixed_site())
}

/// The variable of the record that is being read.
pub(super) fn record() -> Ident {
    Ident::new("record", Span::mixed_site())
}
