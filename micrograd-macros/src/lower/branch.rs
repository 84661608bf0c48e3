//! `if` and `match`: what the branches yield and which variables they assign.

use super::assigned::Assigned;
use super::refute::{without_choices, Scrutinee};
use super::scope::{closure_in, variable_in};
use super::{Lowering, Variable};
use crate::ir::{Kind, Mode, Op, Operand, Region};
use proc_macro2::{Ident, Span};
use std::collections::BTreeMap;
use syn::spanned::Spanned;
use syn::{Arm, BinOp, Expr, ExprIf, ExprMatch, Pat, Stmt};

impl Lowering<'_> {
    /// `if` in the middle of a block, whose value may be used.
    // In:   if c { s = a } else { s = b }
    // Out:  %s = if c { yield a } else { yield b }
    pub(super) fn branch(&mut self, branch: &ExprIf) -> Option<Operand> {
        self.branch_for(branch, true)
    }

    /// `if` as a statement: what its sides give is dropped.
    pub(super) fn branch_effect(&mut self, branch: &ExprIf) {
        self.branch_for(branch, false);
    }

    fn branch_for(&mut self, branch: &ExprIf, has_value: bool) -> Option<Operand> {
        let (condition, bound) = self.condition(&branch.cond);
        let mut ways = [Assigned::default(), Assigned::default()];
        ways[0].block(&branch.then_branch);
        if let Some((_, otherwise)) = &branch.else_branch {
            ways[1].expr(otherwise);
        }
        let mut assigned = ways[0].clone();
        assigned.names.extend(ways[1].names.clone());
        assigned.mentioned.extend(ways[1].mentioned.clone());
        let names = self.assigned_on_all(self.bound(assigned), &ways);
        let then = self.region(Vec::new(), |this| {
            this.bind_matched(&bound);
            let value = this.block(&branch.then_branch);
            this.yields(value.filter(|_| has_value), &names)
        });
        let otherwise = self.region(Vec::new(), |this| {
            let value = branch.else_branch.as_ref().and_then(|(_, otherwise)| {
                if has_value {
                    return this.value(otherwise);
                }
                this.effect(otherwise);
                None
            });
            this.yields(value, &names)
        });
        let results = self.finish_if(condition, then, otherwise, &names, branch.if_token.span);
        results.first().copied().filter(|_| has_value)
    }

    /// `match` in the middle of a block, whose value may be used.
    pub(super) fn choice(&mut self, choice: &ExprMatch) -> Option<Operand> {
        self.choice_for(choice, true)
    }

    /// `match` as a statement: what its arms give is dropped.
    pub(super) fn choice_effect(&mut self, choice: &ExprMatch) {
        self.choice_for(choice, false);
    }

    fn choice_for(&mut self, choice: &ExprMatch, has_value: bool) -> Option<Operand> {
        let ways: Vec<Assigned> = (choice.arms.iter())
            .map(|arm| {
                let mut way = Assigned::default();
                way.expr(&arm.body);
                way
            })
            .collect();
        let mut assigned = Assigned::default();
        for way in &ways {
            assigned.names.extend(way.names.clone());
            assigned.mentioned.extend(way.mentioned.clone());
        }
        let names = self.assigned_on_all(self.bound(assigned), &ways);
        let results = self.arms(choice, &names, &mut |this, arm| {
            if !has_value {
                this.effect(&arm.body);
                return this.yields(None, &names);
            }
            let value = this.value(&arm.body);
            this.yields(value, &names)
        });
        (results.len() > names.len()).then(|| results[0])
    }

    /// The arms of a `match`, as a chain of branches: its value, then the variables `names`.
    // In:   match n { 0 => a, 1 | 2 if c => b, _ => d }
    // Out:  if n matches 0 { a } else { if n matches 1 | 2 && c { b } else { d } }
    pub(super) fn arms(
        &mut self,
        choice: &ExprMatch,
        names: &[Variable],
        body: &mut dyn FnMut(&mut Self, &Arm) -> Vec<Operand>,
    ) -> Vec<Operand> {
        let arms = without_choices(&choice.arms);
        let pats: Vec<&Pat> = arms.iter().map(|arm| &arm.pat).collect();
        let scrutinee = self.scrutinee(&choice.expr, &pats);
        self.arms_from(&arms, &scrutinee, names, body)
    }

    fn arms_from(
        &mut self,
        arms: &[Arm],
        scrutinee: &Scrutinee,
        names: &[Variable],
        body: &mut dyn FnMut(&mut Self, &Arm) -> Vec<Operand>,
    ) -> Vec<Operand> {
        let Some((arm, rest)) = arms.split_first() else {
            return Vec::new();
        };
        let span = arm.fat_arrow_token.span();
        let (pat, guard) = match &arm.pat {
            Pat::Guard(guarded) => (&*guarded.pat, Some(&*guarded.guard)),
            pat => (pat, None),
        };
        let bind = |this: &mut Self| this.bind_scrutinee(pat, scrutinee);
        // The last arm of an exhaustive match needs no test.
        let test = if guard.is_none() && rest.is_empty() {
            None
        } else {
            self.test(pat, scrutinee, span)
        };
        let condition = match (test, guard) {
            (None, None) => {
                return self.scoped(|this| {
                    bind(this);
                    body(this, arm)
                })
            }
            (None, Some(guard)) => self.scoped(|this| {
                bind(this);
                this.expr(guard)
            }),
            (Some(test), None) => test,
            (Some(test), Some(guard)) => self.guarded(test, &bind, guard, span),
        };
        let then = self.region(Vec::new(), |this| {
            bind(this);
            body(this, arm)
        });
        let otherwise = self.region(Vec::new(), |this| {
            this.arms_from(rest, scrutinee, names, body)
        });
        let mut results = self.finish_if(condition, then, otherwise, names, span);
        // The variables were assigned; they leave the branch around this one too.
        results.extend(self.yields(None, names));
        results
    }

    /// Appends the `if`; its results that no variable takes.
    pub(super) fn finish_if(
        &mut self,
        condition: Operand,
        then: Region,
        otherwise: Region,
        names: &[Variable],
        span: Span,
    ) -> Vec<Operand> {
        let diverges = then.diverges && otherwise.diverges;
        self.diverged |= diverges;
        let lasting = if then.diverges { &otherwise } else { &then };
        let uneven = then.yields.len() != otherwise.yields.len();
        if uneven && !then.diverges && !otherwise.diverges {
            let message = "both branches must give a value here";
            self.errors.add(syn::Error::new(span, message));
            return Vec::new();
        }
        let borrows = |operand: &Operand| {
            operand.mode == Mode::Reference || self.definitions[operand.value.0].reference
        };
        if then.yields.iter().chain(&otherwise.yields).any(borrows) {
            let message = "a branch that gives a reference is not supported in differentiable code yet; use the value inside each branch";
            self.errors.add(syn::Error::new(span, message));
        }
        let names = if diverges { &[] } else { names };
        let results = self.results(names, &lasting.yields, span);
        // Both sides have one type, which either may tell.
        for (index, result) in results.iter().enumerate() {
            let sides = [&then, &otherwise]
                .into_iter()
                .filter_map(|side| side.yields.get(index));
            let copy = sides
                .into_iter()
                .any(|side| self.definitions[side.value.0].copy);
            self.definitions[result.0].copy |= copy;
        }
        let unnamed = results.len() - names.len();
        for (name, result) in names.iter().zip(&results[unnamed..]) {
            self.set(name, Operand::by_value(*result));
        }
        let values = results[..unnamed]
            .iter()
            .map(|value| Operand::by_value(*value))
            .collect();
        self.ops.push(Op {
            results,
            kind: Kind::If {
                condition,
                then,
                otherwise,
            },
            span,
        });
        values
    }

    /// What leaves a branch: its value, then the variables it may have assigned.
    pub(super) fn yields(&self, value: Option<Operand>, names: &[Variable]) -> Vec<Operand> {
        let carried = names.iter().filter_map(|name| self.value_of(name));
        value.into_iter().chain(carried).collect()
    }

    /// Those of the assigned names that are variables here, and what the closures that are
    /// mentioned assign.
    pub(super) fn bound(&self, assigned: Assigned) -> Vec<Variable> {
        let mut found: BTreeMap<(usize, String), Variable> = BTreeMap::new();
        let mut keep = |variable: Option<Variable>| {
            if let Some(variable) = variable {
                found.insert((variable.depth, variable.name.clone()), variable);
            }
        };
        assigned
            .names
            .iter()
            .for_each(|name| keep(self.variable(name)));
        let streams = (assigned.mentioned.iter()).filter_map(|name| self.lookup_stream(name));
        streams.for_each(|stream| {
            stream
                .assigned
                .iter()
                .for_each(|name| keep(Some(name.clone())))
        });
        let mut closures: Vec<_> = assigned
            .mentioned
            .iter()
            .filter_map(|name| self.lookup_closure(name))
            .collect();
        while let Some(closure) = closures.pop() {
            let mut inner = Assigned::default();
            inner.expr(&closure.closure.body);
            let scopes = &closure.scopes;
            inner
                .names
                .iter()
                .for_each(|name| keep(variable_in(scopes, name)));
            closures.extend(
                inner
                    .mentioned
                    .iter()
                    .filter_map(|name| closure_in(scopes, name)),
            );
        }
        found.into_values().collect()
    }

    /// Those of `names` that have a value after every one of these ways: the ones that had one
    /// before, and the ones that each way assigns.
    fn assigned_on_all(&self, mut names: Vec<Variable>, ways: &[Assigned]) -> Vec<Variable> {
        names.retain(|name| {
            self.value_of(name).is_some() || ways.iter().all(|way| way.names.contains(&name.name))
        });
        names
    }

    /// `pat if guard`: the guard sees what the pattern binds, and runs only if it matches.
    fn guarded(
        &mut self,
        matches: Operand,
        bind: &dyn Fn(&mut Self),
        guard: &Expr,
        span: Span,
    ) -> Operand {
        let then = self.region(Vec::new(), |this| {
            bind(this);
            vec![this.expr(guard)]
        });
        let otherwise = self.region(Vec::new(), |this| {
            vec![this.constant(Ident::new("false", span), span)]
        });
        let results = self.finish_if(matches, then, otherwise, &[], span);
        let Some(result) = results.first() else {
            return self.nothing(span);
        };
        self.definitions[result.value.0].copy = true;
        *result
    }

    /// A branch between what two closures build; both yield the same number of values.
    pub(super) fn either(
        &mut self,
        condition: Operand,
        then: impl FnOnce(&mut Self) -> Vec<Operand>,
        otherwise: impl FnOnce(&mut Self) -> Vec<Operand>,
        span: Span,
    ) -> Vec<Operand> {
        let then = self.region(Vec::new(), then);
        let otherwise = self.region(Vec::new(), otherwise);
        self.finish_if(condition, then, otherwise, &[], span)
    }
}

/// `if a && let p = b { … } else { … }`, where later conditions see what earlier ones bind, as nested
/// branches.
// In:   if a && let p = b { t } else { e }
// Out:  'chain: { if a { if let p = b { break 'chain t; } } e }
pub(super) fn unchained(branch: &ExprIf, has_value: bool) -> Option<Expr> {
    fn conditions<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
        match expr {
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
                conditions(&binary.left, found);
                conditions(&binary.right, found);
            }
            other => found.push(other),
        }
    }
    let mut found = Vec::new();
    conditions(&branch.cond, &mut found);
    if let [Expr::Let(condition)] = found.as_slice() {
        return chosen(branch, condition);
    }
    let binds = found
        .iter()
        .any(|condition| matches!(condition, Expr::Let(_)));
    if !binds || found.len() == 1 {
        return None;
    }
    let then = &branch.then_branch;
    let label = syn::Lifetime::new("'chain", Span::mixed_site());
    let mut nested: Expr = if has_value && matches!(then.stmts.last(), Some(Stmt::Expr(_, None))) {
        syn::parse_quote!({ break #label #then; })
    } else {
        syn::parse_quote!({ #then; break #label; })
    };
    for condition in found.into_iter().rev() {
        nested = syn::parse_quote!({ if #condition #nested });
    }
    let otherwise = branch
        .else_branch
        .as_ref()
        .map(|(_, otherwise)| match &**otherwise {
            Expr::Block(block) => block.block.stmts.clone(),
            other => vec![Stmt::Expr(other.clone(), None)],
        });
    let otherwise = otherwise.into_iter().flatten();
    Some(syn::parse_quote!(#label: { #nested; #(#otherwise)* }))
}

/// `if let A(x) | B(x) = e { t } else { o }`, whose cases bind, is a `match`.
fn chosen(branch: &ExprIf, condition: &syn::ExprLet) -> Option<Expr> {
    let Pat::Or(cases) = &*condition.pat else {
        return None;
    };
    if !cases.cases.iter().any(super::refute::has_bindings) {
        return None;
    }
    let (pat, scrutinee, then) = (&condition.pat, &condition.expr, &branch.then_branch);
    let otherwise = branch.else_branch.as_ref().map(|(_, otherwise)| otherwise);
    Some(match otherwise {
        Some(otherwise) => syn::parse_quote!(match #scrutinee { #pat => #then _ => #otherwise }),
        None => syn::parse_quote!(match #scrutinee { #pat => #then _ => {} }),
    })
}
