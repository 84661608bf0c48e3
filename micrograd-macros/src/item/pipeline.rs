//! The pipeline: all passes, in their order. In comes one function, out goes everything that stands beside it.

use super::arguments::Arguments;
use crate::emit::{inert_body, rule_body, Emitted, Place, Sweeps};
use crate::errors::Errors;
use crate::index::Index;
use crate::{adjoint, analyse, batch, fuse, ir, lower, rooms, settle, signature, store, verify};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::HashSet;
use syn::{Block, Visibility};

/// The pipeline: everything that stands beside one function.
pub(super) fn function_items(
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
    signature.outer_bounds.clone_from(&arguments.outer_bounds);
    signature.find_tangentless();
    if let (Some(token), Some(_)) = (&arguments.checkpoint, &arguments.rule) {
        errors.push(
            token,
            "a rule that is written by hand keeps what it keeps; leave `checkpoint` out",
        );
    }
    let rule = arguments.rule.as_ref();
    let (None, Some(block)) = (rule, block) else {
        let idents = crate::emit::hand_written_idents(&signature);
        return Emitted {
            signature: &signature,
            place,
            vis,
            texts: None,
            body: rule.map(|rule| crate::emit::hand_written(&signature, rule)),
            recorded: None,
            fused: None,
            batched: None,
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
    let is_batched = is_alone
        && arguments.checkpoint.is_none()
        && signature.has_rows()
        && signature.fallible.is_none()
        && Emitted::is_reusable(&signature);
    let calls =
        is_batched.then(|| batch::batch(&index, &adjoint, &plan, signature.rows().is_some()));
    let batched = calls.flatten();
    let batched = batched.map(|calls| crate::emit::batched(&signature, &sweeps, &calls));
    Emitted {
        signature: &signature,
        place,
        vis,
        texts: Some(texts),
        body: Some(body),
        recorded,
        fused,
        batched,
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
        batched: None,
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
