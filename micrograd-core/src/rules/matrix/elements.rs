//! The elements of a matrix as one slice, whatever its storage.

use std::borrow::Cow;

use nalgebra::{
    ArrayStorage, Const, DefaultAllocator, Dim, Dyn, Matrix, MatrixView, Scalar, Storage, U1,
    VecStorage, ViewStorage, ViewStorageMut, allocator::Allocator,
};

/// A storage whose elements can be had as one slice, column after column.
///
/// Owned matrices lend theirs. Views are copied: rules run over contiguous memory, which is
/// worth more than the copy.
pub trait Elements<T: Scalar, R: Dim, C: Dim>: Storage<T, R, C> {
    /// The elements of `matrix`, column after column.
    fn elements(matrix: &Matrix<T, R, C, Self>) -> Cow<'_, [T]>;
}

impl<T: Scalar, const R: usize, const C: usize> Elements<T, Const<R>, Const<C>>
    for ArrayStorage<T, R, C>
{
    #[inline(always)]
    fn elements(matrix: &Matrix<T, Const<R>, Const<C>, Self>) -> Cow<'_, [T]> {
        Cow::Borrowed(matrix.as_slice())
    }
}

impl<T: Scalar, C: Dim> Elements<T, Dyn, C> for VecStorage<T, Dyn, C>
where
    DefaultAllocator: Allocator<Dyn, C, Buffer<T> = Self>,
{
    #[inline(always)]
    fn elements(matrix: &Matrix<T, Dyn, C, Self>) -> Cow<'_, [T]> {
        Cow::Borrowed(matrix.as_slice())
    }
}

impl<T: Scalar, const R: usize> Elements<T, Const<R>, Dyn> for VecStorage<T, Const<R>, Dyn> {
    #[inline(always)]
    fn elements(matrix: &Matrix<T, Const<R>, Dyn, Self>) -> Cow<'_, [T]> {
        Cow::Borrowed(matrix.as_slice())
    }
}

macro_rules! view {
    ($($View:ident),*) => {$(
        impl<T: Scalar, R: Dim, C: Dim, RStride: Dim, CStride: Dim> Elements<T, R, C>
            for $View<'_, T, R, C, RStride, CStride>
        where
            DefaultAllocator: Allocator<R, C>,
        {
            fn elements(matrix: &Matrix<T, R, C, Self>) -> Cow<'_, [T]> {
                Cow::Owned(matrix.iter().cloned().collect())
            }
        }
    )*};
}
view!(ViewStorage, ViewStorageMut);

/// The transpose of the `rows`×`columns` matrix of these elements, without a copy.
///
/// nalgebra's `tr_mul` and `gemm_tr` miss the blocked kernel, which takes any strides. On the right
/// of a product it may always stand; on the left see `add_transposed_product`.
pub(super) fn transposed<T: Scalar, R: Dim, C: Dim>(
    elements: &[T],
    rows: R,
    columns: C,
) -> MatrixView<'_, T, C, R, R, U1> {
    MatrixView::from_slice_with_strides_generic(elements, columns, rows, rows, Const::<1>)
}
