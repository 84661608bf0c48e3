//! Closures that are handed to a function: each is a function value. Its body is lowered as a function
//! of its own, whose first parameters are what it captures.
//!
// In:   f(|t| a * t, x)
// Out:  %2 = tuple(%a);  %3 = closure %2 { 1: (%1, %2)  %3 = %1 * %2  return %3 };  f(%3, %x)

use super::item::Item;
use super::stmt::Assigned;
use super::{Binding, Closure, Lowering, Scope};
use crate::ir::{
    nested, Callee, Definition, Function, Kind, Lambda, Mode, Operand, Param, Region, Value,
};
use proc_macro2::Span;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Block, Expr, Member, Pat, Stmt, Type};

/// What is said of a closure that assigns to what it captures.
pub(super) const CHANGES: &str = "a closure that is handed to a function cannot change what it captures in differentiable code; let it return the new value";

/// A value outside of a closure, or one of its fields: as in Rust, of what is used by its fields alone
/// only these are captured.
type Outside = (Value, Option<Member>);

/// What a closure captures: the values outside, and the parameters that stand for them inside.
#[derive(Default)]
struct Captures {
    outside: Vec<Outside>,
    inside: HashMap<Outside, Value>,
    /// Which values are `&mut` parameters.
    exclusive: HashSet<Value>,
}

/// How names are used.
#[derive(Default)]
struct Uses {
    whole: BTreeSet<String>,
    fields: BTreeMap<String, Vec<Member>>,
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Field(field) => match super::memory::path_name(&field.base) {
                Some(name) => self
                    .fields
                    .entry(name)
                    .or_default()
                    .push(field.member.clone()),
                None => syn::visit::visit_expr(self, expr),
            },
            Expr::Path(path) => self
                .whole
                .extend(path.path.get_ident().map(ToString::to_string)),
            _ => syn::visit::visit_expr(self, expr),
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let mut mentioned = Assigned::default();
        mentioned.macro_arguments(mac);
        self.whole.extend(mentioned.mentioned);
    }
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

    /// Whether a value is one that the closure which is being lowered captures, or a place inside it.
    pub(super) fn is_captured(&self, value: Value) -> bool {
        let defined = self.ops.iter().rev().find(|op| op.results.contains(&value));
        match defined {
            Some(op) if op.kind.is_place() => self.is_captured(op.kind.operands()[0].value),
            Some(_) => false,
            None => (self.scopes.iter().take(self.captures))
                .flat_map(Scope::values)
                .any(|binding| match binding {
                    Binding::Variable(Some(own)) => own.value == value,
                    Binding::Fields(fields) => fields.iter().any(|(_, own)| *own == value),
                    _ => false,
                }),
        }
    }

    /// What stands for a field of what a closure captures the fields of.
    pub(super) fn captured_field(&self, field: &syn::ExprField) -> Option<Value> {
        let name = super::memory::path_name(&field.base)?;
        match self
            .scopes
            .iter()
            .rev()
            .find_map(|scope| scope.get(&name))?
        {
            Binding::Fields(fields) => {
                let found = fields.iter().find(|(member, _)| *member == field.member);
                found.map(|(_, value)| *value)
            }
            _ => None,
        }
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

    /// The scope of a closure's captures, of the names that its body mentions.
    fn captured(
        &mut self,
        scopes: &[Scope],
        body: &Expr,
        outer: &[Definition],
        captures: &mut Captures,
    ) -> Scope {
        let mut uses = Uses::default();
        uses.visit_expr(body);
        let find = |name: &str| scopes.iter().rev().find_map(|scope| scope.get(name));
        let mut scope = Scope::new();
        for (name, members) in uses.fields {
            let root = match find(&name) {
                Some(Binding::Variable(Some(operand))) => operand.value,
                Some(Binding::Slot(slot)) => *slot,
                Some(_) => {
                    uses.whole.insert(name);
                    continue;
                }
                None => continue,
            };
            if uses.whole.contains(&name) {
                continue;
            }
            let fields = members.into_iter().map(|member| {
                let value = self.captured_value((root, Some(member.clone())), outer, captures);
                (member, value)
            });
            scope.insert(name, Binding::Fields(fields.collect()));
        }
        for name in uses.whole {
            if let Some(binding) = find(&name) {
                let inside = self.captured_binding(binding, body.span(), outer, captures);
                scope.insert(name, inside);
            }
        }
        scope
    }

    fn captured_binding(
        &mut self,
        binding: &Binding,
        span: Span,
        outer: &[Definition],
        captures: &mut Captures,
    ) -> Binding {
        match binding {
            Binding::Variable(operand) => Binding::Variable(
                operand.map(|operand| self.captured_operand(operand, outer, captures)),
            ),
            Binding::Slot(slot) => {
                let operand = Operand::by_value(*slot);
                Binding::Variable(Some(self.captured_operand(operand, outer, captures)))
            }
            Binding::Closure(closure) => {
                Binding::Closure(self.captured_closure(closure, outer, captures))
            }
            Binding::Item(item) => Binding::Item(self.captured_item(item.clone(), outer, captures)),
            Binding::Fields(fields) => {
                let fields = fields.iter().map(|(member, value)| {
                    let inside = self.captured_value((*value, None), outer, captures);
                    (member.clone(), inside)
                });
                Binding::Fields(fields.collect())
            }
            Binding::Stream(_) => {
                let message = "an iterator cannot be captured by a closure that is handed to a function in differentiable code; `collect` it";
                self.errors.add(syn::Error::new(span, message));
                Binding::Variable(None)
            }
        }
    }

    fn captured_closure(
        &mut self,
        closure: &Closure,
        outer: &[Definition],
        captures: &mut Captures,
    ) -> Rc<Closure> {
        let body = &closure.closure.body;
        let scope = self.captured(&closure.scopes, body, outer, captures);
        Rc::new(Closure {
            closure: closure.closure.clone(),
            scopes: vec![scope],
        })
    }

    fn captured_item(&mut self, item: Item, outer: &[Definition], captures: &mut Captures) -> Item {
        match item {
            Item::One(operand) => Item::One(self.captured_operand(operand, outer, captures)),
            Item::Tuple(parts) => {
                let parts = parts.into_iter();
                Item::Tuple(
                    parts
                        .map(|part| self.captured_item(part, outer, captures))
                        .collect(),
                )
            }
            Item::Borrowed(item) => {
                Item::Borrowed(Box::new(self.captured_item(*item, outer, captures)))
            }
            Item::Closure(closure) => {
                Item::Closure(self.captured_closure(&closure, outer, captures))
            }
            Item::List(items) => {
                let items = items.into_iter();
                Item::List(
                    items
                        .map(|item| self.captured_item(item, outer, captures))
                        .collect(),
                )
            }
        }
    }

    /// The operand that stands for one outside.
    fn captured_operand(
        &mut self,
        operand: Operand,
        outer: &[Definition],
        captures: &mut Captures,
    ) -> Operand {
        let value = self.captured_value((operand.value, None), outer, captures);
        let mode = match operand.mode {
            Mode::Exclusive => Mode::Value,
            mode => mode,
        };
        Operand { value, mode }
    }

    /// The parameter that stands for a value outside.
    fn captured_value(
        &mut self,
        outside: Outside,
        outer: &[Definition],
        captures: &mut Captures,
    ) -> Value {
        if let Some(value) = captures.inside.get(&outside) {
            return *value;
        }
        let definition = &outer[outside.0 .0];
        let value = match &outside.1 {
            Some(Member::Named(field)) => self.define(&field.to_string(), definition.span),
            Some(Member::Unnamed(_)) => self.define(&definition.hint, definition.span),
            None => {
                let value = self.define(&definition.hint, definition.span);
                let own = &mut self.definitions[value.0];
                (own.copy, own.reference) = (definition.copy, definition.reference);
                own.function = definition.function;
                if captures.exclusive.contains(&outside.0) {
                    (own.copy, own.reference) = (true, true);
                }
                own.ty = definition.ty.as_ref().map(owned_type);
                value
            }
        };
        captures.outside.push(outside.clone());
        captures.inside.insert(outside, value);
        value
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
fn owned_type(ty: &Type) -> Type {
    match ty {
        Type::Slice(slice) => {
            let element = &slice.elem;
            syn::parse_quote!(::std::vec::Vec<#element>)
        }
        ty => ty.clone(),
    }
}
