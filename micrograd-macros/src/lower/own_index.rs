//! Index operators of the file's own types: where an `impl` of `Index` leads to a place inside the type, that place is meant.
//!
// In:   impl Index<(usize, usize)> for Grid { fn index(&self, (i, j): (usize, usize)) -> &f64 { &self.cells[i * self.width + j] } }
//       grid[(a, 0)] += x;
// Out:  grid.cells[a * grid.width + 0] += x;

use super::scope::{Binding, Scope};
use super::Lowering;
use crate::ir::{Operand, Value};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, ToTokens};
use std::collections::HashSet;
use syn::visit::Visit;
use syn::{
    Arm, Block, Expr, ExprIndex, ExprMatch, FnArg, GenericArgument, GenericParam, ImplItem,
    ImplItemFn, ItemImpl, Lit, Pat, PatIdent, PatType, PathArguments, Stmt, Type,
};

/// What the method of an `impl` of `Index` does.
struct Body {
    /// What it calls the index.
    pat: Pat,
    /// What it checks or computes first.
    statements: Vec<Stmt>,
    /// The place that it lends, as a match where it chooses one by an index that is not known.
    element: Expr,
    /// The types that it names.
    names: Vec<String>,
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
        let owner = self.certain_owner(&index.expr)?;
        let impls = crate::source::index_impls(&owner)?;
        let block = one_for(&impls, &index.index)?;
        let ty = block.items.iter().find_map(|item| match item {
            ImplItem::Type(ty) if ty.ident == "Output" => Some(&ty.ty),
            _ => None,
        })?;
        let params = block.generics.type_params().map(|param| &param.ident);
        let (this, owner) = (format_ident!("Self"), format_ident!("{owner}"));
        match ty {
            Type::Path(path) if path.path.is_ident(&this) => Some(syn::parse_quote!(#owner)),
            ty => (!crate::words::speaks_of(ty, params.chain([&this]))).then(|| ty.clone()),
        }
    }

    /// The own type of an expression where there is no doubt: parameters may be called as types of the file are, and what a field
    /// of another module is may be a type of that module.
    pub(super) fn certain_owner(&self, expr: &Expr) -> Option<String> {
        let owner = self.owner_of(expr)?;
        let is_certain = super::own::is_own(&owner)
            && !self.type_params.contains(&owner)
            && self.items.is_empty()
            && self.is_here(expr);
        is_certain.then_some(owner)
    }

    /// Whether the fields on the way to an expression are those of types of the module.
    fn is_here(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Path(_) => true,
            Expr::Paren(inner) => self.is_here(&inner.expr),
            Expr::Reference(inner) => self.is_here(&inner.expr),
            Expr::Unary(inner) => self.is_here(&inner.expr),
            Expr::Index(inner) => self.is_here(&inner.expr),
            Expr::Field(field) => {
                let owner = self.owner_of(&field.base);
                self.is_here(&field.base)
                    && owner.is_some_and(|owner| {
                        crate::source::field_here(&owner, &field.member).is_some()
                    })
            }
            _ => false,
        }
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
        let owner = self.certain_owner(&index.expr)?;
        let body = body(&owner, index)?;
        let is_free = |name: &String| !self.type_params.contains(name);
        body.names.iter().all(is_free).then_some(body)
    }
}

/// The body of the one `impl` that may be for this index.
fn body(owner: &str, index: &ExprIndex) -> Option<Body> {
    let impls = crate::source::index_impls(owner)?;
    let block = one_for(&impls, &index.index)?;
    let methods = block.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    });
    let [method] = methods.collect::<Vec<_>>()[..] else {
        return None;
    };
    let mut attributes = block.attrs.iter().chain(&method.attrs);
    if attributes.any(|attribute| attribute.path().is_ident("cfg")) {
        return None;
    }
    let span = index.bracket_token.span.join();
    let FnArg::Typed(param) = method.sig.inputs.iter().nth(1)? else {
        return None;
    };
    let here = |tokens| spanned(tokens, owner, span);
    let param = FnArg::Typed(param.clone()).into_token_stream();
    let FnArg::Typed(param) = syn::parse2(here(param)).ok()? else {
        return None;
    };
    let body: Block = syn::parse2(here(method.block.to_token_stream())).ok()?;
    let names = names(block, method, &param)?;
    let (last, statements) = body.stmts.split_last()?;
    let Stmt::Expr(last, None) = last else {
        return None;
    };
    let plain = |statement: &Stmt| matches!(statement, Stmt::Local(_) | Stmt::Macro(_));
    let computes = statements
        .iter()
        .any(|statement| matches!(statement, Stmt::Local(_)));
    let known = literal(&index.index).filter(|_| !computes);
    let element = element(last, &param.pat, known)?;
    statements.iter().all(plain).then(|| Body {
        pat: *param.pat,
        statements: statements.to_vec(),
        element,
        names,
    })
}

/// The only `impl` that may be for such an index.
fn one_for<'i>(impls: &'i [ItemImpl], index: &Expr) -> Option<&'i ItemImpl> {
    let fitting: Vec<&ItemImpl> = impls.iter().filter(|block| fits(block, index)).collect();
    match fitting[..] {
        [block] => Some(block),
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
    let Some(GenericArgument::Type(ty)) = arguments.args.first() else {
        return false;
    };
    match (ty, index) {
        (Type::Tuple(ty), Expr::Tuple(tuple)) => ty.elems.len() == tuple.elems.len(),
        (Type::Tuple(_), Expr::Lit(_)) | (_, Expr::Tuple(_)) => false,
        (_, Expr::Range(_)) => false,
        _ => true,
    }
}

/// The types that a method names, if what it names means the same where the index stands: itself, its index, what it computes,
/// and types that are no parameters.
fn names(block: &ItemImpl, method: &ImplItemFn, param: &PatType) -> Option<Vec<String>> {
    const WORDS: [&str; 24] = [
        "self", "let", "mut", "ref", "match", "if", "else", "as", "true", "false", "usize",
        "isize", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f32", "f64", "bool", "_",
    ];
    let own = block
        .generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Type(param) => Some(param.ident.to_string()),
            GenericParam::Const(param) => Some(param.ident.to_string()),
            GenericParam::Lifetime(_) => None,
        });
    let own: Vec<String> = own.chain(["Self".to_string()]).collect();
    let mut bound = Bound::default();
    bound.visit_pat(&param.pat);
    bound.visit_block(&method.block);
    let (mut names, mut all) = (Vec::new(), Vec::new());
    flat(method.block.to_token_stream(), &mut all);
    for (at, token) in all.iter().enumerate() {
        let text =
            |tokens: &[TokenTree]| tokens.iter().map(ToString::to_string).collect::<String>();
        let before = text(&all[at.saturating_sub(2)..at]);
        let after = text(&all[at + 1..all.len().min(at + 3)]);
        match token {
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                let is_known = (before.ends_with('.') && before != "..")
                    || bound.0.contains(&name)
                    || WORDS.contains(&name.as_str())
                    || after.starts_with('!') && after != "!="
                    || before.ends_with("::");
                if !is_known {
                    if after != "::" || own.contains(&name) {
                        return None;
                    }
                    names.push(name);
                }
            }
            // A text may name variables.
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let mut named = text
                    .split('{')
                    .skip(1)
                    .filter(|rest| rest.starts_with(char::is_alphabetic));
                let is_bound = |rest: &str| {
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                    bound.0.contains(&rest[..end.unwrap_or(rest.len())])
                };
                if text.starts_with('"') && !named.all(is_bound) {
                    return None;
                }
            }
            _ => {}
        }
    }
    Some(names)
}

fn flat(tokens: TokenStream, found: &mut Vec<TokenTree>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => flat(group.stream(), found),
            token => found.push(token),
        }
    }
}

/// The names that patterns bind.
#[derive(Default)]
struct Bound(HashSet<String>);

impl<'ast> Visit<'ast> for Bound {
    fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
        // What begins with a capital is a constant.
        let name = pat.ident.to_string();
        if name.starts_with(char::is_lowercase) {
            self.0.insert(name);
        }
    }
}

/// The place that a method lends. Where it chooses one by its index, the index may be known.
fn element(expr: &Expr, pat: &Pat, known: Option<u64>) -> Option<Expr> {
    match expr {
        Expr::Reference(reference) => Some((*reference.expr).clone()),
        Expr::Paren(inner) => element(&inner.expr, pat, known),
        Expr::Block(inner) => match inner.block.stmts.as_slice() {
            [Stmt::Expr(only, None)] => element(only, pat, known),
            _ => None,
        },
        Expr::Match(choice) => {
            let is_by_index = matches!((pat, &*choice.expr), (Pat::Ident(name), Expr::Path(path)) if path.path.is_ident(&name.ident));
            if let Some(arm) = known
                .filter(|_| is_by_index)
                .and_then(|known| taken(choice, known))
            {
                return element(&arm.body, pat, known);
            }
            let mut choice = choice.clone();
            for arm in &mut choice.arms {
                if !matches!(*arm.body, Expr::Macro(_)) {
                    *arm.body = element(&arm.body, pat, None)?;
                }
            }
            Some(Expr::Match(choice))
        }
        _ => None,
    }
}

/// The arm that a number takes, if all before it say so.
fn taken(choice: &ExprMatch, index: u64) -> Option<&Arm> {
    for arm in &choice.arms {
        if takes(&arm.pat, index)? {
            return Some(arm);
        }
    }
    None
}

/// Whether a pattern is a number, or one of several; not if it is anything else.
fn takes(pat: &Pat, index: u64) -> Option<bool> {
    match pat {
        Pat::Or(cases) => {
            let cases = cases.cases.iter().map(|case| takes(case, index));
            cases
                .collect::<Option<Vec<bool>>>()
                .map(|cases| cases.contains(&true))
        }
        Pat::Lit(literal) => number(&literal.lit).map(|own| own == index),
        Pat::Wild(_) => Some(true),
        _ => None,
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
