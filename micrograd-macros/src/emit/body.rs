//! The body of a rule: the forward sweep, then the value and the pullback.

use super::forward::Forward;
use super::function::{mixed, recorded_name, Place};
use super::reverse::Reverse;
use super::types::{accumulator_type, cotangent_type, is_bound_to_have};
use super::{proofs, Reader, Sweeps};
use crate::ir::{Callee, Effect, Function, Kind};
use crate::signature::{Fallible, Passing, Signature};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};
use syn::ext::IdentExt;
use syn::Generics;

/// The body of the rule: forward sweep, value and pullback.
///
/// The pullback of a recursive function contains that of the function itself, so it is boxed.
pub fn rule_body(signature: &Signature, sweeps: &Sweeps<'_, '_>, recursive: bool) -> TokenStream {
    let seed = mixed("seed");
    let (forward, result) = Forward::new(sweeps).body();
    let mut reverse = Reverse::new(sweeps, seed.clone());
    reverse.fallible = signature.fallible.as_ref();
    let reverse = reverse.body();
    let imports = imports(signature, sweeps);
    let prologue = prologue(signature, sweeps);
    let params = closure_params(signature, sweeps);
    let cotangent = cotangent_type(signature.output.as_ref());
    let inline = (!recursive).then(|| inline(sweeps.index.function));
    let back = quote! {
        #inline move |#seed: &mut #cotangent, #(#params),*| {
            #prologue
            #reverse
        }
    };
    let pair = if recursive {
        let handed = handed_types(signature);
        quote! {
            (#result, ::std::boxed::Box::new(#back) as ::std::boxed::Box<dyn ::core::ops::Fn(&mut #cotangent, #(#handed),*)>)
        }
    } else {
        quote!((#result, #back))
    };
    let pair = match &signature.fallible {
        Some(Fallible { success, .. }) => quote!(#success(#pair)),
        None => pair,
    };
    let (of_parameters, of_fields) = (
        proofs::parameters(signature, sweeps),
        proofs::fields(sweeps),
    );
    quote! {
        #imports
        #of_parameters
        #of_fields
        #prologue
        #forward
        #pair
    }
}

/// What stands at the top of a body: the traits of the rules, and the user's own items.
pub(super) fn imports(signature: &Signature, sweeps: &Sweeps<'_, '_>) -> TokenStream {
    let items = &sweeps.index.function.items;
    let missing = missing_rules(sweeps.index.function);
    let of_traits = missing_rules_of_traits(sweeps.index.function, &signature.generics);
    quote! {
        #[allow(unused_imports)]
        use ::micrograd_core::rules::methods::*;
        #missing
        #of_traits
        #(#items)*
    }
}

/// For each method that is called, one of its rule's name that no type has: where there is no other, the
/// compiler says what is missing in the words of `HasRule`.
// Out:  trait Missing { fn rrule_m(&self) {} }  impl<T: HasRule> Missing for T {}
fn missing_rules(function: &Function) -> TokenStream {
    let mut names = BTreeSet::new();
    called_methods(function, &mut names);
    if names.is_empty() {
        return TokenStream::new();
    }
    let missing = mixed("Missing");
    let rules = names.iter().map(|name| format_ident!("rrule_{name}"));
    quote! {
        trait #missing {
            #(#[allow(dead_code)] fn #rules(&self) {})*
        }
        impl<T: ::micrograd_core::emitted::HasRule + ?::core::marker::Sized> #missing for T {}
    }
}

/// The same of methods of type parameters. All types have these, so they are only those that a bound declares:
/// its own rule, if it has one, comes first.
// Out:  trait MissingOfTraits { fn rrule_m<A>(&self, _: A) -> Self::Pair where Self: HasTraitRule { … } }
fn missing_rules_of_traits(function: &Function, generics: &Generics) -> TokenStream {
    let mut rules = BTreeMap::new();
    function.body.visit(&mut |op| {
        if let Kind::Call(call) = &op.kind {
            let Callee::Method(method, _) = &call.callee else {
                return;
            };
            let name = method.unraw().to_string();
            let ty = function.definitions[call.args[0].value.0].ty.as_ref();
            if ty.is_some_and(|ty| is_bound_to_have(ty, &name, generics)) {
                rules.insert(name, call.args.len() - 1);
            }
        }
    });
    if rules.is_empty() {
        return TokenStream::new();
    }
    let missing = mixed("MissingOfTraits");
    let rules = rules.iter().map(|(name, args)| {
        let rule = format_ident!("rrule_{name}");
        let args: Vec<Ident> = (0..*args).map(|arg| mixed(&format!("A{arg}"))).collect();
        quote! {
            #[allow(dead_code)]
            fn #rule<#(#args),*>(&self, #(_: #args),*) -> <Self as ::micrograd_core::emitted::HasTraitRule>::Pair
            where
                Self: ::micrograd_core::emitted::HasTraitRule,
            {
                ::core::unreachable!()
            }
        }
    });
    quote! {
        trait #missing {
            #(#rules)*
        }
        impl<T: ?::core::marker::Sized> #missing for T {}
    }
}

/// The methods and associated functions whose rules are called.
fn called_methods(function: &Function, names: &mut BTreeSet<String>) {
    function.body.visit(&mut |op| match &op.kind {
        Kind::Call(call) if call.effect == Effect::Rule => {
            let name = match &call.callee {
                Callee::Method(method, _) => Some(method),
                Callee::Associated(path) => path.segments.last().map(|last| &last.ident),
                Callee::Function(_) => None,
            };
            names.extend(name.map(|name| name.unraw().to_string()));
        }
        Kind::Lambda(lambda) => called_methods(&lambda.function, names),
        _ => {}
    });
}

/// How a pullback is inlined. Always if it calls none of the user's: what surrounds a small function is then
/// optimised with it. A pullback that calls others would multiply theirs, so the optimiser weighs it.
fn inline(function: &Function) -> TokenStream {
    const SMALL: usize = 60;
    let (mut operations, mut calls) = (0, 0);
    function.body.visit(&mut |op| {
        operations += 1;
        if let Kind::Call(call) = &op.kind {
            let is_own = match &call.callee {
                Callee::Method(method, _) => !crate::lower::is_float_method(&method.to_string()),
                Callee::Function(_) | Callee::Associated(_) => true,
            };
            calls += usize::from(is_own && call.effect == Effect::Rule);
        }
    });
    if operations <= SMALL && calls == 0 {
        quote!(#[inline(always)])
    } else {
        quote!(#[inline])
    }
}

/// The body of a rule that calls a hand-written one, which has the form of `pullback_f`.
pub fn hand_written(signature: &Signature, rule: &syn::Path) -> TokenStream {
    let idents = hand_written_idents(signature);
    let cotangents: Vec<Ident> = idents
        .iter()
        .map(|ident| format_ident!("d_{ident}", span = ident.span()))
        .collect();
    let types = signature.params.iter().map(|param| &param.ty);
    let accumulators = signature.params.iter().map(accumulator_type);
    let cotangent = cotangent_type(signature.output.as_ref());
    let seed = mixed("seed");
    let arguments: Vec<TokenStream> = (signature.params.iter().zip(&idents))
        .map(|(param, ident)| match param.passing {
            Passing::Shared | Passing::Exclusive => quote!(#ident),
            Passing::Owned => quote!(::core::clone::Clone::clone(#ident)),
        })
        .collect();
    // A pullback that may borrow the arguments cannot be kept; it is made again from those handed back.
    let borrows = signature
        .params
        .iter()
        .any(|param| param.passing == Passing::Shared);
    let (kept, again) = if borrows {
        (quote!(_), quote!(let (_, back) = #rule(#(#arguments),*);))
    } else {
        (quote!(back), quote!())
    };
    quote! {
        let (value, #kept) = #rule(#(#arguments),*);
        (value, move |#seed: &mut #cotangent, #(#idents: &#types, #cotangents: &mut #accumulators),*| {
            #again
            let (#(#idents,)*) = back(::core::mem::replace(#seed, ::micrograd_core::Tangent::shapeless()));
            #(::micrograd_core::Accumulate::accumulate(#cotangents, &#idents);)*
        })
    }
}

/// The body of a rule of a function whose value has no derivative.
pub fn inert_body(signature: &Signature, callee: &TokenStream) -> TokenStream {
    let idents = hand_written_idents(signature);
    let arguments =
        signature
            .params
            .iter()
            .zip(&idents)
            .map(|(param, ident)| match param.passing {
                Passing::Shared | Passing::Exclusive => quote!(#ident),
                Passing::Owned => quote!(::core::clone::Clone::clone(#ident)),
            });
    let cotangent = cotangent_type(signature.output.as_ref());
    let parameters = signature.params.iter().map(|param| {
        let (ty, accumulator) = (&param.ty, accumulator_type(param));
        if param.is_handed_back() {
            quote!(_: &#ty, _: &mut #accumulator)
        } else {
            quote!(_: &mut #accumulator)
        }
    });
    let pair = quote!((value, |_: &mut #cotangent, #(#parameters),*| {}));
    match &signature.fallible {
        Some(Fallible { success, .. }) => quote! {
            let value = #callee(#(#arguments),*)?;
            #success(#pair)
        },
        None => quote! {
            let value = #callee(#(#arguments),*);
            #pair
        },
    }
}

/// The body of a rule that keeps nothing: its pullback runs the function again, with records.
// Out:  (f(a), |dy, a, da| { let (_, back) = f::rrule_recorded(a); back(dy, a, da) })
pub fn checkpoint_body(signature: &Signature, place: &Place) -> TokenStream {
    let name = &signature.name;
    let recorded = recorded_name(signature, place);
    let (callee, recorded) = match place {
        Place::Free => (quote!(#name), quote!(#name::#recorded)),
        Place::Inherent | Place::Trait(_) | Place::TraitImpl(..) => {
            (quote!(Self::#name), quote!(Self::#recorded))
        }
    };
    let idents = hand_written_idents(signature);
    let cotangents: Vec<Ident> = idents
        .iter()
        .map(|ident| format_ident!("d_{ident}", span = ident.span()))
        .collect();
    let types = signature.params.iter().map(|param| &param.ty);
    let accumulators = signature.params.iter().map(accumulator_type);
    let arguments = (signature.params.iter().zip(&idents)).map(|(param, ident)| {
        if param.passing == Passing::Owned {
            quote!(::core::clone::Clone::clone(#ident))
        } else {
            quote!(#ident)
        }
    });
    let cotangent = cotangent_type(signature.output.as_ref());
    let seed = mixed("seed");
    let (question, found) = match &signature.fallible {
        Some(Fallible { success, .. }) => (
            quote!(?),
            quote!(let #success((_, back)) = again else { ::core::unreachable!("the function succeeded before") };),
        ),
        None => (quote!(), quote!(let (_, back) = again;)),
    };
    let pair = quote! {
        (value, move |#seed: &mut #cotangent, #(#idents: &#types, #cotangents: &mut #accumulators),*| {
            let again = #recorded(#(#idents),*);
            #found
            back(#seed, #(#idents, #cotangents),*)
        })
    };
    let pair = match &signature.fallible {
        Some(Fallible { success, .. }) => quote!(#success(#pair)),
        None => pair,
    };
    quote! {
        let value = #callee(#(#arguments),*) #question;
        #pair
    }
}

/// What a pullback takes for each parameter: `&A, &mut Ā`.
pub(super) fn handed_types(signature: &Signature) -> Vec<TokenStream> {
    let params = signature.params.iter();
    params
        .map(|param| {
            let (ty, accumulator) = (&param.ty, accumulator_type(param));
            if param.is_handed_back() {
                quote!(&#ty, &mut #accumulator)
            } else {
                quote!(&mut #accumulator)
            }
        })
        .collect()
}

/// The variables of the parameters where there is no lowered body.
pub fn hand_written_idents(signature: &Signature) -> Vec<Ident> {
    signature
        .params
        .iter()
        .map(|param| mixed(&format!("{}_0", param.hint.trim_start_matches("r#"))))
        .collect()
}

/// Numbers that are passed by value arrive by reference.
pub(super) fn prologue(signature: &Signature, sweeps: &Sweeps<'_, '_>) -> TokenStream {
    let reader = Reader::new(sweeps, false);
    let params = signature.params.iter().zip(&sweeps.index.function.params);
    let numbers = params.filter(|(declared, param)| {
        declared.passing == Passing::Owned && sweeps.index.is_number(param.value)
    });
    let idents = numbers.map(|(_, param)| reader.ident(param.value));
    quote!(#(let #idents = *#idents;)*)
}

/// The same of a closure, all of whose parameters arrive by reference.
pub(super) fn owned_numbers(sweeps: &Sweeps<'_, '_>) -> TokenStream {
    let reader = Reader::new(sweeps, false);
    let params = sweeps.index.function.params.iter();
    let numbers = params.filter(|param| sweeps.index.is_number(param.value));
    let idents = numbers.map(|param| reader.ident(param.value));
    quote!(#(let #idents = *#idents;)*)
}

/// `x: &X, d_x: &mut X̄`, for each parameter.
pub(super) fn closure_params<'a>(
    signature: &'a Signature,
    sweeps: &'a Sweeps<'_, '_>,
) -> impl Iterator<Item = TokenStream> + 'a {
    let params = signature.params.iter().zip(&sweeps.index.function.params);
    params.map(|(declared, param)| {
        let reader = Reader::new(sweeps, false);
        let (ident, cotangent) = (
            reader.ident(param.value),
            reader.cotangent_ident(param.value),
        );
        let (ty, accumulator) = (&declared.ty, accumulator_type(declared));
        match (declared.passing, declared.receiver) {
            (Passing::Exclusive, false) => quote!(#cotangent: &mut #accumulator),
            (Passing::Exclusive, true) => quote!(_: &#ty, #cotangent: &mut #accumulator),
            (Passing::Owned | Passing::Shared, _) => {
                quote!(#ident: &#ty, #cotangent: &mut #accumulator)
            }
        }
    })
}

/// The variables of the rule's parameters, as the body names them.
pub fn param_idents(sweeps: &Sweeps<'_, '_>) -> Vec<Ident> {
    let reader = Reader::new(sweeps, false);
    sweeps
        .index
        .function
        .params
        .iter()
        .map(|param| reader.ident(param.value))
        .collect()
}
