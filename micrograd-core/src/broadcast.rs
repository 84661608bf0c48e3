//! Broadcasting: one operation over all elements, with dimensions of length 1 stretched.
//!
//! As in Julia, [`broadcasted`](broadcasted()) computes nothing. It builds a [`Broadcasted`] that
//! borrows its operands and can itself be an operand; [`materialize`](materialize()) runs the whole
//! tree in one fused loop. So does its pullback: one pass over the elements of the result, which
//! evaluates the tree anew and accumulates into the cotangents of all leaves, stretched ones
//! included. Nothing is kept between the sweeps.
//!
//! The cotangent of a [`Broadcasted`] is the tuple of the cotangents of its operands.
//!
//! ```
//! use micrograd_core::broadcast::{Add, broadcasted, broadcasted_function, materialize};
//! use micrograd_core::rules::function::relu;
//! use nalgebra::{dmatrix, dvector};
//!
//! let (x, bias) = (dmatrix![1.0, -2.0; -3.0, 4.0], dvector![0.5, 1.0]);
//! let sum = broadcasted(Add, &x, &bias);
//! let activated = broadcasted_function(relu {}, &sum);
//! let (y, back) = materialize::pullback(&activated);
//! assert_eq!(y, dmatrix![1.5, 0.0; 0.0, 5.0]);
//!
//! let (((dx, dbias),),) = back(dmatrix![1.0, 1.0; 1.0, 1.0]);
//! assert_eq!(dx, dmatrix![1.0, 0.0; 0.0, 1.0]);
//! assert_eq!(dbias, dvector![1.0, 1.0]);
//! ```

/// Declares the marker of a function.
macro_rules! marker {
    ($name:ident) => {
        crate::function_value! {
            #[doc = concat!("The function [`", stringify!($name), "`](fn@", stringify!($name), ") as a value, and its rule.")]
            pub $name
        }
    };
}

mod leaf;
mod node;
mod operand;
mod operation;
mod sweep;

use std::ops::Deref;

pub use leaf::Array;
pub use node::{Binary, Unary};
pub use operand::{AdjointColumn, Broadcastable, Column, Operand, Shape};
pub use operation::{Add, Div, Elementwise, Mul, Operation, Sub};
pub use sweep::{Instantiated, copy, instantiate, materialize, unbroadcast};

use crate::{Differentiable, NoTangent, Tangent};

/// A broadcast that has not run yet.
///
/// `N` describes it: [`Unary`] or [`Binary`].
pub struct Broadcasted<'a, N: Operand> {
    node: N,
    operands: N::Borrowed<'a>,
}

/// Coerces to its description, the form in which a pullback takes an operand back.
impl<N: Operand> Deref for Broadcasted<'_, N> {
    type Target = N;
    #[inline(always)]
    fn deref(&self) -> &N {
        &self.node
    }
}

impl<N: Operand> Differentiable for Broadcasted<'_, N> {
    type Tangent = N::Tangent;
    type Accumulator = N::Tangent;
    type Base = Self;

    #[inline(always)]
    fn base(&self) -> &Self {
        self
    }
    fn zero_tangent(&self) -> N::Tangent {
        N::zero_tangent(&self.operands)
    }
    #[inline(always)]
    fn accumulator(&self) -> N::Tangent {
        Tangent::shapeless()
    }
    #[inline(always)]
    fn fit(&self, accumulator: &mut N::Tangent) {
        N::fit(&self.operands, accumulator);
    }
}

impl<N: Operand> Broadcastable for Broadcasted<'_, N> {
    type Operand = N;
    #[inline(always)]
    fn operand(&self) -> N::Borrowed<'_> {
        N::reborrow(&self.operands)
    }
}

/// `operation` over all pairs of elements, not run yet: see [`materialize`](materialize()).
///
/// The operands are numbers, matrices, vectors, views or other broadcasts.
#[inline(always)]
pub fn broadcasted<'a, F, A, B>(
    operation: F,
    a: &'a A,
    b: &'a B,
) -> Broadcasted<'a, Binary<F, A::Operand, B::Operand>>
where
    A: Broadcastable,
    B: Broadcastable<Operand: Operand<Element = <A::Operand as Operand>::Element>>,
    F: Operation<<A::Operand as Operand>::Element>,
{
    let operands = (operation, a.operand(), b.operand());
    Broadcasted {
        node: Binary::new(),
        operands,
    }
}
marker!(broadcasted);

/// The pullback of [`broadcasted`](broadcasted()). A function pointer, for an opaque type would have
/// the lifetimes of the operands.
pub type PullbackBroadcasted<F, A, B> = fn(
    &mut (<A as Operand>::Tangent, <B as Operand>::Tangent),
    &F,
    &mut NoTangent,
    &A,
    &mut <A as Operand>::Tangent,
    &B,
    &mut <B as Operand>::Tangent,
);

impl broadcasted {
    /// `ΔA = Δz.0`, `ΔB = Δz.1`: the work is done where the broadcast is materialized.
    #[expect(clippy::type_complexity)]
    #[inline(always)]
    pub fn rrule<'a, F, A, B>(
        operation: &F,
        a: &'a A,
        b: &'a B,
    ) -> (
        Broadcasted<'a, Binary<F, A::Operand, B::Operand>>,
        PullbackBroadcasted<F, A::Operand, B::Operand>,
    )
    where
        A: Broadcastable,
        B: Broadcastable<Operand: Operand<Element = <A::Operand as Operand>::Element>>,
        F: Operation<<A::Operand as Operand>::Element>,
    {
        (
            broadcasted(*operation, a, b),
            #[inline(always)]
            |dz, _, _, _, da, _, db| {
                da.absorb(std::mem::replace(&mut dz.0, Tangent::shapeless()));
                db.absorb(std::mem::replace(&mut dz.1, Tangent::shapeless()));
            },
        )
    }

    /// The broadcast, and the cotangents of operation and operands by that of the broadcast.
    #[expect(clippy::type_complexity)]
    pub fn pullback<'a, F, A, B>(
        operation: F,
        a: &'a A,
        b: &'a B,
    ) -> (
        Broadcasted<'a, Binary<F, A::Operand, B::Operand>>,
        impl Fn((A::Tangent, B::Tangent)) -> (NoTangent, A::Tangent, B::Tangent) + use<F, A, B>,
    )
    where
        A: Broadcastable,
        B: Broadcastable<Operand: Operand<Element = <A::Operand as Operand>::Element>>,
        F: Operation<<A::Operand as Operand>::Element>,
    {
        (broadcasted(operation, a, b), |(da, db)| (NoTangent, da, db))
    }
}

/// `function` over all elements, not run yet: see [`materialize`](materialize()).
#[inline(always)]
pub fn broadcasted_function<F, A>(function: F, a: &A) -> Broadcasted<'_, Unary<F, A::Operand>>
where
    A: Broadcastable,
    F: Elementwise<<A::Operand as Operand>::Element>,
{
    Broadcasted {
        node: Unary::new(),
        operands: (function, a.operand()),
    }
}
marker!(broadcasted_function);

/// The pullback of [`broadcasted_function`](broadcasted_function()).
pub type PullbackBroadcastedFunction<F, A> =
    fn(&mut (<A as Operand>::Tangent,), &F, &mut NoTangent, &A, &mut <A as Operand>::Tangent);

impl broadcasted_function {
    /// `ΔA = Δz.0`: the work is done where the broadcast is materialized.
    #[expect(clippy::type_complexity)]
    #[inline(always)]
    pub fn rrule<'a, F, A>(
        function: &F,
        a: &'a A,
    ) -> (
        Broadcasted<'a, Unary<F, A::Operand>>,
        PullbackBroadcastedFunction<F, A::Operand>,
    )
    where
        A: Broadcastable,
        F: Elementwise<<A::Operand as Operand>::Element>,
    {
        (
            broadcasted_function(*function, a),
            #[inline(always)]
            |dz, _, _, _, da| da.absorb(std::mem::replace(&mut dz.0, Tangent::shapeless())),
        )
    }

    /// The broadcast, and the cotangents of function and operand by that of the broadcast.
    #[expect(clippy::type_complexity)]
    pub fn pullback<'a, F, A>(
        function: F,
        a: &'a A,
    ) -> (
        Broadcasted<'a, Unary<F, A::Operand>>,
        impl Fn((A::Tangent,)) -> (NoTangent, A::Tangent) + use<F, A>,
    )
    where
        A: Broadcastable,
        F: Elementwise<<A::Operand as Operand>::Element>,
    {
        (broadcasted_function(function, a), |(da,)| (NoTangent, da))
    }
}
