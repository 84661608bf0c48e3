//! The items that stand beside a differentiable function.
//!
//! `rrule` is the in-place form that emitted code calls, see `micrograd_core::rules`;
//! `pullback_f` is the form for users, a shell that allocates the cotangents.

use super::body::handed_types;
use super::fused::FusedRule;
use super::types::{cotangent_type, needed_bounds, tangent_of};
use crate::signature::{Passing, Signature};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, ToTokens};
use syn::ext::IdentExt;
use syn::{GenericParam, Generics, Visibility};

/// Where the function stands.
pub enum Place {
    /// At the top of a module.
    Free,
    /// In an inherent `impl`.
    Inherent,
    /// In a trait, whose type parameters are listed after `Self`. A pullback there must say what
    /// it captures.
    Trait(Vec<TokenStream>),
    /// In the `impl` of a trait, whose type parameters are listed behind it.
    TraitImpl(syn::Path, Vec<TokenStream>),
}

impl Place {
    /// What a method is found in: an inherent one may have the name of a trait's.
    pub fn owner(&self) -> TokenStream {
        match self {
            Place::TraitImpl(path, _) => quote!(<Self as #path>),
            Place::Free | Place::Inherent | Place::Trait(_) => quote!(Self),
        }
    }
}

/// The emitted code of one function.
pub struct Emitted<'e> {
    pub signature: &'e Signature,
    pub place: Place,
    pub vis: &'e Visibility,
    /// The texts of the IR and of the adjoint; a trait's declaration has none.
    pub texts: Option<[String; 2]>,
    /// The body of the rule; `None` for a declaration.
    pub body: Option<TokenStream>,
    /// The body of the rule that keeps records, where `body` keeps none and calls it.
    pub recorded: Option<TokenStream>,
    /// The rule in which the cotangent is known beforehand.
    pub fused: Option<FusedRule>,
    /// The rule that takes several cotangents at once.
    pub batched: Option<TokenStream>,
    /// Whether the function calls itself.
    pub recursive: bool,
}

pub(super) fn mixed(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

impl Emitted<'_> {
    /// The rule, the public pullback and the texts, as items of a module or of an `impl`.
    pub fn items(&self, param_idents: &[Ident]) -> TokenStream {
        match &self.place {
            Place::Free => self.free(param_idents),
            Place::Inherent | Place::Trait(_) | Place::TraitImpl(..) => self.methods(param_idents),
        }
    }

    // Out:  struct f {}  impl f { fn rrule(…); fn pullback(…); fn gradient(…); const CODE_IR }  fn pullback_f(…)
    fn free(&self, param_idents: &[Ident]) -> TokenStream {
        let (name, vis, named) = (&self.signature.name, self.vis, self.signature.named());
        let rule = self.rules(
            &Ident::new("rrule", name.span()),
            param_idents,
            &quote!(pub),
        );
        let public = format_ident!("pullback_{}", name.unraw(), span = name.span());
        let shell = self.shell(
            &public,
            &quote!(#name::rrule #named),
            &vis.to_token_stream(),
        );
        let inner_shell = self.shell(
            &Ident::new("pullback", name.span()),
            &quote!(#name::rrule #named),
            &quote!(pub),
        );
        let gradient = self.gradient(&quote!(#name));
        let (batched, jacobian) = (&self.batched, self.jacobian(&quote!(#name)));
        let texts = self.texts("");
        let closures = self.closure_constructors(&quote!(pub));
        let function = self.function_impl();
        let doc = format!(
            "The differentiable function `{name}` as a value, for `micrograd_core::Function`."
        );
        quote! {
            ::micrograd_core::function_value! {
                #[doc = #doc]
                #vis #name
            }
            #[allow(clippy::all)]
            impl #name {
                #rule
                #inner_shell
                #gradient
                #batched
                #jacobian
                #closures
                #texts
            }
            #function
            #shell
        }
    }

    fn methods(&self, param_idents: &[Ident]) -> TokenStream {
        let name = &self.signature.name;
        let vis = match self.place {
            Place::Trait(_) | Place::TraitImpl(..) => TokenStream::new(),
            Place::Free | Place::Inherent => self.vis.to_token_stream(),
        };
        let rule_name = format_ident!("rrule_{}", name.unraw(), span = name.span());
        let rule = self.rules(&rule_name, param_idents, &vis);
        let public = format_ident!("pullback_{}", name.unraw(), span = name.span());
        let owner = self.place.owner();
        let named = self.signature.named();
        let shell = self.shell(&public, &quote!(#owner::#rule_name #named), &vis);
        let texts = match self.place {
            Place::Trait(_) | Place::TraitImpl(..) => TokenStream::new(),
            Place::Free | Place::Inherent => self.texts(&format!("_{}", name.unraw())),
        };
        let closures = match self.place {
            Place::TraitImpl(..) => TokenStream::new(),
            Place::Trait(_) | Place::Free | Place::Inherent => self.closure_constructors(&vis),
        };
        quote!(#rule #shell #closures #texts)
    }

    fn texts(&self, suffix: &str) -> TokenStream {
        let Some([ir, pullback]) = &self.texts else {
            return TokenStream::new();
        };
        let span = self.signature.name.span();
        let code_ir = format_ident!("CODE_IR{suffix}", span = span);
        let code_pullback = format_ident!("CODE_PULLBACK{suffix}", span = span);
        quote! {
            #[doc(hidden)]
            #[allow(non_upper_case_globals)]
            pub const #code_ir: &'static str = #ir;
            #[doc(hidden)]
            #[allow(non_upper_case_globals)]
            pub const #code_pullback: &'static str = #pullback;
        }
    }

    /// `+ use<Self, T>` where the compiler would let a pullback capture lifetimes.
    fn captures(&self) -> TokenStream {
        let (Place::Trait(outer) | Place::TraitImpl(_, outer)) = &self.place else {
            return TokenStream::new();
        };
        let own = self
            .signature
            .generics
            .params
            .iter()
            .filter_map(|param| match param {
                GenericParam::Type(param) => Some(param.ident.to_token_stream()),
                GenericParam::Const(param) => Some(param.ident.to_token_stream()),
                GenericParam::Lifetime(_) => None,
            });
        quote!(+ use<#(#outer,)* #(#own),*>)
    }

    /// The rule, with the one that keeps records if it is a checkpoint.
    fn rules(&self, name: &Ident, idents: &[Ident], vis: &TokenStream) -> TokenStream {
        let Some(recorded) = &self.recorded else {
            return self.rule(name, idents, vis, self.body.as_ref());
        };
        let own = super::body::hand_written_idents(self.signature);
        let rule = self.rule(name, &own, vis, self.body.as_ref());
        let recorded_name = recorded_name(self.signature, &self.place);
        let recorded = self.rule(&recorded_name, idents, &quote!(), Some(recorded));
        quote!(#rule #recorded)
    }

    // Out:  fn rrule(a: &A, b: &B) -> (Y, impl ::core::ops::Fn(&mut Ȳ, &A, &mut Ā, &B, &mut B̄))
    fn rule(
        &self,
        name: &Ident,
        idents: &[Ident],
        vis: &TokenStream,
        body: Option<&TokenStream>,
    ) -> TokenStream {
        let (generics, where_clause) = self.generics();
        let handed = handed_types(self.signature);
        let cotangent = cotangent_type(self.signature.output.as_ref());
        let output = self.output();
        let captures = self.captures();
        let (receiver, idents, first) = if self.signature.is_method {
            let exclusive = self.signature.params[0].passing == Passing::Exclusive;
            let receiver = if exclusive {
                quote!(&mut self,)
            } else {
                quote!(&self,)
            };
            (Some(receiver), &idents[1..], Some(&idents[0]))
        } else {
            (None, idents, None)
        };
        let this = first.map(|this| quote!(let #this = self;));
        let arg_types = self
            .argument_types()
            .into_iter()
            .skip(usize::from(receiver.is_some()));
        let body = match body {
            Some(body) => quote!({ #this #body }),
            None => quote!(;),
        };
        let allow = allow();
        let pullback = quote!(::core::ops::Fn(&mut #cotangent, #(#handed),*));
        let in_trait = matches!(self.place, Place::Trait(_) | Place::TraitImpl(..));
        let returned = self.wrapped(if self.recursive && !in_trait {
            quote!((#output, ::std::boxed::Box<dyn #pullback>))
        } else {
            quote!((#output, impl #pullback #captures))
        });
        quote! {
            #[doc(hidden)]
            #allow
            #[inline]
            #vis fn #name #generics (#receiver #(#idents: #arg_types),*) -> #returned
            #where_clause
            #body
        }
    }

    /// How the rule takes each parameter.
    fn argument_types(&self) -> Vec<TokenStream> {
        let params = self.signature.params.iter();
        params
            .map(|param| {
                let ty = &param.ty;
                match param.passing {
                    Passing::Exclusive => quote!(&mut #ty),
                    Passing::Owned | Passing::Shared => quote!(&#ty),
                }
            })
            .collect()
    }

    /// A return type, inside the function's `Result` or `Option` if it has one.
    pub(super) fn wrapped(&self, ty: TokenStream) -> TokenStream {
        self.signature
            .fallible
            .as_ref()
            .map_or(ty.clone(), |fallible| fallible.with(&ty))
    }

    pub(super) fn output(&self) -> TokenStream {
        self.signature
            .output
            .as_ref()
            .map_or_else(|| quote!(()), |ty| ty.to_token_stream())
    }

    /// Of a type without a tangent the compiler says so where it stands in the signature. That the pullback
    /// then cannot be called is no news, so `back` gets a type that is unknown where a tangent is.
    // Out:  let back = <<A as Differentiable>::Tangent as Known<_>>::known(back);
    pub(super) fn known_tangents(&self) -> TokenStream {
        let params = self.signature.params.iter();
        let params = params.filter(|param| !param.excluded && !param.tangentless);
        let mut leaves = Vec::new();
        for ty in params.map(|param| &param.ty).chain(&self.signature.output) {
            super::types::leaves(ty, &self.signature.generics, &mut leaves);
        }
        let unknown = leaves.into_iter().filter(|ty| !super::types::is_known(ty));
        let known = unknown.map(|ty| {
            let tangent = tangent_of(ty);
            quote!(let back = <#tangent as ::micrograd_core::emitted::Known<_>>::known(back);)
        });
        known.collect()
    }

    /// The user's generics, with the bounds that the derivative needs.
    pub(super) fn generics(&self) -> (Generics, TokenStream) {
        let mut generics = self.signature.generics.clone();
        let mut predicates = needed_bounds(&generics);
        predicates.extend(self.signature.outer_bounds.iter().cloned());
        if matches!(self.place, Place::Trait(_)) && self.signature.is_method {
            predicates.push(quote!(Self: ::micrograd_core::Differentiable + Sized));
        }
        if let Some(clause) = generics.where_clause.take() {
            predicates.extend(clause.predicates.iter().map(ToTokens::to_token_stream));
        }
        let clause = if predicates.is_empty() {
            quote!()
        } else {
            quote!(where #(#predicates),*)
        };
        (generics, clause)
    }
}

/// The rule that keeps records, of a function whose own rule keeps none.
pub(super) fn recorded_name(signature: &Signature, place: &Place) -> Ident {
    let name = &signature.name;
    match place {
        Place::Free => Ident::new("rrule_recorded", name.span()),
        Place::Inherent | Place::Trait(_) | Place::TraitImpl(..) => {
            format_ident!("rrule_recorded_{}", name.unraw(), span = name.span())
        }
    }
}

/// Lints that are about what the user wrote do not hold for what is emitted.
pub(super) fn allow() -> TokenStream {
    quote! {
        #[allow(
            unused_variables, unused_mut, unused_parens, unused_assignments, dead_code, non_snake_case,
            unreachable_patterns,
            clippy::all, clippy::pedantic, clippy::nursery
        )]
    }
}
