//! Values of the file's own types. Their methods may be named as those of vectors are (`push`, `pop`, `insert`), so where the
//! text tells that a receiver is of such a type, the method is the user's.

use super::number::{element_of, first_argument};
use super::Lowering;
use crate::ir::{Callee, Kind, Value};
use syn::{Expr, ExprMethodCall, Type};

impl Lowering<'_> {
    /// Notes of which type a value is that was made by its literal, or by a function of the type.
    pub(super) fn note_owner(&mut self, kind: &Kind, result: Value) {
        let owner = match kind {
            Kind::Struct {
                path,
                variant: false,
                ..
            } => path.get_ident().map(ToString::to_string),
            Kind::Call(call) => match &call.callee {
                Callee::Associated(path) => made_by(path),
                Callee::Function(path) => path
                    .get_ident()
                    .and_then(|name| crate::source::returned_name(&name.to_string()))
                    .filter(|name| is_own(name)),
                Callee::Method(name, _) if name == "clone" => {
                    let receiver = call.args[0].value;
                    let ty = self.definitions[receiver.0].ty.as_ref();
                    let known = self.owners.get(&receiver).cloned();
                    known.or_else(|| type_name(ty?))
                }
                Callee::Method(..) => None,
            },
            Kind::Slot(operand) => self.owners.get(&operand.value).cloned(),
            _ => None,
        };
        if let Some(owner) = owner {
            self.owners.insert(result, owner);
        }
        if let Some(ty) = self.declared_of(kind) {
            if let Some(name) = type_name(&ty).filter(|name| is_own(name)) {
                self.owners.insert(result, name);
            }
            self.declared.insert(result, ty);
        }
    }

    /// The type of a part of a value, as it is declared.
    fn declared_of(&self, kind: &Kind) -> Option<Type> {
        match kind {
            Kind::Field(base, member) => {
                let known = self.owners.get(base).cloned();
                let owner = known.or_else(|| type_name(self.declared(*base)?))?;
                let owner = match owner == "Self" {
                    true => crate::source::owner()?,
                    false => owner,
                };
                crate::source::field_here(&owner, member)
            }
            Kind::Index(base, index) => {
                let ty = self.declared(*base)?;
                match self.ranges.contains_key(&index.value) {
                    true => Some(ty.clone()),
                    false => element_of(ty).cloned(),
                }
            }
            Kind::Load(place) | Kind::Deref(place) | Kind::Snapshot(place) => {
                self.declared(*place).cloned()
            }
            Kind::Slot(init) => self.declared(init.value).cloned(),
            _ => None,
        }
    }

    fn declared(&self, value: Value) -> Option<&Type> {
        let own = self.definitions[value.0].ty.as_ref();
        own.or_else(|| self.declared.get(&value))
    }

    /// Notes of which type the value of a method of an own type is.
    pub(super) fn note_given(&mut self, call: &ExprMethodCall, result: Value) {
        let Some(owner) = self.certain_owner(&call.receiver) else {
            return;
        };
        let given = match call.method == "clone" {
            true => Some("Self".to_string()),
            false => crate::source::returned_name(&call.method.to_string()),
        };
        match given {
            Some(name) if name == "Self" => self.owners.insert(result, owner),
            Some(name) if is_own(&name) => self.owners.insert(result, name),
            _ => None,
        };
    }

    /// Whether an expression is of a type of the file that has a tangent.
    pub(super) fn is_own(&self, expr: &Expr) -> bool {
        self.owner_of(expr).is_some_and(|name| is_own(&name))
    }

    pub(super) fn owner_of(&self, expr: &Expr) -> Option<String> {
        let name = match expr {
            Expr::Path(path) => self.owners.get(&self.named(path)?).cloned(),
            _ => None,
        };
        let name = name.or_else(|| type_name(&self.declared_type(expr)?))?;
        match name.as_str() {
            "Self" => crate::source::owner(),
            _ => Some(name),
        }
    }

    pub(super) fn declared_type(&self, expr: &Expr) -> Option<Type> {
        match expr {
            Expr::Paren(paren) => self.declared_type(&paren.expr),
            Expr::Reference(reference) => self.declared_type(&reference.expr),
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
                self.declared_type(&unary.expr)
            }
            Expr::Path(path) => self.definitions[self.named(path)?.0].ty.clone(),
            Expr::Field(field) => {
                crate::source::declared_field(&self.owner_of(&field.base)?, &field.member)
            }
            Expr::Index(index) if !matches!(*index.index, Expr::Range(_)) => {
                match self.declared_type(&index.expr) {
                    Some(ty) if element_of(&ty).is_some() => element_of(&ty).cloned(),
                    _ => self.own_element(index),
                }
            }
            _ => None,
        }
    }
}

/// Whether a name is that of a type of the file that has a tangent, and not of an alias in another module.
pub(super) fn is_own(name: &str) -> bool {
    crate::source::derives_tangent(name) && !crate::source::declares_alias(name)
}

/// The type that an associated function belongs to, if it returns it.
fn made_by(path: &syn::Path) -> Option<String> {
    let mut names = path.segments.iter().rev();
    let function = names.next()?.ident.to_string();
    let owner = names.next()?.ident.to_string();
    let returned = crate::source::returned_name(&function)?;
    (returned == "Self" || returned == owner).then_some(owner)
}

/// The name of a type behind references and boxes.
fn type_name(ty: &Type) -> Option<String> {
    match (ty, first_argument(ty, &["Box"])) {
        (Type::Reference(reference), _) => type_name(&reference.elem),
        (Type::Paren(paren), _) => type_name(&paren.elem),
        (_, Some(inside)) => type_name(inside),
        // Behind a path stands a type of another module, perhaps with the name of one of this.
        (Type::Path(path), None) if path.path.segments.len() == 1 => {
            Some(path.path.segments[0].ident.to_string())
        }
        _ => None,
    }
}
