//! Closures as values: the rule of the closure, beside what it captures.
//!
//! Their types are not known here. The function that a closure is handed to says what it takes and
//! gives: beside each rule that takes functions stand constructors with the bounds of its parameters,
//! and the compiler reads the types of the closure's parameters off them.

use super::body::owned_numbers;
use super::forward::Forward;
use super::function::mixed;
use super::reverse::Reverse;
use super::{Reader, Sweeps};
use crate::index::Index;
use crate::ir::{nested, Callee, Lambda, Param};
use crate::{adjoint, analyse, store};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use std::collections::HashSet;
use syn::ext::IdentExt;

/// The constructor of the closure that is the argument at `position`.
pub(super) fn constructor_name(method: Option<&Ident>, position: usize, span: Span) -> Ident {
    match method {
        Some(method) => format_ident!("closure_{position}_{}", method.unraw(), span = span),
        None => format_ident!("closure_{position}", span = span),
    }
}

impl Forward<'_, '_, '_> {
    // Out:  f::closure_1(&x, &(), (a, b), |captures, x| { …; (y, move |dy, captures, …| { … }) })
    pub(super) fn lambda(&self, lambda: &Lambda, span: Span) -> TokenStream {
        let captures = self.0.read(&lambda.captures);
        let rule = self.lambda_rule(lambda);
        let hints: Vec<TokenStream> = (lambda.args.iter())
            .map(|arg| match arg {
                Some(arg) => self.0.read_passed(&crate::ir::Operand {
                    mode: shared(arg.mode),
                    ..*arg
                }),
                None => quote_spanned!(span=> &()),
            })
            .collect();
        match &lambda.callee {
            Callee::Function(path) => {
                let name = constructor_name(None, lambda.position, span);
                let path = super::calls::without_arguments(path);
                quote_spanned!(span=> <#path>::#name(#(#hints,)* #captures, #rule))
            }
            Callee::Associated(path) => {
                let mut path = path.clone();
                let last = path.segments.last_mut().expect("a path has a segment");
                last.ident = constructor_name(Some(&last.ident), lambda.position, span);
                last.arguments = syn::PathArguments::None;
                quote_spanned!(span=> #path(#(#hints,)* #captures, #rule))
            }
            Callee::Method(method, _) => {
                let name = constructor_name(Some(method), lambda.position, span);
                let receiver = lambda.args[0].map(|this| self.0.target_place(this.value));
                let hints = &hints[1..];
                quote_spanned!(span=> #receiver.#name(#(#hints,)* #captures, #rule))
            }
        }
    }

    /// The closure's rule: its captures stand for a first parameter.
    fn lambda_rule(&self, lambda: &Lambda) -> TokenStream {
        let function = &lambda.function;
        let (captures, inputs) = function.params.split_at(lambda.captured.len());
        let captured = lambda.captured.iter();
        let mut active: Vec<bool> = captured
            .map(|value| self.0.sweeps.activity.matters(*value))
            .collect();
        active.extend(inputs.iter().map(|param| param.active));
        let index = Index::of(function);
        let activity = analyse::analyse_for(function, &active);
        let adjoint = adjoint::adjoint(&index, &activity);
        let plan = store::plan(&index, &adjoint, &HashSet::new());
        let sweeps = Sweeps {
            index: &index,
            adjoint: &adjoint,
            plan: &plan,
            activity: &activity,
        };
        let seed = mixed("seed");
        let (forward, result) = Forward::new(&sweeps).body();
        let reverse = Reverse::new(&sweeps, seed.clone()).body();
        let reader = Reader::new(&sweeps, false);
        let numbers = owned_numbers(&sweeps);
        let proofs = super::proofs::fields(&sweeps);
        let values = |params: &[Param]| -> Vec<TokenStream> {
            let idents = params.iter().map(|param| reader.ident(param.value));
            idents.map(|ident| quote!(#ident)).collect()
        };
        let cotangents = |params: &[Param]| -> Vec<TokenStream> {
            let idents = params
                .iter()
                .map(|param| reader.cotangent_ident(param.value));
            idents.map(|ident| quote!(#ident)).collect()
        };
        let (captured, d_captured) = (pattern(values(captures)), pattern(cotangents(captures)));
        let (taken, d_taken) = (argument(values(inputs)), argument(cotangents(inputs)));
        quote! {
            |captures, inputs| {
                let #captured = captures;
                let #taken = inputs;
                #proofs
                #numbers
                #forward
                (#result, move |#seed, captures, d_captures, inputs, d_inputs| {
                    let #captured = captures;
                    let #taken = inputs;
                    let #d_captured = d_captures;
                    let #d_taken = d_inputs;
                    #numbers
                    #reverse
                })
            }
        }
    }
}

fn shared(mode: crate::ir::Mode) -> crate::ir::Mode {
    match mode {
        crate::ir::Mode::Exclusive => crate::ir::Mode::Reference,
        mode => mode,
    }
}

/// The tuple of the captures.
fn pattern(parts: Vec<TokenStream>) -> TokenStream {
    if parts.is_empty() {
        return quote!(_);
    }
    nested(parts, &mut |parts| quote!((#(#parts,)*)))
}

/// What the closure is handed: one argument, or a tuple.
fn argument(parts: Vec<TokenStream>) -> TokenStream {
    match parts.as_slice() {
        [part] => part.clone(),
        [] => quote!(_),
        parts => quote!((#(#parts),*)),
    }
}
