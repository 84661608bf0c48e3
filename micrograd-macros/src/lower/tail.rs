//! Statements after which a region ends, so that `return`, `break` and `continue` may stand in them.

use super::control::{numbered, Context, Exit, Target, CODE};
use super::ways::ways;
use super::Lowering;
use crate::ir::{Failure, Kind, Operand};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Block, Expr, ExprIf, ExprMatch, Pat, Stmt};

/// What takes the value of an expression that something follows.
#[derive(Clone, Copy)]
pub(super) enum Take<'s> {
    Nothing,
    /// `let pat = …;`
    Bind(&'s Pat),
    /// `target = …;`
    Assign(&'s Expr),
}

/// The statements that follow an expression, innermost first.
#[derive(Clone, Copy)]
pub(super) struct Rest<'s> {
    pub(super) take: Take<'s>,
    statements: &'s [Stmt],
    outer: Option<&'s Rest<'s>>,
    /// How many scopes these statements see.
    depth: usize,
}

impl Lowering<'_> {
    /// A function's body: the operand it returns, if any.
    pub(super) fn function_body(&mut self, block: &Block) -> Vec<Operand> {
        self.tail(&block.stmts, None)
    }

    /// Lowers statements after which the context is left, so that `return`, `break` and
    /// `continue` may stand in them: what the region yields.
    // In:   if c { return a; } rest
    // Out:  if c { yield a } else { rest }
    pub(super) fn tail(&mut self, statements: &[Stmt], outer: Option<&Rest<'_>>) -> Vec<Operand> {
        if self.diverged {
            return Vec::new();
        }
        let Some((first, after)) = statements.split_first() else {
            return self.go_on(None, outer, Span::call_site());
        };
        let rest = |take| Rest {
            take,
            statements: after,
            outer,
            depth: self.scopes.len(),
        };
        match first {
            Stmt::Expr(expr, None) if after.is_empty() => {
                if self.leaves(expr) {
                    return self.tail_leaving(expr, outer);
                }
                self.tail_expr(expr, outer)
            }
            Stmt::Expr(Expr::Assign(assign), _) if self.leaves(&assign.right) => {
                let rest = rest(Take::Assign(&assign.left));
                self.tail_leaving(&assign.right, Some(&rest))
            }
            Stmt::Expr(expr, _) if self.leaves(expr) => {
                let rest = rest(Take::Nothing);
                let nothing_follows = after.is_empty() && outer.is_none();
                self.tail_leaving(expr, if nothing_follows { None } else { Some(&rest) })
            }
            Stmt::Local(local) => {
                let Some(init) = &local.init else {
                    self.statement(first);
                    return self.tail(after, outer);
                };
                let otherwise = init.diverge.as_ref().map(|(_, otherwise)| &**otherwise);
                if let Some(otherwise) = otherwise.filter(|expr| self.leaves(expr)) {
                    let rest = rest(Take::Nothing);
                    return self.tail_let_else(&local.pat, &init.expr, otherwise, &rest);
                }
                if self.leaves(&init.expr) {
                    let rest = rest(Take::Bind(&local.pat));
                    return self.tail_leaving(&init.expr, Some(&rest));
                }
                self.statement(first);
                self.tail(after, outer)
            }
            statement => {
                self.statement(statement);
                self.tail(after, outer)
            }
        }
    }

    /// What follows an expression with this value. Statements after a block do not see its names.
    pub(super) fn go_on(
        &mut self,
        value: Option<Operand>,
        rest: Option<&Rest<'_>>,
        span: Span,
    ) -> Vec<Operand> {
        if self.diverged {
            return Vec::new();
        }
        let Some(rest) = rest else {
            return self.leave(Exit::Next(value), span);
        };
        let inner = self.scopes.split_off(rest.depth);
        match (rest.take, value) {
            (Take::Bind(pat), Some(value)) => self.bind(pat, value),
            (Take::Assign(target), Some(value)) => self.assign_to(target, value),
            (Take::Bind(_) | Take::Assign(_), None) | (Take::Nothing, _) => {}
        }
        let result = self.tail(rest.statements, rest.outer);
        self.scopes.extend(inner);
        result
    }

    /// An expression that may leave the context; `rest` follows where it does not.
    pub(super) fn tail_leaving(&mut self, expr: &Expr, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        let span = expr.span();
        if let Some(hoisted) = self.hoisted(expr) {
            return self.tail_leaving(&hoisted, rest);
        }
        match expr {
            Expr::Paren(paren) => self.tail_leaving(&paren.expr, rest),
            Expr::Return(returned) => {
                let value = returned.expr.as_deref();
                let value = value.and_then(|value| self.result(value));
                if self.diverged {
                    return Vec::new();
                }
                self.leave(Exit::Leave(Target::Return, value), span)
            }
            Expr::Break(broken) => {
                let target = self.target(broken.label.as_ref(), span);
                let value = broken.expr.as_deref();
                let value = value.and_then(|value| self.value(value));
                if self.diverged {
                    return Vec::new();
                }
                self.leave(Exit::Leave(Target::Break(target), value), span)
            }
            Expr::Continue(continued) => {
                let target = self.target(continued.label.as_ref(), span);
                if self.diverged {
                    return Vec::new();
                }
                self.leave(Exit::Leave(Target::Continue(target), None), span)
            }
            Expr::If(branch) => self.tail_if(branch, rest),
            Expr::Match(choice) => self.tail_match(choice, rest),
            Expr::Block(block) if block.label.is_none() => {
                self.scopes.push(super::Scope::new());
                let result = self.tail(&block.block.stmts, rest);
                self.scopes.pop();
                result
            }
            Expr::Block(block) => {
                let label = block.label.as_ref();
                self.join(expr, label, rest, &mut |this| {
                    this.tail(&block.block.stmts, None)
                })
            }
            Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => self.tail_loop(expr, rest),
            other => {
                let message = "control may leave only through statements of their own in differentiable code; bind the part that leaves with `let` before";
                self.errors.push(other, message);
                self.diverged = true;
                Vec::new()
            }
        }
    }

    /// An expression that does not leave the context, whose value `rest` takes.
    pub(super) fn tail_expr(&mut self, expr: &Expr, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        let returns = rest.is_none() && matches!(self.contexts.last(), Some(Context::Function));
        let ends_closure = rest.is_none()
            && self.fallible
            && matches!(self.contexts.last(), Some(Context::Join(join)) if join.returns);
        if !returns && !ends_closure {
            let value = self.value(expr);
            return self.go_on(value, rest, expr.span());
        }
        match expr {
            Expr::If(branch) if branch.else_branch.is_some() => self.tail_if(branch, None),
            Expr::Match(choice) => self.tail_match(choice, None),
            Expr::Block(block) if block.label.is_none() => {
                self.scoped(|this| this.tail(&block.block.stmts, None))
            }
            expr if !self.returns_value && !self.fallible => {
                self.effect(expr);
                Vec::new()
            }
            expr if ends_closure => {
                let value = self.result(expr);
                self.go_on(value, None, expr.span())
            }
            expr => self.result(expr).into_iter().collect(),
        }
    }

    /// An expression that may leave or not.
    pub(super) fn tail_any(&mut self, expr: &Expr, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        if self.leaves(expr) {
            self.tail_leaving(expr, rest)
        } else {
            self.tail_expr(expr, rest)
        }
    }

    /// An `if` after which the context is left; `rest` runs after each branch that does not leave.
    pub(super) fn tail_if(&mut self, branch: &ExprIf, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        let span = branch.if_token.span;
        if let Some(nested) = super::branch::unchained(branch, self.takes_value(rest)) {
            return self.tail_any(&nested, rest);
        }
        let otherwise = branch.else_branch.as_ref().map(|(_, expr)| &**expr);
        let falls = [
            !diverges(&branch.then_branch),
            !otherwise.is_some_and(expr_diverges),
        ];
        if falls == [true, true] && rest.is_some() {
            let expr = Expr::If(branch.clone());
            return self.join(&expr, None, rest, &mut |this| this.tail_if(branch, None));
        }
        let (condition, bound) = self.condition(&branch.cond);
        let then = self.region(Vec::new(), |this| {
            this.bind_matched(&bound);
            this.tail(&branch.then_branch.stmts, rest.filter(|_| falls[0]))
        });
        let otherwise = self.region(Vec::new(), |this| {
            let rest = rest.filter(|_| falls[1]);
            match otherwise {
                Some(Expr::Block(block)) => this.tail(&block.block.stmts, rest),
                Some(other) => this.tail_any(other, rest),
                None => this.go_on(None, rest, span),
            }
        });
        self.finish_if(condition, then, otherwise, &[], span)
    }

    /// A `match` after which the context is left.
    pub(super) fn tail_match(
        &mut self,
        choice: &ExprMatch,
        rest: Option<&Rest<'_>>,
    ) -> Vec<Operand> {
        let falling = choice.arms.iter().filter(|arm| !expr_diverges(&arm.body));
        if falling.count() > 1 && rest.is_some() {
            let expr = Expr::Match(choice.clone());
            return self.join(&expr, None, rest, &mut |this| this.tail_match(choice, None));
        }
        self.arms(choice, &[], &mut |this, arm| {
            let rest = rest.filter(|_| !expr_diverges(&arm.body));
            match &*arm.body {
                Expr::Block(block) if block.label.is_none() => {
                    this.scoped(|this| this.tail(&block.block.stmts, rest))
                }
                body => this.tail_any(body, rest),
            }
        })
    }

    /// `let pat = init else { otherwise };`, where `otherwise` leaves the context.
    pub(super) fn tail_let_else(
        &mut self,
        pat: &Pat,
        init: &Expr,
        otherwise: &Expr,
        rest: &Rest<'_>,
    ) -> Vec<Operand> {
        let span = pat.span();
        let scrutinee = self.scrutinee(init, &[pat]);
        let test = self.test(pat, &scrutinee, span);
        let matches = test.unwrap_or_else(|| self.truth(true, span));
        let then = self.region(Vec::new(), |this| {
            this.bind_scrutinee(pat, &scrutinee);
            this.tail(rest.statements, rest.outer)
        });
        let otherwise = self.region(Vec::new(), |this| this.tail_any(otherwise, None));
        self.finish_if(matches, then, otherwise, &[], span)
    }

    /// A loop that may be left to something around it: what follows runs only where it was not.
    pub(super) fn tail_loop(&mut self, expr: &Expr, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        let span = expr.span();
        self.scopes.push(super::Scope::new());
        let code = self.code(0, span);
        self.declare(CODE, Some(code));
        let code = self.variable(CODE).expect("declared above");
        let names = self.carried_names(expr, span);
        let Some(end) = self.any_loop(expr, names, Some(code.clone())) else {
            self.scopes.pop();
            return Vec::new();
        };
        if self.diverged {
            self.scopes.pop();
            return Vec::new();
        }
        let falls = !expr_diverges(expr);
        let code = self.value_of(&code).expect("a code is a number");
        let result = self.dispatch(code, &numbered(&end.escapes), falls, span, &mut |this| {
            let value = end
                .value
                .as_ref()
                .and_then(|value| this.unwrapped(value, span));
            this.go_on(value, rest, span)
        });
        self.scopes.pop();
        result
    }

    /// An expression that the function returns. Of a fallible function only the success is a
    /// value of the IR; a failure leaves the function at once and has no derivative.
    pub(super) fn result(&mut self, expr: &Expr) -> Option<Operand> {
        if !self.fallible {
            return self.value(expr);
        }
        match expr {
            Expr::Paren(paren) => self.result(&paren.expr),
            Expr::Call(call) if is_success(&call.func) && call.args.len() == 1 => {
                self.value(&call.args[0])
            }
            Expr::Return(_) => self.value(expr),
            Expr::Macro(mac) if super::macros::is_effect(&mac.mac) => self.value(expr),
            expr if is_failure(expr) => {
                self.plain(quote::quote!(return #expr), true);
                None
            }
            Expr::If(_) | Expr::Match(_) | Expr::Block(_) => {
                let value = self.value(expr);
                if self.diverged {
                    return None;
                }
                value.map(|value| {
                    let kind = Kind::Unwrap(value, Failure::Question);
                    Operand::by_value(self.push(kind, expr.span()))
                })
            }
            expr => Some(self.question(expr, expr.span())),
        }
    }

    /// Whether an expression may leave the context it stands in.
    pub(super) fn leaves(&self, expr: &Expr) -> bool {
        !ways(expr, self.fallible).is_empty()
    }
}

/// Whether control never reaches the end of a block.
pub(super) fn diverges(block: &Block) -> bool {
    block.stmts.iter().any(|statement| match statement {
        Stmt::Expr(expr, _) => expr_diverges(expr),
        Stmt::Macro(mac) => super::macros::is_diverging(&mac.mac),
        Stmt::Local(_) | Stmt::Item(_) => false,
    })
}

pub(super) fn expr_diverges(expr: &Expr) -> bool {
    match expr {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
        Expr::Macro(mac) => super::macros::is_diverging(&mac.mac),
        Expr::Block(block) if block.label.is_none() => diverges(&block.block),
        Expr::If(branch) => {
            let otherwise = branch.else_branch.as_ref();
            diverges(&branch.then_branch) && otherwise.is_some_and(|(_, expr)| expr_diverges(expr))
        }
        Expr::Match(choice) => choice.arms.iter().all(|arm| expr_diverges(&arm.body)),
        // A `loop` ends only by a `break`.
        Expr::Loop(inner) => !super::ways::is_broken(&inner.body, inner.label.as_ref()),
        _ => false,
    }
}

/// `Ok` or `Some`.
pub(super) fn is_success(function: &Expr) -> bool {
    matches!(function, Expr::Path(path) if path.path.is_ident("Ok") || path.path.is_ident("Some"))
}

/// `Err(…)` or `None`.
pub(super) fn is_failure(expr: &Expr) -> bool {
    match expr {
        Expr::Call(call) => matches!(&*call.func, Expr::Path(path) if path.path.is_ident("Err")),
        Expr::Path(path) => path.path.is_ident("None"),
        Expr::Paren(paren) => is_failure(&paren.expr),
        _ => false,
    }
}
