//! Functions as values: the marker of a function is a `Function`, and a parameter that is one takes closures.

use super::function::{allow, mixed, Emitted, Place};
use super::types::{cotangent_type, needed_bounds, tangent_of};
use crate::signature::Passing;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned, ToTokens};
use syn::spanned::Spanned;
use syn::{GenericParam, Type};

impl Emitted<'_> {
    /// `impl Function<X> for f` where the arguments name all its generics; of many numbers, `X` is a tuple.
    pub(super) fn function_impl(&self) -> TokenStream {
        let params = &self.signature.params;
        let types: Vec<_> = params.iter().map(|param| &param.ty).collect();
        let text = quote!(#(#types),*).to_string();
        let has_lifetimes = self.signature.generics.lifetimes().next().is_some();
        let all_named = self.signature.names_generics() && !has_lifetimes;
        let fallible = self.signature.fallible.is_some() || !self.signature.functions.is_empty();
        let changes =
            (params.iter()).any(|param| param.passing == Passing::Exclusive || param.excluded);
        let argument = crate::functions::argument(types.iter().copied());
        // Of a type in a tuple it must be known that it has a tangent: the compiler says of a type
        // without one where it stands in the signature, and would say so of the tuple once more.
        let mut leaves = Vec::new();
        for ty in &types {
            super::types::leaves(ty, &self.signature.generics, &mut leaves);
        }
        let has_tangent = |ty: &&Type| super::types::is_known(ty);
        let is_known = params.len() == 1 || leaves.iter().all(has_tangent);
        // What it is handed must borrow nothing.
        let borrows = text.contains(['&', '\'']);
        if params.is_empty()
            || params.len() > 12
            || !all_named
            || changes
            || borrows
            || !is_known
            || fallible
        {
            return TokenStream::new();
        }
        let (generics, where_clause) = self.generics();
        // That it has none is said once if the rest may rely on it.
        let result = self.signature.output.as_ref();
        let result = result.filter(|ty| crate::source::declares_plain_type(ty));
        let reliance = result.map(|ty| match where_clause.is_empty() {
            true => quote_spanned!(ty.span()=> where #ty: ::micrograd_core::Differentiable),
            false => quote_spanned!(ty.span()=> , #ty: ::micrograd_core::Differentiable),
        });
        let idents = generics.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            GenericParam::Lifetime(_) => None,
        });
        let (name, output) = (&self.signature.name, self.output());
        let y_bar = cotangent_type(self.signature.output.as_ref());
        let x_bar = quote!(<#argument as ::micrograd_core::Differentiable>::Tangent);
        let known = self.known_tangents();
        let parts = (params.iter().enumerate()).map(|(index, param)| {
            let lent = (param.passing == Passing::Shared).then(|| quote!(&));
            if params.len() == 1 {
                return (quote!(#lent x), quote!(x), quote!(x, dx));
            }
            let index = syn::Index::from(index);
            (
                quote!(#lent x.#index),
                quote!(&x.#index),
                quote!(&x.#index, &mut dx.#index),
            )
        });
        let (called, (handed, handed_back)): (Vec<_>, (Vec<_>, Vec<_>)) = parts
            .map(|(called, handed, back)| (called, (handed, back)))
            .unzip();
        quote! {
            #[allow(clippy::all)]
            impl #generics ::micrograd_core::Function<#argument> for #name #where_clause #reliance {
                type Output = #output;
                #[inline]
                fn call(&self, x: #argument) -> #output {
                    #name(#(#called),*)
                }
                #[inline]
                fn rrule_call(&self, x: &#argument) -> (
                    #output,
                    impl ::core::ops::Fn(&mut #y_bar, &Self, &mut ::micrograd_core::NoTangent, &#argument, &mut #x_bar) + use<#(#idents),*>,
                ) {
                    let (value, back) = #name::rrule(#(#handed),*);
                    #known
                    (value, #[inline(always)] move |dy: &mut #y_bar, _: &Self, _: &mut ::micrograd_core::NoTangent, x: &#argument, dx: &mut #x_bar| back(dy, #(#handed_back),*))
                }
            }
        }
    }

    /// For each parameter that is a function, what makes a closure that can be handed to it.
    // Out:  fn closure_1<C, R, B>(_: &X, _: &(), captures: C, rule: R) -> Closure<C, R>
    pub(super) fn closure_constructors(&self, vis: &TokenStream) -> TokenStream {
        let signature = self.signature;
        let is_function = |name: &str| signature.functions.contains_key(name);
        let functions = (signature.params.iter().enumerate())
            .filter_map(|(index, param)| Some((index, signature.function(param)?)));
        let (captures, rule, back) = (mixed("Captures"), mixed("Rule"), mixed("Back"));
        let mut generics = signature.generics.clone();
        generics.params = (generics.params.into_iter())
            .filter(|param| match param {
                GenericParam::Type(param) => !is_function(&param.ident.to_string()),
                _ => true,
            })
            .collect();
        let mut predicates = needed_bounds(&generics);
        if matches!(self.place, Place::Trait(_)) {
            predicates.push(quote!(Self: Sized));
        }
        if let Some(clause) = generics.where_clause.take() {
            let own = clause
                .predicates
                .into_iter()
                .filter(|predicate| match predicate {
                    syn::WherePredicate::Type(predicate) => {
                        !is_function(&predicate.bounded_ty.to_token_stream().to_string())
                    }
                    _ => true,
                });
            predicates.extend(own.map(|predicate| predicate.to_token_stream()));
        }
        let mut hints = Vec::new();
        for (index, param) in signature.params.iter().enumerate() {
            if param.receiver {
                hints.push(quote!(&self));
            } else if signature.function(param).is_some() {
                let hint = mixed(&format!("Other{index}"));
                generics.params.push(syn::parse_quote!(#hint: ?Sized));
                hints.push(quote!(_: &#hint));
            } else {
                let ty = &param.ty;
                hints.push(quote!(_: &#ty));
            }
        }
        for own in [&captures, &rule, &back] {
            generics.params.push(syn::parse_quote!(#own));
        }
        let method = (!matches!(self.place, Place::Free)).then_some(&signature.name);
        let allow = allow();
        let constructors = functions.map(|(index, taken)| {
            let name = super::lambda::constructor_name(method, index, signature.name.span());
            let input = crate::functions::argument(&taken.inputs);
            let output = &taken.output;
            let y_bar = tangent_of(output);
            let x_bar = quote!(<#input as ::micrograd_core::Differentiable>::Tangent);
            quote! {
                #[doc(hidden)]
                #allow
                #[inline(always)]
                #vis fn #name #generics (#(#hints,)* captures: #captures, rule: #rule) -> ::micrograd_core::emitted::Closure<#captures, #rule>
                where
                    #captures: ::micrograd_core::Differentiable,
                    #rule: ::core::ops::Fn(&#captures, &#input) -> (#output, #back),
                    #back: ::core::ops::Fn(
                        &mut #y_bar,
                        &#captures,
                        &mut <#captures as ::micrograd_core::Differentiable>::Tangent,
                        &#input,
                        &mut #x_bar,
                    ),
                    #(#predicates),*
                {
                    ::micrograd_core::emitted::Closure::new(captures, rule)
                }
            }
        });
        constructors.collect()
    }
}
