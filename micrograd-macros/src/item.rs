//! The attribute on each kind of item, and the pipeline that all of them share.

use crate::emit::{needed_bounds, rule_body, Emitted, Place, Sweeps};
use crate::errors::Errors;
use crate::index::Index;
use crate::{adjoint, analyse, ir, lower, signature, store, verify};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, ToTokens};
use syn::parse::Parser;
use syn::{
    Block, FnArg, GenericParam, Generics, ImplItem, ItemImpl, ItemTrait, TraitItem, Visibility,
};

/// What stands in the attribute's parentheses.
#[derive(Default)]
struct Arguments {
    no_gradient: Vec<Ident>,
    rule: Option<syn::Path>,
}

/// Expands `#[differentiable]`; the user's item stays as it is.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = parse_arguments(arguments, &mut errors);
    let expanded = dispatch(&arguments, &item, &mut errors);
    match errors.finish() {
        Ok(()) => expanded,
        Err(error) => {
            let error = error.into_compile_error();
            quote!(#item #error)
        }
    }
}

fn parse_arguments(tokens: TokenStream, errors: &mut Errors) -> Arguments {
    let mut arguments = Arguments::default();
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("no_gradient") {
            meta.parse_nested_meta(|name| {
                arguments
                    .no_gradient
                    .push(name.path.require_ident()?.clone());
                Ok(())
            })
        } else if meta.path.is_ident("rule") {
            arguments.rule = Some(meta.value()?.parse()?);
            Ok(())
        } else {
            Err(meta.error("expected `no_gradient(…)` or `rule = …`"))
        }
    });
    if let Err(error) = parser.parse2(tokens) {
        errors.add(error);
    }
    arguments
}

fn dispatch(arguments: &Arguments, item: &TokenStream, errors: &mut Errors) -> TokenStream {
    if let Ok(function) = syn::parse2::<syn::ItemFn>(item.clone()) {
        let is_method = uses_self(&function.sig);
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
        return impl_items(arguments, block, errors);
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
fn uses_self(sig: &syn::Signature) -> bool {
    let mentions = |tokens: TokenStream| {
        tokens
            .to_string()
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == "Self")
    };
    sig.inputs
        .iter()
        .any(|input| matches!(input, FnArg::Receiver(_)))
        || mentions(sig.inputs.to_token_stream())
        || mentions(sig.output.to_token_stream())
}

/// The pipeline: everything that stands beside one function.
fn function_items(
    arguments: &Arguments,
    vis: &Visibility,
    sig: &syn::Signature,
    block: Option<&Block>,
    place: Place,
    errors: &mut Errors,
) -> TokenStream {
    let signature = signature::parse(sig, &arguments.no_gradient, errors);
    if let Some(rule) = &arguments.rule {
        let body = crate::emit::hand_written(&signature, rule);
        let idents = crate::emit::hand_written_idents(&signature);
        return Emitted {
            signature: &signature,
            place,
            vis,
            texts: None,
            body: Some(body),
            recursive: false,
        }
        .items(&idents);
    }
    let Some(block) = block else {
        let idents = crate::emit::hand_written_idents(&signature);
        return Emitted {
            signature: &signature,
            place,
            vis,
            texts: None,
            body: None,
            recursive: false,
        }
        .items(&idents);
    };
    let function = lower::lower(&signature, block, errors);
    if !errors.is_empty() {
        return TokenStream::new();
    }
    if cfg!(debug_assertions) {
        verify::verify(&function);
    }
    let index = Index::of(&function);
    let activity = analyse::analyse(&function);
    let adjoint = adjoint::adjoint(&index, &activity);
    let plan = store::plan(&index, &adjoint);
    let sweeps = Sweeps {
        index: &index,
        adjoint: &adjoint,
        plan: &plan,
        activity: &activity,
        name: &signature.name,
    };
    let names = ir::Names::of(&function);
    let texts = [
        function.to_string(),
        adjoint::display::text(&adjoint, &index, &names),
    ];
    let mut recursive = false;
    function.body.visit(&mut |op| {
        let ir::Kind::Call(ir::Call {
            callee: ir::Callee::Function(path),
            ..
        }) = &op.kind
        else {
            return;
        };
        recursive |= path.is_ident(&signature.name);
    });
    let body = rule_body(&signature, &sweeps);
    let idents = crate::emit::param_idents(&sweeps);
    Emitted {
        signature: &signature,
        place,
        vis,
        texts: Some(texts),
        body: Some(body),
        recursive,
    }
    .items(&idents)
}

/// Every method of an `impl`, with its pullback beside it.
fn impl_items(arguments: &Arguments, mut block: ItemImpl, errors: &mut Errors) -> TokenStream {
    let captured = type_params(&block.generics);
    let is_trait = block.trait_.is_some();
    let mut items = Vec::new();
    for item in &block.items {
        items.push(item.to_token_stream());
        if let ImplItem::Fn(method) = item {
            let place = if is_trait {
                Place::TraitImpl(captured.clone())
            } else {
                Place::Inherent
            };
            items.push(function_items(
                arguments,
                &method.vis,
                &method.sig,
                Some(&method.block),
                place,
                errors,
            ));
        }
    }
    block.items = items.into_iter().map(ImplItem::Verbatim).collect();
    if is_trait {
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
    for member in &item.items {
        items.push(member.to_token_stream());
        if let TraitItem::Fn(method) = member {
            let place = Place::Trait(captured.clone());
            let vis = Visibility::Inherited;
            items.push(function_items(
                arguments,
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
