//! Loops, in both sweeps. The forward sweep is the user's loop, which carries its variables and pushes a record a round; the
//! reverse sweep runs the rounds last to first, each with its record.

use super::batch;
use super::checkpoint::may_fail;
use super::forward::Forward;
use super::hygienic;
use super::records::record;
use super::reverse::Reverse;
use super::walks::{self, Head};
use crate::adjoint::{Cotangent, Step};
use crate::ir::{carried, Kind, Op, Region, Value};
use crate::rooms::Room;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};

impl Forward<'_, '_, '_> {
    // Out:  let mut s = init; for i in r { …; tape.push((saved,)); (s,) = (next,); }
    pub(super) fn for_loop(&self, op: &Op, body: &Region) -> TokenStream {
        let sweeps = self.0.sweeps;
        if (sweeps.plan).is_checkpoint(sweeps.index.id(body)) {
            return self.checkpointed(op, body);
        }
        let (versions, next) = self.versions(op, body);
        let (before, behind) = (self.nothing_replaced(body), self.replaces_around(op, body));
        let statements = self.region(body);
        let rounds = self.loop_over(op, quote!(#before #next #statements), TokenStream::new());
        quote!(#versions #rounds #behind)
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
        let base = |base| self.0.target_place_to(base, true);
        let walk = self
            .0
            .walks
            .of(op)
            .map(|walk| Head::new(&self.0, walk, self.0.walks.slices(&self.0, op, base)));
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
        let tape = residual
            .map(|residual| self.tape(op, residual, iterator.as_ref(), body))
            .unwrap_or_default();
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
        let (push, before, recorded) = (&tape.push, &tape.before, &tape.behind);
        let round = quote_spanned! {span=>
            #item
            #statements
            #decide
            #(let #next = #yields;)*
            #gather
            #behind
        };
        // What an iteration hands on becomes no vectors anyway.
        let is_vector = args.is_empty() && push.is_empty() && behind.is_empty();
        let overlapping = (self.0.walks.of(op)).filter(|walk| is_vector && walk.overlaps());
        let few = overlapping.map(|walk| walks::few_overlapping(walk.windows.len()));
        let extended = (tape.vector.as_ref())
            .filter(|_| behind.is_empty() && !may_fail(body) && self.is_of_numbers(body));
        let mut rounds = match (&walk, extended) {
            // A vector that is extended by so many elements looks but once whether they fit.
            (Some(Head { rounds, .. }), Some(vector)) => {
                let (counter, record) = (walks::round(), self.record(body));
                quote_spanned! {span=>
                    ::core::iter::Extend::extend(&mut #vector, ::core::iter::Iterator::map(#rounds, |#counter| {
                        #round
                        let record = #record;
                        #(#args = #next;)*
                        record
                    }));
                }
            }
            _ => {
                let round = quote_spanned!(span=> #round #push #(#args = #next;)* #stop);
                walks::rounds(&head, &round, few, span)
            }
        };
        if let Some(head) = walk {
            let Head {
                before: bounds,
                any,
                slices,
                ..
            } = head;
            let still = body.ops.iter().filter(|op| self.0.walks.is_still(op));
            let still = still.map(|op| self.now(op));
            let (inside, beyond) = self.0.walks.inside(&self.0, op, base);
            rounds = quote_spanned!(span=> #bounds if #any { #(#still)* #inside #slices #rounds #beyond });
        }
        quote_spanned! {span=>
            #(let mut #args #types = #inits;)*
            #collection
            #before
            #rounds
            #recorded
            #(let #results = #args;)*
        }
    }
}

impl Reverse<'_, '_, '_> {
    /// The reverse of a loop in whichever way it is reversed: block by block, along slices, or round by round.
    pub(super) fn reversed_loop(
        &self,
        op: &Op,
        steps: &[Step<'_>],
        carried: &[(Value, Value)],
        sums: &[(Value, Value)],
    ) -> TokenStream {
        let sweeps = self.sweeps();
        let is_checkpoint = |region: &&Region| sweeps.plan.is_checkpoint(sweeps.index.id(region));
        let bodies = op.kind.regions().into_iter();
        let from: TokenStream = bodies.map(|body| self.counted_from(body)).collect();
        if op.kind.regions().iter().any(is_checkpoint) {
            let reversed = self.checkpointed(op, steps, carried);
            return self.summed(sums, quote!(#from #reversed));
        }
        if let Some(reversed) = self.walk(op, steps, carried, sums) {
            return quote!(#from #reversed);
        }
        let reversed = self.for_loop(op, steps, carried);
        self.summed(sums, quote!(#from #reversed))
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
            return self.last_replacement(op, quote!(#unpack #statements));
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
        let vector =
            collects.then(|| *op.results.last().expect("a collecting loop gives a vector"));
        let (before, pattern, rounds) = match vector.map(|vector| self.variable(vector)) {
            None => (TokenStream::new(), item.into_token_stream(), reversed),
            Some(vector) if self.is_batched() => {
                let elements = batch::elements();
                let before = quote_spanned!(span=> let mut #elements = #vector.each_ref().map(|vector| vector.iter().rev()););
                (before, item.into_token_stream(), reversed)
            }
            Some(vector) => {
                let element = Ident::new("element", Span::mixed_site());
                let elements = quote_spanned!(span=> ::core::iter::Iterator::zip(#reversed, #vector.iter().rev()));
                (
                    TokenStream::new(),
                    quote_spanned!(span=> (#item, #element)),
                    elements,
                )
            }
        };
        if !is_recorded {
            return quote_spanned!(span=> #before for #pattern in #rounds { #statements });
        }
        quote_spanned! {span=>
            #before
            for (#pattern, #record) in ::core::iter::Iterator::zip(#rounds, #records) {
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
        let results = carried.iter().map(|(result, _)| self.variable(*result));
        let args = carried.iter().map(|(_, arg)| self.variable(*arg));
        quote!(#again #steps #(#results = #args;)*)
    }

    /// A loop with the sums of what its iterations add to one place.
    // Out:  let mut sum = 0; for … { sum += … }  d_v[0] += sum;
    pub(super) fn summed(&self, sums: &[(Value, Value)], body: TokenStream) -> TokenStream {
        let zeros = sums.iter().map(|(sum, _)| {
            let (sum, zero) = (self.variable(*sum), self.zeros_of(true, &quote!(-0.0)));
            quote!(let mut #sum = #zero;)
        });
        let added = sums.iter().map(|sum| {
            self.each(|| {
                let (own, add) = (self.own(sum.0), self.add_sum(sum));
                // Where nothing was added there may be no such element.
                quote!(if #own != 0.0 { #add })
            })
        });
        quote!(#(#zeros)* #body #(#added)*)
    }

    pub(super) fn add_sum(&self, (sum, place): &(Value, Value)) -> TokenStream {
        let (sum, to) = (self.own(*sum), Cotangent::Place(*place));
        let (fit, to) = (self.fit(&to), self.target(&to));
        quote!(#fit ::micrograd_core::Accumulate::accumulate(#to, &#sum);)
    }
}
