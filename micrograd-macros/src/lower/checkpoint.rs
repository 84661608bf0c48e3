//! `#[checkpoint]` on a loop: where it may stand, and how it is taken out of what rustc sees.

use super::Lowering;
use crate::errors::Errors;
use crate::ir::{Kind, Op};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::collections::HashSet;
use syn::visit::Visit;
use syn::{Attribute, Block, Expr, Meta};

/// Reports the attribute where it stands on something else, or asks for what there is not.
pub(super) fn check(block: &Block, errors: &mut Errors) {
    let mut finder = Finder {
        on_loops: HashSet::new(),
        errors,
    };
    finder.visit_block(block);
}

struct Finder<'e> {
    on_loops: HashSet<*const Attribute>,
    errors: &'e mut Errors,
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        self.on_loops
            .extend(of_loop(expr).iter().map(std::ptr::from_ref));
        syn::visit::visit_expr(self, expr);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if !is_checkpoint(attribute) {
            return;
        }
        if !self.on_loops.contains(&std::ptr::from_ref(attribute)) {
            let message = "`#[checkpoint]` goes on a `for`, `while` or `loop`; that a whole function runs again says `#[differentiable(checkpoint)]`";
            self.errors.push(attribute, message);
        } else if !matches!(attribute.meta, Meta::Path(_)) {
            let message =
                "`#[checkpoint]` takes no arguments: n iterations are run again in √n blocks";
            self.errors.push(attribute, message);
        }
    }
}

/// The attributes of a loop.
fn of_loop(expr: &Expr) -> &[Attribute] {
    match expr {
        Expr::ForLoop(inner) => &inner.attrs,
        Expr::While(inner) => &inner.attrs,
        Expr::Loop(inner) => &inner.attrs,
        _ => &[],
    }
}

fn is_checkpoint(attribute: &Attribute) -> bool {
    attribute.path().is_ident("checkpoint")
}

impl Lowering<'_> {
    /// Marks the loop that was just built if the user's has the attribute.
    pub(super) fn mark_checkpoint(&mut self, expr: &Expr) {
        let is_marked = of_loop(expr).iter().any(is_checkpoint);
        if let Some(Op {
            kind: Kind::For { checkpoint, .. },
            ..
        }) = self.ops.last_mut()
        {
            *checkpoint = is_marked;
        }
    }
}

/// Whether the attribute stands anywhere in an item.
pub fn has_checkpoints(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match &token {
        TokenTree::Group(group) => is_attribute(&token) || has_checkpoints(&group.stream()),
        _ => false,
    })
}

/// An item without the attribute, which is none of rustc's.
pub fn without_checkpoints(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut kept = TokenStream::new();
    while let Some(token) = tokens.next() {
        let is_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
        if is_hash && tokens.next_if(is_attribute).is_some() {
            continue;
        }
        kept.extend([match token {
            TokenTree::Group(group) => {
                let inner = without_checkpoints(group.stream());
                let mut inner = Group::new(group.delimiter(), inner);
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        }]);
    }
    kept
}

/// `[checkpoint]`, whatever follows the word.
fn is_attribute(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else {
        return false;
    };
    let first = group.stream().into_iter().next();
    group.delimiter() == Delimiter::Bracket
        && matches!(first, Some(TokenTree::Ident(word)) if word == "checkpoint")
}
