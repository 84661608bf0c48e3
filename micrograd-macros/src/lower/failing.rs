//! Closures that give an option or result behind which `?` stands: a failure of theirs leaves the function.
//!
// In:   let f = |x| Some(root(x)? + 1.0);  f(a)? * 2.0
// Out:  (root(a)? + 1.0) * 2.0

use super::closure::Callback;
use super::item::Item;
use super::iter::Stream;
use super::optional::is_option_type;
use super::tail::is_failure;
use super::{Closure, Lowering};
use crate::ir::{Failure, Operand};
use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{BinOp, Expr, ExprMethodCall, GenericArgument, PathArguments, ReturnType, Token, Type};

impl Lowering<'_> {
    /// `f(x)?`, where `f` is a closure of which `?` stands inside.
    pub(super) fn success_of_call(&mut self, expr: &Expr, span: Span) -> Option<Operand> {
        let Expr::Call(call) = expr else { return None };
        let Expr::Path(path) = &*call.func else {
            return None;
        };
        let closure = self.lookup_closure(&path.path.get_ident()?.to_string())?;
        if !asks(&closure.closure.body) {
            return None;
        }
        let args = call.args.iter().map(|arg| self.item_of(arg)).collect();
        Some(self.success(&Callback::Closure(closure), args, None, span))
    }

    /// The success of what a callback gives, whose failure leaves the function. `named` is the type that is
    /// asked for.
    pub(super) fn success(
        &mut self,
        callback: &Callback,
        args: Vec<Item>,
        named: Option<&Type>,
        span: Span,
    ) -> Operand {
        let Callback::Closure(closure) = callback else {
            let value = self.apply(callback, args, span);
            let value = self.single(value, span);
            return self.taken_out(value, Failure::Question, span);
        };
        self.check_failure(closure, named);
        let Some((outer, changed)) = self.enter(closure, args, span) else {
            return self.nothing(span);
        };
        let body = &*closure.closure.body;
        let returns_value = std::mem::replace(&mut self.returns_value, true);
        let branches = matches!(body, Expr::If(_) | Expr::Match(_) | Expr::Block(_));
        let value = if branches || super::join::returns(body) {
            self.returning_body(body)
        } else {
            self.result(body)
        };
        self.returns_value = returns_value;
        let inner = std::mem::replace(&mut self.scopes, outer);
        self.copy_variables(&changed, &inner);
        value.unwrap_or_else(|| self.nothing(span))
    }

    /// `chain.collect::<Result<Vec<_>, _>>()?`, `chain.sum::<Option<f64>>()?` and `chain.try_fold(a, f)?`.
    pub(super) fn success_of_chain(
        &mut self,
        call: &ExprMethodCall,
        span: Span,
    ) -> Option<Operand> {
        if !self.is_chain(&call.receiver) {
            return None;
        }
        let asked = asked_type(call);
        let args: Vec<&Expr> = call.args.iter().collect();
        match (call.method.to_string().as_str(), args.as_slice()) {
            ("collect", []) => {
                let (stream, last, callbacks) = self.failing_stream(call, span)?;
                let callbacks: Vec<&Expr> = callbacks.iter().collect();
                Some(
                    self.collected(&stream, &callbacks, span, &mut |this, item| {
                        this.success_of_item(last.as_ref(), item, asked, span)
                    }),
                )
            }
            ("sum" | "product", []) if asked.is_some_and(is_of_float) => {
                let (stream, last, callbacks) = self.failing_stream(call, span)?;
                let callbacks: Vec<&Expr> = callbacks.iter().collect();
                let (start, operator) = match call.method == "sum" {
                    true => ("-0.0", BinOp::Add(Token![+](span))),
                    false => ("1.0", BinOp::Mul(Token![*](span))),
                };
                let start: Expr = syn::parse_str(start).expect("a literal");
                let start = self.constant(start, span);
                Some(self.accumulate(
                    &stream,
                    start,
                    &callbacks,
                    span,
                    &mut |this, so_far, item| {
                        let item = this.success_of_item(last.as_ref(), item, asked, span);
                        let item = this.read(item, span);
                        this.arithmetic(operator, so_far, item, span)
                    },
                ))
            }
            ("try_fold", [init, function]) => {
                let stream = self.stream_or_error(&call.receiver)?;
                let start = self.expr(init);
                let callback = self.callback(function)?;
                Some(self.accumulate(
                    &stream,
                    start,
                    &[function],
                    span,
                    &mut |this, so_far, item| {
                        this.success(&callback, vec![Item::One(so_far), item], asked, span)
                    },
                ))
            }
            _ => None,
        }
    }

    /// The iterator of what may fail, without its last `map` if that is of a closure in which `?` stands.
    fn failing_stream(
        &mut self,
        call: &ExprMethodCall,
        span: Span,
    ) -> Option<(Stream, Option<Callback>, Vec<Expr>)> {
        if let Expr::MethodCall(map) = &*call.receiver {
            let function = map.args.first().filter(|_| map.method == "map");
            let callback = function.and_then(|function| match function {
                Expr::Closure(_) | Expr::Path(_) => self.callback(function),
                _ => None,
            });
            if let Some(Callback::Closure(closure)) = callback {
                if asks(&closure.closure.body) {
                    let stream = self.stream_or_error(&map.receiver)?;
                    let last = Some(Callback::Closure(closure));
                    return Some((stream, last, map.args.iter().cloned().collect()));
                }
            }
        }
        let stream = self.stream_or_error(&call.receiver);
        let stream = stream.or_else(|| {
            self.nothing(span);
            None
        })?;
        Some((stream, None, Vec::new()))
    }

    fn success_of_item(
        &mut self,
        last: Option<&Callback>,
        item: Item,
        asked: Option<&Type>,
        span: Span,
    ) -> Operand {
        match last {
            Some(last) => self.success(last, vec![item], asked, span),
            None => {
                let operand = self.single(item, span);
                self.taken_out(operand, Failure::Question, span)
            }
        }
    }

    /// A failure that `?` finds in a closure becomes one of the closure first, which the compiler cannot
    /// see once the closure is gone: both must be of one type.
    fn check_failure(&mut self, closure: &Closure, named: Option<&Type>) {
        let syntax = &closure.closure;
        let own = self.failure.clone();
        let declared = match &syntax.output {
            ReturnType::Type(_, ty) => failure_of(ty),
            ReturnType::Default => named.and_then(failure_of),
        };
        let is_same = match declared {
            Some(declared) => Some(declared) == own,
            // What stands in `Err(…)` is that of the function.
            None => own.as_deref() == Some("None") || finds(&syntax.body, is_failure),
        };
        if asks(&syntax.body) && !is_same {
            let message = "`?` in a closure whose failures are of another type than the function's is not supported in differentiable code yet; give the closure the function's `Result`, or write a `#[differentiable]` function";
            self.errors
                .add(syn::Error::new(syntax.body.span(), message));
        }
    }
}

/// What the failures of an option or result are, as it is written: the type, or what an alias leaves out.
pub(super) fn failure_of(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    if last.ident == "Option" {
        return Some("None".to_string());
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let is_known = is_option_type(ty);
    match arguments.args.iter().nth(1) {
        Some(GenericArgument::Type(Type::Infer(_))) => None,
        Some(failure) => is_known.then(|| failure.to_token_stream().to_string()),
        None => {
            let mut path = path.path.clone();
            path.segments.last_mut()?.arguments = PathArguments::None;
            is_known.then(|| path.to_token_stream().to_string())
        }
    }
}

/// The type that `collect::<T>()` names.
fn asked_type(call: &ExprMethodCall) -> Option<&Type> {
    match call.turbofish.as_ref()?.args.first()? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

/// Whether a type is an option or result of a floating-point number.
fn is_of_float(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let arguments = path.path.segments.last().map(|last| &last.arguments);
    let Some(PathArguments::AngleBracketed(arguments)) = arguments else {
        return false;
    };
    is_option_type(ty)
        && matches!(arguments.args.first(), Some(GenericArgument::Type(ty)) if ["f32", "f64"].contains(&ty.to_token_stream().to_string().as_str()))
}

/// Whether `?` stands in the body of a closure.
fn asks(body: &Expr) -> bool {
    finds(body, |expr| matches!(expr, Expr::Try(_)))
}

/// Whether such an expression stands in the body of a closure, and not in that of another one.
fn finds(body: &Expr, is_such: fn(&Expr) -> bool) -> bool {
    struct Finder(fn(&Expr) -> bool, bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            self.1 |= (self.0)(expr);
            if !matches!(expr, Expr::Closure(_)) {
                syn::visit::visit_expr(self, expr);
            }
        }
    }
    let mut finder = Finder(is_such, false);
    finder.visit_expr(body);
    finder.1
}
