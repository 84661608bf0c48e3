//! The items that stand beside a differentiable function.
//!
//! `rrule` is the in-place form that emitted code calls, see `micrograd_core::rules`;
//! `pullback_f` is the form for users, a shell that allocates the cotangents.

use super::forward::Forward;
use super::reverse::Reverse;
use super::Sweeps;
use crate::signature::{Fallible, Parameter, Passing, Signature};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::{GenericParam, Generics, Lifetime, Type, TypeParamBound, Visibility};

/// Where the function stands.
pub enum Place {
    /// At the top of a module.
    Free,
    /// In an inherent `impl`.
    Inherent,
    /// In a trait, whose type parameters are listed after `Self`. A pullback there must say what
    /// it captures.
    Trait(Vec<TokenStream>),
    /// In the `impl` of a trait, whose type parameters are listed.
    TraitImpl(Vec<TokenStream>),
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
    /// Whether the function calls itself.
    pub recursive: bool,
}

/// The body of the rule: forward sweep, value and pullback.
pub fn rule_body(signature: &Signature, sweeps: &Sweeps<'_, '_>) -> TokenStream {
    let seed = mixed("seed");
    let (forward, result) = Forward::new(sweeps).body();
    let reverse = Reverse::new(sweeps, seed.clone()).body();
    let prologue = prologue(signature, sweeps);
    let params = closure_params(signature, sweeps);
    let cotangent = cotangent_type(signature.output.as_ref());
    let pair = quote! {
        (#result, #[inline(always)] move |#seed: &#cotangent, #(#params),*| {
            #prologue
            #reverse
        })
    };
    let pair = match &signature.fallible {
        Some(Fallible { success, .. }) => quote!(#success(#pair)),
        None => pair,
    };
    quote! {
        #[allow(unused_imports)]
        use ::micrograd_core::rules::methods::*;
        #prologue
        #forward
        #pair
    }
}

/// The body of a rule that calls a hand-written one, which has the form of `pullback_f`.
pub fn hand_written(signature: &Signature, rule: &syn::Path) -> TokenStream {
    let idents = hand_written_idents(signature);
    let cotangents: Vec<Ident> = idents.iter().map(|ident| format_ident!("d_{ident}", span = ident.span())).collect();
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
    let borrows = signature.params.iter().any(|param| param.passing == Passing::Shared);
    let (kept, again) = if borrows {
        (quote!(_), quote!(let (_, back) = #rule(#(#arguments),*);))
    } else {
        (quote!(back), quote!())
    };
    quote! {
        let (value, #kept) = #rule(#(#arguments),*);
        (value, move |#seed: &#cotangent, #(#idents: &#types, #cotangents: &mut #accumulators),*| {
            #again
            let (#(#idents,)*) = back(::core::clone::Clone::clone(#seed));
            #(::micrograd_core::Accumulate::accumulate(#cotangents, &#idents);)*
        })
    }
}

/// The variables of the parameters where there is no lowered body.
pub fn hand_written_idents(signature: &Signature) -> Vec<Ident> {
    signature.params.iter().map(|param| mixed(&format!("{}_0", param.hint.trim_start_matches("r#")))).collect()
}

/// Numbers that are passed by value arrive by reference.
fn prologue(signature: &Signature, sweeps: &Sweeps<'_, '_>) -> TokenStream {
    let reader = super::Reader::new(sweeps, false);
    let params = signature.params.iter().zip(&sweeps.index.function.params);
    let numbers = params.filter(|(declared, param)| {
        declared.passing == Passing::Owned && sweeps.index.is_number(param.value)
    });
    let idents = numbers.map(|(_, param)| reader.ident(param.value));
    quote!(#(let #idents = *#idents;)*)
}

/// `x: &X, d_x: &mut X̄`, for each parameter.
fn closure_params<'a>(
    signature: &'a Signature,
    sweeps: &'a Sweeps<'_, '_>,
) -> impl Iterator<Item = TokenStream> + 'a {
    let params = signature.params.iter().zip(&sweeps.index.function.params);
    params.map(|(declared, param)| {
        let reader = super::Reader::new(sweeps, false);
        let (ident, cotangent) = (reader.ident(param.value), reader.cotangent_ident(param.value));
        let (ty, accumulator) = (&declared.ty, accumulator_type(declared));
        match declared.passing {
            Passing::Exclusive => quote!(#cotangent: &mut #accumulator),
            Passing::Owned | Passing::Shared => quote!(#ident: &#ty, #cotangent: &mut #accumulator),
        }
    })
}

/// The variables of the rule's parameters, as the body names them.
pub fn param_idents(sweeps: &Sweeps<'_, '_>) -> Vec<Ident> {
    let reader = super::Reader::new(sweeps, false);
    sweeps.index.function.params.iter().map(|param| reader.ident(param.value)).collect()
}

fn tangent_of(ty: &Type) -> TokenStream {
    quote!(<#ty as ::micrograd_core::Differentiable>::Tangent)
}

fn cotangent_type(output: Option<&Type>) -> TokenStream {
    output.map_or_else(|| quote!(::micrograd_core::NoTangent), tangent_of)
}

/// The type of the cotangent that a user receives for a parameter.
fn returned_type(param: &Parameter) -> TokenStream {
    if param.is_excluded() {
        return quote!(::micrograd_core::NoTangent);
    }
    tangent_of(&param.ty)
}

/// What the accumulator of a parameter points to.
fn accumulator_type(param: &Parameter) -> TokenStream {
    match (&param.ty, param.passing) {
        (Type::Slice(slice), Passing::Shared | Passing::Exclusive) if !param.is_excluded() => {
            let element = tangent_of(&slice.elem);
            quote!([#element])
        }
        _ => returned_type(param),
    }
}

fn mixed(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

impl Emitted<'_> {
    /// The rule, the public pullback and the texts, as items of a module or of an `impl`.
    pub fn items(&self, param_idents: &[Ident]) -> TokenStream {
        match &self.place {
            Place::Free => self.free(param_idents),
            Place::Inherent | Place::Trait(_) | Place::TraitImpl(_) => self.methods(param_idents),
        }
    }

    // Out:  struct f {}  impl f { fn rrule(…); fn pullback(…); const CODE_IR }  fn pullback_f(…)
    fn free(&self, param_idents: &[Ident]) -> TokenStream {
        let (name, vis) = (&self.signature.name, self.vis);
        let rule = self.rule(&Ident::new("rrule", name.span()), param_idents, &quote!(pub));
        let public = format_ident!("pullback_{name}", span = name.span());
        let shell = self.shell(&public, &quote!(#name::rrule), &vis.to_token_stream());
        let inner_shell = self.shell(&Ident::new("pullback", name.span()), &quote!(#name::rrule), &quote!(pub));
        let texts = self.texts("");
        let boxed = if self.recursive { self.boxed_rule(param_idents) } else { TokenStream::new() };
        let function = self.function_impl();
        let doc = format!("The differentiable function `{name}` as a value, for `micrograd_core::Function`.");
        quote! {
            #[doc = #doc]
            #[allow(non_camel_case_types)]
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
            #vis struct #name {}
            ::micrograd_core::no_tangent!(#name);
            impl ::micrograd_core::Parameters for #name {
                fn visit_parameters(
                    &mut self,
                    _: &mut ::micrograd_core::NoTangent,
                    _: &mut ::micrograd_core::Name,
                    _: &mut ::micrograd_core::parameters::Visitor<'_>,
                ) {
                }
            }
            #[allow(clippy::all)]
            impl #name {
                #rule
                #boxed
                #inner_shell
                #texts
            }
            #function
            #shell
        }
    }

    fn methods(&self, param_idents: &[Ident]) -> TokenStream {
        let name = &self.signature.name;
        let vis = match self.place {
            Place::Trait(_) | Place::TraitImpl(_) => TokenStream::new(),
            Place::Free | Place::Inherent => self.vis.to_token_stream(),
        };
        let rule_name = format_ident!("rrule_{name}", span = name.span());
        let rule = self.rule(&rule_name, param_idents, &vis);
        let public = format_ident!("pullback_{name}", span = name.span());
        let shell = self.shell(&public, &quote!(Self::#rule_name), &vis);
        let texts = match self.place {
            Place::Trait(_) | Place::TraitImpl(_) => TokenStream::new(),
            Place::Free | Place::Inherent => self.texts(&format!("_{name}")),
        };
        quote!(#rule #shell #texts)
    }

    fn texts(&self, suffix: &str) -> TokenStream {
        let Some([ir, pullback]) = &self.texts else { return TokenStream::new() };
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
        let (Place::Trait(outer) | Place::TraitImpl(outer)) = &self.place else { return TokenStream::new() };
        let own = self.signature.generics.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(param.ident.to_token_stream()),
            GenericParam::Const(param) => Some(param.ident.to_token_stream()),
            GenericParam::Lifetime(_) => None,
        });
        quote!(+ use<#(#outer,)* #(#own),*>)
    }

    // Out:  fn rrule(a: &A, b: &B) -> (Y, impl Fn(&Ȳ, &A, &mut Ā, &B, &mut B̄))
    fn rule(&self, name: &Ident, idents: &[Ident], vis: &TokenStream) -> TokenStream {
        let (generics, where_clause) = self.generics();
        let handed = self.handed_types();
        let cotangent = cotangent_type(self.signature.output.as_ref());
        let output = self.output();
        let captures = self.captures();
        let (receiver, idents, first) = if self.signature.is_method {
            (Some(quote!(&self,)), &idents[1..], Some(&idents[0]))
        } else {
            (None, idents, None)
        };
        let this = first.map(|this| quote!(let #this = self;));
        let arg_types = self.argument_types().into_iter().skip(usize::from(receiver.is_some()));
        let body = match &self.body {
            Some(body) => quote!({ #this #body }),
            None => quote!(;),
        };
        let allow = allow();
        let returned = self.wrapped(quote! {
            (#output, impl Fn(&#cotangent, #(#handed),*) #captures)
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

    /// What a pullback takes for each parameter: `&A, &mut Ā`.
    fn handed_types(&self) -> Vec<TokenStream> {
        let params = self.signature.params.iter();
        params
            .map(|param| {
                let (ty, accumulator) = (&param.ty, accumulator_type(param));
                match param.passing {
                    Passing::Exclusive => quote!(&mut #accumulator),
                    Passing::Owned | Passing::Shared => quote!(&#ty, &mut #accumulator),
                }
            })
            .collect()
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

    // Out:  fn rrule_boxed(a: &A) -> (Y, Box<dyn Fn(&Ȳ, &A, &mut Ā)>)
    fn boxed_rule(&self, idents: &[Ident]) -> TokenStream {
        let (generics, where_clause) = self.generics();
        let (handed, types) = (self.handed_types(), self.argument_types());
        let (cotangent, output) = (cotangent_type(self.signature.output.as_ref()), self.output());
        let returned = self.wrapped(quote!((#output, ::std::boxed::Box<dyn Fn(&#cotangent, #(#handed),*)>)));
        let pair = quote!((value, ::std::boxed::Box::new(back)));
        let (question, pair) = match &self.signature.fallible {
            Some(Fallible { success, .. }) => (quote!(?), quote!(#success(#pair))),
            None => (quote!(), pair),
        };
        quote! {
            #[doc(hidden)]
            pub fn rrule_boxed #generics (#(#idents: #types),*) -> #returned #where_clause {
                let (value, back) = Self::rrule(#(#idents),*) #question;
                #pair
            }
        }
    }

    // Out:  fn pullback_f(a: A, b: &B) -> (Y, impl Fn(Ȳ) -> (Ā, B̄))
    fn shell(&self, name: &Ident, rule: &TokenStream, vis: &TokenStream) -> TokenStream {
        let (mut generics, where_clause) = self.generics();
        let lifetimes: Vec<Lifetime> = (0..self.signature.params.len())
            .map(|index| Lifetime::new(&format!("'argument{index}"), Span::mixed_site()))
            .collect();
        let params: Vec<&Parameter> = self.signature.params.iter().collect();
        let idents: Vec<Ident> = (params.iter().enumerate())
            .map(|(index, param)| match &param.pat {
                None => Ident::new("self", param.span),
                Some(_) => mixed(&format!("argument{index}")),
            })
            .collect();
        let mut captured: Vec<Lifetime> = Vec::new();
        for param in &generics.params {
            if let GenericParam::Lifetime(param) = param {
                captured.push(param.lifetime.clone());
            }
        }
        let mut declared = Vec::new();
        for ((param, ident), lifetime) in params.iter().zip(&idents).zip(&lifetimes) {
            let ty = &param.ty;
            let shared = param.passing == Passing::Shared;
            if shared {
                generics.params.insert(0, syn::parse_quote!(#lifetime));
                captured.push(lifetime.clone());
            }
            if param.passing == Passing::Exclusive {
                declared.push(quote!(#ident: &mut #ty));
                continue;
            }
            declared.push(match (&param.pat, shared) {
                (None, true) => quote!(&#lifetime #ident),
                (None, false) => quote!(#ident),
                (Some(_), true) => quote!(#ident: &#lifetime #ty),
                (Some(_), false) => quote!(#ident: #ty),
            });
        }
        let captures = match &self.place {
            Place::Trait(_) | Place::TraitImpl(_) => TokenStream::new(),
            Place::Free | Place::Inherent => quote!(#(+ ::micrograd_core::emitted::Captures<#captured>)*),
        };
        let output = self.output();
        let cotangent = cotangent_type(self.signature.output.as_ref());
        let returned = params.iter().map(|param| returned_type(param));
        // The final value of a `&mut` parameter is an output too, and its cotangent an argument;
        // a function that returns nothing else has no other.
        let finals: Vec<Ident> = (0..params.len()).map(|index| mixed(&format!("final{index}"))).collect();
        let exclusive = params.iter().zip(&finals).filter(|(param, _)| param.passing == Passing::Exclusive);
        let mut seeds: Vec<TokenStream> = exclusive.clone().map(|(param, last)| {
            let ty = returned_type(param);
            quote!(#last: #ty)
        }).collect();
        let mut seed_types: Vec<TokenStream> = exclusive.map(|(param, _)| returned_type(param)).collect();
        let silent = self.signature.output.is_none() && !seeds.is_empty();
        let seed = silent.then(|| quote!(let seed = ::micrograd_core::NoTangent;));
        if !silent {
            seeds.insert(0, quote!(seed: #cotangent));
            seed_types.insert(0, cotangent.clone());
        }
        let body = match &self.body {
            None => quote!(;),
            Some(_) => {
                let handed: Vec<TokenStream> = (params.iter().zip(&idents))
                    .map(|(param, ident)| match param.passing {
                        Passing::Shared => quote!(#ident),
                        Passing::Owned => quote!(&#ident),
                        Passing::Exclusive => quote!(&mut *#ident),
                    })
                    .collect();
                let bars: Vec<Ident> = (0..params.len()).map(|index| mixed(&format!("cotangent{index}"))).collect();
                let zeros = params.iter().zip(&handed).zip(&finals).map(|((param, handed), last)| {
                    if param.passing == Passing::Exclusive {
                        quote!(#last)
                    } else if param.is_excluded() {
                        quote!(::micrograd_core::NoTangent)
                    } else {
                        quote!(::micrograd_core::Differentiable::zero_tangent(#handed))
                    }
                });
                let back_args = params.iter().zip(&handed).zip(&bars).map(|((param, handed), bar)| match param.passing {
                    Passing::Exclusive => quote!(&mut #bar),
                    Passing::Owned | Passing::Shared => quote!(#handed, &mut #bar),
                });
                let question = self.signature.fallible.as_ref().map(|_| quote!(?));
                let pair = quote! {
                    (value, move |#(#seeds),*| {
                        #seed
                        #(let mut #bars = #zeros;)*
                        back(&seed, #(#back_args),*);
                        (#(#bars,)*)
                    })
                };
                let pair = match &self.signature.fallible {
                    Some(Fallible { success, .. }) => quote!(#success(#pair)),
                    None => pair,
                };
                quote!({
                    let (value, back) = #rule(#(#handed),*) #question;
                    #pair
                })
            }
        };
        let span = self.signature.name.span();
        let doc = format!("The value of `{}` and its pullback, which takes the value's cotangent to those of the arguments.", self.signature.name);
        let allow = allow();
        let pair = self.wrapped(quote!((#output, impl Fn(#(#seed_types),*) -> (#(#returned,)*) #captures)));
        quote_spanned! {span=>
            #[doc = #doc]
            #allow
            #vis fn #name #generics (#(#declared),*) -> #pair
            #where_clause
            #body
        }
    }

    /// A return type, inside the function's `Result` or `Option` if it has one.
    fn wrapped(&self, ty: TokenStream) -> TokenStream {
        self.signature.fallible.as_ref().map_or(ty.clone(), |fallible| fallible.with(&ty))
    }

    fn output(&self) -> TokenStream {
        self.signature.output.as_ref().map_or_else(|| quote!(()), |ty| ty.to_token_stream())
    }

    /// The user's generics, with the bounds that the derivative needs.
    fn generics(&self) -> (Generics, TokenStream) {
        let mut generics = self.signature.generics.clone();
        let mut predicates = needed_bounds(&generics);
        if matches!(self.place, Place::Trait(_)) && self.signature.is_method {
            predicates.push(quote!(Self: ::micrograd_core::Differentiable + Sized));
        }
        if let Some(clause) = generics.where_clause.take() {
            predicates.extend(clause.predicates.iter().map(ToTokens::to_token_stream));
        }
        let clause = if predicates.is_empty() { quote!() } else { quote!(where #(#predicates),*) };
        (generics, clause)
    }

    /// `impl Function<X> for f` where the function has one argument that names all its generics.
    fn function_impl(&self) -> TokenStream {
        let [param] = self.signature.params.as_slice() else { return TokenStream::new() };
        let text = param.ty.to_token_stream().to_string();
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let named = |ident: &Ident| words.contains(&ident.to_string().as_str());
        let all_named = self.signature.generics.params.iter().all(|param| match param {
            GenericParam::Type(param) => named(&param.ident),
            GenericParam::Const(param) => named(&param.ident),
            GenericParam::Lifetime(_) => false,
        });
        let fallible = self.signature.fallible.is_some();
        if !all_named || param.passing != Passing::Owned || param.is_excluded() || fallible {
            return TokenStream::new();
        }
        let (generics, where_clause) = self.generics();
        let idents = generics.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            GenericParam::Lifetime(_) => None,
        });
        let (name, ty, output) = (&self.signature.name, &param.ty, self.output());
        let (x_bar, y_bar) = (tangent_of(ty), cotangent_type(self.signature.output.as_ref()));
        quote! {
            #[allow(clippy::all)]
            impl #generics ::micrograd_core::Function<#ty> for #name #where_clause {
                type Output = #output;
                #[inline]
                fn call(&self, x: #ty) -> #output {
                    #name(x)
                }
                #[inline]
                fn rrule_call(&self, x: &#ty) -> (
                    #output,
                    impl Fn(&#y_bar, &Self, &mut ::micrograd_core::NoTangent, &#ty, &mut #x_bar) + use<#(#idents),*>,
                ) {
                    let (value, back) = #name::rrule(x);
                    (value, #[inline(always)] move |dy: &#y_bar, _: &Self, _: &mut ::micrograd_core::NoTangent, x: &#ty, dx: &mut #x_bar| back(dy, x, dx))
                }
            }
        }
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

/// Lints that are about what the user wrote do not hold for what is emitted.
fn allow() -> TokenStream {
    quote! {
        #[allow(
            unused_variables, unused_mut, unused_parens, unused_assignments, dead_code,
            clippy::all, clippy::pedantic, clippy::nursery
        )]
    }
}

/// Bounds that only numbers have.
const NUMERIC: [&str; 14] = [
    "Scalar", "Float", "FloatCore", "FloatConst", "Real", "RealField", "ComplexField", "Num",
    "NumCast", "NumAssign", "Signed", "FromPrimitive", "ToPrimitive", "SimdRealField",
];

/// The last names of the bounds of a type parameter, also those in the `where` clause.
fn bound_names<'b>(
    ident: &Ident,
    generics: &'b Generics,
    inline: impl IntoIterator<Item = &'b TypeParamBound>,
) -> Vec<String> {
    let mut names: Vec<String> = inline.into_iter().filter_map(bound_name).collect();
    for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
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
        TypeParamBound::Trait(bound) => {
            bound.path.segments.last().map(|segment| segment.ident.to_string())
        }
        _ => None,
    }
}
