//! The loops over the elements of a broadcast, forward and in reverse.

use nalgebra::{DMatrix, DefaultAllocator, Dim, OMatrix, allocator::Allocator};

use super::{
    Broadcasted, Operand, Shape,
    operand::{AdjointColumn, Column},
};
use crate::Tangent;
use crate::rules::scalar::Scalar;

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
    Instantiated {
        operand: N::reborrow(&broadcasted.operands),
        shape: N::shape(&broadcasted.operands),
    }
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
        impl Fn(&mut DMatrix<N::Element>, &Broadcasted<'_, N>, &mut N::Tangent) + use<N>,
    ) {
        (
            materialize(broadcasted),
            |dz: &mut DMatrix<N::Element>,
             broadcasted: &Broadcasted<'_, N>,
             tangent: &mut N::Tangent| {
                if !dz.is_empty() {
                    let dz = std::mem::replace(dz, Tangent::shapeless());
                    N::absorb(&broadcasted.operands, dz, tangent);
                }
            },
        )
    }

    /// The matrix, and the cotangent of the broadcast by that of the matrix.
    #[expect(clippy::type_complexity)]
    #[track_caller]
    pub fn pullback<'a, N: Operand>(
        broadcasted: &'a Broadcasted<'_, N>,
    ) -> (
        DMatrix<N::Element>,
        impl Fn(DMatrix<N::Element>) -> (N::Tangent,) + use<'a, N>,
    ) {
        let operand = N::reborrow(&broadcasted.operands);
        (materialize(broadcasted), move |dz| {
            let mut tangent = N::Tangent::shapeless();
            N::absorb(&operand, dz, &mut tangent);
            N::fit(&operand, &mut tangent);
            (tangent,)
        })
    }
}

// Out:  for each element: leaves are read, the tree is evaluated, Δ leaf += …
pub(super) fn accumulate<N: Operand>(
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
            let to = (
                if to_rows == 1 { 0 } else { i },
                if to_columns == 1 { 0 } else { j },
            );
            sum[to] += dz[(i, j)];
        }
    }
    sum
}
