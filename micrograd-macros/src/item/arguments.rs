//! What stands in the parentheses of `#[differentiable(…)]`, on an item and on the methods inside it.

use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use syn::parse::Parser;

/// What stands in the attribute's parentheses.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) no_gradient: Vec<Ident>,
    pub(super) rule: Option<syn::Path>,
    /// Whether the function calls itself through others.
    pub(super) recursive: bool,
    /// The word that asks for a pullback that keeps nothing, and runs the function again.
    pub(super) checkpoint: Option<Ident>,
    /// Whether a method of an annotated `impl` or trait has no pullback.
    pub(super) skip: bool,
    /// The type of an annotated `impl`.
    pub(super) owner: Option<syn::Type>,
    /// What the pullbacks of an annotated `impl` need of its type parameters.
    pub(super) outer_bounds: Vec<TokenStream>,
}

pub(super) fn parse_arguments(tokens: TokenStream, errors: &mut Errors) -> Arguments {
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

/// The arguments of a method inside an annotated `impl` or trait: those of its own attribute, which
/// is taken away, or those of the whole. `None` if the method is skipped.
pub(super) fn own_arguments(
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
