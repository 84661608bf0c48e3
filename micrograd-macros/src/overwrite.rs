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

/// Whether the first that a region does to memory is to write all of it, without a look at what was there.
pub fn is_written_first(region: &Region, memory: Value, length: Value) -> bool {
    let touches = |op: &&Op| {
        let mut found = mentions(op, memory);
        for inner in op.kind.regions() {
            inner.visit(&mut |op| found |= mentions(op, memory));
        }
        found
    };
    let Some(first) = region.ops.iter().find(touches) else {
        return false;
    };
    let mut reads = false;
    for inner in first.kind.regions() {
        // What has to do with all of it may read any element.
        let is_element = |op: &Op| matches!(&op.kind, Kind::Index(base, _) if *base == memory);
        inner.visit(&mut |op| reads |= mentions(op, memory) && !is_element(op));
        let is_place = |value: Value| {
            let mut found = false;
            inner.visit(&mut |op| found |= op.results.contains(&value) && mentions(op, memory));
            found
        };
        inner.visit(&mut |op| {
            let stores = matches!(op.kind, Kind::Store(..));
            let operands = op.kind.operands().into_iter().skip(usize::from(stores));
            reads |= operands.into_iter().any(|operand| is_place(operand.value));
        });
    }
    !reads && overwrites(&region.ops, first, memory, length)
}

/// Whether a value is an operand.
pub fn mentions(op: &Op, value: Value) -> bool {
    (op.kind.operands().iter()).any(|operand| operand.value == value)
}
