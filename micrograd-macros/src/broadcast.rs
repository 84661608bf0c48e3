//! `broadcast!(w * x .+ b)`: operators with a dot work element by element, as in Julia.
//!
//! The dots are no Rust, so each `.+` is parsed as `+` whose right operand bears an attribute:
// In:   w * x .+ b
// Out:  w * x + #[dot] b

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned, ToTokens};
use syn::spanned::Spanned;
use syn::{Attribute, BinOp, Expr};

/// An expression in which some operators are dotted.
pub enum Dotted {
    /// No dots: ordinary Rust.
    Plain(Expr),
    /// `a .+ b`.
    Operator {
        /// `Add`, `Sub`, `Mul` or `Div`.
        name: &'static str,
        /// The operator's place.
        span: Span,
        /// Left and right.
        operands: Vec<Dotted>,
    },
    /// `f.(a)`.
    Function {
        /// The function value.
        function: Expr,
        /// Its operand.
        operand: Box<Dotted>,
    },
}

impl Dotted {
    /// Whether there is a dot at the top of the expression.
    pub fn is_dotted(&self) -> bool {
        !matches!(self, Dotted::Plain(_))
    }

    /// Where the expression stands.
    pub fn span(&self) -> Span {
        match self {
            Dotted::Plain(expr) => expr.span(),
            Dotted::Operator { span, .. } => *span,
            Dotted::Function { function, .. } => function.span(),
        }
    }

    /// The call that computes it outside differentiable code; lazy unless `plain`.
    fn lazy(&self) -> TokenStream {
        match self {
            Dotted::Plain(Expr::Reference(expr)) => quote!(#expr),
            Dotted::Plain(expr) => quote!(&(#expr)),
            Dotted::Operator {
                name,
                span,
                operands,
            } => {
                let name = Ident::new(name, *span);
                let operands = operands.iter().map(Dotted::lazy);
                quote_spanned!(*span=> &::micrograd_core::broadcasted(::micrograd_core::broadcast::#name, #(#operands),*))
            }
            Dotted::Function { function, operand } => {
                let operand = operand.lazy();
                quote_spanned!(function.span()=> &::micrograd_core::broadcasted_function(#function, #operand))
            }
        }
    }
}

/// Expands `broadcast!` outside differentiable code.
pub fn expand(input: TokenStream) -> TokenStream {
    match parse(input) {
        Ok(Dotted::Plain(expr)) => quote!(#expr),
        Ok(dotted) => {
            let lazy = dotted.lazy();
            quote!(::micrograd_core::materialize(#lazy))
        }
        Err(error) => error.into_compile_error(),
    }
}

/// Parses the macro's input.
pub fn parse(input: TokenStream) -> syn::Result<Dotted> {
    dotted(syn::parse2(mark(input))?)
}

/// Replaces `.+` by `+ #[dot]` and `f.(x)` by `f(#[dot] x)`.
fn mark(input: TokenStream) -> TokenStream {
    let mut output = TokenStream::new();
    let mut tokens = input.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_dot = matches!(&token, TokenTree::Punct(dot) if dot.as_char() == '.');
        match (is_dot, tokens.peek()) {
            (true, Some(TokenTree::Punct(operator))) if "+-*/".contains(operator.as_char()) => {
                let mut operator = operator.clone();
                tokens.next();
                operator = proc_macro2::Punct::new(operator.as_char(), Spacing::Alone);
                operator.set_span(token.span());
                output.extend(quote!(#operator #[dot]));
            }
            (true, Some(TokenTree::Group(group)))
                if group.delimiter() == Delimiter::Parenthesis =>
            {
                let inner = mark(group.stream());
                tokens.next();
                output.extend(quote!((#[dot] #inner)));
            }
            _ => match token {
                TokenTree::Group(group) => {
                    let mut marked =
                        proc_macro2::Group::new(group.delimiter(), mark(group.stream()));
                    marked.set_span(group.span());
                    output.extend([TokenTree::Group(marked)]);
                }
                token => output.extend([token]),
            },
        }
    }
    output
}

fn dotted(expr: Expr) -> syn::Result<Dotted> {
    match expr {
        Expr::Binary(mut binary) => {
            let name = match binary.op {
                BinOp::Add(_) => "Add",
                BinOp::Sub(_) => "Sub",
                BinOp::Mul(_) => "Mul",
                BinOp::Div(_) => "Div",
                _ => "",
            };
            if !name.is_empty() && take_dot(&mut binary.right) {
                let operands = vec![dotted(*binary.left)?, dotted(*binary.right)?];
                return Ok(Dotted::Operator {
                    name,
                    span: binary.op.span(),
                    operands,
                });
            }
            plain(Expr::Binary(binary))
        }
        Expr::Call(mut call) => {
            if call.args.len() != 1 || !take_dot(&mut call.args[0]) {
                return plain(Expr::Call(call));
            }
            let operand = call.args.pop().expect("one argument");
            Ok(Dotted::Function {
                function: *call.func,
                operand: Box::new(dotted(operand)?),
            })
        }
        Expr::Paren(paren) => match dotted(*paren.expr)? {
            Dotted::Plain(expr) => Ok(Dotted::Plain(Expr::Paren(syn::ExprParen {
                attrs: paren.attrs,
                paren_token: paren.paren_token,
                expr: Box::new(expr),
            }))),
            inner => Ok(inner),
        },
        expr => plain(expr),
    }
}

/// An expression without a dot at its top must have none inside.
fn plain(expr: Expr) -> syn::Result<Dotted> {
    if expr.to_token_stream().to_string().contains("# [dot]") {
        let message = "a dotted operation inside an undotted one must be a `broadcast!` of its own";
        return Err(syn::Error::new_spanned(expr, message));
    }
    Ok(Dotted::Plain(expr))
}

/// Removes the mark from the leftmost operand of `expr`.
fn take_dot(expr: &mut Expr) -> bool {
    if let Expr::Binary(binary) = expr {
        return take_dot(&mut binary.left);
    }
    let Some(attributes) = attributes(expr) else {
        return false;
    };
    let before = attributes.len();
    attributes.retain(|attribute| !attribute.path().is_ident("dot"));
    attributes.len() < before
}

fn attributes(expr: &mut Expr) -> Option<&mut Vec<Attribute>> {
    Some(match expr {
        Expr::Array(e) => &mut e.attrs,
        Expr::Call(e) => &mut e.attrs,
        Expr::Cast(e) => return attributes(&mut e.expr),
        Expr::Field(e) => &mut e.attrs,
        Expr::Index(e) => &mut e.attrs,
        Expr::Lit(e) => &mut e.attrs,
        Expr::Macro(e) => &mut e.attrs,
        Expr::MethodCall(e) => &mut e.attrs,
        Expr::Paren(e) => &mut e.attrs,
        Expr::Path(e) => &mut e.attrs,
        Expr::Reference(e) => &mut e.attrs,
        Expr::Struct(e) => &mut e.attrs,
        Expr::Unary(e) => &mut e.attrs,
        _ => return None,
    })
}
