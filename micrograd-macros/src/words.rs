//! The words of a piece of code. In comes code, out goes whether it speaks of a name, wherever that stands.

use proc_macro2::Ident;
use quote::ToTokens;
use std::collections::HashSet;

/// All names and keywords in it.
pub fn words(code: &impl ToTokens) -> HashSet<String> {
    let text = code.to_token_stream().to_string();
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.map(ToString::to_string).collect()
}

/// Whether it speaks of one of these names.
pub fn speaks_of<'n>(code: &impl ToTokens, names: impl IntoIterator<Item = &'n Ident>) -> bool {
    let words = words(code);
    let mut names = names.into_iter();
    names.any(|name| words.contains(&name.to_string()))
}
