//! The leaves of a broadcast: numbers and matrices.

use std::borrow::Cow;

use nalgebra::{DMatrix, DefaultAllocator, Dim, Matrix, OMatrix, allocator::Allocator, zero};

use super::operand::{AdjointColumn, Broadcastable, Column, Operand, Shape};
use super::sweep::accumulate;
use crate::Tangent;
use crate::rules::matrix::{Elements, give_shape};
use crate::rules::scalar::Scalar;

// Numbers: the same in every row and column.

macro_rules! number {
    ($($float:ty),*) => {$(
        impl Broadcastable for $float {
            type Operand = $float;
            #[inline(always)]
            fn operand(&self) -> $float {
                *self
            }
        }

        impl Operand for $float {
            type Element = $float;
            type Tangent = $float;
            type Borrowed<'a> = $float;

            #[inline(always)]
            fn reborrow(operand: &$float) -> $float {
                *operand
            }
            #[inline(always)]
            fn zero_tangent(_: &$float) -> $float {
                0.0
            }
            #[inline(always)]
            fn fit(_: &$float, _: &mut $float) {}
            #[inline]
            fn absorb(operand: &$float, dz: DMatrix<$float>, tangent: &mut $float) {
                accumulate::<$float>(&dz, operand, tangent);
            }
            #[inline(always)]
            fn shape(_: &$float) -> Shape {
                (1, 1)
            }
            #[inline(always)]
            fn fills(_: &$float, _: Shape) -> bool {
                true
            }
            #[inline(always)]
            fn fills_rows(_: &$float, _: usize) -> bool {
                true
            }
            #[inline(always)]
            fn column<const STRETCHED: bool>(
                operand: &Self::Borrowed<'_>,
                _: usize,
                _: usize,
            ) -> impl Column<$float> {
                Constant(*operand)
            }
            #[inline(always)]
            fn adjoint_column<const STRETCHED: bool>(
                operand: &Self::Borrowed<'_>,
                tangent: &mut $float,
                _: usize,
                _: usize,
            ) -> impl AdjointColumn<$float> {
                ConstantAdjoint { value: *operand, sum: 0.0, tangent }
            }
        }
    )*};
}
number!(f32, f64);

struct Constant<T>(T);

impl<T: Copy> Column<T> for Constant<T> {
    #[inline(always)]
    fn at(&self, _: usize) -> T {
        self.0
    }
}

struct ConstantAdjoint<'a, T> {
    value: T,
    sum: T,
    tangent: &'a mut T,
}

impl<T: Scalar> AdjointColumn<T> for ConstantAdjoint<'_, T> {
    #[inline(always)]
    fn pull(&mut self, _: usize, rest: impl FnOnce(T) -> T) {
        self.sum += rest(self.value);
    }
    #[inline(always)]
    fn finish(self) {
        *self.tangent += self.sum;
    }
}

// Matrices.

/// The elements and the shape of a matrix.
#[derive(Debug)]
pub struct Array<'a, T: Clone> {
    elements: Cow<'a, [T]>,
    rows: usize,
    columns: usize,
}

impl<T: Clone> Array<'_, T> {
    /// Where column `j` begins.
    #[inline(always)]
    fn start(&self, j: usize) -> usize {
        if self.columns == 1 { 0 } else { j * self.rows }
    }

    /// The number of elements of a column: known to be `rows` unless it may be stretched.
    #[inline(always)]
    fn height<const STRETCHED: bool>(&self, rows: usize) -> usize {
        if STRETCHED { self.rows } else { rows }
    }
}

impl<T, R, C, S> Broadcastable for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    type Operand = OMatrix<T, R, C>;
    #[inline(always)]
    fn operand(&self) -> Array<'_, T> {
        Array {
            elements: S::elements(self),
            rows: self.nrows(),
            columns: self.ncols(),
        }
    }
}

impl<T, R, C> Operand for OMatrix<T, R, C>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
    OMatrix<T, R, C>: 'static,
{
    type Element = T;
    type Tangent = OMatrix<T, R, C>;
    type Borrowed<'a> = Array<'a, T>;

    #[inline(always)]
    fn reborrow<'a>(operand: &'a Array<'_, T>) -> Array<'a, T> {
        Array {
            elements: Cow::Borrowed(&operand.elements),
            ..*operand
        }
    }
    fn zero_tangent(operand: &Array<'_, T>) -> OMatrix<T, R, C> {
        OMatrix::zeros_generic(R::from_usize(operand.rows), C::from_usize(operand.columns))
    }
    #[inline]
    fn fit(operand: &Self::Borrowed<'_>, tangent: &mut OMatrix<T, R, C>) {
        if tangent.is_empty() {
            give_shape(
                tangent,
                (R::from_usize(operand.rows), C::from_usize(operand.columns)),
            );
        }
    }
    #[inline]
    fn absorb(operand: &Array<'_, T>, dz: DMatrix<T>, tangent: &mut OMatrix<T, R, C>) {
        if dz.shape() == (operand.rows, operand.columns) {
            let (rows, columns) = (R::from_usize(dz.nrows()), C::from_usize(dz.ncols()));
            tangent.absorb(OMatrix::from_vec_generic(rows, columns, dz.data.into()));
        } else {
            accumulate::<Self>(&dz, operand, tangent);
        }
    }
    #[inline(always)]
    fn shape(operand: &Array<'_, T>) -> Shape {
        (operand.rows, operand.columns)
    }
    #[inline(always)]
    fn fills(operand: &Self::Borrowed<'_>, shape: Shape) -> bool {
        (operand.rows, operand.columns) == shape
    }
    #[inline(always)]
    fn fills_rows(operand: &Self::Borrowed<'_>, rows: usize) -> bool {
        operand.rows == rows
    }
    #[inline(always)]
    fn column<const STRETCHED: bool>(
        operand: &Self::Borrowed<'_>,
        j: usize,
        rows: usize,
    ) -> impl Column<T> {
        let height = operand.height::<STRETCHED>(rows);
        let elements = &operand.elements[operand.start(j)..][..height];
        Strided::<T, STRETCHED> {
            elements,
            single: height != rows,
        }
    }
    #[inline(always)]
    fn adjoint_column<const STRETCHED: bool>(
        operand: &Self::Borrowed<'_>,
        tangent: &mut OMatrix<T, R, C>,
        j: usize,
        rows: usize,
    ) -> impl AdjointColumn<T> {
        let (start, height) = (operand.start(j), operand.height::<STRETCHED>(rows));
        StridedAdjoint::<T, STRETCHED> {
            elements: &operand.elements[start..][..height],
            tangent: &mut tangent.as_mut_slice()[start..][..height],
            single: height != rows,
            sum: zero(),
        }
    }
}

struct Strided<'a, T, const STRETCHED: bool> {
    elements: &'a [T],
    single: bool,
}

impl<T: Copy, const STRETCHED: bool> Column<T> for Strided<'_, T, STRETCHED> {
    #[inline(always)]
    fn at(&self, i: usize) -> T {
        self.elements[if STRETCHED && self.single { 0 } else { i }]
    }
}

struct StridedAdjoint<'e, 't, T, const STRETCHED: bool> {
    elements: &'e [T],
    tangent: &'t mut [T],
    single: bool,
    sum: T,
}

impl<T: Scalar, const STRETCHED: bool> AdjointColumn<T> for StridedAdjoint<'_, '_, T, STRETCHED> {
    #[inline(always)]
    fn pull(&mut self, i: usize, rest: impl FnOnce(T) -> T) {
        if STRETCHED && self.single {
            self.sum += rest(self.elements[0]);
        } else {
            self.tangent[i] += rest(self.elements[i]);
        }
    }
    #[inline(always)]
    fn finish(self) {
        if STRETCHED && self.single {
            self.tangent[0] += self.sum;
        }
    }
}
