//! Patterns that may not match: the test, and what is bound where it holds.

use super::Lowering;
use crate::ir::{Callee, Failure, Kind, Mode, Operand};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Arm, BinOp, Expr, Pat, Token};

/// What a pattern is matched against.
#[derive(Clone)]
pub(super) enum Scrutinee {
    One(Operand),
    /// A tuple of expressions, which is not built.
    Parts(Vec<Scrutinee>),
}

impl Lowering<'_> {
    /// What `expr` gives to be matched against these patterns.
    pub(super) fn scrutinee(&mut self, expr: &Expr, pats: &[&Pat]) -> Scrutinee {
        match expr {
            Expr::Paren(paren) => self.scrutinee(&paren.expr, pats),
            Expr::Tuple(tuple) if pats.iter().all(|pat| takes_apart(pat, tuple.elems.len())) => {
                let parts = tuple.elems.iter().enumerate().map(|(index, element)| {
                    let pats: Vec<&Pat> = pats.iter().filter_map(|pat| part(pat, index)).collect();
                    self.scrutinee(element, &pats)
                });
                Scrutinee::Parts(parts.collect())
            }
            _ => {
                let operand = self.expr(expr);
                if pats.iter().any(|pat| is_option(pat)) {
                    self.keep(operand);
                }
                Scrutinee::One(operand)
            }
        }
    }

    /// A call whose result is matched or asked like an option is kept as one.
    pub(super) fn keep(&mut self, operand: Operand) {
        self.options.insert(operand.value);
        let Some(call) = self.last_call(operand) else {
            return;
        };
        call.failure = Failure::Kept;
        // A method that fails must not have changed its receiver: it is lent shared, so that the
        // compiler checks that where the file does not tell.
        let changes = call.changes.take().is_some();
        let changes_receiver = changes
            && matches!(&call.callee, Callee::Method(name, _) if crate::source::changes_receiver(&name.to_string()));
        if changes_receiver || call.args.iter().any(|arg| arg.mode == Mode::Exclusive) {
            let message = "a function that fails may have changed its `&mut` arguments, and then its derivative is not known; use `?` or `unwrap`, or let it return what it changes";
            let span = self.definitions[operand.value.0].span;
            self.errors.add(syn::Error::new(span, message));
        }
    }

    /// Whether a pattern matches; `None` if it always does.
    pub(super) fn test(&mut self, pat: &Pat, scrutinee: &Scrutinee, span: Span) -> Option<Operand> {
        match (pat, scrutinee) {
            (Pat::Paren(paren), _) => self.test(&paren.pat, scrutinee, span),
            (Pat::Tuple(tuple), Scrutinee::Parts(parts)) => {
                let tests: Vec<Operand> = (tuple.elems.iter().zip(parts))
                    .filter_map(|(pat, part)| self.test(pat, part, span))
                    .collect();
                tests.into_iter().reduce(|all, test| {
                    let and = BinOp::BitAnd(Token![&](span));
                    let both = self.push(Kind::Binary(and, all, test), span);
                    self.definitions[both.0].copy = true;
                    Operand::by_value(both)
                })
            }
            (Pat::Or(cases), Scrutinee::Parts(_)) => {
                let mut tests = Vec::new();
                for case in &cases.cases {
                    tests.push(self.test(case, scrutinee, span)?);
                }
                tests.into_iter().reduce(|any, test| {
                    let or = BinOp::BitOr(Token![|](span));
                    let either = self.push(Kind::Binary(or, any, test), span);
                    self.definitions[either.0].copy = true;
                    Operand::by_value(either)
                })
            }
            (_, Scrutinee::Parts(_)) => None,
            (pat, Scrutinee::One(operand)) => {
                if always(pat) {
                    return None;
                }
                let tested = self.tested(pat);
                let tested_place = Operand::by_reference(operand.value);
                let kind = Kind::Matches(tested_place, Box::new(tested));
                let matches = self.push(kind, span);
                self.definitions[matches.0].copy = true;
                Some(Operand::by_value(matches))
            }
        }
    }

    /// The pattern without its bindings, to be tested as it is.
    fn tested(&mut self, pat: &Pat) -> Pat {
        let wild = || -> Pat { syn::parse_quote!(_) };
        match pat {
            Pat::Ident(ident) if is_binding(pat) => match &ident.subpat {
                Some((_, inner)) => self.tested(inner),
                None => wild(),
            },
            // References are seen through when the rest is matched.
            Pat::Reference(reference) => self.tested(&reference.pat),
            Pat::Paren(paren) => self.tested(&paren.pat),
            Pat::Tuple(tuple) => {
                let mut tuple = tuple.clone();
                for part in &mut tuple.elems {
                    *part = self.tested(part);
                }
                Pat::Tuple(tuple)
            }
            Pat::TupleStruct(tuple) => {
                let mut tuple = tuple.clone();
                for part in &mut tuple.elems {
                    *part = self.tested(part);
                }
                Pat::TupleStruct(tuple)
            }
            Pat::Slice(slice) => {
                let mut slice = slice.clone();
                for part in &mut slice.elems {
                    *part = match &*part {
                        Pat::Ident(rest) if is_rest(rest) => syn::parse_quote!(..),
                        part => self.tested(part),
                    };
                }
                Pat::Slice(slice)
            }
            Pat::Struct(fields) => {
                let mut fields = fields.clone();
                for field in &mut fields.fields {
                    field.colon_token.get_or_insert_with(Default::default);
                    *field.pat = self.tested(&field.pat);
                }
                Pat::Struct(fields)
            }
            Pat::Or(cases) => {
                let mut cases = cases.clone();
                for case in &mut cases.cases {
                    *case = self.tested(case);
                }
                Pat::Or(cases)
            }
            Pat::Lit(_)
            | Pat::Range(_)
            | Pat::Path(_)
            | Pat::Wild(_)
            | Pat::Const(_)
            | Pat::Rest(_)
            | Pat::Ident(_) => pat.clone(),
            other => {
                self.unsupported_pattern(other);
                wild()
            }
        }
    }

    /// Binds the names of a pattern that has matched.
    pub(super) fn bind_matched(&mut self, bound: &Option<(Pat, Scrutinee)>) {
        if let Some((pat, scrutinee)) = bound {
            self.bind_scrutinee(pat, scrutinee);
        }
    }

    pub(super) fn bind_scrutinee(&mut self, pat: &Pat, scrutinee: &Scrutinee) {
        match (pat, scrutinee) {
            (Pat::Wild(_), _) => {}
            (Pat::Paren(paren), _) => self.bind_scrutinee(&paren.pat, scrutinee),
            (Pat::Tuple(tuple), Scrutinee::Parts(parts)) => {
                for (pat, part) in tuple.elems.iter().zip(parts) {
                    self.bind_scrutinee(pat, part);
                }
            }
            (Pat::Or(cases), Scrutinee::Parts(_)) if !cases.cases.iter().any(has_bindings) => {}
            (pat, Scrutinee::One(operand)) => {
                let refuting = std::mem::replace(&mut self.refuting, true);
                self.bind(pat, *operand);
                self.refuting = refuting;
            }
            (pat, Scrutinee::Parts(_)) => {
                let operand = self.built(scrutinee, pat.span());
                self.bind(pat, operand);
            }
        }
    }

    /// The tuple of a scrutinee that was not built.
    fn built(&mut self, scrutinee: &Scrutinee, span: Span) -> Operand {
        match scrutinee {
            Scrutinee::One(operand) => *operand,
            Scrutinee::Parts(parts) => {
                let parts = parts.iter().map(|part| self.built(part, span)).collect();
                Operand::by_value(self.push(Kind::Tuple(parts), span))
            }
        }
    }

    /// The condition of an `if` or `while`, and what `if let` binds where it holds.
    pub(super) fn condition(&mut self, expr: &Expr) -> (Operand, Option<(Pat, Scrutinee)>) {
        let Expr::Let(condition) = expr else {
            return (self.expr(expr), None);
        };
        if let Some(known) = self.known_option(&condition.pat, &condition.expr) {
            return known;
        }
        let span = condition.let_token.span;
        let scrutinee = self.scrutinee(&condition.expr, &[&condition.pat]);
        let test = self.test(&condition.pat, &scrutinee, span);
        let test = test.unwrap_or_else(|| self.truth(true, span));
        (test, Some(((*condition.pat).clone(), scrutinee)))
    }

    /// `true` or `false`.
    pub(super) fn truth(&mut self, truth: bool, span: Span) -> Operand {
        let word = if truth { "true" } else { "false" };
        self.constant(syn::Ident::new(word, span), span)
    }
}

/// Arms whose pattern is a choice that binds names become one arm each.
pub(super) fn without_choices(arms: &[Arm]) -> Vec<Arm> {
    let mut found = Vec::new();
    for arm in arms {
        let (pat, guard) = match &arm.pat {
            Pat::Guard(guarded) => (&*guarded.pat, Some(guarded)),
            pat => (pat, None),
        };
        match pat {
            Pat::Or(cases) if cases.cases.iter().any(has_bindings) => {
                for case in &cases.cases {
                    let mut single = arm.clone();
                    single.pat = match guard {
                        Some(guarded) => {
                            let mut guarded = guarded.clone();
                            *guarded.pat = case.clone();
                            Pat::Guard(guarded)
                        }
                        None => case.clone(),
                    };
                    found.push(single);
                }
            }
            _ => found.push(arm.clone()),
        }
    }
    found
}

/// Whether a pattern is a new name for the whole value, and not that of a constant.
pub(super) fn is_binding(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(ident) => {
            ident.subpat.is_some()
                || ident.by_ref.is_some()
                || ident.mutability.is_some()
                || (ident.ident.to_string())
                    .starts_with(|first: char| first.is_lowercase() || first == '_')
        }
        _ => false,
    }
}

/// `name @ ..` in a slice.
pub(super) fn is_rest(ident: &syn::PatIdent) -> bool {
    matches!(&ident.subpat, Some((_, inner)) if matches!(**inner, Pat::Rest(_)))
}

/// Whether a pattern binds a name.
pub(super) fn has_bindings(pat: &Pat) -> bool {
    struct Finder(bool);
    impl<'ast> syn::visit::Visit<'ast> for Finder {
        fn visit_pat(&mut self, pat: &'ast Pat) {
            self.0 |= is_binding(pat);
            syn::visit::visit_pat(self, pat);
        }
    }
    let mut finder = Finder(false);
    syn::visit::Visit::visit_pat(&mut finder, pat);
    finder.0
}

/// Whether a pattern matches always.
pub(super) fn always(pat: &Pat) -> bool {
    match pat {
        Pat::Wild(_) | Pat::Rest(_) => true,
        Pat::Paren(paren) => always(&paren.pat),
        Pat::Reference(reference) => always(&reference.pat),
        Pat::Tuple(tuple) => tuple.elems.iter().all(always),
        Pat::Ident(ident) => {
            is_binding(pat) && ident.subpat.as_ref().is_none_or(|(_, inner)| always(inner))
        }
        _ => false,
    }
}

/// Whether a pattern is one of options and results.
pub(super) fn is_option(pat: &Pat) -> bool {
    let named = |path: &syn::Path| {
        let last = path.segments.last().map(|last| last.ident.to_string());
        last.is_some_and(|last| ["Some", "None", "Ok", "Err"].contains(&last.as_str()))
    };
    match pat {
        Pat::TupleStruct(tuple) => named(&tuple.path),
        Pat::Path(path) => named(&path.path),
        Pat::Ident(ident) => ident.ident == "None",
        Pat::Paren(paren) => is_option(&paren.pat),
        Pat::Reference(reference) => is_option(&reference.pat),
        Pat::Or(cases) => cases.cases.iter().any(is_option),
        Pat::Guard(guarded) => is_option(&guarded.pat),
        _ => false,
    }
}

/// Whether a pattern takes a tuple of this length apart, or ignores it.
fn takes_apart(pat: &Pat, length: usize) -> bool {
    match pat {
        Pat::Tuple(tuple) => {
            tuple.elems.len() == length
                && !tuple.elems.iter().any(|part| matches!(part, Pat::Rest(_)))
        }
        Pat::Wild(_) => true,
        Pat::Paren(paren) => takes_apart(&paren.pat, length),
        Pat::Guard(guarded) => takes_apart(&guarded.pat, length),
        Pat::Or(cases) => cases.cases.iter().all(|case| takes_apart(case, length)),
        _ => false,
    }
}

/// The part of a pattern that stands for one element of a tuple.
fn part(pat: &Pat, index: usize) -> Option<&Pat> {
    match pat {
        Pat::Tuple(tuple) => tuple.elems.get(index),
        Pat::Paren(paren) => part(&paren.pat, index),
        Pat::Guard(guarded) => part(&guarded.pat, index),
        // Whether one of a choice is an option is told by any of them.
        Pat::Or(cases) => cases.cases.first().and_then(|case| part(case, index)),
        _ => None,
    }
}
