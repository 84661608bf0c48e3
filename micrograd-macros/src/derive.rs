//! `#[derive(Differentiable)]`: a struct's tangent type, field by field.
//!
// In:   struct Dense<F> { weight: DMatrix<f64>, #[no_gradient] name: String, activation: F }
// Out:  struct DenseTangent<F> { weight: <DMatrix<f64> as Differentiable>::Tangent, name: NoTangent, … }
//       and the implementations of Differentiable, Tangent and Parameters.

mod recursive;
mod variants;

use crate::errors::Errors;
use crate::words::speaks_of;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, GenericParam, Generics, Index, Member, Type, Visibility};

/// A field of the struct.
struct Field<'f> {
    vis: &'f Visibility,
    member: Member,
    ty: &'f Type,
    excluded: bool,
}

/// Expands the derive.
pub fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let input = &recursive::named(input)?;
    let mut errors = Errors::default();
    let fields = match &input.data {
        Data::Struct(data) => fields(&data.fields),
        Data::Enum(data) => return Ok(variants::expand(input, data)),
        Data::Union(data) => {
            errors.push(
                data.union_token,
                "a union has no tangent type; use a struct",
            );
            Vec::new()
        }
    };
    errors.finish()?;
    let mut output = tangent_struct(input, &fields);
    output.extend(accessors(input, &fields));
    output.extend(implementations(input, &fields));
    Ok(output)
}

fn fields(fields: &Fields) -> Vec<Field<'_>> {
    (fields.iter().enumerate())
        .map(|(index, field)| Field {
            vis: &field.vis,
            member: match &field.ident {
                Some(ident) => Member::Named(ident.clone()),
                None => Member::Unnamed(Index {
                    index: index as u32,
                    span: field.span(),
                }),
            },
            ty: &field.ty,
            excluded: crate::source::excludes(field),
        })
        .collect()
}

impl Field<'_> {
    /// The tangent of a field of an enum, whose tangent has the lifetimes of its value.
    fn lent_tangent(&self) -> TokenStream {
        self.tangent_as(self.ty)
    }

    /// The tangent of a field of a struct, which owns what the struct may borrow.
    fn tangent(&self) -> TokenStream {
        let owned = crate::lifetimes::without_references(self.ty);
        self.tangent_as(&crate::lifetimes::replaced(&owned, |_| true))
    }

    fn tangent_as(&self, ty: &Type) -> TokenStream {
        if self.excluded {
            return quote!(::micrograd_core::NoTangent);
        }
        quote_spanned!(self.ty.span()=> <#ty as ::micrograd_core::Differentiable>::Tangent)
    }
}

/// Whether only what carries no derivative speaks of a type parameter: then nothing is asked of it, and the tangent has none.
fn is_spare(param: &Ident, input: &DeriveInput) -> bool {
    let Data::Struct(data) = &input.data else {
        return false;
    };
    let speaks = |field: &Field<'_>| speaks_of(field.ty, [param]);
    let fields = fields(&data.fields);
    let (excluded, kept): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.excluded);
    excluded.into_iter().any(speaks) && !kept.into_iter().any(speaks)
}

/// The generics of the struct with `T: bound` for each type parameter of its derivative.
fn bounded(input: &DeriveInput, generics: &Generics, bound: &TokenStream) -> Generics {
    let mut generics = generics.clone();
    let idents: Vec<_> = generics
        .type_params()
        .map(|param| param.ident.clone())
        .filter(|ident| !is_spare(ident, input))
        .collect();
    for param in generics.type_params_mut() {
        param.default = None;
    }
    let clause = generics.make_where_clause();
    for ident in idents {
        clause.predicates.push(syn::parse_quote!(#ident: #bound));
    }
    generics
}

/// The generics of the tangent, which borrows nothing.
fn owned_generics(input: &DeriveInput) -> Generics {
    let mut owned = crate::lifetimes::without_lifetimes(&input.generics);
    let spare: Vec<Ident> = (owned.type_params().map(|param| param.ident.clone()))
        .filter(|ident| is_spare(ident, input))
        .collect();
    if spare.is_empty() {
        return bounded(input, &owned, &quote!(::micrograd_core::Differentiable));
    }
    let is_spare = |ident: &Ident| spare.contains(ident);
    owned.params = (owned.params.into_iter())
        .filter(|param| !matches!(param, GenericParam::Type(param) if is_spare(&param.ident)))
        .collect();
    if let Some(clause) = &mut owned.where_clause {
        clause.predicates = (std::mem::take(&mut clause.predicates).into_iter())
            .filter(|predicate| !speaks_of(predicate, &spare))
            .collect();
    }
    bounded(input, &owned, &quote!(::micrograd_core::Differentiable))
}

fn tangent_struct(input: &DeriveInput, fields: &[Field<'_>]) -> TokenStream {
    let (vis, name) = (&input.vis, format_ident!("{}Tangent", input.ident));
    let generics = owned_generics(input);
    let (header, _, clause) = generics.split_for_impl();
    let doc = format!(
        "The tangent of [`{}`]: the tangents of its fields.",
        input.ident
    );
    let types = fields.iter().map(Field::tangent);
    let vises = fields.iter().map(|field| field.vis);
    let docs = fields
        .iter()
        .map(|field| format!("The tangent of `{}`.", field.member.to_token_stream()));
    let named = fields
        .iter()
        .all(|field| matches!(field.member, Member::Named(_)));
    if named {
        let members = fields.iter().map(|field| &field.member);
        quote! {
            #[doc = #doc]
            #[allow(non_camel_case_types)]
            #vis struct #name #header #clause {
                #(#[doc = #docs] #vises #members: #types,)*
            }
        }
    } else {
        quote! {
            #[doc = #doc]
            #[allow(non_camel_case_types)]
            #vis struct #name #header (#(#[doc = #docs] #vises #types,)*) #clause;
        }
    }
}

fn implementations(input: &DeriveInput, fields: &[Field<'_>]) -> TokenStream {
    let (name, tangent) = (&input.ident, format_ident!("{}Tangent", input.ident));
    let generics = bounded(
        input,
        &input.generics,
        &quote!(::micrograd_core::Differentiable),
    );
    let (header, arguments, clause) = generics.split_for_impl();
    let owned = owned_generics(input);
    let (owned_header, owned_arguments, owned_clause) = owned.split_for_impl();
    let leaves = bounded(
        input,
        &input.generics,
        &quote!(::micrograd_core::Parameters),
    );
    let (_, _, leaves_clause) = leaves.split_for_impl();
    let members: Vec<&Member> = fields.iter().map(|field| &field.member).collect();
    let each = |method: &str| -> Vec<TokenStream> {
        let method = format_ident!("{method}");
        (fields.iter())
            .map(|field| match (field.excluded, &field.member) {
                (true, _) => quote!(::micrograd_core::NoTangent),
                (false, member) => quote!(::micrograd_core::Differentiable::#method(&self.#member)),
            })
            .collect()
    };
    let (zero_tangents, accumulators) = (each("zero_tangent"), each("accumulator"));
    let own: Vec<&Member> = fields
        .iter()
        .filter(|field| !field.excluded)
        .map(|field| &field.member)
        .collect();
    let texts: Vec<String> = members
        .iter()
        .map(|member| member.to_token_stream().to_string())
        .collect();
    // What is borrowed is data.
    let is_own = |field: &Field<'_>| !field.excluded && !matches!(field.ty, Type::Reference(_));
    let visited = fields.iter().zip(&texts).filter(|(field, _)| is_own(field)).map(|(field, text)| {
        let (member, ty) = (&field.member, field.ty);
        quote_spanned! {ty.span()=>
            name.within(#text, |name| {
                ::micrograd_core::Parameters::visit_parameters(&mut self.#member, &mut tangent.#member, name, visit);
            });
        }
    });
    let seeded = fields.iter().filter(|field| is_own(field)).map(|field| {
        let (member, ty) = (&field.member, field.ty);
        quote_spanned! {ty.span()=>
            ::micrograd_core::Parameters::visit_seeds(&mut self.#member, visit);
        }
    });
    let shown = shown(
        &tangent,
        fields,
        members.iter().map(|member| quote!(&self.#member)),
    );
    let own_tangent = recursive::tangent(input, &owned_arguments);
    let zero_tangent = recursive::made(quote!(#tangent { #(#members: #zero_tangents,)* }), input);
    let accumulator = recursive::made(quote!(#tangent { #(#members: #accumulators,)* }), input);
    quote! {
        #[allow(clippy::all)]
        impl #header ::micrograd_core::Differentiable for #name #arguments #clause {
            type Tangent = #own_tangent;
            type Accumulator = #own_tangent;
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
            #[inline]
            #[allow(unused_variables)]
            fn renew(&self, tangent: &mut Self::Tangent) {
                #(::micrograd_core::Differentiable::renew(&self.#own, &mut tangent.#own);)*
            }
            #[inline]
            #[allow(unused_variables)]
            fn complete(&self, tangent: &mut Self::Tangent) {
                #(::micrograd_core::Differentiable::complete(&self.#own, &mut tangent.#own);)*
            }
        }
        #[allow(clippy::all)]
        impl #owned_header ::micrograd_core::Accumulate for #tangent #owned_arguments #owned_clause {
            #[inline]
            fn accumulate(&mut self, rhs: &Self) {
                #(::micrograd_core::Accumulate::accumulate(&mut self.#members, &rhs.#members);)*
            }
        }
        #[allow(clippy::all)]
        impl #owned_header ::micrograd_core::Tangent for #tangent #owned_arguments #owned_clause {
            #[inline]
            fn shapeless() -> Self {
                Self { #(#members: ::micrograd_core::Tangent::shapeless(),)* }
            }
            #[inline]
            fn unread() -> Self {
                Self { #(#members: ::micrograd_core::Tangent::unread(),)* }
            }
            #[inline]
            fn take(&mut self) -> Self {
                Self { #(#members: ::micrograd_core::Tangent::take(&mut self.#members),)* }
            }
            #[inline]
            fn absorb(&mut self, rhs: Self) {
                #(::micrograd_core::Tangent::absorb(&mut self.#members, rhs.#members);)*
            }
        }
        #[allow(clippy::all)]
        impl #owned_header ::core::clone::Clone for #tangent #owned_arguments #owned_clause {
            #[inline]
            fn clone(&self) -> Self {
                Self { #(#members: ::core::clone::Clone::clone(&self.#members),)* }
            }
        }
        #[allow(clippy::all)]
        impl #owned_header ::core::fmt::Debug for #tangent #owned_arguments #owned_clause {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #shown
            }
        }
        #[allow(clippy::all, unused_variables)]
        impl #header ::micrograd_core::Parameters for #name #arguments #leaves_clause {
            fn visit_parameters(
                &mut self,
                tangent: &mut Self::Tangent,
                name: &mut ::micrograd_core::Name,
                visit: &mut ::micrograd_core::parameters::Visitor<'_>,
            ) {
                #(#visited)*
            }
            fn visit_seeds(&mut self, visit: &mut ::micrograd_core::parameters::SeedVisitor<'_>) {
                #(#seeded)*
            }
        }
    }
}

/// How `Debug` writes a struct or variant: as the standard library's derive does.
fn shown(
    name: &Ident,
    fields: &[Field<'_>],
    values: impl Iterator<Item = TokenStream>,
) -> TokenStream {
    let name = name.to_string();
    if fields.is_empty() {
        return quote!(formatter.write_str(#name));
    }
    let is_tuple = matches!(fields[0].member, Member::Unnamed(_));
    let shown = fields
        .iter()
        .zip(values)
        .map(|(field, value)| match &field.member {
            Member::Unnamed(_) => quote!(.field(#value)),
            Member::Named(ident) => {
                let text = ident.unraw().to_string();
                quote!(.field(#text, #value))
            }
        });
    let builder = match is_tuple {
        true => quote!(debug_tuple),
        false => quote!(debug_struct),
    };
    quote!(formatter.#builder(#name)#(#shown)*.finish())
}

/// The parts of a struct by the names that those of a variant have, since a pattern does not tell which
/// of the two it names.
fn accessors(input: &DeriveInput, fields: &[Field<'_>]) -> TokenStream {
    let (vis, tangent) = (&input.vis, format_ident!("{}Tangent", input.ident));
    let generics = owned_generics(input);
    let (header, arguments, clause) = generics.split_for_impl();
    let methods = fields.iter().map(|field| {
        let (member, ty) = (&field.member, field.tangent());
        let text = match member {
            Member::Named(ident) => ident.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        };
        let get = format_ident!("payload_{}_{text}", input.ident.unraw());
        let get_mut = format_ident!("payload_mut_{}_{text}", input.ident.unraw());
        quote! {
            #[inline(always)]
            #vis fn #get(&self) -> ::core::option::Option<&#ty> {
                ::core::option::Option::Some(&self.#member)
            }
            #[inline(always)]
            #vis fn #get_mut(&mut self) -> &mut #ty {
                &mut self.#member
            }
        }
    });
    quote! {
        #[doc(hidden)]
        #[allow(non_snake_case, dead_code, missing_docs, private_interfaces, clippy::all)]
        impl #header #tangent #arguments #clause {
            #(#methods)*
        }
    }
}
