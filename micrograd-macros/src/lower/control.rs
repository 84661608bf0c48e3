//! The ways out of a function, of a loop and of a labelled block.
//!
//! `return`, `break` and `continue` become branches that yield, so that the IR needs no jumps. Where
//! an `if` leaves on one side, what follows moves into the other side. Where more than one side
//! goes on, or a loop is left to something around it, the construct yields a *code* that says how it
//! was left, and a branch behind it goes on from there:
//!
// In:   if c { if d { return a; } b; } rest
// Out:  (code, returned) = if c { if d { yield 1, Some(a) } else { b; yield 0, None } } else { yield 0, None }
//       if code == 1 { yield unwrap(returned) } else { rest }

use super::ways::{label_name, ways, Way};
use super::{stmt::Assigned, Lowering, Variable};
use crate::ir::{Failure, Kind, Operand};
use proc_macro2::{Ident, Literal, Span};
use syn::spanned::Spanned;
use syn::{BinOp, Block, Expr, ExprIf, ExprMatch, Label, Pat, Stmt, Token};

/// What a region is inside of, as far as control may leave it.
#[derive(Clone)]
pub(super) enum Context {
    /// The function returns.
    Function,
    /// A loop goes on with its next iteration.
    Loop(Loop),
    /// Branches meet again: the end of a labelled block, or of an `if` that is left in part.
    Join(Join),
}

/// A loop, from inside.
#[derive(Clone, Default)]
pub(super) struct Loop {
    pub(super) label: Option<String>,
    /// The variables it carries.
    pub(super) names: Vec<Variable>,
    /// Whether each iteration decides if the loop goes on.
    pub(super) exits: bool,
    /// The variable that carries how the loop was left, if it may be left to something around it.
    pub(super) code: Option<Variable>,
    /// The variable that carries the value of `break`.
    pub(super) value: Option<Variable>,
    /// The ways in which it was left to something around it; their codes count from 1.
    pub(super) escapes: Vec<Target>,
}

impl Context {
    /// A loop that only its own end leaves.
    pub(super) fn plain_loop(names: &[Variable], exits: bool) -> Self {
        Context::Loop(Loop {
            names: names.to_vec(),
            exits,
            ..Loop::default()
        })
    }
}

/// A place where branches meet, from inside: they yield a code and the variables.
#[derive(Clone, Default)]
pub(super) struct Join {
    label: Option<String>,
    names: Vec<Variable>,
    value: Option<Variable>,
    /// Whether it is a closure's body, which `return` ends.
    returns: bool,
    pub(super) escapes: Vec<Target>,
}

/// Where control goes: the number of a context, counted from the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Return,
    Break(usize),
    Continue(usize),
}

/// A way out of a region, with the value it carries.
enum Exit {
    /// The region's end.
    Next(Option<Operand>),
    /// `break`, `continue` or `return`.
    Leave(Target, Option<Operand>),
}

/// The variables that carry values out of regions; not names a user can write.
const RETURNED: &str = "returned!";
const BROKEN: &str = "broken!";
const CODE: &str = "code!";

/// What takes the value of an expression that something follows.
#[derive(Clone, Copy)]
enum Take<'s> {
    Nothing,
    /// `let pat = …;`
    Bind(&'s Pat),
    /// `target = …;`
    Assign(&'s Expr),
}

/// The statements that follow an expression, innermost first.
#[derive(Clone, Copy)]
pub(super) struct Rest<'s> {
    take: Take<'s>,
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

    /// What an iteration yields that ends here.
    pub(super) fn next_iteration(&mut self, span: Span) -> Vec<Operand> {
        self.leave(Exit::Next(None), span)
    }

    /// What an iteration yields that ends the innermost loop.
    pub(super) fn break_loop(&mut self, span: Span) -> Vec<Operand> {
        let innermost = self.contexts.len() - 1;
        self.leave(Exit::Leave(Target::Break(innermost), None), span)
    }

    /// What a region yields when control leaves it this way.
    fn leave(&mut self, exit: Exit, span: Span) -> Vec<Operand> {
        let innermost = self.contexts.len() - 1;
        let context = self.contexts[innermost].clone();
        let (target, value) = match exit {
            Exit::Next(value) => (None, value),
            Exit::Leave(target, value) => (Some(target), value),
        };
        match context {
            Context::Function => value.into_iter().collect(),
            Context::Loop(this) => {
                let goes_on = match target {
                    None => true,
                    Some(Target::Continue(depth)) if depth == innermost => true,
                    Some(Target::Break(depth)) if depth == innermost => {
                        self.hold(this.value.as_ref(), value, span);
                        false
                    }
                    Some(target) => {
                        let code = self.escape(target, value, span);
                        self.set(
                            this.code.as_ref().expect("a loop that is left has a code"),
                            code,
                        );
                        false
                    }
                };
                let goes_on = Ident::new(if goes_on { "true" } else { "false" }, span);
                let goes_on = this.exits.then(|| self.constant(goes_on, span));
                let carried = self.yields(None, &this.names);
                goes_on.into_iter().chain(carried).collect()
            }
            Context::Join(this) => {
                let ends = match target {
                    None => true,
                    Some(Target::Break(depth)) => depth == innermost,
                    Some(Target::Return) => this.returns,
                    Some(Target::Continue(_)) => false,
                };
                let code = match target {
                    Some(target) if !ends => self.escape(target, value, span),
                    _ => {
                        self.hold(this.value.as_ref(), value, span);
                        self.code(0, span)
                    }
                };
                self.yields(Some(code), &this.names)
            }
        }
    }

    /// Lets a carried variable hold `Some(value)`.
    fn hold(&mut self, variable: Option<&Variable>, value: Option<Operand>, span: Span) {
        if let (Some(variable), Some(value)) = (variable, value) {
            let present = self.push(Kind::Present(value), span);
            self.set(variable, Operand::by_value(present));
        }
    }

    /// Leaves the innermost context to something around it: the code of this way out.
    fn escape(&mut self, target: Target, value: Option<Operand>, span: Span) -> Operand {
        let variable = match target {
            Target::Return => self.variable(RETURNED),
            Target::Break(depth) => self.broken(depth),
            Target::Continue(_) => None,
        };
        self.hold(variable.as_ref(), value, span);
        let escapes = match self.contexts.last_mut() {
            Some(Context::Loop(this)) => &mut this.escapes,
            Some(Context::Join(this)) => &mut this.escapes,
            _ => unreachable!("nothing is around a function"),
        };
        let index = escapes.iter().position(|other| *other == target);
        let index = index.unwrap_or_else(|| {
            escapes.push(target);
            escapes.len() - 1
        });
        self.code(index + 1, span)
    }

    fn code(&mut self, code: usize, span: Span) -> Operand {
        self.constant(Literal::u8_suffixed(code as u8), span)
    }

    /// Goes on with a way out of a context that has just ended: its value is carried already.
    fn leave_carried(&mut self, target: Target, span: Span) -> Vec<Operand> {
        let innermost = self.contexts.len() - 1;
        let variable = match (target, &self.contexts[innermost]) {
            (Target::Return, Context::Function) => self.variable(RETURNED),
            (Target::Return, Context::Join(Join { returns: true, .. })) => self.variable(RETURNED),
            _ => None,
        };
        let value = variable.and_then(|variable| self.unwrapped(&variable, span));
        self.leave(Exit::Leave(target, value), span)
    }

    /// Goes on behind a context that may have been left to something around it.
    fn dispatch(
        &mut self,
        code: Operand,
        escapes: &[(usize, Target)],
        falls: bool,
        span: Span,
        next: &mut dyn FnMut(&mut Self) -> Vec<Operand>,
    ) -> Vec<Operand> {
        let Some(((number, target), others)) = escapes.split_first() else {
            return next(self);
        };
        if others.is_empty() && !falls {
            return self.leave_carried(*target, span);
        }
        let number = self.code(*number, span);
        let taken = self.push(
            Kind::Binary(BinOp::Eq(Token![==](span)), code, number),
            span,
        );
        let then = self.region(Vec::new(), |this| this.leave_carried(*target, span));
        let otherwise = self.region(Vec::new(), |this| {
            this.dispatch(code, others, falls, span, next)
        });
        self.finish_if(Operand::by_value(taken), then, otherwise, &[], span)
    }

    /// The context that a `break` or `continue` names.
    fn target(&mut self, label: Option<&syn::Lifetime>, span: Span) -> usize {
        let name = label.map(|label| label.ident.to_string());
        self.context_of(name.as_deref()).unwrap_or_else(|| {
            let message = "there is no loop or block here that this could leave";
            self.errors.add(syn::Error::new(span, message));
            self.diverged = true;
            0
        })
    }

    /// The context of this label, or the innermost loop.
    fn context_of(&self, name: Option<&str>) -> Option<usize> {
        self.contexts
            .iter()
            .rposition(|context| match (context, name) {
                (Context::Loop(_), None) => true,
                (
                    Context::Loop(Loop { label, .. }) | Context::Join(Join { label, .. }),
                    Some(name),
                ) => label.as_deref() == Some(name),
                (Context::Function | Context::Join(_), _) => false,
            })
    }

    /// The variable of the value that a context is left with.
    fn broken(&self, depth: usize) -> Option<Variable> {
        match &self.contexts[depth] {
            Context::Loop(Loop { value, .. }) | Context::Join(Join { value, .. }) => value.clone(),
            Context::Function => None,
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
    fn go_on(
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
    fn tail_leaving(&mut self, expr: &Expr, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        let span = expr.span();
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
                Vec::new()
            }
        }
    }

    /// An expression that does not leave the context, whose value `rest` takes.
    fn tail_expr(&mut self, expr: &Expr, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        let returns = rest.is_none() && matches!(self.contexts.last(), Some(Context::Function));
        if !returns {
            let value = self.value(expr);
            return self.go_on(value, rest, expr.span());
        }
        match expr {
            Expr::If(branch) if branch.else_branch.is_some() => self.tail_if(branch, None),
            Expr::Match(choice) => self.tail_match(choice, None),
            Expr::Block(block) if block.label.is_none() => {
                self.scoped(|this| this.tail(&block.block.stmts, None))
            }
            expr => self.result(expr).into_iter().collect(),
        }
    }

    /// An expression that may leave or not.
    fn tail_any(&mut self, expr: &Expr, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        if self.leaves(expr) {
            self.tail_leaving(expr, rest)
        } else {
            self.tail_expr(expr, rest)
        }
    }

    /// An `if` after which the context is left; `rest` runs after each branch that does not leave.
    fn tail_if(&mut self, branch: &ExprIf, rest: Option<&Rest<'_>>) -> Vec<Operand> {
        let span = branch.if_token.span;
        if let Some(nested) = super::branch::unchained(branch, self.takes_value(rest)) {
            return self.tail_leaving(&nested, rest);
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
    fn tail_match(&mut self, choice: &ExprMatch, rest: Option<&Rest<'_>>) -> Vec<Operand> {
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
    fn tail_let_else(
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

    /// What is left in part and goes on in part: `build` gives what its region yields, a code and
    /// the variables; then `rest` follows, or the way out that the code tells.
    fn join(
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
    fn takes_value(&self, rest: Option<&Rest<'_>>) -> bool {
        match (rest, self.contexts.last()) {
            (Some(rest), _) => !matches!(rest.take, Take::Nothing),
            (None, Some(Context::Join(join))) => join.value.is_some(),
            (None, Some(Context::Function)) => self.returns_value,
            (None, _) => false,
        }
    }

    /// Builds what meets in a join: the variable of its value, its code, the ways it was left.
    fn joined(
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
    fn closed(
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

    /// A variable that carries an option out of a region.
    fn carried(&mut self, name: &str, span: Span) -> Variable {
        let none = self.constant(quote::quote!(::core::option::Option::None), span);
        self.definitions[none.value.0].copy = false;
        self.declare(name, Some(none));
        self.variable(name).expect("declared above")
    }

    /// The variables that an expression carries out of it: those that it assigns, and those that
    /// carry the values of `return` and `break` to something around it.
    fn carried_names(&mut self, expr: &Expr, span: Span) -> Vec<Variable> {
        let mut assigned = Assigned::default();
        assigned.expr(expr);
        let mut names = self.bound(assigned);
        names.retain(|name| self.value_of(name).is_some());
        for way in ways(expr, self.fallible) {
            match way {
                Way::Return => {
                    if self.variable(RETURNED).is_none() && self.returns_value {
                        self.carried(RETURNED, span);
                    }
                    names.extend(self.variable(RETURNED));
                }
                Way::Break(label) => {
                    let target = self.context_of(label.as_deref());
                    names.extend(target.and_then(|depth| self.broken(depth)));
                }
                Way::Continue(_) => {}
            }
        }
        names
    }

    /// A loop that may be left to something around it: what follows runs only where it was not.
    fn tail_loop(&mut self, expr: &Expr, rest: Option<&Rest<'_>>) -> Vec<Operand> {
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

    /// A loop in the middle of an expression; its value, if it is left by `break` with one.
    pub(super) fn loop_expr(&mut self, expr: &Expr) -> Option<Operand> {
        self.scopes.push(super::Scope::new());
        let names = self.carried_names(expr, expr.span());
        let end = self.any_loop(expr, names, None);
        let value = end.and_then(|end| self.unwrapped(end.value.as_ref()?, expr.span()));
        self.scopes.pop();
        value
    }

    /// The value inside a variable that carries one.
    fn unwrapped(&mut self, variable: &Variable, span: Span) -> Option<Operand> {
        let value = self.value_of(variable)?;
        Some(Operand::by_value(
            self.push(Kind::Unwrap(value, Failure::Never), span),
        ))
    }

    /// The variable of the value that a `loop` is left with, if it is left with one.
    pub(super) fn break_value(&mut self, expr: &Expr, span: Span) -> Option<Variable> {
        breaks_with_value(expr).then(|| self.carried(BROKEN, span))
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
    fn leaves(&self, expr: &Expr) -> bool {
        !ways(expr, self.fallible).is_empty()
    }
}

/// Whether a `return` stands in the body of a closure.
pub(super) fn returns(body: &Expr) -> bool {
    !ways(body, false).is_empty()
}

/// The ways out with their codes.
fn numbered(escapes: &[Target]) -> Vec<(usize, Target)> {
    (1..).zip(escapes.iter().copied()).collect()
}

/// Whether control never reaches the end of a block.
fn diverges(block: &Block) -> bool {
    block.stmts.iter().any(|statement| match statement {
        Stmt::Expr(expr, _) => expr_diverges(expr),
        Stmt::Macro(mac) => super::macros::is_diverging(&mac.mac),
        Stmt::Local(_) | Stmt::Item(_) => false,
    })
}

fn expr_diverges(expr: &Expr) -> bool {
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

/// Whether a `break` with a value leaves a `loop` or labelled block.
fn breaks_with_value(expr: &Expr) -> bool {
    match expr {
        Expr::Loop(inner) => super::ways::gives_value(&inner.body, inner.label.as_ref(), true),
        Expr::Block(inner) => super::ways::gives_value(&inner.block, inner.label.as_ref(), false),
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
