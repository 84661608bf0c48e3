//! The types and bounds in the signatures of emitted functions.

use crate::signature::{Parameter, Passing};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Generics, Type, TypeParamBound};

/// The tangent type of `ty`, spelled at the user's type.
pub(super) fn tangent_of(ty: &Type) -> TokenStream {
    let owned = crate::lifetimes::without_references(ty);
    let ty = crate::lifetimes::replaced(&owned, |name| name == "_");
    quote_spanned!(ty.span()=> <#ty as ::micrograd_core::Differentiable>::Tangent)
}

pub(super) fn cotangent_type(output: Option<&Type>) -> TokenStream {
    output.map_or_else(|| quote!(::micrograd_core::NoTangent), tangent_of)
}

/// The type of the cotangent that a user receives for a parameter.
pub(super) fn returned_type(param: &Parameter) -> TokenStream {
    if param.excluded {
        return quote!(::micrograd_core::NoTangent);
    }
    tangent_of(&param.ty)
}

/// What the accumulator of a parameter points to. An excluded parameter of numbers keeps its own,
/// which callers have; of any other type it need not have a tangent at all.
pub(super) fn accumulator_type(param: &Parameter) -> TokenStream {
    if param.tangentless || param.excluded && !is_of_numbers(&param.ty) {
        return quote!(::micrograd_core::NoTangent);
    }
    match (&param.ty, param.passing) {
        (Type::Slice(slice), Passing::Shared | Passing::Exclusive) => {
            let element = tangent_of(&slice.elem);
            quote!([#element])
        }
        (ty, _) => tangent_of(ty),
    }
}

/// Whether a type is written as numbers, or sequences of them.
pub(super) fn is_of_numbers(ty: &Type) -> bool {
    match ty {
        Type::Slice(slice) => is_of_numbers(&slice.elem),
        Type::Array(array) => is_of_numbers(&array.elem),
        Type::Reference(reference) => is_of_numbers(&reference.elem),
        ty => crate::lower::is_number(ty),
    }
}

/// Whether a type surely has a tangent: one of nalgebra's, or one that the file derives it for.
pub(super) fn is_known(ty: &Type) -> bool {
    const NALGEBRA: [&str; 6] = [
        "Matrix", "Vector", "DMatrix", "DVector", "SMatrix", "SVector",
    ];
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last().map(|last| last.ident.to_string());
    last.is_some_and(|name| {
        let stem = name.trim_end_matches(|c: char| c.is_numeric() || c == 'x');
        NALGEBRA.contains(&stem) || crate::source::derives_tangent(&name)
    })
}

/// Whether a type is written as one that lends nothing: a name without parameters, or what owns such.
pub(super) fn is_owned(ty: &Type) -> bool {
    const OWNERS: [&str; 4] = ["Vec", "Option", "Result", "Box"];
    let owned = |arguments: &syn::PathArguments| match arguments {
        syn::PathArguments::None => true,
        syn::PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().all(|argument| match argument {
                syn::GenericArgument::Type(ty) => is_owned(ty),
                _ => false,
            })
        }
        syn::PathArguments::Parenthesized(_) => false,
    };
    match ty {
        Type::Paren(paren) => is_owned(&paren.elem),
        Type::Array(array) => is_owned(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_owned),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let is_owner = OWNERS.contains(&last.ident.to_string().as_str());
            let is_plain = is_owner || last.arguments.is_none();
            path.qself.is_none() && (is_known(ty) || is_plain && owned(&last.arguments))
        }),
        _ => false,
    }
}

/// The types inside a type of which it is not known whether they have a tangent.
pub(super) fn leaves<'t>(ty: &'t Type, generics: &Generics, found: &mut Vec<&'t Type>) {
    match ty {
        Type::Paren(paren) => leaves(&paren.elem, generics, found),
        Type::Reference(reference) => leaves(&reference.elem, generics, found),
        Type::Slice(slice) => leaves(&slice.elem, generics, found),
        Type::Array(array) => leaves(&array.elem, generics, found),
        Type::Tuple(tuple) => {
            let elements = tuple.elems.iter();
            elements.for_each(|element| leaves(element, generics, found));
        }
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return;
            };
            let is_own = generics
                .type_params()
                .any(|param| path.path.is_ident(&param.ident));
            let name = last.ident.to_string();
            if is_own || crate::lower::is_number(ty) || name == "str" || name == "String" {
                return;
            }
            match &last.arguments {
                syn::PathArguments::AngleBracketed(arguments)
                    if ["Vec", "Option", "Box"].contains(&name.as_str()) =>
                {
                    for argument in &arguments.args {
                        if let syn::GenericArgument::Type(inner) = argument {
                            leaves(inner, generics, found);
                        }
                    }
                }
                _ => found.push(ty),
            }
        }
        _ => found.push(ty),
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
            predicates.extend(conversions(ident, generics, &param.bounds));
        } else if bounds.iter().any(|name| OPERATORS.contains(&name.as_str())) {
            let tangent = quote!(<#ident as ::micrograd_core::Differentiable>::Tangent);
            predicates.push(quote! {
                #ident: ::micrograd_core::Differentiable<Base = #ident, Accumulator = #tangent>
            });
            let operators = bounds
                .iter()
                .filter(|name| OPERATORS.contains(&name.as_str()));
            predicates.extend(operators.map(|name| {
                let rule = quote::format_ident!("{name}Rule");
                quote!(#ident: ::micrograd_core::rules::operator::#rule<Output = #tangent>)
            }));
        } else if bounds.iter().any(|name| name == "CloneRule") {
            // A function.
            let tangent = quote!(<#ident as ::micrograd_core::Differentiable>::Tangent);
            predicates
                .push(quote!(#ident: ::micrograd_core::Differentiable<Accumulator = #tangent>));
        } else if !bounds.iter().any(|name| name.starts_with("Fn")) {
            predicates.push(quote!(#ident: ::micrograd_core::Differentiable));
        }
    }
    predicates
}

/// The operators as bounds.
const OPERATORS: [&str; 6] = ["Add", "Sub", "Mul", "Div", "Rem", "Neg"];

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

/// `T: Into<f64>` of numbers needs the rule of the conversion.
fn conversions<'b>(
    ident: &'b Ident,
    generics: &'b Generics,
    inline: impl IntoIterator<Item = &'b TypeParamBound>,
) -> Vec<TokenStream> {
    let bounds = inline.into_iter().chain(bounds_in_where(ident, generics));
    let targets = bounds.filter_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let last = bound
            .path
            .segments
            .last()
            .filter(|last| last.ident == "Into")?;
        match &last.arguments {
            syn::PathArguments::AngleBracketed(arguments) => arguments.args.first(),
            _ => None,
        }
    });
    targets
        .map(|target| quote!(#ident: ::micrograd_core::rules::convert::IntoRule<#target>))
        .collect()
}

/// The bounds of a type parameter in the `where` clause.
fn bounds_in_where<'b>(
    ident: &'b Ident,
    generics: &'b Generics,
) -> impl Iterator<Item = &'b TypeParamBound> {
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    predicates
        .filter_map(move |predicate| match predicate {
            syn::WherePredicate::Type(predicate) => {
                let is_own =
                    matches!(&predicate.bounded_ty, Type::Path(path) if path.path.is_ident(ident));
                is_own.then_some(&predicate.bounds)
            }
            _ => None,
        })
        .flatten()
}

/// Whether a type is a parameter of which the file tells that a trait it is bound by declares a method.
pub(super) fn is_bound_to_have(ty: &Type, method: &str, generics: &Generics) -> bool {
    let Type::Path(path) = ty else { return false };
    let mut params = generics.type_params();
    params.any(|param| {
        let names = bound_names(&param.ident, generics, &param.bounds);
        let declares = |name: &String| crate::source::trait_declares(name, method);
        path.path.is_ident(&param.ident) && names.iter().any(declares)
    })
}

/// The last names of the bounds of a type parameter, also those in the `where` clause.
fn bound_names<'b>(
    ident: &'b Ident,
    generics: &'b Generics,
    inline: impl IntoIterator<Item = &'b TypeParamBound>,
) -> Vec<String> {
    let bounds = inline.into_iter().chain(bounds_in_where(ident, generics));
    bounds.filter_map(bound_name).collect()
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
