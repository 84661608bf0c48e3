//! The attribute on each kind of item, and the pipeline that all of them share.

use crate::emit::{inert_body, needed_bounds, rule_body, Emitted, Place, Sweeps};
use crate::errors::Errors;
use crate::index::Index;
use crate::{adjoint, analyse, fuse, ir, lower, rooms, settle, signature, store, verify};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, ToTokens};
use std::collections::HashSet;
use syn::parse::Parser;
use syn::{
    Block, FnArg, GenericParam, Generics, ImplItem, ItemImpl, ItemTrait, TraitItem, Visibility,
};

/// What stands in the attribute's parentheses.
#[derive(Default)]
struct Arguments {
    no_gradient: Vec<Ident>,
    rule: Option<syn::Path>,
    /// Whether the function calls itself through others.
    recursive: bool,
    /// The word that asks for a pullback that keeps nothing, and runs the function again.
    checkpoint: Option<Ident>,
    /// Whether a method of an annotated `impl` or trait has no pullback.
    skip: bool,
    /// The type of an annotated `impl` without parameters.
    owner: Option<syn::Type>,
}

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
        } else if meta.path.is_ident("recursive") {
            arguments.recursive = true;
            Ok(())
        } else if meta.path.is_ident("checkpoint") {
            arguments.checkpoint = Some(meta.path.require_ident()?.clone());
            Ok(())
        } else if meta.path.is_ident("skip") {
            arguments.skip = true;
            Ok(())
        } else {
            Err(meta.error(
                "expected `no_gradient(…)`, `rule = …`, `recursive`, `checkpoint` or `skip`",
            ))
        }
    });
    if let Err(error) = parser.parse2(tokens) {
        errors.add(error);
    }
    arguments
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

/// The pipeline: everything that stands beside one function.
fn function_items(
    arguments: &Arguments,
    vis: &Visibility,
    sig: &syn::Signature,
    block: Option<&Block>,
    place: Place,
    errors: &mut Errors,
) -> TokenStream {
    let mut signature = signature::parse(sig, &arguments.no_gradient, errors);
    signature.owner = match place {
        Place::Inherent | Place::TraitImpl(..) => arguments.owner.clone().or_else(|| {
            let name = quote::format_ident!("{}", crate::source::owner()?);
            Some(syn::parse_quote!(#name))
        }),
        Place::Free | Place::Trait(_) => None,
    };
    signature.find_tangentless();
    if let (Some(token), Some(_)) = (&arguments.checkpoint, &arguments.rule) {
        errors.push(
            token,
            "a rule that is written by hand keeps what it keeps; leave `checkpoint` out",
        );
    }
    if let Some(rule) = &arguments.rule {
        let body = crate::emit::hand_written(&signature, rule);
        let idents = crate::emit::hand_written_idents(&signature);
        return Emitted {
            signature: &signature,
            place,
            vis,
            texts: None,
            body: Some(body),
            recorded: None,
            fused: None,
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
            recorded: None,
            fused: None,
            recursive: false,
        }
        .items(&idents);
    };
    let inert = signature.is_inert();
    let mut found = Errors::default();
    let mut function = lower::lower(&signature, block, &mut found);
    // A function without a value is there for its effect, whose data flow must be seen.
    if inert && (found.is_empty() || signature.output.is_some()) {
        return inert_items(&signature, vis, place, &function, found.is_empty());
    }
    if let Err(error) = found.finish() {
        errors.add(error);
    }
    if !errors.is_empty() {
        return TokenStream::new();
    }
    settle::settle(&mut function);
    if cfg!(debug_assertions) {
        verify::verify(&function);
    }
    let index = Index::of(&function);
    let activity = analyse::analyse(&function);
    let adjoint = adjoint::adjoint(&index, &activity);
    let plan = store::plan(&index, &adjoint, &HashSet::new());
    let sweeps = Sweeps {
        index: &index,
        adjoint: &adjoint,
        plan: &plan,
        activity: &activity,
    };
    let names = ir::Names::of(&function);
    let texts = [
        function.to_string(),
        adjoint::display::text(&adjoint, &index, &names),
    ];
    let recursive = arguments.recursive || calls_itself(&index, &signature, &place);
    let body = rule_body(&signature, &sweeps, recursive);
    let checkpoint = arguments.checkpoint.as_ref().map(|token| {
        check_checkpoint(token, &signature, &place, recursive, errors);
        crate::emit::checkpoint_body(&signature, &place)
    });
    let (body, recorded) = match checkpoint {
        Some(checkpoint) => (checkpoint, Some(body)),
        None => (body, None),
    };
    let idents = crate::emit::param_idents(&sweeps);
    let is_alone = matches!(place, Place::Free) && !recursive;
    let is_fusible = is_alone && signature.is_of_number() && !signature.changes_arguments();
    let schedule = is_fusible
        .then(|| fuse::fuse(&index, &activity, &adjoint, &plan))
        .flatten();
    let bodies = schedule
        .as_ref()
        .map_or_else(HashSet::new, fuse::Schedule::bodies);
    let fused = is_fusible.then(|| {
        let plan = store::plan(&index, &adjoint, &bodies);
        let sweeps = Sweeps {
            plan: &plan,
            ..sweeps
        };
        let rooms = match Emitted::is_reusable(&signature) {
            true => {
                let regions = bodies.iter().copied().chain([0]).collect();
                rooms::rooms(&index, &activity, &adjoint, &plan, &regions)
            }
            false => rooms::Rooms::default(),
        };
        let is_worthwhile = !bodies.is_empty() || rooms.iter().next().is_some();
        is_worthwhile.then(|| crate::emit::fused(&signature, &sweeps, schedule.as_ref(), &rooms))
    });
    let fused = fused.flatten();
    Emitted {
        signature: &signature,
        place,
        vis,
        texts: Some(texts),
        body: Some(body),
        recorded,
        fused,
        recursive,
    }
    .items(&idents)
}

/// A function that is run again must have all that it began with.
fn check_checkpoint(
    token: &Ident,
    signature: &signature::Signature,
    place: &Place,
    recursive: bool,
    errors: &mut Errors,
) {
    let exclusive = |param: &signature::Parameter| param.passing == signature::Passing::Exclusive;
    let problem = if signature.params.iter().any(exclusive) {
        "a function that changes its arguments cannot run again; take them by value and return what they become"
    } else if matches!(place, Place::Trait(_) | Place::TraitImpl(..)) {
        "methods of traits cannot be checkpoints; let the method call a function that is one"
    } else if recursive {
        "a recursive function cannot be a checkpoint; let it call a function that is one"
    } else {
        return;
    };
    errors.push(token, problem);
}

/// What stands beside a function whose value has no derivative: its rule does nothing, whatever the
/// body is.
fn inert_items(
    signature: &signature::Signature,
    vis: &Visibility,
    place: Place,
    function: &ir::Function,
    supported: bool,
) -> TokenStream {
    let name = &signature.name;
    let callee = match place {
        Place::Free => quote!(#name),
        Place::Inherent | Place::Trait(_) | Place::TraitImpl(..) => {
            let owner = place.owner();
            quote!(#owner::#name)
        }
    };
    let nothing = "the value has no derivative\n".to_string();
    let text = if supported {
        function.to_string()
    } else {
        nothing.clone()
    };
    Emitted {
        signature,
        place,
        vis,
        texts: Some([text, nothing]),
        body: Some(inert_body(signature, &callee)),
        recorded: None,
        fused: None,
        recursive: false,
    }
    .items(&crate::emit::hand_written_idents(signature))
}

/// Whether a function calls itself, as far as can be told without types: by its own path, or as a
/// method on `self` or on a part of an enum. A part that is a plain field is of another type, since a
/// type cannot contain itself, and the methods of numbers are those of numbers. A trait's method that
/// calls one of its name on `self` calls an inherent one.
fn calls_itself(index: &Index<'_>, signature: &signature::Signature, place: &Place) -> bool {
    let name = &signature.name;
    let in_trait = matches!(place, Place::Trait(_) | Place::TraitImpl(..));
    let is_own = |call: &ir::Call| match &call.callee {
        ir::Callee::Function(path) => path.is_ident(name),
        ir::Callee::Associated(path) => {
            path.segments.last().is_some_and(|last| last.ident == *name)
        }
        ir::Callee::Method(method, _) => {
            let receiver = call.args[0].value;
            let this = index.function.params.first().map(|param| param.value);
            let on_self = signature.is_method && !in_trait && Some(receiver) == this;
            let on_part = !lower::is_float_method(&name.to_string()) && index.is_payload(receiver);
            method == name && (on_self || on_part)
        }
    };
    let mut found = false;
    index.function.body.visit(&mut |op| {
        found |= matches!(&op.kind, ir::Kind::Call(call) if is_own(call));
    });
    found
}

/// Every method of an `impl`, with its pullback beside it.
fn impl_items(arguments: &Arguments, mut block: ItemImpl, errors: &mut Errors) -> TokenStream {
    let captured = type_params(&block.generics);
    let implemented = block.trait_.as_ref().map(|(path, _)| path.clone());
    let owner = (block.generics.params.is_empty()).then(|| (*block.self_ty).clone());
    let mut items = Vec::new();
    for item in &mut block.items {
        let own = match item {
            ImplItem::Fn(method) => own_arguments(arguments, &mut method.attrs, errors),
            _ => None,
        };
        items.push(item.to_token_stream());
        if let (ImplItem::Fn(method), Some(mut arguments)) = (item, own) {
            arguments.owner.clone_from(&owner);
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

/// The arguments of a method inside an annotated `impl` or trait: those of its own attribute, which
/// is taken away, or those of the whole. `None` if the method is skipped.
fn own_arguments(
    outer: &Arguments,
    attributes: &mut Vec<syn::Attribute>,
    errors: &mut Errors,
) -> Option<Arguments> {
    let is_own = |attribute: &syn::Attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|last| last.ident == "differentiable")
    };
    let mut arguments = Arguments {
        no_gradient: outer.no_gradient.clone(),
        rule: outer.rule.clone(),
        checkpoint: outer.checkpoint.clone(),
        ..Arguments::default()
    };
    if let Some(position) = attributes.iter().position(is_own) {
        let attribute = attributes.remove(position);
        let tokens = match attribute.meta {
            syn::Meta::List(list) => list.tokens,
            syn::Meta::Path(_) | syn::Meta::NameValue(_) => TokenStream::new(),
        };
        arguments = parse_arguments(tokens, errors);
    }
    (!arguments.skip).then_some(arguments)
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
