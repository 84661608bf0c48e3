//! What local names stand for. A name is looked up from the innermost scope outwards; it stands for an operand, for memory,
//! or for something that is lowered where it is used. In comes a name, out goes what it means here.

use super::{item, iter, lambda, Lowering};
use crate::ir::{Operand, Value};
use std::collections::HashMap;
use std::rc::Rc;

/// What the local names stand for in one block.
pub(super) type Scope = HashMap<String, Binding>;

/// What a local name stands for.
#[derive(Clone)]
pub(super) enum Binding {
    /// A variable; `None` if it is declared and not yet assigned.
    Variable(Option<Operand>),
    /// Memory: a variable that is changed in part.
    Slot(Value),
    /// A closure, lowered anew at each call.
    Closure(Rc<Closure>),
    /// An iterator, lowered where it is consumed.
    Stream(Rc<iter::Stream>),
    /// A pair that is not built.
    Item(item::Item),
    /// A variable of which a closure captures these fields, in the order of their use.
    Fields(Vec<(syn::Member, Value)>),
}

/// A variable: its name, and the scope that declares it, since the name may be shadowed further in.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) depth: usize,
}

/// A closure and the names it sees.
pub(super) struct Closure {
    pub(super) closure: syn::ExprClosure,
    pub(super) scopes: Vec<Scope>,
}

impl Lowering<'_> {
    /// Whether `name` is that of anything local.
    pub(super) fn is_local(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.contains_key(name))
    }

    /// What `name` stands for: `None` if it is no local variable.
    pub(super) fn lookup(&self, name: &str) -> Option<Option<Operand>> {
        match self.scopes.iter().rev().find_map(|scope| scope.get(name))? {
            Binding::Variable(operand) => Some(*operand),
            _ => None,
        }
    }

    /// The value or the memory that a path stands for, if it is the name of a variable.
    pub(super) fn named(&self, path: &syn::ExprPath) -> Option<Value> {
        let name = path.path.get_ident()?.to_string();
        let operand = self.lookup(&name).flatten();
        self.lookup_slot(&name)
            .or_else(|| operand.map(|operand| operand.value))
    }

    /// The closure that `name` stands for.
    pub(super) fn lookup_closure(&self, name: &str) -> Option<Rc<Closure>> {
        closure_in(&self.scopes, name)
    }

    /// The iterator that `name` stands for.
    pub(super) fn lookup_stream(&self, name: &str) -> Option<Rc<iter::Stream>> {
        match self.scopes.iter().rev().find_map(|scope| scope.get(name))? {
            Binding::Stream(stream) => Some(Rc::clone(stream)),
            _ => None,
        }
    }

    /// The pair that `name` stands for.
    pub(super) fn lookup_item(&self, name: &str) -> Option<item::Item> {
        match self.scopes.iter().rev().find_map(|scope| scope.get(name))? {
            Binding::Item(item) => Some(item.clone()),
            _ => None,
        }
    }

    /// Declares `name` in the innermost scope.
    pub(super) fn declare(&mut self, name: &str, operand: Option<Operand>) {
        let scope = self.scopes.last_mut().expect("there is a scope");
        scope.insert(name.to_string(), Binding::Variable(operand));
    }

    /// Lets the variable `name` stand for `operand` from here on.
    pub(super) fn assign(&mut self, name: &str, operand: Operand) {
        if let Some(variable) = self.variable(name) {
            self.own(variable.depth, operand);
        }
        let variable = self
            .scopes
            .iter_mut()
            .rev()
            .find_map(|scope| scope.get_mut(name));
        *variable.expect("assigned variables are looked up before") =
            Binding::Variable(Some(operand));
    }

    /// The variable that `name` stands for here.
    pub(super) fn variable(&self, name: &str) -> Option<Variable> {
        variable_in(&self.scopes, name)
    }

    /// The value of a variable, if it has one yet.
    pub(super) fn value_of(&self, variable: &Variable) -> Option<Operand> {
        match self.scopes.get(variable.depth)?.get(&variable.name)? {
            Binding::Variable(operand) => *operand,
            _ => None,
        }
    }

    /// Lets a variable stand for `operand` from here on.
    pub(super) fn set(&mut self, variable: &Variable, operand: Operand) {
        self.own(variable.depth, operand);
        let binding = Binding::Variable(Some(operand));
        self.scopes[variable.depth].insert(variable.name.clone(), binding);
    }

    /// Reports an assignment to what a closure that is a value captures, of which it has a copy.
    fn own(&mut self, depth: usize, assigned: Operand) {
        if depth < self.captures {
            // One word of it is enough.
            self.captures = 0;
            let span = self.definitions[assigned.value.0].span;
            self.errors.add(syn::Error::new(span, lambda::CHANGES));
        }
    }

    /// Runs `build` in a new scope.
    pub(super) fn scoped<R>(&mut self, build: impl FnOnce(&mut Self) -> R) -> R {
        self.scopes.push(Scope::new());
        let result = build(self);
        self.scopes.pop();
        result
    }
}

/// The variable that `name` stands for in these scopes.
pub(super) fn variable_in(scopes: &[Scope], name: &str) -> Option<Variable> {
    let depth = scopes.iter().rposition(|scope| scope.contains_key(name))?;
    match &scopes[depth][name] {
        Binding::Variable(_) => Some(Variable {
            name: name.to_string(),
            depth,
        }),
        _ => None,
    }
}

/// The closure that `name` stands for in these scopes.
pub(super) fn closure_in(scopes: &[Scope], name: &str) -> Option<Rc<Closure>> {
    match scopes.iter().rev().find_map(|scope| scope.get(name))? {
        Binding::Closure(closure) => Some(Rc::clone(closure)),
        _ => None,
    }
}
