//! A function's signature, taken apart once for lowering and emission.

use crate::errors::Errors;
use crate::functions::{Functions, Taken};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, ToTokens};
use syn::spanned::Spanned;
use syn::{FnArg, GenericParam, Generics, Ident, Pat, ReceiverKind, ReturnType, Type};

/// What the passes need to know of a function's head.
pub struct Signature {
    /// The function's name.
    pub name: Ident,
    /// The parameters in order, a method's `self` first.
    pub params: Vec<Parameter>,
    /// Whether the first parameter is `self`.
    pub is_method: bool,
    /// The type in whose `impl` the function stands.
    pub owner: Option<Type>,
    /// What the derivative needs of the type parameters of that `impl`.
    pub outer_bounds: Vec<TokenStream>,
    /// The type parameters the user wrote, and one for each `impl Trait` argument.
    pub generics: Generics,
    /// The type parameters that are declared to be functions, as in `F: Fn(A) -> B`.
    pub functions: Functions,
    /// The result's type; `None` for `()`. Of a fallible function that of its success.
    pub output: Option<Type>,
    /// The `Result` or `Option` that a fallible function returns.
    pub fallible: Option<Fallible>,
}

/// The return type of a fallible function.
pub struct Fallible {
    /// `Result<T, E>` or `Option<T>`.
    ty: Type,
    /// `Ok` or `Some`, as a path.
    pub success: syn::Path,
}

impl Fallible {
    /// `Result<T, E>` or `Option<T>`.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// The same type with another success: `Result<success, E>`.
    pub fn with(&self, success: &proc_macro2::TokenStream) -> proc_macro2::TokenStream {
        let Type::Path(mut ty) = self.ty.clone() else {
            unreachable!("a result or option is a path")
        };
        if let Some(syn::PathArguments::AngleBracketed(arguments)) =
            ty.path.segments.last_mut().map(|last| &mut last.arguments)
        {
            if let Some(first) = arguments.args.first_mut() {
                *first = syn::GenericArgument::Type(Type::Verbatim(success.clone()));
            }
        }
        quote::quote!(#ty)
    }
}

/// A parameter.
pub struct Parameter {
    /// The user's pattern; `None` for `self`.
    pub pat: Option<Pat>,
    /// The declared type without an outer reference.
    pub ty: Type,
    /// How the argument is passed.
    pub passing: Passing,
    /// Whether the type can carry a derivative and the user did not exclude it.
    pub active: bool,
    /// Whether the user excluded it with `no_gradient(…)`.
    pub excluded: bool,
    /// Whether the file says that the type has no tangent, with `no_tangent!`.
    pub tangentless: bool,
    /// Whether it is `self`.
    pub receiver: bool,
    /// The user's name, for readable output.
    pub hint: String,
    /// Where it stands.
    pub span: Span,
}

impl Parameter {
    /// Whether its pullback takes the argument back next to the cotangent. All but `&mut` ones are;
    /// a receiver is in any case, since its caller does not see whether the method changes it.
    pub fn is_handed_back(&self) -> bool {
        self.receiver || self.passing != Passing::Exclusive
    }
}

impl Signature {
    /// Whether the types of the parameters speak of all type and constant parameters, so that a call tells them.
    pub fn names_generics(&self) -> bool {
        let types = self.params.iter().map(|param| &param.ty);
        let words = crate::words::words(&quote!(#(#types),*));
        let mut parameters = self.parameters();
        parameters.all(|param| words.contains(&param.to_string()))
    }

    /// The type and constant parameters.
    fn parameters(&self) -> impl Iterator<Item = &Ident> {
        self.generics.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            GenericParam::Lifetime(_) => None,
        })
    }

    /// `::<T, N>` behind the name of the function where a call does not tell them.
    pub fn named(&self) -> TokenStream {
        if self.names_generics() {
            return TokenStream::new();
        }
        let parameters = self.parameters();
        quote!(::<#(#parameters),*>)
    }

    /// What a parameter takes and gives, if it is a function.
    pub fn function(&self, param: &Parameter) -> Option<&Taken> {
        let Type::Path(path) = &param.ty else {
            return None;
        };
        self.functions.get(&path.path.get_ident()?.to_string())
    }

    /// Looks in the file for the types that have no tangent. The compiler checks what is found, since the
    /// pullback then takes a `NoTangent` for such a parameter.
    pub fn find_tangentless(&mut self) {
        for param in &mut self.params {
            let owner = self.owner.as_ref().filter(|_| param.receiver);
            if crate::source::has_no_tangent(owner.unwrap_or(&param.ty)) {
                param.tangentless = true;
                param.active = false;
            }
        }
    }

    /// Whether neither the value nor anything that the function changes can have a derivative.
    pub fn is_inert(&self) -> bool {
        !self.changes_arguments() && self.output.as_ref().is_none_or(is_inert)
    }

    /// Whether any parameter is an exclusive reference.
    pub fn changes_arguments(&self) -> bool {
        (self.params.iter()).any(|param| param.passing == Passing::Exclusive)
    }

    /// Whether each number of the value has a row in a Jacobian: there are several, and no other cotangent than theirs.
    pub fn has_rows(&self) -> bool {
        self.output.is_some() && !self.is_of_number() && !self.changes_arguments()
    }

    /// How many rows its Jacobian has, if the type tells.
    pub fn rows(&self) -> Option<TokenStream> {
        self.output.as_ref().and_then(count)
    }

    /// Whether the value is surely a floating-point number.
    pub fn is_of_number(&self) -> bool {
        let output = self.output.as_ref();
        self.fallible.is_none()
            && output.is_some_and(|ty| {
                let ty = crate::source::expanded(ty);
                crate::lower::is_number(&ty) && !is_inert(&ty)
            })
    }
}

/// How an argument is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    /// `x: T`
    Owned,
    /// `x: &T`
    Shared,
    /// `x: &mut T`
    Exclusive,
}

/// Takes a signature apart; what cannot be differentiated goes to `errors`.
pub fn parse(sig: &syn::Signature, no_gradient: &[Ident], errors: &mut Errors) -> Signature {
    if let Some(token) = &sig.asyncness {
        errors.push(
            token,
            "cannot differentiate `async` functions; compute the value before and pass it in",
        );
    }
    if let syn::Safety::Unsafe(token) = &sig.safety {
        errors.push(token, "cannot see the data flow of `unsafe` code; give the function a rule with `#[differentiable(rule = …)]`");
    }
    if let Some(variadic) = &sig.variadic {
        errors.push(variadic, "cannot differentiate variadic functions");
    }
    let mut generics = sig.generics.clone();
    let mut params: Vec<Parameter> = Vec::new();
    for input in &sig.inputs {
        params.push(match input {
            FnArg::Receiver(receiver) => receiver_param(receiver, errors),
            FnArg::Typed(typed) => typed_param(typed, params.len(), &mut generics),
        });
    }
    for (index, param) in params.iter().enumerate() {
        if params[..index]
            .iter()
            .any(|other| other.hint == param.hint && param.hint != "argument")
        {
            let message = format!(
                "two parameters are called `{}`, perhaps through a macro; give one another name",
                param.hint
            );
            errors.add(syn::Error::new(param.span, message));
        }
    }
    for name in no_gradient {
        let spelled = if name == "self" {
            "this".into()
        } else {
            name.to_string()
        };
        match params.iter_mut().find(|param| param.hint == spelled) {
            Some(param) => {
                param.active = false;
                param.excluded = true;
            }
            None => {
                let names: Vec<String> = sig.inputs.iter().filter_map(input_name).collect();
                errors.push(
                    name,
                    format!(
                        "no parameter has this name; there are `{}`",
                        names.join("`, `")
                    ),
                );
            }
        }
    }
    let functions = crate::functions::differentiable_bounds(&mut generics, errors);
    let (output, fallible) = output(&sig.output, errors);
    Signature {
        name: sig.ident.clone(),
        is_method: sig.receiver().is_some(),
        params,
        owner: None,
        outer_bounds: Vec::new(),
        generics,
        functions,
        output,
        fallible,
    }
}

fn input_name(input: &FnArg) -> Option<String> {
    match input {
        FnArg::Receiver(_) => Some("self".into()),
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(ident) => Some(ident.ident.to_string()),
            _ => None,
        },
    }
}

fn receiver_param(receiver: &syn::Receiver, errors: &mut Errors) -> Parameter {
    let passing = match &receiver.kind {
        ReceiverKind::Value => Passing::Owned,
        ReceiverKind::Reference(_, _, None) => Passing::Shared,
        ReceiverKind::Reference(_, _, Some(_)) => Passing::Exclusive,
        _ => {
            errors.push(receiver, "this kind of receiver is not supported in differentiable code; write `self` or `&self`");
            Passing::Shared
        }
    };
    Parameter {
        pat: None,
        ty: syn::parse_quote!(Self),
        passing,
        active: true,
        excluded: false,
        tangentless: false,
        receiver: true,
        hint: "this".into(),
        span: receiver.self_token.span,
    }
}

fn typed_param(typed: &syn::PatType, index: usize, generics: &mut Generics) -> Parameter {
    let (mut ty, passing) = match &*typed.ty {
        Type::Reference(reference) => {
            let passing = if reference.mutability.is_some() {
                Passing::Exclusive
            } else {
                Passing::Shared
            };
            ((*reference.elem).clone(), passing)
        }
        ty => (ty.clone(), Passing::Owned),
    };
    // `&(impl A + B)`
    while let Type::Paren(paren) = ty {
        ty = *paren.elem;
    }
    let bounds = match &ty {
        Type::ImplTrait(bounds) => Some(&bounds.bounds),
        // `&dyn Fn(A) -> B` is any function behind a reference.
        Type::TraitObject(object) if passing == Passing::Shared => Some(&object.bounds),
        _ => None,
    };
    let pointer = crate::functions::pointer_bound(&ty);
    let bounds = bounds.map(|bounds| (bounds.to_token_stream(), bounds.span()));
    let bounds = bounds.or_else(|| pointer.map(|bound| (bound.to_token_stream(), ty.span())));
    if let Some((bounds, span)) = bounds {
        let ident = format_ident!("Argument{index}", span = span);
        generics.params.push(syn::parse_quote!(#ident: #bounds));
        ty = syn::parse_quote!(#ident);
    }
    let hint = match &*typed.pat {
        Pat::Ident(ident) => ident.ident.to_string(),
        _ => "argument".into(),
    };
    let active = !is_inert(&ty);
    Parameter {
        pat: Some((*typed.pat).clone()),
        ty,
        passing,
        active,
        excluded: false,
        tangentless: false,
        receiver: false,
        hint,
        span: typed.pat.span(),
    }
}

fn output(output: &ReturnType, errors: &mut Errors) -> (Option<Type>, Option<Fallible>) {
    let ReturnType::Type(_, ty) = output else {
        return (None, None);
    };
    let fallible = fallible(ty);
    let ty = match &fallible {
        Some((success, _)) => success,
        None => &**ty,
    };
    let output = match ty {
        Type::Tuple(tuple) if tuple.elems.is_empty() => None,
        Type::ImplTrait(ty) => {
            errors.push(
                ty,
                "name the result's type; `impl Trait` has no tangent type that could be named",
            );
            None
        }
        // Text that is there for good.
        Type::Reference(text)
            if is_inert(&text.elem)
                && text
                    .lifetime
                    .as_ref()
                    .is_some_and(|of| of.ident == "static") =>
        {
            Some(Type::Reference(text.clone()))
        }
        Type::Reference(ty) => {
            errors.push(ty, "returning a reference is not supported in differentiable code yet; return the value");
            None
        }
        ty => Some(ty.clone()),
    };
    (output, fallible.map(|(_, fallible)| fallible))
}

/// The success type of a `Result` or `Option`.
fn fallible(ty: &Type) -> Option<(Type, Fallible)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let success = if last.ident == "Result" {
        syn::parse_quote!(::core::result::Result::Ok)
    } else if last.ident == "Option" {
        syn::parse_quote!(::core::option::Option::Some)
    } else {
        return None;
    };
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let syn::GenericArgument::Type(first) = arguments.args.first()? else {
        return None;
    };
    Some((
        first.clone(),
        Fallible {
            ty: ty.clone(),
            success,
        },
    ))
}

/// Whether a type is written as one that has no tangent.
pub fn is_inert(ty: &Type) -> bool {
    const FLOATS: [&str; 2] = ["f32", "f64"];
    match ty {
        Type::Path(path) => path.path.get_ident().is_some_and(|ident| {
            let name = ident.to_string();
            name == "str"
                || name == "String"
                || name == "NoTangent"
                || crate::lower::is_number(ty) && !FLOATS.contains(&name.as_str())
        }),
        Type::Reference(reference) => is_inert(&reference.elem),
        Type::Paren(paren) => is_inert(&paren.elem),
        Type::Array(array) => is_inert(&array.elem),
        Type::Slice(slice) => is_inert(&slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_inert),
        _ => false,
    }
}

/// How many numbers a type has, if it is written as arrays and tuples of numbers.
// In:   ([f64; 3], f64)
// Out:  (3) * 1 + 1
fn count(ty: &Type) -> Option<TokenStream> {
    match crate::source::expanded(ty) {
        Type::Array(array) => {
            let (length, of_each) = (&array.len, count(&array.elem)?);
            Some(quote!((#length) * #of_each))
        }
        Type::Tuple(tuple) => {
            let counts: Option<Vec<_>> = tuple.elems.iter().map(count).collect();
            let counts = counts?;
            Some(quote!((0 #(+ #counts)*)))
        }
        Type::Paren(ty) => count(&ty.elem),
        ty if crate::lower::is_number(&ty) => Some(quote!(1)),
        _ => None,
    }
}
