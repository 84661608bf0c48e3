//! Where branches meet again that control may have left: labelled blocks, the bodies of closures, and
//! branches that leave in part. What they yield begins with a code that says how they were left.

use super::control::{breaks_with_value, numbered, Context, Join, Target, BROKEN, RETURNED};
use super::tail::{Rest, Take};
use super::ways::{label_name, ways};
use super::{Lowering, Variable};
use crate::ir::Operand;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Label};

impl Lowering<'_> {
    /// What is left in part and goes on in part: `build` gives what its region yields, a code and
    /// the variables; then `rest` follows, or the way out that the code tells.
    pub(super) fn join(
        &mut self,
        expr: &Expr,
        label: Option<&Label>,
        rest: Option<&Rest<'_>>,
        build: &mut dyn FnMut(&mut Self) -> Vec<Operand>,
    ) -> Vec<Operand> {
        let span = expr.span();
        let takes = self.takes_value(rest) && label.is_none_or(|_| breaks_with_value(expr));
        self.scopes.push(super::Scope::new());
        let join = Join {
            label: label_name(label),
            value: takes.then(|| self.carried(BROKEN, span)),
            ..Join::default()
        };
        let (value, code, escapes) = self.joined(expr, join, build, span);
        let result = match code {
            Some(code) => self.dispatch(code, &escapes, true, span, &mut |this| {
                let value = value.as_ref().and_then(|value| this.unwrapped(value, span));
                this.go_on(value, rest, span)
            }),
            None => Vec::new(),
        };
        self.scopes.pop();
        result
    }

    /// Whether anything takes the value of an expression in this position.
    pub(super) fn takes_value(&self, rest: Option<&Rest<'_>>) -> bool {
        match (rest, self.contexts.last()) {
            (Some(rest), _) => !matches!(rest.take, Take::Nothing),
            (None, Some(Context::Join(join))) => join.value.is_some(),
            (None, Some(Context::Function)) => self.returns_value,
            (None, _) => false,
        }
    }

    /// Builds what meets in a join: the variable of its value, its code, the ways it was left.
    pub(super) fn joined(
        &mut self,
        expr: &Expr,
        mut join: Join,
        build: &mut dyn FnMut(&mut Self) -> Vec<Operand>,
        span: Span,
    ) -> (Option<Variable>, Option<Operand>, Vec<(usize, Target)>) {
        join.names = self.carried_names(expr, span);
        if join.returns {
            // What a closure returns is the value of the join.
            join.names.retain(|name| name.name != RETURNED);
        }
        join.names.extend(join.value.clone());
        let (names, value) = (join.names.clone(), join.value.clone());
        self.contexts.push(Context::Join(join));
        let scopes = self.scopes.clone();
        let mut yields = build(self);
        // The values that the variables had at the end of `build` left through its yields.
        self.scopes = scopes;
        let Some(Context::Join(join)) = self.contexts.pop() else {
            unreachable!("pushed above")
        };
        if self.diverged || yields.len() != names.len() + 1 {
            return (value, None, Vec::new());
        }
        let code = yields.remove(0);
        for (name, operand) in names.iter().zip(yields) {
            self.set(name, operand);
        }
        (value, Some(code), numbered(&join.escapes))
    }

    /// A labelled block in the middle of an expression.
    pub(super) fn labelled_block(
        &mut self,
        expr: &Expr,
        block: &syn::ExprBlock,
    ) -> Option<Operand> {
        let join = Join {
            label: label_name(block.label.as_ref()),
            ..Join::default()
        };
        let has_value = breaks_with_value(expr);
        self.closed(expr, join, has_value, &mut |this| {
            this.tail(&block.block.stmts, None)
        })
    }

    /// Lowers the body of a closure, which is a function of its own as far as failures go.
    pub(super) fn in_closure<R>(&mut self, body: &Expr, lower: impl FnOnce(&mut Self) -> R) -> R {
        let fallible = std::mem::replace(&mut self.fallible, false);
        let returns_value =
            std::mem::replace(&mut self.returns_value, super::ways::returns_value(body));
        self.closures += 1;
        let result = lower(self);
        self.closures -= 1;
        self.returns_value = returns_value;
        self.fallible = fallible;
        result
    }

    /// The value of a closure's body in which a `return` stands.
    pub(super) fn returning_body(&mut self, body: &Expr) -> Option<Operand> {
        let join = Join {
            returns: true,
            ..Join::default()
        };
        let has_value = self.returns_value;
        self.closed(body, join, has_value, &mut |this| this.tail_any(body, None))
    }

    /// A join that is not left to anything around it.
    pub(super) fn closed(
        &mut self,
        expr: &Expr,
        mut join: Join,
        has_value: bool,
        build: &mut dyn FnMut(&mut Self) -> Vec<Operand>,
    ) -> Option<Operand> {
        let span = expr.span();
        self.scopes.push(super::Scope::new());
        if join.returns && has_value {
            self.carried(RETURNED, span);
        }
        join.value = has_value.then(|| self.carried(BROKEN, span));
        let (value, code, _) = self.joined(expr, join, build, span);
        let value = code
            .and(value)
            .and_then(|value| self.unwrapped(&value, span));
        self.scopes.pop();
        value
    }

    /// A loop in the middle of an expression; its value, if it is left by `break` with one.
    pub(super) fn loop_expr(&mut self, expr: &Expr) -> Option<Operand> {
        self.scopes.push(super::Scope::new());
        let names = self.carried_names(expr, expr.span());
        let end = self.any_loop(expr, names, None);
        let value = end.and_then(|end| self.unwrapped(end.value.as_ref()?, expr.span()));
        self.scopes.pop();
        value
    }

    /// The variable of the value that a `loop` is left with, if it is left with one.
    pub(super) fn break_value(&mut self, expr: &Expr, span: Span) -> Option<Variable> {
        breaks_with_value(expr).then(|| self.carried(BROKEN, span))
    }
}

/// Whether a `return` stands in the body of a closure.
pub(super) fn returns(body: &Expr) -> bool {
    !ways(body, false).is_empty()
}
