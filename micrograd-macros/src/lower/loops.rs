//! `for`, `while` and `loop`: one kind of operation, which carries the variables its body assigns.

use super::control::{Context, Loop};
use super::iter::Stream;
use super::ways::{body_ways, label_name, Way};
use super::{Lowering, Variable};
use crate::ir::{Kind, Op, Operand};
use proc_macro2::Span;
use syn::{Block, Expr};

impl Lowering<'_> {
    /// A loop that carries the variables `names`, and `code` if it may be left to something around
    /// it. Gives what the loop turned out to be, as far as its iterator is supported.
    // In:   for i in r { s = s + x[i] }
    // Out:  %s = for %i in %r, %c = s { yield %c + x[%i] }
    // In:   while c { b }
    // Out:  loop { if c { b; yield true } else { yield false } }
    pub(super) fn any_loop(
        &mut self,
        expr: &Expr,
        mut names: Vec<Variable>,
        code: Option<Variable>,
    ) -> Option<Loop> {
        let (label, body, span) = match expr {
            Expr::ForLoop(e) => (&e.label, &e.body, e.for_token.span),
            Expr::While(e) => (&e.label, &e.body, e.while_token.span),
            Expr::Loop(e) => (&e.label, &e.body, e.loop_token.span),
            _ => unreachable!("called for loops"),
        };
        if let Some(endless) = unchained_loop(expr) {
            return self.any_loop(&endless, names, code);
        }
        let stream = match expr {
            Expr::ForLoop(e) => Some(self.stream_or_error(&e.expr)?),
            _ => None,
        };
        let label = label_name(label.as_ref());
        let stays = |way: &Way| match way {
            Way::Continue(None) => true,
            Way::Continue(name) => *name == label,
            Way::Return | Way::Break(_) => false,
        };
        let leaves = !body_ways(body, self.fallible).iter().all(stays);
        let value = self.break_value(expr, span);
        names.extend(code.clone());
        names.extend(value.clone());
        let context = Loop {
            label,
            names,
            exits: true,
            code,
            value,
            ..Loop::default()
        };
        match stream {
            Some(stream) if !leaves && !stream.exits() => {
                let mut end = None;
                for part in stream.parts() {
                    let context = Loop {
                        exits: false,
                        ..context.clone()
                    };
                    end = Some(self.one_loop(expr, body, Some(part), context, span));
                }
                end
            }
            Some(stream) => {
                let stream = self.unnested(stream, span);
                Some(self.one_loop(expr, body, Some(&stream), context, span))
            }
            None => Some(self.one_loop(expr, body, None, context, span)),
        }
    }

    /// One loop, as `context` says; what it turned out to be.
    fn one_loop(
        &mut self,
        expr: &Expr,
        body: &Block,
        stream: Option<&Stream>,
        mut context: Loop,
        span: Span,
    ) -> Loop {
        if let Some(stream) = stream {
            context.names = self.opened(stream, context.names, span);
        }
        let (names, exits) = (context.names.clone(), context.exits);
        let iterator = stream.map(|stream| stream.driver(self, span));
        let mut end = context.clone();
        self.build_loop(iterator, &names, exits, false, span, |this, item| {
            this.contexts.push(Context::Loop(context));
            let yields = match (expr, stream) {
                (Expr::ForLoop(e), Some(stream)) => stream.visit(this, item, &mut |this, item| {
                    this.scoped(|this| {
                        this.bind_item(&e.pat, item);
                        this.tail(&e.body.stmts, None)
                    })
                }),
                (Expr::While(e), _) => {
                    let (condition, bound) = this.condition(&e.cond);
                    let then = this.region(Vec::new(), |this| {
                        this.bind_matched(&bound);
                        this.tail(&e.body.stmts, None)
                    });
                    let otherwise = this.region(Vec::new(), |this| this.break_loop(span));
                    this.finish_if(condition, then, otherwise, &[], span)
                }
                _ => this.tail(&body.stmts, None),
            };
            if let Some(Context::Loop(context)) = this.contexts.pop() {
                end = context;
            }
            yields
        });
        self.mark_checkpoint(expr);
        if let Some(stream) = stream {
            stream.close(self);
        }
        end
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
                checkpoint: false,
            },
            span,
        });
        vector.map(Operand::by_value)
    }
}

/// `while a && let p = b { … }`, as a `loop` with a branch.
fn unchained_loop(expr: &Expr) -> Option<Expr> {
    let Expr::While(inner) = expr else {
        return None;
    };
    let (attrs, label) = (&inner.attrs, &inner.label);
    let (condition, body) = (&inner.cond, &inner.body);
    let branch: syn::ExprIf = syn::parse_quote!(if #condition #body else { break; });
    super::branch::unchained(&branch, false)?;
    Some(syn::parse_quote!(#(#attrs)* #label loop { #branch }))
}
