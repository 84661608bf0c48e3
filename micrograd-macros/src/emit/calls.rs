//! Calls, in both sweeps: the rule that returns a pullback, and the pullback.

use super::forward::{after, Forward};
use super::hygienic;
use super::reverse::Reverse;
use crate::adjoint::{Handed, Step};
use crate::ir::{Call, Callee, Effect, Failure, Mode, Op, Operand, Value};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;
use syn::{Path, PathArguments, Type};

impl Forward<'_, '_, '_> {
    /// What a method is called on. Memory that the method is taken not to change is lent to it
    /// shared, so that the compiler checks that.
    fn receiver(&self, call: &Call) -> TokenStream {
        let value = call.args[0].value;
        let place = match call.changes {
            Some(place) => self.0.target_place_to(place, true),
            None => self.0.target_place(value),
        };
        let index = self.0.sweeps.index;
        if call.changes.is_none() && index.is_memory(value) && !index.is_number(value) {
            return quote!((&#place));
        }
        // Behind the reference, so that what the compiler says of a missing rule is about the type.
        if call.changes.is_none() && self.0.is_behind(value) {
            return quote!((*#place));
        }
        place
    }

    /// A call as the user wrote it.
    pub(super) fn plain_call(&self, call: &Call, span: proc_macro2::Span) -> TokenStream {
        let args = |args: &[Operand]| -> Vec<TokenStream> {
            args.iter().map(|arg| self.0.read(arg)).collect()
        };
        match &call.callee {
            Callee::Function(path) | Callee::Associated(path) => {
                let args = args(&call.args);
                quote_spanned!(span=> #path(#(#args),*))
            }
            Callee::Method(method, turbofish) => {
                let receiver = self.receiver(call);
                let args = args(&call.args[1..]);
                let value = quote_spanned!(span=> #receiver.#method #turbofish(#(#args),*));
                match call.effect {
                    Effect::Inert => {
                        quote_spanned!(span=> ::micrograd_core::emitted::inert(#value))
                    }
                    Effect::Rule | Effect::View => value,
                }
            }
        }
    }

    /// A call that has no reverse: as the user wrote it, or through the rule if it is handed a function
    /// value, which is none for plain Rust.
    pub(super) fn value_of_call(&self, call: &Call, span: proc_macro2::Span) -> TokenStream {
        let definitions = &self.0.sweeps.index.function.definitions;
        let takes_function = |arg: &Operand| definitions[arg.value.0].function;
        let is_value = matches!(&call.callee, Callee::Method(method, _) if method == "call");
        if is_value || !call.args.iter().any(takes_function) {
            return after(self.plain_call(call, span), &call.failure, span);
        }
        let rule = self.rule_call(call, span);
        match &call.failure {
            Failure::Never | Failure::Kept => {
                quote_spanned!(span=> ::micrograd_core::emitted::WithBack::value(#rule))
            }
            failure => {
                let pair = after(rule, failure, span);
                quote_spanned!(span=> #pair.0)
            }
        }
    }

    /// A call of the callee's rule, which returns the value and the pullback, or of the one for several cotangents.
    pub(super) fn rule_of(&self, op: &Op, call: &Call) -> TokenStream {
        let span = hygienic(op.span);
        let batched = self
            .0
            .batched
            .filter(|calls| calls.contains(&op.results[0]));
        match (&call.callee, batched) {
            (Callee::Function(path), Some(_)) => self.batched_call(path, &self.passed(call), span),
            _ => self.rule_call(call, span),
        }
    }

    /// The arguments of a call, as its rule takes them.
    fn passed(&self, call: &Call) -> Vec<TokenStream> {
        call.args
            .iter()
            .map(|arg| self.0.read_passed(arg))
            .collect()
    }

    /// A call of the callee's rule, which returns the value and the pullback.
    pub(super) fn rule_call(&self, call: &Call, span: proc_macro2::Span) -> TokenStream {
        let args = self.passed(call);
        match &call.callee {
            Callee::Function(path) => {
                if crate::source::imported(path) == ["nalgebra", "convert"] {
                    let rules = quote_spanned!(span=> ::micrograd_core::rules::convert);
                    return quote_spanned!(span=> <#rules::convert>::rrule_of(#path, #rules::original, #(#args),*));
                }
                let rule = marker_rule(path, span);
                quote_spanned!(span=> #rule(#(#args),*))
            }
            Callee::Associated(path) => {
                let mut path = path.clone();
                let last = path.segments.last_mut().expect("a path has a segment");
                last.ident =
                    format_ident!("rrule_{}", last.ident.unraw(), span = last.ident.span());
                quote_spanned!(span=> #path(#(#args),*))
            }
            Callee::Method(method, turbofish) => {
                let receiver = self.receiver(call);
                let rule = format_ident!("rrule_{}", method.unraw(), span = method.span());
                let args = &args[1..];
                quote_spanned!(span=> #receiver.#rule #turbofish(#(#args),*))
            }
        }
    }
}

/// The arguments of a pullback, and what is to be done around it.
struct HandedBack {
    before: TokenStream,
    handed: Vec<TokenStream>,
    after: TokenStream,
}

impl Reverse<'_, '_, '_> {
    // Out:  back(&mut d_y, &a, &mut d_a, …);
    pub(super) fn pullback(
        &self,
        back: Value,
        from: Option<Value>,
        call: &Op,
        args: &[Handed],
        kept: bool,
    ) -> TokenStream {
        let span = hygienic(call.span);
        let back = self.reader().ident(back);
        let (from, handed) = (self.passed_on(from, span), self.handed(call, args, false));
        let HandedBack {
            before,
            handed,
            after,
        } = handed;
        let call = if kept {
            quote_spanned!(span=> if let ::core::option::Option::Some((back, dy)) = #back.with_cotangent(#from) {
                back(dy, #(#handed),*);
            })
        } else {
            quote_spanned!(span=> #back(#from, #(#handed),*);)
        };
        if before.is_empty() {
            call
        } else {
            quote_spanned!(span=> { #before #call #after })
        }
    }

    /// Both sweeps of a call whose cotangent is known before.
    // Out:  let y = if f_1.is_fused() { (f_1.run1())(&mut d_y, &a, &mut d_a) } else { let (y, back) = f::rrule(&a); back(&mut d_y, &a, &mut d_a); y };
    pub(super) fn fused_call(
        &self,
        rule: &Ident,
        pair: &TokenStream,
        step: &Step<'_>,
        forward: &Forward<'_, '_, '_>,
    ) -> TokenStream {
        let Step::Pullback {
            from, call, args, ..
        } = step
        else {
            unreachable!("a fused call has a pullback")
        };
        let span = hygienic(call.span);
        let result = call.results[0];
        let (ident, ty) = (self.reader().ident(result), forward.ty(result));
        // It is written twice, and the type of what is handed for an argument that does not matter only the rule tells.
        let (from, handed) = (self.passed_on(*from, span), self.handed(call, args, true));
        let HandedBack { before, handed, .. } = handed;
        let run = format_ident!("run{}", args.len(), span = span);
        quote_spanned! {span=>
            let #ident #ty = {
                #before
                if !#rule.is_fused() {
                    let (value, back) = #pair;
                    back(#from, #(#handed),*);
                    value
                } else {
                    (#rule.#run())(#from, #(#handed),*)
                }
            };
        }
    }

    /// The cotangent of a call's result, which its pullback takes.
    fn passed_on(&self, from: Option<Value>, span: Span) -> TokenStream {
        match from {
            Some(from) if self.seeded == Some(from) => self.seed.to_token_stream(),
            Some(from) => {
                let from = self.own(from);
                quote_spanned!(span=> &mut #from)
            }
            None => quote_spanned!(span=> &mut ::micrograd_core::Tangent::shapeless()),
        }
    }

    /// What a pullback is handed for each argument; what it is handed in vain has a name before, if `named`.
    fn handed(&self, call: &Op, args: &[Handed], named: bool) -> HandedBack {
        let span = hygienic(call.span);
        let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
        let mut handed = Vec::new();
        for (position, arg) in args.iter().enumerate() {
            let shared = crate::ir::Operand {
                mode: if arg.operand.mode == Mode::Exclusive {
                    Mode::Reference
                } else {
                    arg.operand.mode
                },
                ..arg.operand
            };
            let value = self.reader().read_passed(&shared);
            let cotangent = match &arg.to {
                Some(to) if !arg.separate => {
                    before.extend(self.fit(to));
                    self.target(to)
                }
                Some(to) => {
                    after.extend(self.fit(to));
                    let own = format_ident!("own{position}", span = span);
                    let to = self.target(to);
                    before.extend(quote_spanned!(span=> let mut #own = ::micrograd_core::Differentiable::accumulator(#value);));
                    after.extend(quote_spanned!(span=> ::micrograd_core::Accumulate::accumulate(#to, &#own);));
                    quote_spanned!(span=> &mut #own)
                }
                None if named && self.is_sequence(arg.operand.value) => {
                    let spare = format_ident!("spare{position}", span = span);
                    let room = self.spare_room(call, position, span);
                    before.extend(quote_spanned! {span=>
                        let #spare = (&::micrograd_core::emitted::Spare(#value)).spare_in(&mut #room);
                    });
                    quote_spanned!(span=> &mut *#spare)
                }
                None => {
                    let unread = self.unread(arg, &value, span);
                    if named {
                        let spare = format_ident!("spare{position}", span = span);
                        before.extend(quote_spanned!(span=> let mut #spare = #unread;));
                        quote_spanned!(span=> &mut #spare)
                    } else {
                        quote_spanned!(span=> &mut #unread)
                    }
                }
            };
            handed.push(match arg.operand.mode {
                Mode::Exclusive => quote_spanned!(span=> #cotangent),
                Mode::Value | Mode::Reference => quote_spanned!(span=> #value, #cotangent),
            });
        }
        HandedBack {
            before,
            handed,
            after,
        }
    }

    /// The variable outside the fused rule in which the accumulator is kept that nobody reads, of an argument of a call.
    fn spare_room(&self, call: &Op, position: usize, span: Span) -> Ident {
        let result = self.reader().ident(call.results[0]);
        let room = format_ident!("spare{position}_{result}", span = span);
        self.spares.borrow_mut().push(room.clone());
        room
    }

    /// The variables of all accumulators that are kept and that nobody reads.
    // Out:  let mut spare_5 = None;
    pub(super) fn spare_rooms(&self) -> TokenStream {
        let rooms = self.spares.take();
        quote!(#(let mut #rooms = ::core::option::Option::None;)*)
    }

    /// An accumulator that nobody reads, of an argument that does not matter.
    pub(super) fn unread(&self, arg: &Handed, value: &TokenStream, span: Span) -> TokenStream {
        match self.is_sequence(arg.operand.value) {
            true => {
                quote_spanned!(span=> (&::micrograd_core::emitted::Spare(#value)).spare_accumulator())
            }
            false => quote_spanned!(span=> ::micrograd_core::Tangent::unread()),
        }
    }

    /// Whether a value that does not matter may be a slice or a vector.
    pub(super) fn is_sequence(&self, value: Value) -> bool {
        let index = self.sweeps().index;
        if let Some(tokens) = index.constant(value) {
            // A named constant may be an array that is lent as a slice; `None` has no type of its own.
            let is_none = tokens.to_string().ends_with("None");
            return !crate::lower::is_literal(tokens) && !is_none;
        }
        if index.is_number(value) {
            return false;
        }
        match index.function.definitions[value.0].ty.as_ref() {
            Some(ty) => match ty {
                Type::Slice(_) | Type::Array(_) => true,
                Type::Path(path) => path
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| last.ident == "Vec"),
                _ => false,
            },
            None => index.definition(value).is_some(),
        }
    }
}

/// A path without the arguments of its last segment.
pub(super) fn without_arguments(path: &Path) -> Path {
    let mut path = path.clone();
    if let Some(last) = path.segments.last_mut() {
        last.arguments = PathArguments::None;
    }
    path
}

/// `m::f::<T>` becomes `m::f::rrule::<T>`: the function's marker carries its rule.
pub(super) fn marker_rule(path: &Path, span: proc_macro2::Span) -> TokenStream {
    let rule = Ident::new("rrule", span);
    let mut path = path.clone();
    let last = path.segments.last_mut().expect("a path has a segment");
    let generics = std::mem::replace(&mut last.arguments, PathArguments::None);
    let turbofish = match generics {
        PathArguments::AngleBracketed(mut arguments) => {
            arguments.colon2_token.get_or_insert_with(Default::default);
            quote!(#arguments)
        }
        PathArguments::None | PathArguments::Parenthesized(_) => quote!(),
    };
    quote_spanned!(span=> <#path>::#rule #turbofish)
}
