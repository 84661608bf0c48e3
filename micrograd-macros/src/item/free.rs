//! A method of a foreign trait as a free function: `self` is a parameter, `Self` the type, `Self::Output` the result's. In come the
//! method and the head of the function, out go the function, all that stands beside one, and the rules that call its rule.

use super::arguments::Arguments;
use super::pipeline::function_items;
use crate::emit::Place;
use crate::errors::Errors;
use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{quote, ToTokens};
use syn::{Block, ImplItem, ImplItemFn, ItemImpl, PathArguments, Signature, Type, Visibility};

/// A method as a function with this head; where this `impl` gives the rule, also what `rules` makes of the function's name.
// Out:  const _: () = { fn micrograd_operator(…) -> V { … }  …  impl MulRule<f64> for V { … } };
pub(super) fn freed(
    arguments: &Arguments,
    block: &ItemImpl,
    method: &ImplItemFn,
    head: TokenStream,
    rules: impl FnOnce(&Ident) -> TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let body = replaced(method.block.to_token_stream(), block);
    let parsed =
        syn::parse2::<Signature>(head).and_then(|sig| Ok((sig, syn::parse2::<Block>(body)?)));
    let (sig, body) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            errors.add(error);
            return TokenStream::new();
        }
    };
    let vis = Visibility::Inherited;
    let items = function_items(arguments, &vis, &sig, Some(&body), Place::Free, errors);
    let rules = crate::source::gives_rule(block).then(|| rules(&sig.ident));
    quote! {
        #[allow(dead_code, clippy::all, missing_docs, unnameable_types)]
        const _: () = {
            #sig #body
            #items
            #rules
        };
    }
}

/// What `Output` is.
pub(super) fn result(block: &ItemImpl) -> Option<&Type> {
    block.items.iter().find_map(|item| match item {
        ImplItem::Type(ty) if ty.ident == "Output" => Some(&ty.ty),
        _ => None,
    })
}

pub(super) fn self_ident(span: Span) -> Ident {
    Ident::new("micrograd_self", span.resolved_at(Span::mixed_site()))
}

/// Code of a method as that of a free function: `self` is a parameter, `Self` the type.
pub(super) fn replaced(code: TokenStream, block: &ItemImpl) -> TokenStream {
    let mut tokens = code.into_iter();
    let mut output = TokenStream::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), replaced(group.stream(), block));
                inner.set_span(group.span());
                output.extend([TokenTree::Group(inner)]);
            }
            TokenTree::Ident(ident) if ident == "self" && !leads_a_path(&tokens) => {
                output.extend(self_ident(ident.span()).into_token_stream());
            }
            TokenTree::Ident(ident) if ident == "Self" => {
                let mut ahead = tokens.clone();
                let next = [(); 3].map(|()| ahead.next().map(|token| token.to_string()));
                let is_output = next
                    .each_ref()
                    .map(|token| token.as_deref().unwrap_or_default())
                    == [":", ":", "Output"];
                match result(block).filter(|_| is_output) {
                    Some(ty) => {
                        output.extend(replaced(ty.to_token_stream(), block));
                        tokens = ahead;
                    }
                    None => output.extend(owner(block)),
                }
            }
            TokenTree::Literal(literal) => output.extend([renamed(literal)]),
            token => output.extend([token]),
        }
    }
    output
}

/// A format text that names `self`, by the name of the parameter.
fn renamed(literal: Literal) -> TokenTree {
    let text = literal.to_string();
    let named = text
        .replace("{self}", "{micrograd_self}")
        .replace("{self:", "{micrograd_self:");
    match named.parse::<Literal>() {
        Ok(mut renamed) if named != text => {
            renamed.set_span(literal.span().resolved_at(Span::mixed_site()));
            renamed.into()
        }
        _ => literal.into(),
    }
}

/// Whether `::` comes next: `self` is a module then.
fn leads_a_path(rest: &proc_macro2::token_stream::IntoIter) -> bool {
    let mut rest = rest.clone();
    let next = [(); 2].map(|()| rest.next().map(|token| token.to_string()));
    next == [Some(":".to_string()), Some(":".to_string())]
}

/// The implementing type, as it may stand in types and in expressions.
fn owner(block: &ItemImpl) -> TokenStream {
    let Type::Path(path) = &*block.self_ty else {
        return block.self_ty.to_token_stream();
    };
    let mut path = path.clone();
    for segment in &mut path.path.segments {
        if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
            arguments.colon2_token.get_or_insert_default();
        }
    }
    path.into_token_stream()
}
