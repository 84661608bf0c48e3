//! What the file told of types, for the compiler to check: a name may stand for another type where it is
//! used, and a number that is wrongly taken to carry no derivative would be a silent zero.

use super::{hygienic, Sweeps};
use crate::ir::{Kind, Value};
use crate::signature::{is_inert, Signature};
use proc_macro2::TokenStream;
use quote::{quote_spanned, ToTokens};
use std::collections::BTreeSet;
use syn::spanned::Spanned;
use syn::Type;

/// Closures that nobody calls, one for each field that is taken to carry no derivative.
// Out:  let _ = |tangent: &S̄| excluded(&tangent.a);  let _ = |value: &S| { let _: &usize = &value.n; };
pub(super) fn fields(sweeps: &Sweeps<'_, '_>) -> TokenStream {
    let function = sweeps.index.function;
    let mut proved = BTreeSet::new();
    let mut proofs = TokenStream::new();
    function.body.visit(&mut |op| {
        let Kind::Field(base, member) = &op.kind else {
            return;
        };
        let ty = |value: Value| function.definitions[value.0].ty.as_ref();
        let Some(owner @ Type::Path(path)) = ty(*base) else {
            return;
        };
        let is_excluded = crate::source::bare_name(&path.path)
            .is_some_and(|name| crate::source::is_excluded(&name, member));
        let root = sweeps.index.root(*base).0;
        let span = hygienic(op.span);
        let proof = match ty(op.results[0]) {
            _ if is_excluded && sweeps.activity.matters(root) => quote_spanned! {span=>
                let _ = |tangent: &<#owner as ::micrograd_core::Differentiable>::Tangent| {
                    ::micrograd_core::emitted::excluded(&tangent.#member);
                };
            },
            Some(ty) if is_inert(ty) => quote_spanned! {span=>
                let _ = |value: &#owner| { let _: &#ty = &value.#member; };
            },
            _ => return,
        };
        if proved.insert(proof.to_string()) {
            proofs.extend(proof);
        }
    });
    proofs
}

/// The same of parameters whose type is an alias for one without a derivative.
// Out:  let _: fn(&Count) -> &usize = |same| same;
pub(super) fn parameters(signature: &Signature, sweeps: &Sweeps<'_, '_>) -> TokenStream {
    let function = sweeps.index.function;
    let params = signature.params.iter().zip(&function.params);
    let proofs = params.filter_map(|(declared, param)| {
        let (written, known) = (
            &declared.ty,
            function.definitions[param.value.0].ty.as_ref()?,
        );
        let is_other = written.to_token_stream().to_string() != known.to_token_stream().to_string();
        let span = hygienic(written.span());
        (is_other && is_inert(known) && !declared.receiver)
            .then(|| quote_spanned!(span=> let _: fn(&#written) -> &#known = |same| same;))
    });
    proofs.collect()
}
