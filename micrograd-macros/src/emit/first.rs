//! First contributions: a cotangent that is handed what it starts with needs no zero before.

use super::reverse::Reverse;
use crate::adjoint::{Cotangent, Step, Zero};
use crate::ir::Value;
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::{HashMap, HashSet};

/// Which statements of a list give a cotangent its first contribution.
#[derive(Default)]
pub(super) struct Firsts {
    /// The statements that would make a zero.
    zeros: HashSet<usize>,
    /// The statements that bind the cotangent instead, and how it would have started.
    firsts: HashMap<usize, Zero>,
}

impl Firsts {
    /// Whether no zero is made at a position.
    pub(super) fn spares(&self, position: usize) -> bool {
        self.zeros.contains(&position)
    }

    /// How the cotangent would have started that is bound at a position.
    pub(super) fn at(&self, position: usize) -> Option<Zero> {
        self.firsts.get(&position).copied()
    }
}

impl Reverse<'_, '_, '_> {
    // In:   Δ%1 = 0;  …;  Δ%1 += Δ%2
    // Out:  …;  let Δ%1 = Δ%2
    pub(super) fn firsts(&self, steps: &[&Step<'_>]) -> Firsts {
        let index = self.sweeps().index;
        let seeds = steps.iter().filter(|step| matches!(step, Step::Seed(_)));
        let is_one_seed = seeds.count() == 1;
        let mut firsts = Firsts::default();
        let mut untouched: HashMap<Value, (usize, Zero)> = HashMap::new();
        for (position, step) in steps.iter().enumerate() {
            match step {
                Step::Zero(_, Zero::Number | Zero::Like(_)) => {}
                Step::Zero(value, _) if self.seeded == Some(*value) => {}
                Step::Zero(value, zero) => {
                    untouched.insert(*value, (position, *zero));
                }
                _ => {
                    let bound = self
                        .first(step)
                        .filter(|_| is_one_seed || !matches!(step, Step::Seed(_)));
                    if let Some((zero_at, zero)) = bound.and_then(|value| untouched.remove(&value))
                    {
                        firsts.zeros.insert(zero_at);
                        firsts.firsts.insert(position, zero);
                    }
                    if !untouched.is_empty() {
                        step.touch(&mut |value| {
                            untouched.remove(&value);
                            untouched.remove(&index.root(value).0);
                        });
                    }
                }
            }
        }
        firsts
    }

    /// The value whose whole cotangent a statement hands over, of the same type as what it adds to.
    fn first(&self, step: &Step<'_>) -> Option<Value> {
        match step {
            Step::Seed(Cotangent::Own(value)) => Some(*value),
            Step::Add {
                to: Cotangent::Own(value),
                from: Cotangent::Own(from),
                last: true,
                ..
            } => (!self.params.contains(from)).then_some(*value),
            Step::Pop {
                to: Some(Cotangent::Own(value)),
                place,
            }
            | Step::Take {
                to: Some(Cotangent::Own(value)),
                place,
                shape: Some(_),
            } => (!self.is_in_field(place.value())).then_some(*value),
            _ => None,
        }
    }

    /// A statement that hands over the first contribution to a cotangent.
    // Out:  let mut d_a = d_b;
    pub(super) fn begin(&self, step: &Step<'_>, zero: Zero) -> TokenStream {
        let (to, first) = match step {
            Step::Seed(to) => {
                let seed = &self.seed;
                let first =
                    quote!(::core::mem::replace(#seed, ::micrograd_core::Tangent::shapeless()));
                (to, first)
            }
            Step::Add { to, from, .. } => (to, self.own(from.value())),
            Step::Take {
                to: Some(to),
                place,
                shape: Some(shape),
            } => {
                let (place, shape) = (self.target(place), self.reader().read_reference(*shape));
                (
                    to,
                    quote!(::core::mem::replace(#place, ::core::clone::Clone::clone(#shape))),
                )
            }
            Step::Pop {
                to: Some(to),
                place,
            } => {
                let (place, zero) = (self.lvalue(place), self.zero(to.value(), zero));
                (to, quote!((#place).pop().unwrap_or_else(|| #zero)))
            }
            _ => unreachable!("a statement that hands over a cotangent"),
        };
        let ident = self.variable(to.value());
        // The zero would have told the type.
        let first = match zero {
            Zero::Shaped => {
                let value = self.argument(to.value());
                quote!(::micrograd_core::emitted::shaped(#value, #first))
            }
            Zero::Array | Zero::Typed(_) => {
                let zero = self.zero(to.value(), zero);
                quote!(::micrograd_core::emitted::instead_of(#zero, #first))
            }
            Zero::Number | Zero::Shapeless | Zero::Like(_) => first,
        };
        quote!(let mut #ident = #first;)
    }
}
