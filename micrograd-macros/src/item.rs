//! The attribute on each kind of item. In comes an item, out goes the same item with all that stands beside its functions:
//! each of them goes through the pipeline.

mod arguments;
mod conversion;
mod free;
mod operator;
mod pipeline;

use crate::emit::{needed_bounds, Place};
use crate::errors::Errors;
use crate::lower;
use arguments::{own_arguments, parse_arguments, Arguments};
use pipeline::function_items;
use proc_macro2::TokenStream;
use quote::{quote, ToTokens};
use syn::{FnArg, GenericParam, Generics, ImplItem, ItemImpl, ItemTrait, TraitItem, Visibility};

/// Expands `#[differentiable]`; the user's item stays as it is, but for `#[checkpoint]` on its loops.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = parse_arguments(arguments, &mut errors);
    let expanded = dispatch(&arguments, &item, &mut errors);
    let expanded = match errors.finish() {
        Ok(()) => expanded,
        Err(error) => {
            let error = error.into_compile_error();
            quote!(#item #error)
        }
    };
    if lower::has_checkpoints(&item) {
        return lower::without_checkpoints(expanded);
    }
    expanded
}

fn dispatch(arguments: &Arguments, item: &TokenStream, errors: &mut Errors) -> TokenStream {
    if let Ok(function) = syn::parse2::<syn::ItemFn>(item.clone()) {
        let is_method = uses_self(&function) || crate::source::is_in_impl();
        let place = if is_method {
            Place::Inherent
        } else {
            Place::Free
        };
        let expanded = function_items(
            arguments,
            &function.vis,
            &function.sig,
            Some(&function.block),
            place,
            errors,
        );
        // A function of which only the pullback is called is not dead.
        return quote!(#[allow(dead_code)] #item #expanded);
    }
    if let Ok(block) = syn::parse2::<ItemImpl>(item.clone()) {
        return operator::operator_items(arguments, &block, errors)
            .unwrap_or_else(|| impl_items(arguments, block, errors));
    }
    match syn::parse2::<ItemTrait>(item.clone()) {
        Ok(item) => trait_items(arguments, item, errors),
        Err(error) if is_supported_item(item) => {
            errors.add(error);
            TokenStream::new()
        }
        Err(_) => {
            errors.push(item_token(item), "`#[differentiable]` goes on functions, methods, traits and `impl` blocks; structs have `#[derive(Differentiable)]`");
            TokenStream::new()
        }
    }
}

/// Whether a function stands in an `impl`: it takes `self` or speaks of `Self`.
fn uses_self(function: &syn::ItemFn) -> bool {
    let mentions = |tokens: TokenStream| {
        tokens
            .to_string()
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == "Self")
    };
    let inputs = &function.sig.inputs;
    inputs
        .iter()
        .any(|input| matches!(input, FnArg::Receiver(_)))
        || mentions(function.to_token_stream())
}

/// Every method of an `impl`, with its pullback beside it.
fn impl_items(arguments: &Arguments, mut block: ItemImpl, errors: &mut Errors) -> TokenStream {
    let captured = type_params(&block.generics);
    let implemented = block.trait_.as_ref().map(|(path, _)| path.clone());
    let owner = Some((*block.self_ty).clone());
    // The methods themselves ask no more than the user wrote.
    let outer_bounds = match implemented {
        Some(_) => Vec::new(),
        None => needed_bounds(&block.generics),
    };
    let mut items = Vec::new();
    for item in &mut block.items {
        let own = match item {
            ImplItem::Fn(method) => own_arguments(arguments, &mut method.attrs, errors),
            _ => None,
        };
        items.push(item.to_token_stream());
        if let (ImplItem::Fn(method), Some(mut arguments)) = (item, own) {
            arguments.owner.clone_from(&owner);
            arguments.outer_bounds.clone_from(&outer_bounds);
            let place = match &implemented {
                Some(path) => Place::TraitImpl(path.clone(), captured.clone()),
                None => Place::Inherent,
            };
            items.push(function_items(
                &arguments,
                &method.vis,
                &method.sig,
                Some(&method.block),
                place,
                errors,
            ));
        }
    }
    block.items = items.into_iter().map(ImplItem::Verbatim).collect();
    if implemented.is_some() {
        // The trait cannot say what its pullbacks need of the type parameters of an `impl`.
        for bound in needed_bounds(&block.generics) {
            block
                .generics
                .make_where_clause()
                .predicates
                .push(syn::parse_quote!(#bound));
        }
    }
    block.into_token_stream()
}

/// Every method of a trait, with the declaration of its pullback beside it.
fn trait_items(arguments: &Arguments, mut item: ItemTrait, errors: &mut Errors) -> TokenStream {
    let mut captured = vec![quote!(Self)];
    captured.extend(type_params(&item.generics));
    let mut items = Vec::new();
    for member in &mut item.items {
        let own = match member {
            TraitItem::Fn(method) => own_arguments(arguments, &mut method.attrs, errors),
            _ => None,
        };
        items.push(member.to_token_stream());
        if let (TraitItem::Fn(method), Some(arguments)) = (member, own) {
            let place = Place::Trait(captured.clone());
            let vis = Visibility::Inherited;
            items.push(function_items(
                &arguments,
                &vis,
                &method.sig,
                method.default.as_ref(),
                place,
                errors,
            ));
        }
    }
    item.items = items.into_iter().map(TraitItem::Verbatim).collect();
    item.into_token_stream()
}

fn type_params(generics: &Generics) -> Vec<TokenStream> {
    (generics.params.iter())
        .filter_map(|param| match param {
            GenericParam::Type(param) => Some(param.ident.to_token_stream()),
            GenericParam::Const(param) => Some(param.ident.to_token_stream()),
            GenericParam::Lifetime(_) => None,
        })
        .collect()
}

/// The keyword that says what an item is.
fn item_token(item: &TokenStream) -> TokenStream {
    let keyword = item.clone().into_iter().find(|token| {
        matches!(token, proc_macro2::TokenTree::Ident(ident) if ["struct", "enum", "union", "const", "static", "type", "mod", "use"].contains(&ident.to_string().as_str()))
    });
    keyword.map_or_else(|| item.clone(), Into::into)
}

/// Whether an item that did not parse is one of those that the attribute goes on.
fn is_supported_item(item: &TokenStream) -> bool {
    let first = item.clone().into_iter().find_map(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    });
    first.is_some_and(|first| ["fn", "impl", "trait", "pub", "const"].contains(&first.as_str()))
        && item_token(item).into_iter().count() > 1
}
