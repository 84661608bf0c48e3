//! Which variables can be read and changed at a place of the program.

use crate::program::{Access, Type, Variable};

/// The variables in scope, innermost last.
#[derive(Default)]
pub struct Scope {
    variables: Vec<Variable>,
    /// Names that may not be used now: something that lives borrows them exclusively.
    hidden: Vec<String>,
    /// Names that may not be changed now: something that lives borrows them.
    frozen: Vec<String>,
}

/// A state to return to.
#[derive(Clone, Copy)]
pub struct Mark(usize, usize, usize);

impl Scope {
    /// The state now.
    pub fn mark(&self) -> Mark {
        Mark(self.variables.len(), self.hidden.len(), self.frozen.len())
    }

    /// Forgets all variables since, and what was hidden and frozen since.
    pub fn reset(&mut self, mark: Mark) {
        self.variables.truncate(mark.0);
        self.release(mark);
    }

    /// Forgets what was hidden and frozen since.
    pub fn release(&mut self, mark: Mark) {
        self.hidden.truncate(mark.1);
        self.frozen.truncate(mark.2);
    }

    /// A new variable.
    pub fn declare(&mut self, name: &str, ty: Type, access: Access, mutable: bool) {
        self.variables.push(Variable {
            name: name.to_owned(),
            ty,
            access,
            mutable,
        });
    }

    /// The name may not be used until the state is reset.
    pub fn hide(&mut self, name: &str) {
        self.hidden.push(name.to_owned());
    }

    /// The name may not be changed until the state is reset.
    pub fn freeze(&mut self, name: &str) {
        self.frozen.push(name.to_owned());
    }

    /// The names in scope may not be changed until the state is reset, but for one.
    pub fn freeze_all_but(&mut self, kept: Option<&str>) {
        let names: Vec<String> = (self.visible().iter())
            .map(|variable| variable.name.clone())
            .filter(|name| Some(name.as_str()) != kept)
            .collect();
        self.frozen.extend(names);
    }

    /// The variables that can be read.
    pub fn visible(&self) -> Vec<Variable> {
        let mut seen: Vec<&str> = Vec::new();
        let mut visible = Vec::new();
        for variable in self.variables.iter().rev() {
            if !seen.contains(&variable.name.as_str()) {
                seen.push(&variable.name);
                if !self.hidden.contains(&variable.name) {
                    visible.push(variable.clone());
                }
            }
        }
        visible
    }

    /// The variables that can be changed.
    pub fn changeable(&self) -> Vec<Variable> {
        let mut variables = self.visible();
        variables.retain(|variable| {
            !self.frozen.contains(&variable.name)
                && match variable.access {
                    Access::Owned => variable.mutable,
                    Access::Shared => false,
                    Access::Exclusive => true,
                }
        });
        variables
    }

    /// The variables of one type that can be read.
    pub fn of_type(&self, fits: impl Fn(Type) -> bool) -> Vec<Variable> {
        let mut variables = self.visible();
        variables.retain(|variable| fits(variable.ty));
        variables
    }
}
