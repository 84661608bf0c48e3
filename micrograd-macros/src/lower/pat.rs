//! Patterns of `let`, of parameters and of loops. All are irrefutable here.

use super::refute::{has_bindings, is_binding, is_rest};
use super::Lowering;
use crate::ir::{Kind, Mode, Operand, Value, Variant};
use crate::signature::{Parameter, Passing};
use proc_macro2::{Literal, Span};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Index, Member, Pat, Token};

impl Lowering<'_> {
    /// Binds the names of a parameter.
    pub(super) fn bind_param(&mut self, param: &Parameter, value: Value) {
        if param.passing == Passing::Exclusive {
            let name = if param.pat.is_none() {
                "self"
            } else {
                &param.hint
            };
            return self.bind_slot(name, value);
        }
        match &param.pat {
            Some(pat) => {
                let operand = self.unfolded_range(param, value);
                self.bind(pat, operand);
            }
            None if param.passing == Passing::Owned && self.changed.contains("self") => {
                self.declare_slot("self", Operand::by_value(value), param.span);
            }
            None => self.declare("self", Some(Operand::by_value(value))),
        }
    }

    /// A parameter, which is made anew of its ends if it is a range of the standard library's, so that loops see them.
    fn unfolded_range(&mut self, param: &Parameter, value: Value) -> Operand {
        let of = super::number::first_argument(&param.ty, &["Range"])
            .filter(|ty| crate::signature::is_inert(ty));
        let Some(ty) = of.filter(|_| param.passing == Passing::Owned) else {
            return Operand::by_value(value);
        };
        let span = param.span;
        let [start, end] = ["start", "end"].map(|end| {
            let member = syn::Member::Named(proc_macro2::Ident::new(end, span));
            let end = self.push(Kind::Field(value, member), span);
            let definition = &mut self.definitions[end.0];
            (definition.copy, definition.ty) = (true, Some(ty.clone()));
            Operand::by_value(end)
        });
        self.range(start, end, span)
    }

    /// Lets the names in `pat` stand for the parts of `operand`.
    pub(super) fn bind(&mut self, pat: &Pat, operand: Operand) {
        if let Some(template) = self.templates.get(&operand.value).cloned() {
            let item = self.like(&template, operand.value, pat.span());
            return self.bind_item(pat, item);
        }
        let operand = self.parts_borrow(pat, operand);
        match pat {
            Pat::Ident(_) if self.refuting && !is_binding(pat) => {}
            Pat::Ident(ident) => {
                let whole = match &ident.by_ref {
                    Some(_) if ident.mutability.is_none() => Operand::by_reference(operand.value),
                    _ => operand,
                };
                self.bind_name(ident, whole);
                if let Some((_, inner)) = &ident.subpat {
                    self.bind(inner, operand);
                }
            }
            Pat::Type(typed) => {
                let definition = &mut self.definitions[operand.value.0];
                if operand.mode == Mode::Value && definition.ty.is_none() {
                    definition.ty = Some((*typed.ty).clone());
                    definition.copy |= super::is_number(&typed.ty);
                }
                self.bind(&typed.pat, operand);
            }
            Pat::Wild(_) => {}
            Pat::Paren(paren) => self.bind(&paren.pat, operand),
            Pat::Tuple(tuple) => self.bind_fields(None, &tuple.elems, operand),
            Pat::TupleStruct(tuple) => self.bind_fields(Some(&tuple.path), &tuple.elems, operand),
            Pat::Struct(fields) => {
                let variant = self.is_variant(&fields.path).then_some(&fields.path);
                for field in &fields.fields {
                    let part = self.part(
                        operand,
                        |value| inside(value, variant, field.member.clone()),
                        field.span(),
                    );
                    self.bind(&field.pat, part);
                }
            }
            Pat::Slice(slice) => self.bind_elements(&slice.elems, operand),
            Pat::Reference(reference) => {
                let target = self.deref(operand, reference.span());
                self.bind(&reference.pat, target);
            }
            // What only tests has been tested.
            Pat::Lit(_) | Pat::Range(_) | Pat::Path(_) | Pat::Const(_) if self.refuting => {}
            Pat::Or(cases) if self.refuting && !cases.cases.iter().any(has_bindings) => {}
            other => self.unsupported_pattern(other),
        }
    }

    /// Lets a name stand for `operand`.
    fn bind_name(&mut self, ident: &syn::PatIdent, operand: Operand) {
        let name = ident.ident.to_string();
        if ident.mutability.is_some() && ident.by_ref.is_none() && self.changed.contains(&name) {
            return self.declare_slot(&name, operand, ident.ident.span());
        }
        // A name for a borrowed part of memory must not see later changes.
        let operand = match operand.mode {
            Mode::Reference => {
                Operand::by_reference(self.frozen(operand.value, ident.ident.span()))
            }
            Mode::Value | Mode::Exclusive => operand,
        };
        self.name(operand.value, &name);
        self.declare(&name, Some(operand));
    }

    /// Whether a path in a pattern names a variant. One name may be that of a struct or, where the
    /// pattern might not have matched, that of an imported variant.
    fn is_variant(&self, path: &syn::Path) -> bool {
        super::callee::is_variant(path)
            || (self.refuting && path.segments.len() == 1 && !path.is_ident("Self"))
    }

    /// A pattern that takes apart what a reference points to binds references.
    fn parts_borrow(&self, pat: &Pat, operand: Operand) -> Operand {
        let takes_apart = matches!(
            pat,
            Pat::Tuple(_) | Pat::TupleStruct(_) | Pat::Struct(_) | Pat::Slice(_)
        );
        if takes_apart && self.definitions[operand.value.0].reference {
            return Operand::by_reference(operand.value);
        }
        operand
    }

    /// `a, b, …` of a tuple, a tuple struct or a variant.
    fn bind_fields(
        &mut self,
        path: Option<&syn::Path>,
        parts: &Punctuated<Pat, Token![,]>,
        operand: Operand,
    ) {
        let variant = path.filter(|path| self.is_variant(path));
        for (index, pat) in parts.iter().enumerate() {
            if let Pat::Rest(_) = pat {
                if index + 1 < parts.len() {
                    let message = "names after `..` in a tuple pattern are not supported in differentiable code yet; write `_` for each element";
                    self.errors.push(pat, message);
                }
                return;
            }
            if !matches!(pat, Pat::Wild(_)) {
                let member = Member::Unnamed(Index {
                    index: index as u32,
                    span: pat.span(),
                });
                let part = self.part(operand, |value| inside(value, variant, member), pat.span());
                self.bind(pat, part);
            }
        }
    }

    /// `[a, b, .., c]` of an array or slice.
    fn bind_elements(&mut self, parts: &Punctuated<Pat, Token![,]>, operand: Operand) {
        let rest = |pat: &Pat| match pat {
            Pat::Rest(_) => true,
            Pat::Ident(ident) => is_rest(ident),
            _ => false,
        };
        let position = parts.iter().position(rest);
        for (index, pat) in parts.iter().enumerate() {
            let span = pat.span();
            let after = position.is_some_and(|position| index > position);
            if matches!(pat, Pat::Rest(_) | Pat::Wild(_)) {
                continue;
            }
            let at = if after {
                self.index_before_the_end(operand, parts.len() - index, span)
            } else if let (Pat::Ident(_), true) = (pat, rest(pat)) {
                let start = self.constant(Literal::usize_unsuffixed(index), span);
                let end = self.index_before_the_end(operand, parts.len() - index - 1, span);
                let limits = syn::RangeLimits::HalfOpen(Token![..](span));
                Operand::by_value(self.push(Kind::Range(start, end, limits), span))
            } else {
                self.constant(Literal::usize_unsuffixed(index), span)
            };
            let part = self.part(operand, |value| Kind::Index(value, at), span);
            match pat {
                Pat::Ident(ident) if rest(pat) => {
                    self.bind_name(ident, Operand::by_reference(part.value));
                }
                pat => self.bind(pat, part),
            }
        }
    }

    /// The index of the element that is so many places before the end.
    fn index_before_the_end(&mut self, operand: Operand, places: usize, span: Span) -> Operand {
        let length = self.method("len", Operand::by_reference(operand.value), span);
        let places = self.constant(Literal::usize_unsuffixed(places), span);
        let minus = syn::BinOp::Sub(Token![-](span));
        self.arithmetic(minus, Operand::by_value(length), places, span)
    }

    /// A place inside `operand`, borrowed if `operand` is.
    fn part(&mut self, operand: Operand, kind: impl FnOnce(Value) -> Kind, span: Span) -> Operand {
        Operand {
            value: self.push(kind(operand.value), span),
            mode: operand.mode,
        }
    }

    /// A constant operand.
    pub(super) fn constant(&mut self, tokens: impl ToTokens, span: Span) -> Operand {
        Operand::by_value(self.push(Kind::Constant(tokens.to_token_stream()), span))
    }

    /// Remembers the user's name of a value that has none yet.
    pub(super) fn name(&mut self, value: Value, name: &str) {
        let hint = &mut self.definitions[value.0].hint;
        if hint == "t" {
            *hint = name.to_string();
        }
    }

    pub(super) fn unsupported_pattern(&mut self, pat: &Pat) {
        let message = "this pattern is not supported in differentiable code yet; bind a name and take the parts from it";
        self.errors.push(pat, message);
    }
}

/// The place of a field, or of a part of a variant.
fn inside(value: Value, variant: Option<&syn::Path>, member: Member) -> Kind {
    match variant {
        Some(path) => Kind::Payload(
            value,
            Box::new(Variant {
                path: Some(path.clone()),
                member,
            }),
        ),
        None => Kind::Field(value, member),
    }
}
