//! Both sweeps in one, where the cotangent of the value is known beforehand.

use super::body::{closure_params, imports, prologue};
use super::forward::Forward;
use super::function::mixed;
use super::reverse::Reverse;
use super::types::cotangent_type;
use super::Sweeps;
use crate::adjoint::Step;
use crate::fuse::{FusedLoop, Schedule};
use crate::ir::{Kind, Region, Value};
use crate::signature::Signature;
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::HashSet;

/// The body of a function that adds its gradient to the cotangents of the parameters, and gives its value.
///
/// `seed` is the cotangent of the value.
pub fn fused_body(
    signature: &Signature,
    sweeps: &Sweeps<'_, '_>,
    schedule: &Schedule,
) -> TokenStream {
    let fused = Fused {
        forward: Forward::new(sweeps),
        reverse: Reverse::new(sweeps, mixed("seed")),
    };
    let imports = imports(signature, sweeps);
    let prologue = prologue(signature, sweeps);
    let function = sweeps.index.function;
    let (literals, flat) = (fused.forward.literals(), fused.forward.flat(&function.body));
    let (before, after) = fused.region(&function.body, &sweeps.adjoint.steps, Some(schedule));
    let result = fused.forward.result();
    quote! {
        #imports
        #prologue
        #literals
        #flat
        #before
        let value = #result;
        #after
        value
    }
}

/// What the function takes: `seed: &mut Ȳ, a: &A, d_a: &mut Ā`, ….
pub fn fused_params(signature: &Signature, sweeps: &Sweeps<'_, '_>) -> TokenStream {
    let (seed, cotangent) = (mixed("seed"), cotangent_type(signature.output.as_ref()));
    let params = closure_params(signature, sweeps);
    quote!(#seed: &mut #cotangent, #(#params),*)
}

struct Fused<'r, 's, 'f> {
    forward: Forward<'r, 's, 'f>,
    reverse: Reverse<'r, 's, 'f>,
}

impl Fused<'_, '_, '_> {
    /// A region, and then its reverse, but for the loops that the schedule fuses.
    fn region(
        &self,
        region: &Region,
        steps: &[Step<'_>],
        schedule: Option<&Schedule>,
    ) -> (TokenStream, TokenStream) {
        let rests = self.reverse.rests(region);
        let Some(schedule) = schedule else {
            let reverse = self.reverse.steps(steps);
            return (self.forward.region(region), quote!(#rests #reverse));
        };
        let mut done: HashSet<usize> = schedule.seeds.iter().copied().collect();
        let mut before: TokenStream = (0..schedule.first)
            .chain(schedule.early.iter().copied())
            .map(|position| self.forward.op(&region.ops[position]))
            .collect();
        let led_to: HashSet<Value> = (schedule.seeds.iter())
            .flat_map(|position| steps[*position].targets())
            .map(|target| target.value())
            .collect();
        before.extend(self.zeros(steps, &led_to, &mut done));
        before.extend(
            self.reverse
                .steps(schedule.seeds.iter().map(|at| &steps[*at])),
        );
        for (position, op) in region.ops.iter().enumerate().skip(schedule.first) {
            if let Some(fused) = schedule.loops.get(&position) {
                before.extend(self.zeros(steps, &fused.touched, &mut done));
                before.extend(self.for_loop(fused, &steps[fused.step]));
                done.insert(fused.step);
            } else if !schedule.early.contains(&position) {
                before.extend(self.forward.op(op));
            }
        }
        let rest = steps.iter().enumerate();
        let rest = rest.filter(|(position, _)| !done.contains(position));
        let after = self.reverse.steps(rest.map(|(_, step)| step));
        (before, quote!(#rests #after))
    }

    /// The cotangents of some values that are not there yet.
    fn zeros(
        &self,
        steps: &[Step<'_>],
        values: &HashSet<Value>,
        done: &mut HashSet<usize>,
    ) -> TokenStream {
        let is_one =
            |step: &Step<'_>| matches!(step, Step::Zero(value, _) if values.contains(value));
        let zeros = steps.iter().enumerate();
        let zeros = zeros.filter(|(position, step)| is_one(step) && done.insert(*position));
        self.reverse.steps(zeros.map(|(_, step)| step))
    }

    // Out:  for i in r { …; let next = s + t;  d_t += d_s; …;  s = next; }
    fn for_loop(&self, fused: &FusedLoop, step: &Step<'_>) -> TokenStream {
        let Step::Loop {
            op, steps, sums, ..
        } = step
        else {
            unreachable!("a fused loop has a loop's step")
        };
        let Kind::For { body, .. } = &op.kind else {
            unreachable!("a loop reverses a for")
        };
        let (statements, behind) = self.region(body, steps, fused.inner.as_ref());
        let flat = self.forward.flat(body);
        let body = self
            .forward
            .loop_over(op, quote!(#flat #statements), behind);
        self.reverse.summed(sums, body)
    }
}
