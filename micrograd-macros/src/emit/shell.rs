//! The public form of a pullback: a shell around the rule that allocates the cotangents.

use super::function::{allow, mixed, Emitted, Place};
use super::types::{cotangent_type, is_of_numbers, returned_type};
use crate::signature::{Fallible, Parameter, Passing};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{GenericParam, Lifetime};

impl Emitted<'_> {
    // Out:  fn pullback_f(a: A, b: &B) -> (Y, impl ::core::ops::Fn(Ȳ) -> (Ā, B̄))
    pub(super) fn shell(&self, name: &Ident, rule: &TokenStream, vis: &TokenStream) -> TokenStream {
        let (mut generics, where_clause) = self.generics();
        let lifetimes: Vec<Lifetime> = (0..self.signature.params.len())
            .map(|index| Lifetime::new(&format!("'argument{index}"), Span::mixed_site()))
            .collect();
        let params: Vec<&Parameter> = self.signature.params.iter().collect();
        let idents: Vec<Ident> = (params.iter().enumerate())
            .map(|(index, param)| match &param.pat {
                None => Ident::new("self", param.span),
                Some(_) => mixed(&format!("argument{index}")),
            })
            .collect();
        let mut captured: Vec<Lifetime> = Vec::new();
        for param in &generics.params {
            if let GenericParam::Lifetime(param) = param {
                captured.push(param.lifetime.clone());
            }
        }
        let mut declared = Vec::new();
        for ((param, ident), lifetime) in params.iter().zip(&idents).zip(&lifetimes) {
            let ty = &param.ty;
            let shared = param.passing == Passing::Shared;
            if shared {
                generics.params.insert(0, syn::parse_quote!(#lifetime));
                captured.push(lifetime.clone());
            }
            if param.passing == Passing::Exclusive {
                declared.push(if param.receiver {
                    quote!(&mut #ident)
                } else {
                    quote!(#ident: &mut #ty)
                });
                continue;
            }
            declared.push(match (&param.pat, shared) {
                (None, true) => quote!(&#lifetime #ident),
                (None, false) => quote!(#ident),
                (Some(_), true) => quote!(#ident: &#lifetime #ty),
                (Some(_), false) => quote!(#ident: #ty),
            });
        }
        let captures = match &self.place {
            Place::Trait(_) | Place::TraitImpl(_) => TokenStream::new(),
            Place::Free | Place::Inherent => {
                quote!(#(+ ::micrograd_core::emitted::Captures<#captured>)*)
            }
        };
        let output = self.output();
        let cotangent = cotangent_type(self.signature.output.as_ref());
        let returned = params.iter().map(|param| returned_type(param));
        // The final value of a `&mut` parameter is an output too, and its cotangent an argument;
        // a function that returns nothing else has no other.
        let finals: Vec<Ident> = (0..params.len())
            .map(|index| mixed(&format!("final{index}")))
            .collect();
        let exclusive = params
            .iter()
            .zip(&finals)
            .filter(|(param, _)| param.passing == Passing::Exclusive);
        let mut seeds: Vec<TokenStream> = exclusive
            .clone()
            .map(|(param, last)| {
                let ty = returned_type(param);
                quote!(#last: #ty)
            })
            .collect();
        let mut seed_types: Vec<TokenStream> =
            exclusive.map(|(param, _)| returned_type(param)).collect();
        let silent = self.signature.output.is_none() && !seeds.is_empty();
        let seed = silent.then(|| quote!(let seed = ::micrograd_core::NoTangent;));
        if !silent {
            seeds.insert(0, quote!(seed: #cotangent));
            seed_types.insert(0, cotangent.clone());
        }
        let body = match &self.body {
            None => quote!(;),
            Some(_) => {
                let handed: Vec<TokenStream> = (params.iter().zip(&idents))
                    .map(|(param, ident)| match param.passing {
                        Passing::Shared => quote!(#ident),
                        Passing::Owned => quote!(&#ident),
                        Passing::Exclusive => quote!(&mut *#ident),
                    })
                    .collect();
                let bars: Vec<Ident> = (0..params.len())
                    .map(|index| mixed(&format!("cotangent{index}")))
                    .collect();
                let zeros =
                    params
                        .iter()
                        .zip(&handed)
                        .zip(&finals)
                        .map(|((param, handed), last)| {
                            if param.passing == Passing::Exclusive {
                                quote!(#last)
                            } else if param.excluded && !is_of_numbers(&param.ty) {
                                quote!(::micrograd_core::NoTangent)
                            } else {
                                quote!(::micrograd_core::Differentiable::zero_tangent(#handed))
                            }
                        });
                let back_args =
                    params
                        .iter()
                        .zip(&handed)
                        .zip(&bars)
                        .map(
                            |((param, handed), bar)| match (param.passing, param.receiver) {
                                (Passing::Exclusive, false) => quote!(&mut #bar),
                                (Passing::Exclusive, true) => quote!(&before, &mut #bar),
                                (Passing::Owned | Passing::Shared, _) => quote!(#handed, &mut #bar),
                            },
                        );
                let changes_self = params
                    .iter()
                    .any(|param| param.receiver && param.passing == Passing::Exclusive);
                let before =
                    changes_self.then(|| quote!(let before = ::core::clone::Clone::clone(&*self);));
                let results = params.iter().zip(&bars).map(|(param, bar)| {
                    if param.excluded {
                        quote!(::micrograd_core::NoTangent)
                    } else {
                        quote!(#bar)
                    }
                });
                let question = self.signature.fallible.as_ref().map(|_| quote!(?));
                let pair = quote! {
                    (value, move |#(#seeds),*| {
                        #seed
                        #(let mut #bars = #zeros;)*
                        back(&seed, #(#back_args),*);
                        (#(#results,)*)
                    })
                };
                let pair = match &self.signature.fallible {
                    Some(Fallible { success, .. }) => quote!(#success(#pair)),
                    None => pair,
                };
                quote!({
                    #before
                    let (value, back) = #rule(#(#handed),*) #question;
                    #pair
                })
            }
        };
        let span = self.signature.name.span();
        let doc = format!("The value of `{}` and its pullback, which takes the value's cotangent to those of the arguments.", self.signature.name);
        let allow = allow();
        let pair = self.wrapped(
            quote!((#output, impl ::core::ops::Fn(#(#seed_types),*) -> (#(#returned,)*) #captures)),
        );
        quote_spanned! {span=>
            #[doc = #doc]
            #allow
            #vis fn #name #generics (#(#declared),*) -> #pair
            #where_clause
            #body
        }
    }
}
