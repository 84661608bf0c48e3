//! Operators, in both sweeps: `a * b` as the user wrote it, and the half of its rule for each operand.
//!
//! Of what are numbers for sure the reverse is arithmetic; all else goes through `micrograd_core::rules::operator`.

use super::forward::Forward;
use super::hygienic;
use super::reverse::Reverse;
use crate::adjoint::{Cotangent, Step};
use crate::ir::{Kind, Op, Operand, Value};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::BinOp;

impl Forward<'_, '_, '_> {
    // Out:  a * b
    pub(super) fn binary(
        &self,
        operator: &BinOp,
        a: &Operand,
        b: &Operand,
        span: Span,
    ) -> TokenStream {
        let (a, b) = (self.0.read(a), self.0.read(b));
        let result = quote_spanned!(span=> #a #operator #b);
        if is_bitwise(operator) {
            // Integers have these operators; of a type that gives them another meaning the
            // derivative would be lost.
            quote_spanned!(span=> ::micrograd_core::emitted::inert(#result))
        } else {
            result
        }
    }

    /// What the reverse of `+`, `-` and unary `-` keeps where the operands may be no numbers.
    // Out:  let kept = operator::add(&a, &b);
    pub(super) fn operator_residual(&self, op: &Op) -> TokenStream {
        let sweeps = self.0.sweeps;
        let Some(residual) = sweeps.adjoint.residual(op) else {
            return TokenStream::new();
        };
        let (span, residual) = (hygienic(op.span), self.0.ident(residual));
        let reference = |operand: &Operand| self.0.read_argument(operand);
        match &op.kind {
            Kind::Binary(operator, a, b) => {
                let rule = format_ident!(
                    "{}",
                    if matches!(operator, BinOp::Add(_)) {
                        "add"
                    } else {
                        "sub"
                    },
                    span = span
                );
                let (a, b) = (reference(a), reference(b));
                quote_spanned!(span=> let #residual = ::micrograd_core::rules::operator::#rule(#a, #b);)
            }
            Kind::Neg(a) => {
                let a = reference(a);
                quote_spanned!(span=> let #residual = ::micrograd_core::rules::operator::neg(#a);)
            }
            _ => TokenStream::new(),
        }
    }
}

impl Reverse<'_, '_, '_> {
    // Out:  d_a += d_c * b;
    pub(super) fn scale(&self, to: &Cotangent, from: Value, factor: Value) -> TokenStream {
        let (from, factor) = (self.own(from), self.reader().read_value(factor));
        self.add_number(to, quote!(#from * #factor))
    }

    // Out:  d_a += d_c * (1.0 / b);
    pub(super) fn divide(&self, to: &Cotangent, from: Value, divisor: Value) -> TokenStream {
        let (from, divisor) = (self.own(from), self.reader().read_value(divisor));
        self.add_number(to, quote!(#from * (1.0 / #divisor)))
    }

    // Out:  d_b += -by_reciprocal(d_c, c);
    pub(super) fn reciprocal(&self, to: &Cotangent, from: Value) -> TokenStream {
        let (quotient, from) = (self.reader().read_value(from), self.own(from));
        self.add_number(
            to,
            quote!(-::micrograd_core::rules::operator::by_reciprocal(#from, #quotient)),
        )
    }

    // Out:  d_b += -by_divisor(d_c, a, b);
    pub(super) fn divide_squared(
        &self,
        to: &Cotangent,
        from: Value,
        dividend: Value,
        divisor: Value,
    ) -> TokenStream {
        let reader = self.reader();
        let (a, b) = (reader.read_value(dividend), reader.read_value(divisor));
        let from = self.own(from);
        self.add_number(
            to,
            quote!(-::micrograd_core::rules::operator::by_divisor(#from, #a, #b)),
        )
    }

    /// One half of a rule that reads both operands.
    // Out:  operator::mul_left(&a, &b, &d_c, &mut d_a);
    pub(super) fn operator(
        &self,
        rule: &str,
        [a, b]: [&Operand; 2],
        to: &Cotangent,
        from: Value,
    ) -> TokenStream {
        let (reader, span) = (self.reader(), self.op_span(from));
        let rule = Ident::new(rule, span);
        let (a, b) = (reader.read_argument(a), reader.read_argument(b));
        let (from, fit, to) = (self.own(from), self.fit(to), self.target(to));
        quote_spanned!(span=> #fit ::micrograd_core::rules::operator::#rule(#a, #b, &#from, #to);)
    }

    /// Both halves of a rule at once, which may cost as much as one.
    // In:   operator::mul_left(&a, &b, &d_c, &mut d_a);  operator::mul_right(&a, &b, &d_c, &mut d_b);
    // Out:  operator::mul_both(&a, &b, &d_c, &mut d_a, &mut d_b);
    pub(super) fn both(&self, left: &Step<'_>, right: &Step<'_>) -> Option<TokenStream> {
        let (rule, operands, from, da, db) = match (left, right) {
            (
                Step::Operator {
                    rule,
                    a,
                    b,
                    to,
                    from,
                },
                Step::Operator {
                    rule: other,
                    to: db,
                    from: same,
                    ..
                },
            ) if from == same && other.ends_with("_right") && apart(to, db) => {
                let rule = rule.strip_suffix("_left")?;
                let [a, b] = [a, b].map(|operand| self.reader().read_argument(operand));
                (format!("{rule}_both"), quote!(#a, #b), *from, to, db)
            }
            (
                Step::Residual {
                    side: "left",
                    residual,
                    to,
                    from,
                },
                Step::Residual {
                    side: "right",
                    residual: same,
                    to: db,
                    ..
                },
            ) if residual == same && apart(to, db) => {
                let residual = self.reader().read_reference(*residual);
                ("both".to_string(), residual, *from, to, db)
            }
            _ => return None,
        };
        let span = self.op_span(from);
        let rule = Ident::new(&rule, span);
        let fits = [self.fit(da), self.fit(db)];
        let (from, da, db) = (self.own(from), self.target(da), self.target(db));
        Some(quote_spanned! {span=>
            #(#fits)* ::micrograd_core::rules::operator::#rule(#operands, &#from, #da, #db);
        })
    }

    /// One half of a rule that reads what was kept of the operands.
    // Out:  operator::left(&kept, &d_c, &mut d_a);
    pub(super) fn with_residual(
        &self,
        side: &str,
        residual: Value,
        to: &Cotangent,
        from: Value,
    ) -> TokenStream {
        let span = self.op_span(from);
        let side = Ident::new(side, span);
        let residual = self.reader().read_reference(residual);
        let (from, fit, to) = (self.own(from), self.fit(to), self.target(to));
        quote_spanned!(span=> #fit ::micrograd_core::rules::operator::#side(#residual, &#from, #to);)
    }
}

/// Cotangents of their own, which can be lent at once.
fn apart(a: &Cotangent, b: &Cotangent) -> bool {
    matches!((a, b), (Cotangent::Own(a), Cotangent::Own(b)) if a != b)
}

fn is_bitwise(operator: &BinOp) -> bool {
    matches!(
        operator,
        BinOp::BitXor(_) | BinOp::BitAnd(_) | BinOp::BitOr(_) | BinOp::Shl(_) | BinOp::Shr(_)
    )
}
