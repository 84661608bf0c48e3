//! Blocks, statements, branches and loops.

use super::Lowering;
use crate::ir::{Kind, Op, Operand, Value};
use proc_macro2::Span;
use std::collections::BTreeSet;
use syn::spanned::Spanned;
use syn::{Block, Expr, ExprForLoop, ExprIf, Pat, Stmt};

/// The statements that follow a block, innermost first.
#[derive(Clone, Copy)]
struct Rest<'s> {
    statements: &'s [Stmt],
    outer: Option<&'s Rest<'s>>,
}

impl Lowering<'_> {
    /// A function's body: the operand it returns, if any.
    pub(super) fn function_body(&mut self, block: &Block) -> Option<Operand> {
        self.tail(&block.stmts, None)
    }

    /// Lowers statements after which the function ends, so that `return` may stand in them.
    ///
    // In:   if c { return a; } rest
    // Out:  if c { yield a } else { rest }
    fn tail(&mut self, statements: &[Stmt], outer: Option<&Rest<'_>>) -> Option<Operand> {
        let Some((first, rest)) = statements.split_first() else {
            let outer = outer?;
            self.scopes.pop();
            let result = self.tail(outer.statements, outer.outer);
            self.scopes.push(super::Scope::new());
            return result;
        };
        match first {
            _ if self.diverged => None,
            Stmt::Expr(Expr::Return(value), _) => value.expr.as_deref().and_then(|value| self.result(value)),
            Stmt::Expr(Expr::If(branch), semicolon) if returns(branch, self.fallible) => {
                let is_last = rest.is_empty() && outer.is_none() && semicolon.is_none();
                let rest = Rest { statements: rest, outer };
                self.tail_if(branch, if is_last { None } else { Some(&rest) })
            }
            Stmt::Expr(expr, None) if rest.is_empty() && outer.is_none() => self.tail_expr(expr),
            statement => {
                self.statement(statement);
                self.tail(rest, outer)
            }
        }
    }

    /// An expression whose value is the function's.
    fn tail_expr(&mut self, expr: &Expr) -> Option<Operand> {
        match expr {
            Expr::If(branch) if branch.else_branch.is_some() => self.tail_if(branch, None),
            Expr::Block(block) if block.label.is_none() => {
                self.scoped(|this| this.tail(&block.block.stmts, None))
            }
            Expr::Return(value) => value.expr.as_deref().and_then(|value| self.result(value)),
            expr => self.result(expr),
        }
    }

    /// An expression that the function returns. Of a fallible function only the success is a
    /// value of the IR; a failure leaves the function at once, in both sweeps' eyes it never was.
    fn result(&mut self, expr: &Expr) -> Option<Operand> {
        if !self.fallible {
            return self.value(expr);
        }
        match expr {
            Expr::Paren(paren) => self.result(&paren.expr),
            Expr::Call(call) if is_success(&call.func) && call.args.len() == 1 => self.value(&call.args[0]),
            Expr::Call(_) | Expr::MethodCall(_) if !is_failure(expr) => Some(self.question(expr, expr.span())),
            Expr::Macro(mac) if super::call::is_effect(&mac.mac) => self.value(expr),
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

    /// An `if` after which the function ends; `rest` runs after each branch that does not return.
    fn tail_if(&mut self, branch: &ExprIf, rest: Option<&Rest<'_>>) -> Option<Operand> {
        let condition = self.condition(&branch.cond);
        let then_falls = !diverges(&branch.then_branch);
        let else_falls = match &branch.else_branch {
            Some((_, expr)) => !expr_diverges(expr),
            None => true,
        };
        if then_falls && else_falls && rest.is_some() {
            let message = "a `return` inside only part of a branch is not supported yet; let the whole branch return or none of it";
            self.errors.push(branch.if_token, message);
            return None;
        }
        let then = self.region(Vec::new(), |this| {
            this.tail(&branch.then_branch.stmts, rest.filter(|_| then_falls)).into_iter().collect()
        });
        let otherwise = self.region(Vec::new(), |this| {
            let rest = rest.filter(|_| else_falls);
            let result = match &branch.else_branch {
                Some((_, otherwise)) => match &**otherwise {
                    Expr::Block(block) => this.tail(&block.block.stmts, rest),
                    Expr::If(branch) => this.tail_if(branch, rest),
                    other => this.tail_expr(other),
                },
                None => this.tail(&[], rest),
            };
            result.into_iter().collect()
        });
        self.finish_if(condition, then, otherwise, &[], branch.if_token.span)
    }

    /// A block in the middle of a function: the operand of its last expression, if any.
    pub(super) fn block(&mut self, block: &Block) -> Option<Operand> {
        self.scoped(|this| {
            let (last, init) = block.stmts.split_last()?;
            for statement in init {
                this.statement(statement);
                if this.diverged {
                    return None;
                }
            }
            match last {
                Stmt::Expr(expr, None) => this.value(expr),
                statement => {
                    this.statement(statement);
                    None
                }
            }
        })
    }

    /// The value of an expression; `None` for those of type `()`.
    pub(super) fn value(&mut self, expr: &Expr) -> Option<Operand> {
        match expr {
            Expr::If(branch) => self.branch(branch),
            Expr::Block(block) if block.label.is_none() => self.block(&block.block),
            Expr::ForLoop(_) | Expr::Assign(_) | Expr::Return(_) => {
                self.effect(expr);
                None
            }
            Expr::Binary(binary) if super::expr::compound(&binary.op).is_some() => {
                self.effect(expr);
                None
            }
            Expr::Macro(mac) if super::call::is_effect(&mac.mac) => {
                self.effect(expr);
                None
            }
            Expr::Tuple(tuple) if tuple.elems.is_empty() => None,
            expr => Some(self.expr(expr)),
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Local(local) => {
                if let Some(diverge) = local.init.as_ref().and_then(|init| init.diverge.as_ref()) {
                    let message = "`let … else` is not supported in differentiable code yet; match before and bind the value";
                    return self.errors.push(diverge.0, message);
                }
                match &local.init {
                    Some(init) => {
                        let operand = self.expr(&init.expr);
                        self.bind(&local.pat, operand);
                    }
                    None => self.declare_unassigned(&local.pat),
                }
            }
            Stmt::Expr(expr, _) => self.effect(expr),
            Stmt::Macro(statement) => self.effect_macro(&statement.mac),
            Stmt::Item(item) => {
                let message = "items inside a differentiable function are not supported yet; move this next to the function";
                self.errors.push(item, message);
            }
        }
    }

    /// `let y;`
    fn declare_unassigned(&mut self, pat: &Pat) {
        match pat {
            Pat::Ident(ident) => self.declare(&ident.ident.to_string(), None),
            Pat::Type(typed) => self.declare_unassigned(&typed.pat),
            other => self.errors.push(other, "give this pattern a value where it is declared"),
        }
    }

    /// An expression whose value is dropped.
    fn effect(&mut self, expr: &Expr) {
        match expr {
            Expr::Assign(assign) => match &*assign.left {
                Expr::Tuple(targets) => self.assign_parallel(targets, &assign.right),
                target => {
                    let operand = self.expr(&assign.right);
                    self.assign_to(target, operand);
                }
            },
            Expr::Binary(binary) => match super::expr::compound(&binary.op) {
                Some(operator) => {
                    let right = self.expr(&binary.right);
                    let left = self.expr(&binary.left);
                    let sum = self.push(Kind::Binary(operator, left, right), binary.op.span());
                    self.assign_to(&binary.left, Operand::by_value(sum));
                }
                None => {
                    self.expr(expr);
                }
            },
            Expr::ForLoop(for_loop) => self.for_loop(for_loop),
            Expr::Return(returned) if self.fallible && returned.expr.as_deref().is_some_and(is_failure) => {
                self.plain(quote::quote!(#returned), true);
            }
            Expr::If(branch) => {
                self.branch(branch);
            }
            Expr::Block(block) if block.label.is_none() => {
                self.block(&block.block);
            }
            Expr::Macro(mac) if super::call::is_effect(&mac.mac) => self.effect_macro(&mac.mac),
            Expr::Tuple(tuple) if tuple.elems.is_empty() => {}
            expr => {
                self.expr(expr);
            }
        }
    }

    /// `(a, b) = (b, a)`: all of the right side is computed before anything is assigned.
    fn assign_parallel(&mut self, targets: &syn::ExprTuple, right: &Expr) {
        let operand = self.expr(right);
        let fields: Vec<Operand> = (0..targets.elems.len())
            .map(|index| self.tuple_field(operand, index, targets.span()))
            .collect();
        for (target, field) in targets.elems.iter().zip(fields) {
            self.assign_to(target, field);
        }
    }

    fn assign_to(&mut self, target: &Expr, operand: Operand) {
        match target {
            Expr::Path(path) if path.path.get_ident().is_some() => {
                let name = path.path.require_ident().expect("checked").to_string();
                match self.lookup(&name) {
                    Some(_) => {
                        self.name(operand.value, &name);
                        self.assign(&name, operand);
                    }
                    None => {
                        let message = "this is not a local variable, so the data flow of the assignment cannot be seen; pass the value in and return it";
                        self.errors.push(path, message);
                    }
                }
            }
            Expr::Infer(_) => {}
            Expr::Paren(paren) => self.assign_to(&paren.expr, operand),
            other => {
                let message = "assignment to a part of a value is not supported in differentiable code yet; assign a whole variable";
                self.errors.push(other, message);
            }
        }
    }

    /// `if` whose value may be used.
    // In:   if c { s = a } else { s = b }
    // Out:  %s = if c { yield a } else { yield b }
    fn branch(&mut self, branch: &ExprIf) -> Option<Operand> {
        let condition = self.condition(&branch.cond);
        let mut assigned = Assigned::default();
        assigned.block(&branch.then_branch);
        if let Some((_, otherwise)) = &branch.else_branch {
            assigned.expr(otherwise);
        }
        let names = self.bound(assigned);
        let then = self.region(Vec::new(), |this| {
            let value = this.block(&branch.then_branch);
            this.yields(value, &names)
        });
        let otherwise = self.region(Vec::new(), |this| {
            let value = branch.else_branch.as_ref().and_then(|(_, otherwise)| this.value(otherwise));
            this.yields(value, &names)
        });
        self.finish_if(condition, then, otherwise, &names, branch.if_token.span)
    }

    fn finish_if(
        &mut self,
        condition: Operand,
        then: crate::ir::Region,
        otherwise: crate::ir::Region,
        names: &[String],
        span: Span,
    ) -> Option<Operand> {
        let diverges = then.diverges && otherwise.diverges;
        self.diverged |= diverges;
        let lasting = if then.diverges { &otherwise } else { &then };
        let uneven = then.yields.len() != otherwise.yields.len();
        if uneven && !then.diverges && !otherwise.diverges {
            let message = "both branches must give a value here";
            self.errors.add(syn::Error::new(span, message));
            return None;
        }
        let names = if diverges { &[] } else { names };
        let results = self.results(names, &lasting.yields, span);
        let carried = results.len() - names.len();
        for (name, result) in names.iter().zip(&results[carried..]) {
            self.assign(name, Operand::by_value(*result));
        }
        let value = results[..carried].first().copied();
        self.ops.push(Op { results, kind: Kind::If { condition, then, otherwise }, span });
        value.map(Operand::by_value)
    }

    /// What leaves a branch: its value, then the variables it may have assigned.
    fn yields(&self, value: Option<Operand>, names: &[String]) -> Vec<Operand> {
        let carried = names.iter().filter_map(|name| self.lookup(name).flatten());
        value.into_iter().chain(carried).collect()
    }

    /// Those of the assigned names that are variables here.
    fn bound(&self, assigned: Assigned) -> Vec<String> {
        assigned.0.into_iter().filter(|name| self.lookup(name).is_some()).collect()
    }

    /// The condition of an `if`.
    fn condition(&mut self, expr: &Expr) -> Operand {
        if let Expr::Let(condition) = expr {
            let message = "`if let` is not supported in differentiable code yet; test with a `bool` and take the value apart before";
            self.errors.push(condition.let_token, message);
            return self.nothing(expr.span());
        }
        self.expr(expr)
    }

    /// A `for` loop over a range, or over the elements of a place.
    // In:   for i in r { s = s + x[i] }
    // Out:  %s = for %i in %r, %c = s { yield %c + x[%i] }
    fn for_loop(&mut self, for_loop: &ExprForLoop) {
        let span = for_loop.for_token.span;
        if let Some(label) = &for_loop.label {
            self.errors.push(label, "labelled loops are not supported in differentiable code yet");
        }
        let (iterator, elements) = self.iterator(&for_loop.expr);
        let mut assigned = Assigned::default();
        assigned.block(&for_loop.body);
        let mut names = self.bound(assigned);
        names.retain(|name| self.lookup(name).flatten().is_some());
        let inits: Vec<Operand> = names.iter().filter_map(|name| self.lookup(name).flatten()).collect();

        let item = self.define("i", for_loop.pat.span());
        self.definitions[item.0].copy = true;
        let mut args = vec![item];
        args.extend(self.results(&names, &inits, span));
        let carried = args[1..].to_vec();
        let body = self.region(args, |this| {
            for (name, value) in names.iter().zip(&carried) {
                this.assign(name, Operand::by_value(*value));
            }
            let item = match elements {
                Some(place) => {
                    let element = this.push(Kind::Index(place.value, Operand::by_value(item)), span);
                    Operand { value: element, mode: place.mode }
                }
                None => Operand::by_value(item),
            };
            this.bind(&for_loop.pat, item);
            this.block(&for_loop.body);
            this.yields(None, &names)
        });
        let results = self.results(&names, &body.yields, span);
        for (name, result) in names.iter().zip(&results) {
            self.assign(name, Operand::by_value(*result));
        }
        self.ops.push(Op { results, kind: Kind::For { iterator, inits, body }, span });
    }

    /// What a loop runs over: an iterator of numbers, and the place whose elements they index.
    fn iterator(&mut self, expr: &Expr) -> (Operand, Option<Operand>) {
        let place = match expr {
            Expr::Paren(paren) => return self.iterator(&paren.expr),
            Expr::Reference(reference) if reference.mutability.is_none() => {
                Some(Operand::by_reference(self.place(&reference.expr)))
            }
            Expr::MethodCall(call) if call.method == "iter" && call.args.is_empty() => {
                Some(Operand::by_reference(self.place(&call.receiver)))
            }
            Expr::Path(path) => {
                let operand = self.expr(expr);
                let definition = &self.definitions[operand.value.0];
                let borrowed = operand.mode == crate::ir::Mode::Reference || definition.reference;
                if !borrowed {
                    let message = "the loop cannot see what this iterates over; loop over `&…`, `….iter()` or a range of indices";
                    self.errors.push(path, message);
                }
                Some(Operand::by_reference(operand.value))
            }
            _ => None,
        };
        let Some(place) = place else {
            if !is_range(expr) {
                let message = "iterator adaptors are not supported in differentiable code yet; loop over a range of indices, `&…` or `….iter()`";
                self.errors.push(expr, message);
            }
            return (self.expr(expr), None);
        };
        let length = self.method("len", place, expr.span());
        let start = self.constant(proc_macro2::Literal::usize_unsuffixed(0), expr.span());
        let limits = syn::RangeLimits::HalfOpen(syn::Token![..](expr.span()));
        let range = self.push(Kind::Range(start, Operand::by_value(length), limits), expr.span());
        (Operand::by_value(range), Some(place))
    }

    /// A stand-in for an expression that has been reported.
    pub(super) fn nothing(&mut self, span: Span) -> Operand {
        Operand::by_value(self.push(Kind::Tuple(Vec::new()), span))
    }

    /// `operand.index`
    pub(super) fn tuple_field(&mut self, operand: Operand, index: usize, span: Span) -> Operand {
        let elements = self.ops.iter().rev().find_map(|op| match &op.kind {
            Kind::Tuple(elements) if op.results[0] == operand.value => Some(elements),
            _ => None,
        });
        if let Some(element) = elements.and_then(|elements| elements.get(index)) {
            return *element;
        }
        let member = syn::Member::Unnamed(syn::Index { index: index as u32, span });
        let value: Value = self.push(Kind::Field(operand.value, member), span);
        Operand { value, mode: operand.mode }
    }
}

/// Whether an iterator is a range, perhaps reversed or stepped.
fn is_range(expr: &Expr) -> bool {
    match expr {
        Expr::Range(range) => range.start.is_some() && range.end.is_some(),
        Expr::Paren(paren) => is_range(&paren.expr),
        Expr::MethodCall(call) => {
            (call.method == "rev" || call.method == "step_by") && is_range(&call.receiver)
        }
        _ => false,
    }
}

/// Whether a `return` stands in a branch.
fn returns(branch: &ExprIf, fallible: bool) -> bool {
    block_returns(&branch.then_branch, fallible)
        || branch.else_branch.as_ref().is_some_and(|(_, otherwise)| expr_returns(otherwise, fallible))
}

fn block_returns(block: &Block, fallible: bool) -> bool {
    block.stmts.iter().any(|statement| match statement {
        Stmt::Expr(expr, _) => expr_returns(expr, fallible),
        Stmt::Local(_) | Stmt::Item(_) | Stmt::Macro(_) => false,
    })
}

fn expr_returns(expr: &Expr, fallible: bool) -> bool {
    match expr {
        Expr::Return(returned) => !(fallible && returned.expr.as_deref().is_some_and(is_failure)),
        Expr::If(branch) => returns(branch, fallible),
        Expr::Block(block) => block_returns(&block.block, fallible),
        _ => false,
    }
}

/// `Ok` or `Some`.
fn is_success(function: &Expr) -> bool {
    matches!(function, Expr::Path(path) if path.path.is_ident("Ok") || path.path.is_ident("Some"))
}

/// `Err(…)` or `None`.
fn is_failure(expr: &Expr) -> bool {
    match expr {
        Expr::Call(call) => matches!(&*call.func, Expr::Path(path) if path.path.is_ident("Err")),
        Expr::Path(path) => path.path.is_ident("None"),
        Expr::Paren(paren) => is_failure(&paren.expr),
        _ => false,
    }
}

/// Whether control never reaches the end of a block.
fn diverges(block: &Block) -> bool {
    block.stmts.iter().any(|statement| matches!(statement, Stmt::Expr(expr, _) if expr_diverges(expr)))
}

fn expr_diverges(expr: &Expr) -> bool {
    match expr {
        Expr::Return(_) => true,
        Expr::Block(block) => diverges(&block.block),
        Expr::If(branch) => {
            let otherwise = branch.else_branch.as_ref();
            diverges(&branch.then_branch) && otherwise.is_some_and(|(_, expr)| expr_diverges(expr))
        }
        _ => false,
    }
}

/// The names of variables that a block assigns.
#[derive(Default)]
struct Assigned(BTreeSet<String>);

impl Assigned {
    fn block(&mut self, block: &Block) {
        for statement in &block.stmts {
            match statement {
                Stmt::Expr(expr, _) => self.expr(expr),
                Stmt::Local(local) => {
                    if let Some(init) = &local.init {
                        self.expr(&init.expr);
                    }
                }
                Stmt::Item(_) | Stmt::Macro(_) => {}
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Assign(assign) => {
                self.target(&assign.left);
                self.expr(&assign.right);
            }
            Expr::Binary(binary) => {
                if super::expr::compound(&binary.op).is_some() {
                    self.target(&binary.left);
                }
                self.expr(&binary.left);
                self.expr(&binary.right);
            }
            Expr::If(branch) => {
                self.expr(&branch.cond);
                self.block(&branch.then_branch);
                if let Some((_, otherwise)) = &branch.else_branch {
                    self.expr(otherwise);
                }
            }
            Expr::ForLoop(for_loop) => self.block(&for_loop.body),
            Expr::Block(block) => self.block(&block.block),
            Expr::Paren(paren) => self.expr(&paren.expr),
            Expr::Unary(unary) => self.expr(&unary.expr),
            Expr::Cast(cast) => self.expr(&cast.expr),
            Expr::Call(call) => call.args.iter().for_each(|arg| self.expr(arg)),
            Expr::MethodCall(call) => {
                self.expr(&call.receiver);
                call.args.iter().for_each(|arg| self.expr(arg));
            }
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|element| self.expr(element)),
            _ => {}
        }
    }

    fn target(&mut self, expr: &Expr) {
        match expr {
            Expr::Path(path) => {
                self.0.extend(path.path.get_ident().map(ToString::to_string));
            }
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|target| self.target(target)),
            Expr::Paren(paren) => self.target(&paren.expr),
            _ => {}
        }
    }
}
