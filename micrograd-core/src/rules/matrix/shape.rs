//! Rules for methods that move elements without changing them.
#![expect(clippy::type_complexity)]

use nalgebra::{
    DefaultAllocator, Dim, Matrix, OMatrix, OVector, RowOVector, U1, allocator::Allocator,
};

use super::{
    elements::{Elements, transposed},
    tangent::accumulate_elements,
};
use crate::rules::scalar::Scalar;
use crate::{Differentiable, NoTangent};

/// Rules for the methods of a matrix A: m×n that rearrange or copy it.
pub trait ShapeRules<T, R, C, S>:
    Differentiable<Base = Matrix<T, R, C, S>, Tangent = OMatrix<T, R, C>>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    /// `C = Aᵀ`, C: n×m. `ΔA = ΔCᵀ`.
    #[inline]
    fn rrule_transpose(
        &self,
    ) -> (
        OMatrix<T, C, R>,
        impl Fn(&OMatrix<T, C, R>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    )
    where
        DefaultAllocator: Allocator<C, R>,
    {
        (self.base().transpose(), |dz, a, da| {
            if dz.is_empty() {
                return;
            }
            let (rows, columns) = a.base().shape_generic();
            let transposed = transposed(dz.as_slice(), columns, rows);
            accumulate_elements(da, (rows, columns), transposed.iter().copied());
        })
    }

    /// A copy. `ΔA = ΔC`.
    #[inline]
    fn rrule_clone_owned(
        &self,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&OMatrix<T, R, C>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        (self.base().clone_owned(), |dz, a, da| {
            copied(dz, a.base(), da)
        })
    }

    /// A copy, where the primal may re-use the memory of A. `ΔA = ΔC`.
    #[inline]
    fn rrule_into_owned(
        &self,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&OMatrix<T, R, C>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        self.rrule_clone_owned()
    }

    /// Column `j`, as an owned vector. `Δa₍·,ⱼ₎ = Δc`.
    #[inline]
    fn rrule_column(
        &self,
        j: &usize,
    ) -> (
        OVector<T, R>,
        impl Fn(&OVector<T, R>, &Self, &mut OMatrix<T, R, C>, &usize, &mut NoTangent)
        + use<Self, T, R, C, S>,
    )
    where
        DefaultAllocator: Allocator<R, U1>,
    {
        (self.base().column(*j).clone_owned(), |dz, a, da, j, _| {
            if dz.is_empty() {
                return;
            }
            a.base().fit(da);
            for (da, dz) in da.column_mut(*j).iter_mut().zip(dz.as_slice()) {
                *da += *dz;
            }
        })
    }

    /// Row `i`, as an owned row vector. `Δa₍ᵢ,·₎ = Δc`.
    #[inline]
    fn rrule_row(
        &self,
        i: &usize,
    ) -> (
        RowOVector<T, C>,
        impl Fn(&RowOVector<T, C>, &Self, &mut OMatrix<T, R, C>, &usize, &mut NoTangent)
        + use<Self, T, R, C, S>,
    )
    where
        DefaultAllocator: Allocator<U1, C>,
    {
        (self.base().row(*i).clone_owned(), |dz, a, da, i, _| {
            if dz.is_empty() {
                return;
            }
            a.base().fit(da);
            for (da, dz) in da.row_mut(*i).iter_mut().zip(dz.as_slice()) {
                *da += *dz;
            }
        })
    }

    /// `C = Aᵀ`, as the elements are real: see [`rrule_transpose`](Self::rrule_transpose).
    #[inline]
    fn rrule_adjoint(
        &self,
    ) -> (
        OMatrix<T, C, R>,
        impl Fn(&OMatrix<T, C, R>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    )
    where
        DefaultAllocator: Allocator<C, R>,
    {
        self.rrule_transpose()
    }

    /// `C` is the upper triangle of `A`, zero below. `ΔA` is the upper triangle of `ΔC`.
    #[inline]
    fn rrule_upper_triangle(
        &self,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&OMatrix<T, R, C>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        (self.base().upper_triangle(), |dz, a, da| {
            if !dz.is_empty() {
                copied(&dz.upper_triangle(), a.base(), da);
            }
        })
    }

    /// `C` is the lower triangle of `A`, zero above. `ΔA` is the lower triangle of `ΔC`.
    #[inline]
    fn rrule_lower_triangle(
        &self,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&OMatrix<T, R, C>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        (self.base().lower_triangle(), |dz, a, da| {
            if !dz.is_empty() {
                copied(&dz.lower_triangle(), a.base(), da);
            }
        })
    }

    /// The elements column after column, as a vector where the method lends a slice. Each `Δaᵢⱼ` is
    /// the cotangent at its place.
    #[inline]
    fn rrule_as_slice(
        &self,
    ) -> (
        Vec<T>,
        impl Fn(&Vec<T>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        (S::elements(self.base()).into_owned(), |dz, a, da| {
            if !dz.is_empty() {
                accumulate_elements(da, a.base().shape_generic(), dz.iter().copied());
            }
        })
    }
}

impl<T, R, C, S> ShapeRules<T, R, C, S> for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
}

/// `ΔA = ΔC`.
fn copied<T, R, C, S>(dz: &OMatrix<T, R, C>, a: &Matrix<T, R, C, S>, da: &mut OMatrix<T, R, C>)
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    if !dz.is_empty() {
        accumulate_elements(da, a.shape_generic(), dz.as_slice().iter().copied());
    }
}
