//! Loops that walk along slices, whose bounds are checked once: which do so in a sweep, and their tokens.

use super::{Reader, Sweeps};
use crate::adjoint::{Cotangent, Step};
use crate::analyse::changed;
use crate::ir::{Kind, Op, Region, Value};
use crate::windows::{seen, still, walk, Seen, Walk, Window};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use std::collections::{HashMap, HashSet};

/// The loops of a sweep that walk along slices.
#[derive(Default)]
pub(super) struct Walks {
    loops: HashMap<*const Op, Walk>,
    /// The slice that each place is an element of.
    slices: HashMap<Value, Ident>,
    /// What is read once before the rounds.
    still: HashSet<Value>,
    /// The loops whose rounds call functions.
    calling: HashSet<*const Op>,
}

/// The parts of a loop that walks.
pub(super) struct Head {
    /// Binds the first index and the number of rounds.
    pub before: TokenStream,
    /// Whether there is a round.
    pub any: TokenStream,
    /// Binds the slices, where there is one.
    pub slices: TokenStream,
    /// `0..rounds`.
    pub rounds: TokenStream,
    /// Binds the item of a round.
    pub item: TokenStream,
}

pub(super) fn mixed(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The variable that counts the rounds.
pub(super) fn round() -> Ident {
    mixed("round")
}

impl Walks {
    /// The loops that walk in the forward sweep.
    pub fn forward(sweeps: &Sweeps<'_, '_>) -> Self {
        let mut walks = Walks::default();
        sweeps.index.function.body.visit(&mut |op| {
            if let (Some(walk), Some(seen)) = (closed(sweeps, op), seen(op)) {
                let kept = (walk.windows.into_iter())
                    .filter(|window| is_apart(sweeps, op, window))
                    .collect();
                let walk = Walk {
                    windows: kept,
                    ..walk
                };
                walks.add(op, walk, "along", |body| {
                    still(sweeps.index, body, |_| true)
                });
                if seen == Seen::Calls {
                    walks.calling.insert(op);
                }
            }
        });
        walks
    }

    /// The loops in which the reverse sweep reads along slices, and those in which it adds along slices of
    /// cotangents.
    pub fn reverse(sweeps: &Sweeps<'_, '_>) -> (Self, Self) {
        let (mut read, mut added) = (Walks::default(), Walks::default());
        loops(&sweeps.adjoint.steps, &mut |op, steps| {
            let Some(walk) = closed(sweeps, op) else {
                return;
            };
            let index = sweeps.index;
            let (mut reads, mut adds) = (Vec::new(), Vec::new());
            for window in walk.windows {
                let is_read = (window.places.iter()).any(|place| sweeps.plan.is_needed(*place))
                    && (!index.is_memory(window.base) || index.is_settled(window.base));
                let is_added = takes_all(sweeps, steps, &window);
                if is_added {
                    adds.push(Window {
                        places: window.places.clone(),
                        loaded: true,
                        stored: true,
                        ..window
                    });
                }
                if is_read {
                    reads.push(Window {
                        stored: false,
                        ..window
                    });
                }
            }
            let of = |windows| Walk {
                range: walk.range,
                item: walk.item,
                windows,
            };
            let still = |body: &Region| {
                let id = index.id(body);
                still(index, body, |value| sweeps.plan.is_recomputed(id, value))
            };
            read.add(op, of(reads), "along", still);
            added.add(op, of(adds), "d_along", still);
        });
        (read, added)
    }

    fn add(&mut self, op: &Op, walk: Walk, name: &str, still: impl Fn(&Region) -> HashSet<Value>) {
        if walk.windows.is_empty() {
            return;
        }
        self.still
            .extend(op.kind.regions().into_iter().flat_map(still));
        for window in &walk.windows {
            let slice = mixed(&format!("{name}{}", window.index.0.max(window.places[0].0)));
            for place in &window.places {
                self.slices.insert(*place, slice.clone());
            }
        }
        self.loops.insert(op, walk);
    }

    /// The loop, if it walks.
    pub fn of(&self, op: &Op) -> Option<&Walk> {
        self.loops.get(&std::ptr::from_ref(op))
    }

    /// Whether an operation is done once before the rounds of its loop.
    pub fn is_still(&self, op: &Op) -> bool {
        (op.results.first()).is_some_and(|result| self.still.contains(result))
    }

    /// A place as the element of a slice.
    pub fn element(&self, place: Value) -> Option<TokenStream> {
        let (slice, round) = (self.slices.get(&place)?, round());
        Some(quote!(#slice[#round]))
    }

    /// Binds the slices of a loop; `base` gives the tokens of a sequence.
    pub fn slices(
        &self,
        reader: &Reader<'_, '_, '_>,
        op: &Op,
        base: impl Fn(Value) -> TokenStream,
    ) -> TokenStream {
        let Some(walk) = self.of(op) else {
            return TokenStream::new();
        };
        let bound = walk.windows.iter().map(|window| {
            let slice = &self.slices[&window.places[0]];
            let (base, start) = (base(window.base), start(reader, walk, op, window.index));
            let mutable = window.stored.then(|| quote!(mut));
            let rounds = mixed("rounds");
            quote!(let #slice = &#mutable (#base)[#start..][..#rounds];)
        });
        bound.collect()
    }

    /// Of a loop whose rounds call functions, how many of its rounds stay inside the slices; and the panic of the next one.
    // Out:  let all = rounds;  let rounds = all.min(inside(&v[..], first));  …  beyond(&v[..], first, rounds, all);
    pub fn inside(
        &self,
        reader: &Reader<'_, '_, '_>,
        op: &Op,
        base: impl Fn(Value) -> TokenStream,
    ) -> (TokenStream, TokenStream) {
        let walk = self.of(op);
        let calling = walk.filter(|_| self.calling.contains(&std::ptr::from_ref(op)));
        let Some(walk) = calling else {
            return Default::default();
        };
        let (all, rounds) = (mixed("all"), mixed("rounds"));
        let each = || {
            let windows = walk.windows.iter();
            windows.map(|window| {
                let (base, start) = (base(window.base), start(reader, walk, op, window.index));
                quote!(&(#base)[..], #start)
            })
        };
        let (inside, beyond) = (each(), each());
        let beyond = quote!(#(::micrograd_core::emitted::beyond(#beyond, #rounds, #all);)*);
        (
            quote! {
                let #all = #rounds;
                let #rounds = #all #(.min(::micrograd_core::emitted::inside(#inside)))*;
            },
            beyond,
        )
    }
}

impl Head {
    pub fn new(reader: &Reader<'_, '_, '_>, walk: &Walk, slices: TokenStream) -> Self {
        let (range, item, round) = (reader.ident(walk.range), reader.ident(walk.item), round());
        let (first, rounds) = (mixed("first"), mixed("rounds"));
        Head {
            before: quote! {
                let #first = #range.start;
                let #rounds = ::core::primitive::usize::saturating_sub(#range.end, #first);
            },
            any: quote!(#rounds != 0),
            slices,
            rounds: quote!(0..#rounds),
            item: quote!(let #item = #first + #round;),
        }
    }
}

/// The rounds of a loop, `head { round }`, one at a time if they are fewer than `few`: vectors that straddle what was just
/// stored are slow to load.
// Out:  if rounds < 12 { for round in 0..rounds { …; one_at_a_time(); } } else { for round in 0..rounds { … } }
pub(super) fn rounds(
    head: &TokenStream,
    round: &TokenStream,
    few: Option<usize>,
    span: Span,
) -> TokenStream {
    let Some(few) = few else {
        return quote_spanned!(span=> #head { #round });
    };
    let (rounds, few) = (mixed("rounds"), Literal::usize_unsuffixed(few));
    quote_spanned! {span=>
        if #rounds < #few {
            #head { #round ::micrograd_core::emitted::one_at_a_time(); }
        } else {
            #head { #round }
        }
    }
}

/// How few rounds are taken one at a time of a loop along so many slices whose runs overlap.
pub(super) fn few_overlapping(slices: usize) -> usize {
    // Up to so many elements it is faster or as fast, measured with vectors of two and of four numbers.
    const FEW: usize = 24;
    (FEW / slices).max(1)
}

/// The walk of a loop whose reverse is another loop.
fn closed(sweeps: &Sweeps<'_, '_>, op: &Op) -> Option<Walk> {
    let Kind::For { body, .. } = &op.kind else {
        return None;
    };
    let id = sweeps.index.id(body);
    let is_closed = !sweeps.plan.is_open(id) && !sweeps.plan.is_checkpoint(id);
    walk(sweeps.index, op).filter(|_| is_closed)
}

/// Whether nothing else in the loop touches memory that is changed along a slice.
fn is_apart(sweeps: &Sweeps<'_, '_>, op: &Op, window: &Window) -> bool {
    let Kind::For { body, .. } = &op.kind else {
        return false;
    };
    let index = sweeps.index;
    let root = |value: Value| index.root(value).0;
    let own = root(window.base);
    let is_changed = (body.ops.iter()).any(|op| changed(&op.kind).any(|place| root(place) == own));
    !is_changed
        || body.ops.iter().all(|op| {
            let is_window = (op.results.first()).is_some_and(|r| window.places.contains(r));
            let others = op.kind.operands().into_iter().map(|operand| operand.value);
            is_window
                || others
                    .filter(|value| index.is_memory(*value) || root(*value) == own)
                    .all(|value| root(value) != own || window.places.contains(&value))
        })
}

/// Whether a loop touches the cotangent of a sequence in the elements of one slice alone.
fn takes_all(sweeps: &Sweeps<'_, '_>, steps: &[Step<'_>], window: &Window) -> bool {
    let root = |value: Value| sweeps.index.root(value).0;
    let own = root(window.base);
    let mut touched: HashSet<Value> = HashSet::new();
    for step in steps {
        touched.extend(step.targets().into_iter().map(Cotangent::value));
        touched.extend(step.places());
        touched.extend(step.changed());
        if let Step::Zero(value, _) = step {
            touched.insert(*value);
        }
    }
    let mut of_root = touched
        .into_iter()
        .filter(|value| root(*value) == own)
        .peekable();
    // A number that was read is a place with a cotangent of its own.
    of_root.peek().is_some()
        && of_root.all(|value| window.places.contains(&value))
        && steps.iter().any(|step| {
            step.places()
                .iter()
                .any(|place| window.places.contains(place))
        })
}

/// Calls `visit` for each reversed loop.
fn loops<'a, 'f>(steps: &'a [Step<'f>], visit: &mut impl FnMut(&'f Op, &'a [Step<'f>])) {
    for step in steps {
        match step {
            Step::Loop { op, steps, .. } => {
                visit(op, steps);
                loops(steps, visit);
            }
            Step::Branch {
                then, otherwise, ..
            } => {
                loops(then, visit);
                loops(otherwise, visit);
            }
            _ => {}
        }
    }
}

/// An index as it is in the first round.
fn start(reader: &Reader<'_, '_, '_>, walk: &Walk, op: &Op, value: Value) -> TokenStream {
    if value == walk.item {
        return mixed("first").to_token_stream();
    }
    let index = reader.sweeps.index;
    let Kind::For { body, .. } = &op.kind else {
        unreachable!("a loop walks")
    };
    let is_inside = index.home(value) == index.id(body);
    match index.definition(value).map(|op| &op.kind) {
        Some(Kind::Binary(operator, a, b)) if is_inside => {
            let (a, b) = (
                start(reader, walk, op, a.value),
                start(reader, walk, op, b.value),
            );
            quote!((#a #operator #b))
        }
        _ => reader.read_value(value),
    }
}
