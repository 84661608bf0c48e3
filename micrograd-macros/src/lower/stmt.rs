//! Blocks and statements that control does not leave.

use super::item::Item;
use super::tail::is_failure;
use super::Lowering;
use crate::ir::{Kind, Mode, Operand, Value};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Block, Expr, Pat, Stmt};

impl Lowering<'_> {
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
            Expr::If(branch) => match super::branch::unchained(branch, true) {
                Some(nested) => self.value(&nested),
                None => self.branch(branch),
            },
            Expr::Match(choice) => self.choice(choice),
            Expr::Block(block) if block.label.is_none() => self.block(&block.block),
            Expr::Block(block) => self.labelled_block(expr, block),
            Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => self.loop_expr(expr),
            Expr::Assign(_) | Expr::Return(_) => {
                self.effect(expr);
                None
            }
            Expr::Binary(binary) if super::expr::compound(&binary.op).is_some() => {
                self.effect(expr);
                None
            }
            Expr::Macro(mac) if super::macros::is_effect(&mac.mac) => {
                self.effect(expr);
                None
            }
            Expr::Tuple(tuple) if tuple.elems.is_empty() => None,
            expr => {
                let operand = self.expr(expr);
                let defined = self
                    .ops
                    .last()
                    .filter(|op| op.results.contains(&operand.value));
                let is_unit = defined.is_some_and(
                    |op| matches!(&op.kind, Kind::Tuple(elements) if elements.is_empty()),
                );
                (!is_unit).then_some(operand)
            }
        }
    }

    pub(super) fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Local(local) => {
                if let Some(init) = local.init.as_ref().filter(|init| init.diverge.is_some()) {
                    return self.let_else(&local.pat, init);
                }
                match &local.init {
                    Some(init) => {
                        if let Pat::Ident(ident) = &local.pat {
                            if self.declare_stream(&ident.ident.to_string(), &init.expr) {
                                return;
                            }
                        }
                        if let (Pat::Tuple(pat), Expr::Tuple(tuple)) = (&local.pat, &*init.expr) {
                            let rest = pat.elems.iter().any(|pat| matches!(pat, Pat::Rest(_)));
                            if pat.elems.len() == tuple.elems.len() && !rest {
                                return self.bind_parts(pat, tuple);
                            }
                        }
                        if let Some(none) = typed_none(&local.pat, &init.expr) {
                            let none = self.constant(none, init.expr.span());
                            self.definitions[none.value.0].copy = false;
                            return self.bind(&local.pat, none);
                        }
                        self.expects_integer = names_integer(&local.pat);
                        let item = match &*init.expr {
                            Expr::MethodCall(_) | Expr::Call(_) | Expr::Index(_) => {
                                self.item_of(&init.expr)
                            }
                            expr if self.is_closure(expr) => self.item_of(expr),
                            expr => Item::One(self.expr(expr)),
                        };
                        self.expects_integer = false;
                        if let Item::One(operand) = &item {
                            self.keep_for(&local.pat, *operand);
                        }
                        self.bind_item(&local.pat, item);
                    }
                    None => self.declare_unassigned(&local.pat),
                }
            }
            Stmt::Expr(expr, _) => self.effect(expr),
            Stmt::Macro(statement) => self.effect_macro(&statement.mac),
            Stmt::Item(item) => self.item(item),
        }
    }

    /// An item inside the body. It stays where it is, and the emitted code repeats it: a function as a
    /// differentiable one.
    fn item(&mut self, item: &syn::Item) {
        match item {
            syn::Item::Const(_)
            | syn::Item::Static(_)
            | syn::Item::Use(_)
            | syn::Item::Type(_)
            | syn::Item::Struct(_)
            | syn::Item::Enum(_) => self.items.push(item.clone()),
            syn::Item::Fn(function) => {
                let is_marked = |attribute: &syn::Attribute| {
                    let last = attribute.path().segments.last();
                    last.is_some_and(|last| last.ident == "differentiable")
                };
                let mut function = function.clone();
                if !function.attrs.iter().any(is_marked) {
                    let mark = syn::parse_quote!(#[::micrograd_core::differentiable]);
                    function.attrs.push(mark);
                }
                self.items.push(syn::Item::Fn(function));
            }
            other => {
                let message = "this item is not supported inside a differentiable function yet; move it next to the function";
                self.errors.push(other, message);
            }
        }
    }

    /// `let Some(x) = option else { return None };`
    fn let_else(&mut self, pat: &Pat, init: &syn::LocalInit) {
        let Some((token, otherwise)) = &init.diverge else {
            return;
        };
        let scrutinee = self.scrutinee(&init.expr, &[pat]);
        let test = self.test(pat, &scrutinee, token.span);
        let matches = test.unwrap_or_else(|| self.truth(true, token.span));
        let then = self.region(Vec::new(), |_| Vec::new());
        let otherwise = self.region(Vec::new(), |this| {
            this.value(otherwise);
            Vec::new()
        });
        if !otherwise.diverges {
            let message = "the `else` of this `let` must return a failure or panic in differentiable code; use `if let` for other ways out";
            self.errors.push(token, message);
        }
        self.finish_if(matches, then, otherwise, &[], token.span);
        self.bind_scrutinee(pat, &scrutinee);
    }

    /// `let (a, b) = (x, y);` builds no tuple.
    fn bind_parts(&mut self, pat: &syn::PatTuple, tuple: &syn::ExprTuple) {
        let operands: Vec<Operand> = tuple
            .elems
            .iter()
            .map(|element| self.expr(element))
            .collect();
        for (pat, operand) in pat.elems.iter().zip(operands) {
            self.bind(pat, operand);
        }
    }

    /// `let y;`
    fn declare_unassigned(&mut self, pat: &Pat) {
        match pat {
            Pat::Ident(ident) => self.declare(&ident.ident.to_string(), None),
            // What no way to a use assigns is never read, so that a number may begin anyhow.
            Pat::Type(typed) if super::is_number(&typed.ty) => {
                let ty = &typed.ty;
                let start = syn::parse_quote!(<#ty as ::core::default::Default>::default());
                let start = self.constant_of(start, typed.span());
                self.bind(pat, start);
            }
            Pat::Type(typed) => self.declare_unassigned(&typed.pat),
            other => self
                .errors
                .push(other, "give this pattern a value where it is declared"),
        }
    }

    /// An expression whose value is dropped.
    pub(super) fn effect(&mut self, expr: &Expr) {
        match expr {
            Expr::Assign(assign) => match &*assign.left {
                Expr::Tuple(targets) => self.assign_parallel(targets, &assign.right),
                target => {
                    self.refuse_cursor(&assign.right);
                    let operand = self.expr(&assign.right);
                    let name = super::memory::path_name(target);
                    if name.is_some_and(|name| self.option_names.contains(&name)) {
                        self.keep(operand);
                    }
                    self.assign_to(target, operand);
                }
            },
            Expr::Binary(binary) => match super::expr::compound(&binary.op) {
                Some(operator) => self.compound_assignment(binary, operator),
                None => {
                    self.expr(expr);
                }
            },
            Expr::Return(returned)
                if self.fallible && returned.expr.as_deref().is_some_and(is_failure) =>
            {
                self.plain(quote::quote!(#returned), true);
            }
            Expr::If(branch) => match super::branch::unchained(branch, false) {
                Some(nested) => self.effect(&nested),
                None => self.branch_effect(branch),
            },
            Expr::Match(choice) => self.choice_effect(choice),
            Expr::Block(_) | Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => {
                self.value(expr);
            }
            Expr::Macro(mac) if super::macros::is_effect(&mac.mac) => self.effect_macro(&mac.mac),
            Expr::Tuple(tuple) if tuple.elems.is_empty() => {}
            expr => {
                self.expr(expr);
            }
        }
    }

    /// `node = node.next.as_deref()`: a reference that moves along has its cotangent at another place each time.
    fn refuse_cursor(&mut self, assigned: &Expr) {
        match assigned {
            Expr::MethodCall(call) if call.method == "as_deref" => {
                let message = "a reference that moves along is not supported in differentiable code yet; call a function that calls itself with the next part";
                self.errors.push(&call.method, message);
            }
            _ => {}
        }
    }

    /// `place += value`: the place is found once.
    fn compound_assignment(&mut self, binary: &syn::ExprBinary, operator: syn::BinOp) {
        let span = binary.op.span();
        let right = self.expr(&binary.right);
        if let Expr::Path(_) = &*binary.left {
            let left = self.expr(&binary.left);
            let result = self.push(Kind::Binary(operator, left, right), span);
            return self.assign_to(&binary.left, Operand::by_value(result));
        }
        let place = self.place(&binary.left);
        if !self.is_memory(place) {
            return self.not_memory(&binary.left);
        }
        let left = self.load(place, span);
        let result = self.push(Kind::Binary(operator, left, right), span);
        self.store(place, Operand::by_value(result), span);
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

    pub(super) fn assign_to(&mut self, target: &Expr, operand: Operand) {
        match target {
            Expr::Path(path) if path.path.get_ident().is_some() => {
                let name = path.path.require_ident().expect("checked").to_string();
                if let Some(slot) = self.lookup_slot(&name) {
                    return self.store(slot, operand, path.path.segments[0].ident.span());
                }
                match self.lookup(&name) {
                    Some(before) => {
                        self.same_number(before, operand);
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
            other => self.store_part(other, operand),
        }
    }

    /// What is assigned to a number is of its type, which a generic function may need to be told.
    fn same_number(&mut self, before: Option<Operand>, assigned: Operand) {
        let before = before.filter(|before| before.mode == Mode::Value);
        let known = before.map(|before| self.definitions[before.value.0].clone());
        let is_float = |ty: &syn::Type| super::is_number(ty) && !crate::signature::is_inert(ty);
        let ty = known
            .filter(|known| !known.reference)
            .and_then(|known| known.ty);
        let definition = &mut self.definitions[assigned.value.0];
        let is_value = assigned.mode == Mode::Value && !definition.reference;
        if let (Some(ty), None, true) = (ty.filter(is_float), &definition.ty, is_value) {
            definition.ty = Some(ty);
            definition.copy = true;
        }
    }

    /// A stand-in for an expression that has been reported.
    pub(super) fn nothing(&mut self, span: Span) -> Operand {
        Operand::by_value(self.push(Kind::Tuple(Vec::new()), span))
    }

    /// `operand.index`
    fn tuple_field(&mut self, operand: Operand, index: usize, span: Span) -> Operand {
        let elements = self.ops.iter().rev().find_map(|op| match &op.kind {
            Kind::Tuple(elements) if op.results[0] == operand.value => Some(elements),
            _ => None,
        });
        if let Some(element) = elements.and_then(|elements| elements.get(index)) {
            return *element;
        }
        let member = syn::Member::Unnamed(syn::Index {
            index: index as u32,
            span,
        });
        let value: Value = self.push(Kind::Field(operand.value, member), span);
        Operand {
            value,
            mode: operand.mode,
        }
    }
}

/// `None` of the type that a `let` gives it.
fn typed_none(pat: &Pat, init: &Expr) -> Option<proc_macro2::TokenStream> {
    match (pat, init) {
        (Pat::Type(typed), Expr::Path(path)) if path.path.is_ident("None") => {
            let ty = &typed.ty;
            Some(quote::quote!(<#ty>::None))
        }
        _ => None,
    }
}

/// Whether a `let` gives its variable the type of an integer.
fn names_integer(pat: &Pat) -> bool {
    match pat {
        Pat::Type(typed) => super::consume::is_integer(&typed.ty),
        _ => false,
    }
}
