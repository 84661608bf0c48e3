//! Loops with `#[checkpoint]`. The forward sweep runs them without records, and keeps what is carried where each block
//! begins; the reverse sweep takes the blocks last to first, runs each again with records, and reverses it.
//!
//! What a block changes has the names that it has in the forward sweep, in a scope of its own.

use super::forward::Forward;
use super::reverse::Reverse;
use super::walks::Walks;
use super::{hygienic, Reader, Sweeps};
use crate::adjoint::Step;
use crate::ir::{carried, Call, Failure, Kind, Op, Region, Value};
use crate::store::Around;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

/// How many iterations a block has.
pub(super) fn length() -> Ident {
    mixed("length")
}

fn mixed(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The variable of a value; what cannot be cloned is an error at the loop.
fn at(reader: &Reader<'_, '_, '_>, value: Value, span: Span) -> Ident {
    let mut ident = reader.ident(value);
    ident.set_span(span);
    ident
}

impl Forward<'_, '_, '_> {
    // Out:  let mut kept = Checkpoints::over(&r, ());
    //       for i in r { if left == 0 { left = kept.keep((s,)); }  left -= 1;  …;  s = next; }
    pub(super) fn checkpointed(&self, op: &Op, body: &Region) -> TokenStream {
        let Kind::For {
            iterator, exits, ..
        } = &op.kind
        else {
            unreachable!("a loop")
        };
        let (span, sweeps) = (hygienic(op.span), self.0.sweeps);
        let around = Around::of(sweeps.index, body);
        let residual = sweeps.adjoint.residual(op);
        let kept = (self.0).ident(residual.expect("a reversed loop has a residual"));
        let carried = body.args[1..].iter().map(|arg| {
            let ident = at(&self.0, *arg, span);
            quote_spanned!(span=> ::core::clone::Clone::clone(&#ident))
        });
        let memory = |value: &Value| {
            let ident = at(&self.0, *value, span);
            let star = self
                .0
                .is_exclusive(*value)
                .then(|| quote_spanned!(span=> *));
            quote_spanned!(span=> ::micrograd_core::emitted::snapshot(&#star #ident))
        };
        let changed = around.changed.iter().map(memory);
        let read = around.read.iter().map(memory);
        let read = quote_spanned!(span=> (#(#read,)*));
        let new = match iterator {
            Some(iterator) if !exits => {
                let iterator = self.0.read_reference(iterator.value);
                quote_spanned!(span=> over(#iterator, #read))
            }
            _ => quote_spanned!(span=> growing(#read)),
        };
        let left = mixed("left");
        let keep = quote_spanned! {span=>
            if #left == 0 {
                #left = #kept.keep((#(#carried,)* #(#changed,)*));
            }
            #left -= 1;
        };
        let adjoint = sweeps.adjoint.of_rules(sweeps.index);
        let plan = (sweeps.plan).without(&around.inside, sweeps.index.id(body));
        let plain = Sweeps {
            adjoint: &adjoint,
            plan: &plan,
            ..*sweeps
        };
        let plain = Forward(Reader {
            sweeps: &plain,
            borrowed: self.0.borrowed.clone(),
            made: self.0.made.clone(),
            walks: Walks::forward(&plain),
            keeps_all: self.0.keeps_all,
            rooms: None,
            batched: None,
        });
        let statements = plain.region(body);
        let rounds = plain.loop_over(op, quote!(#keep #statements), TokenStream::new());
        quote_spanned! {span=>
            let mut #kept = ::micrograd_core::emitted::Checkpoints::#new;
            let mut #left = 0_usize;
            #rounds
            #kept.finish(#left);
        }
    }
}

impl<'r, 's, 'f> Reverse<'r, 's, 'f> {
    // Out:  for (first, length, shared, state) in kept.blocks() {
    //           let (tape,) = { let (s,) = state; … for i in block(r, first, length) { …; tape.push((saved,)); … } (tape,) };
    //           for record in tape.iter().rev() { … }
    //       }
    pub(super) fn checkpointed(
        &self,
        op: &Op,
        steps: &[Step<'_>],
        carried: &[(Value, Value)],
    ) -> TokenStream {
        let Kind::For { body, .. } = &op.kind else {
            unreachable!("a loop reverses a for")
        };
        let span = hygienic(op.span);
        let sweeps = self.sweeps();
        let around = Around::of(sweeps.index, body);
        let residual = sweeps.adjoint.residual(op);
        let kept = (self.reader()).ident(residual.expect("a reversed loop has a residual"));
        let forward = self.again(&around);
        let flat: Vec<Ident> = (sweeps.plan.flat_in(sweeps.index.id(body)))
            .map(|value| forward.0.flat(value))
            .collect();
        let records = quote_spanned!(span=> (#kept, #(#flat,)*));
        let (begin, run) = (
            restored(&forward, op, body, &around),
            block(&forward, op, body, &kept),
        );
        let new = forward.flat(body);
        let statements = quote_spanned!(span=> #begin #new #run);
        let again = match self.fallible.filter(|_| may_fail(body)) {
            // It did not fail before.
            Some(fallible) => {
                let (returned, success) = (fallible.with(&quote!(_)), &fallible.success);
                quote_spanned! {span=>
                    let #success(#records) = (|| -> #returned { #statements #success(#records) })() else {
                        ::core::unreachable!("the loop did not fail before")
                    };
                }
            }
            None => quote_spanned!(span=> let #records = { #statements #records };),
        };
        let (rests, reverse) = (self.rests(body), self.for_loop(op, steps, carried));
        let (first, length) = (mixed("first"), length());
        let (shared, state) = (mixed("shared"), mixed("state"));
        quote_spanned! {span=>
            for (#first, #length, #shared, #state) in #kept.blocks() {
                #again
                #rests
                #reverse
            }
        }
    }

    /// The forward sweep inside the reverse one: what is around the loop must still be there afterwards.
    fn again(&self, around: &Around) -> Forward<'r, 's, 'f> {
        let reader = self.reader();
        let memory = around.changed.union(&around.read).copied();
        let mut made = around.inside.clone();
        made.extend(memory);
        Forward(Reader {
            sweeps: reader.sweeps,
            borrowed: reader.borrowed.difference(&made).copied().collect(),
            made,
            walks: Walks::forward(reader.sweeps),
            keeps_all: true,
            rooms: None,
            batched: None,
        })
    }
}

/// Binds what is carried into a block, and the memory that it reads and changes.
fn restored(forward: &Forward<'_, '_, '_>, op: &Op, body: &Region, around: &Around) -> TokenStream {
    let (reader, span) = (&forward.0, hygienic(op.span));
    let ident = |value: &Value| at(reader, *value, span);
    let args: Vec<Ident> = body.args[1..].iter().map(ident).collect();
    let types = body.args[1..].iter().map(|arg| forward.ty(*arg));
    let (changed, read) = (
        around.changed.iter().map(ident),
        around.read.iter().map(ident),
    );
    let memory = around.changed.iter().chain(&around.read).map(|value| {
        let ident = ident(value);
        let clone = quote_spanned!(span=> ::core::clone::Clone::clone(#ident));
        if reader.is_exclusive(*value) {
            quote_spanned!(span=> let #ident = &mut #clone;)
        } else {
            quote_spanned!(span=> let mut #ident = #clone;)
        }
    });
    let (shared, state) = (mixed("shared"), mixed("state"));
    quote_spanned! {span=>
        let (#(#args,)* #(#changed,)*) = #state;
        let (#(#read,)*) = #shared;
        #(let mut #args #types = ::core::clone::Clone::clone(#args);)*
        #(#memory)*
    }
}

/// Runs the iterations of a block, with records.
fn block(forward: &Forward<'_, '_, '_>, op: &Op, body: &Region, tape: &Ident) -> TokenStream {
    let Kind::For {
        iterator, exits, ..
    } = &op.kind
    else {
        unreachable!("a loop")
    };
    let (span, reader) = (hygienic(op.span), &forward.0);
    let (first, length) = (mixed("first"), length());
    let head = match iterator {
        Some(iterator) => {
            let (item, iterator) = (
                reader.ident(body.args[0]),
                reader.read_value(iterator.value),
            );
            quote_spanned!(span=> for #item in ::micrograd_core::emitted::block(#iterator, #first, #length))
        }
        None => quote_spanned!(span=> for _ in 0..#length),
    };
    let (statements, record) = (forward.region(body), forward.record(body));
    let yields = carried(&body.yields, *exits).iter();
    let yields: Vec<TokenStream> = yields.map(|operand| reader.read(operand)).collect();
    let args = body.args[1..].iter().map(|arg| reader.ident(*arg));
    let next: Vec<Ident> = (0..yields.len())
        .map(|index| format_ident!("next{index}", span = span))
        .collect();
    quote_spanned! {span=>
        let mut #tape = ::std::vec::Vec::with_capacity(#length);
        #head {
            #statements
            #(let #next = #yields;)*
            #tape.push(#record);
            #(#args = #next;)*
        }
    }
}

/// Whether a failure may leave the function from a loop.
pub(super) fn may_fail(body: &Region) -> bool {
    let mut fails = false;
    body.visit(&mut |op| {
        let failure = match &op.kind {
            Kind::Call(Call { failure, .. }) | Kind::Unwrap(_, failure) => Some(failure),
            _ => None,
        };
        fails |= matches!(failure, Some(Failure::Question))
            || op.kind.regions().iter().any(|region| region.diverges);
    });
    fails
}
