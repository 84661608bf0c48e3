//! Index operators of the file's own types: where an `impl` of `Index` leads to a place inside the type, that place is meant.
//!
// In:   impl Index<(usize, usize)> for Grid { fn index(&self, (i, j): (usize, usize)) -> &f64 { &self.cells[i * self.width + j] } }
//       grid[(a, 0)] += x;
// Out:  grid.cells[a * grid.width + 0] += x;

use super::scope::{Binding, Scope};
use super::Lowering;
use crate::ir::{Operand, Value};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Block, Expr, ExprIndex, FnArg, ImplItem, ItemImpl, Lit, Pat, PathArguments, Stmt, Type};

/// What the method of an `impl` of `Index` does.
struct Body {
    /// What it calls the index.
    pat: Pat,
    /// What it checks or computes first.
    statements: Vec<Stmt>,
    /// The place that it lends, as a match where it chooses one by an index that is not known.
    element: Expr,
}

impl Lowering<'_> {
    /// The place that an element of an own type is, if the file tells; or its value, where an index that is not known chooses it.
    pub(super) fn own_place(&mut self, index: &ExprIndex) -> Option<Value> {
        let body = self.own_body(index)?;
        let base = self.place(&index.expr);
        let args: Vec<(&Pat, Operand)> = match (&body.pat, &*index.index) {
            (Pat::Tuple(pat), Expr::Tuple(tuple)) if pat.elems.len() == tuple.elems.len() => {
                let elements = tuple.elems.iter().map(|element| self.expr(element));
                let elements: Vec<Operand> = elements.collect();
                pat.elems.iter().zip(elements).collect()
            }
            (pat, index) => vec![(pat, self.expr(index))],
        };
        let own = match self.is_memory(base) {
            true => Binding::Slot(base),
            false => Binding::Variable(Some(Operand::by_reference(base))),
        };
        // The method sees no name of the function's.
        let scope = Scope::from([("self".to_string(), own)]);
        let outer = std::mem::replace(&mut self.scopes, vec![scope]);
        for (pat, arg) in args {
            self.bind(pat, arg);
        }
        for statement in &body.statements {
            self.statement(statement);
        }
        let place = self.place(&body.element);
        self.scopes = outer;
        Some(place)
    }

    /// The type of an element of an own type, as the `impl` calls it.
    pub(super) fn own_element(&self, index: &ExprIndex) -> Option<Type> {
        let owner = self.owner_of(&index.expr)?;
        let impls = super::own::is_own(&owner).then(|| crate::source::index_impls(&owner))??;
        let block = one_for(&impls, &index.index)?;
        block.items.iter().find_map(|item| match item {
            ImplItem::Type(ty) if ty.ident == "Output" => Some(ty.ty.clone()),
            _ => None,
        })
    }

    /// Whether an expression is an element of an own type that is chosen by an index that is not known.
    pub(super) fn is_own_choice(&self, expr: &Expr) -> bool {
        let Expr::Index(index) = expr else {
            return false;
        };
        let body = self.own_body(index);
        body.is_some_and(|body| matches!(body.element, Expr::Match(_)))
    }

    fn own_body(&self, index: &ExprIndex) -> Option<Body> {
        let owner = self.owner_of(&index.expr)?;
        super::own::is_own(&owner).then(|| body(&owner, index))?
    }
}

/// The body of the one `impl` that may be for this index.
fn body(owner: &str, index: &ExprIndex) -> Option<Body> {
    let impls = crate::source::index_impls(owner)?;
    let block = one_for(&impls, &index.index)?;
    let method = block.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    })?;
    let span = index.bracket_token.span.join();
    let FnArg::Typed(param) = method.sig.inputs.iter().nth(1)? else {
        return None;
    };
    let here = |tokens| spanned(tokens, owner, span);
    let param = FnArg::Typed(param.clone()).into_token_stream();
    let FnArg::Typed(param) = syn::parse2(here(param)).ok()? else {
        return None;
    };
    let block: Block = syn::parse2(here(method.block.to_token_stream())).ok()?;
    let (last, statements) = block.stmts.split_last()?;
    let Stmt::Expr(last, None) = last else {
        return None;
    };
    let plain = |statement: &Stmt| matches!(statement, Stmt::Local(_) | Stmt::Macro(_));
    let element = element(last, &param.pat, &index.index)?;
    statements.iter().all(plain).then(|| Body {
        pat: *param.pat,
        statements: statements.to_vec(),
        element,
    })
}

/// The only `impl` that may be for such an index.
fn one_for<'i>(impls: &'i [ItemImpl], index: &Expr) -> Option<&'i ItemImpl> {
    let mut fitting = impls.iter().filter(|block| fits(block, index));
    match (fitting.next(), fitting.next()) {
        (Some(block), None) => Some(block),
        _ => None,
    }
}

/// Whether an `impl` may be for such an index: a tuple has as many elements as its type.
fn fits(block: &ItemImpl, index: &Expr) -> bool {
    let last = block
        .trait_
        .as_ref()
        .and_then(|(path, _)| path.segments.last());
    let Some(PathArguments::AngleBracketed(arguments)) = last.map(|last| &last.arguments) else {
        return false;
    };
    let Some(syn::GenericArgument::Type(ty)) = arguments.args.first() else {
        return false;
    };
    match (ty, index) {
        (Type::Tuple(ty), Expr::Tuple(tuple)) => ty.elems.len() == tuple.elems.len(),
        (Type::Tuple(_), Expr::Lit(_)) | (_, Expr::Tuple(_)) => false,
        (_, Expr::Range(_)) => false,
        _ => true,
    }
}

/// The place that a method lends. Where it chooses one by its index, the index may be known.
fn element(expr: &Expr, pat: &Pat, index: &Expr) -> Option<Expr> {
    match expr {
        Expr::Reference(reference) => Some((*reference.expr).clone()),
        Expr::Paren(inner) => element(&inner.expr, pat, index),
        Expr::Block(inner) => match inner.block.stmts.as_slice() {
            [Stmt::Expr(only, None)] => element(only, pat, index),
            _ => None,
        },
        Expr::Match(choice) => {
            let is_by_index = matches!((pat, &*choice.expr), (Pat::Ident(name), Expr::Path(path)) if path.path.is_ident(&name.ident));
            if let Some(known) = literal(index).filter(|_| is_by_index) {
                let arm = choice.arms.iter().find(|arm| takes(&arm.pat, known))?;
                return element(&arm.body, pat, index);
            }
            let mut choice = choice.clone();
            for arm in &mut choice.arms {
                if !matches!(*arm.body, Expr::Macro(_)) {
                    *arm.body = element(&arm.body, pat, index)?;
                }
            }
            Some(Expr::Match(choice))
        }
        _ => None,
    }
}

/// Whether a pattern is a number, or one of several.
fn takes(pat: &Pat, index: u64) -> bool {
    match pat {
        Pat::Or(cases) => cases.cases.iter().any(|case| takes(case, index)),
        Pat::Lit(literal) => number(&literal.lit) == Some(index),
        _ => false,
    }
}

fn literal(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Lit(literal) => number(&literal.lit),
        _ => None,
    }
}

fn number(literal: &Lit) -> Option<u64> {
    match literal {
        Lit::Int(number) => number.base10_parse().ok(),
        _ => None,
    }
}

/// The same tokens where the user wrote the index; `Self` is the type.
fn spanned(tokens: TokenStream, owner: &str, span: Span) -> TokenStream {
    let at = |token: TokenTree| {
        let mut token = match token {
            TokenTree::Group(group) => {
                let inner = spanned(group.stream(), owner, span);
                Group::new(group.delimiter(), inner).into()
            }
            TokenTree::Ident(ident) if ident == "Self" => Ident::new(owner, span).into(),
            token => token,
        };
        token.set_span(span);
        token
    };
    tokens.into_iter().map(at).collect()
}
