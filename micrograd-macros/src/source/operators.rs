//! Which `impl` of an operator gives its rule. Rules are for operands behind any references, so `&a + &b` has that of `a + b`, and
//! of several `impl`s that are annotated only one may give it.

use super::file::Source;
use super::scan::innermost;
use quote::ToTokens;
use syn::{ItemImpl, Type};

impl Source {
    /// `module` is what is open where the `impl` stands.
    pub(super) fn gives_rule(&self, block: &ItemImpl, module: &Option<Vec<String>>) -> bool {
        let same = |other: &ItemImpl| operands(other, true) == operands(block, true);
        let alike: Vec<ItemImpl> = self.annotated_impls(module).filter(same).collect();
        let by_value = |other: &&ItemImpl| operands(other, true) == operands(other, false);
        let chosen = alike.iter().find(by_value).or(alike.first());
        chosen.is_none_or(|chosen| operands(chosen, false) == operands(block, false))
    }

    /// The heads of the `impl`s of traits in a module that stand behind the attribute.
    fn annotated_impls<'s>(
        &'s self,
        module: &'s Option<Vec<String>>,
    ) -> impl Iterator<Item = ItemImpl> + 's {
        self.code.match_indices("impl").filter_map(move |(at, _)| {
            let mut before = self.code[..at].trim_end();
            let mut annotated = false;
            while let (true, Some(start)) = (before.ends_with(']'), before.rfind("#[")) {
                annotated |= before[start..].contains("differentiable");
                before = before[..start].trim_end();
            }
            if !annotated || innermost(before) != *module {
                return None;
            }
            let rest = &self.code[at..];
            let head = &rest[..rest.find('{')?];
            syn::parse_str(&format!("{head} {{}}")).ok()
        })
    }
}

/// The trait with its operands, as text, with or without the references.
pub(super) fn operands(block: &ItemImpl, lent: bool) -> Option<[String; 3]> {
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
    let parameters: Vec<String> = (block.generics.type_params())
        .map(|param| param.ident.to_string())
        .collect();
    let numbered = |text: String| {
        let words = text.split(' ').map(|word| {
            let position = parameters.iter().position(|param| param == word);
            position.map_or(word.to_string(), |position| format!("#{position}"))
        });
        words.collect::<Vec<_>>().join(" ")
    };
    let operands = [text(&block.self_ty), right].map(numbered);
    let [left, right] = operands;
    Some([last.ident.to_string(), left, right])
}
