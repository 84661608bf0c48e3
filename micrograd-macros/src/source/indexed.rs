//! `impl`s of the standard library's traits for the file's own types, above all of `Index`. In come the name of a type and the
//! module, out go the `impl`s for it there, as they are written.

use super::file::{end_of, Source};
use super::scan::{modules, Code};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeMap;
use std::ops::Range;
use syn::{ImplItem, ItemImpl, Type};

impl Source {
    /// The `impl`s of `Index` in a module for a type that is declared there; none if one is not understood, or if `IndexMut` leads
    /// elsewhere.
    pub(super) fn index_impls(&self, name: &str, module: &[String]) -> Option<Vec<ItemImpl>> {
        if !self.declares_here(name, module) {
            return None;
        }
        let found: Vec<ItemImpl> = self.impls("Index", name, module)?;
        let mutable = self.impls("IndexMut", name, module)?;
        let leads_elsewhere = |changing: &ItemImpl| {
            let own = found
                .iter()
                .filter(|block| arguments(block) == arguments(changing));
            own.map(body).collect::<Vec<_>>() != [body(changing)]
        };
        (!mutable.iter().any(leads_elsewhere)).then_some(found)
    }

    /// Whether a module declares the one struct of this name in the file.
    pub(super) fn declares_here(&self, name: &str, module: &[String]) -> bool {
        let mut found = self.declarations("struct", name);
        let (Some(at), None) = (found.next(), found.next()) else {
            return false;
        };
        modules(&self.code[..at]) == (module.to_vec(), true)
    }

    /// What stands in the file where this is the code.
    fn written(&self, code: Range<usize>) -> String {
        let mut chars = Code(self.text.chars().collect(), 0);
        let (mut at, mut from) = (0, 0);
        while at < code.end {
            if at == code.start {
                from = chars.1;
            }
            match chars.next_char() {
                Some(c) => at += c.len_utf8(),
                None => break,
            }
        }
        chars.0[from..chars.1].iter().collect()
    }

    /// The `impl`s of one trait in a module for one type; none if one is not understood.
    pub(super) fn impls(
        &self,
        name: &str,
        owner: &str,
        module: &[String],
    ) -> Option<Vec<ItemImpl>> {
        let (head, mut found) = (format!("{name}<"), BTreeMap::new());
        for (at, _) in self.code.match_indices(&head) {
            let goes_on = |c: char| c.is_alphanumeric() || c == '_';
            // The name may have a path before it, and the `impl` parameters.
            let start = self.code[..at].rfind("impl");
            let Some(start) = start.filter(|_| !self.code[..at].ends_with(goes_on)) else {
                continue;
            };
            let rest = &self.code[start..];
            let Some(open) = end_of(rest, "{;").filter(|open| start + open > at) else {
                continue;
            };
            let is_item = rest[open..].starts_with('{')
                && modules(&self.code[..start]) == (module.to_vec(), true);
            if !is_item || !rest[..open].contains(owner) || found.contains_key(&start) {
                continue;
            }
            let end = start + open + end_of_block(&rest[open..])?;
            let block: ItemImpl = syn::parse_str(&self.written(start..end)).ok()?;
            found.insert(start, block);
        }
        let is_one = |block: &ItemImpl| {
            let of = block
                .trait_
                .as_ref()
                .and_then(|(path, _)| path.segments.last());
            let is_for = matches!(&*block.self_ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == owner));
            is_for && of.is_some_and(|last| last.ident == name)
        };
        Some(found.into_values().filter(is_one).collect())
    }
}

/// Where the first braces end.
fn end_of_block(text: &str) -> Option<usize> {
    let mut braces = 0_i32;
    let end = text.find(|c: char| {
        braces += i32::from(c == '{') - i32::from(c == '}');
        braces == 0 && c == '}'
    });
    end.map(|end| end + 1)
}

/// The arguments of the trait, as text.
fn arguments(block: &ItemImpl) -> Option<String> {
    let last = block.trait_.as_ref()?.0.segments.last()?;
    Some(last.arguments.to_token_stream().to_string())
}

/// What the index is called, and the body of the method, without `mut`.
fn body(block: &ItemImpl) -> Option<Vec<String>> {
    let method = block.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    })?;
    let mut found = Vec::new();
    for param in method.sig.inputs.iter().skip(1) {
        words(param.to_token_stream(), &mut found);
    }
    words(method.block.to_token_stream(), &mut found);
    Some(found)
}

fn words(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                found.push(format!("{:?}", group.delimiter()));
                words(group.stream(), found);
                found.push("end".to_string());
            }
            TokenTree::Ident(ident) if ident == "mut" => {}
            token => found.push(token.to_string()),
        }
    }
}
