//! What a closure that is handed to a function captures: each value outside has a parameter that stands for it inside.

use super::assigned::Assigned;
use super::item::Item;
use super::lambda::owned_type;
use super::{Binding, Closure, Lowering, Scope};
use crate::ir::{Definition, Mode, Operand, Value};
use proc_macro2::Span;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Expr, Member};

/// A value outside of a closure, or one of its fields: as in Rust, of what is used by its fields alone
/// only these are captured.
type Outside = (Value, Option<Member>);

/// What a closure captures: the values outside, and the parameters that stand for them inside.
#[derive(Default)]
pub(super) struct Captures {
    pub(super) outside: Vec<Outside>,
    pub(super) inside: HashMap<Outside, Value>,
    /// Which values are `&mut` parameters.
    pub(super) exclusive: HashSet<Value>,
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

    /// The scope of a closure's captures, of the names that its body mentions.
    pub(super) fn captured(
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
}
