//! Closures that are handed to a function: each is a function value. Its body is lowered as a function
//! of its own, whose first parameters are what it captures.
//!
// In:   f(|t| a * t, x)
// Out:  %2 = tuple(%a);  %3 = closure %2 { 1: (%1, %2)  %3 = %1 * %2  return %3 };  f(%3, %x)

use super::capture::Captures;
use super::item::Item;
use super::number::float_arity;
use super::{Closure, Lowering, Scope};
use crate::ir::{nested, Callee, Function, Kind, Lambda, Mode, Operand, Param, Region, Value};
use proc_macro2::{Ident, Span};
use std::collections::HashMap;
use syn::spanned::Spanned;
use syn::{Block, Expr, Pat, Stmt, Type};

/// What is said of a closure that assigns to what it captures.
pub(super) const CHANGES: &str = "a closure that is handed to a function cannot change what it captures in differentiable code; let it return the new value";

/// A method of floats that is handed over by its path, as the closure that calls it.
// In:   f64::sin
// Out:  |a| f64::sin(a)
fn float_method(arg: &Expr) -> Option<Expr> {
    let Expr::Path(path) = arg else { return None };
    let [ty, method] = path.path.segments.iter().collect::<Vec<_>>()[..] else {
        return None;
    };
    let name = method.ident.to_string();
    let is_float = ty.ident == "f64" || ty.ident == "f32";
    if !is_float || !super::is_float_method(&name) {
        return None;
    }
    let span = arg.span();
    let given = &["a", "b", "c"].map(|given| Ident::new(given, span))[..float_arity(&name)];
    Some(syn::parse_quote_spanned!(span=> |#(#given),*| #path(#(#given),*)))
}

impl Lowering<'_> {
    /// The arguments of a call; closures among them become values.
    pub(super) fn arguments<'a>(
        &mut self,
        receiver: Option<Operand>,
        args: impl Iterator<Item = &'a Expr>,
        callee: Option<&Callee>,
    ) -> Vec<Operand> {
        let receiver = receiver.map(|receiver| (Item::One(receiver), Span::call_site()));
        let mut items: Vec<(Item, Span)> = receiver.into_iter().collect();
        for arg in args {
            let spelled = float_method(arg).filter(|_| callee.is_some());
            let arg = spelled.as_ref().unwrap_or(arg);
            let item = if self.is_closure(arg) {
                self.item_of(arg)
            } else {
                let operand = self.expr(arg);
                Item::One(self.lent(operand, arg, callee, items.len()))
            };
            items.push((item, arg.span()));
        }
        let known: Vec<Option<Operand>> = (items.iter())
            .map(|(item, _)| match item {
                Item::One(operand) => Some(*operand),
                _ => None,
            })
            .collect();
        (items.into_iter().enumerate())
            .map(|(position, (item, span))| match (item, callee) {
                (Item::Closure(closure), Some(callee)) => {
                    let lambda = self.lambda(&closure, callee.clone(), position, &known, span);
                    Operand::by_value(lambda)
                }
                (item, _) => self.single(item, span),
            })
            .collect()
    }

    /// A `&mut` parameter that is handed on by its name is lent shared to a function that takes it so.
    fn lent(
        &mut self,
        operand: Operand,
        arg: &Expr,
        callee: Option<&Callee>,
        position: usize,
    ) -> Operand {
        let is_param = operand.mode == Mode::Exclusive && matches!(arg, Expr::Path(_));
        let name = match callee {
            Some(Callee::Function(path) | Callee::Associated(path)) => {
                path.segments.last().map(|last| &last.ident)
            }
            Some(Callee::Method(method, _)) => Some(method),
            None => None,
        };
        let borrows = |name: &syn::Ident| crate::source::borrows(&name.to_string(), position);
        if is_param && name.is_some_and(borrows) {
            return Operand::by_reference(self.frozen(operand.value, arg.span()));
        }
        operand
    }

    /// A closure as a value.
    fn lambda(
        &mut self,
        closure: &Closure,
        callee: Callee,
        position: usize,
        args: &[Option<Operand>],
        span: Span,
    ) -> Value {
        let syntax = &closure.closure;
        let body = match &*syntax.body {
            Expr::Block(block) if block.label.is_none() => block.block.clone(),
            body => Block {
                brace_token: syn::token::Brace(body.span()),
                stmts: vec![Stmt::Expr(body.clone(), None)],
            },
        };
        let mut captures = Captures {
            exclusive: self.exclusive_params.clone(),
            ..Captures::default()
        };
        let outer = std::mem::take(&mut self.definitions);
        let mut inner = Lowering::new(self.errors, &body);
        inner.type_params.clone_from(&self.type_params);
        inner.functions = HashMap::new();
        inner.scopes = vec![inner.captured(&closure.scopes, &syntax.body, &outer, &mut captures)];
        inner.captures = 1;
        for ((outside, _), inside) in &captures.inside {
            if let Some(inputs) = self.functions.get(outside) {
                inner.functions.insert(*inside, inputs.clone());
            }
        }
        let mut params: Vec<Param> = (captures.outside.iter())
            .map(|outside| Param {
                value: captures.inside[outside],
                by_reference: inner.definitions[captures.inside[outside].0].reference,
                exclusive: false,
                active: true,
            })
            .collect();
        inner.scopes.push(Scope::new());
        for input in &syntax.inputs {
            params.push(inner.input(input));
        }
        let yields = inner.function_body(&body);
        let region = Region {
            args: Vec::new(),
            ops: std::mem::take(&mut inner.ops),
            yields,
            diverges: inner.diverged,
        };
        let mut function = Function {
            params,
            body: region,
            definitions: std::mem::take(&mut inner.definitions),
            items: std::mem::take(&mut inner.items),
        };
        crate::settle::settle(&mut function);
        drop(inner);
        self.definitions = outer;
        let captured: Vec<Value> = (captures.outside.into_iter())
            .map(|(value, field)| match field {
                Some(member) => {
                    let place = self.push(Kind::Field(value, member), span);
                    self.owned_copy(place, span)
                }
                None => self.owned_copy(value, span),
            })
            .collect();
        let parts = captured.iter().copied().map(Operand::by_value).collect();
        let tuple = nested(parts, &mut |parts| {
            Operand::by_value(self.push(Kind::Tuple(parts), span))
        });
        let lambda = Lambda {
            callee,
            position,
            args: args.to_vec(),
            captures: tuple,
            captured,
            function,
        };
        let value = self.push(Kind::Lambda(Box::new(lambda)), span);
        self.definitions[value.0].function = true;
        value
    }

    /// A value that borrows nothing.
    fn owned_copy(&mut self, value: Value, span: Span) -> Value {
        let definition = &self.definitions[value.0];
        let is_number = definition.copy && !definition.reference;
        let of_number = definition.ty.as_ref().is_some_and(super::is_number);
        if self.is_memory(value) && (is_number || of_number) {
            return self.load(value, span).value;
        }
        if is_number {
            return value;
        }
        let value = self.frozen(value, span);
        self.method("to_owned", Operand::by_reference(value), span)
    }

    /// A parameter of the closure itself.
    fn input(&mut self, pat: &Pat) -> Param {
        let (pat, ty) = match pat {
            Pat::Type(typed) => (&*typed.pat, Some((*typed.ty).clone())),
            pat => (pat, None),
        };
        let (ty, by_reference) = match ty {
            Some(Type::Reference(reference)) => (Some(*reference.elem), true),
            ty => (ty, matches!(pat, Pat::Reference(_))),
        };
        let hint = match pat {
            Pat::Ident(ident) => ident.ident.to_string(),
            _ => "argument".into(),
        };
        let value = self.define(&hint, pat.span());
        let definition = &mut self.definitions[value.0];
        definition.reference = by_reference;
        definition.copy = by_reference || ty.as_ref().is_some_and(super::is_number);
        definition.ty = ty.as_ref().map(owned_type);
        let active = !ty.as_ref().is_some_and(crate::signature::is_inert);
        self.bind(pat, Operand::by_value(value));
        Param {
            value,
            by_reference,
            exclusive: false,
            active,
        }
    }
}

/// The type of a copy: that of a slice is a vector.
pub(super) fn owned_type(ty: &Type) -> Type {
    match ty {
        Type::Slice(slice) => {
            let element = &slice.elem;
            syn::parse_quote!(::std::vec::Vec<#element>)
        }
        ty => ty.clone(),
    }
}
