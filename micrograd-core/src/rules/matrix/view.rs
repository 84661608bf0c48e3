//! Rules for the methods that lend a part of a matrix.
//!
//! A rule gives the part as an owned matrix, which is used like a view: references have no tangents
//! of their own.
#![expect(clippy::type_complexity)]

use nalgebra::{
    Const, DefaultAllocator, Dim, DimRange, Dyn, Matrix, OMatrix, RawStorage, allocator::Allocator,
};

use super::elements::Elements;
use crate::rules::scalar::Scalar;
use crate::{Differentiable, NoTangent};

/// Rules for the methods of a matrix A: m×n that lend a part.
pub trait ViewRules<T, R, C, S>:
    Differentiable<Base = Matrix<T, R, C, S>, Tangent = OMatrix<T, R, C>>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    /// The `shape` that begins at `start`. `ΔA` takes `ΔC` there.
    #[inline]
    fn rrule_view(
        &self,
        start: &(usize, usize),
        shape: &(usize, usize),
    ) -> (
        OMatrix<T, Dyn, Dyn>,
        impl Fn(
            &OMatrix<T, Dyn, Dyn>,
            &Self,
            &mut OMatrix<T, R, C>,
            &(usize, usize),
            &mut (NoTangent, NoTangent),
            &(usize, usize),
            &mut (NoTangent, NoTangent),
        ) + use<Self, T, R, C, S>,
    ) {
        (
            self.base().view(*start, *shape).clone_owned(),
            |dz, a, da, start, _, _, _| add_at(*start, dz, a.base(), da),
        )
    }

    /// The part of static shape that begins at `(i, j)`. `ΔA` takes `ΔC` there.
    #[inline]
    fn rrule_fixed_view<const M: usize, const N: usize>(
        &self,
        i: &usize,
        j: &usize,
    ) -> (
        OMatrix<T, Const<M>, Const<N>>,
        impl Fn(
            &OMatrix<T, Const<M>, Const<N>>,
            &Self,
            &mut OMatrix<T, R, C>,
            &usize,
            &mut NoTangent,
            &usize,
            &mut NoTangent,
        ) + use<Self, T, R, C, S, M, N>,
    ) {
        (
            self.base().fixed_view::<M, N>(*i, *j).clone_owned(),
            |dz, a, da, i, _, j, _| add_at((*i, *j), dz, a.base(), da),
        )
    }

    /// `count` rows from `first`. `ΔA` takes `ΔC` there.
    #[inline]
    fn rrule_rows(
        &self,
        first: &usize,
        count: &usize,
    ) -> (
        OMatrix<T, Dyn, C>,
        impl Fn(
            &OMatrix<T, Dyn, C>,
            &Self,
            &mut OMatrix<T, R, C>,
            &usize,
            &mut NoTangent,
            &usize,
            &mut NoTangent,
        ) + use<Self, T, R, C, S>,
    )
    where
        DefaultAllocator: Allocator<Dyn, C>,
    {
        (
            self.base().rows(*first, *count).clone_owned(),
            |dz, a, da, first, _, _, _| add_at((*first, 0), dz, a.base(), da),
        )
    }

    /// `count` columns from `first`. `ΔA` takes `ΔC` there.
    #[inline]
    fn rrule_columns(
        &self,
        first: &usize,
        count: &usize,
    ) -> (
        OMatrix<T, R, Dyn>,
        impl Fn(
            &OMatrix<T, R, Dyn>,
            &Self,
            &mut OMatrix<T, R, C>,
            &usize,
            &mut NoTangent,
            &usize,
            &mut NoTangent,
        ) + use<Self, T, R, C, S>,
    )
    where
        DefaultAllocator: Allocator<R, Dyn>,
    {
        (
            self.base().columns(*first, *count).clone_owned(),
            |dz, a, da, first, _, _, _| add_at((0, *first), dz, a.base(), da),
        )
    }

    /// `M` rows from `first`. `ΔA` takes `ΔC` there.
    #[inline]
    fn rrule_fixed_rows<const M: usize>(
        &self,
        first: &usize,
    ) -> (
        OMatrix<T, Const<M>, C>,
        impl Fn(&OMatrix<T, Const<M>, C>, &Self, &mut OMatrix<T, R, C>, &usize, &mut NoTangent)
        + use<Self, T, R, C, S, M>,
    )
    where
        DefaultAllocator: Allocator<Const<M>, C>,
    {
        (
            self.base().fixed_rows::<M>(*first).clone_owned(),
            |dz, a, da, first, _| add_at((*first, 0), dz, a.base(), da),
        )
    }

    /// `N` columns from `first`. `ΔA` takes `ΔC` there.
    #[inline]
    fn rrule_fixed_columns<const N: usize>(
        &self,
        first: &usize,
    ) -> (
        OMatrix<T, R, Const<N>>,
        impl Fn(&OMatrix<T, R, Const<N>>, &Self, &mut OMatrix<T, R, C>, &usize, &mut NoTangent)
        + use<Self, T, R, C, S, N>,
    )
    where
        DefaultAllocator: Allocator<R, Const<N>>,
    {
        (
            self.base().fixed_columns::<N>(*first).clone_owned(),
            |dz, a, da, first, _| add_at((0, *first), dz, a.base(), da),
        )
    }

    /// The rows of a range. `ΔA` takes `ΔC` there.
    #[inline]
    fn rrule_rows_range<I>(
        &self,
        rows: &I,
    ) -> (
        OMatrix<T, I::Size, C>,
        impl Fn(&OMatrix<T, I::Size, C>, &Self, &mut OMatrix<T, R, C>, &I, &mut NoTangent)
        + use<Self, T, R, C, S, I>,
    )
    where
        I: DimRange<R> + Clone,
        DefaultAllocator: Allocator<I::Size, C>,
    {
        (
            self.base().rows_range(rows.clone()).clone_owned(),
            |dz, a, da, rows, _| {
                let first = rows.begin(a.base().shape_generic().0);
                add_at((first, 0), dz, a.base(), da);
            },
        )
    }

    /// The columns of a range. `ΔA` takes `ΔC` there.
    #[inline]
    fn rrule_columns_range<I>(
        &self,
        columns: &I,
    ) -> (
        OMatrix<T, R, I::Size>,
        impl Fn(&OMatrix<T, R, I::Size>, &Self, &mut OMatrix<T, R, C>, &I, &mut NoTangent)
        + use<Self, T, R, C, S, I>,
    )
    where
        I: DimRange<C> + Clone,
        DefaultAllocator: Allocator<R, I::Size>,
    {
        (
            self.base().columns_range(columns.clone()).clone_owned(),
            |dz, a, da, columns, _| {
                let first = columns.begin(a.base().shape_generic().1);
                add_at((0, first), dz, a.base(), da);
            },
        )
    }

    /// The rows and columns of two ranges. `ΔA` takes `ΔC` there.
    #[inline]
    fn rrule_view_range<I, J>(
        &self,
        rows: &I,
        columns: &J,
    ) -> (
        OMatrix<T, I::Size, J::Size>,
        impl Fn(
            &OMatrix<T, I::Size, J::Size>,
            &Self,
            &mut OMatrix<T, R, C>,
            &I,
            &mut NoTangent,
            &J,
            &mut NoTangent,
        ) + use<Self, T, R, C, S, I, J>,
    )
    where
        I: DimRange<R> + Clone,
        J: DimRange<C> + Clone,
        DefaultAllocator: Allocator<I::Size, J::Size>,
    {
        (
            self.base()
                .view_range(rows.clone(), columns.clone())
                .clone_owned(),
            |dz, a, da, rows, _, columns, _| {
                let shape = a.base().shape_generic();
                let start = (rows.begin(shape.0), columns.begin(shape.1));
                add_at(start, dz, a.base(), da);
            },
        )
    }
}

impl<T, R, C, S> ViewRules<T, R, C, S> for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
}

/// `ΔA += ΔC` at the part of A that begins at `start`.
fn add_at<T, R, C, S, M, N, Z>(
    start: (usize, usize),
    dz: &Matrix<T, M, N, Z>,
    a: &Matrix<T, R, C, S>,
    da: &mut OMatrix<T, R, C>,
) where
    T: Scalar,
    R: Dim,
    C: Dim,
    M: Dim,
    N: Dim,
    S: Elements<T, R, C>,
    Z: RawStorage<T, M, N>,
    DefaultAllocator: Allocator<R, C>,
{
    if dz.is_empty() {
        return;
    }
    a.fit(da);
    let mut part = da.view_mut(start, dz.shape());
    for (da, dz) in part.iter_mut().zip(dz.iter()) {
        *da += *dz;
    }
}
