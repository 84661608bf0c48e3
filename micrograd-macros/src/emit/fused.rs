//! Both sweeps in one, where the cotangent of the value is known beforehand.

use super::body::{closure_params, imports, prologue};
use super::forward::Forward;
use super::function::mixed;
use super::reverse::Reverse;
use super::types::cotangent_type;
use super::{hygienic, Sweeps};
use crate::adjoint::Step;
use crate::fuse::{FusedLoop, Schedule};
use crate::ir::{Call, Callee, Kind, Op, Region, Value};
use crate::rooms::Rooms;
use crate::signature::Signature;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use std::collections::{HashMap, HashSet};
use syn::Path;

/// A rule that adds its gradient to the cotangents of the parameters, and gives the value.
pub struct FusedRule {
    /// What it takes: `seed: &mut Ȳ, a: &A, d_a: &mut Ā`, …; `seed` is the cotangent of the value.
    pub params: TokenStream,
    /// What is done once, before it is called: names are imported, and memory is declared that calls share.
    pub once: TokenStream,
    /// What a call does.
    pub body: TokenStream,
}

/// The fused rule of a function.
pub fn fused(
    signature: &Signature,
    sweeps: &Sweeps<'_, '_>,
    schedule: Option<&Schedule>,
    rooms: &Rooms,
) -> FusedRule {
    let mut fused = Fused {
        forward: Forward::new(sweeps),
        reverse: Reverse::new(sweeps, mixed("seed")),
        rules: HashMap::new(),
    };
    fused.forward.0.rooms = Some(rooms);
    fused.reverse.forward.0.rooms = Some(rooms);
    let imports = imports(signature, sweeps);
    let prologue = prologue(signature, sweeps);
    let function = sweeps.index.function;
    let rules = schedule.map(|schedule| fused.declared(&function.body, schedule));
    let rooms = fused.forward.rooms(rooms);
    let (literals, flat) = (fused.forward.literals(), fused.forward.flat(&function.body));
    let (before, after) = fused.region(&function.body, &sweeps.adjoint.steps, schedule);
    let spares = fused.reverse.spare_rooms();
    let result = fused.forward.result();
    let (seed, cotangent) = (mixed("seed"), cotangent_type(signature.output.as_ref()));
    let params = closure_params(signature, sweeps);
    FusedRule {
        params: quote!(#seed: &mut #cotangent, #(#params),*),
        once: quote!(#imports #rooms #rules #spares),
        body: quote! {
            #prologue
            #literals
            #flat
            #before
            let value = #result;
            #after
            value
        },
    }
}

struct Fused<'r, 's, 'f> {
    forward: Forward<'r, 's, 'f>,
    reverse: Reverse<'r, 's, 'f>,
    /// The variables of the fused rules, by the path of the function.
    rules: HashMap<String, Ident>,
}

/// The function that a fused call calls.
fn callee(op: &Op) -> &Path {
    match &op.kind {
        Kind::Call(Call {
            callee: Callee::Function(path),
            ..
        }) => path,
        _ => unreachable!("a fused call is that of a function"),
    }
}

fn text(path: &Path) -> String {
    path.to_token_stream().to_string()
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
        let put_back = self.forward.0.put_back(region);
        let Some(schedule) = schedule else {
            let reverse = self.reverse.steps(steps);
            return (
                self.forward.region(region),
                quote!(#rests #reverse #put_back),
            );
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
            } else if let Some(fused) = schedule.calls.get(&position) {
                before.extend(self.zeros(steps, &fused.touched, &mut done));
                before.extend(self.call(op, &steps[fused.step]));
                done.insert(fused.step);
            } else if !schedule.early.contains(&position) {
                before.extend(self.forward.op(op));
            }
        }
        let rest = steps.iter().enumerate();
        let rest = rest.filter(|(position, _)| !done.contains(position));
        let after = self.reverse.steps(rest.map(|(_, step)| step));
        (before, quote!(#rests #after #put_back))
    }

    /// The fused rules of all functions that calls are fused of, one for each function: a rule has memory of its own, which
    /// would double from caller to caller if each call had one.
    // Out:  let mut fused_kept_1 = <f>::rrule_fused();
    fn declared(&mut self, region: &Region, schedule: &Schedule) -> TokenStream {
        let mut declared = TokenStream::new();
        for position in schedule.calls.keys() {
            let op = &region.ops[*position];
            let (path, span) = (callee(op), hygienic(op.span));
            let residual = self.forward.residual(op);
            self.rules.entry(text(path)).or_insert_with(|| {
                let ident = Ident::new(&format!("fused_{residual}"), residual.span());
                declared.extend(quote_spanned!(span=> let mut #ident = <#path>::rrule_fused();));
                ident
            });
        }
        for (position, fused) in &schedule.loops {
            let Kind::For { body, .. } = &region.ops[*position].kind else {
                unreachable!("a fused loop is a for")
            };
            if let Some(inner) = &fused.inner {
                declared.extend(self.declared(body, inner));
            }
        }
        declared
    }

    fn call(&self, op: &Op, step: &Step<'_>) -> TokenStream {
        let Kind::Call(call) = &op.kind else {
            unreachable!("a fused call is a call")
        };
        let pair = self.forward.rule_call(call, hygienic(op.span));
        let rule = &self.rules[&text(callee(op))];
        self.reverse.fused_call(rule, &pair, step, &self.forward)
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
