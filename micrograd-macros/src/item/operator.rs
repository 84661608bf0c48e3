//! `impl`s of the standard library's traits. Into one of an operator no pullback can be put, since the trait is foreign; but the
//! operators have rules of their own, which are written from the body. Of the other traits nothing can be said.
//!
// In:   impl Mul<f64> for V2 { type Output = V2; fn mul(self, k: f64) -> V2 { … self … } }
// Out:  the same, and
//       const _: () = {
//           fn micrograd_operator(micrograd_self: V2, k: f64) -> V2 { … micrograd_self … }      with all that stands beside a function
//           impl MulRule<f64> for V2 { … micrograd_operator::rrule … }
//       };

use super::arguments::Arguments;
use super::conversion::conversion_items;
use super::free::{freed, replaced, result, self_ident};
use crate::emit::needed_bounds;
use crate::errors::Errors;
use crate::words::words;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, ToTokens};
use syn::spanned::Spanned;
use syn::{GenericArgument, GenericParam, ImplItem, ItemImpl, Lifetime, PathArguments, Type};

/// Operators that have a rule.
const OPERATORS: [&str; 6] = ["Add", "Sub", "Mul", "Div", "Rem", "Neg"];

/// Operators that assign, which have the rule of the operator that does not.
const ASSIGNING: [&str; 5] = [
    "AddAssign",
    "SubAssign",
    "MulAssign",
    "DivAssign",
    "RemAssign",
];

/// Other traits of the standard library that are implemented by hand.
const FOREIGN: [&str; 23] = [
    "AsMut",
    "AsRef",
    "BitAnd",
    "BitOr",
    "BitXor",
    "Clone",
    "Debug",
    "Default",
    "Deref",
    "DerefMut",
    "Display",
    "Drop",
    "Extend",
    "FromIterator",
    "FromStr",
    "Into",
    "IntoIterator",
    "Iterator",
    "Not",
    "PartialEq",
    "PartialOrd",
    "Shl",
    "TryFrom",
];

/// The name of the trait of the standard library that is implemented, if it is one of these.
fn foreign<'n>(block: &ItemImpl, names: &[&'n str]) -> Option<&'n str> {
    let (path, _) = block.trait_.as_ref()?;
    let last = &path.segments.last()?.ident;
    let found = names.iter().find(|name| last == **name)?;
    // A name alone is one of the prelude, or brought in with others.
    let is_foreign = match crate::source::imported(path).as_slice() {
        [_] => !crate::source::declares_trait(found),
        names => ["std", "core", "alloc"].contains(&names[0].as_str()),
    };
    is_foreign.then_some(*found)
}

/// The rule of an operator, if this is the `impl` of one; a mistake if it is that of another foreign trait.
pub(super) fn operator_items(
    arguments: &Arguments,
    block: &ItemImpl,
    errors: &mut Errors,
) -> Option<TokenStream> {
    if let Some(name) = foreign(block, &ASSIGNING) {
        let operator = name.trim_end_matches("Assign");
        let message = format!("an operator that assigns has the rule of the one that does not: put `#[differentiable]` on the `impl` of `{operator}`, and leave this one without");
        errors.push(&block.trait_.as_ref()?.0, message);
        return Some(TokenStream::new());
    }
    if let Some(name) = foreign(block, &["Sum", "Product"]) {
        let operator = if name == "Sum" { "Add" } else { "Mul" };
        let message = format!("what `{name}` gives of no items is all that is asked of it, and the items are taken together by `{operator}`: put `#[differentiable]` on the `impl` of `{operator}`, and leave this one without");
        errors.push(&block.trait_.as_ref()?.0, message);
        return Some(TokenStream::new());
    }
    if foreign(block, &["Index", "IndexMut"]).is_some() {
        let message = "an index operator needs no attribute: one that lends a place inside the type, as `&self.cells[i]`, and stands in the same file, leads to that place in differentiable code";
        errors.push(&block.trait_.as_ref()?.0, message);
        return Some(TokenStream::new());
    }
    if foreign(block, &["From"]).is_some() {
        return conversion_items(arguments, block, errors);
    }
    if foreign(block, &FOREIGN).is_some() {
        let message = "a trait of another crate has no place for pullbacks; write a method of the type's own with `#[differentiable]`, and call that from here and in differentiable code";
        errors.push(&block.trait_.as_ref()?.0, message);
        return Some(TokenStream::new());
    }
    let name = foreign(block, &OPERATORS)?;
    let operator = Operator::of(name, block)?;
    let rule = operator.rule(arguments, errors);
    Some(quote!(#block #rule))
}

/// An operator with its operands and its result.
struct Operator<'b> {
    name: &'b str,
    block: &'b ItemImpl,
    method: &'b syn::ImplItemFn,
    output: &'b Type,
    left: &'b Type,
    /// `Neg` has none.
    right: Option<Type>,
}

impl<'b> Operator<'b> {
    fn of(name: &'b str, block: &'b ItemImpl) -> Option<Self> {
        let output = result(block)?;
        let method = block.items.iter().find_map(|item| match item {
            ImplItem::Fn(method) => Some(method),
            _ => None,
        })?;
        let last = block.trait_.as_ref()?.0.segments.last()?;
        let argument = match &last.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.first(),
            PathArguments::None | PathArguments::Parenthesized(_) => None,
        };
        let right = match argument {
            Some(GenericArgument::Type(ty)) => ty.clone(),
            _ => (*block.self_ty).clone(),
        };
        let right = (name != "Neg").then(|| syn::parse2(replaced(right.to_token_stream(), block)));
        Some(Operator {
            name,
            block,
            method,
            output,
            left: &block.self_ty,
            right: right.transpose().ok()?,
        })
    }

    fn rule(&self, arguments: &Arguments, errors: &mut Errors) -> TokenStream {
        let rules = |function: &Ident| self.implementation(function);
        freed(
            arguments,
            self.block,
            self.method,
            self.function(),
            rules,
            errors,
        )
    }

    /// The head of the function that the operator is.
    fn function(&self) -> TokenStream {
        let generics = &self.block.generics;
        let clause = replaced(generics.where_clause.to_token_stream(), self.block);
        let name = Ident::new("micrograd_operator", self.method.sig.ident.span());
        let mut inputs = self.method.sig.inputs.iter();
        let micrograd_self = self_ident(inputs.next().map_or_else(Span::call_site, Spanned::span));
        let left = self.left;
        let mutable = match self.method.sig.receiver() {
            Some(receiver) => receiver.mutability,
            None => None,
        };
        let right = inputs.next().and_then(|input| match input {
            syn::FnArg::Typed(typed) => Some(replaced(typed.pat.to_token_stream(), self.block)),
            syn::FnArg::Receiver(_) => None,
        });
        let right = self.right.as_ref().map(|ty| quote!(#right: #ty));
        let output = replaced(self.output.to_token_stream(), self.block);
        quote!(fn #name #generics(#mutable #micrograd_self: #left, #right) -> #output #clause)
    }

    fn implementation(&self, function: &Ident) -> TokenStream {
        let operands = [Some(self.left), self.right.as_ref()].into_iter().flatten();
        let anonymous = Lifetime::new("'operand", Span::mixed_site());
        let mut operands = operands.map(|ty| base(ty, &anonymous));
        let left = operands.next().expect("an operator has an operand");
        let right = operands.next().unwrap_or(quote!(()));
        let mut generics = self.block.generics.clone();
        generics.params.insert(0, syn::parse_quote!(#anonymous));
        // Those of references are gone.
        let said = words(&quote!(#left, #right));
        generics.params = (generics.params.into_iter())
            .filter(|param| match param {
                GenericParam::Lifetime(param) => said.contains(&param.lifetime.ident.to_string()),
                _ => true,
            })
            .collect();
        for bound in needed_bounds(&generics) {
            let clause = generics.make_where_clause();
            clause.predicates.push(syn::parse_quote!(#bound));
        }
        let (header, _, clause) = generics.split_for_impl();
        let tangent = |ty: TokenStream| quote!(<#ty as ::micrograd_core::Differentiable>::Tangent);
        let output = replaced(self.output.to_token_stream(), self.block);
        let rule = Rule {
            function,
            name: format_ident!("{}Rule", self.name),
            header: header.into_token_stream(),
            clause: clause.into_token_stream(),
            z_bar: tangent(output),
            a_bar: tangent(left.clone()),
            b_bar: tangent(right.clone()),
            left,
            right,
        };
        match self.name {
            "Neg" => rule.of_negation(),
            "Add" | "Sub" => rule.keeping(),
            _ => rule.reading(),
        }
    }
}

/// The type behind references, with a name for lifetimes that have none.
fn base(ty: &Type, anonymous: &Lifetime) -> TokenStream {
    let base = crate::lifetimes::without_references(ty);
    let named = crate::lifetimes::with_named(&base, anonymous);
    named.unwrap_or(base).into_token_stream()
}

/// The rule of an operator, which calls that of the function.
struct Rule<'f> {
    function: &'f Ident,
    name: Ident,
    header: TokenStream,
    clause: TokenStream,
    left: TokenStream,
    right: TokenStream,
    z_bar: TokenStream,
    a_bar: TokenStream,
    b_bar: TokenStream,
}

impl Rule<'_> {
    // Out:  impl MulRule<B> for A { fn left(&self, b: &B, dz: &Z̄, to: &mut Ā) { … }  fn right(…) { … } }
    fn reading(&self) -> TokenStream {
        let Rule {
            name,
            header,
            clause,
            left,
            right,
            z_bar,
            ..
        } = self;
        let halves = self.halves(&quote!(&self, b: &#right), &quote!((self, b)));
        quote! {
            impl #header ::micrograd_core::rules::operator::#name<#right> for #left #clause {
                type Output = #z_bar;
                #halves
            }
        }
    }

    // Out:  impl AddRule<B> for A { type Residual = MicrogradOperands<A, B>; … }  impl Residual<Z̄, Ā, B̄> for MicrogradOperands<A, B> { … }
    fn keeping(&self) -> TokenStream {
        let Rule {
            name,
            header,
            clause,
            left,
            right,
            z_bar,
            a_bar,
            b_bar,
            ..
        } = self;
        let halves = self.halves(&quote!(&self), &quote!((&self.0, &self.1)));
        quote! {
            #[derive(Clone, Copy)]
            pub struct MicrogradOperands<A, B>(A, B);
            impl #header ::micrograd_core::rules::operator::Residual<#z_bar, #a_bar, #b_bar> for MicrogradOperands<#left, #right> #clause {
                #halves
            }
            impl #header ::micrograd_core::rules::operator::#name<#right> for #left #clause {
                type Output = #z_bar;
                type Residual = MicrogradOperands<#left, #right>;
                #[inline]
                fn residual(&self, b: &#right) -> MicrogradOperands<#left, #right> {
                    MicrogradOperands(::core::clone::Clone::clone(self), ::core::clone::Clone::clone(b))
                }
            }
        }
    }

    /// What the reverse is, of one operand or of both.
    // Out:  fn both(&self, b: &B, dz: &Z̄, to_left: &mut Ā, to_right: &mut B̄) { let (da, db) = …; to_left.absorb(da); to_right.absorb(db); }
    fn halves(&self, head: &TokenStream, operands: &TokenStream) -> TokenStream {
        let (function, z_bar, a_bar, b_bar) =
            (self.function, &self.z_bar, &self.a_bar, &self.b_bar);
        // The cotangents that are given may have no shape yet.
        let reversed = quote! {
            let (a, b) = #operands;
            let mut da = ::micrograd_core::Differentiable::accumulator(a);
            let mut db = ::micrograd_core::Differentiable::accumulator(b);
            let (_, back) = #function::rrule(a, b);
            back(&mut ::core::clone::Clone::clone(dz), a, &mut da, b, &mut db);
        };
        quote! {
            #[inline]
            fn left(#head, dz: &#z_bar, to_left: &mut #a_bar) {
                #reversed
                ::micrograd_core::Tangent::absorb(to_left, da);
            }
            #[inline]
            fn right(#head, dz: &#z_bar, to_right: &mut #b_bar) {
                #reversed
                ::micrograd_core::Tangent::absorb(to_right, db);
            }
            #[inline]
            fn both(#head, dz: &#z_bar, to_left: &mut #a_bar, to_right: &mut #b_bar) {
                #reversed
                ::micrograd_core::Tangent::absorb(to_left, da);
                ::micrograd_core::Tangent::absorb(to_right, db);
            }
        }
    }

    // Out:  impl NegRule for A { type Residual = MicrogradOperand<A>; … }  impl Residual<Z̄, Ā, NoTangent> for MicrogradOperand<A> { … }
    fn of_negation(&self) -> TokenStream {
        let Rule {
            function,
            name,
            header,
            clause,
            left,
            z_bar,
            a_bar,
            b_bar,
            ..
        } = self;
        quote! {
            #[derive(Clone, Copy)]
            pub struct MicrogradOperand<A>(A);
            impl #header ::micrograd_core::rules::operator::Residual<#z_bar, #a_bar, #b_bar> for MicrogradOperand<#left> #clause {
                #[inline]
                fn left(&self, dz: &#z_bar, to_left: &mut #a_bar) {
                    let mut da = ::micrograd_core::Differentiable::accumulator(&self.0);
                    let (_, back) = #function::rrule(&self.0);
                    back(&mut ::core::clone::Clone::clone(dz), &self.0, &mut da);
                    ::micrograd_core::Tangent::absorb(to_left, da);
                }
                fn right(&self, _: &#z_bar, _: &mut #b_bar) {}
            }
            impl #header ::micrograd_core::rules::operator::#name for #left #clause {
                type Output = #z_bar;
                type Residual = MicrogradOperand<#left>;
                #[inline]
                fn residual(&self) -> MicrogradOperand<#left> {
                    MicrogradOperand(::core::clone::Clone::clone(self))
                }
            }
        }
    }
}
