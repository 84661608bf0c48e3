//! Loops that write each element of memory.
//!
// In:   for i in 0..d { …; v[i] = …; … }        and v has the length d
// Out:  whether it is such a loop

use crate::ir::{Kind, Op, Region, Value};

/// Whether an operation is a loop over all positions of memory of this length, each round of which stores an element; of
/// `around`, the range is known that it runs over.
pub fn overwrites(around: &[Op], op: &Op, memory: Value, length: Value) -> bool {
    let Some(body) = body_over_all(around, op, length) else {
        return false;
    };
    let item = body.args[0];
    let is_element = |place: &Value| {
        body.ops.iter().any(|op| {
            op.results.contains(place)
                && matches!(&op.kind, Kind::Index(base, index) if *base == memory && index.value == item)
        })
    };
    (body.ops.iter()).any(|op| matches!(&op.kind, Kind::Store(place, _) if is_element(place)))
}

/// The body of a loop over `0..length` that runs to its end.
fn body_over_all<'r>(around: &[Op], op: &'r Op, length: Value) -> Option<&'r Region> {
    let Kind::For {
        iterator: Some(iterator),
        body,
        exits: false,
        ..
    } = &op.kind
    else {
        return None;
    };
    let defined = |value: Value| around.iter().find(|op| op.results.contains(&value));
    let Kind::Range(start, end, syn::RangeLimits::HalfOpen(_)) = &defined(iterator.value)?.kind
    else {
        return None;
    };
    let from_zero = matches!(
        defined(start.value).map(|op| &op.kind),
        Some(Kind::Constant(tokens)) if ["0", "0usize"].contains(&tokens.to_string().as_str())
    );
    (from_zero && end.value == length).then_some(body)
}
