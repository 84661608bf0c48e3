//! What is made of numbers alone. In comes the name of an alias, a function or a field, out goes its type, if all declarations
//! of the name in the file agree on one, and if it is `f64`, `[f64; 3]`, `Vec<(f32, u8)>` or the like.
//!
//! Of any other type nothing is said: its name may stand for another one where it is used.

use super::file::{end_of, Source};
use super::tangents::excludes;

impl Source {
    /// The type behind `type name =`, if the file means nothing else by the name: no associated type, no
    /// struct, no type parameter, no other alias.
    pub(super) fn alias(&self, name: &str) -> Option<syn::Type> {
        let is_other = |keyword| self.declares(keyword, name);
        if !is_other("type") || is_other("struct") || is_other("enum") || self.is_bounded(name) {
            return None;
        }
        let types = self.declarations("type", name).map(|at| {
            let rest = self.code[at + "type ".len() + name.len()..].trim_start();
            let rest = rest.strip_prefix('=')?;
            syn::parse_str(&rest[..end_of(rest, ";")?]).ok()
        });
        agreed(types)
    }

    /// The type that all free functions of this name return, if it is made of numbers alone.
    pub(super) fn returned(&self, name: &str) -> Option<syn::Type> {
        if !self.declares("fn", name) {
            return None;
        }
        let types = self.declarations("fn", name).map(|at| {
            let rest = &self.code[at..];
            let head: syn::Signature = syn::parse_str(&rest[..end_of(rest, "{;")?]).ok()?;
            match head.output {
                syn::ReturnType::Type(_, ty) if !is_generic(&head.generics, &ty) => Some(*ty),
                _ => None,
            }
        });
        // Of what may fail the success is used.
        self.of_numbers(agreed(types)?)
            .filter(|ty| !crate::lower::is_option_type(ty))
    }

    /// The type of a field of the one struct of this name, if it is made of numbers alone.
    pub(super) fn field(&self, owner: &str, member: &syn::Member) -> Option<syn::Type> {
        let (field, generics) = self.declared_field(owner, member)?;
        // The tangent of an excluded field is none of numbers.
        if is_generic(&generics, &field.ty) || excludes(&field) {
            return None;
        }
        self.of_numbers(field.ty)
    }

    /// A field of the one struct of this name, and the struct's parameters.
    pub(super) fn declared_field(
        &self,
        owner: &str,
        member: &syn::Member,
    ) -> Option<(syn::Field, syn::Generics)> {
        let heads = format!("struct {owner}");
        let mut found = self.code.match_indices(&heads).filter_map(|(at, _)| {
            let rest = &self.code[at..];
            let is_name = rest[heads.len()..].starts_with([' ', '<', '(', '{']);
            let end = end_of(rest, "};").filter(|_| is_name)?;
            syn::parse_str::<syn::ItemStruct>(&rest[..=end]).ok()
        });
        let (item, None) = (found.next()?, found.next()) else {
            return None;
        };
        let field = match member {
            syn::Member::Named(name) => {
                let mut fields = item.fields.into_iter();
                fields.find(|field| field.ident.as_ref() == Some(name))?
            }
            syn::Member::Unnamed(index) => item.fields.into_iter().nth(index.index as usize)?,
        };
        Some((field, item.generics))
    }

    /// A type that is made of numbers alone, without aliases at the top. Of any other type nothing is said,
    /// since the name may stand for another one where it is used.
    pub(super) fn of_numbers(&self, ty: syn::Type) -> Option<syn::Type> {
        let ty = match &ty {
            syn::Type::Path(path) => match path.path.get_ident() {
                Some(ident) => self.alias(&ident.to_string()).unwrap_or(ty),
                None => ty,
            },
            _ => ty,
        };
        is_of_numbers(&ty).then_some(ty)
    }

    /// Whether a type parameter of this name has bounds: `T: Float`.
    fn is_bounded(&self, name: &str) -> bool {
        self.code.match_indices(name).any(|(at, _)| {
            let (before, rest) = (&self.code[..at], &self.code[at + name.len()..]);
            let rest = rest.trim_start();
            let goes_on = |c: char| c.is_alphanumeric() || c == '_';
            !before.ends_with(goes_on) && rest.starts_with(':') && !rest.starts_with("::")
        })
    }
}

/// What all of several types are.
fn agreed(mut types: impl Iterator<Item = Option<syn::Type>>) -> Option<syn::Type> {
    let first = types.next()??;
    let text = |ty: &syn::Type| quote::quote!(#ty).to_string();
    let same = types.all(|ty| ty.as_ref().map(text) == Some(text(&first)));
    same.then_some(first)
}

/// Whether a type speaks of a parameter of these generics, which means nothing elsewhere.
pub(super) fn is_generic(generics: &syn::Generics, ty: &syn::Type) -> bool {
    let types = generics.type_params().map(|param| &param.ident);
    let constants = generics.const_params().map(|param| &param.ident);
    crate::words::speaks_of(ty, types.chain(constants))
}

fn is_of_numbers(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Array(array) => is_of_numbers(&array.elem),
        syn::Type::Slice(slice) => is_of_numbers(&slice.elem),
        syn::Type::Tuple(tuple) => !tuple.elems.is_empty() && tuple.elems.iter().all(is_of_numbers),
        syn::Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| match &last.arguments {
                syn::PathArguments::None => crate::lower::is_number(ty),
                syn::PathArguments::AngleBracketed(arguments)
                    if last.ident == "Vec" || last.ident == "Option" =>
                {
                    let inner = arguments.args.first();
                    matches!(inner, Some(syn::GenericArgument::Type(ty)) if is_of_numbers(ty))
                }
                _ => false,
            })
        }
        _ => false,
    }
}
