//! The rule that takes several cotangents at once, `LANES` of them: each cotangent of the reverse sweep is an array, and each
//! statement runs for all. What is read, computed again or decided is so once.
//!
// Out:  fn rrule_batched1<const LANES: usize>(a: &A) -> (Y, impl Fn([&mut Ȳ; LANES], &A, [&mut Ā; LANES])) {
//           …
//           let mut d_t = [-0.0; LANES];
//           for lane in 0..LANES { d_t[lane] += d_y[lane] * b; }
//       }

use super::body::{imports, prologue};
use super::calls::{marker_rule, without_arguments};
use super::forward::Forward;
use super::function::{allow, mixed};
use super::hygienic;
use super::reverse::Reverse;
use super::types::{accumulator_type, cotangent_type};
use super::walks::Walks;
use super::{Reader, Sweeps};
use crate::adjoint::{Cotangent, Handed, Step, Zero};
use crate::ir::{Op, Value};
use crate::signature::Signature;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use std::collections::HashSet;
use syn::Path;

/// Which of several cotangents a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// There is one.
    Whole,
    /// That of the lane at hand.
    Each,
    /// What is behind the reference to it.
    Lent,
}

/// The variable that numbers the lane at hand. A binding may not have the name of a static, which hygiene does not hide.
pub(super) fn lane() -> Ident {
    mixed("each_lane")
}

/// The cotangents of what a loop collects that its reverse has not come to.
pub(super) fn elements() -> Ident {
    mixed("elements_left")
}

/// How many lanes there are. No hygiene holds for it, so the user's constants must not have the name.
pub(super) fn lanes() -> Ident {
    mixed("MICROGRAD_LANES")
}

/// The name of the rule that takes several cotangents, of a function of so many arguments.
pub(super) fn rule_name(arguments: usize) -> Ident {
    format_ident!("rrule_batched{arguments}")
}

/// The rule, for functions whose arguments are lent or of numbers; `calls` hand on all cotangents at once.
pub fn batched(
    signature: &Signature,
    sweeps: &Sweeps<'_, '_>,
    calls: &HashSet<Value>,
) -> TokenStream {
    let seed = mixed("seed");
    let mut forward = Forward::new(sweeps);
    forward.0.batched = Some(calls);
    let (forward, result) = forward.body();
    let mut reverse = Reverse::new(sweeps, seed.clone());
    reverse.lane.set(Lane::Each);
    reverse.seeded = None;
    reverse.added = Walks::default();
    reverse.forward.0.walks = Walks::default();
    reverse.forward.0.batched = Some(calls);
    let reverse = reverse.body();
    let (imports, prologue) = (imports(signature, sweeps), prologue(signature, sweeps));
    let (allow, name, lanes) = (allow(), rule_name(signature.params.len()), lanes());
    let cotangent = cotangent_type(signature.output.as_ref());
    let output = &signature.output;
    let reader = Reader::new(sweeps, false);
    let params = signature.params.iter().zip(&sweeps.index.function.params);
    let params = params.map(|(declared, param)| {
        let (ident, cotangent) = (
            reader.ident(param.value),
            reader.cotangent_ident(param.value),
        );
        let (ty, accumulator) = (&declared.ty, accumulator_type(declared));
        (
            quote!(#ident: &#ty),
            (
                quote!(#ident: &#ty, mut #cotangent: [&mut #accumulator; #lanes]),
                quote!(&#ty, [&mut #accumulator; #lanes]),
            ),
        )
    });
    let (arguments, (params, handed)): (Vec<_>, (Vec<_>, Vec<_>)) = params.unzip();
    quote! {
        #[doc(hidden)]
        #allow
        #[inline]
        pub fn #name<const #lanes: usize>(#(#arguments),*) -> (#output, impl ::core::ops::Fn([&mut #cotangent; #lanes], #(#handed),*)) {
            #imports
            #prologue
            #forward
            (#result, #[inline] move |#seed: [&mut #cotangent; #lanes], #(#params),*| {
                #prologue
                #reverse
            })
        }
    }
}

impl Forward<'_, '_, '_> {
    /// The rule of a call that hands on all cotangents at once; of a function that has none, the one for one cotangent.
    // Out:  <f>::rrule_batched1::<LANES>(&a).or_rule(|| <f>::rrule(&a)).for_lanes1()
    pub(super) fn batched_call(
        &self,
        path: &Path,
        args: &[TokenStream],
        span: Span,
    ) -> TokenStream {
        let (name, lanes) = (rule_name(args.len()), lanes());
        let for_lanes = format_ident!("for_lanes{}", args.len());
        let (function, rule) = (without_arguments(path), marker_rule(path, span));
        quote_spanned!(span=> <#function>::#name::<#lanes>(#(#args),*).or_rule(|| #rule(#(#args),*)).#for_lanes())
    }
}

impl Reverse<'_, '_, '_> {
    /// Whether statements are to be run for each lane.
    pub(super) fn is_batched(&self) -> bool {
        self.lane.get() != Lane::Whole
    }

    /// The cotangent that the pullback was called with.
    pub(super) fn seed(&self) -> TokenStream {
        let (seed, lane) = (&self.seed, lane());
        match self.lane.get() {
            Lane::Whole => quote!(#seed),
            Lane::Each | Lane::Lent => quote!(#seed[#lane]),
        }
    }

    /// Statements, for all cotangents. A few that stand together share a loop, which the compiler still unrolls.
    pub(super) fn for_all(&self, steps: &[&Step<'_>]) -> TokenStream {
        const TOGETHER: usize = 6;
        let is_alone = |step: &Step<'_>| {
            let has_statements = matches!(step, Step::Branch { .. } | Step::Loop { .. });
            has_statements
                || matches!(
                    step,
                    Step::Zero(..) | Step::Pullback { .. } | Step::Collected(_)
                )
        };
        let groups = steps.chunk_by(|a, b| !is_alone(a) && !is_alone(b));
        let groups = groups.flat_map(|group| group.chunks(TOGETHER));
        groups
            .map(|group| match group {
                [step] => self.for_all_alone(step),
                group => self.each(|| group.iter().map(|step| self.step(step)).collect()),
            })
            .collect()
    }

    fn for_all_alone(&self, step: &Step<'_>) -> TokenStream {
        match step {
            Step::Zero(value, zero) => {
                let (variable, is_number) = (self.variable(*value), matches!(zero, Zero::Number));
                let zeros = self.zeros_of(is_number, &self.zero(*value, *zero));
                quote!(let mut #variable = #zeros;)
            }
            Step::Branch { .. } | Step::Loop { .. } => self.step(step),
            Step::Pullback {
                back,
                from,
                call,
                args,
                ..
            } if (self.reader().batched).is_some_and(|calls| calls.contains(&call.results[0])) => {
                self.batched_pullback(*back, *from, call, args)
            }
            Step::Collected(_) => {
                let (elements, lane, element) = (elements(), lane(), mixed("element"));
                self.each(|| {
                    let step = self.step(step);
                    quote!(if let ::core::option::Option::Some(#element) = #elements[#lane].next() { #step })
                })
            }
            _ => self.each(|| self.step(step)),
        }
    }

    /// Statements that are run for each cotangent.
    pub(super) fn each(&self, statements: impl Fn() -> TokenStream) -> TokenStream {
        let (lane, lanes, statements) = (lane(), lanes(), statements());
        match self.is_batched() && !statements.is_empty() {
            true => quote!(for #lane in 0..#lanes { #statements }),
            false => statements,
        }
    }

    /// A zero for each cotangent.
    pub(super) fn zeros_of(&self, is_number: bool, zero: &TokenStream) -> TokenStream {
        let lanes = lanes();
        match (self.is_batched(), is_number) {
            (false, _) => zero.clone(),
            (true, true) => quote!([#zero; #lanes]),
            (true, false) => quote!(::core::array::from_fn::<_, #lanes, _>(|_| #zero)),
        }
    }

    // Out:  back(d_y.each_mut(), &a, d_a.each_mut());
    fn batched_pullback(
        &self,
        back: Value,
        from: Option<Value>,
        call: &Op,
        args: &[Handed],
    ) -> TokenStream {
        let (span, lanes) = (hygienic(call.span), lanes());
        let back = self.reader().ident(back);
        let nothing = |zero: TokenStream| quote_spanned!(span=> ::core::array::from_fn::<_, #lanes, _>(|_| #zero).each_mut());
        let from = match from {
            Some(from) => self.lent_places(&Cotangent::Own(from), &TokenStream::new()),
            None => nothing(quote!(::micrograd_core::Tangent::shapeless())),
        };
        let lend = quote!(::micrograd_core::emitted::Lend::lend);
        let fits = args
            .iter()
            .flat_map(|arg| &arg.to)
            .map(|to| self.each(|| self.fit(to)));
        let handed = args.iter().map(|arg| {
            let value = self.reader().read_passed(&arg.operand);
            let cotangents = match &arg.to {
                Some(to) => self.lent_places(to, &lend),
                None => {
                    let nothing = nothing(self.unread(arg, &value, span));
                    match self.is_sequence(arg.operand.value) {
                        true => quote!(#nothing.map(|spare| #lend(spare))),
                        false => nothing,
                    }
                }
            };
            quote!(#value, #cotangents)
        });
        quote_spanned!(span=> { #(#fits)* #back(#from, #(#handed),*); })
    }

    /// The places of all cotangents, lent.
    // Out:  d_a.each_mut().map(|d_a| lend(&mut (*d_a).field))
    fn lent_places(&self, to: &Cotangent, lend: &TokenStream) -> TokenStream {
        let root = self.variable(match to {
            Cotangent::Own(value) => *value,
            Cotangent::Place(place) => self.sweeps().index.root(*place).0,
        });
        let around = self.lane.replace(Lane::Lent);
        let target = self.target(to);
        self.lane.set(around);
        quote!(#root.each_mut().map(|#root| #lend(#target)))
    }
}
