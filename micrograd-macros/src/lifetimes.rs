//! Types and generics of what borrows nothing: a tangent owns its parts, so the lifetimes of its value mean
//! nothing to it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    GenericArgument, GenericParam, Generics, PathArguments, Type, TypeParamBound, WherePredicate,
};

/// A reference has the tangent of what it refers to, and its lifetime may have no name.
pub fn without_references(ty: &Type) -> Type {
    match ty {
        Type::Reference(reference) => without_references(&reference.elem),
        Type::Paren(paren) => without_references(&paren.elem),
        Type::Tuple(tuple) => {
            let mut tuple = tuple.clone();
            (tuple.elems.iter_mut()).for_each(|element| *element = sized(element));
            Type::Tuple(tuple)
        }
        Type::Slice(slice) => {
            let mut slice = slice.clone();
            *slice.elem = sized(&slice.elem);
            Type::Slice(slice)
        }
        Type::Array(array) => {
            let mut array = array.clone();
            *array.elem = sized(&array.elem);
            Type::Array(array)
        }
        Type::Path(path) => {
            let mut path = path.clone();
            for segment in &mut path.path.segments {
                let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else {
                    continue;
                };
                for argument in &mut arguments.args {
                    if let GenericArgument::Type(ty) = argument {
                        *ty = sized(ty);
                    }
                }
            }
            Type::Path(path)
        }
        other => other.clone(),
    }
}

/// The same for a part of another type: a slice has the tangent of a vector.
fn sized(part: &Type) -> Type {
    match (part, without_references(part)) {
        (Type::Reference(_), Type::Slice(slice)) => {
            let element = &slice.elem;
            syn::parse_quote!(::std::vec::Vec<#element>)
        }
        (Type::Reference(_), Type::Path(path)) if path.path.is_ident("str") => {
            syn::parse_quote!(::std::string::String)
        }
        (_, owned) => owned,
    }
}

/// The type with `lifetime` for the shared references in it that name none; `None` if there is no such reference. What a
/// function type elides is its own.
pub fn with_named(ty: &Type, lifetime: &syn::Lifetime) -> Option<Type> {
    let words = crate::words::words(ty);
    if ["Fn", "FnMut", "FnOnce", "fn", "mut"]
        .iter()
        .any(|word| words.contains(*word))
    {
        return None;
    }
    let mut named = false;
    let tokens = with_named_tokens(ty.to_token_stream(), lifetime, &mut named);
    named.then(|| syn::parse2(tokens).ok()).flatten()
}

fn with_named_tokens(
    tokens: TokenStream,
    lifetime: &syn::Lifetime,
    named: &mut bool,
) -> TokenStream {
    let is_punct =
        |token: &TokenTree, c| matches!(token, TokenTree::Punct(punct) if punct.as_char() == c);
    let mut tokens = tokens.into_iter().peekable();
    let mut output = TokenStream::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let inner = with_named_tokens(group.stream(), lifetime, named);
                let mut group_of_named = proc_macro2::Group::new(group.delimiter(), inner);
                group_of_named.set_span(group.span());
                output.extend([TokenTree::Group(group_of_named)]);
            }
            token if is_punct(&token, '&') => {
                output.extend([token]);
                if !tokens.peek().is_some_and(|next| is_punct(next, '\'')) {
                    *named = true;
                    output.extend(lifetime.to_token_stream());
                }
            }
            token if is_punct(&token, '\'') => {
                let is_anonymous =
                    matches!(tokens.peek(), Some(TokenTree::Ident(name)) if name == "_");
                if is_anonymous {
                    tokens.next();
                    *named = true;
                    output.extend(lifetime.to_token_stream());
                } else {
                    output.extend([token]);
                }
            }
            token => output.extend([token]),
        }
    }
    output
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
