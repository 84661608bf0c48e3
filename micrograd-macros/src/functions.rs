//! Parameters that are functions: `f: impl Fn(A) -> B` stays as it is in the user's function; in its rule
//! and pullback the bound is that of a differentiable function.
//!
// In:   F: Fn(A) -> B           F: Fn(A, B) -> C
// Out:  F: Function<A, Output = B>    F: Function<(A, B), Output = C>

use crate::errors::Errors;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{
    GenericParam, Generics, PathArguments, ReturnType, Type, TypeParamBound, WherePredicate,
};

/// Lets all type parameters that are functions be differentiable ones; whether there are any.
pub fn differentiable_bounds(generics: &mut Generics, errors: &mut Errors) -> bool {
    let mut found = false;
    for param in &mut generics.params {
        if let GenericParam::Type(param) = param {
            param
                .bounds
                .iter_mut()
                .for_each(|bound| found |= replace(bound, errors));
        }
    }
    for predicate in generics
        .where_clause
        .iter_mut()
        .flat_map(|clause| &mut clause.predicates)
    {
        if let WherePredicate::Type(predicate) = predicate {
            predicate
                .bounds
                .iter_mut()
                .for_each(|bound| found |= replace(bound, errors));
        }
    }
    found
}

fn replace(bound: &mut TypeParamBound, errors: &mut Errors) -> bool {
    let TypeParamBound::Trait(bound) = bound else {
        return false;
    };
    let Some(last) = bound.path.segments.last() else {
        return false;
    };
    let is_function = ["Fn", "FnMut", "FnOnce"]
        .iter()
        .any(|name| last.ident == name);
    let PathArguments::Parenthesized(arguments) = &last.arguments else {
        return false;
    };
    if !is_function {
        return false;
    }
    let inputs: Vec<&Type> = arguments.inputs.iter().map(|input| &input.ty).collect();
    if let Some(reference) = inputs
        .iter()
        .find(|input| matches!(input, Type::Reference(_)))
    {
        let message = "a function that takes a reference cannot be differentiated as a parameter yet; let it take the value, or call a `#[differentiable]` function by its name";
        errors.push(reference, message);
        return false;
    }
    let input = match inputs.as_slice() {
        [input] => quote!(#input),
        inputs => quote!((#(#inputs),*)),
    };
    let output = match &arguments.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    let function = format_ident!("Function", span = last.span());
    bound.path = syn::parse_quote!(::micrograd_core::#function<#input, Output = #output>);
    true
}
