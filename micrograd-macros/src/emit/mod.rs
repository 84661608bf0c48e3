//! From the IR and its adjoint to Rust. Infallible: what cannot be emitted was reported before.
//!
//! Names are hygienic and numbered, so that no name of the user's can clash; paths start at
//! `::micrograd_core`. In emitted code a variable holds either a value or, where [`Reader::borrowed`]
//! says so, a reference to one.

mod aggregate;
mod batch;
mod body;
mod branch;
mod calls;
mod checkpoint;
mod cotangent;
mod counters;
mod first;
mod forward;
mod function;
mod fused;
mod jacobian;
mod lambda;
mod literals;
mod loops;
mod memory;
mod operator;
mod proofs;
mod records;
mod replace;
mod reverse;
mod rooms;
mod shell;
mod types;
mod value;
mod versions;
mod walked;
mod walks;

pub use batch::batched;
pub use body::{
    checkpoint_body, hand_written, hand_written_idents, inert_body, param_idents, rule_body,
};
pub use function::{Emitted, Place};
pub use fused::fused;
pub use types::needed_bounds;

use crate::adjoint::Adjoint;
use crate::index::Index;
use crate::ir::{Kind, Member, Mode, Operand, Value, Variant};
use crate::store::Plan;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote_spanned, ToTokens};
use std::collections::HashSet;

/// What the two sweeps share.
pub struct Sweeps<'s, 'f> {
    pub index: &'s Index<'f>,
    pub adjoint: &'s Adjoint<'f>,
    pub plan: &'s Plan,
    pub activity: &'s crate::analyse::Activity,
}

/// How values are read in one of the sweeps.
struct Reader<'r, 's, 'f> {
    sweeps: &'r Sweeps<'s, 'f>,
    /// Variables that hold a reference to their value, though the IR says they own it.
    borrowed: HashSet<Value>,
    /// Whether every owned value must still be there afterwards, but for those that are `made` anew.
    keeps_all: bool,
    /// What a loop makes that the reverse sweep runs again.
    made: HashSet<Value>,
    /// The loops that walk along slices.
    walks: walks::Walks,
    /// The memory that calls share.
    rooms: Option<&'r crate::rooms::Rooms>,
    /// The calls whose rules take several cotangents at once.
    batched: Option<&'r HashSet<Value>>,
}

/// The place inside a variant, of a reference to an enum.
// Out:  (*match &e { E::V(_, part, ..) => part, _ => unreachable!() })
fn payload(base: &TokenStream, variant: &Variant, span: Span) -> TokenStream {
    let Some(path) = &variant.path else {
        return quote_spanned!(span=> (*::micrograd_core::emitted::Optional::present(#base)));
    };
    let part = Ident::new("part", span);
    let pattern = match &variant.member {
        Member::Named(field) => quote_spanned!(span=> #path { #field: #part, .. }),
        Member::Unnamed(index) => {
            let before = (0..index.index).map(|_| quote_spanned!(span=> _,));
            quote_spanned!(span=> #path(#(#before)* #part, ..))
        }
    };
    quote_spanned!(span=> (*match #base { #pattern => #part, _ => ::core::unreachable!() }))
}

/// A span that points at the user's tokens and is hygienic.
fn hygienic(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

impl<'r, 's, 'f> Reader<'r, 's, 'f> {
    fn new(sweeps: &'r Sweeps<'s, 'f>, keeps_all: bool) -> Self {
        let params = sweeps.index.function.params.iter();
        let owned = params.filter(|param| {
            !param.by_reference && !param.exclusive && !sweeps.index.is_number(param.value)
        });
        let borrowed = owned.map(|param| param.value).collect();
        Reader {
            sweeps,
            borrowed,
            keeps_all,
            made: HashSet::new(),
            walks: walks::Walks::default(),
            rooms: None,
            batched: None,
        }
    }

    fn span(&self, value: Value) -> Span {
        let definition = self.sweeps.index.function.definitions.get(value.0);
        hygienic(definition.map_or(Span::call_site(), |definition| definition.span))
    }

    /// The variable of a value.
    fn ident(&self, value: Value) -> Ident {
        let definition = self.sweeps.index.function.definitions.get(value.0);
        let hint = definition.map_or("kept", |definition| {
            definition.hint.trim_start_matches("r#")
        });
        Ident::new(&format!("{hint}_{}", value.0), self.span(value))
    }

    /// The variable of a value's cotangent.
    fn cotangent_ident(&self, value: Value) -> Ident {
        let ident = self.ident(value);
        Ident::new(&format!("d_{ident}"), self.span(value))
    }

    /// The place expression of a value.
    fn place(&self, value: Value) -> TokenStream {
        self.place_to(value, false)
    }

    /// The place expression of a value, which may be written to if `mutable`.
    fn place_to(&self, value: Value, mutable: bool) -> TokenStream {
        let span = self.span(value);
        if let Some(element) = self.walks.element(value) {
            return element;
        }
        let Some(op) = self.sweeps.index.definition(value) else {
            return self.ident(value).into_token_stream();
        };
        match &op.kind {
            Kind::Field(base, member) => {
                let base = self.place_to(*base, mutable);
                quote_spanned!(span=> #base.#member)
            }
            Kind::Index(base, index) => {
                let (base, index) = (self.place_to(*base, mutable), self.read_index(index));
                quote_spanned!(span=> #base[#index])
            }
            Kind::Deref(base) => {
                let star = self
                    .borrowed
                    .contains(base)
                    .then(|| quote_spanned!(span=> *));
                let base = self.place_to(*base, mutable);
                quote_spanned!(span=> (*#star #base))
            }
            Kind::Snapshot(base)
                if self.is_exclusive(*base) && !self.sweeps.plan.is_needed(value) =>
            {
                let base = self.ident(*base);
                quote_spanned!(span=> (*#base))
            }
            Kind::Payload(base, variant) if mutable => {
                let base = self.read_exclusive(*base);
                payload(&base, variant, span)
            }
            Kind::Payload(base, variant) => {
                let base = self.read_reference(*base);
                payload(&base, variant, span)
            }
            Kind::Snapshot(base) if !self.sweeps.plan.is_needed(value) => self.place(*base),
            Kind::Settled { memory, .. } if !self.is_copy(value) => self.place(*memory),
            Kind::Constant(tokens) if !self.is_hoisted(value) => tokens.clone(),
            _ => self.ident(value).into_token_stream(),
        }
    }

    /// Whether settled memory is read of a copy; the forward sweep need not where the copy is but recorded.
    fn is_copy(&self, value: Value) -> bool {
        let plan = self.sweeps.plan;
        plan.is_copied(value) && (self.keeps(value) || !plan.is_flat(value))
    }

    /// Whether a value must still be there afterwards.
    fn keeps(&self, value: Value) -> bool {
        self.keeps_all && !self.made.contains(&value)
    }

    /// The long vector that a tape or a copy is a part of.
    fn flat(&self, value: Value) -> Ident {
        Ident::new(&format!("all_{}", self.ident(value)), self.span(value))
    }

    /// An operand as the user wrote it: `x` or `&x`.
    fn read(&self, operand: &Operand) -> TokenStream {
        match operand.mode {
            Mode::Value => self.read_value(operand.value),
            Mode::Reference => self.read_reference(operand.value),
            Mode::Exclusive => self.read_exclusive(operand.value),
        }
    }

    /// `x`, copied if it is still needed afterwards.
    fn read_value(&self, value: Value) -> TokenStream {
        let index = self.sweeps.index;
        let span = self.span(value);
        if let (Some(tokens), false) = (index.constant(value), self.is_hoisted(value)) {
            return tokens.clone();
        }
        let ident = self.ident(value);
        if index.is_number(value) || self.is_reference(value) {
            return ident.into_token_stream();
        }
        if self.borrowed.contains(&value) {
            return quote_spanned!(span=> ::core::clone::Clone::clone(#ident));
        }
        if self.keeps(value) || self.sweeps.plan.is_needed(value) || index.uses(value) > 1 {
            return quote_spanned!(span=> ::core::clone::Clone::clone(&#ident));
        }
        ident.into_token_stream()
    }

    /// An index or range, which is read each time that a place is spelled out.
    fn read_index(&self, index: &Operand) -> TokenStream {
        let is_plain = self.sweeps.index.is_number(index.value)
            || self.sweeps.index.constant(index.value).is_some();
        if is_plain {
            return self.read(index);
        }
        let (span, index) = (self.span(index.value), self.read_reference(index.value));
        quote_spanned!(span=> ::core::clone::Clone::clone(#index))
    }

    /// `&x`.
    fn read_reference(&self, value: Value) -> TokenStream {
        let span = self.span(value);
        if self.borrowed.contains(&value) || self.is_reference(value) {
            return self.ident(value).into_token_stream();
        }
        let kind = self.sweeps.index.definition(value).map(|op| &op.kind);
        if let Some(Kind::Settled { memory, .. }) = kind {
            if !self.is_copy(value) {
                return self.read_reference(*memory);
            }
        }
        let place = self.place(value);
        quote_spanned!(span=> &#place)
    }

    /// `&mut x`.
    fn read_exclusive(&self, value: Value) -> TokenStream {
        let (span, place) = (self.span(value), self.place_to(value, true));
        if self.is_exclusive(value) {
            return quote_spanned!(span=> &mut *#place);
        }
        quote_spanned!(span=> &mut #place)
    }

    /// The place behind a value: of a `&mut` parameter what it points to.
    fn target_place(&self, value: Value) -> TokenStream {
        self.target_place_to(value, false)
    }

    /// The place behind a value, which may be written to if `mutable`.
    fn target_place_to(&self, value: Value, mutable: bool) -> TokenStream {
        let place = self.place_to(value, mutable);
        if self.is_exclusive(value) {
            let span = self.span(value);
            return quote_spanned!(span=> (*#place));
        }
        place
    }

    /// The sequence and positions of two elements of one sequence.
    fn neighbours(&self, a: Value, b: Value) -> Option<(Value, Operand, Operand)> {
        let index = self.sweeps.index;
        match (&index.definition(a)?.kind, &index.definition(b)?.kind) {
            (Kind::Index(left, a), Kind::Index(right, b)) if left == right => Some((*left, *a, *b)),
            _ => None,
        }
    }

    /// Whether a value is a parameter that is an exclusive reference.
    fn is_exclusive(&self, value: Value) -> bool {
        let params = &self.sweeps.index.function.params;
        params
            .iter()
            .any(|param| param.value == value && param.exclusive)
    }

    /// An argument of a call's rule: that of a function is its marker.
    fn read_passed(&self, operand: &Operand) -> TokenStream {
        let constant = self.sweeps.index.constant(operand.value);
        let function = constant.filter(|tokens| names_function(tokens, operand.mode));
        match function {
            Some(function) => {
                let span = self.span(operand.value);
                quote_spanned!(span=> &#function {})
            }
            None => self.read_argument(operand),
        }
    }

    /// `&x` for an argument of a rule, which takes all by reference.
    fn read_argument(&self, operand: &Operand) -> TokenStream {
        let value = operand.value;
        if operand.mode == Mode::Exclusive {
            return self.read_exclusive(value);
        }
        if operand.mode == Mode::Value && self.sweeps.index.is_place(value) {
            let (span, ident) = (self.span(value), self.ident(value));
            return quote_spanned!(span=> &#ident);
        }
        self.read_reference(value)
    }

    /// Whether a value's variable holds a reference to it.
    fn is_behind(&self, value: Value) -> bool {
        self.borrowed.contains(&value) || self.is_reference(value)
    }

    /// An operand for tokens that stay as the user wrote them: a copy where it may be a number,
    /// which would not compare with its own reference.
    fn read_copy(&self, operand: &Operand) -> TokenStream {
        let value = operand.value;
        let index = self.sweeps.index;
        if operand.mode == Mode::Reference || index.is_number(value) || self.is_reference(value) {
            return self.read(operand);
        }
        let span = self.span(value);
        let definition = index.function.definitions.get(value.0);
        let ty = definition.and_then(|definition| definition.ty.as_ref());
        let is_large = match ty {
            Some(ty) => !crate::lower::is_number(ty),
            None => matches!(
                index.definition(value).map(|op| &op.kind),
                Some(Kind::Array(..) | Kind::Repeat(..) | Kind::Struct { .. })
            ),
        };
        let reference = self.read_argument(operand);
        if matches!(ty, Some(syn::Type::Path(_))) && is_large {
            return quote_spanned!(span=> (&::micrograd_core::emitted::Plain(#reference)).plain());
        }
        if is_large {
            return reference;
        }
        quote_spanned!(span=> ::core::clone::Clone::clone(#reference))
    }

    /// Whether the source says that the variable holds a reference.
    fn is_reference(&self, value: Value) -> bool {
        let definition = self.sweeps.index.function.definitions.get(value.0);
        definition.is_some_and(|definition| definition.reference)
    }
}

/// Whether a constant is the path of a function, which stands for its marker in a rule: `m::square`.
///
/// Constants are in capitals; a name with small letters is a function's, but for types and variants,
/// which begin with a capital and have no underscore.
fn names_function(tokens: &TokenStream, mode: Mode) -> bool {
    let Ok(path) = syn::parse2::<syn::Path>(tokens.clone()) else {
        return false;
    };
    let Some(last) = path.segments.last().map(|last| last.ident.to_string()) else {
        return false;
    };
    let is_small = last.starts_with(|first: char| first.is_lowercase())
        || (last.contains('_') && last.contains(char::is_lowercase));
    is_small
        && last != "true"
        && last != "false"
        && path
            .segments
            .iter()
            .all(|segment| segment.arguments.is_none())
        && crate::source::names_function(&last, mode == Mode::Reference)
}
