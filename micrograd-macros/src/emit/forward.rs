//! The forward sweep: the user's computation, with what the reverse sweep needs kept.

use super::types::is_owned;
use super::walks::Walks;
use super::{hygienic, Reader, Sweeps};
use crate::ir::{Callee, Failure, Kind, Op, Operand, Plain, Region, Value};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

pub(super) struct Forward<'r, 's, 'f>(pub Reader<'r, 's, 'f>);

impl<'r, 's, 'f> Forward<'r, 's, 'f> {
    pub(super) fn new(sweeps: &'r Sweeps<'s, 'f>) -> Self {
        let mut reader = Reader::new(sweeps, false);
        reader.walks = Walks::forward(sweeps);
        Forward(reader)
    }

    /// The whole body, and the tokens of its result.
    pub(super) fn body(&self) -> (TokenStream, TokenStream) {
        let body = &self.0.sweeps.index.function.body;
        let (literals, types) = (self.literals(), self.types_of_literals());
        let (flat, statements) = (self.flat(body), self.region(body));
        (quote!(#literals #types #flat #statements), self.result())
    }

    /// The value of the function.
    pub(super) fn result(&self) -> TokenStream {
        match self.0.sweeps.index.function.body.yields.first() {
            Some(operand) => self.0.read(operand),
            None => quote!(()),
        }
    }

    pub(super) fn region(&self, region: &Region) -> TokenStream {
        region.ops.iter().map(|op| self.op(op)).collect()
    }

    /// `: T` if the user wrote one.
    pub(super) fn ty(&self, value: Value) -> TokenStream {
        let definition = &self.0.sweeps.index.function.definitions[value.0];
        match &definition.ty {
            Some(ty) if !definition.reference => quote!(: #ty),
            _ => quote!(),
        }
    }

    pub(super) fn op(&self, op: &Op) -> TokenStream {
        match self.0.walks.is_still(op) {
            true => TokenStream::new(),
            false => self.now(op),
        }
    }

    /// An operation, wherever it stands.
    pub(super) fn now(&self, op: &Op) -> TokenStream {
        let span = hygienic(op.span);
        match &op.kind {
            Kind::Constant(_) => TokenStream::new(),
            Kind::Plain(plain) => self.plain(plain),
            Kind::Store(place, a) => self.store(op, *place, a),
            Kind::Push(place, a) => self.push(op, *place, a),
            Kind::Pop(place) => self.pop(op, *place),
            Kind::Truncate(place, n) => self.truncate(op, *place, n),
            Kind::Swap(a, b) => self.swap(op, *a, *b),
            Kind::Rearrange(place, rearrangement) => self.rearrange(op, *place, rearrangement),
            Kind::Repeat(..) if self.0.sweeps.starts_versions(op.results[0]) => TokenStream::new(),
            Kind::Slot(_) if self.0.sweeps.plan.has_versions(op.results[0]) => TokenStream::new(),
            Kind::Slot(a) => self.slot(op, a),
            Kind::Snapshot(base) => self.snapshot(op, *base),
            Kind::Settled { memory, .. } if self.0.sweeps.plan.is_copied(op.results[0]) => {
                self.copy(op, *memory)
            }
            Kind::If {
                condition,
                then,
                otherwise,
            } => self.branch(op, condition, then, otherwise),
            Kind::For { body, .. } => self.for_loop(op, body),
            // A region that fails has no reverse.
            Kind::Call(call)
                if self.0.sweeps.activity.is_reversed(op)
                    && self.0.sweeps.adjoint.residual(op).is_some() =>
            {
                let (result, back) = (self.0.ident(op.results[0]), self.residual(op));
                let pair = self.rule_of(op, call);
                let pair = after(pair, &call.failure, span);
                let pair = match &call.failure {
                    Failure::Kept => {
                        quote_spanned!(span=> ::micrograd_core::emitted::Kept::kept(#pair))
                    }
                    _ => pair,
                };
                let ty = &self.0.sweeps.index.function.definitions[op.results[0].0].ty;
                let is_into = matches!(&call.callee, Callee::Method(method, _) if method == "into");
                // A rule may own what a method lends, so the user's type says nothing of references.
                let ty = ty.as_ref().filter(|ty| is_into || is_owned(ty));
                let ty = ty.map(|ty| quote!(: (#ty, _)));
                quote_spanned!(span=> let (#result, #back) #ty = #pair;)
            }
            kind => {
                let residual = self.operator_residual(op);
                let binding = self.binding(op, kind);
                let kept = self.tangent_type(op);
                quote_spanned!(span=> #residual #binding #kept)
            }
        }
    }

    /// Keeps the type of an aggregate's tangent where the reverse sweep asks for it.
    pub(super) fn tangent_type(&self, op: &Op) -> TokenStream {
        let residual = self.0.sweeps.adjoint.residual(op);
        let residual = residual.filter(|_| op.kind.is_aggregate_or_read());
        let kept = residual.map(|residual| {
            let (residual, value) = (self.0.ident(residual), self.0.ident(op.results[0]));
            quote!(let #residual = ::micrograd_core::emitted::tangent_of(&#value);)
        });
        kept.unwrap_or_default()
    }

    /// `let x = …;`, or nothing for a place that is never read by value.
    pub(super) fn binding(&self, op: &Op, kind: &Kind) -> TokenStream {
        let span = hygienic(op.span);
        let value = op.results[0];
        if kind.is_place() && !self.0.sweeps.index.is_loaded(value) {
            return TokenStream::new();
        }
        let (ident, ty) = (self.0.ident(value), self.ty(value));
        let expression = self.expression(kind, value, span);
        quote_spanned!(span=> let #ident #ty = #expression;)
    }

    /// The right-hand side of an operation without regions.
    fn expression(&self, kind: &Kind, value: Value, span: proc_macro2::Span) -> TokenStream {
        let read = |operand: &Operand| self.0.read(operand);
        match kind {
            Kind::Neg(a) => {
                let a = read(a);
                quote_spanned!(span=> -#a)
            }
            Kind::Not(a) => {
                let a = read(a);
                quote_spanned!(span=> !#a)
            }
            Kind::Binary(operator, a, b) => self.binary(operator, a, b, span),
            Kind::Cast(a, ty) => {
                let a = read(a);
                quote_spanned!(span=> #a as #ty)
            }
            Kind::Field(..) | Kind::Index(..) | Kind::Deref(_) | Kind::Payload(..)
                if !self.0.sweeps.index.is_number(value) =>
            {
                let place = self.0.place(value);
                quote_spanned!(span=> ::core::clone::Clone::clone(&#place))
            }
            Kind::Field(..) | Kind::Index(..) | Kind::Deref(_) | Kind::Payload(..) => {
                self.0.place(value)
            }
            Kind::Load(place) | Kind::Settled { memory: place, .. } => {
                let place = self.0.target_place(*place);
                if self.0.sweeps.index.is_number(value) {
                    place
                } else {
                    quote_spanned!(span=> ::core::clone::Clone::clone(&#place))
                }
            }
            Kind::Tuple(elements) => self.tuple(elements, span),
            Kind::Array(elements, sequence) => self.array(elements, *sequence, span),
            Kind::Repeat(element, length, sequence) => {
                self.repeat(value, element, length, *sequence, span)
            }
            Kind::Struct {
                path,
                fields,
                tuple,
                rest,
                ..
            } => self.structure(path, fields, *tuple, rest.as_ref(), span),
            Kind::Range(start, end, limits) => {
                let (start, end) = (read(start), read(end));
                quote_spanned!(span=> #start #limits #end)
            }
            Kind::Call(call) => match self.0.room_of(value) {
                Some((_, room)) => {
                    let length = call.args.first().map_or_else(|| quote!(0), read);
                    quote_spanned!(span=> ::micrograd_core::emitted::emptied_for(&mut #room, #length))
                }
                None => self.value_of_call(call, span),
            },
            Kind::Matches(a, pat) => {
                let a = self.0.place(a.value);
                quote_spanned!(span=> ::core::matches!(#a, #pat))
            }
            Kind::PlainValue(plain) => {
                let (tokens, bindings) = (&plain.tokens, self.captures(plain));
                quote_spanned!(span=> ::micrograd_core::emitted::inert({ #bindings #tokens }))
            }
            Kind::Present(a) => {
                let a = read(a);
                quote_spanned!(span=> ::core::option::Option::Some(#a))
            }
            Kind::Unwrap(a, Failure::Never | Failure::Kept) => {
                let a = read(a);
                quote_spanned!(span=> ::micrograd_core::emitted::unwrap(#a))
            }
            Kind::Unwrap(a, failure) => after(read(a), failure, span),
            Kind::Lambda(lambda) => self.lambda(lambda, span),
            Kind::Slot(_)
            | Kind::Snapshot(_)
            | Kind::Store(..)
            | Kind::Push(..)
            | Kind::Pop(_)
            | Kind::Truncate(..)
            | Kind::Swap(..)
            | Kind::Rearrange(..) => {
                unreachable!("emitted as statements")
            }
            Kind::Constant(_) | Kind::Plain(_) | Kind::If { .. } | Kind::For { .. } => {
                unreachable!("emitted as statements")
            }
        }
    }

    /// The user's tokens, in which the user's names stand for the values they had.
    fn plain(&self, plain: &Plain) -> TokenStream {
        let (tokens, bindings) = (&plain.tokens, self.captures(plain));
        quote!({ #bindings #tokens; })
    }

    /// Binds the user's names to the values they stand for.
    pub(super) fn captures(&self, plain: &Plain) -> TokenStream {
        let bindings = plain.captures.iter().map(|(name, operand)| {
            let value = self.0.read_copy(operand);
            quote!(let #name = #value;)
        });
        bindings.collect()
    }

    pub(super) fn residual(&self, op: &Op) -> Ident {
        self.0.ident(
            self.0
                .sweeps
                .adjoint
                .residual(op)
                .expect("a reversed call has a pullback"),
        )
    }
}

/// `value?` and `value.unwrap()`.
pub(super) fn after(value: TokenStream, failure: &Failure, span: proc_macro2::Span) -> TokenStream {
    match failure {
        Failure::Never | Failure::Kept => value,
        Failure::Question => quote_spanned!(span=> #value?),
        Failure::Panic(method) => quote_spanned!(span=> #value #method),
    }
}
