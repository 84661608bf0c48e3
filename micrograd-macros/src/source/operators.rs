//! Which `impl` of an operator gives its rule. Rules are for operands behind any references, so `&a + &b` has that of `a + b`, and
//! of several `impl`s that are annotated only one may give it.

use super::file::Source;
use quote::ToTokens;
use syn::{ItemImpl, Type};

impl Source {
    pub(super) fn gives_rule(&self, block: &ItemImpl) -> bool {
        let same = |other: &ItemImpl| operands(other, true) == operands(block, true);
        let alike: Vec<ItemImpl> = self.annotated_impls().filter(same).collect();
        let by_value = |other: &&ItemImpl| operands(other, true) == operands(other, false);
        let chosen = alike.iter().find(by_value).or(alike.first());
        chosen.is_none_or(|chosen| operands(chosen, false) == operands(block, false))
    }

    /// The heads of the `impl`s of traits that stand behind the attribute.
    fn annotated_impls(&self) -> impl Iterator<Item = ItemImpl> + '_ {
        self.code.match_indices("impl").filter_map(|(at, _)| {
            let before = self.code[..at].trim_end();
            let attribute = &before[before.rfind("#[")?..];
            if !attribute.ends_with(']') || !attribute.contains("differentiable") {
                return None;
            }
            let rest = &self.code[at..];
            let head = &rest[..rest.find('{')?];
            syn::parse_str(&format!("{head} {{}}")).ok()
        })
    }
}

/// The trait with its operands, as text, with or without the references.
fn operands(block: &ItemImpl, lent: bool) -> Option<[String; 3]> {
    let last = block.trait_.as_ref()?.0.segments.last()?;
    let right = match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            syn::GenericArgument::Type(ty) => ty,
            _ => return None,
        },
        _ => &*block.self_ty,
    };
    let text = |ty: &Type| match lent {
        true => crate::lifetimes::without_references(ty)
            .to_token_stream()
            .to_string(),
        false => crate::lifetimes::replaced(ty, |_| true)
            .to_token_stream()
            .to_string(),
    };
    let right = match text(right).as_str() {
        "Self" => text(&block.self_ty),
        other => other.to_string(),
    };
    Some([last.ident.to_string(), text(&block.self_ty), right])
}
