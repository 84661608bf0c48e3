//! Expressions: each becomes one operation, its operands before it.

use super::item::Item;
use super::Lowering;
use crate::ir::{Kind, Mode, Operand, Sequence, Value};
use proc_macro2::{Ident, Span};
use quote::{quote_spanned, ToTokens};
use syn::spanned::Spanned;
use syn::{BinOp, Expr, Token, UnOp};

impl Lowering<'_> {
    /// The operand an expression stands for.
    pub(super) fn expr(&mut self, expr: &Expr) -> Operand {
        let span = expr.span();
        match expr {
            Expr::Paren(paren) => self.expr(&paren.expr),
            Expr::Group(group) => self.expr(&group.expr),
            Expr::Lit(literal) => self.constant(literal, span),
            Expr::Path(path) => self.path(path),
            Expr::Unary(unary) => self.unary(unary),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Cast(cast) => {
                let operand = self.expr(&cast.expr);
                Operand::by_value(
                    self.push(Kind::Cast(operand, cast.ty.clone()), cast.as_token.span),
                )
            }
            Expr::Field(_) | Expr::Index(_) => {
                if let Expr::Field(field) = expr {
                    if let Some(part) = self.field_of_tuple(field) {
                        return self.single(part, span);
                    }
                }
                let place = self.place(expr);
                if self.is_memory(place) {
                    return self.load(place, span);
                }
                Operand::by_value(place)
            }
            Expr::Reference(reference) => match &reference.mutability {
                Some(_) => self.exclusive(&reference.expr),
                None => {
                    let place = self.place(&reference.expr);
                    Operand::by_reference(self.frozen(place, span))
                }
            },
            Expr::Call(call) => self.call(call),
            Expr::MethodCall(call) => self.method_call(call),
            Expr::Macro(mac) => self.macro_value(&mac.mac),
            Expr::Try(question) => self.question(&question.expr, question.question_token.span()),
            Expr::Tuple(tuple) => {
                let elements = tuple
                    .elems
                    .iter()
                    .map(|element| self.expr(element))
                    .collect();
                Operand::by_value(self.push(Kind::Tuple(elements), span))
            }
            Expr::Array(array) => self.array(&array.elems, Sequence::Array, span),
            Expr::Repeat(repeat) => self.repeat(&repeat.expr, &repeat.len, Sequence::Array, span),
            Expr::Struct(literal) => self.struct_literal(literal),
            Expr::Range(range) => match (&range.start, &range.end) {
                (Some(start), Some(end)) => {
                    let (start, end) = (self.expr(start), self.expr(end));
                    Operand::by_value(self.push(Kind::Range(start, end, range.limits), span))
                }
                _ => {
                    let message = "give this range both ends; open ranges are not supported in differentiable code yet";
                    self.errors.push(range, message);
                    self.nothing(span)
                }
            },
            Expr::If(_) | Expr::Block(_) | Expr::Match(_) | Expr::Loop(_) => match self.value(expr)
            {
                Some(operand) => operand,
                None => self.nothing(span),
            },
            other => {
                self.unsupported(other);
                self.nothing(span)
            }
        }
    }

    /// The place an expression names, or the value it computes.
    pub(super) fn place(&mut self, expr: &Expr) -> Value {
        match expr {
            Expr::Paren(paren) => self.place(&paren.expr),
            Expr::Group(group) => self.place(&group.expr),
            Expr::Field(field) => {
                if let Some(part) = self.field_of_tuple(field) {
                    return self.single(part, field.span()).value;
                }
                if let Some(value) = self.captured_field(field) {
                    return value;
                }
                let base = self.place(&field.base);
                let kind = Kind::Field(base, field.member.clone());
                self.push(kind, field.member.span())
            }
            Expr::Index(index) => {
                if let Some(place) = self.own_place(index) {
                    return place;
                }
                let base = self.place(&index.expr);
                let position = match &*index.index {
                    Expr::Range(range) => self.bounds(base, range),
                    position => self.expr(position),
                };
                self.push(Kind::Index(base, position), index.span())
            }
            Expr::Path(path) => {
                let slot = path
                    .path
                    .get_ident()
                    .and_then(|ident| self.lookup_slot(&ident.to_string()));
                slot.unwrap_or_else(|| self.expr(expr).value)
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => match &*unary.expr {
                Expr::Path(_) => {
                    let base = self.place(&unary.expr);
                    if self.is_memory(base) {
                        base
                    } else {
                        self.expr(expr).value
                    }
                }
                inner => {
                    let operand = self.expr(inner);
                    match operand.mode {
                        Mode::Exclusive => operand.value,
                        Mode::Value | Mode::Reference => self.deref(operand, unary.span()).value,
                    }
                }
            },
            other => self.expr(other).value,
        }
    }

    /// The range of a sub-slice `base[a..b]`, whose ends may be left out.
    fn bounds(&mut self, base: Value, range: &syn::ExprRange) -> Operand {
        let span = range.span();
        let start = match &range.start {
            Some(start) => self.expr(start),
            None => self.constant(proc_macro2::Literal::usize_unsuffixed(0), span),
        };
        let (end, limits) = match &range.end {
            Some(end) => (self.expr(end), range.limits),
            None => {
                let length = self.method("len", Operand::by_reference(base), span);
                (
                    Operand::by_value(length),
                    syn::RangeLimits::HalfOpen(Token![..](span)),
                )
            }
        };
        Operand::by_value(self.push(Kind::Range(start, end, limits), span))
    }

    fn path(&mut self, path: &syn::ExprPath) -> Operand {
        if let Some(ident) = path.path.get_ident() {
            match self.lookup(&ident.to_string()) {
                Some(Some(operand)) => return operand,
                Some(None) => {
                    let message = "this variable has no value yet on some way to this point";
                    self.errors.push(ident, message);
                    return self.nothing(ident.span());
                }
                None => {}
            }
            if let Some(slot) = self.lookup_slot(&ident.to_string()) {
                if self.is_exclusive_param(slot) {
                    return Operand {
                        value: slot,
                        mode: Mode::Exclusive,
                    };
                }
                return self.load(slot, ident.span());
            }
            let closure = self.lookup_closure(&ident.to_string()).map(Item::Closure);
            if let Some(item) = closure.or_else(|| self.lookup_item(&ident.to_string())) {
                return self.single(item, ident.span());
            }
            if self.lookup_stream(&ident.to_string()).is_some() {
                let message = "an iterator can be consumed or looped over in differentiable code, not passed on; `collect` it and pass the `Vec`";
                self.errors.push(ident, message);
                return self.nothing(ident.span());
            }
        }
        self.constant(path, path.span())
    }

    fn unary(&mut self, unary: &syn::ExprUnary) -> Operand {
        match (&unary.op, &*unary.expr) {
            (UnOp::Neg(_), Expr::Lit(_)) => self.constant(unary, unary.span()),
            (UnOp::Neg(minus), operand) => {
                let operand = self.expr(operand);
                Operand::by_value(self.push(Kind::Neg(operand), minus.span))
            }
            (UnOp::Not(not), operand) => {
                let operand = self.expr(operand);
                Operand::by_value(self.push(Kind::Not(operand), not.span))
            }
            (UnOp::Deref(star), operand) => {
                if let Some(item) = self.behind(operand) {
                    return self.single(item, star.span);
                }
                let operand = self.expr(operand);
                self.deref(operand, star.span)
            }
            (other, _) => {
                self.errors.push(
                    other,
                    "this operator is not supported in differentiable code",
                );
                self.nothing(unary.span())
            }
        }
    }

    /// `*operand`. References are not part of the IR, so the second star of `**x` finds a number.
    pub(super) fn deref(&mut self, operand: Operand, span: Span) -> Operand {
        let definition = &self.definitions[operand.value.0];
        let is_number = definition.copy && !definition.reference;
        if operand.mode == Mode::Exclusive {
            return self.load(operand.value, span);
        }
        match operand.mode {
            Mode::Value if !is_number => {
                Operand::by_value(self.push(Kind::Deref(operand.value), span))
            }
            Mode::Value | Mode::Reference | Mode::Exclusive => Operand::by_value(operand.value),
        }
    }

    /// Whether memory is what a `&mut` parameter points to.
    pub(super) fn is_exclusive_param(&self, slot: Value) -> bool {
        self.exclusive_params.contains(&slot)
    }

    fn binary(&mut self, binary: &syn::ExprBinary) -> Operand {
        match &binary.op {
            BinOp::And(and) => {
                let left = self.expr(&binary.left);
                self.lazy(left, &binary.right, false, and.span())
            }
            BinOp::Or(or) => {
                let left = self.expr(&binary.left);
                self.lazy(left, &binary.right, true, or.span())
            }
            operator if compound(operator).is_some() => {
                let message =
                    "an assignment is not supported as an operand; make it a statement of its own";
                self.errors.push(operator, message);
                self.nothing(binary.span())
            }
            operator => {
                let (left, right) = (self.expr(&binary.left), self.expr(&binary.right));
                Operand::by_value(self.push(Kind::Binary(*operator, left, right), operator.span()))
            }
        }
    }

    /// `a && b` and `a || b` run `b` only if they must.
    // In:   a && b
    // Out:  if a { yield b } else { yield false }
    pub(super) fn lazy(
        &mut self,
        condition: Operand,
        right: &Expr,
        decided: bool,
        span: Span,
    ) -> Operand {
        let mut assigned = super::assigned::Assigned::default();
        assigned.expr(right);
        let names = self.bound(assigned);
        let runs = self.region(Vec::new(), |this| {
            let value = this.expr(right);
            this.yields(Some(value), &names)
        });
        let known = self.region(Vec::new(), |this| {
            let value = this.constant(
                Ident::new(if decided { "true" } else { "false" }, span),
                span,
            );
            this.yields(Some(value), &names)
        });
        let (then, otherwise) = if decided {
            (known, runs)
        } else {
            (runs, known)
        };
        let results = self.finish_if(condition, then, otherwise, &names, span);
        match results.first() {
            Some(result) => {
                self.definitions[result.value.0].copy = true;
                *result
            }
            None => self.nothing(span),
        }
    }

    pub(super) fn array<'a>(
        &mut self,
        elements: impl IntoIterator<Item = &'a Expr>,
        sequence: Sequence,
        span: Span,
    ) -> Operand {
        let elements = elements
            .into_iter()
            .map(|element| self.expr(element))
            .collect();
        Operand::by_value(self.push(Kind::Array(elements, sequence), span))
    }

    pub(super) fn repeat(
        &mut self,
        element: &Expr,
        length: &Expr,
        sequence: Sequence,
        span: Span,
    ) -> Operand {
        let element = self.expr(element);
        let length = match sequence {
            Sequence::Array => self.constant(length, length.span()),
            Sequence::Vec => self.expr(length),
        };
        Operand::by_value(self.push(Kind::Repeat(element, length, sequence), span))
    }

    fn struct_literal(&mut self, literal: &syn::ExprStruct) -> Operand {
        if literal.fields.is_empty() && literal.rest.is_none() {
            return self.constant(literal, literal.span());
        }
        self.refuse_borrowing(&literal.path);
        let fields = (literal.fields.iter())
            .map(|field| (field.member.clone(), self.expr(&field.expr)))
            .collect();
        let rest = literal.rest.as_ref().map(|rest| self.expr(rest));
        let rest = rest.map(|rest| Operand::by_value(rest.value));
        let variant = super::callee::is_variant(&literal.path);
        let kind = Kind::Struct {
            path: literal.path.clone(),
            fields,
            tuple: false,
            variant,
            rest,
        };
        Operand::by_value(self.push(kind, literal.span()))
    }

    /// What the reverse sweep reads is kept, and a pullback borrows nothing.
    pub(super) fn refuse_borrowing(&mut self, path: &syn::Path) {
        let name = path.get_ident().map(ToString::to_string);
        if name.is_some_and(|name| crate::source::is_borrowing(&name)) {
            let message = "a struct that borrows cannot be made in differentiable code, since the pullback would keep the reference; take it as a parameter, or give it fields of its own";
            self.errors.push(path, message);
        }
    }

    fn unsupported(&mut self, expr: &Expr) {
        let (tokens, message): (&dyn ToTokens, &str) = match expr {
            Expr::While(e) => (&e.while_token, "a loop has no value; make it a statement of its own"),
            Expr::Closure(e) => (e, "a closure can be bound, called or handed to a function in differentiable code, not stored or returned; write a `#[differentiable]` function"),
            Expr::Break(e) => (&e.break_token, "`break` is not supported in the middle of an expression; make it a statement of its own"),
            Expr::Continue(e) => (&e.continue_token, "`continue` is not supported in the middle of an expression; make it a statement of its own"),
            Expr::Return(e) => (&e.return_token, "`return` is not supported in the middle of an expression; make it a statement of its own"),
            Expr::Let(e) => (&e.let_token, "`let` conditions are not supported in differentiable code yet; test with a `bool`"),
            Expr::ForLoop(e) => (&e.for_token, "a loop has no value; make it a statement of its own"),
            Expr::Assign(e) => (&e.eq_token, "an assignment is not supported as an operand; make it a statement of its own"),
            Expr::Await(e) => (&e.await_token, "cannot differentiate `.await`; compute the value before and pass it in"),
            Expr::Async(e) => (&e.async_token, "cannot differentiate `async` blocks; compute the value before and pass it in"),
            Expr::Unsafe(e) => (&e.unsafe_token, "cannot see the data flow of `unsafe` code; give the function a rule with `#[differentiable(rule = …)]`"),
            Expr::RawAddr(e) => (e, "cannot see the data flow through raw pointers; use references"),
            other => (other, "this expression is not supported in differentiable code"),
        };
        self.errors.push(tokens, message);
    }
}

/// The operator of a compound assignment: `+` of `+=`.
pub(super) fn compound(operator: &BinOp) -> Option<BinOp> {
    Some(match operator {
        BinOp::AddAssign(op) => BinOp::Add(Token![+](op.span())),
        BinOp::SubAssign(op) => BinOp::Sub(Token![-](op.span())),
        BinOp::MulAssign(op) => BinOp::Mul(Token![*](op.span())),
        BinOp::DivAssign(op) => BinOp::Div(Token![/](op.span())),
        BinOp::RemAssign(op) => BinOp::Rem(Token![%](op.span())),
        BinOp::BitXorAssign(op) => BinOp::BitXor(Token![^](op.span())),
        BinOp::BitAndAssign(op) => BinOp::BitAnd(Token![&](op.span())),
        BinOp::BitOrAssign(op) => BinOp::BitOr(Token![|](op.span())),
        BinOp::ShlAssign(op) => BinOp::Shl(Token![<<](op.span())),
        BinOp::ShrAssign(op) => BinOp::Shr(Token![>>](op.span())),
        _ => return None,
    })
}

/// `::micrograd_core::path`, at the user's span.
pub(super) fn core_path(name: &str, span: Span) -> syn::Path {
    let segments = name.split("::").map(|segment| Ident::new(segment, span));
    syn::parse2(quote_spanned!(span=> ::micrograd_core #(::#segments)*)).expect("a path")
}
