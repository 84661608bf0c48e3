//! The statements of a reverse sweep.

use crate::ir::{Member, Op, Operand, Rearrangement, Value};
use syn::{Ident, Type};

/// The cotangent of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cotangent {
    /// Its own accumulator.
    Own(Value),
    /// The place inside the cotangent of the value it is a part of.
    Place(Value),
}

impl Cotangent {
    /// The value or place whose cotangent it is.
    pub fn value(self) -> Value {
        let (Cotangent::Own(value) | Cotangent::Place(value)) = self;
        value
    }
}

/// How a cotangent starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// The number zero.
    Number,
    /// An array of zeros.
    Array,
    /// A zero that takes the shape of what is added first.
    Shapeless,
    /// The same, of a type that the forward sweep has kept.
    Typed(Value),
    /// The zero of a value that the forward sweep has kept.
    Like(Value),
    /// A zero of the value's shape, since parts of it are added to.
    Shaped,
}

/// A statement of the reverse sweep.
pub enum Step<'f> {
    /// `let Δvalue = 0`.
    Zero(Value, Zero),
    /// `Δto += Δ`, the cotangent that the pullback was called with.
    Seed(Cotangent),
    /// `Δto += Δfrom`, or `-=`; `Δfrom` is not used again if `last`.
    Add {
        to: Cotangent,
        from: Cotangent,
        negative: bool,
        last: bool,
    },
    /// `Δto += Δfrom * factor`, for numbers.
    Scale {
        to: Cotangent,
        from: Value,
        factor: Value,
    },
    /// `Δto += Δfrom / divisor`, for numbers.
    Divide {
        to: Cotangent,
        from: Value,
        divisor: Value,
    },
    /// `Δto -= Δfrom * from²`, of `from = 1 / to`.
    Reciprocal { to: Cotangent, from: Value },
    /// `Δto -= Δfrom * dividend / divisor²`, for numbers.
    DivideSquared {
        to: Cotangent,
        from: Value,
        dividend: Value,
        divisor: Value,
    },
    /// The rule of a method of numbers whose derivative is had from its result.
    FromResult {
        method: &'f Ident,
        to: Cotangent,
        from: Value,
    },
    /// One half of an operator's rule, which reads both operands.
    Operator {
        rule: &'static str,
        a: Operand,
        b: Operand,
        to: Cotangent,
        from: Value,
    },
    /// One half of an operator's rule, which reads what was kept of the operands.
    Residual {
        side: &'static str,
        residual: Value,
        to: Cotangent,
        from: Value,
    },
    /// The rule of `a as ty`.
    Cast {
        a: Operand,
        ty: &'f Type,
        to: Cotangent,
        from: Value,
    },
    /// A call of the pullback that a rule returned.
    Pullback {
        back: Value,
        from: Option<Value>,
        call: &'f Op,
        args: Vec<Handed>,
        /// Whether the result is an option, which has a pullback only where there is a success.
        kept: bool,
    },
    /// `Δto += Δfrom.member`.
    Part {
        to: Cotangent,
        from: Value,
        member: Member,
        /// The name of the part, if it is one of a variant.
        variant: Option<String>,
    },
    /// `Δto += Δfrom`, but for the members that were given.
    Rest {
        to: Cotangent,
        from: Value,
        members: Vec<Member>,
    },
    /// `Δto += Δfrom[index]`.
    Element {
        to: Cotangent,
        from: Value,
        index: usize,
    },
    /// `Δto += Σ Δfrom[i]`.
    Sum { to: Cotangent, from: Value },
    /// `Δto += Δplace; Δplace = 0`: what was stored at a place is overwritten before.
    Take {
        to: Option<Cotangent>,
        place: Cotangent,
        /// The zero of the value that was there before, which may have had another shape; numbers
        /// need none.
        shape: Option<Value>,
    },
    /// `Δto += Δplace`: what was added to a place. The place keeps its cotangent.
    AddPlace {
        to: Cotangent,
        place: Cotangent,
        negative: bool,
    },
    /// `Δto += Δplace.pop()`.
    Pop {
        to: Option<Cotangent>,
        place: Cotangent,
    },
    /// `Δplace.push(Δfrom)`, or a zero if the element does not matter.
    PutBack {
        from: Option<Value>,
        place: Cotangent,
        /// The zero of the element; numbers need none.
        shape: Option<Value>,
    },
    /// `Δplace` grows by the zeros of the elements that were dropped.
    Extend { place: Cotangent, zeros: Value },
    /// The cotangents of two places change places.
    Swap { a: Cotangent, b: Cotangent },
    /// The elements of `Δplace` go back to where they were.
    Rearrange {
        place: Cotangent,
        rearrangement: &'f Rearrangement,
    },
    /// `Δto +=` the cotangent of the element that the loop collected in this iteration.
    Collected(Cotangent),
    /// `Δto +=` what is inside `Some(Δfrom)`, if anything is.
    Present { to: Cotangent, from: Value },
    /// `Δto += Some(Δfrom)`.
    Unwrap { to: Cotangent, from: Value },
    /// The reverse of an `if`.
    Branch {
        op: &'f Op,
        then: Vec<Step<'f>>,
        otherwise: Vec<Step<'f>>,
    },
    /// The reverse of a loop; the carried cotangents are those of its results.
    Loop {
        op: &'f Op,
        steps: Vec<Step<'f>>,
        carried: Vec<(Value, Value)>,
        /// Sums of what all iterations add to one place, and the places.
        sums: Vec<(Value, Value)>,
    },
}

/// An argument as it is handed back to a pullback.
pub struct Handed {
    /// The argument.
    pub operand: Operand,
    /// Where its cotangent goes; `None` if it does not matter.
    pub to: Option<Cotangent>,
    /// Whether it needs an accumulator of its own, because another argument shares memory with it.
    pub separate: bool,
}
