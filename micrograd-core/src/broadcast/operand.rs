//! What can stand in a broadcast: numbers, matrices, and broadcasts themselves.
//!
//! A tree of operands is read one column at a time. An array that has a single row or column where
//! the result has more is read with stride 0, and its cotangent is written with stride 0 as well,
//! which sums over the stretched dimension.

use nalgebra::DMatrix;

use crate::rules::scalar::Scalar;
use crate::{Differentiable, Tangent};

/// Rows and columns.
pub type Shape = (usize, usize);

/// The type of an operand without the lifetimes of its borrows.
///
/// A pullback names only this type, so it does not borrow what the primal borrowed, and takes operands
/// back in this form. Numbers and owned matrices stand for themselves, broadcasts are described by
/// [`Unary`](super::Unary) and [`Binary`](super::Binary).
pub trait Operand: 'static {
    /// The type of one element.
    type Element: Scalar;
    /// The type of the cotangent.
    type Tangent: Tangent;
    /// The operand as it is held in a [`Broadcasted`](super::Broadcasted).
    type Borrowed<'a>;

    /// The same with a shorter lifetime.
    fn reborrow<'a>(operand: &'a Self::Borrowed<'_>) -> Self::Borrowed<'a>;
    /// The zero tangent with its full shape.
    fn zero_tangent(operand: &Self::Borrowed<'_>) -> Self::Tangent;
    /// Gives every array of an accumulator its shape.
    fn fit(operand: &Self::Borrowed<'_>, tangent: &mut Self::Tangent);

    /// The shape, 1×1 for a number.
    ///
    /// # Panics
    /// If arrays within cannot be broadcast to a common shape.
    fn shape(operand: &Self::Borrowed<'_>) -> Shape;
    /// Accumulates a cotangent that is not needed any more, of the operand stretched to the cotangent's shape. Where
    /// the operand only adds arrays, one of that shape takes its memory.
    fn absorb(
        operand: &Self::Borrowed<'_>,
        dz: DMatrix<Self::Element>,
        tangent: &mut Self::Tangent,
    );
    /// Whether no array has to be stretched to that shape.
    fn fills(operand: &Self::Borrowed<'_>, shape: Shape) -> bool;
    /// Whether no array has to be stretched to that number of rows.
    fn fills_rows(operand: &Self::Borrowed<'_>, rows: usize) -> bool;

    /// Column `j` of the operand, stretched to `rows` rows.
    fn column<const STRETCHED: bool>(
        operand: &Self::Borrowed<'_>,
        j: usize,
        rows: usize,
    ) -> impl Column<Self::Element>;
    /// Column `j` of the operand together with that of its cotangent.
    fn adjoint_column<const STRETCHED: bool>(
        operand: &Self::Borrowed<'_>,
        tangent: &mut Self::Tangent,
        j: usize,
        rows: usize,
    ) -> impl AdjointColumn<Self::Element>;
}

/// One column of an operand.
pub trait Column<T> {
    /// The element in row `i`.
    fn at(&self, i: usize) -> T;
}

/// One column of an operand and of its cotangent.
pub trait AdjointColumn<T> {
    /// Passes the element in row `i` on, and adds the cotangent that comes back for it.
    fn pull(&mut self, i: usize, rest: impl FnOnce(T) -> T);
    /// Ends the column.
    fn finish(self);
}

/// What can be handed to [`broadcasted`](super::broadcasted()), also behind references.
pub trait Broadcastable: Differentiable<Tangent = <Self::Operand as Operand>::Tangent> {
    /// The type of the operand without lifetimes.
    type Operand: Operand;
    /// Borrows the operand.
    fn operand(&self) -> <Self::Operand as Operand>::Borrowed<'_>;
}

impl<X: Broadcastable> Broadcastable for &X {
    type Operand = X::Operand;
    #[inline(always)]
    fn operand(&self) -> <X::Operand as Operand>::Borrowed<'_> {
        (**self).operand()
    }
}
