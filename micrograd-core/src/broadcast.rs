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
//! let (y, back) = materialize::pullback(&broadcasted_function(relu {}, &sum));
//! assert_eq!(y, dmatrix![1.5, 0.0; 0.0, 5.0]);
//!
//! let (((dx, dbias),),) = back(dmatrix![1.0, 1.0; 1.0, 1.0]);
//! assert_eq!(dx, dmatrix![1.0, 0.0; 0.0, 1.0]);
//! assert_eq!(dbias, dvector![1.0, 1.0]);
//! ```

mod operand;
mod operation;

use std::ops::Deref;

use nalgebra::{DMatrix, DefaultAllocator, Dim, OMatrix, allocator::Allocator};

pub use operand::{
    AdjointColumn, Array, Binary, Broadcastable, Column, Operand, Shape, Unary,
};
pub use operation::{Add, Div, Elementwise, Mul, Operation, Sub};

use crate::rules::scalar::Scalar;
use crate::{Accumulate, Differentiable, NoTangent, Tangent};

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
        Tangent::zero()
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

/// Declares the marker of a function.
macro_rules! marker {
    ($name:ident) => {
        #[doc = concat!("The function [`", stringify!($name), "`](fn@", stringify!($name), ") as a value, and its rule.")]
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name {}

        crate::no_tangent!($name);
    };
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
    Broadcasted { node: Binary::new(), operands }
}
marker!(broadcasted);

/// The pullback of [`broadcasted`](broadcasted()). A function pointer, for an opaque type would have
/// the lifetimes of the operands.
pub type PullbackBroadcasted<F, A, B> = fn(
    &(<A as Operand>::Tangent, <B as Operand>::Tangent),
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
                da.accumulate(&dz.0);
                db.accumulate(&dz.1);
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
    Broadcasted { node: Unary::new(), operands: (function, a.operand()) }
}
marker!(broadcasted_function);

/// The pullback of [`broadcasted_function`](broadcasted_function()).
pub type PullbackBroadcastedFunction<F, A> = fn(
    &(<A as Operand>::Tangent,),
    &F,
    &mut NoTangent,
    &A,
    &mut <A as Operand>::Tangent,
);

impl broadcasted_function {
    /// `ΔA = Δz.0`: the work is done where the broadcast is materialized.
    #[expect(clippy::type_complexity)]
    #[inline(always)]
    pub fn rrule<'a, F, A>(
        function: &F,
        a: &'a A,
    ) -> (Broadcasted<'a, Unary<F, A::Operand>>, PullbackBroadcastedFunction<F, A::Operand>)
    where
        A: Broadcastable,
        F: Elementwise<<A::Operand as Operand>::Element>,
    {
        (
            broadcasted_function(*function, a),
            #[inline(always)]
            |dz, _, _, _, da| da.accumulate(&dz.0),
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

/// A broadcast whose shape is known and checked.
pub struct Instantiated<'a, N: Operand> {
    operand: N::Borrowed<'a>,
    shape: Shape,
}

/// Finds the common shape of all arrays in a broadcast.
///
/// # Panics
/// If there is none: `DimensionMismatch: …`, with both shapes.
#[track_caller]
pub fn instantiate<'a, N: Operand>(broadcasted: &'a Broadcasted<'_, N>) -> Instantiated<'a, N> {
    Instantiated { operand: N::reborrow(&broadcasted.operands), shape: N::shape(&broadcasted.operands) }
}

/// Runs a broadcast, in one loop over the elements of the result.
pub fn copy<N: Operand>(instantiated: &Instantiated<'_, N>) -> DMatrix<N::Element> {
    fn elements<N: Operand, const STRETCHED: bool>(
        operand: &N::Borrowed<'_>,
        (rows, columns): Shape,
    ) -> Vec<N::Element> {
        let mut elements = Vec::with_capacity(rows * columns);
        for j in 0..columns {
            let column = N::column::<STRETCHED>(operand, j, rows);
            elements.extend((0..rows).map(|i| column.at(i)));
        }
        elements
    }

    let Instantiated { operand, shape } = instantiated;
    let (walk, stretched) = walk::<N>(operand, *shape);
    let elements = if stretched {
        elements::<N, true>(operand, walk)
    } else {
        elements::<N, false>(operand, walk)
    };
    DMatrix::from_vec(shape.0, shape.1, elements)
}

/// The matrix that a broadcast stands for: [`copy`] of [`instantiate`].
///
/// # Panics
/// If the arrays in it cannot be broadcast to a common shape.
///
/// ```should_panic
/// use micrograd_core::broadcast::{Add, broadcasted, materialize};
/// use nalgebra::DMatrix;
/// let (a, b) = (DMatrix::<f64>::zeros(3, 1), DMatrix::zeros(4, 2));
/// materialize(&broadcasted(Add, &a, &b)); // … lengths 3 and 4 (shapes 3×1 and 4×2)
/// ```
#[track_caller]
pub fn materialize<N: Operand>(broadcasted: &Broadcasted<'_, N>) -> DMatrix<N::Element> {
    copy(&instantiate(broadcasted))
}
marker!(materialize);

impl materialize {
    /// `ΔZ` is passed down the tree element by element, into the cotangents of all leaves.
    #[expect(clippy::type_complexity)]
    #[track_caller]
    pub fn rrule<N: Operand>(
        broadcasted: &Broadcasted<'_, N>,
    ) -> (
        DMatrix<N::Element>,
        impl Fn(&DMatrix<N::Element>, &Broadcasted<'_, N>, &mut N::Tangent) + use<N>,
    ) {
        (
            materialize(broadcasted),
            |dz: &DMatrix<N::Element>, broadcasted: &Broadcasted<'_, N>, tangent: &mut N::Tangent| {
                accumulate::<N>(dz, &broadcasted.operands, tangent);
            },
        )
    }

    /// The matrix, and the cotangent of the broadcast by that of the matrix.
    #[expect(clippy::type_complexity)]
    #[track_caller]
    pub fn pullback<'a, N: Operand>(
        broadcasted: &'a Broadcasted<'_, N>,
    ) -> (DMatrix<N::Element>, impl Fn(DMatrix<N::Element>) -> (N::Tangent,) + use<'a, N>) {
        let operand = N::reborrow(&broadcasted.operands);
        (materialize(broadcasted), move |dz| {
            let mut tangent = N::Tangent::zero();
            N::fit(&operand, &mut tangent);
            accumulate::<N>(&dz, &operand, &mut tangent);
            (tangent,)
        })
    }
}

// Out:  for each element: leaves are read, the tree is evaluated, Δ leaf += …
fn accumulate<N: Operand>(
    dz: &DMatrix<N::Element>,
    operand: &N::Borrowed<'_>,
    tangent: &mut N::Tangent,
) {
    fn sweep<N: Operand, const STRETCHED: bool>(
        dz: &[N::Element],
        operand: &N::Borrowed<'_>,
        tangent: &mut N::Tangent,
        (rows, columns): Shape,
    ) {
        for j in 0..columns {
            let dz = &dz[j * rows..][..rows];
            let mut column = N::adjoint_column::<STRETCHED>(operand, tangent, j, rows);
            for (i, &dz) in dz.iter().enumerate() {
                column.pull(i, |_| dz);
            }
            column.finish();
        }
    }

    if dz.is_empty() {
        return;
    }
    N::fit(operand, tangent);
    let (walk, stretched) = walk::<N>(operand, dz.shape());
    if stretched {
        sweep::<N, true>(dz.as_slice(), operand, tangent, walk);
    } else {
        sweep::<N, false>(dz.as_slice(), operand, tangent, walk);
    }
}

/// The rows and columns to loop over, and whether an array has to be stretched to those rows.
///
/// Arrays that all have the shape of the result are one long column.
fn walk<N: Operand>(operand: &N::Borrowed<'_>, (rows, columns): Shape) -> (Shape, bool) {
    if N::fills(operand, (rows, columns)) {
        ((rows * columns, 1), false)
    } else {
        ((rows, columns), !N::fills_rows(operand, rows))
    }
}

/// The sum of `dz` over the dimensions in which `shape` has length 1: the adjoint of stretching.
///
/// # Panics
/// If a matrix of that shape cannot be stretched to the shape of `dz`.
///
/// ```
/// use micrograd_core::broadcast::unbroadcast;
/// use nalgebra::dmatrix;
/// let dz = dmatrix![1.0, 2.0; 3.0, 4.0];
/// assert_eq!(unbroadcast(&dz, (2, 1)), dmatrix![3.0; 7.0]);
/// assert_eq!(unbroadcast(&dz, (1, 2)), dmatrix![4.0, 6.0]);
/// ```
#[track_caller]
pub fn unbroadcast<T, R, C>(dz: &OMatrix<T, R, C>, shape: Shape) -> DMatrix<T>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    let ((rows, columns), (to_rows, to_columns)) = (dz.shape(), shape);
    assert!(
        (to_rows == 1 || to_rows == rows) && (to_columns == 1 || to_columns == columns),
        "DimensionMismatch: a cotangent of shape {rows}×{columns} does not come from an array of \
         shape {to_rows}×{to_columns}"
    );
    let mut sum = DMatrix::zeros(to_rows, to_columns);
    for j in 0..columns {
        for i in 0..rows {
            let to = (if to_rows == 1 { 0 } else { i }, if to_columns == 1 { 0 } else { j });
            sum[to] += dz[(i, j)];
        }
    }
    sum
}
