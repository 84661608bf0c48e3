//! Patterns of `let`, of parameters and of loops. All are irrefutable here.

use super::Lowering;
use crate::ir::{Kind, Mode, Operand, Value};
use crate::signature::Parameter;
use proc_macro2::{Literal, Span};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Index, Member, Pat};

impl Lowering<'_> {
    /// Binds the names of a parameter.
    pub(super) fn bind_param(&mut self, param: &Parameter, value: Value) {
        if param.passing == crate::signature::Passing::Exclusive {
            let name = if param.pat.is_none() {
                "self"
            } else {
                &param.hint
            };
            return self.bind_slot(name, value);
        }
        match &param.pat {
            Some(pat) => self.bind(pat, Operand::by_value(value)),
            None => self.declare("self", Some(Operand::by_value(value))),
        }
    }

    /// Lets the names in `pat` stand for the parts of `operand`.
    pub(super) fn bind(&mut self, pat: &Pat, operand: Operand) {
        if let Some(template) = self.templates.get(&operand.value).cloned() {
            let item = self.like(&template, operand.value, pat.span());
            return self.bind_item(pat, item);
        }
        let operand = self.parts_borrow(pat, operand);
        match pat {
            Pat::Ident(ident) => {
                if let Some((at, _)) = &ident.subpat {
                    let message = "`@` bindings are not supported in differentiable code yet; bind the parts in a second `let`";
                    self.errors.push(at, message);
                }
                let name = ident.ident.to_string();
                if ident.mutability.is_some() && self.changed.contains(&name) {
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
            Pat::Tuple(tuple) => self.bind_fields(tuple.elems.iter(), operand),
            Pat::TupleStruct(tuple) => self.bind_fields(tuple.elems.iter(), operand),
            Pat::Struct(fields) => {
                for field in &fields.fields {
                    let part = self.part(
                        operand,
                        |value| Kind::Field(value, field.member.clone()),
                        field.span(),
                    );
                    self.bind(&field.pat, part);
                }
            }
            Pat::Slice(slice) => self.bind_elements(slice.elems.iter(), operand),
            Pat::Reference(reference) => {
                let target = self.deref(operand, reference.span());
                self.bind(&reference.pat, target);
            }
            other => self.unsupported_pattern(other),
        }
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

    /// `a, b, …` of a tuple or tuple struct.
    fn bind_fields<'p>(&mut self, parts: impl Iterator<Item = &'p Pat>, operand: Operand) {
        for (index, pat) in parts.enumerate() {
            if let Pat::Rest(_) = pat {
                let message = "`..` in a tuple pattern is not supported in differentiable code yet; write `_` for each element";
                return self.errors.push(pat, message);
            }
            if !matches!(pat, Pat::Wild(_)) {
                let member = Member::Unnamed(Index {
                    index: index as u32,
                    span: pat.span(),
                });
                let part = self.part(operand, |value| Kind::Field(value, member), pat.span());
                self.bind(pat, part);
            }
        }
    }

    /// `[a, b, …]` of an array.
    fn bind_elements<'p>(&mut self, parts: impl Iterator<Item = &'p Pat>, operand: Operand) {
        for (index, pat) in parts.enumerate() {
            if let Pat::Rest(_) = pat {
                let message = "`..` in an array pattern is not supported in differentiable code yet; index the array";
                return self.errors.push(pat, message);
            }
            let index = self.constant(Literal::usize_unsuffixed(index), pat.span());
            let part = self.part(operand, |value| Kind::Index(value, index), pat.span());
            self.bind(pat, part);
        }
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

    fn unsupported_pattern(&mut self, pat: &Pat) {
        let message = "this pattern is not supported in differentiable code yet; bind a name and take the parts from it";
        self.errors.push(pat, message);
    }
}
