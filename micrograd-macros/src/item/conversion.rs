//! `impl`s of `From`: the rule of a conversion is written from its body, as that of an operator is.
//!
// In:   impl From<[f64; 2]> for V2 { fn from([x, y]: [f64; 2]) -> Self { … } }
// Out:  the same, and
//       const _: () = {
//           fn micrograd_conversion([x, y]: [f64; 2]) -> V2 { … }      with all that stands beside a function
//           impl FromRule<[f64; 2]> for V2 { … micrograd_conversion::rrule … }
//           impl IntoRule<V2> for [f64; 2] { … micrograd_conversion::rrule … }
//       };

use super::arguments::Arguments;
use super::free::{freed, replaced};
use crate::emit::needed_bounds;
use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, ToTokens};
use syn::{
    FnArg, GenericArgument, GenericParam, ImplItem, ImplItemFn, ItemImpl, Pat, PathArguments, Type,
};

/// The `impl`, and the rules of the conversion.
pub(super) fn conversion_items(
    arguments: &Arguments,
    block: &ItemImpl,
    errors: &mut Errors,
) -> Option<TokenStream> {
    let last = block.trait_.as_ref()?.0.segments.last()?;
    let PathArguments::AngleBracketed(source) = &last.arguments else {
        return None;
    };
    let GenericArgument::Type(source) = source.args.first()? else {
        return None;
    };
    if let Type::Slice(slice) = crate::lifetimes::without_references(source) {
        let message = "a conversion from a slice has no rule yet; convert from an array or a vector, or write an associated function with `#[differentiable]`";
        errors.push(&slice, message);
        return Some(TokenStream::new());
    }
    let owner = match &*block.self_ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    };
    if owner.is_some_and(|owner| !crate::source::is_only_conversion(block, &owner)) {
        let message = "conversions from a type and from a reference to it have one rule; implement one of them, or write an associated function with `#[differentiable]`";
        errors.push(source, message);
        return Some(TokenStream::new());
    }
    let method = block.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    })?;
    let FnArg::Typed(param) = method.sig.inputs.first()? else {
        return None;
    };
    let head = head(block, method, &param.pat, source);
    let rules = |function: &Ident| rules(block, function, source);
    let freed = freed(arguments, block, method, head, rules, errors);
    Some(quote!(#block #freed))
}

/// The head of the function that the conversion is.
fn head(block: &ItemImpl, method: &ImplItemFn, pat: &Pat, source: &Type) -> TokenStream {
    let name = Ident::new("micrograd_conversion", method.sig.ident.span());
    let (generics, target) = (&block.generics, &block.self_ty);
    let clause = replaced(generics.where_clause.to_token_stream(), block);
    let [pat, source] =
        [pat.to_token_stream(), source.to_token_stream()].map(|code| replaced(code, block));
    quote!(fn #name #generics(#pat: #source) -> #target #clause)
}

/// The rule of `V::from(x)`, and that of `x.into()` if the conversion takes its operand by value.
fn rules(block: &ItemImpl, function: &Ident, source: &Type) -> TokenStream {
    let target = &block.self_ty;
    let by_value = !matches!(source, Type::Reference(_));
    let source = crate::lifetimes::without_references(source).to_token_stream();
    let source = replaced(source, block);
    let mut generics = block.generics.clone();
    for bound in needed_bounds(&generics) {
        let clause = generics.make_where_clause();
        clause.predicates.push(syn::parse_quote!(#bound));
    }
    let named = generics.params.iter().filter_map(|param| match param {
        GenericParam::Type(param) => Some(&param.ident),
        GenericParam::Const(param) => Some(&param.ident),
        GenericParam::Lifetime(_) => None,
    });
    let tangent = |ty: TokenStream| quote!(<#ty as ::micrograd_core::Differentiable>::Tangent);
    let (y_bar, x_bar) = (tangent(target.to_token_stream()), tangent(source.clone()));
    let pair = quote! {
        (#target, impl ::core::ops::Fn(&#y_bar, &#source, &mut #x_bar) + use<#(#named),*>)
    };
    let (header, _, clause) = generics.split_for_impl();
    let rule = quote! {
        let (y, back) = #function::rrule(x);
        (y, #[inline] move |dy: &#y_bar, x: &#source, dx: &mut #x_bar| back(&mut ::core::clone::Clone::clone(dy), x, dx))
    };
    let into = by_value.then(|| {
        quote! {
            impl #header ::micrograd_core::rules::convert::IntoRule<#target> for #source #clause {
                #[inline]
                fn rrule_into(&self) -> #pair {
                    let x = self;
                    #rule
                }
            }
        }
    });
    quote! {
        impl #header ::micrograd_core::rules::convert::FromRule<#source> for #target #clause {
            #[inline]
            fn rrule_from(x: &#source) -> #pair { #rule }
        }
        #into
    }
}
