//! Integers that a loop adds to: the reverse sweep subtracts what was added, instead of keeping one number an iteration.
//!
// In:   %9 = for %4 in %3, %5 = 0 { %6 = n - %4;  …  %7 = %5 + %6; yield %7 }
// Out:  reverse, from %9:  %6 = n - %4;  %5 = %7 - %6

use crate::index::Index;
use crate::ir::{carried, Callee, Kind, Value};
use std::collections::BTreeSet;
use syn::{BinOp, Lit, Type};

/// How the reverse sweep gets what a loop carries from one iteration to the next.
pub struct Undone {
    /// The carried value, as an iteration finds it.
    pub arg: Value,
    /// What it is behind the loop.
    pub last: Value,
    /// What is to be added (`true`) or subtracted, in this order, to get back from what an iteration leaves.
    pub back: Vec<(bool, Value)>,
    /// What is computed for that from other values of the iteration.
    pub before: BTreeSet<Value>,
}

/// How `arg`, which a loop carries, is had from its next value; `None` if it must be kept.
///
/// Sums of floats are rounded; those of integers are exact, as far as the loop itself did not overflow.
pub fn undone(index: &Index<'_>, arg: Value) -> Option<Undone> {
    let home = index.home(arg);
    let owner = index.owner(home)?;
    let Kind::For { body, exits, .. } = &owner.kind else {
        return None;
    };
    let position = body
        .args
        .iter()
        .position(|other| *other == arg)?
        .checked_sub(1)?;
    if body.diverges || !is_integer(index, arg, 0) {
        return None;
    }
    let mut undone = Undone {
        arg,
        last: *owner.results.get(position)?,
        back: Vec::new(),
        before: BTreeSet::new(),
    };
    let mut value = carried(&body.yields, *exits).get(position)?.value;
    while value != arg {
        let op = index
            .definition(value)
            .filter(|_| index.home(value) == home)?;
        let (add, rest, other) = match &op.kind {
            Kind::Binary(BinOp::Add(_), a, b) if b.value == arg => (false, b.value, a.value),
            Kind::Binary(BinOp::Add(_), a, b) => (false, a.value, b.value),
            Kind::Binary(BinOp::Sub(_), a, b) => (true, a.value, b.value),
            _ => return None,
        };
        // Of other types `+` may mean anything.
        let are_numbers = index.is_number(value) && index.is_number(other);
        if !are_numbers || !is_independent(index, other, body.args[0], home, &mut undone.before) {
            return None;
        }
        undone.back.push((add, other));
        value = rest;
    }
    // What stays the same is no sum.
    (!undone.back.is_empty()).then_some(undone)
}

/// Whether a value is had in the reverse of an iteration before all that it carries.
fn is_independent(
    index: &Index<'_>,
    value: Value,
    item: Value,
    home: usize,
    before: &mut BTreeSet<Value>,
) -> bool {
    if index.home(value) != home || index.constant(value).is_some() {
        return true;
    }
    let Some(op) = index.definition(value) else {
        let exits = index.owner(home).map(|owner| &owner.kind);
        return value == item && matches!(exits, Some(Kind::For { exits: false, .. }));
    };
    let is_arithmetic = matches!(op.kind, Kind::Binary(..) | Kind::Cast(..) | Kind::Neg(_));
    let is_read = op.kind.is_place() && !index.is_memory(value) && index.is_number(value);
    let operands = op.kind.operands();
    let mut operands = operands.iter();
    before.insert(value);
    ((is_arithmetic && index.is_number(value)) || is_read)
        && operands.all(|operand| is_independent(index, operand.value, item, home, before))
}

/// Whether a value is surely an integer; `depth` counts the loops that lead to it.
fn is_integer(index: &Index<'_>, value: Value, depth: usize) -> bool {
    const DEEP: usize = 8;
    if depth > DEEP || !index.is_number(value) {
        return false;
    }
    let ty = index.function.definitions[value.0].ty.as_ref();
    if ty.is_some_and(is_integer_type) {
        return true;
    }
    let is_integer = |value| is_integer(index, value, depth + 1);
    let Some(op) = index.definition(value) else {
        // What a loop carries is what it starts with.
        let owner = index.owner(index.home(value)).map(|owner| &owner.kind);
        let Some(Kind::For { inits, body, .. }) = owner else {
            return false;
        };
        let position = body.args[1..].iter().position(|arg| *arg == value);
        let init = position.and_then(|position| inits.get(position));
        return init.is_some_and(|init| is_integer(init.value));
    };
    match &op.kind {
        Kind::Constant(tokens) => {
            let literal = tokens.to_string();
            let literal = literal.trim_start_matches('-').trim();
            matches!(syn::parse_str(literal), Ok(Lit::Int(_)))
        }
        Kind::Cast(_, ty) => is_integer_type(ty),
        Kind::Binary(
            BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_),
            a,
            b,
        ) => is_integer(a.value) || is_integer(b.value),
        Kind::Call(call) => {
            matches!(&call.callee, Callee::Method(name, _) if name == "len")
                && index.is_sequence(call.args[0].value)
        }
        Kind::For { inits, .. } => {
            let position = op.results.iter().position(|result| *result == value);
            let init = position.and_then(|position| inits.get(position));
            init.is_some_and(|init| is_integer(init.value))
        }
        _ => false,
    }
}

fn is_integer_type(ty: &Type) -> bool {
    const INTEGERS: [&str; 12] = [
        "usize", "u8", "u16", "u32", "u64", "u128", "isize", "i8", "i16", "i32", "i64", "i128",
    ];
    let Type::Path(path) = ty else {
        return false;
    };
    let ident = path.path.get_ident();
    ident.is_some_and(|ident| INTEGERS.iter().any(|integer| ident == integer))
}
