//! What the file imports. In comes a name, out goes the path that every `use` of it brings under it.
//!
// In:   use a::{b as c};  c
// Out:  a::b

use super::file::Source;

impl Source {
    /// The path that all `use` of a name in the file bring under it.
    pub(super) fn imported(&self, name: &str) -> Option<Vec<String>> {
        let starts = self.code.match_indices("use ").map(|(at, _)| at);
        let whole = starts
            .filter(|at| !self.code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
        let mut found = Vec::new();
        for at in whole {
            let rest = &self.code[at..];
            let end = rest.find(';').map_or(rest.len(), |end| end + 1);
            if let Ok(item) = syn::parse_str::<syn::ItemUse>(&rest[..end]) {
                imports(&item.tree, &mut Vec::new(), name, &mut found);
            }
        }
        let first = found.first()?.clone();
        found.iter().all(|other| *other == first).then_some(first)
    }
}

/// The paths that a `use` brings under a name.
fn imports(tree: &syn::UseTree, path: &mut Vec<String>, name: &str, found: &mut Vec<Vec<String>>) {
    let (own, known) = match tree {
        syn::UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            imports(&inner.tree, path, name, found);
            path.pop();
            return;
        }
        syn::UseTree::Group(group) => {
            (group.items.iter()).for_each(|inner| imports(inner, path, name, found));
            return;
        }
        syn::UseTree::Name(own) => (&own.ident, &own.ident),
        syn::UseTree::Rename(own) => (&own.ident, &own.rename),
        syn::UseTree::Glob(_) => return,
    };
    let is_self = own == "self";
    let known = match path.last() {
        Some(last) if is_self && known == "self" => last.clone(),
        _ => known.to_string(),
    };
    if known == name {
        let last = (!is_self).then(|| own.to_string());
        found.push(path.iter().cloned().chain(last).collect());
    }
}
