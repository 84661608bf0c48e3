//! The types and bounds in the signatures of emitted functions.

use crate::signature::{Parameter, Passing};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Generics, Type, TypeParamBound};

pub(super) fn tangent_of(ty: &Type) -> TokenStream {
    quote!(<#ty as ::micrograd_core::Differentiable>::Tangent)
}

pub(super) fn cotangent_type(output: Option<&Type>) -> TokenStream {
    output.map_or_else(|| quote!(::micrograd_core::NoTangent), tangent_of)
}

/// The type of the cotangent that a user receives for a parameter.
pub(super) fn returned_type(param: &Parameter) -> TokenStream {
    if param.is_excluded() {
        return quote!(::micrograd_core::NoTangent);
    }
    tangent_of(&param.ty)
}

/// What the accumulator of a parameter points to.
pub(super) fn accumulator_type(param: &Parameter) -> TokenStream {
    match (&param.ty, param.passing) {
        (Type::Slice(slice), Passing::Shared | Passing::Exclusive) if !param.is_excluded() => {
            let element = tangent_of(&slice.elem);
            quote!([#element])
        }
        _ => returned_type(param),
    }
}

/// The bounds that the derivative needs of type parameters.
pub fn needed_bounds(generics: &Generics) -> Vec<TokenStream> {
    let mut predicates = Vec::new();
    for param in generics.type_params() {
        let ident = &param.ident;
        let bounds = bound_names(ident, generics, &param.bounds);
        if bounds.iter().any(|name| NUMERIC.contains(&name.as_str())) {
            predicates.push(quote!(#ident: ::micrograd_core::ScalarRules));
        } else if !bounds.iter().any(|name| name.starts_with("Fn")) {
            predicates.push(quote!(#ident: ::micrograd_core::Differentiable));
        }
    }
    predicates
}

/// Bounds that only numbers have.
const NUMERIC: [&str; 14] = [
    "Scalar",
    "Float",
    "FloatCore",
    "FloatConst",
    "Real",
    "RealField",
    "ComplexField",
    "Num",
    "NumCast",
    "NumAssign",
    "Signed",
    "FromPrimitive",
    "ToPrimitive",
    "SimdRealField",
];

/// The last names of the bounds of a type parameter, also those in the `where` clause.
fn bound_names<'b>(
    ident: &Ident,
    generics: &'b Generics,
    inline: impl IntoIterator<Item = &'b TypeParamBound>,
) -> Vec<String> {
    let mut names: Vec<String> = inline.into_iter().filter_map(bound_name).collect();
    for predicate in generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates)
    {
        if let syn::WherePredicate::Type(predicate) = predicate {
            if matches!(&predicate.bounded_ty, Type::Path(path) if path.path.is_ident(ident)) {
                names.extend(predicate.bounds.iter().filter_map(bound_name));
            }
        }
    }
    names
}

fn bound_name(bound: &TypeParamBound) -> Option<String> {
    match bound {
        TypeParamBound::Trait(bound) => bound
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string()),
        _ => None,
    }
}
