//! What is an option or a result for sure, as far as the text tells.

use super::Lowering;
use std::collections::HashSet;
use syn::visit::Visit;
use syn::Expr;

/// Methods whose value is surely an option.
const GIVING_OPTIONS: [&str; 12] = [
    "try_inverse",
    "cholesky",
    "first",
    "last",
    "get",
    "pop",
    "checked_add",
    "checked_sub",
    "checked_mul",
    "checked_div",
    "then_some",
    "ok",
];

/// Methods that take an option apart.
pub(super) const CONSUMERS: [&str; 9] = [
    "unwrap",
    "expect",
    "unwrap_or",
    "unwrap_or_else",
    "unwrap_or_default",
    "map_or",
    "map_or_else",
    "is_some",
    "is_none",
];

impl Lowering<'_> {
    /// Whether an expression is surely an option or result.
    pub(super) fn is_option_expr(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Paren(paren) => self.is_option_expr(&paren.expr),
            Expr::Path(path) => self.named(path).is_some_and(|value| {
                let ty = self.definitions[value.0].ty.as_ref();
                self.options.contains(&value) || ty.is_some_and(is_option_type)
            }),
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                match name.as_str() {
                    "map" | "as_ref" | "copied" | "cloned" => self.is_option_expr(&call.receiver),
                    "and_then" | "ok" | "as_deref" => true,
                    name => GIVING_OPTIONS.contains(&name) || returns_option(name),
                }
            }
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
                    last.ident == "Some" || returns_option(&last.ident.to_string())
                }),
                _ => false,
            },
            _ => false,
        }
    }
}

/// Whether all functions of this name in the file return an option or result.
fn returns_option(function: &str) -> bool {
    let returned = crate::source::returned_name(function);
    returned.is_some_and(|name| name == "Option" || name == "Result")
}

/// The names of variables that a function treats as options or results.
pub(super) fn option_names(block: &syn::Block) -> HashSet<String> {
    let mut visitor = OptionNames(HashSet::new());
    visitor.visit_block(block);
    visitor.0
}

struct OptionNames(HashSet<String>);

impl OptionNames {
    fn name(&mut self, expr: &Expr) {
        match expr {
            Expr::Path(path) => self
                .0
                .extend(path.path.get_ident().map(ToString::to_string)),
            Expr::Reference(reference) => self.name(&reference.expr),
            Expr::Paren(paren) => self.name(&paren.expr),
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|element| self.name(element)),
            _ => {}
        }
    }
}

impl<'ast> Visit<'ast> for OptionNames {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        const METHODS: [&str; 8] = [
            "is_ok",
            "is_err",
            "ok",
            "ok_or",
            "ok_or_else",
            "and_then",
            "is_some_and",
            "is_ok_and",
        ];
        let tests = |pat: &syn::Pat| match pat {
            syn::Pat::Tuple(tuple) => tuple.elems.iter().any(super::refute::is_option),
            pat => super::refute::is_option(pat),
        };
        match expr {
            Expr::Match(choice) if choice.arms.iter().any(|arm| tests(&arm.pat)) => {
                self.name(&choice.expr);
            }
            Expr::Let(condition) if tests(&condition.pat) => self.name(&condition.expr),
            Expr::MethodCall(call)
                if [&CONSUMERS[..], &METHODS]
                    .iter()
                    .any(|names| names.iter().any(|name| call.method == name)) =>
            {
                self.name(&call.receiver);
            }
            Expr::Try(question) => self.name(&question.expr),
            _ => {}
        }
        syn::visit::visit_expr(self, expr);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let (Some(init), syn::Pat::TupleStruct(_)) = (&local.init, &local.pat) {
            if super::refute::is_option(&local.pat) {
                self.name(&init.expr);
            }
        }
        syn::visit::visit_local(self, local);
    }
}

/// Whether a type is written as an option or result.
pub fn is_option_type(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == "Option" || last.ident == "Result")
        }
        syn::Type::Reference(reference) => is_option_type(&reference.elem),
        syn::Type::Paren(paren) => is_option_type(&paren.elem),
        _ => false,
    }
}
