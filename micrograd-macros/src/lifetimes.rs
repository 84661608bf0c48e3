//! Types and generics of what borrows nothing: a tangent owns its parts, so the lifetimes of its value mean
//! nothing to it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericParam, Generics, Type, TypeParamBound, WherePredicate};

/// A reference has the tangent of what it refers to, and its lifetime may have no name.
pub fn without_references(ty: &Type) -> Type {
    match ty {
        Type::Reference(reference) => without_references(&reference.elem),
        Type::Paren(paren) => without_references(&paren.elem),
        Type::Tuple(tuple) => {
            let mut tuple = tuple.clone();
            tuple
                .elems
                .iter_mut()
                .for_each(|element| *element = without_references(element));
            Type::Tuple(tuple)
        }
        Type::Slice(slice) => {
            let mut slice = slice.clone();
            *slice.elem = without_references(&slice.elem);
            Type::Slice(slice)
        }
        Type::Array(array) => {
            let mut array = array.clone();
            *array.elem = without_references(&array.elem);
            Type::Array(array)
        }
        other => other.clone(),
    }
}

/// The type with `'static` for such lifetimes, whose tangent is the same.
pub fn replaced(ty: &Type, is_such: fn(&Ident) -> bool) -> Type {
    let tokens = ty.to_token_stream();
    if !tokens.to_string().contains('\'') {
        return ty.clone();
    }
    let tokens = replaced_tokens(tokens, is_such);
    syn::parse2(tokens).unwrap_or_else(|_| ty.clone())
}

fn replaced_tokens(tokens: TokenStream, is_such: fn(&Ident) -> bool) -> TokenStream {
    let mut is_lifetime = false;
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            is_lifetime = false;
            let inner = replaced_tokens(group.stream(), is_such);
            let mut replaced = proc_macro2::Group::new(group.delimiter(), inner);
            replaced.set_span(group.span());
            TokenTree::Group(replaced)
        }
        TokenTree::Ident(ident) if is_lifetime && is_such(&ident) => {
            is_lifetime = false;
            TokenTree::Ident(Ident::new("static", ident.span()))
        }
        token => {
            is_lifetime = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
            token
        }
    });
    replaced.collect()
}

/// Generics without lifetimes and what is said of them.
pub fn without_lifetimes(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    generics.params = (generics.params.into_iter())
        .filter(|param| !matches!(param, GenericParam::Lifetime(_)))
        .collect();
    let outlives = |bound: &TypeParamBound| matches!(bound, TypeParamBound::Lifetime(_));
    for param in generics.type_params_mut() {
        param.bounds = (std::mem::take(&mut param.bounds).into_iter())
            .filter(|bound| !outlives(bound))
            .collect();
    }
    if let Some(clause) = &mut generics.where_clause {
        clause.predicates = (std::mem::take(&mut clause.predicates).into_iter())
            .filter(|predicate| match predicate {
                WherePredicate::Type(predicate) => !predicate.bounds.iter().any(outlives),
                _ => false,
            })
            .collect();
    }
    generics
}
