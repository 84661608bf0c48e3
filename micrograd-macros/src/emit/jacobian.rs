//! What `jacobian!` calls: the value, and the rows of the Jacobian.

use super::batch::{lane, lanes, rule_name};
use super::function::{allow, mixed, Emitted};
use super::shell::Argument;
use super::types::{returned_type, tangent_of};
use crate::signature::Fallible;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

impl Emitted<'_> {
    // Out:  fn jacobian<Value: Coordinates>(a: A) -> (Value, Value::Rows<(Ā,)>) where Y: Same<Value> {
    //           const LANES: usize = lanes(2);
    //           let (value, back) = f::rrule_batched1::<LANES>(&a);
    //           let all_rows = rows::<_, _, LANES>(&value, |mut dy| { …; back(dy.each_mut(), &a, d_a.each_mut()); … });
    //           (value, all_rows)
    //       }
    pub(super) fn jacobian(&self, owner: &TokenStream) -> TokenStream {
        let (signature, Some(_)) = (self.signature, &self.body) else {
            return TokenStream::new();
        };
        let output = signature.output.as_ref().filter(|_| signature.has_rows());
        let is_owned = |output: &&Type| !quote!(#output).to_string().contains(['&', '\'']);
        let Some(output) = output.filter(is_owned) else {
            return TokenStream::new();
        };
        let arguments = self.arguments();
        let (mut generics, where_clause) = self.generics();
        let _ = self.borrowed(&mut generics, &arguments);
        let value = value_type();
        let tangent = tangent_of(output);
        generics.params.push(syn::parse_quote!(#value: ::micrograd_core::Coordinates + ::micrograd_core::Differentiable<Tangent = #tangent>));
        // That the value has rows is asked for where the Jacobian is.
        let is_value = quote!(#output: ::micrograd_core::emitted::Same<#value>);
        let where_clause = match where_clause.is_empty() {
            true => quote!(where #is_value),
            false => quote!(#where_clause, #is_value),
        };
        let declared = arguments.iter().map(Argument::declared);
        let row = arguments
            .iter()
            .map(|argument| returned_type(argument.param));
        let (question, pair) = match &signature.fallible {
            Some(Fallible { success, .. }) => (quote!(?), quote!(#success((value, all_rows)))),
            None => (quote!(), quote!((value, all_rows))),
        };
        let body = match &self.batched {
            Some(_) => self.batches(owner),
            None => {
                let idents = arguments.iter().map(|argument| &argument.ident);
                let named = signature.named();
                quote! {
                    let (value, back): (#output, _) = #owner::pullback #named (#(#idents),*) #question;
                    let value: #value = ::micrograd_core::emitted::Same::same(value);
                    let all_rows = ::micrograd_core::emitted::rows_one_by_one(&value, back);
                }
            }
        };
        let body = quote!({ #body #pair });
        let returned = self.wrapped(
            quote!((#value, <#value as ::micrograd_core::Coordinates>::Rows<(#(#row,)*)>)),
        );
        let (span, allow) = (signature.name.span(), allow());
        quote_spanned! {span=>
            #[doc(hidden)]
            #allow
            pub fn jacobian #generics (#(#declared),*) -> #returned
            #where_clause
            #body
        }
    }

    /// The rows, several at once.
    fn batches(&self, owner: &TokenStream) -> TokenStream {
        let arguments = self.arguments();
        let (value, lanes, lane) = (value_type(), lanes(), lane());
        let (rule, rows) = (
            rule_name(arguments.len()),
            self.signature.rows().unwrap_or(quote!(0)),
        );
        let passed: Vec<_> = arguments.iter().map(Argument::passed).collect();
        let cotangents = arguments.iter().map(|argument| &argument.cotangent);
        let starts = arguments.iter().map(Argument::start);
        let handed = arguments.iter().map(|argument| {
            let (passed, cotangent) = (argument.passed(), &argument.cotangent);
            quote!(#passed, #cotangent.each_mut().map(|each_cotangent| ::micrograd_core::emitted::Lend::lend(each_cotangent)))
        });
        let completed = arguments.iter().filter_map(|argument| {
            let cotangent = &argument.cotangent;
            argument.complete(&quote!(#cotangent[#lane]))
        });
        let results = arguments.iter().map(|argument| {
            let cotangent = &argument.cotangent;
            match argument.param.excluded {
                true => quote!(::micrograd_core::NoTangent),
                false => quote!(::core::mem::replace(&mut #cotangent[#lane], ::micrograd_core::Tangent::shapeless())),
            }
        });
        let known = self.known_tangents();
        quote! {
            const #lanes: usize = ::micrograd_core::emitted::lanes(#rows);
            let (value, back) = #owner::#rule::<#lanes>(#(#passed),*);
            #known
            let value: #value = ::micrograd_core::emitted::Same::same(value);
            let all_rows = ::micrograd_core::emitted::rows::<_, _, #lanes>(&value, |mut all_seeds| {
                #(let mut #cotangents = ::core::array::from_fn::<_, #lanes, _>(|_| #starts);)*
                back(all_seeds.each_mut(), #(#handed),*);
                ::core::array::from_fn::<_, #lanes, _>(|#lane| {
                    #(#completed)*
                    (#(#results,)*)
                })
            });
        }
    }
}

/// The name of the value's type. No hygiene holds for it, so the user's types must not have the name.
fn value_type() -> Ident {
    mixed("MicrogradValue")
}
