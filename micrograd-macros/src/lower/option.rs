//! Options and results: what follows a call that may fail, and the methods that ask an option.

use super::closure::Callback;
use super::item::Item;
use super::optional::is_option_type;
use super::Lowering;
use crate::ir::{Call, Callee, Effect, Failure, Kind, Operand, Variant};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprMethodCall, Member};

impl Lowering<'_> {
    /// The call that has just been lowered to `operand`, if its rule may fail.
    pub(super) fn last_call(&mut self, operand: Operand) -> Option<&mut Call> {
        let op = self.ops.last_mut()?;
        if !op.results.contains(&operand.value) {
            return None;
        }
        match &mut op.kind {
            Kind::Call(call) => {
                let may_fail =
                    call.effect == Effect::Rule && matches!(call.failure, Failure::Never);
                may_fail.then_some(call)
            }
            _ => None,
        }
    }

    /// `expr?`: the success; a failure leaves the function.
    pub(super) fn question(&mut self, expr: &Expr, span: Span) -> Operand {
        if self.closures > 0 {
            let message = "`?` inside a closure needs a `?` behind what the closure gives in differentiable code, as in `f(x)?`; write that, or a `#[differentiable]` function";
            self.errors.add(syn::Error::new(span, message));
            return self.nothing(span);
        }
        if let Some(operand) = self.question_option(expr, span) {
            return operand;
        }
        if let Some(operand) = self.success_of_call(expr, span) {
            return operand;
        }
        if let Expr::MethodCall(call) = expr {
            let name = call.method.to_string();
            match (name.as_str(), call.args.len()) {
                ("ok_or" | "ok_or_else", 1) => return self.or_failure(call, span),
                ("map" | "and_then", 1) if self.is_of_call(&call.receiver) => {
                    return self.mapped_success(call, span)
                }
                ("map_err" | "ok" | "context" | "with_context", _) => {
                    return self.mapped_failure(call, span)
                }
                _ => {}
            }
        }
        if let Expr::MethodCall(call) = expr {
            if let Some(operand) = self.success_of_chain(call, span) {
                return operand;
            }
        }
        let operand = self.expr(expr);
        self.taken_out(operand, Failure::Question, span)
    }

    /// The success of an option or result, which `?` or a method takes out. What is inside an option
    /// of a reference is borrowed.
    pub(super) fn taken_out(&mut self, operand: Operand, by: Failure, span: Span) -> Operand {
        match self.last_call(operand) {
            Some(call) if !gives_option(call) => {
                call.failure = by;
                return operand;
            }
            Some(call) => call.failure = Failure::Kept,
            None => {}
        }
        let kind = Kind::Unwrap(Operand::by_value(operand.value), by);
        Operand {
            value: self.push(kind, span),
            mode: operand.mode,
        }
    }

    /// `option.ok_or(error)?`
    // Out:  if option matches Some(_) { yield its payload } else { return Err(From::from(error)) }
    fn or_failure(&mut self, call: &ExprMethodCall, span: Span) -> Operand {
        let option = self.option(&call.receiver);
        let error = &call.args[0];
        let error = match error {
            Expr::Closure(closure) if call.method == "ok_or_else" => {
                let body = &closure.body;
                quote!(#body)
            }
            path if call.method == "ok_or_else" => quote!((#path)()),
            error => quote!(#error),
        };
        let fails = quote_spanned!(span=> return ::core::result::Result::Err(::core::convert::From::from(#error)));
        self.some_or(
            option,
            span,
            |_, value| Some(value),
            |this| {
                this.plain(fails, true);
                None
            },
        )
        .unwrap_or_else(|| self.nothing(span))
    }

    /// Whether an expression is a call that is no iterator, so that `?` behind it asks for a success.
    fn is_of_call(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Call(_) => true,
            Expr::MethodCall(_) => !self.is_chain(expr),
            _ => self.is_option_expr(expr),
        }
    }

    /// `result.map(f)?` is `f(result?)`, and `result.and_then(f)?` is `f(result?)?`.
    fn mapped_success(&mut self, call: &ExprMethodCall, span: Span) -> Operand {
        let success = self.question(&call.receiver, span);
        let Some(callback) = self.callback(&call.args[0]) else {
            return self.nothing(span);
        };
        let success = vec![Item::One(success)];
        if call.method == "and_then" {
            return self.success(&callback, success, None, span);
        }
        let item = self.apply(&callback, success, span);
        self.single(item, span)
    }

    /// `result.map_err(f)?`: what is done to the failure stays as it was written.
    fn mapped_failure(&mut self, call: &ExprMethodCall, span: Span) -> Operand {
        let (dot, method, args) = (&call.dot_token, &call.method, &call.args);
        let tokens = quote!(#dot #method(#args)?);
        let captured = self.capture(quote!(#args));
        if let Some((name, _)) = captured.captures.first() {
            let message = format!("what is done to a failure may not capture the variable `{name}` in differentiable code yet; use `match`");
            self.errors.push(method, message);
        }
        self.unwrapped_by(&call.receiver, tokens, span)
    }

    /// What is inside an option or result, taken out by a method that was written behind it.
    fn unwrapped_by(&mut self, receiver: &Expr, method: TokenStream, span: Span) -> Operand {
        let operand = self.expr(receiver);
        self.taken_out(operand, Failure::Panic(method), span)
    }

    /// Keeps a call as an option if the variable that takes it is treated as one.
    pub(super) fn keep_for(&mut self, pat: &syn::Pat, operand: Operand) {
        let is_option = match pat {
            syn::Pat::Ident(ident) => self.option_names.contains(&ident.ident.to_string()),
            syn::Pat::Type(typed) => is_option_type(&typed.ty),
            _ => false,
        };
        if is_option {
            self.keep(operand);
        }
    }

    /// An expression that is an option, kept as one if it is a call.
    fn option(&mut self, expr: &Expr) -> Operand {
        let operand = self.expr(expr);
        self.keep(operand);
        operand
    }

    /// A branch on whether an option holds a value.
    fn some_or(
        &mut self,
        option: Operand,
        span: Span,
        then: impl FnOnce(&mut Self, Operand) -> Option<Operand>,
        otherwise: impl FnOnce(&mut Self) -> Option<Operand>,
    ) -> Option<Operand> {
        let present = self.is_present(option, span);
        let then = self.region(Vec::new(), |this| {
            let payload = this.payload(option, span);
            then(this, Operand::by_value(payload.value))
                .into_iter()
                .collect()
        });
        let otherwise = self.region(Vec::new(), |this| otherwise(this).into_iter().collect());
        let results = self.finish_if(present, then, otherwise, &[], span);
        results.first().copied()
    }

    /// Whether an option or result holds a value.
    pub(super) fn is_present(&mut self, option: Operand, span: Span) -> Operand {
        self.helper(
            "is_present",
            vec![Operand::by_reference(option.value)],
            span,
        )
    }

    /// What is inside an option or result that holds a value.
    pub(super) fn payload(&mut self, option: Operand, span: Span) -> Operand {
        let variant = Variant {
            path: None,
            member: Member::Unnamed(0.into()),
        };
        let value = self.push(Kind::Payload(option.value, Box::new(variant)), span);
        Operand {
            value,
            mode: option.mode,
        }
    }

    /// A method of options and results, if it is one.
    pub(super) fn option_method(&mut self, call: &ExprMethodCall) -> Option<Operand> {
        let name = call.method.to_string();
        let span = call.method.span();
        let (dot, method, args) = (&call.dot_token, &call.method, &call.args);
        let value = match (name.as_str(), args.len()) {
            ("unwrap", 0) | ("expect", 1) => {
                let tokens = quote!(#dot #method(#args));
                return Some(self.unwrapped_by(&call.receiver, tokens, span));
            }
            ("unwrap_or", 1) => {
                let option = self.option(&call.receiver);
                let default = self.expr(&args[0]);
                self.some_or(option, span, |_, value| Some(value), |_| Some(default))
            }
            ("unwrap_or_default", 0) if self.is_option_expr(&call.receiver) => {
                let option = self.option(&call.receiver);
                let default = quote_spanned!(span=> ::core::default::Default::default());
                self.some_or(
                    option,
                    span,
                    |_, value| Some(value),
                    |this| Some(this.constant(default, span)),
                )
            }
            ("unwrap_or_else", 1) => {
                let option = self.option(&call.receiver);
                let callback = self.callback(&args[0])?;
                self.some_or(
                    option,
                    span,
                    |_, value| Some(value),
                    |this| {
                        let items = this.ignored_arguments(&callback, span);
                        let item = this.apply(&callback, items, span);
                        Some(this.single(item, span))
                    },
                )
            }
            ("map_or", 2) => {
                let option = self.option(&call.receiver);
                let default = self.expr(&args[0]);
                let callback = self.callback(&args[1])?;
                self.some_or(
                    option,
                    span,
                    |this, value| {
                        let item = this.apply(&callback, vec![Item::One(value)], span);
                        Some(this.single(item, span))
                    },
                    |_| Some(default),
                )
            }
            ("map", 1) if self.is_option_expr(&call.receiver) => {
                let option = self.option(&call.receiver);
                let callback = self.callback(&args[0])?;
                self.some_or(
                    option,
                    span,
                    |this, value| {
                        let item = this.apply(&callback, vec![Item::One(value)], span);
                        let value = this.single(item, span);
                        Some(Operand::by_value(this.push(Kind::Present(value), span)))
                    },
                    |this| Some(this.none(span)),
                )
            }
            ("and_then", 1) if self.is_option_expr(&call.receiver) => {
                let option = self.option(&call.receiver);
                let callback = self.callback(&args[0])?;
                self.some_or(
                    option,
                    span,
                    |this, value| {
                        let item = this.apply(&callback, vec![Item::One(value)], span);
                        let value = this.single(item, span);
                        this.keep(value);
                        Some(value)
                    },
                    |this| Some(this.none(span)),
                )
            }
            ("as_ref" | "copied" | "cloned", 0) if self.is_option_expr(&call.receiver) => {
                return Some(self.option(&call.receiver));
            }
            // Only options and results have it, and what is the user's own.
            ("as_deref", 0) if !crate::source::declares_function("as_deref") => {
                return Some(self.option(&call.receiver))
            }
            _ => return None,
        };
        let value = value.unwrap_or_else(|| self.nothing(span));
        if ["map", "and_then"].contains(&name.as_str()) {
            self.options.insert(value.value);
        }
        Some(value)
    }

    /// The failure that a closure takes, which has no derivative and must not be read.
    fn ignored_arguments(&mut self, callback: &Callback, span: Span) -> Vec<Item> {
        let Callback::Closure(closure) = callback else {
            return Vec::new();
        };
        let inputs: Vec<&syn::Pat> = closure.closure.inputs.iter().collect();
        for input in &inputs {
            if !matches!(input, syn::Pat::Wild(_)) {
                let message = "what a closure makes of a failure is not supported in differentiable code yet; use `match`";
                self.errors.push(input, message);
            }
        }
        let nothing: Vec<Item> = inputs
            .iter()
            .map(|_| Item::One(self.nothing(span)))
            .collect();
        nothing
    }

    fn none(&mut self, span: Span) -> Operand {
        let none = self.constant(quote!(::core::option::Option::None), span);
        self.definitions[none.value.0].copy = false;
        none
    }
}

/// Whether the rule of a call may give an option as it gives any value. Those of functions have a
/// pullback only where they succeed; those of methods are of either form, which types tell.
fn gives_option(call: &Call) -> bool {
    match &call.callee {
        Callee::Method(..) | Callee::Associated(_) => true,
        Callee::Function(_) => false,
    }
}
