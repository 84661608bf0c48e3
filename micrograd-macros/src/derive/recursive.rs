//! Types that contain themselves. A box has the tangent of what is in it, so the tangent of such a type would contain itself
//! without end; somewhere on the way it needs a box of its own.
//!
// In:   struct Node { value: f64, next: Option<Box<Node>> }
// Out:  type Tangent = Box<NodeTangent>;
// In:   enum Tree { Leaf(f64), Sum(Box<Tree>, Box<Tree>) }
// Out:  enum TreeTangent { Leaf(f64), Sum(Box<TreeTangent>, Box<TreeTangent>), Shapeless }

use super::{fields, Field};
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{format_ident, quote, ToTokens};
use syn::{Data, DeriveInput, GenericArgument, PathArguments, Type};

/// The type with its own name where it says `Self`, which would be the tangent in the tangent.
pub fn named(input: &DeriveInput) -> syn::Result<DeriveInput> {
    let (name, (_, arguments, _)) = (&input.ident, input.generics.split_for_impl());
    let own = quote!(#name #arguments);
    let tokens = input.to_token_stream();
    syn::parse2(with_name(tokens, &own))
}

fn with_name(tokens: TokenStream, own: &TokenStream) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), with_name(group.stream(), own));
            inner.set_span(group.span());
            TokenTree::Group(inner).into()
        }
        TokenTree::Ident(ident) if ident == "Self" => own.clone(),
        token => token.into(),
    });
    replaced.collect()
}

/// Whether the type as a whole has its tangent in a box: where it stands for itself in other than a vector or, in an enum,
/// a box of a field.
pub fn is_boxed(input: &DeriveInput) -> bool {
    let contains_itself = |field: &Field<'_>| !field.excluded && contains(field.ty, input);
    match &input.data {
        Data::Struct(data) => fields(&data.fields).iter().any(contains_itself),
        Data::Enum(data) => (data.variants.iter())
            .flat_map(|variant| fields(&variant.fields))
            .any(|field| contains_itself(&field) && !is_box(field.ty)),
        Data::Union(_) => false,
    }
}

/// Whether a field of an enum is a box around the enum itself: then its tangent is boxed. The accessors see through the box.
pub fn is_boxed_field(field: &Field<'_>, input: &DeriveInput) -> bool {
    !field.excluded && is_box(field.ty) && contains(field.ty, input) && !is_boxed(input)
}

/// The tangent of the type, in its box if it has one.
pub fn tangent(input: &DeriveInput, arguments: &impl ToTokens) -> TokenStream {
    let tangent = format_ident!("{}Tangent", input.ident);
    if is_boxed(input) {
        quote!(::std::boxed::Box<#tangent #arguments>)
    } else {
        quote!(#tangent #arguments)
    }
}

/// A value of the tangent, put in its box if it has one.
pub fn made(value: TokenStream, input: &DeriveInput) -> TokenStream {
    if is_boxed(input) {
        quote!(::std::boxed::Box::new(#value))
    } else {
        value
    }
}

fn is_box(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => (path.path.segments.last()).is_some_and(|last| last.ident == "Box"),
        _ => false,
    }
}

/// Whether a type contains the one that is declared, other than in a vector, which has room for any number.
fn contains(ty: &Type, input: &DeriveInput) -> bool {
    match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let grows = ["Vec", "VecDeque"].iter().any(|name| last.ident == name);
            let is_bare = path.path.segments.len() == 1;
            let is_itself = is_bare && (last.ident == input.ident || last.ident == "Self");
            is_itself || (!grows && arguments(&last.arguments).any(|ty| contains(ty, input)))
        }),
        Type::Tuple(tuple) => tuple.elems.iter().any(|ty| contains(ty, input)),
        Type::Array(array) => contains(&array.elem, input),
        Type::Reference(reference) => contains(&reference.elem, input),
        Type::Paren(paren) => contains(&paren.elem, input),
        Type::Group(group) => contains(&group.elem, input),
        _ => false,
    }
}

fn arguments(arguments: &PathArguments) -> impl Iterator<Item = &Type> {
    let arguments = match arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        PathArguments::None | PathArguments::Parenthesized(_) => None,
    };
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}
