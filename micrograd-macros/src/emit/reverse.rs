//! The reverse sweep: the statements of the adjoint, and what they read.

use super::batch::Lane;
use super::forward::Forward;
use super::walks::Walks;
use super::{hygienic, Reader, Sweeps};
use crate::adjoint::{Cotangent, Step};
use crate::ir::{Kind, Mode, Op, Region, Value};
use crate::signature::Fallible;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

pub(super) struct Reverse<'r, 's, 'f> {
    /// Reads primal values; shared with the forward emitter, which computes some of them again.
    pub(super) forward: Forward<'r, 's, 'f>,
    pub(super) params: HashSet<Value>,
    pub(super) seed: Ident,
    /// The value whose cotangent is the seed itself.
    pub(super) seeded: Option<Value>,
    /// The loops that add along slices of cotangents.
    pub(super) added: Walks,
    /// Which cotangents are meant where there are several.
    pub(super) lane: Cell<Lane>,
    /// What the function returns, if it may fail.
    pub(super) fallible: Option<&'r Fallible>,
    /// The accumulators that nobody reads and that the calls of a fused rule share.
    pub(super) spares: RefCell<Vec<Ident>>,
}

impl<'r, 's, 'f> Reverse<'r, 's, 'f> {
    pub(super) fn new(sweeps: &'r Sweeps<'s, 'f>, seed: Ident) -> Self {
        let mut reader = Reader::new(sweeps, true);
        let (read, added) = Walks::reverse(sweeps);
        reader.walks = read;
        let index = sweeps.index;
        for region in 1..index.regions() {
            // Records are read by reference.
            let saved = sweeps.plan.saved(region).into_iter();
            reader
                .borrowed
                .extend(saved.filter(|value| !index.is_number(*value)));
            reader.borrowed.extend(sweeps.plan.in_sequence(region));
        }
        let params = index
            .function
            .params
            .iter()
            .map(|param| param.value)
            .collect();
        Reverse {
            forward: Forward(reader),
            params,
            seed,
            seeded: seeded(&sweeps.adjoint.steps),
            added,
            lane: Cell::new(Lane::Whole),
            fallible: None,
            spares: RefCell::default(),
        }
    }

    /// The slices that the reverse of a loop walks along.
    pub(super) fn slices(&self, op: &Op) -> TokenStream {
        let reader = self.reader();
        let read = reader.walks.slices(reader, op, |base| reader.place(base));
        let fits = self.added.of(op).map(|walk| {
            let places = walk.windows.iter().map(|window| window.places[0]);
            let fits = places.map(|place| self.shaped(place));
            fits.collect::<TokenStream>()
        });
        let added = self
            .added
            .slices(reader, op, |base| self.memory_lvalue(base));
        quote!(#read #fits #added)
    }

    /// Whether the iterations of a loop may be reversed in any order: none reads what another one leaves.
    pub(super) fn is_free(&self, op: &Op, steps: &[Step<'_>], carried: &[(Value, Value)]) -> bool {
        let index = self.sweeps().index;
        let adds = carried.iter().all(|(result, _)| index.adds(op, *result));
        let mut changed = steps.iter().flat_map(Step::changed);
        adds && changed.all(|value| self.added.element(value).is_some())
    }

    /// Whether an operation is done again once before the rounds of its loop.
    pub(super) fn is_still(&self, op: &Op) -> bool {
        self.reader().walks.is_still(op) || self.added.is_still(op)
    }

    pub(super) fn reader(&self) -> &Reader<'r, 's, 'f> {
        &self.forward.0
    }

    pub(super) fn sweeps(&self) -> &'r Sweeps<'s, 'f> {
        self.reader().sweeps
    }

    /// The whole sweep.
    pub(super) fn body(&self) -> TokenStream {
        let sweeps = self.sweeps();
        let literals = self.forward.bind_again();
        let body = &sweeps.index.function.body;
        let (rests, again) = (self.rests(body), self.recomputed(body));
        let steps = self.steps(&sweeps.adjoint.steps);
        quote!(#literals #rests #again #steps)
    }

    /// The operations of a region that are computed again, behind what its runs copied.
    pub(super) fn recomputed(&self, region: &Region) -> TokenStream {
        let sweeps = self.sweeps();
        let id = sweeps.index.id(region);
        let copies = self.copies(region);
        let undone = sweeps.plan.undone(id);
        let is_before = |op: &Op| {
            undone
                .iter()
                .any(|undone| undone.before.contains(&op.results[0]))
        };
        let ops = region.ops.iter().filter(|op| !self.is_still(op));
        let again = ops.filter(|op| {
            let mut results = op.results.iter();
            results.any(|result| sweeps.plan.is_recomputed(id, *result))
        });
        let (before, again): (Vec<&Op>, Vec<&Op>) = again.partition(|op| is_before(op));
        let [before, again] = [before, again].map(|ops| {
            let bindings = ops.into_iter().map(|op| self.forward.binding(op, &op.kind));
            bindings.collect::<TokenStream>()
        });
        let back = undone.iter().map(|undone| self.count_back(undone));
        let (found, left) = self.count_along(sweeps.plan.counted(id));
        quote!(#copies #found #before #(#back)* #again #left)
    }

    pub(super) fn steps<'a, 'b: 'a>(
        &self,
        steps: impl IntoIterator<Item = &'a Step<'b>>,
    ) -> TokenStream {
        let mut added: HashSet<Value> = HashSet::new();
        let mut output = TokenStream::new();
        let steps: Vec<&Step<'_>> = steps.into_iter().collect();
        if self.is_batched() {
            return self.for_all(&steps);
        }
        let firsts = self.firsts(&steps);
        let mut halved = false;
        for (position, step) in steps.iter().enumerate() {
            if firsts.spares(position) || std::mem::take(&mut halved) {
                continue;
            }
            if let Some(both) = steps
                .get(position + 1)
                .and_then(|next| self.both(step, next))
            {
                output.extend(both);
                halved = true;
                continue;
            }
            if let Some(zero) = firsts.at(position) {
                output.extend(self.begin(step, zero));
                continue;
            }
            // Neighbouring elements that are added to in turn would be fused into overlapping
            // vector stores and loads, each of which waits for the one before.
            if self
                .element_root(step)
                .is_some_and(|root| !added.insert(root))
            {
                output.extend(quote!(::micrograd_core::emitted::separate();));
            }
            output.extend(self.step(step));
        }
        output
    }

    /// The sequence whose element a statement adds to.
    fn element_root(&self, step: &Step<'_>) -> Option<Value> {
        let Step::Add {
            to: Cotangent::Place(value),
            ..
        } = step
        else {
            return None;
        };
        let index = self.sweeps().index;
        let is_element = matches!(index.definition(*value)?.kind, Kind::Index(..));
        is_element.then(|| index.root(*value).0)
    }

    pub(super) fn step(&self, step: &Step<'_>) -> TokenStream {
        let reader = self.reader();
        match step {
            Step::Zero(value, _) | Step::Seed(Cotangent::Own(value))
                if self.seeded == Some(*value) =>
            {
                TokenStream::new()
            }
            Step::Zero(value, zero) => {
                let (span, ident) = (reader.span(*value), self.variable(*value));
                let zero = self.zero(*value, *zero);
                quote_spanned!(span=> let mut #ident = #zero;)
            }
            Step::Seed(to) => {
                let seed = self.seed();
                if self.is_number(to) {
                    let to = self.lvalue(to);
                    return quote!(#to += *#seed;);
                }
                let to = self.target(to);
                quote!(::micrograd_core::Accumulate::accumulate(#to, &*#seed);)
            }
            Step::Take { to, place, shape } => self.take(to.as_ref(), place, *shape),
            Step::AddPlace {
                to,
                place,
                negative,
            } => self.add_place(to, place, *negative),
            Step::Pop { to, place } => self.pop(to.as_ref(), place),
            Step::PutBack { from, place, shape } => self.put_back(*from, place, *shape),
            Step::Extend { place, zeros } => self.extend(place, *zeros),
            Step::Swap { a, b } => self.swap(a, b),
            Step::Rearrange {
                place,
                rearrangement,
            } => self.rearrange(place, rearrangement),
            Step::Collected(to) => {
                let element = Ident::new("element", Span::mixed_site());
                if self.is_number(to) {
                    let to = self.lvalue(to);
                    return quote!(#to += *#element;);
                }
                let to = self.target(to);
                quote!(::micrograd_core::Accumulate::accumulate(#to, #element);)
            }
            Step::Add {
                to,
                from,
                negative,
                last,
            } => self.add(to, from, *negative, *last),
            Step::Scale { to, from, factor } => self.scale(to, *from, *factor),
            Step::Divide { to, from, divisor } => self.divide(to, *from, *divisor),
            Step::Reciprocal { to, from } => self.reciprocal(to, *from),
            Step::DivideSquared {
                to,
                from,
                dividend,
                divisor,
            } => self.divide_squared(to, *from, *dividend, *divisor),
            Step::FromResult { method, to, from } => {
                let method = Ident::new(&method.to_string(), self.op_span(*from));
                let (result, from) = (reader.read_value(*from), self.own(*from));
                self.add_number(
                    to,
                    quote!(::micrograd_core::rules::scalar::FromResult::#method(#result, #from)),
                )
            }
            Step::Operator {
                rule,
                a,
                b,
                to,
                from,
            } => self.operator(rule, [a, b], to, *from),
            Step::Residual {
                side,
                residual,
                to,
                from,
            } => self.with_residual(side, *residual, to, *from),
            Step::Cast { a, ty, to, from } => {
                let span = self.op_span(*from);
                let a = reader.read_argument(a);
                let (from, to) = (self.own(*from), self.target(to));
                quote_spanned!(span=> ::micrograd_core::rules::operator::cast::<#ty, _>(#a, &#from, #to);)
            }
            Step::Pullback {
                back,
                from,
                call,
                args,
                kept,
            } => self.pullback(*back, *from, call, args, *kept),
            Step::Part {
                to,
                from,
                variant: Some(part),
                ..
            } => self.variant_part(to, *from, part),
            Step::Part {
                to, from, member, ..
            } => self.part(to, *from, member),
            Step::Rest { to, from, members } => self.rest_of(to, *from, members),
            Step::Element { to, from, index } => self.element(to, *from, *index),
            Step::Sum { to, from } => self.sum(to, *from),
            Step::Present { to, from } => {
                let ty = &self.sweeps().index.function.definitions[to.value().0].ty;
                let function = match ty {
                    Some(syn::Type::Slice(_)) => quote!(accumulate_present_slice),
                    _ => quote!(accumulate_present),
                };
                let (from, to) = (self.own(*from), self.target(to));
                quote!(::micrograd_core::emitted::#function(#to, &#from);)
            }
            Step::Unwrap { to, from } => {
                let (from, to) = (self.given_away(*from), self.target(to));
                quote!(::micrograd_core::Tangent::absorb(#to, ::core::option::Option::Some(#from));)
            }
            Step::Branch {
                op,
                then,
                otherwise,
            } => self.branch(op, then, otherwise),
            Step::Loop {
                op,
                steps,
                carried,
                sums,
            } => self.reversed_loop(op, steps, carried, sums),
        }
    }

    pub(super) fn op_span(&self, result: Value) -> Span {
        let op = self.sweeps().index.definition(result);
        hygienic(op.map_or(Span::call_site(), |op| op.span))
    }

    pub(super) fn argument(&self, value: Value) -> TokenStream {
        self.reader().read_argument(&crate::ir::Operand {
            value,
            mode: Mode::Value,
        })
    }

    // Out:  d_a += d_b;
    fn add(&self, to: &Cotangent, from: &Cotangent, negative: bool, last: bool) -> TokenStream {
        let (Cotangent::Own(value) | Cotangent::Place(value)) = from;
        let from = self.own(*value);
        if self.sweeps().index.is_number(*value) && !matches!(to, Cotangent::Place(_)) {
            let to = self.lvalue(to);
            return if negative {
                quote!(#to -= #from;)
            } else {
                quote!(#to += #from;)
            };
        }
        if self.sweeps().index.is_number(*value) {
            // A field may be excluded, so that its tangent takes nothing.
            let (fit, to) = (self.fit(to), self.target(to));
            let sign = negative.then(|| quote!(-));
            return quote!(#fit ::micrograd_core::Accumulate::accumulate(#to, &(#sign #from)););
        }
        assert!(!negative, "only numbers are subtracted without a rule");
        let (fit, taken) = (self.fit(to), self.target(to));
        let is_own = matches!(to, Cotangent::Own(to) if !self.params.contains(to));
        if last && is_own && !self.params.contains(value) {
            let from = self.given_away(*value);
            quote!(#fit ::micrograd_core::Tangent::absorb(#taken, #from);)
        } else {
            quote!(#fit ::micrograd_core::Accumulate::accumulate(#taken, &#from);)
        }
    }

    pub(super) fn add_number(&self, to: &Cotangent, cotangent: TokenStream) -> TokenStream {
        let (fit, to) = (self.fit(to), self.lvalue(to));
        quote!(#fit #to += #cotangent;)
    }
}

/// The value that a function returns, if a call gave it and nothing else adds to its cotangent: the pullback of that
/// call is handed the seed itself.
// In:   Δ%9 = 0;  Δ%9 += Δ;  (Δ%8) += pullback of %9(Δ%9)
// Out:  (Δ%8) += pullback of %9(Δ)
fn seeded(steps: &[Step<'_>]) -> Option<Value> {
    let at = steps
        .iter()
        .position(|step| matches!(step, Step::Seed(_)))?;
    match (&steps[at], steps.get(at + 1)?) {
        (
            Step::Seed(Cotangent::Own(value)),
            Step::Pullback {
                from: Some(from),
                kept: false,
                ..
            },
        ) if from == value => Some(*value),
        _ => None,
    }
}
