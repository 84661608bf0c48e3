//! Rules for methods that make one number, or one row or column, of a matrix.
#![expect(clippy::type_complexity)]

use std::iter::repeat_n;

use nalgebra::{
    DefaultAllocator, Dim, Matrix, OMatrix, OVector, RowOVector, U1,
    allocator::Allocator,
    constraint::{DimEq, SameNumberOfColumns, SameNumberOfRows, ShapeConstraint},
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

    /// The largest magnitude. `Δc` goes to its element with the sign of that, in equal parts where
    /// several are largest; zero at zero.
    #[inline]
    fn rrule_amax(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        let amax = self.base().amax();
        (amax, move |&dz, a, da| {
            select_magnitude(dz, amax, a.base(), da)
        })
    }

    /// The smallest magnitude. `Δc` goes to its element with the sign of that, in equal parts where
    /// several are smallest; zero at zero.
    #[inline]
    fn rrule_amin(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        let amin = self.base().amin();
        (amin, move |&dz, a, da| {
            select_magnitude(dz, amin, a.base(), da)
        })
    }

    /// `c = Π aᵢⱼ`. `Δaᵢⱼ` is `Δc` times the product of the others, without a division.
    #[inline]
    fn rrule_product(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        (self.base().product(), |&dz, a, da| {
            let elements = S::elements(a.base());
            let mut others = vec![dz; elements.len()];
            let mut before = T::one();
            for (other, &element) in others.iter_mut().zip(&*elements) {
                *other *= before;
                before *= element;
            }
            let mut after = T::one();
            for (other, &element) in others.iter_mut().zip(&*elements).rev() {
                *other *= after;
                after *= element;
            }
            accumulate_elements(da, a.base().shape_generic(), others.into_iter());
        })
    }

    /// `c = Σ (aᵢⱼ - ā)² / mn`, zero for an empty matrix. `Δaᵢⱼ = 2 Δc (aᵢⱼ - ā) / mn`.
    #[inline]
    fn rrule_variance(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        (self.base().variance(), |&dz, a, da| {
            let a = a.base();
            let mean = a.mean();
            let factor = (dz + dz) / count::<T>(a.len());
            let elements = S::elements(a);
            let contributions = elements.iter().map(|&a| factor * (a - mean));
            accumulate_elements(da, a.shape_generic(), contributions);
        })
    }

    /// The norm: see [`rrule_norm`](Self::rrule_norm).
    #[inline]
    fn rrule_magnitude(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        self.rrule_norm()
    }

    /// The square of the norm: see [`rrule_norm_squared`](Self::rrule_norm_squared).
    #[inline]
    fn rrule_magnitude_squared(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        self.rrule_norm_squared()
    }

    /// `c = ‖A - B‖`. `ΔA = Δc (A - B) / c`, `ΔB = -ΔA`; zero where `A = B`.
    #[inline]
    fn rrule_metric_distance<R2, C2, SB>(
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
        ShapeConstraint: SameNumberOfRows<R, R2> + SameNumberOfColumns<C, C2>,
    {
        let distance = self.base().metric_distance(b);
        (distance, move |&dz, a, da, b, db| {
            if distance == zero() {
                return;
            }
            let a = a.base();
            let factor = dz / distance;
            let (left, right) = (S::elements(a), SB::elements(b));
            let differences = || left.iter().zip(&*right).map(|(&a, &b)| factor * (a - b));
            accumulate_elements(da, a.shape_generic(), differences());
            accumulate_elements(db, b.shape_generic(), differences().map(|dz| -dz));
        })
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
        a.fit(da);
        let columns = da.as_mut_slice().chunks_exact_mut(a.nrows().max(1));
        for (column, &dz) in columns.zip(dz.as_slice()) {
            let dz = dz * factor;
            for da in column {
                *da += dz;
            }
        }
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
        a.fit(da);
        for column in da.as_mut_slice().chunks_exact_mut(dz.len()) {
            for (da, &dz) in column.iter_mut().zip(dz.as_slice()) {
                *da += dz * factor;
            }
        }
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

/// `ΔA += ±dz` at the elements of that magnitude, by their sign, in equal parts.
fn select_magnitude<T, R, C, S>(
    dz: T,
    magnitude: T,
    a: &Matrix<T, R, C, S>,
    da: &mut OMatrix<T, R, C>,
) where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    let elements = S::elements(a);
    let is_selected = |a: T| a == magnitude || -a == magnitude;
    let part = dz / count::<T>(elements.iter().filter(|&&a| is_selected(a)).count());
    let contributions = elements.iter().map(|&a| match is_selected(a) {
        true if a > zero() => part,
        true if a < zero() => -part,
        _ => zero(),
    });
    accumulate_elements(da, a.shape_generic(), contributions);
}
