//! The ways out of a function and of a loop.
//!
//! `return`, `break` and `continue` become branches that yield: what follows an `if` that leaves on
//! one side moves into the other side, so that the IR needs no jumps.

use super::{Lowering, Variable};
use crate::ir::{Kind, Operand};
use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::{Block, Expr, ExprIf, ExprMatch, Stmt};

/// What a block ends into.
#[derive(Clone)]
pub(super) enum Context {
    /// The function returns.
    Function,
    /// A closure returns, which hands out the variables it changes.
    Closure {
        /// The variables.
        names: Vec<Variable>,
    },
    /// A loop goes on with its next iteration.
    Loop {
        /// The variables it carries.
        names: Vec<Variable>,
        /// Whether each iteration decides if the loop goes on.
        exits: bool,
    },
}

/// The variable that carries a `return` out of a loop; not a name a user can write.
pub(super) const RETURNED: &str = "return";

/// A way out of a block.
pub(super) enum Exit {
    /// Its end, or `continue`.
    Next,
    /// `break`.
    Break,
    /// `return`.
    Return(Option<Operand>),
}

/// The statements that follow a block, innermost first.
#[derive(Clone, Copy)]
pub(super) struct Rest<'s> {
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

    fn context(&self) -> Context {
        self.contexts
            .last()
            .expect("the function is a context")
            .clone()
    }

    /// What a region yields when control leaves it this way.
    pub(super) fn leave(&mut self, exit: Exit, span: Span) -> Vec<Operand> {
        match (self.context(), exit) {
            (Context::Function, Exit::Return(operand)) => operand.into_iter().collect(),
            (Context::Function, Exit::Next | Exit::Break) => Vec::new(),
            (Context::Closure { names }, Exit::Return(operand)) => self.yields(operand, &names),
            (Context::Closure { names }, Exit::Next | Exit::Break) => self.yields(None, &names),
            (Context::Loop { names, exits }, exit) => {
                let goes_on = matches!(exit, Exit::Next);
                if let Exit::Return(Some(operand)) = exit {
                    let present = self.push(Kind::Present(operand), span);
                    self.assign(RETURNED, Operand::by_value(present));
                }
                let goes_on = Ident::new(if goes_on { "true" } else { "false" }, span);
                let goes_on = exits.then(|| self.constant(goes_on, span));
                goes_on
                    .into_iter()
                    .chain(self.yields(None, &names))
                    .collect()
            }
        }
    }

    /// Lowers statements after which the context is left, so that `return`, `break` and
    /// `continue` may stand in them: what the region yields.
    // In:   if c { return a; } rest
    // Out:  if c { yield a } else { rest }
    pub(super) fn tail(&mut self, statements: &[Stmt], outer: Option<&Rest<'_>>) -> Vec<Operand> {
        if self.diverged {
            return Vec::new();
        }
        let Some((first, rest)) = statements.split_first() else {
            let Some(outer) = outer else {
                return self.leave(Exit::Next, Span::call_site());
            };
            return self.resume(outer);
        };
        let is_last = rest.is_empty() && outer.is_none();
        let rest = Rest {
            statements: rest,
            outer,
            depth: self.scopes.len(),
        };
        let following = if is_last { None } else { Some(&rest) };
        match first {
            Stmt::Expr(expr, _) if self.leaves(expr) => self.tail_leaving(expr, following),
            Stmt::Expr(expr, None) if is_last => self.tail_expr(expr),
            statement => {
                self.statement(statement);
                self.tail(rest.statements, outer)
            }
        }
    }

    /// Goes on with the statements after a block, which do not see its names.
    fn resume(&mut self, rest: &Rest<'_>) -> Vec<Operand> {
        let inner = self.scopes.split_off(rest.depth);
        let result = self.tail(rest.statements, rest.outer);
        self.scopes.extend(inner);
        result
    }

    /// An expression that may leave the context; `rest` follows where it does not.
    fn tail_leaving(&mut self, expr: &Expr, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        let span = expr.span();
        match expr {
            Expr::Return(returned) => {
                let operand = returned
                    .expr
                    .as_deref()
                    .and_then(|value| self.result(value));
                if self.diverged {
                    return Vec::new();
                }
                self.leave(Exit::Return(operand), span)
            }
            Expr::Break(broken) => {
                if let Some(label) = &broken.label {
                    self.errors.push(label, "labelled `break` is not supported in differentiable code yet; set a `bool` and test it in the outer loop");
                }
                if let Some(value) = &broken.expr {
                    self.errors.push(value, "`break` with a value is not supported in differentiable code yet; assign to a variable before");
                }
                self.leave(Exit::Break, span)
            }
            Expr::Continue(continued) => {
                if let Some(label) = &continued.label {
                    self.errors.push(label, "labelled `continue` is not supported in differentiable code yet; set a `bool` and test it in the outer loop");
                }
                self.leave(Exit::Next, span)
            }
            Expr::If(branch) => self.tail_if(branch, rest),
            Expr::Match(choice) => self.tail_match(choice, rest),
            Expr::Block(block) => {
                self.scopes.push(super::Scope::new());
                let result = self.tail(&block.block.stmts, rest);
                self.scopes.pop();
                result
            }
            Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => self.tail_loop(expr, rest),
            other => {
                self.errors.push(
                    other,
                    "control may leave only through statements of their own in differentiable code",
                );
                Vec::new()
            }
        }
    }

    /// An expression whose value is that of the context.
    fn tail_expr(&mut self, expr: &Expr) -> Vec<Operand> {
        if let Context::Loop { .. } = self.context() {
            self.value(expr);
            return if self.diverged {
                Vec::new()
            } else {
                self.leave(Exit::Next, expr.span())
            };
        }
        match expr {
            Expr::If(branch) if branch.else_branch.is_some() => self.tail_if(branch, None),
            Expr::Match(choice) => self.tail_match(choice, None),
            Expr::Block(block) if block.label.is_none() => {
                self.scoped(|this| this.tail(&block.block.stmts, None))
            }
            expr => {
                let operand = self.result(expr);
                if self.diverged {
                    return Vec::new();
                }
                self.leave(Exit::Return(operand), expr.span())
            }
        }
    }

    /// What follows a branch that control may or may not leave.
    fn tail_rest(&mut self, rest: Option<&Rest<'_>>, span: Span) -> Vec<Operand> {
        match rest {
            Some(rest) => self.resume(rest),
            None => self.leave(Exit::Next, span),
        }
    }

    /// An `if` after which the context is left; `rest` runs after each branch that does not leave.
    fn tail_if(&mut self, branch: &ExprIf, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        let span = branch.if_token.span;
        let (condition, bound) = self.condition(&branch.cond);
        let otherwise = branch.else_branch.as_ref().map(|(_, expr)| &**expr);
        let falls = [
            !diverges(&branch.then_branch),
            !otherwise.is_some_and(expr_diverges),
        ];
        if falls == [true, true] && rest.is_some() {
            let message = "only a part of this branch leaves the function or loop, which is not supported in differentiable code yet; let a whole branch leave";
            self.errors.push(branch.if_token, message);
            return Vec::new();
        }
        let then = self.region(Vec::new(), |this| {
            this.bind_matched(&bound);
            this.tail(&branch.then_branch.stmts, rest.filter(|_| falls[0]))
        });
        let otherwise = self.region(Vec::new(), |this| {
            let rest = rest.filter(|_| falls[1]);
            match otherwise {
                Some(Expr::Block(block)) => this.tail(&block.block.stmts, rest),
                Some(Expr::If(branch)) => this.tail_if(branch, rest),
                Some(other) => this.tail_expr(other),
                None => this.tail_rest(rest, span),
            }
        });
        self.finish_if(condition, then, otherwise, &[], span)
    }

    /// A `match` after which the context is left.
    fn tail_match(&mut self, choice: &ExprMatch, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        let falling = choice
            .arms
            .iter()
            .filter(|arm| !expr_diverges(&arm.body))
            .count();
        if falling > 1 && rest.is_some() {
            let message = "only some of these arms leave the function or loop, which is not supported in differentiable code yet; let all but one leave";
            self.errors.push(choice.match_token, message);
            return Vec::new();
        }
        self.arms(choice, &[], &mut |this, arm| match &*arm.body {
            Expr::Block(block) if block.label.is_none() => {
                let rest = rest.filter(|_| !expr_diverges(&arm.body));
                this.scoped(|this| this.tail(&block.block.stmts, rest))
            }
            body if this.leaves(body) => this.tail_leaving(body, None),
            body if rest.is_some() => {
                this.value(body);
                this.tail_rest(rest, body.span())
            }
            body => this.tail_expr(body),
        })
    }

    /// A loop in which a `return` stands: what follows runs only if it did not return.
    fn tail_loop(&mut self, expr: &Expr, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        let span = expr.span();
        let before = self.lookup(RETURNED);
        let none = self.constant(quote::quote!(::core::option::Option::None), span);
        self.definitions[none.value.0].copy = false;
        self.scopes.push(super::Scope::new());
        self.declare(RETURNED, Some(none));
        self.any_loop(expr, true);
        let returned = self.lookup(RETURNED).flatten().expect("declared above");
        self.scopes.pop();
        let is_some = self.method("is_some", Operand::by_reference(returned.value), span);
        let condition = Operand::by_value(is_some);
        let then = self.region(Vec::new(), |this| {
            let value = Operand::by_value(this.push(Kind::Unwrap(returned), span));
            debug_assert!(before.is_none() || matches!(this.context(), Context::Loop { .. }));
            this.leave(Exit::Return(Some(value)), span)
        });
        let otherwise = self.region(Vec::new(), |this| this.tail_rest(rest, span));
        self.finish_if(condition, then, otherwise, &[], span)
    }

    /// An expression that the function returns. Of a fallible function only the success is a
    /// value of the IR; a failure leaves the function at once and has no derivative.
    fn result(&mut self, expr: &Expr) -> Option<Operand> {
        if !self.fallible {
            return self.value(expr);
        }
        match expr {
            Expr::Paren(paren) => self.result(&paren.expr),
            Expr::Call(call) if is_success(&call.func) && call.args.len() == 1 => {
                self.value(&call.args[0])
            }
            Expr::Call(_) | Expr::MethodCall(_) if !is_failure(expr) => {
                Some(self.question(expr, expr.span()))
            }
            Expr::Macro(mac) if super::macros::is_effect(&mac.mac) => self.value(expr),
            expr if is_failure(expr) => {
                self.plain(quote::quote!(return #expr), true);
                None
            }
            expr => {
                let message = "what a fallible function returns must be written as `Ok(…)`, `Some(…)`, `Err(…)`, `None` or a call in differentiable code";
                self.errors.push(expr, message);
                None
            }
        }
    }

    /// Whether an expression may leave the context it stands in.
    fn leaves(&self, expr: &Expr) -> bool {
        let in_loop = matches!(self.contexts.last(), Some(Context::Loop { .. }));
        expr_leaves(expr, in_loop, self.fallible)
    }
}

/// Whether `break`, `continue` (of the innermost loop, if `in_loop`) or a `return` stands in `expr`.
/// The return of a failure is none: it has no derivative.
fn expr_leaves(expr: &Expr, in_loop: bool, fallible: bool) -> bool {
    let block = |block: &Block, in_loop: bool| {
        block.stmts.iter().any(|statement| matches!(statement, Stmt::Expr(expr, _) if expr_leaves(expr, in_loop, fallible)))
    };
    match expr {
        Expr::Return(returned) => !(fallible && returned.expr.as_deref().is_some_and(is_failure)),
        Expr::Break(_) | Expr::Continue(_) => in_loop,
        Expr::If(branch) => {
            let otherwise = branch.else_branch.as_ref();
            block(&branch.then_branch, in_loop)
                || otherwise.is_some_and(|(_, otherwise)| expr_leaves(otherwise, in_loop, fallible))
        }
        Expr::Match(choice) => choice
            .arms
            .iter()
            .any(|arm| expr_leaves(&arm.body, in_loop, fallible)),
        Expr::Block(inner) => block(&inner.block, in_loop),
        Expr::ForLoop(inner) => block(&inner.body, false),
        Expr::While(inner) => block(&inner.body, false),
        Expr::Loop(inner) => block(&inner.body, false),
        _ => false,
    }
}

/// Whether a `return` stands in the body of a closure.
pub(super) fn returns(body: &Expr) -> bool {
    expr_leaves(body, false, false)
}

/// Whether control never reaches the end of a block.
fn diverges(block: &Block) -> bool {
    block
        .stmts
        .iter()
        .any(|statement| matches!(statement, Stmt::Expr(expr, _) if expr_diverges(expr)))
}

fn expr_diverges(expr: &Expr) -> bool {
    match expr {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
        Expr::Block(block) => diverges(&block.block),
        Expr::If(branch) => {
            let otherwise = branch.else_branch.as_ref();
            diverges(&branch.then_branch) && otherwise.is_some_and(|(_, expr)| expr_diverges(expr))
        }
        Expr::Match(choice) => choice.arms.iter().all(|arm| expr_diverges(&arm.body)),
        _ => false,
    }
}

/// `Ok` or `Some`.
fn is_success(function: &Expr) -> bool {
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
