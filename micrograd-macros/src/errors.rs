//! The collector of a user's mistakes: a pass goes on after the first, so that all are reported at once.

use quote::ToTokens;

/// The mistakes found so far.
#[derive(Default)]
pub struct Errors(Option<syn::Error>);

impl Errors {
    /// Records a mistake at the user's tokens; `message` says what to do instead.
    pub fn push(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    /// Records a mistake that a parser found.
    pub fn add(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            none => *none = Some(error),
        }
    }

    /// Whether nothing was found yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Ends a pass: all mistakes together, if there was any.
    pub fn finish(&mut self) -> syn::Result<()> {
        self.0.take().map_or(Ok(()), Err)
    }
}
