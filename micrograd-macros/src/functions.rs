//! Parameters that are functions: `f: impl Fn(A) -> B` stays as it is in the user's function; in its rule
//! and pullback the bound is that of a differentiable function. What a function takes by reference it is
//! handed as a value of its own, so that its pullback borrows nothing.
//!
// In:   F: Fn(A) -> B                 F: Fn(A, &[B]) -> C
// Out:  F: Function<A, Output = B>    F: Function<(A, Vec<B>), Output = C>

use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::{format_ident, quote, ToTokens};
use std::collections::HashMap;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    GenericParam, Generics, Ident, PathArguments, ReturnType, Token, Type, TypeParamBound,
    WherePredicate,
};

/// The type parameters that are functions, by their names.
pub type Functions = HashMap<String, Taken>;

/// What a function takes and gives.
pub struct Taken {
    /// The types that the user declared.
    pub inputs: Vec<Type>,
    /// The type of its value.
    pub output: Type,
}

/// Lets all type parameters that are functions be differentiable ones.
pub fn differentiable_bounds(generics: &mut Generics, errors: &mut Errors) -> Functions {
    let mut functions = Functions::new();
    for param in &mut generics.params {
        if let GenericParam::Type(param) = param {
            let taken = replace_all(&mut param.bounds, errors);
            functions.extend(taken.map(|taken| (param.ident.to_string(), taken)));
        }
    }
    for predicate in generics
        .where_clause
        .iter_mut()
        .flat_map(|clause| &mut clause.predicates)
    {
        if let WherePredicate::Type(predicate) = predicate {
            let taken = replace_all(&mut predicate.bounds, errors);
            let name = predicate.bounded_ty.to_token_stream().to_string();
            functions.extend(taken.map(|taken| (name, taken)));
        }
    }
    functions
}

/// Replaces those bounds that are functions; a closure that captures one needs copies of it.
fn replace_all(
    bounds: &mut Punctuated<TypeParamBound, Token![+]>,
    errors: &mut Errors,
) -> Option<Taken> {
    let taken = bounds
        .iter_mut()
        .filter_map(|bound| replace(bound, errors))
        .last()?;
    bounds.push(syn::parse_quote!(::micrograd_core::rules::slice::CloneRule));
    Some(taken)
}

/// The bound that a function pointer stands for: `Fn(A) -> B` for `fn(A) -> B`, also by an alias that
/// the source file declares.
pub fn pointer_bound(ty: &Type) -> Option<TypeParamBound> {
    match ty {
        Type::Paren(paren) => pointer_bound(&paren.elem),
        Type::FnPtr(pointer) => {
            let inputs = pointer.inputs.iter().map(|input| &input.ty);
            let output = &pointer.output;
            let function = Ident::new("Fn", pointer.fn_token.span);
            Some(syn::parse_quote!(#function(#(#inputs),*) #output))
        }
        Type::Path(path) => {
            let ident = path.path.get_ident()?;
            let mut bound = pointer_bound(&crate::source::alias(&ident.to_string())?)?;
            if let TypeParamBound::Trait(bound) = &mut bound {
                bound.path.segments[0].ident.set_span(ident.span());
            }
            Some(bound)
        }
        _ => None,
    }
}

/// What a function value is handed for parameters of these types, as one type: owned, a tuple if there
/// are several.
pub fn argument<'t>(types: impl IntoIterator<Item = &'t Type>) -> TokenStream {
    let types: Vec<TokenStream> = types.into_iter().map(owned).collect();
    match types.as_slice() {
        [ty] => ty.clone(),
        types => quote!((#(#types),*)),
    }
}

/// The owned type of what a reference refers to.
fn owned(ty: &Type) -> TokenStream {
    match ty {
        Type::Paren(paren) => owned(&paren.elem),
        Type::Reference(reference) => owned(&reference.elem),
        Type::Slice(slice) => {
            let element = owned(&slice.elem);
            quote!(::std::vec::Vec<#element>)
        }
        Type::Path(path) if path.path.is_ident("str") => quote!(::std::string::String),
        ty => ty.to_token_stream(),
    }
}

/// Replaces a bound; what the function takes and gives.
fn replace(bound: &mut TypeParamBound, errors: &mut Errors) -> Option<Taken> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound.path.segments.last()?;
    let is_function = ["Fn", "FnMut", "FnOnce"]
        .iter()
        .any(|name| last.ident == name);
    let PathArguments::Parenthesized(arguments) = &last.arguments else {
        return None;
    };
    if !is_function {
        return None;
    }
    let inputs: Vec<Type> = (arguments.inputs.iter())
        .map(|input| input.ty.clone())
        .collect();
    let changes =
        |input: &&Type| matches!(input, Type::Reference(input) if input.mutability.is_some());
    if let Some(reference) = inputs.iter().find(changes) {
        let message = "a function that changes its argument cannot be differentiated as a parameter; let it return the new value, or call a `#[differentiable]` function by its name";
        errors.push(reference, message);
        return None;
    }
    let input = argument(&inputs);
    let output: Type = match &arguments.output {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    };
    let function = format_ident!("Function", span = last.span());
    bound.lifetimes = None;
    bound.path = syn::parse_quote!(::micrograd_core::#function<#input, Output = #output>);
    Some(Taken { inputs, output })
}
