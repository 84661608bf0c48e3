//! `for`, `while` and `loop`: one kind of operation, which carries the variables its body assigns.

use super::control::{Context, Exit, RETURNED};
use super::iter::Stream;
use super::stmt::Assigned;
use super::{Lowering, Variable};
use crate::ir::{Kind, Op, Operand};
use proc_macro2::Span;
use syn::{Block, Expr, Stmt};

impl Lowering<'_> {
    /// A loop; `returns` if a `return` stands in it.
    // In:   for i in r { s = s + x[i] }
    // Out:  %s = for %i in %r, %c = s { yield %c + x[%i] }
    // In:   while c { b }
    // Out:  loop { if c { b; yield true } else { yield false } }
    pub(super) fn any_loop(&mut self, expr: &Expr, returns: bool) {
        let (label, body, span) = match expr {
            Expr::ForLoop(e) => (&e.label, &e.body, e.for_token.span),
            Expr::While(e) => (&e.label, &e.body, e.while_token.span),
            Expr::Loop(e) => (&e.label, &e.body, e.loop_token.span),
            _ => unreachable!("called for loops"),
        };
        if let Some(label) = label {
            self.errors.push(label, "labelled loops are not supported in differentiable code yet; set a `bool` and test it in the outer loop");
        }
        let stream = match expr {
            Expr::ForLoop(e) => match self.stream_or_error(&e.expr) {
                Some(stream) => Some(stream),
                None => return,
            },
            _ => None,
        };
        let leaves = returns || breaks(body);
        match stream {
            Some(stream) if !leaves && !stream.exits() => {
                for part in stream.parts() {
                    self.one_loop(expr, body, Some(part), (false, false), span);
                }
            }
            Some(stream) => {
                let stream = self.unnested(stream, span);
                self.one_loop(expr, body, Some(&stream), (returns, true), span);
            }
            None => self.one_loop(expr, body, None, (returns, true), span),
        }
    }

    /// One loop, which `returns` or `exits` early.
    fn one_loop(
        &mut self,
        expr: &Expr,
        body: &Block,
        stream: Option<&Stream>,
        (returns, exits): (bool, bool),
        span: Span,
    ) {
        let mut assigned = Assigned::default();
        assigned.expr(expr);
        let mut names = self.bound(assigned);
        if returns {
            names.extend(self.variable(RETURNED));
        }
        names.retain(|name| self.value_of(name).is_some());
        if let Some(stream) = stream {
            names = self.opened(stream, names, span);
        }
        let iterator = stream.map(|stream| stream.driver(self, span));
        let context = Context::Loop {
            names: names.clone(),
            exits,
        };
        self.build_loop(iterator, &names, exits, false, span, |this, item| {
            this.contexts.push(context);
            let yields = match (expr, stream) {
                (Expr::ForLoop(e), Some(stream)) => stream.visit(this, item, &mut |this, item| {
                    this.scoped(|this| {
                        this.bind_item(&e.pat, item);
                        this.tail(&e.body.stmts, None)
                    })
                }),
                (Expr::While(e), _) => {
                    if let Expr::Let(condition) = &*e.cond {
                        let message = "`while let` is not supported in differentiable code yet; use `loop` with `if let` and `break`";
                        this.errors.push(condition.let_token, message);
                    }
                    let (condition, _) = this.condition(&e.cond);
                    let then = this.region(Vec::new(), |this| this.tail(&e.body.stmts, None));
                    let otherwise = this.region(Vec::new(), |this| this.leave(Exit::Break, span));
                    this.finish_if(condition, then, otherwise, &[], span)
                }
                _ => this.tail(&body.stmts, None),
            };
            this.contexts.pop();
            yields
        });
        if let Some(stream) = stream {
            stream.close(self);
        }
    }

    /// What an iteration yields that a filter passes over.
    pub(super) fn next_iteration(&mut self, span: Span) -> Vec<Operand> {
        self.leave(Exit::Next, span)
    }

    /// What the last iteration yields.
    pub(super) fn last_iteration(&mut self, span: Span) -> Vec<Operand> {
        self.leave(Exit::Break, span)
    }

    /// Appends a loop that carries the variables `names`; gives the vector it collects, if any.
    pub(super) fn build_loop(
        &mut self,
        iterator: Option<Operand>,
        names: &[Variable],
        exits: bool,
        collects: bool,
        span: Span,
        body: impl FnOnce(&mut Self, Operand) -> Vec<Operand>,
    ) -> Option<Operand> {
        let inits: Vec<Operand> = names
            .iter()
            .filter_map(|name| self.value_of(name))
            .collect();
        let item = self.define("i", span);
        self.definitions[item.0].copy = true;
        let mut args = vec![item];
        args.extend(self.results(names, &inits, span));
        let carried = args[1..].to_vec();
        let body = self.region(args, |this| {
            for (name, value) in names.iter().zip(&carried) {
                this.set(name, Operand::by_value(*value));
            }
            body(this, Operand::by_value(item))
        });
        let yields = crate::ir::carried(&body.yields, exits).to_vec();
        let yields = if body.diverges {
            &inits
        } else {
            &yields[..names.len().min(yields.len())]
        };
        let mut results = self.results(names, yields, span);
        for (name, result) in names.iter().zip(&results) {
            self.set(name, Operand::by_value(*result));
        }
        let vector = collects.then(|| self.define("t", span));
        results.extend(vector);
        self.ops.push(Op {
            results,
            kind: Kind::For {
                iterator,
                inits,
                body,
                exits,
                collects,
            },
            span,
        });
        vector.map(Operand::by_value)
    }
}

/// Whether the innermost loop may end early by a `break` in its body.
fn breaks(block: &Block) -> bool {
    fn expr_breaks(expr: &Expr) -> bool {
        match expr {
            Expr::Break(_) => true,
            Expr::If(branch) => {
                breaks(&branch.then_branch)
                    || branch
                        .else_branch
                        .as_ref()
                        .is_some_and(|(_, otherwise)| expr_breaks(otherwise))
            }
            Expr::Match(choice) => choice.arms.iter().any(|arm| expr_breaks(&arm.body)),
            Expr::Block(inner) => breaks(&inner.block),
            _ => false,
        }
    }
    block
        .stmts
        .iter()
        .any(|statement| matches!(statement, Stmt::Expr(expr, _) if expr_breaks(expr)))
}
