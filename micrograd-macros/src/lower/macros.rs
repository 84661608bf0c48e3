//! Macros in a body: `vec!`, `broadcast!`, and those kept as they are for their effect.

use super::expr::core_path;
use super::Lowering;
use crate::ir::{Call, Callee, Effect, Failure, Kind, Operand, Sequence};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Ident, Macro, Token};

impl Lowering<'_> {
    /// A macro that gives a value.
    pub(super) fn macro_value(&mut self, mac: &Macro) -> Operand {
        let span = mac.path.span();
        match macro_name(mac).as_str() {
            "vec" => self.vec(mac),
            "broadcast" => match crate::broadcast::parse(mac.tokens.clone()) {
                Ok(expr) => self.broadcast(&expr),
                Err(error) => {
                    self.errors.add(error);
                    self.nothing(span)
                }
            },
            "matches" | "concat" | "cfg" | "env" | "line" | "file" => {
                self.plain_value(mac.to_token_stream())
            }
            "format" | "stringify" => {
                let text = self.plain_value(mac.to_token_stream());
                self.definitions[text.value.0].copy = false;
                text
            }
            _ => {
                let message = "the macro's expansion cannot be seen from here; write what it expands to, or call a `#[differentiable]` function";
                self.errors.push(&mac.path, message);
                self.nothing(span)
            }
        }
    }

    fn vec(&mut self, mac: &Macro) -> Operand {
        let span = mac.path.span();
        let repeated = |input: syn::parse::ParseStream| {
            let element: Expr = input.parse()?;
            input.parse::<Token![;]>()?;
            Ok((element, input.parse::<Expr>()?))
        };
        if let Ok((element, length)) = repeated.parse2(mac.tokens.clone()) {
            return self.repeat(&element, &length, Sequence::Vec, span);
        }
        match Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone()) {
            Ok(elements) => self.array(&elements, Sequence::Vec, span),
            Err(error) => {
                self.errors.add(error);
                self.nothing(span)
            }
        }
    }

    /// `broadcast!(a .+ b)` is `materialize(broadcasted(+, &a, &b))`.
    fn broadcast(&mut self, expr: &crate::broadcast::Dotted) -> Operand {
        let lazy = self.dotted(expr);
        if !expr.is_dotted() {
            return lazy;
        }
        let span = expr.span();
        let args = vec![Operand::by_reference(lazy.value)];
        let callee = Callee::Function(core_path("materialize", span));
        Operand::by_value(self.push(
            Kind::Call(Call {
                callee,
                args,
                effect: Effect::Rule,
                failure: Failure::Never,
                changes: None,
            }),
            span,
        ))
    }

    fn dotted(&mut self, expr: &crate::broadcast::Dotted) -> Operand {
        use crate::broadcast::Dotted;
        match expr {
            Dotted::Plain(expr) => self.expr(expr),
            Dotted::Operator {
                name,
                span,
                operands,
            } => {
                let operator =
                    self.constant(core_path(&format!("broadcast::{name}"), *span), *span);
                self.broadcasted(operator, operands, *span)
            }
            Dotted::Function { function, operand } => {
                let operator = self.expr(function);
                self.broadcasted(operator, std::slice::from_ref(&**operand), function.span())
            }
        }
    }

    fn broadcasted(
        &mut self,
        operator: Operand,
        operands: &[crate::broadcast::Dotted],
        span: Span,
    ) -> Operand {
        let mut args = vec![operator];
        for operand in operands {
            let operand = self.dotted(operand);
            args.push(Operand::by_reference(operand.value));
        }
        let name = if operands.len() == 1 {
            "broadcasted_function"
        } else {
            "broadcasted"
        };
        let callee = Callee::Function(core_path(name, span));
        Operand::by_value(self.push(
            Kind::Call(Call {
                callee,
                args,
                effect: Effect::View,
                failure: Failure::Never,
                changes: None,
            }),
            span,
        ))
    }

    /// A macro that stands as a statement.
    pub(super) fn effect_macro(&mut self, mac: &Macro) {
        if !is_effect(mac) {
            self.macro_value(mac);
            return;
        }
        let mut assigned = super::assigned::Assigned::default();
        assigned.macro_arguments(mac);
        if !self.bound(assigned).is_empty() {
            let message = "an assignment inside this macro is not supported in differentiable code; make it a statement before";
            self.errors.push(&mac.path, message);
        }
        self.plain(mac.to_token_stream(), is_diverging(mac));
    }

    /// Rust that stays as it was written, since no derivative flows through it.
    pub(super) fn plain(&mut self, tokens: TokenStream, diverges: bool) {
        let span = tokens.span();
        let kind = Kind::Plain(self.capture(tokens));
        self.ops.push(crate::ir::Op {
            results: Vec::new(),
            kind,
            span,
        });
        self.diverged |= diverges;
    }

    /// The value of Rust that stays as it was written and has no tangent.
    pub(super) fn plain_value(&mut self, tokens: TokenStream) -> Operand {
        let span = tokens.span();
        let kind = Kind::PlainValue(self.capture(tokens));
        let value = self.push(kind, span);
        self.definitions[value.0].copy = true;
        Operand::by_value(value)
    }

    /// The local variables in tokens that stay as they are.
    pub(super) fn capture(&mut self, tokens: TokenStream) -> crate::ir::Plain {
        let mut names = std::collections::BTreeMap::new();
        let tokens = captured_names(tokens, &mut names);
        let mut captures = Vec::new();
        for (name, ident) in names {
            let spelled = if name == "this" { "self" } else { &name };
            let slot = self
                .lookup_slot(&name)
                .or_else(|| self.lookup_slot(spelled));
            let variable = self
                .lookup(&name)
                .or_else(|| self.lookup(spelled))
                .flatten();
            let operand = match (slot, variable, self.lookup_item(&name)) {
                (Some(slot), ..) => Operand::by_reference(slot),
                (None, Some(operand), _) => operand,
                (None, None, Some(item)) => self.single(item, ident.span()),
                (None, None, None) => continue,
            };
            captures.push((ident, operand));
        }
        crate::ir::Plain { tokens, captures }
    }
}

/// Collects the names in `tokens`, those inside format texts included; `self` becomes `this`.
fn captured_names(
    tokens: TokenStream,
    names: &mut std::collections::BTreeMap<String, Ident>,
) -> TokenStream {
    let mut after_dot = false;
    let rename = |token: TokenTree| {
        let is_field = std::mem::replace(
            &mut after_dot,
            matches!(&token, TokenTree::Punct(p) if p.as_char() == '.'),
        );
        match token {
            TokenTree::Ident(ident) if is_field => TokenTree::Ident(ident),
            TokenTree::Ident(ident) => {
                let ident = if ident == "self" {
                    Ident::new("this", ident.span())
                } else {
                    ident
                };
                names
                    .entry(ident.to_string())
                    .or_insert_with(|| ident.clone());
                TokenTree::Ident(ident)
            }
            TokenTree::Literal(literal) => {
                for name in format_names(&literal.to_string()) {
                    let ident = Ident::new(&name, literal.span());
                    names.entry(name).or_insert(ident);
                }
                TokenTree::Literal(literal)
            }
            TokenTree::Group(group) => {
                let mut inner = proc_macro2::Group::new(
                    group.delimiter(),
                    captured_names(group.stream(), names),
                );
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            token @ TokenTree::Punct(_) => token,
        }
    };
    tokens.into_iter().map(rename).collect()
}

/// The names inside the braces of a format text.
fn format_names(text: &str) -> Vec<String> {
    if !text.contains('"') {
        return Vec::new();
    }
    (text.replace("{{", "").split('{').skip(1))
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        })
        .filter(|name| name.starts_with(|first: char| first.is_alphabetic() || first == '_'))
        .collect()
}

const DIVERGING: [&str; 4] = ["panic", "unreachable", "todo", "unimplemented"];

/// Whether a macro is kept for its effect.
pub(super) fn is_effect(mac: &Macro) -> bool {
    const EFFECTS: [&str; 10] = [
        "assert",
        "assert_eq",
        "assert_ne",
        "debug_assert",
        "debug_assert_eq",
        "debug_assert_ne",
        "println",
        "print",
        "eprintln",
        "eprint",
    ];
    let name = macro_name(mac);
    EFFECTS.contains(&name.as_str()) || is_diverging(mac)
}

/// Whether control never goes on behind a macro.
pub(super) fn is_diverging(mac: &Macro) -> bool {
    DIVERGING.contains(&macro_name(mac).as_str())
}

fn macro_name(mac: &Macro) -> String {
    mac.path
        .segments
        .last()
        .map_or_else(String::new, |segment| segment.ident.to_string())
}

/// Reports conditional compilation inside a body: an attribute macro cannot tell what is left of it.
pub(super) fn reject_cfg(block: &syn::Block, errors: &mut crate::errors::Errors) {
    struct Finder<'e>(&'e mut crate::errors::Errors);
    impl<'ast> syn::visit::Visit<'ast> for Finder<'_> {
        fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
            if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
                let message = "conditional compilation inside a differentiable function is not supported; put the attribute on two versions of the function";
                self.0.push(attribute, message);
            }
        }
    }
    syn::visit::Visit::visit_block(&mut Finder(errors), block);
}
