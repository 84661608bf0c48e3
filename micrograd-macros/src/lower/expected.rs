//! The types of sums and products, where the text around them says so. The compiler infers from a declaration, or from what the
//! function returns, what a sum begins with; the macro reads it where it stands most often.
//!
// In:   let centre: V = points.iter().sum();
// Out:  let centre: V = points.iter().sum::<V>();

use super::adaptor::{ADAPTORS, SOURCES};
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ExprCall, ExprClosure, ExprMethodCall, ExprReturn, Local, Pat, Stmt, Type};

/// The body of a function that returns `output`, of a fallible one if it succeeds.
pub(super) fn with_types(block: &Block, output: Option<&Type>, fallible: bool) -> Block {
    let mut block = block.clone();
    let output = output.map(|ty| Output {
        ty: ty.clone(),
        wrapped: fallible,
    });
    if let Some(output) = &output {
        output.block(&mut block);
    }
    Declarations { output }.visit_block_mut(&mut block);
    block
}

/// What an expression must give.
#[derive(Clone)]
struct Output {
    ty: Type,
    /// Whether it stands in `Ok(…)` or `Some(…)`.
    wrapped: bool,
}

impl Output {
    fn block(&self, block: &mut Block) {
        if let Some(Stmt::Expr(last, None)) = block.stmts.last_mut() {
            self.value(last);
        }
    }

    fn value(&self, expr: &mut Expr) {
        match expr {
            Expr::MethodCall(call) if !self.wrapped && is_reduction(call) => {
                let ty = &self.ty;
                call.turbofish = Some(syn::parse_quote!(::<#ty>));
            }
            Expr::Call(call) if self.wrapped => {
                if let Some(success) = success(call) {
                    let ty = self.ty.clone();
                    Output { ty, wrapped: false }.value(success);
                }
            }
            Expr::Paren(inner) => self.value(&mut inner.expr),
            Expr::Group(inner) => self.value(&mut inner.expr),
            Expr::Block(inner) => self.block(&mut inner.block),
            Expr::If(branch) => {
                self.block(&mut branch.then_branch);
                if let Some((_, otherwise)) = &mut branch.else_branch {
                    self.value(otherwise);
                }
            }
            Expr::Match(choice) => {
                for arm in &mut choice.arms {
                    self.value(&mut arm.body);
                }
            }
            _ => {}
        }
    }
}

/// Whether a call is the sum or product of a chain, and does not say of which type.
fn is_reduction(call: &ExprMethodCall) -> bool {
    let is_named = call.method == "sum" || call.method == "product";
    is_named && call.turbofish.is_none() && call.args.is_empty() && is_chain(&call.receiver)
}

/// Whether an expression is an iterator by what it says itself.
fn is_chain(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => {
            let is_one_of = |names: &[&str]| names.iter().any(|name| call.method == name);
            is_one_of(&SOURCES) || is_one_of(&ADAPTORS) && is_chain(&call.receiver)
        }
        Expr::Paren(inner) => matches!(&*inner.expr, Expr::Range(_)) || is_chain(&inner.expr),
        _ => false,
    }
}

/// What stands in `Ok(…)` or `Some(…)`.
fn success(call: &mut ExprCall) -> Option<&mut Expr> {
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    let name = &path.path.segments.last()?.ident;
    match name == "Ok" || name == "Some" {
        true => call.args.first_mut(),
        false => None,
    }
}

/// Visits what is declared and returned.
struct Declarations {
    output: Option<Output>,
}

impl VisitMut for Declarations {
    fn visit_local_mut(&mut self, local: &mut Local) {
        if let (Pat::Type(typed), Some(init)) = (&local.pat, &mut local.init) {
            let (ty, wrapped) = ((*typed.ty).clone(), false);
            Output { ty, wrapped }.value(&mut init.expr);
        }
        syn::visit_mut::visit_local_mut(self, local);
    }

    fn visit_expr_return_mut(&mut self, returned: &mut ExprReturn) {
        if let (Some(value), Some(output)) = (&mut returned.expr, &self.output) {
            output.value(value);
        }
        syn::visit_mut::visit_expr_return_mut(self, returned);
    }

    // What a closure returns is not what the function returns.
    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        let output = self.output.take();
        syn::visit_mut::visit_expr_closure_mut(self, closure);
        self.output = output;
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
