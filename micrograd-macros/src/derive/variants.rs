//! `#[derive(Differentiable)]` on an enum: a tangent type with the same variants, and one more for the
//! zero of a value whose variant is not known.
//!
// In:   enum Shape { Circle(f64), Box { w: f64, h: f64 } }
// Out:  enum ShapeTangent { Circle(f64), Box { w: f64, h: f64 }, Shapeless }
//       with an accessor for each part: payload_Circle_0, payload_mut_Circle_0, …

use super::recursive::{is_boxed, is_boxed_field, made, tangent as own_tangent};
use super::{bounded, fields, shown, Field};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{DataEnum, DeriveInput, Fields, Member};

/// A variant with its fields.
struct Variant<'v> {
    ident: &'v Ident,
    fields: Vec<Field<'v>>,
    shape: &'v Fields,
}

impl Variant<'_> {
    /// The variables of its fields, with a prefix.
    fn names(&self, prefix: &str) -> Vec<Ident> {
        (0..self.fields.len())
            .map(|index| format_ident!("{prefix}{index}"))
            .collect()
    }

    /// The variant of `owner`, as a pattern or expression with these parts.
    fn with(&self, owner: &TokenStream, parts: &[impl ToTokens]) -> TokenStream {
        let ident = self.ident;
        match self.shape {
            Fields::Unit => quote!(#owner::#ident),
            Fields::Unnamed(_) => quote!(#owner::#ident(#(#parts),*)),
            Fields::Named(_) => {
                let members = self.fields.iter().map(|field| &field.member);
                quote!(#owner::#ident { #(#members: #parts),* })
            }
        }
    }

    /// The name of a field's accessors.
    fn accessor(&self, field: &Field<'_>) -> String {
        let member = match &field.member {
            Member::Named(ident) => ident.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        };
        format!("{}_{member}", self.ident.unraw())
    }
}

/// Expands the derive for an enum.
pub fn expand(input: &DeriveInput, data: &DataEnum) -> TokenStream {
    let variants: Vec<Variant<'_>> = (data.variants.iter())
        .map(|variant| Variant {
            ident: &variant.ident,
            fields: fields(&variant.fields),
            shape: &variant.fields,
        })
        .collect();
    let mut shapeless = "Shapeless".to_string();
    while variants.iter().any(|variant| variant.ident == &shapeless) {
        shapeless.push('_');
    }
    let shapeless = format_ident!("{shapeless}");
    let mut output = tangent_enum(input, &variants, &shapeless);
    output.extend(differentiable(input, &variants, &shapeless));
    output.extend(tangent(input, &variants, &shapeless));
    output.extend(accessors(input, &variants, &shapeless));
    output.extend(parameters(input, &variants));
    output
}

/// The type of a field in the tangent.
fn stored(field: &Field<'_>, input: &DeriveInput) -> TokenStream {
    let tangent = field.lent_tangent();
    if is_boxed_field(field, input) {
        quote!(::std::boxed::Box<#tangent>)
    } else {
        tangent
    }
}

fn tangent_enum(input: &DeriveInput, variants: &[Variant<'_>], shapeless: &Ident) -> TokenStream {
    let (vis, name) = (&input.vis, format_ident!("{}Tangent", input.ident));
    let generics = bounded(
        input,
        &input.generics,
        &quote!(::micrograd_core::Differentiable),
    );
    let (header, _, clause) = generics.split_for_impl();
    let doc = format!(
        "The tangent of [`{}`]: the tangents of the fields of each variant.",
        input.ident
    );
    let declared = variants.iter().map(|variant| {
        let (ident, types) = (variant.ident, variant.fields.iter().map(|field| stored(field, input)));
        let doc = format!("The tangent of `{ident}`.");
        match variant.shape {
            Fields::Unit => quote!(#[doc = #doc] #ident),
            Fields::Unnamed(_) => quote!(#[doc = #doc] #ident(#(#types),*)),
            Fields::Named(_) => {
                let members = variant.fields.iter().map(|field| &field.member);
                quote!(#[doc = #doc] #ident { #(#[doc = "The tangent of the field."] #members: #types),* })
            }
        }
    });
    quote! {
        #[doc = #doc]
        #vis enum #name #header #clause {
            #(#declared,)*
            /// The zero of a value whose variant is not known.
            #shapeless,
        }
    }
}

fn differentiable(input: &DeriveInput, variants: &[Variant<'_>], shapeless: &Ident) -> TokenStream {
    let (name, tangent) = (&input.ident, format_ident!("{}Tangent", input.ident));
    let generics = bounded(
        input,
        &input.generics,
        &quote!(::micrograd_core::Differentiable),
    );
    let (header, arguments, clause) = generics.split_for_impl();
    let zeros = |method: &str| {
        let method = format_ident!("{method}");
        let arms = variants.iter().map(|variant| {
            let names = variant.names("field");
            let parts: Vec<TokenStream> = (variant.fields.iter().zip(&names))
                .map(|(field, name)| match (field.excluded, is_boxed_field(field, input)) {
                    (true, _) => quote!(::micrograd_core::NoTangent),
                    (false, false) => quote!(::micrograd_core::Differentiable::#method(#name)),
                    (false, true) => {
                        quote!(::std::boxed::Box::new(::micrograd_core::Differentiable::#method(#name)))
                    }
                })
                .collect();
            let pattern = variant.with(&quote!(Self), &names);
            let value = made(variant.with(&quote!(#tangent), &parts), input);
            quote!(#pattern => #value)
        });
        quote!(match self { #(#arms,)* })
    };
    let (zero_tangent, accumulator) = (zeros("zero_tangent"), zeros("accumulator"));
    let (zero_tangent, accumulator) = if variants.is_empty() {
        (quote!(#tangent::#shapeless), quote!(#tangent::#shapeless))
    } else {
        (zero_tangent, accumulator)
    };
    let own = own_tangent(input, &arguments);
    quote! {
        #[allow(clippy::all, unused_variables)]
        impl #header ::micrograd_core::Differentiable for #name #arguments #clause {
            type Tangent = #own;
            type Accumulator = #own;
            type Base = Self;
            #[inline(always)]
            fn base(&self) -> &Self {
                self
            }
            #[inline]
            fn zero_tangent(&self) -> Self::Tangent {
                #zero_tangent
            }
            #[inline]
            fn accumulator(&self) -> Self::Tangent {
                #accumulator
            }
        }
    }
}

fn tangent(input: &DeriveInput, variants: &[Variant<'_>], shapeless: &Ident) -> TokenStream {
    let tangent = format_ident!("{}Tangent", input.ident);
    let generics = bounded(
        input,
        &input.generics,
        &quote!(::micrograd_core::Differentiable),
    );
    let (header, arguments, clause) = generics.split_for_impl();
    let this = quote!(Self);
    let sums = variants.iter().map(|variant| {
        let (left, right) = (variant.names("left"), variant.names("right"));
        let (a, b) = (variant.with(&this, &left), variant.with(&this, &right));
        let fields = variant.fields.iter();
        let stars = fields.map(|field| is_boxed_field(field, input).then(|| quote!(*)));
        let stars: Vec<_> = stars.collect();
        quote!((#a, #b) => { #(::micrograd_core::Accumulate::accumulate(&mut *#stars #left, &*#stars #right);)* })
    });
    let copies = variants.iter().map(|variant| {
        let names = variant.names("field");
        let pattern = variant.with(&this, &names);
        let copies: Vec<_> = names
            .iter()
            .map(|name| quote!(::core::clone::Clone::clone(#name)))
            .collect();
        let copy = variant.with(&this, &copies);
        quote!(#pattern => #copy)
    });
    let shows = variants.iter().map(|variant| {
        let names = variant.names("field");
        let pattern = variant.with(&this, &names);
        let shown = shown(
            variant.ident,
            &variant.fields,
            names.iter().map(|name| quote!(#name)),
        );
        quote!(#pattern => #shown)
    });
    let message = format!(
        "cotangents of different variants of `{}` cannot be added",
        input.ident
    );
    let text = shapeless.to_string();
    quote! {
        #[allow(clippy::all, unreachable_patterns)]
        impl #header ::micrograd_core::Accumulate for #tangent #arguments #clause {
            #[inline]
            fn accumulate(&mut self, rhs: &Self) {
                match (self, rhs) {
                    (_, Self::#shapeless) => {}
                    (this @ Self::#shapeless, rhs) => *this = ::core::clone::Clone::clone(rhs),
                    #(#sums)*
                    _ => ::core::panic!(#message),
                }
            }
        }
        #[allow(clippy::all)]
        impl #header ::micrograd_core::Tangent for #tangent #arguments #clause {
            #[inline]
            fn shapeless() -> Self {
                Self::#shapeless
            }
        }
        #[allow(clippy::all)]
        impl #header ::core::clone::Clone for #tangent #arguments #clause {
            #[inline]
            fn clone(&self) -> Self {
                match self {
                    #(#copies,)*
                    Self::#shapeless => Self::#shapeless,
                }
            }
        }
        #[allow(clippy::all)]
        impl #header ::core::fmt::Debug for #tangent #arguments #clause {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    #(#shows,)*
                    Self::#shapeless => formatter.write_str(#text),
                }
            }
        }
    }
}

/// `payload_V_f` gives the cotangent of a field if there is one, `payload_mut_V_f` a place for it.
fn accessors(input: &DeriveInput, variants: &[Variant<'_>], shapeless: &Ident) -> TokenStream {
    let (vis, tangent) = (&input.vis, format_ident!("{}Tangent", input.ident));
    let generics = bounded(
        input,
        &input.generics,
        &quote!(::micrograd_core::Differentiable),
    );
    let (header, arguments, clause) = generics.split_for_impl();
    let this = quote!(Self);
    let message = format!("the cotangent is of another variant of `{}`", input.ident);
    let methods = variants.iter().flat_map(|variant| {
        let (this, message) = (&this, &message);
        variant
            .fields
            .iter()
            .enumerate()
            .map(move |(index, field)| {
                let (names, ty) = (variant.names("field"), field.lent_tangent());
                let part = &names[index];
                let pattern = variant.with(this, &names);
                let zeros = variant.fields.iter().map(|field| {
                    let zero = quote!(::micrograd_core::Tangent::shapeless());
                    if is_boxed_field(field, input) {
                        quote!(::std::boxed::Box::new(#zero))
                    } else {
                        zero
                    }
                });
                let zeros: Vec<TokenStream> = zeros.collect();
                let zero = variant.with(this, &zeros);
                let get = format_ident!("payload_{}", variant.accessor(field));
                let get_mut = format_ident!("payload_mut_{}", variant.accessor(field));
                quote! {
                    #[inline]
                    #vis fn #get(&self) -> ::core::option::Option<&#ty> {
                        match self {
                            #pattern => ::core::option::Option::Some(#part),
                            _ => ::core::option::Option::None,
                        }
                    }
                    #[inline]
                    #vis fn #get_mut(&mut self) -> &mut #ty {
                        if let Self::#shapeless = self {
                            *self = #zero;
                        }
                        match self {
                            #pattern => #part,
                            _ => ::core::panic!(#message),
                        }
                    }
                }
            })
    });
    quote! {
        #[doc(hidden)]
        #[allow(non_snake_case, unused_variables, dead_code, missing_docs, clippy::all)]
        impl #header #tangent #arguments #clause {
            #(#methods)*
        }
    }
}

fn parameters(input: &DeriveInput, variants: &[Variant<'_>]) -> TokenStream {
    let (name, tangent) = (&input.ident, format_ident!("{}Tangent", input.ident));
    let leaves = bounded(
        input,
        &input.generics,
        &quote!(::micrograd_core::Parameters),
    );
    let (header, arguments, clause) = leaves.split_for_impl();
    let arms = variants.iter().map(|variant| {
        let (values, tangents) = (variant.names("value"), variant.names("tangent"));
        let visited = (variant.fields.iter().zip(values.iter().zip(&tangents)))
            .filter(|(field, _)| !field.excluded)
            .map(|(field, (value, tangent))| {
                let text = field.member.to_token_stream().to_string();
                let star = is_boxed_field(field, input).then(|| quote!(*));
                quote_spanned! {field.ty.span()=>
                    name.within(#text, |name| {
                        ::micrograd_core::Parameters::visit_parameters(#value, &mut *#star #tangent, name, visit);
                    });
                }
            });
        let (a, b) = (variant.with(&quote!(Self), &values), variant.with(&quote!(#tangent), &tangents));
        quote!((#a, #b) => { #(#visited)* })
    });
    let seeds = variants.iter().map(|variant| {
        let values = variant.names("value");
        let seeded = (variant.fields.iter().zip(&values))
            .filter(|(field, _)| !field.excluded)
            .map(|(field, value)| {
                quote_spanned! {field.ty.span()=>
                    ::micrograd_core::Parameters::visit_seeds(#value, visit);
                }
            });
        let pattern = variant.with(&quote!(Self), &values);
        quote!(#pattern => { #(#seeded)* })
    });
    let unboxed = is_boxed(input).then(|| quote!(&mut **));
    quote! {
        #[allow(clippy::all, unused_variables, unreachable_patterns)]
        impl #header ::micrograd_core::Parameters for #name #arguments #clause {
            fn visit_parameters(
                &mut self,
                tangent: &mut Self::Tangent,
                name: &mut ::micrograd_core::Name,
                visit: &mut ::micrograd_core::parameters::Visitor<'_>,
            ) {
                match (self, #unboxed tangent) {
                    #(#arms)*
                    _ => {}
                }
            }
            fn visit_seeds(&mut self, visit: &mut ::micrograd_core::parameters::SeedVisitor<'_>) {
                match self {
                    #(#seeds)*
                    _ => {}
                }
            }
        }
    }
}
