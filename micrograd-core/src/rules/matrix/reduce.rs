//! Rules for methods that make one number, or one row or column, of a matrix.
#![expect(clippy::type_complexity)]

use std::iter::repeat_n;

use nalgebra::{
    DefaultAllocator, Dim, Matrix, OMatrix, OVector, RowOVector, U1,
    allocator::Allocator,
    constraint::{DimEq, ShapeConstraint},
    convert, zero,
};

use super::{elements::Elements, tangent::accumulate_elements};
use crate::Differentiable;
use crate::rules::scalar::Scalar;

/// Rules for the reductions of a matrix A: m×n to a number, a row or a column.
pub trait ReduceRules<T, R, C, S>:
    Differentiable<Base = Matrix<T, R, C, S>, Tangent = OMatrix<T, R, C>>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    /// `c = Σ aᵢⱼ bᵢⱼ`. `ΔA = Δc B`, `ΔB = Δc A`.
    #[inline]
    fn rrule_dot<R2, C2, SB>(
        &self,
        b: &Matrix<T, R2, C2, SB>,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>, &Matrix<T, R2, C2, SB>, &mut OMatrix<T, R2, C2>)
        + use<Self, T, R, C, S, R2, C2, SB>,
    )
    where
        R2: Dim,
        C2: Dim,
        SB: Elements<T, R2, C2>,
        DefaultAllocator: Allocator<R2, C2>,
        ShapeConstraint: DimEq<R, R2> + DimEq<C, C2>,
    {
        (self.base().dot(b), |&dz, a, da, b, db| {
            let a = a.base();
            let left = SB::elements(b);
            accumulate_elements(da, a.shape_generic(), left.iter().map(|&b| dz * b));
            let right = S::elements(a);
            accumulate_elements(db, b.shape_generic(), right.iter().map(|&a| dz * a));
        })
    }

    /// `c = Σ aᵢⱼ`. `Δaᵢⱼ = Δc`.
    #[inline]
    fn rrule_sum(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        (self.base().sum(), |&dz, a, da| spread(dz, a.base(), da))
    }

    /// `c = Σ aᵢⱼ / mn`, zero for an empty matrix. `Δaᵢⱼ = Δc / mn`.
    #[inline]
    fn rrule_mean(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        (self.base().mean(), |&dz, a, da| {
            spread(dz / count::<T>(a.base().len()), a.base(), da);
        })
    }

    /// `cⱼ = Σᵢ aᵢⱼ`, c: 1×n. `Δaᵢⱼ = Δcⱼ`.
    #[inline]
    fn rrule_row_sum(
        &self,
    ) -> (
        RowOVector<T, C>,
        impl Fn(&RowOVector<T, C>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    )
    where
        DefaultAllocator: Allocator<U1, C>,
    {
        (self.base().row_sum(), |dz, a, da| {
            spread_row(dz, T::one(), a.base(), da)
        })
    }

    /// `cⱼ = Σᵢ aᵢⱼ / m`, c: 1×n. `Δaᵢⱼ = Δcⱼ / m`.
    #[inline]
    fn rrule_row_mean(
        &self,
    ) -> (
        RowOVector<T, C>,
        impl Fn(&RowOVector<T, C>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    )
    where
        DefaultAllocator: Allocator<U1, C>,
    {
        (self.base().row_mean(), |dz, a, da| {
            spread_row(dz, T::one() / count::<T>(a.base().nrows()), a.base(), da);
        })
    }

    /// `cᵢ = Σⱼ aᵢⱼ`, c: m×1. `Δaᵢⱼ = Δcᵢ`.
    #[inline]
    fn rrule_column_sum(
        &self,
    ) -> (
        OVector<T, R>,
        impl Fn(&OVector<T, R>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    )
    where
        DefaultAllocator: Allocator<R, U1>,
    {
        (self.base().column_sum(), |dz, a, da| {
            spread_column(dz, T::one(), a.base(), da)
        })
    }

    /// `cᵢ = Σⱼ aᵢⱼ / n`, c: m×1. `Δaᵢⱼ = Δcᵢ / n`.
    #[inline]
    fn rrule_column_mean(
        &self,
    ) -> (
        OVector<T, R>,
        impl Fn(&OVector<T, R>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    )
    where
        DefaultAllocator: Allocator<R, U1>,
    {
        (self.base().column_mean(), |dz, a, da| {
            spread_column(dz, T::one() / count::<T>(a.base().ncols()), a.base(), da);
        })
    }

    /// `c = Σ aᵢⱼ²`. `ΔA = 2 Δc A`.
    #[inline]
    fn rrule_norm_squared(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        (self.base().norm_squared(), |&dz, a, da| {
            scaled(dz + dz, a.base(), da)
        })
    }

    /// `c = √(Σ aᵢⱼ²)`. `ΔA = Δc A / c`, zero at `A = 0`.
    #[inline]
    fn rrule_norm(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        let norm = self.base().norm();
        (norm, move |&dz, a, da| {
            let factor = if norm == zero() { zero() } else { dz / norm };
            scaled(factor, a.base(), da);
        })
    }

    /// The largest element. `Δc` goes to it, in equal parts where several are largest.
    #[inline]
    fn rrule_max(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        let max = self.base().max();
        (max, move |&dz, a, da| select(dz, max, a.base(), da))
    }

    /// The smallest element. `Δc` goes to it, in equal parts where several are smallest.
    #[inline]
    fn rrule_min(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        let min = self.base().min();
        (min, move |&dz, a, da| select(dz, min, a.base(), da))
    }
}

impl<T, R, C, S> ReduceRules<T, R, C, S> for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
}

/// A number of elements as a real number.
fn count<T: Scalar>(elements: usize) -> T {
    convert(elements as f64)
}

/// `ΔA += dz`, the same for every element.
fn spread<T, R, C, S>(dz: T, a: &Matrix<T, R, C, S>, da: &mut OMatrix<T, R, C>)
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    accumulate_elements(da, a.shape_generic(), repeat_n(dz, a.len()));
}

/// `Δaᵢⱼ += factor dzⱼ`.
fn spread_row<T, R, C, S>(
    dz: &RowOVector<T, C>,
    factor: T,
    a: &Matrix<T, R, C, S>,
    da: &mut OMatrix<T, R, C>,
) where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C> + Allocator<U1, C>,
{
    if !dz.is_empty() {
        let row = dz.as_slice().iter().map(|&dz| dz * factor);
        let contributions = row.flat_map(|dz| repeat_n(dz, a.nrows()));
        accumulate_elements(da, a.shape_generic(), contributions);
    }
}

/// `Δaᵢⱼ += factor dzᵢ`.
fn spread_column<T, R, C, S>(
    dz: &OVector<T, R>,
    factor: T,
    a: &Matrix<T, R, C, S>,
    da: &mut OMatrix<T, R, C>,
) where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C> + Allocator<R, U1>,
{
    if !dz.is_empty() {
        let column = dz.as_slice().iter().map(|&dz| dz * factor);
        let contributions = repeat_n(column, a.ncols()).flatten();
        accumulate_elements(da, a.shape_generic(), contributions);
    }
}

/// `ΔA += factor A`.
fn scaled<T, R, C, S>(factor: T, a: &Matrix<T, R, C, S>, da: &mut OMatrix<T, R, C>)
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    let elements = S::elements(a);
    accumulate_elements(da, a.shape_generic(), elements.iter().map(|&a| factor * a));
}

/// `ΔA += dz` at the elements that equal `value`, in equal parts.
fn select<T, R, C, S>(dz: T, value: T, a: &Matrix<T, R, C, S>, da: &mut OMatrix<T, R, C>)
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    let elements = S::elements(a);
    let part = dz / count::<T>(elements.iter().filter(|&&a| a == value).count());
    let contributions = elements
        .iter()
        .map(|&a| if a == value { part } else { zero() });
    accumulate_elements(da, a.shape_generic(), contributions);
}
