//! Callbacks that give an `Option`, as `filter_map` and `scan` take them: it is taken apart where it is made.

use super::closure::Callback;
use super::item::Item;
use super::iter::Body;
use super::maybe::Maybe;
use super::Lowering;
use crate::ir::Operand;
use proc_macro2::Span;
use syn::Expr;

impl Lowering<'_> {
    /// Calls a callback that gives an option: `some` runs on what is inside it, `none` if nothing is.
    // In:   |v| if c { Some(a) } else { None }
    // Out:  if c { some(a) } else { none() }
    pub(super) fn apply_option(
        &mut self,
        callback: &Callback,
        args: Vec<Item>,
        span: Span,
        some: &mut Body<'_>,
        none: &dyn Fn(&mut Lowering<'_>) -> Vec<Operand>,
    ) -> Vec<Operand> {
        match callback {
            Callback::Closure(closure) => {
                let Some((outer, changed)) = self.enter(closure, args, span) else {
                    return Vec::new();
                };
                let mut leave = |this: &mut Lowering<'_>, item: Option<Item>| {
                    let inner = std::mem::replace(&mut this.scopes, outer.clone());
                    this.copy_variables(&changed, &inner);
                    let yields = match item {
                        Some(item) => some(this, item),
                        None => none(this),
                    };
                    this.scopes = inner;
                    yields
                };
                let yields = self.option_body(&closure.closure.body, span, &mut leave);
                let inner = std::mem::replace(&mut self.scopes, outer.clone());
                self.copy_variables(&changed, &inner);
                yields
            }
            Callback::Function(_) => {
                let option = self.apply(callback, args, span);
                let option = self.single(option, span);
                self.keep(option);
                self.taken_apart(option, span, &mut |this, item| match item {
                    Some(item) => some(this, item),
                    None => none(this),
                })
            }
        }
    }

    fn option_body(
        &mut self,
        expr: &Expr,
        span: Span,
        leave: &mut dyn FnMut(&mut Lowering<'_>, Option<Item>) -> Vec<Operand>,
    ) -> Vec<Operand> {
        match expr {
            Expr::Paren(paren) => self.option_body(&paren.expr, span, leave),
            Expr::Block(block) if block.label.is_none() => match block.block.stmts.split_last() {
                Some((syn::Stmt::Expr(last, None), init)) => {
                    self.scopes.push(super::Scope::new());
                    for statement in init {
                        self.statement(statement);
                    }
                    let yields = self.option_body(last, span, leave);
                    self.scopes.pop();
                    yields
                }
                _ => self.option_value(expr, span, leave),
            },
            Expr::If(branch) if branch.else_branch.is_some() => {
                let (condition, bound) = self.condition(&branch.cond);
                let block = |block: &syn::Block| {
                    Expr::Block(syn::ExprBlock {
                        attrs: Vec::new(),
                        label: None,
                        block: block.clone(),
                    })
                };
                let then = self.region(Vec::new(), |this| {
                    this.bind_matched(&bound);
                    this.option_body(&block(&branch.then_branch), span, leave)
                });
                let otherwise = self.region(Vec::new(), |this| match &branch.else_branch {
                    Some((_, otherwise)) => this.option_body(otherwise, span, leave),
                    None => unreachable!("checked above"),
                });
                self.finish_if(condition, then, otherwise, &[], branch.if_token.span)
            }
            Expr::Call(call) if is_some_call(call) => {
                let item = self.item_of(&call.args[0]);
                leave(self, Some(item))
            }
            Expr::Path(path) if path.path.is_ident("None") => leave(self, None),
            Expr::MethodCall(call) if call.method == "then_some" && call.args.len() == 1 => {
                let condition = self.expr(&call.receiver);
                let item = self.expr(&call.args[0]);
                let then = self.region(Vec::new(), |this| leave(this, Some(Item::One(item))));
                let otherwise = self.region(Vec::new(), |this| leave(this, None));
                self.finish_if(condition, then, otherwise, &[], span)
            }
            Expr::MethodCall(call) if call.method == "then" && call.args.len() == 1 => {
                let condition = self.expr(&call.receiver);
                let Some(callback) = self.callback(&call.args[0]) else {
                    return Vec::new();
                };
                let then = self.region(Vec::new(), |this| {
                    let item = this.apply(&callback, Vec::new(), span);
                    leave(this, Some(item))
                });
                let otherwise = self.region(Vec::new(), |this| leave(this, None));
                self.finish_if(condition, then, otherwise, &[], span)
            }
            expr if self.is_maybe(expr, true) => {
                let Some(Maybe { present, item }) = self.maybe(expr) else {
                    return Vec::new();
                };
                let then = self.region(Vec::new(), |this| {
                    let item = item(this);
                    leave(this, Some(item))
                });
                let otherwise = self.region(Vec::new(), |this| leave(this, None));
                self.finish_if(present, then, otherwise, &[], span)
            }
            expr => self.option_value(expr, span, leave),
        }
    }

    fn option_value(
        &mut self,
        expr: &Expr,
        span: Span,
        leave: &mut dyn FnMut(&mut Lowering<'_>, Option<Item>) -> Vec<Operand>,
    ) -> Vec<Operand> {
        let option = self.expr(expr);
        self.keep(option);
        self.taken_apart(option, span, leave)
    }

    fn taken_apart(
        &mut self,
        option: Operand,
        span: Span,
        leave: &mut dyn FnMut(&mut Lowering<'_>, Option<Item>) -> Vec<Operand>,
    ) -> Vec<Operand> {
        let condition = self.is_present(option, span);
        let then = self.region(Vec::new(), |this| {
            let payload = this.payload(option, span);
            leave(this, Some(Item::One(payload)))
        });
        let otherwise = self.region(Vec::new(), |this| leave(this, None));
        self.finish_if(condition, then, otherwise, &[], span)
    }
}

fn is_some_call(call: &syn::ExprCall) -> bool {
    matches!(&*call.func, Expr::Path(path) if path.path.is_ident("Some")) && call.args.len() == 1
}

/// Whether a callback is a closure whose value is always `Some(…)`.
pub(super) fn is_always_some(callback: &Expr) -> bool {
    fn gives_some(expr: &Expr) -> bool {
        match expr {
            Expr::Paren(paren) => gives_some(&paren.expr),
            Expr::Block(block) => {
                matches!(block.block.stmts.last(), Some(syn::Stmt::Expr(last, None)) if gives_some(last))
            }
            Expr::Call(call) => is_some_call(call),
            _ => false,
        }
    }
    matches!(callback, Expr::Closure(closure) if gives_some(&closure.body))
}
