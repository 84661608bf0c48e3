//! The ways out of a function, of a loop and of a labelled block.
//!
//! `return`, `break` and `continue` become branches that yield, so that the IR needs no jumps. Where
//! an `if` leaves on one side, what follows moves into the other side. Where more than one side
//! goes on, or a loop is left to something around it, the construct yields a *code* that says how it
//! was left, and a branch behind it goes on from there:
//!
// In:   if c { if d { return a; } b; } rest
// Out:  (code, returned) = if c { if d { yield 1, Some(a) } else { b; yield 0, None } } else { yield 0, None }
//       if code == 1 { yield unwrap(returned) } else { rest }

use super::ways::{ways, Way};
use super::{assigned::Assigned, Lowering, Variable};
use crate::ir::{Failure, Kind, Operand};
use proc_macro2::{Ident, Literal, Span};
use syn::{BinOp, Expr, Token};

/// What a region is inside of, as far as control may leave it.
#[derive(Clone)]
pub(super) enum Context {
    /// The function returns.
    Function,
    /// A loop goes on with its next iteration.
    Loop(Loop),
    /// Branches meet again: the end of a labelled block, or of an `if` that is left in part.
    Join(Join),
}

/// A loop, from inside.
#[derive(Clone, Default)]
pub(super) struct Loop {
    pub(super) label: Option<String>,
    /// The variables it carries.
    pub(super) names: Vec<Variable>,
    /// Whether each iteration decides if the loop goes on.
    pub(super) exits: bool,
    /// The variable that carries how the loop was left, if it may be left to something around it.
    pub(super) code: Option<Variable>,
    /// The variable that carries the value of `break`.
    pub(super) value: Option<Variable>,
    /// The ways in which it was left to something around it; their codes count from 1.
    pub(super) escapes: Vec<Target>,
}

impl Context {
    /// A loop that only its own end leaves.
    pub(super) fn plain_loop(names: &[Variable], exits: bool) -> Self {
        Context::Loop(Loop {
            names: names.to_vec(),
            exits,
            ..Loop::default()
        })
    }
}

/// A place where branches meet, from inside: they yield a code and the variables.
#[derive(Clone, Default)]
pub(super) struct Join {
    pub(super) label: Option<String>,
    pub(super) names: Vec<Variable>,
    pub(super) value: Option<Variable>,
    /// Whether it is a closure's body, which `return` ends.
    pub(super) returns: bool,
    pub(super) escapes: Vec<Target>,
}

/// Where control goes: the number of a context, counted from the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Return,
    Break(usize),
    Continue(usize),
}

/// A way out of a region, with the value it carries.
pub(super) enum Exit {
    /// The region's end.
    Next(Option<Operand>),
    /// `break`, `continue` or `return`.
    Leave(Target, Option<Operand>),
}

/// The variables that carry values out of regions; not names a user can write.
pub(super) const RETURNED: &str = "returned!";
pub(super) const BROKEN: &str = "broken!";
pub(super) const CODE: &str = "code!";

impl Lowering<'_> {
    /// What an iteration yields that ends here.
    pub(super) fn next_iteration(&mut self, span: Span) -> Vec<Operand> {
        self.leave(Exit::Next(None), span)
    }

    /// What an iteration yields that ends the innermost loop.
    pub(super) fn break_loop(&mut self, span: Span) -> Vec<Operand> {
        let innermost = self.contexts.len() - 1;
        self.leave(Exit::Leave(Target::Break(innermost), None), span)
    }

    /// What a region yields when control leaves it this way.
    pub(super) fn leave(&mut self, exit: Exit, span: Span) -> Vec<Operand> {
        let innermost = self.contexts.len() - 1;
        let context = self.contexts[innermost].clone();
        let (target, value) = match exit {
            Exit::Next(value) => (None, value),
            Exit::Leave(target, value) => (Some(target), value),
        };
        match context {
            Context::Function => value.into_iter().collect(),
            Context::Loop(this) => {
                let goes_on = match target {
                    None => true,
                    Some(Target::Continue(depth)) if depth == innermost => true,
                    Some(Target::Break(depth)) if depth == innermost => {
                        self.hold(this.value.as_ref(), value, span);
                        false
                    }
                    Some(target) => {
                        let code = self.escape(target, value, span);
                        self.set(
                            this.code.as_ref().expect("a loop that is left has a code"),
                            code,
                        );
                        false
                    }
                };
                let goes_on = Ident::new(if goes_on { "true" } else { "false" }, span);
                let goes_on = this.exits.then(|| self.constant(goes_on, span));
                let carried = self.yields(None, &this.names);
                goes_on.into_iter().chain(carried).collect()
            }
            Context::Join(this) => {
                let ends = match target {
                    None => true,
                    Some(Target::Break(depth)) => depth == innermost,
                    Some(Target::Return) => this.returns,
                    Some(Target::Continue(_)) => false,
                };
                let code = match target {
                    Some(target) if !ends => self.escape(target, value, span),
                    _ => {
                        self.hold(this.value.as_ref(), value, span);
                        self.code(0, span)
                    }
                };
                self.yields(Some(code), &this.names)
            }
        }
    }

    /// Lets a carried variable hold `Some(value)`.
    pub(super) fn hold(&mut self, variable: Option<&Variable>, value: Option<Operand>, span: Span) {
        if let (Some(variable), Some(value)) = (variable, value) {
            let present = self.push(Kind::Present(value), span);
            self.set(variable, Operand::by_value(present));
        }
    }

    /// Leaves the innermost context to something around it: the code of this way out.
    pub(super) fn escape(&mut self, target: Target, value: Option<Operand>, span: Span) -> Operand {
        let variable = match target {
            Target::Return => self.variable(RETURNED),
            Target::Break(depth) => self.broken(depth),
            Target::Continue(_) => None,
        };
        self.hold(variable.as_ref(), value, span);
        let escapes = match self.contexts.last_mut() {
            Some(Context::Loop(this)) => &mut this.escapes,
            Some(Context::Join(this)) => &mut this.escapes,
            _ => unreachable!("nothing is around a function"),
        };
        let index = escapes.iter().position(|other| *other == target);
        let index = index.unwrap_or_else(|| {
            escapes.push(target);
            escapes.len() - 1
        });
        self.code(index + 1, span)
    }

    pub(super) fn code(&mut self, code: usize, span: Span) -> Operand {
        self.constant(Literal::u8_suffixed(code as u8), span)
    }

    /// Goes on with a way out of a context that has just ended: its value is carried already.
    pub(super) fn leave_carried(&mut self, target: Target, span: Span) -> Vec<Operand> {
        let innermost = self.contexts.len() - 1;
        let variable = match (target, &self.contexts[innermost]) {
            (Target::Return, Context::Function) => self.variable(RETURNED),
            (Target::Return, Context::Join(Join { returns: true, .. })) => self.variable(RETURNED),
            _ => None,
        };
        let value = variable.and_then(|variable| self.unwrapped(&variable, span));
        self.leave(Exit::Leave(target, value), span)
    }

    /// Goes on behind a context that may have been left to something around it.
    pub(super) fn dispatch(
        &mut self,
        code: Operand,
        escapes: &[(usize, Target)],
        falls: bool,
        span: Span,
        next: &mut dyn FnMut(&mut Self) -> Vec<Operand>,
    ) -> Vec<Operand> {
        let Some(((number, target), others)) = escapes.split_first() else {
            return next(self);
        };
        if others.is_empty() && !falls {
            return self.leave_carried(*target, span);
        }
        let number = self.code(*number, span);
        let taken = self.push(
            Kind::Binary(BinOp::Eq(Token![==](span)), code, number),
            span,
        );
        let then = self.region(Vec::new(), |this| this.leave_carried(*target, span));
        let otherwise = self.region(Vec::new(), |this| {
            this.dispatch(code, others, falls, span, next)
        });
        self.finish_if(Operand::by_value(taken), then, otherwise, &[], span)
    }

    /// The context that a `break` or `continue` names.
    pub(super) fn target(&mut self, label: Option<&syn::Lifetime>, span: Span) -> usize {
        let name = label.map(|label| label.ident.to_string());
        self.context_of(name.as_deref()).unwrap_or_else(|| {
            let message = "there is no loop or block here that this could leave";
            self.errors.add(syn::Error::new(span, message));
            self.diverged = true;
            0
        })
    }

    /// The context of this label, or the innermost loop.
    pub(super) fn context_of(&self, name: Option<&str>) -> Option<usize> {
        self.contexts
            .iter()
            .rposition(|context| match (context, name) {
                (Context::Loop(_), None) => true,
                (
                    Context::Loop(Loop { label, .. }) | Context::Join(Join { label, .. }),
                    Some(name),
                ) => label.as_deref() == Some(name),
                (Context::Function | Context::Join(_), _) => false,
            })
    }

    /// The variable of the value that a context is left with.
    pub(super) fn broken(&self, depth: usize) -> Option<Variable> {
        match &self.contexts[depth] {
            Context::Loop(Loop { value, .. }) | Context::Join(Join { value, .. }) => value.clone(),
            Context::Function => None,
        }
    }

    /// A variable that carries an option out of a region.
    pub(super) fn carried(&mut self, name: &str, span: Span) -> Variable {
        let none = self.constant(quote::quote!(::core::option::Option::None), span);
        self.definitions[none.value.0].copy = false;
        self.declare(name, Some(none));
        self.variable(name).expect("declared above")
    }

    /// The variables that an expression carries out of it: those that it assigns, and those that
    /// carry the values of `return` and `break` to something around it.
    pub(super) fn carried_names(&mut self, expr: &Expr, span: Span) -> Vec<Variable> {
        let mut assigned = Assigned::default();
        assigned.expr(expr);
        let mut names = self.bound(assigned);
        if matches!(expr, Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_)) {
            names.iter().for_each(|name| self.give_value(name, span));
        }
        names.retain(|name| self.value_of(name).is_some());
        for way in ways(expr, self.fallible) {
            match way {
                Way::Return => {
                    if self.variable(RETURNED).is_none() && self.returns_value {
                        self.carried(RETURNED, span);
                    }
                    names.extend(self.variable(RETURNED));
                }
                Way::Break(label) => {
                    let target = self.context_of(label.as_deref());
                    names.extend(target.and_then(|depth| self.broken(depth)));
                }
                Way::Continue(_) => {}
            }
        }
        names
    }

    /// A loop carries a variable that is assigned in it, also one that has no value yet: nobody reads the
    /// one that it starts with.
    fn give_value(&mut self, variable: &Variable, span: Span) {
        if self.value_of(variable).is_none() {
            let unread = quote::quote!(::core::default::Default::default());
            let unread = self.constant(unread, span);
            self.definitions[unread.value.0].copy = false;
            self.set(variable, unread);
        }
    }

    /// The value inside a variable that carries one.
    pub(super) fn unwrapped(&mut self, variable: &Variable, span: Span) -> Option<Operand> {
        let value = self.value_of(variable)?;
        Some(Operand::by_value(
            self.push(Kind::Unwrap(value, Failure::Never), span),
        ))
    }
}

/// The ways out with their codes.
pub(super) fn numbered(escapes: &[Target]) -> Vec<(usize, Target)> {
    (1..).zip(escapes.iter().copied()).collect()
}

/// Whether a `break` with a value leaves a `loop` or labelled block.
pub(super) fn breaks_with_value(expr: &Expr) -> bool {
    match expr {
        Expr::Loop(inner) => super::ways::gives_value(&inner.body, inner.label.as_ref(), true),
        Expr::Block(inner) => super::ways::gives_value(&inner.block, inner.label.as_ref(), false),
        _ => false,
    }
}
