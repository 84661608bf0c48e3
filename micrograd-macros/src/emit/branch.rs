//! Branches, in both sweeps. The forward sweep hands the record of the side that it took out of the branch, beside the user's
//! values; by it the reverse sweep knows which side to reverse. Where nothing is recorded, it asks the condition again.

use super::forward::Forward;
use super::reverse::Reverse;
use super::{hygienic, records};
use crate::adjoint::Step;
use crate::ir::{Kind, Op, Operand, Region};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

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
        let arm = |region: &Region, side: &str| {
            let mut statements = self.region(region);
            statements.extend(self.replaces(region));
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
}

impl Reverse<'_, '_, '_> {
    // Out:  match &kept { Either::Left(record) => { let (saved,) = record; … } Either::Right(record) => … }
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
                let bound = records::record();
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
        let bound = records::record();
        quote! {
            match &#record {
                ::micrograd_core::emitted::Either::Left(#bound) => { #unpack_then #then }
                ::micrograd_core::emitted::Either::Right(#bound) => { #unpack_else #otherwise }
            }
        }
    }
}
