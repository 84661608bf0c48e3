//! The ways out of a piece of code, found in the syntax before it is lowered.

use super::tail::is_failure;
use std::collections::BTreeSet;
use syn::visit::Visit;
use syn::{Block, Expr, Label};

/// A way out, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// `return`.
    Return,
    /// `break`, of the innermost loop or of the one with this label.
    Break(Option<String>),
    /// `continue`, likewise.
    Continue(Option<String>),
}

/// The ways out of an expression to what is around it. The return of a failure is none, since it has
/// no derivative and needs no branch.
pub(super) fn ways(expr: &Expr, fallible: bool) -> BTreeSet<Way> {
    let mut visitor = Ways::new(fallible);
    visitor.visit_expr(expr);
    visitor.found
}

/// The ways out of a loop's body, those that end only an iteration included.
pub(super) fn body_ways(body: &Block, fallible: bool) -> BTreeSet<Way> {
    let mut visitor = Ways::new(fallible);
    visitor.visit_block(body);
    visitor.found
}

/// Whether a `break` leaves the loop with this body and label.
pub(super) fn is_broken(body: &Block, label: Option<&Label>) -> bool {
    let own = label_name(label);
    body_ways(body, false).iter().any(|way| match way {
        Way::Break(None) => true,
        Way::Break(name) => *name == own,
        Way::Return | Way::Continue(_) => false,
    })
}

/// Whether a `break` with a value leaves the loop (if `is_loop`) or block with this label.
pub(super) fn gives_value(body: &Block, label: Option<&Label>, is_loop: bool) -> bool {
    let mut visitor = Ways::new(false);
    visitor.valued = Some(label_name(label));
    visitor.loops = usize::from(!is_loop);
    visitor.visit_block(body);
    visitor.gives_value
}

/// Whether a `return` in a closure's body has a value.
pub(super) fn returns_value(body: &Expr) -> bool {
    let mut visitor = Ways::new(false);
    visitor.visit_expr(body);
    visitor.returns_value
}

/// The name of a label, without its quote.
pub(super) fn label_name(label: Option<&Label>) -> Option<String> {
    label.map(|label| label.name.ident.to_string())
}

struct Ways {
    found: BTreeSet<Way>,
    /// The labels around.
    labels: Vec<String>,
    /// How many loops are around.
    loops: usize,
    fallible: bool,
    /// The label of the construct whose value is asked for.
    valued: Option<Option<String>>,
    gives_value: bool,
    returns_value: bool,
}

impl Ways {
    fn new(fallible: bool) -> Self {
        Ways {
            found: BTreeSet::new(),
            labels: Vec::new(),
            loops: 0,
            fallible,
            valued: None,
            gives_value: false,
            returns_value: false,
        }
    }

    fn leaves(&self, label: Option<&syn::Lifetime>) -> Option<Option<String>> {
        match label {
            Some(label) => {
                let name = label.ident.to_string();
                (!self.labels.contains(&name)).then_some(Some(name))
            }
            None => (self.loops == 0).then_some(None),
        }
    }

    /// Looks into what a label names.
    fn labelled(&mut self, label: Option<&Label>, loops: usize, visit: impl FnOnce(&mut Self)) {
        let name = label_name(label);
        self.labels.extend(name.clone());
        self.loops += loops;
        visit(self);
        self.loops -= loops;
        self.labels
            .truncate(self.labels.len() - usize::from(name.is_some()));
    }
}

impl<'ast> Visit<'ast> for Ways {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Return(returned) => {
                self.returns_value |= returned.expr.is_some();
                let fails = returned.expr.as_deref().is_some_and(is_failure);
                if !(self.fallible && fails) {
                    self.found.insert(Way::Return);
                }
            }
            Expr::Break(broken) => {
                let label = self.leaves(broken.label.as_ref());
                let valued = label.is_some() && (label == self.valued || label == Some(None));
                self.gives_value |= valued && broken.expr.is_some();
                let way = label.map(Way::Break);
                self.found.extend(way);
            }
            Expr::Continue(continued) => {
                let way = self.leaves(continued.label.as_ref()).map(Way::Continue);
                self.found.extend(way);
            }
            Expr::ForLoop(inner) => {
                self.visit_expr(&inner.expr);
                return self.labelled(inner.label.as_ref(), 1, |this| {
                    this.visit_block(&inner.body)
                });
            }
            Expr::While(inner) => {
                return self.labelled(inner.label.as_ref(), 1, |this| {
                    this.visit_expr(&inner.cond);
                    this.visit_block(&inner.body);
                });
            }
            Expr::Loop(inner) => {
                return self.labelled(inner.label.as_ref(), 1, |this| {
                    this.visit_block(&inner.body)
                });
            }
            Expr::Block(inner) => {
                return self.labelled(inner.label.as_ref(), 0, |this| {
                    this.visit_block(&inner.block);
                });
            }
            // A closure is a function of its own.
            Expr::Closure(_) | Expr::Async(_) => return,
            _ => {}
        }
        syn::visit::visit_expr(self, expr);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
