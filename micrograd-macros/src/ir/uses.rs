//! What operations use and hold: their operands, their regions, and walks over them. In comes an operation or a region, out
//! go values and operations.
//!
//! A pass that asks for the operands of every kind alike asks here, and need not know a new kind.

use super::{Kind, Op, Operand, Rearrangement, Region, Value};
use std::collections::HashSet;

impl Kind {
    /// The operands of this operation itself, without those inside its regions.
    ///
    /// The base of a place counts as borrowed.
    pub fn operands(&self) -> Vec<Operand> {
        match self {
            Kind::Constant(_) => vec![],
            Kind::Neg(a) | Kind::Not(a) | Kind::Cast(a, _) => vec![*a],
            Kind::Present(a) | Kind::Unwrap(a, _) => vec![*a],
            Kind::Lambda(lambda) => {
                let args = lambda.args.iter().flatten();
                let lent = args.map(|arg| Operand::by_reference(arg.value));
                std::iter::once(lambda.captures).chain(lent).collect()
            }
            Kind::Binary(_, a, b) | Kind::Range(a, b, _) | Kind::Repeat(a, b, _) => vec![*a, *b],
            Kind::Field(base, _)
            | Kind::Deref(base)
            | Kind::Payload(base, _)
            | Kind::Load(base)
            | Kind::Snapshot(base) => {
                vec![Operand::by_reference(*base)]
            }
            Kind::Settled { memory, .. } => vec![Operand::by_reference(*memory)],
            Kind::Slot(a) => vec![*a],
            Kind::Store(place, a) | Kind::Push(place, a) => vec![Operand::by_reference(*place), *a],
            Kind::Index(base, index) => vec![Operand::by_reference(*base), *index],
            Kind::Pop(place) => vec![Operand::by_reference(*place)],
            Kind::Truncate(place, n) => vec![Operand::by_reference(*place), *n],
            Kind::Swap(a, b) => vec![Operand::by_reference(*a), Operand::by_reference(*b)],
            Kind::Rearrange(place, rearrangement) => {
                let place = Operand::by_reference(*place);
                std::iter::once(place)
                    .chain(rearrangement.operand())
                    .collect()
            }
            Kind::Tuple(elements) | Kind::Array(elements, _) => elements.clone(),
            Kind::Plain(plain) | Kind::PlainValue(plain) => {
                plain.captures.iter().map(|(_, operand)| *operand).collect()
            }
            Kind::Matches(a, _) => vec![*a],
            Kind::Struct { fields, rest, .. } => {
                let fields = fields.iter().map(|(_, operand)| *operand);
                fields.chain(*rest).collect()
            }
            Kind::Call(call) => call.args.clone(),
            Kind::If { condition, .. } => vec![*condition],
            Kind::For {
                iterator, inits, ..
            } => iterator.iter().chain(inits).copied().collect(),
        }
    }

    /// Whether it makes an aggregate, or reads a place: no rule tells the type of the cotangent of what it gives.
    pub fn is_aggregate_or_read(&self) -> bool {
        matches!(
            self,
            Kind::Tuple(_)
                | Kind::Array(..)
                | Kind::Repeat(..)
                | Kind::Struct { .. }
                | Kind::Slot(_)
                | Kind::Field(..)
                | Kind::Index(..)
                | Kind::Deref(_)
                | Kind::Payload(..)
                | Kind::Load(_)
                | Kind::Snapshot(_)
                | Kind::Settled { .. }
        )
    }

    /// The regions this operation owns.
    pub fn regions(&self) -> Vec<&Region> {
        match self {
            Kind::If {
                then, otherwise, ..
            } => vec![then, otherwise],
            Kind::For { body, .. } => vec![body],
            Kind::Constant(_)
            | Kind::Neg(_)
            | Kind::Not(_)
            | Kind::Binary(..)
            | Kind::Cast(..)
            | Kind::Field(..)
            | Kind::Index(..)
            | Kind::Deref(_)
            | Kind::Payload(..)
            | Kind::Slot(_)
            | Kind::Load(_)
            | Kind::Snapshot(_)
            | Kind::Settled { .. }
            | Kind::Store(..)
            | Kind::Push(..)
            | Kind::Pop(_)
            | Kind::Truncate(..)
            | Kind::Swap(..)
            | Kind::Rearrange(..)
            | Kind::Tuple(_)
            | Kind::Array(..)
            | Kind::Repeat(..)
            | Kind::Struct { .. }
            | Kind::Range(..)
            | Kind::Call(_)
            | Kind::Plain(_)
            | Kind::PlainValue(_)
            | Kind::Matches(..)
            | Kind::Present(_)
            | Kind::Unwrap(..)
            | Kind::Lambda(_) => vec![],
        }
    }

    /// Whether this defines a place inside another value.
    pub fn is_place(&self) -> bool {
        matches!(
            self,
            Kind::Field(..)
                | Kind::Index(..)
                | Kind::Deref(_)
                | Kind::Payload(..)
                | Kind::Snapshot(_)
                | Kind::Settled { .. }
        )
    }
}

impl Rearrangement {
    /// What it reads.
    pub fn operand(&self) -> Option<Operand> {
        match self {
            Rearrangement::Reverse => None,
            Rearrangement::RotateLeft(a)
            | Rearrangement::RotateRight(a)
            | Rearrangement::Order(a) => Some(*a),
        }
    }
}

impl Region {
    /// All that is defined in it, the arguments of regions included.
    pub fn defined(&self) -> HashSet<Value> {
        let mut defined: HashSet<Value> = self.args.iter().copied().collect();
        self.visit(&mut |op| {
            defined.extend(&op.results);
            for region in op.kind.regions() {
                defined.extend(&region.args);
            }
        });
        defined
    }

    /// Calls `visit` for each operation, those inside regions after the one that owns them.
    pub fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a Op)) {
        for op in &self.ops {
            visit(op);
            for region in op.kind.regions() {
                region.visit(visit);
            }
        }
    }
}

/// The carried values among the yields of a loop's body, and the element it collects after them.
pub fn carried(yields: &[Operand], exits: bool) -> &[Operand] {
    yields.get(usize::from(exits)..).unwrap_or_default()
}
