//! What only the source file tells: whether a function stands in an `impl`, whether a name is that of a
//! function or of a constant, what an alias stands for, which parameters of a function are lent, and which
//! functions and fields are of numbers. In comes a name, out goes what all declarations of it agree on.
//! Here are the questions that other passes ask; a file for each subject has the answers.
//!
//! An attribute sees the item alone. A function without `self` and `Self` may stand in a module or in
//! an `impl`, and what may stand beside it differs. The text before it tells: which brace is still open,
//! and what stands before that brace. Where the compiler does not say where the item is, a function is
//! taken to be free.

mod file;
mod imports;
mod indexed;
mod numbers;
mod operators;
mod scan;
mod tangents;
#[cfg(test)]
mod tests;

use file::Source;
use scan::{before, innermost, modules, opens_impl, owner_in};
pub use tangents::excludes;

/// Whether the item that is being expanded stands directly in an `impl` or trait.
pub fn is_in_impl() -> bool {
    if !proc_macro::is_available() {
        return false;
    }
    let span = proc_macro::Span::call_site();
    let (line, column) = (span.line(), span.column());
    // An item that is not indented stands in no braces.
    let source = (column > 1).then(Source::current).flatten();
    source.is_some_and(|source| opens_impl(&before(&source.text, line, column)))
}

/// Whether a name that is handed to a function as a value is that of another function: not if the file
/// that is being expanded declares a constant of this name. A name that is lent as `&name` is taken for a
/// constant unless the file declares a function.
pub fn names_function(name: &str, lent: bool) -> bool {
    Source::current().is_some_and(|source| {
        if lent {
            return source.declares("fn", name);
        }
        let is_constant = |keyword| source.declares(keyword, name);
        !["const", "static", "mut"].into_iter().any(is_constant)
    })
}

/// Whether the file that is being expanded declares a function of this name.
pub fn declares_function(name: &str) -> bool {
    Source::current().is_some_and(|source| source.declares("fn", name))
}

/// Whether the file that is being expanded declares a function of this name whose parameter at `position`
/// is a shared reference.
pub fn borrows(name: &str, position: usize) -> bool {
    Source::current().is_some_and(|source| source.borrows(name, position))
}

/// Whether the file that is being expanded declares an alias of this name.
pub fn declares_alias(name: &str) -> bool {
    Source::current().is_some_and(|source| source.declares("type", name))
}

/// Whether the file that is being expanded declares a trait of this name.
pub fn declares_trait(name: &str) -> bool {
    Source::current().is_some_and(|source| source.declares("trait", name))
}

/// Whether of all the annotated `impl`s of one operator for the same operands, lent or not, this is the one that gives the
/// rule: one that takes both by value, or else the first.
pub fn gives_rule(block: &syn::ItemImpl) -> bool {
    let span = proc_macro::is_available().then(proc_macro::Span::call_site);
    let (Some(span), Some(source)) = (span, Source::current()) else {
        return true;
    };
    let before = before(&source.text, span.line(), span.column());
    source.gives_rule(block, &innermost(&before))
}

/// Whether all functions of this name in the file that is being expanded take `&mut self`.
pub fn changes_receiver(name: &str) -> bool {
    Source::current().is_some_and(|source| source.changes_receiver(name))
}

/// Whether the file that is being expanded declares a trait of this name with a method of that name.
pub fn trait_declares(name: &str, method: &str) -> bool {
    Source::current().is_some_and(|source| source.trait_declares(name, method))
}

/// The type that a function of this file returns, if it is made of numbers alone.
pub fn returned(name: &str) -> Option<syn::Type> {
    Source::current()?.returned(name)
}

/// The type of a field of a struct of this file, if it is made of numbers alone.
pub fn field(owner: &str, member: &syn::Member) -> Option<syn::Type> {
    Source::current()?.field(owner, member)
}

/// The type of a field of the one struct of this name in this file, as it is written.
pub fn declared_field(owner: &str, member: &syn::Member) -> Option<syn::Type> {
    let (field, _) = Source::current()?.declared_field(owner, member)?;
    Some(field.ty)
}

/// The name of the type that all functions of this name in this file return.
pub fn returned_name(function: &str) -> Option<String> {
    Source::current()?.returned_name(function)
}

/// The name of a type that is written without a module, with or without parameters.
pub fn bare_name(path: &syn::Path) -> Option<String> {
    let last = path.segments.first().filter(|_| path.segments.len() == 1)?;
    Some(last.ident.to_string())
}

/// Whether a field of a struct of this file is marked `#[no_gradient]`.
pub fn is_excluded(owner: &str, member: &syn::Member) -> bool {
    let field = Source::current().and_then(|source| source.declared_field(owner, member));
    field.is_some_and(|(field, _)| excludes(&field))
}

/// The modules of this file in which the item stands that is being expanded.
fn here(source: &Source) -> Option<Vec<String>> {
    let span = proc_macro::is_available().then(proc_macro::Span::call_site)?;
    Some(modules(&before(&source.text, span.line(), span.column())).0)
}

/// The `impl`s of `Index` for the one struct of this name in this file, if they and the struct stand where the function does, and
/// all are understood.
pub fn index_impls(name: &str) -> Option<Vec<syn::ItemImpl>> {
    let source = Source::current()?;
    source.index_impls(name, &here(&source)?)
}

/// The type of a field of the one struct of this name in this file, if it stands where the function does and the type speaks of no
/// parameter of the struct.
pub fn field_here(owner: &str, member: &syn::Member) -> Option<syn::Type> {
    let source = Source::current()?;
    if !source.declares_here(owner, &here(&source)?) {
        return None;
    }
    let (field, generics) = source.declared_field(owner, member)?;
    (!numbers::is_generic(&generics, &field.ty)).then_some(field.ty)
}

/// Whether the `impl` of a conversion is the only one, as far as this file tells, from a type and from references to it.
pub fn is_only_conversion(block: &syn::ItemImpl, owner: &str) -> bool {
    let source = Source::current();
    let module = source.as_ref().and_then(|source| here(source));
    let (Some(source), Some(module)) = (source, module) else {
        return true;
    };
    let alike = |other: &syn::ItemImpl| {
        operators::operands(other, true) == operators::operands(block, true)
    };
    let found = source.impls("From", owner, &module);
    found.is_none_or(|found| found.iter().filter(|other| alike(other)).count() <= 1)
}

/// A type as it is written, or what it stands for if that is made of numbers alone.
pub fn expanded(ty: &syn::Type) -> syn::Type {
    let of_numbers = Source::current().and_then(|source| source.of_numbers(ty.clone()));
    of_numbers.unwrap_or_else(|| ty.clone())
}

/// The name of the type in whose `impl` the item stands that is being expanded, if that has no parameters.
pub fn owner() -> Option<String> {
    let span = proc_macro::is_available().then(proc_macro::Span::call_site)?;
    let (line, column) = (span.line(), span.column());
    let source = (column > 1).then(Source::current).flatten()?;
    owner_in(&before(&source.text, line, column))
}

/// The names of a path from its crate on, as far as a `use` in the file that is being expanded tells them.
pub fn imported(path: &syn::Path) -> Vec<String> {
    let own = path.segments.iter();
    let own: Vec<String> = own.map(|segment| segment.ident.to_string()).collect();
    match Source::current().and_then(|source| source.imported(&own[0])) {
        Some(from) => from.into_iter().chain(own.into_iter().skip(1)).collect(),
        None => own,
    }
}

/// Whether the file that is being expanded derives a tangent for a type of this name.
pub fn derives_tangent(name: &str) -> bool {
    Source::current().is_some_and(|source| source.derives_tangent(name))
}

/// Whether this is a struct that borrows and derives a tangent, as far as the file that is being expanded tells.
pub fn is_borrowing(name: &str) -> bool {
    Source::current()
        .is_some_and(|source| source.derives_tangent(name) && source.is_borrowing(name))
}

/// Whether the file that is being expanded declares a type or alias of this name.
pub fn has_type_named(name: &str) -> bool {
    Source::current().is_some_and(|source| {
        ["type", "struct", "enum"]
            .iter()
            .any(|keyword| source.declares(keyword, name))
    })
}

/// Whether a type is a struct or enum without parameters that the file declares.
pub fn declares_plain_type(ty: &syn::Type) -> bool {
    let syn::Type::Path(path) = ty else {
        return false;
    };
    let name = path.path.get_ident().map(ToString::to_string);
    name.is_some_and(|name| {
        Source::current().is_some_and(|source| source.declares_plain_type(&name))
    })
}

/// Whether the file that is being expanded says with `no_tangent!` that this type has no tangent.
pub fn has_no_tangent(ty: &syn::Type) -> bool {
    let syn::Type::Path(path) = ty else {
        return false;
    };
    let name = path.path.get_ident().map(ToString::to_string);
    name.is_some_and(|name| Source::current().is_some_and(|source| source.has_no_tangent(&name)))
}

/// The type that an alias without parameters stands for, if the file that is being expanded declares it.
pub fn alias(name: &str) -> Option<syn::Type> {
    Source::current()?.alias(name)
}
