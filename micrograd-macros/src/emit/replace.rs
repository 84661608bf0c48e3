//! Loops of which the reverse sweep runs the last replacement alone, in both sweeps: such a loop has one record, that of the
//! last round that replaced what it carries.
//!
// Out:  forward:  let mut kept = None;
//                 for i in r { let mut replaced = false;  … if c { …; replaced = true; … } …;  if replaced { kept = Some((saved,)); } }
//       reverse:  if let Some(record) = &kept { let (saved,) = record;  … }

use super::forward::Forward;
use super::hygienic;
use super::records::record;
use super::reverse::Reverse;
use crate::ir::{Op, Region};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

impl Forward<'_, '_, '_> {
    /// What a round of such a loop begins with.
    // Out:  let mut replaced = false;
    pub(super) fn nothing_replaced(&self, body: &Region) -> Option<TokenStream> {
        let (sweeps, replaced) = (self.0.sweeps, replaced());
        let is_replacing = sweeps.plan.is_replacing(sweeps.index.id(body));
        is_replacing.then(|| quote!(let mut #replaced = false;))
    }

    /// What the side of a branch says that replaces.
    // Out:  replaced = true;
    pub(super) fn replaces(&self, region: &Region) -> Option<TokenStream> {
        let (sweeps, replaced) = (self.0.sweeps, replaced());
        let replaces = sweeps.plan.replaces(sweeps.index.id(region));
        replaces.then(|| quote!(#replaced = true;))
    }

    /// What stands behind such a loop that replaces what a loop around it carries.
    // Out:  replaced |= kept.is_some();
    pub(super) fn replaces_around(&self, op: &Op, body: &Region) -> Option<TokenStream> {
        let (sweeps, replaced) = (self.0.sweeps, replaced());
        let replaces = sweeps.plan.replaces(sweeps.index.id(body));
        replaces.then(|| {
            let kept = self.residual(op);
            quote!(#replaced |= #kept.is_some();)
        })
    }
}

/// Declares the one record, and replaces it at the end of a round.
pub(super) fn last(kept: &Ident, record: &TokenStream, span: Span) -> (TokenStream, TokenStream) {
    let replaced = replaced();
    (
        quote_spanned!(span=> let mut #kept = ::core::option::Option::None;),
        quote_spanned!(span=> if #replaced { #kept = ::core::option::Option::Some(#record); }),
    )
}

impl Reverse<'_, '_, '_> {
    /// The reverse of the one round that matters, if there was one.
    pub(super) fn last_replacement(&self, op: &Op, statements: TokenStream) -> TokenStream {
        let (span, record) = (hygienic(op.span), record());
        let kept = (self.sweeps().adjoint.residual(op)).expect("a reversed loop has a residual");
        let kept = self.reader().ident(kept);
        quote_spanned!(span=> if let ::core::option::Option::Some(#record) = &#kept { #statements })
    }
}

/// The variable that tells whether a round replaced what its loop carries.
fn replaced() -> Ident {
    Ident::new("replaced", Span::mixed_site())
}
