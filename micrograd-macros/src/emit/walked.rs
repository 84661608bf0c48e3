//! The reverse of loops that walk along slices.

use super::records::record;
use super::reverse::Reverse;
use super::walks::{self, few_overlapping, mixed, Head};
use crate::adjoint::Step;
use crate::ir::{Kind, Op, Region, Value};
use crate::windows::Walk;
use proc_macro2::{Span, TokenStream};
use quote::quote;

/// How few rounds are taken one at a time of a loop that takes cotangents which another loop may have added to one by one: a
/// vector of two, and perhaps one number more, gains nothing.
const FEW_TAKEN: usize = 4;

impl Reverse<'_, '_, '_> {
    /// The reverse of a loop that walks along slices, if it is one; in the order of the loop itself if no round reads what
    /// another one leaves.
    // Out:  if rounds != 0 { let d_along = &mut d_v[first..][..rounds]; for round in … { …; sum += … }  d_w[0] += sum; }
    pub(super) fn walk(
        &self,
        op: &Op,
        steps: &[Step<'_>],
        carried: &[(Value, Value)],
        sums: &[(Value, Value)],
    ) -> Option<TokenStream> {
        let walk = self.reader().walks.of(op).or(self.added.of(op))?;
        let Kind::For { body, .. } = &op.kind else {
            unreachable!("a loop reverses a for")
        };
        let Head {
            before,
            any,
            slices,
            rounds,
            item,
        } = Head::new(self.reader(), walk, self.slices(op));
        let (plan, id) = (self.sweeps().plan, self.sweeps().index.id(body));
        let records = self.record_slice(op);
        // Records are taken off last to first where they have no slice, integers counted back.
        let is_taken_off = records.is_none() && self.records(op).0;
        let is_in_order = is_taken_off || !plan.undone(id).is_empty();
        let is_free = plan.is_forwards(id) || !is_in_order && self.is_free(op, steps, carried);
        let rev = (!is_free).then(|| quote!(.rev()));
        let (head, records, unpack) = self.recorded(op, body, quote!((#rounds)#rev), records);
        let statements = self.round(body, steps, carried);
        let still = body.ops.iter().filter(|op| self.is_still(op));
        let still: TokenStream = (still.map(|op| self.forward.binding(op, &op.kind))).collect();
        // What is summed, or takes its records in order, becomes no vectors anyway.
        let few = self.few(op, steps).filter(|_| is_free && sums.is_empty());
        let round = quote!(#item #unpack #statements);
        let each = walks::rounds(&head, &round, few, Span::mixed_site());
        let own = sums.iter().map(|(sum, _)| self.own(*sum));
        let added = sums.iter().map(|sum| self.add_sum(sum));
        Some(quote!({
            #before
            if #any {
                #still
                #slices
                #records
                #(let mut #own = -0.0;)*
                #each
                #(#added)*
            }
        }))
    }

    /// The head of the loop, what binds its records before it, and what a round makes of its own.
    // Out:  let records = &tape[..rounds];  for round in 0..rounds { let record = &records[round]; let (saved,) = record; … }
    fn recorded(
        &self,
        op: &Op,
        body: &Region,
        rounds: TokenStream,
        slice: Option<TokenStream>,
    ) -> (TokenStream, TokenStream, TokenStream) {
        let (round, record, none) = (walks::round(), record(), TokenStream::new());
        let (is_recorded, taken_off) = self.records(op);
        if !is_recorded {
            return (quote!(for #round in #rounds), none.clone(), none);
        }
        let unpack = self.unpack(body);
        let Some(slice) = slice else {
            let rounds = quote!(::core::iter::Iterator::zip(#rounds, #taken_off));
            return (quote!(for (#round, #record) in #rounds), none, unpack);
        };
        let (all, length) = (mixed("records"), mixed("rounds"));
        (
            quote!(for #round in #rounds),
            quote!(let #all = &#slice[..#length];),
            quote!(let #record = &#all[#round]; #unpack),
        )
    }

    /// How few rounds of a loop are taken one at a time, if it matters.
    fn few(&self, op: &Op, steps: &[Step<'_>]) -> Option<usize> {
        let (read, added) = (self.reader().walks.of(op), self.added.of(op));
        if added.is_some_and(Walk::overlaps) {
            let walks = [read, added].into_iter().flatten();
            return Some(few_overlapping(walks.map(|walk| walk.windows.len()).sum()));
        }
        let takes = |step: &Step<'_>| match step {
            Step::Take { place, .. } => self.added.element(place.value()).is_some(),
            _ => false,
        };
        steps.iter().any(takes).then_some(FEW_TAKEN)
    }
}
