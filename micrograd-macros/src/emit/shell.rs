//! The public form of a pullback: a shell around the rule that allocates the cotangents.

use super::body::handed_types;
use super::function::{allow, mixed, Emitted, Place};
use super::fused::FusedRule;
use super::types::{cotangent_type, is_of_numbers, returned_type, tangent_of};
use crate::signature::{Fallible, Parameter, Passing, Signature};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::{GenericParam, Generics, Lifetime, Type};

/// A parameter as the shell sees it.
pub(super) struct Argument<'e> {
    pub(super) param: &'e Parameter,
    pub(super) ident: Ident,
    /// The lifetime of a shared reference, which the pullback may borrow.
    lifetime: Lifetime,
    pub(super) cotangent: Ident,
    /// The cotangent of the final value of a `&mut` parameter.
    last: Ident,
    /// Whether the rule was derived, so that it adds nothing for parameters that are excluded.
    derived: bool,
}

impl<'e> Argument<'e> {
    fn new(index: usize, param: &'e Parameter, derived: bool) -> Self {
        let ident = match &param.pat {
            None => Ident::new("self", param.span),
            Some(_) => mixed(&format!("argument{index}")),
        };
        Argument {
            param,
            ident,
            lifetime: Lifetime::new(&format!("'argument{index}"), Span::mixed_site()),
            cotangent: mixed(&format!("cotangent{index}")),
            last: mixed(&format!("final{index}")),
            derived,
        }
    }

    fn is_exclusive(&self) -> bool {
        self.param.passing == Passing::Exclusive
    }

    /// `x: &'a X`
    pub(super) fn declared(&self) -> TokenStream {
        let (ident, lifetime) = (&self.ident, &self.lifetime);
        let ty = self.named_type().unwrap_or_else(|| self.param.ty.clone());
        match (self.param.passing, self.param.receiver) {
            (Passing::Owned, true) => quote!(#ident),
            (Passing::Shared, true) => quote!(&#lifetime #ident),
            (Passing::Exclusive, true) => quote!(&mut #ident),
            (Passing::Owned, false) => quote!(#ident: #ty),
            (Passing::Shared, false) => quote!(#ident: &#lifetime #ty),
            (Passing::Exclusive, false) => quote!(#ident: &mut #ty),
        }
    }

    /// Its type with the lifetime for the references inside that name none.
    fn named_type(&self) -> Option<Type> {
        let named = || crate::lifetimes::with_named(&self.param.ty, &self.lifetime);
        (!self.is_exclusive() && !self.param.receiver).then(named)?
    }

    /// The argument as the rule takes it.
    pub(super) fn passed(&self) -> TokenStream {
        let ident = &self.ident;
        match self.param.passing {
            Passing::Owned => quote!(&#ident),
            Passing::Shared => quote!(#ident),
            Passing::Exclusive => quote!(&mut *#ident),
        }
    }

    /// What the cotangent is before the reverse sweep.
    pub(super) fn start(&self) -> TokenStream {
        let (last, passed) = (&self.last, self.passed());
        if self.is_exclusive() {
            quote!(#last)
        } else if self.param.excluded && !is_of_numbers(&self.param.ty) {
            quote!(::micrograd_core::NoTangent)
        } else if self.param.excluded && self.derived {
            // The body adds nothing to it.
            let tangent = tangent_of(&self.param.ty);
            quote!(<#tangent as ::micrograd_core::Tangent>::shapeless())
        } else if is_of_numbers(&self.param.ty) {
            quote!(::micrograd_core::Differentiable::zero_tangent(#passed))
        } else {
            quote!(::micrograd_core::Differentiable::accumulator(#passed))
        }
    }

    /// Gives a shape to what no cotangent has reached.
    fn completed(&self) -> Option<TokenStream> {
        self.complete(&self.cotangent.to_token_stream())
    }

    /// The same of one of several cotangents.
    pub(super) fn complete(&self, cotangent: &TokenStream) -> Option<TokenStream> {
        let passed = self.passed();
        let is_whole = self.is_exclusive() || self.param.excluded || is_of_numbers(&self.param.ty);
        (!is_whole)
            .then(|| quote!(::micrograd_core::Differentiable::complete(#passed, &mut #cotangent);))
    }

    /// What the rule's pullback takes for it.
    fn handed_back(&self) -> TokenStream {
        let (passed, cotangent) = (self.passed(), &self.cotangent);
        match (self.is_exclusive(), self.param.receiver) {
            (true, true) => quote!(&before, &mut #cotangent),
            (true, false) => quote!(&mut #cotangent),
            (false, _) => quote!(#passed, &mut #cotangent),
        }
    }

    /// The entry in the tuple of cotangents.
    fn result(&self) -> TokenStream {
        let cotangent = &self.cotangent;
        if self.param.excluded {
            quote!(::micrograd_core::NoTangent)
        } else {
            quote!(#cotangent)
        }
    }
}

impl Emitted<'_> {
    // Out:  fn pullback_f(a: A, b: &B) -> (Y, impl Fn(Ȳ) -> (Ā, B̄))
    pub(super) fn shell(&self, name: &Ident, rule: &TokenStream, vis: &TokenStream) -> TokenStream {
        let arguments = self.arguments();
        let body = match &self.body {
            Some(_) => self.shell_body(rule, &arguments),
            None => quote!(;),
        };
        let doc = format!(
            "The value of `{}` and its pullback, which takes the value's cotangent to those of the arguments.",
            self.signature.name
        );
        let shell = self.declared(name, vis, &quote!(Fn), &arguments, &body);
        quote!(#[doc = #doc] #shell)
    }

    /// What `gradient!` calls: the value, and a pullback that is called once, with one. Where loops are
    /// fused the gradient is there before.
    // Out:  fn rrule_fused() -> Fused<impl FnMut(&mut Ȳ, &A, &mut Ā) -> Y> { … }
    //       fn gradient(a: A) -> (Y, impl FnOnce(Ȳ) -> (Ā,)) { let y = (f::rrule_fused().run1())(&mut 1.0, &a, &mut d_a); (y, |_| (d_a,)) }
    pub(super) fn gradient(&self, owner: &TokenStream) -> TokenStream {
        let (arguments, named) = (self.arguments(), self.signature.named());
        let (fused, body) = match &self.fused {
            Some(FusedRule { params, once, body }) => {
                let passed = arguments.iter().map(Argument::handed_back);
                let cotangents = arguments.iter().map(|argument| &argument.cotangent);
                let starts = arguments.iter().map(Argument::start);
                let results = arguments.iter().map(Argument::result);
                let completed = arguments.iter().filter_map(Argument::completed);
                let (generics, where_clause) = self.generics();
                let (output, allow) = (self.output(), allow());
                let (fused, callee) = if Self::is_reusable(self.signature) {
                    let cotangent = cotangent_type(self.signature.output.as_ref());
                    let handed = handed_types(self.signature);
                    let rule = quote! {
                        #[doc(hidden)]
                        #allow
                        #[inline]
                        pub fn rrule_fused() -> ::micrograd_core::emitted::Fused<impl ::core::ops::FnMut(&mut #cotangent, #(#handed),*) -> #output> {
                            #once
                            ::micrograd_core::emitted::Fused::new(#[inline] move |#params| { #body })
                        }
                    };
                    let run = format_ident!("run{}", arguments.len());
                    (rule, quote!((#owner::rrule_fused().#run())))
                } else {
                    let rule = quote! {
                        #[doc(hidden)]
                        #allow
                        #[inline]
                        fn fused #generics (#params) -> #output #where_clause { #once #body }
                    };
                    (rule, quote!(#owner::fused #named))
                };
                let shell = quote!({
                    #(let mut #cotangents = #starts;)*
                    let value = #callee(&mut 1.0, #(#passed),*);
                    #(#completed)*
                    (value, move |_| (#(#results,)*))
                });
                (fused, shell)
            }
            None => (
                quote!(),
                self.shell_body(&quote!(#owner::rrule #named), &arguments),
            ),
        };
        let name = Ident::new("gradient", self.signature.name.span());
        let shell = self.declared(&name, &quote!(pub), &quote!(FnOnce), &arguments, &body);
        quote!(#fused #[doc(hidden)] #shell)
    }

    /// Whether a fused rule can be made once and called often: with arguments of any lifetimes, and of types that its
    /// caller need not name.
    pub fn is_reusable(signature: &Signature) -> bool {
        let is_opaque = |ty: &Type| matches!(ty, Type::ImplTrait(_));
        let params = &signature.params;
        signature.generics.params.is_empty()
            && signature.generics.where_clause.is_none()
            && signature.functions.is_empty()
            && (1..=crate::fuse::MOST_ARGUMENTS).contains(&params.len())
            && !params.iter().any(|param| is_opaque(&param.ty))
    }

    /// A function that takes the user's arguments, and returns the value with a pullback of the kind `callable`.
    fn declared(
        &self,
        name: &Ident,
        vis: &TokenStream,
        callable: &TokenStream,
        arguments: &[Argument<'_>],
        body: &TokenStream,
    ) -> TokenStream {
        let (mut generics, where_clause) = self.generics();
        let captures = self.borrowed(&mut generics, arguments);
        let declared = arguments.iter().map(Argument::declared);
        let seeds = self.seeds(arguments);
        let seed_types = seeds.iter().map(|(_, ty)| ty);
        let returned = arguments
            .iter()
            .map(|argument| returned_type(argument.param));
        let output = self.output();
        let pair = self.wrapped(quote! {
            (#output, impl ::core::ops::#callable(#(#seed_types),*) -> (#(#returned,)*) #captures)
        });
        let span = self.signature.name.span();
        let allow = allow();
        quote_spanned! {span=>
            #allow
            #vis fn #name #generics (#(#declared),*) -> #pair
            #where_clause
            #body
        }
    }

    pub(super) fn arguments(&self) -> Vec<Argument<'_>> {
        let params = self.signature.params.iter().enumerate();
        params
            .map(|(index, param)| Argument::new(index, param, self.texts.is_some()))
            .collect()
    }

    /// Names the lifetimes of the shared references and of those inside other types, and says that the pullback borrows them.
    pub(super) fn borrowed(
        &self,
        generics: &mut Generics,
        arguments: &[Argument<'_>],
    ) -> TokenStream {
        let mut captured: Vec<Lifetime> = (generics.params.iter())
            .filter_map(|param| match param {
                GenericParam::Lifetime(param) => Some(param.lifetime.clone()),
                GenericParam::Type(_) | GenericParam::Const(_) => None,
            })
            .collect();
        for argument in arguments {
            if argument.param.passing == Passing::Shared || argument.named_type().is_some() {
                let lifetime = &argument.lifetime;
                generics.params.insert(0, syn::parse_quote!(#lifetime));
                captured.push(lifetime.clone());
            }
        }
        match &self.place {
            Place::Trait(_) | Place::TraitImpl(..) => TokenStream::new(),
            Place::Free | Place::Inherent => {
                quote!(#(+ ::micrograd_core::emitted::Captures<#captured>)*)
            }
        }
    }

    /// The cotangents that the pullback is called with: that of the value, and those of the final
    /// values of `&mut` parameters. A function that returns nothing else has only these.
    fn seeds(&self, arguments: &[Argument<'_>]) -> Vec<(Ident, TokenStream)> {
        let exclusive = arguments.iter().filter(|argument| argument.is_exclusive());
        let mut seeds: Vec<(Ident, TokenStream)> = exclusive
            .map(|argument| (argument.last.clone(), returned_type(argument.param)))
            .collect();
        if self.signature.output.is_some() || seeds.is_empty() {
            let cotangent = cotangent_type(self.signature.output.as_ref());
            seeds.insert(0, (mixed("seed"), cotangent));
        }
        seeds
    }

    fn shell_body(&self, rule: &TokenStream, arguments: &[Argument<'_>]) -> TokenStream {
        let passed = arguments.iter().map(Argument::passed);
        let cotangents = arguments.iter().map(|argument| &argument.cotangent);
        let starts = arguments.iter().map(Argument::start);
        let handed_back = arguments.iter().map(Argument::handed_back);
        let completed = arguments.iter().filter_map(Argument::completed);
        let results = arguments.iter().map(Argument::result);
        let (seed, seeds) = (mixed("seed"), self.seeds(arguments));
        let seed_names = (seeds.iter()).map(|(name, _)| match *name == seed {
            true => quote!(mut #name),
            false => quote!(#name),
        });
        let seed_types = seeds.iter().map(|(_, ty)| ty);
        let silent =
            self.signature.output.is_none() && arguments.iter().any(Argument::is_exclusive);
        let silent = silent.then(|| quote!(let mut #seed = ::micrograd_core::NoTangent;));
        // A method that changes `self` takes one back all the same.
        let changes_self = arguments
            .iter()
            .any(|argument| argument.param.receiver && argument.is_exclusive());
        let before =
            changes_self.then(|| quote!(let before = ::core::clone::Clone::clone(&*self);));
        let pair = quote! {
            (value, move |#(#seed_names: #seed_types),*| {
                #silent
                #(let mut #cotangents = #starts;)*
                back(&mut #seed, #(#handed_back),*);
                #(#completed)*
                (#(#results,)*)
            })
        };
        let known = self.known_tangents();
        let (question, pair) = match &self.signature.fallible {
            Some(Fallible { success, .. }) => (quote!(?), quote!(#success(#pair))),
            None => (quote!(), pair),
        };
        quote!({
            #before
            let (value, back) = #rule(#(#passed),*) #question;
            #known
            #pair
        })
    }
}
