//! `return`, `break` and `continue` inside an operand: the operand gets a name of its own, and those that run
//! before it too.
//!
// In:   a(x) * match k { 0 => return 0.0, k => b(k) }
// Out:  { let first = a(x); let second = match k { 0 => return 0.0, k => b(k) }; first * second }

use super::assigned::Assigned;
use super::Lowering;
use quote::format_ident;
use std::collections::BTreeSet;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, Stmt};

impl Lowering<'_> {
    /// The same expression as a block in which no operand leaves; `None` if none does.
    pub(super) fn hoisted(&self, expr: &Expr) -> Option<Expr> {
        if let Some(branch) = self.decided(expr) {
            return Some(branch);
        }
        let mut expr = expr.clone();
        let mut statements = Vec::new();
        self.hoist_operands(&mut expr, &mut statements);
        if statements.is_empty() {
            return None;
        }
        Some(syn::parse_quote!({ #(#statements)* #expr }))
    }

    /// Names the operands that leave, and what runs before them.
    fn hoist_operands(&self, expr: &mut Expr, statements: &mut Vec<Stmt>) {
        let mut operands = operands(expr);
        let leaving = operands.iter().map(|operand| self.leaves(operand));
        let leaving: Vec<bool> = leaving.collect();
        let Some(last) = leaving.iter().rposition(|leaves| *leaves) else {
            return;
        };
        let mut changed = BTreeSet::new();
        for operand in &operands[..=last] {
            let mut assigned = Assigned::default();
            assigned.expr(operand);
            changed.extend(assigned.names);
            changed.extend(super::memory::changed_by(operand));
        }
        for (index, operand) in operands[..=last].iter_mut().enumerate() {
            if leaving[index] {
                self.hoist(operand, statements);
            }
            if index < last && !is_fixed(operand, &changed) {
                self.name_operand(operand, statements);
            }
        }
    }

    /// Names what leaves in an operand.
    fn hoist(&self, operand: &mut Expr, statements: &mut Vec<Stmt>) {
        if let Some(branch) = self.decided(operand) {
            *operand = branch;
        }
        if is_plain(operand) {
            self.hoist_operands(operand, statements);
        } else {
            self.name_operand(operand, statements);
        }
    }

    fn name_operand(&self, operand: &mut Expr, statements: &mut Vec<Stmt>) {
        let (made, number) = (self.definitions.len(), statements.len());
        let name = format_ident!("operand_{}_{}_", made, number, span = operand.span());
        statements.push(syn::parse_quote!(let #name = #operand;));
        *operand = syn::parse_quote!(#name);
    }

    /// `a && b` and `a || b` where `b` leaves.
    // In:   a && b
    // Out:  if a { b } else { false }
    fn decided(&self, expr: &Expr) -> Option<Expr> {
        let Expr::Binary(binary) = expr else {
            return None;
        };
        let (left, right) = (&binary.left, &binary.right);
        if !self.leaves(right) || matches!(**left, Expr::Let(_)) || matches!(**right, Expr::Let(_))
        {
            return None;
        }
        match binary.op {
            BinOp::And(_) => Some(syn::parse_quote!(if #left { #right } else { false })),
            BinOp::Or(_) => Some(syn::parse_quote!(if #left { true } else { #right })),
            _ => None,
        }
    }
}

/// What an expression computes before it does anything else, in order.
fn operands(expr: &mut Expr) -> Vec<&mut Expr> {
    match expr {
        Expr::Unary(e) => vec![&mut e.expr],
        Expr::Binary(e) => match e.op {
            // Of a compound assignment to a number the right side runs first.
            operator if super::expr::compound(&operator).is_some() => vec![&mut e.right],
            BinOp::And(_) | BinOp::Or(_) => vec![&mut e.left],
            _ => vec![&mut e.left, &mut e.right],
        },
        Expr::Call(e) => e.args.iter_mut().collect(),
        Expr::MethodCall(e) => std::iter::once(&mut *e.receiver)
            .chain(&mut e.args)
            .collect(),
        Expr::Field(e) => vec![&mut e.base],
        Expr::Index(e) => vec![&mut e.expr, &mut e.index],
        Expr::Cast(e) => vec![&mut e.expr],
        Expr::Tuple(e) => e.elems.iter_mut().collect(),
        Expr::Array(e) => e.elems.iter_mut().collect(),
        Expr::Repeat(e) => vec![&mut e.expr],
        Expr::Struct(e) => {
            let fields = e.fields.iter_mut().map(|field| &mut field.expr);
            fields.chain(e.rest.as_deref_mut()).collect()
        }
        Expr::Reference(e) => vec![&mut e.expr],
        Expr::Paren(e) => vec![&mut e.expr],
        Expr::Group(e) => vec![&mut e.expr],
        Expr::Range(e) => {
            let ends = e.start.as_deref_mut().into_iter();
            ends.chain(e.end.as_deref_mut()).collect()
        }
        Expr::Try(e) => vec![&mut e.expr],
        Expr::Let(e) => vec![&mut e.expr],
        Expr::Return(e) => e.expr.as_deref_mut().into_iter().collect(),
        Expr::Break(e) => e.expr.as_deref_mut().into_iter().collect(),
        Expr::If(e) => match &mut *e.cond {
            Expr::Let(condition) => vec![&mut condition.expr],
            Expr::Binary(chain) if matches!(chain.op, BinOp::And(_)) && has_let(chain) => {
                Vec::new()
            }
            condition => vec![condition],
        },
        Expr::Match(e) => vec![&mut e.expr],
        Expr::ForLoop(e) => vec![&mut e.expr],
        _ => Vec::new(),
    }
}

/// Whether an expression does nothing but compute something of its operands.
fn is_plain(expr: &Expr) -> bool {
    match expr {
        Expr::Return(_) | Expr::Break(_) | Expr::If(_) | Expr::Match(_) | Expr::ForLoop(_) => false,
        expr => !operands(&mut expr.clone()).is_empty(),
    }
}

fn has_let(chain: &syn::ExprBinary) -> bool {
    let is_let = |expr: &Expr| match expr {
        Expr::Let(_) => true,
        Expr::Binary(inner) => has_let(inner),
        _ => false,
    };
    is_let(&chain.left) || is_let(&chain.right)
}

/// Whether it does not matter when an operand runs: a place that nobody changes meanwhile, or a closure.
fn is_fixed(expr: &Expr, changed: &BTreeSet<String>) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Closure(_) => true,
        Expr::Path(path) => {
            let name = path.path.get_ident().map(ToString::to_string);
            name.is_none_or(|name| !changed.contains(&name))
        }
        Expr::Field(field) => is_fixed(&field.base, changed),
        Expr::Paren(paren) => is_fixed(&paren.expr, changed),
        // What is borrowed is not changed meanwhile.
        Expr::Reference(reference) => match &*reference.expr {
            Expr::Index(_) | Expr::Unary(_) => false,
            place => is_fixed(place, &BTreeSet::new()),
        },
        _ => false,
    }
}
