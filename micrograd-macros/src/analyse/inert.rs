//! Which values surely have no tangent, by their declared types and by literals: an integer literal is
//! never a float. What such a value is assigned, or meets where branches join, is of the same type.

use crate::ir::{carried, Function, Kind, Op, Value};
use proc_macro2::TokenStream;
use syn::Lit;

/// For each value whether it surely has no tangent.
pub(super) fn inert(function: &Function) -> Vec<bool> {
    let definitions = function.definitions.iter();
    let declared = |ty: &syn::Type| crate::signature::is_inert(ty);
    let mut inert: Vec<bool> = definitions
        .map(|definition| definition.ty.as_ref().is_some_and(declared))
        .collect();
    loop {
        let mut changed = false;
        function.body.visit(&mut |op| {
            for group in groups(op) {
                let known = is_literal(op) || group.iter().any(|value| inert[value.0]);
                for value in group {
                    changed |= known && !inert[value.0];
                    inert[value.0] |= known;
                }
            }
        });
        if !changed {
            return inert;
        }
    }
}

fn is_literal(op: &Op) -> bool {
    let Kind::Constant(tokens) = &op.kind else {
        return false;
    };
    is_inert_literal(tokens)
}

fn is_inert_literal(tokens: &TokenStream) -> bool {
    match syn::parse2::<Lit>(tokens.clone()) {
        Ok(Lit::Int(int)) => !int.suffix().starts_with('f'),
        Ok(Lit::Bool(_) | Lit::Char(_) | Lit::Str(_)) => true,
        _ => false,
    }
}

/// Values that an operation gives one type.
fn groups(op: &Op) -> Vec<Vec<Value>> {
    match &op.kind {
        Kind::Constant(_) => vec![op.results.clone()],
        Kind::If {
            then, otherwise, ..
        } => (op.results.iter().enumerate())
            .map(|(index, result)| {
                let yields = [then, otherwise].map(|region| region.yields.get(index));
                let yields = yields.into_iter().flatten().map(|operand| operand.value);
                std::iter::once(*result).chain(yields).collect()
            })
            .collect(),
        Kind::For {
            inits, body, exits, ..
        } => {
            let next = carried(&body.yields, *exits).iter();
            let own = inits.iter().zip(&body.args[1..]).zip(&op.results);
            let mut next = next.map(|operand| operand.value);
            own.map(|((init, arg), result)| {
                let next = next.next();
                [init.value, *arg, *result]
                    .into_iter()
                    .chain(next)
                    .collect()
            })
            .collect()
        }
        Kind::Slot(a) | Kind::Store(_, a) => {
            let place = match &op.kind {
                Kind::Store(place, _) => *place,
                _ => op.results[0],
            };
            vec![vec![place, a.value]]
        }
        Kind::Load(place) | Kind::Snapshot(place) => vec![vec![op.results[0], *place]],
        Kind::Settled { memory, .. } => vec![vec![op.results[0], *memory]],
        _ => vec![],
    }
}
