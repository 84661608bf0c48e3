//! Which variables a piece of code assigns, and which names it mentions.

use std::collections::BTreeSet;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{Block, Expr};

/// The names of variables that code assigns, and all names it mentions: one may be a closure that
/// assigns.
#[derive(Clone, Default)]
pub(super) struct Assigned {
    pub(super) names: BTreeSet<String>,
    pub(super) mentioned: BTreeSet<String>,
}

impl Assigned {
    pub(super) fn block(&mut self, block: &Block) {
        self.visit_block(block);
    }

    pub(super) fn expr(&mut self, expr: &Expr) {
        self.visit_expr(expr);
    }

    /// The arguments of a macro, as far as they are expressions.
    pub(super) fn macro_arguments(&mut self, mac: &syn::Macro) {
        let arguments = Punctuated::<Expr, syn::Token![,]>::parse_terminated;
        if let Ok(arguments) = arguments.parse2(mac.tokens.clone()) {
            arguments
                .iter()
                .for_each(|argument| self.argument(argument));
        }
    }

    /// `name = value` is no assignment among the arguments of a macro.
    fn argument(&mut self, argument: &Expr) {
        match argument {
            Expr::Assign(named) => self.visit_expr(&named.right),
            other => self.visit_expr(other),
        }
    }

    fn target(&mut self, expr: &Expr) {
        match expr {
            Expr::Path(path) => self
                .names
                .extend(path.path.get_ident().map(ToString::to_string)),
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|target| self.target(target)),
            Expr::Paren(paren) => self.target(&paren.expr),
            _ => {}
        }
    }
}

impl<'ast> Visit<'ast> for Assigned {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Assign(assign) => self.target(&assign.left),
            Expr::Binary(binary) if super::expr::compound(&binary.op).is_some() => {
                self.target(&binary.left)
            }
            Expr::Path(path) => self
                .mentioned
                .extend(path.path.get_ident().map(ToString::to_string)),
            _ => {}
        }
        syn::visit::visit_expr(self, expr);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.macro_arguments(mac);
    }
}
