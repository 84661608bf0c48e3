//! Rules for methods that work element by element.
#![expect(clippy::type_complexity)]

use nalgebra::{
    DefaultAllocator, Dim, Matrix, OMatrix,
    allocator::{Allocator, SameShapeAllocator, SameShapeC, SameShapeR},
    constraint::{SameNumberOfColumns, SameNumberOfRows, ShapeConstraint},
    zero,
};

use super::{elements::Elements, tangent::accumulate_elements};
use crate::Differentiable;
use crate::rules::operator::{DivRule, MulRule};
use crate::rules::scalar::{Scalar, strong};

/// The result of an elementwise operation on two matrices.
type Elementwise<T, R1, C1, R2, C2> = OMatrix<T, SameShapeR<R1, R2>, SameShapeC<C1, C2>>;

/// Rules for the elementwise methods of a matrix A: m×n.
pub trait ComponentwiseRules<T, R, C, S>:
    Differentiable<Base = Matrix<T, R, C, S>, Tangent = OMatrix<T, R, C>>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    /// `cᵢⱼ = aᵢⱼ bᵢⱼ`. `Δaᵢⱼ = Δcᵢⱼ bᵢⱼ`, `Δbᵢⱼ = Δcᵢⱼ aᵢⱼ`.
    #[inline]
    fn rrule_component_mul<R2, C2, SB>(
        &self,
        b: &Matrix<T, R2, C2, SB>,
    ) -> (
        Elementwise<T, R, C, R2, C2>,
        impl Fn(
            &Elementwise<T, R, C, R2, C2>,
            &Self,
            &mut OMatrix<T, R, C>,
            &Matrix<T, R2, C2, SB>,
            &mut OMatrix<T, R2, C2>,
        ) + use<Self, T, R, C, S, R2, C2, SB>,
    )
    where
        R2: Dim,
        C2: Dim,
        SB: Elements<T, R2, C2>,
        DefaultAllocator: Allocator<R2, C2> + SameShapeAllocator<R, C, R2, C2>,
        ShapeConstraint: SameNumberOfRows<R, R2> + SameNumberOfColumns<C, C2>,
    {
        (self.base().component_mul(b), |dz, a, da, b, db| {
            if dz.is_empty() {
                return;
            }
            let a = a.base();
            let (dz, a_elements, b_elements) = (dz.as_slice(), S::elements(a), SB::elements(b));
            let left = dz.iter().zip(&*b_elements).map(|(&dz, &b)| dz * b);
            accumulate_elements(da, a.shape_generic(), left);
            let right = dz.iter().zip(&*a_elements).map(|(&dz, &a)| dz * a);
            accumulate_elements(db, b.shape_generic(), right);
        })
    }

    /// `cᵢⱼ = aᵢⱼ / bᵢⱼ`. `Δaᵢⱼ = Δcᵢⱼ / bᵢⱼ`, `Δbᵢⱼ = -Δcᵢⱼ aᵢⱼ / bᵢⱼ²`, with strong zeros.
    #[inline]
    fn rrule_component_div<R2, C2, SB>(
        &self,
        b: &Matrix<T, R2, C2, SB>,
    ) -> (
        Elementwise<T, R, C, R2, C2>,
        impl Fn(
            &Elementwise<T, R, C, R2, C2>,
            &Self,
            &mut OMatrix<T, R, C>,
            &Matrix<T, R2, C2, SB>,
            &mut OMatrix<T, R2, C2>,
        ) + use<Self, T, R, C, S, R2, C2, SB>,
    )
    where
        R2: Dim,
        C2: Dim,
        SB: Elements<T, R2, C2>,
        DefaultAllocator: Allocator<R2, C2> + SameShapeAllocator<R, C, R2, C2>,
        ShapeConstraint: SameNumberOfRows<R, R2> + SameNumberOfColumns<C, C2>,
    {
        (self.base().component_div(b), |dz, a, da, b, db| {
            if dz.is_empty() {
                return;
            }
            let a = a.base();
            let (dz, a_elements, b_elements) = (dz.as_slice(), S::elements(a), SB::elements(b));
            let left = dz
                .iter()
                .zip(&*b_elements)
                .map(|(&dz, &b)| strong(dz, T::one() / b));
            accumulate_elements(da, a.shape_generic(), left);
            let right = dz.iter().zip(&*a_elements).zip(&*b_elements);
            let right = right.map(|((&dz, &a), &b)| -strong(dz, a / (b * b)));
            accumulate_elements(db, b.shape_generic(), right);
        })
    }

    /// `C = A b`, b: a number. `ΔA = ΔC b`, `Δb = ⟨A, ΔC⟩`.
    #[inline]
    fn rrule_scale(
        &self,
        b: &T,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&OMatrix<T, R, C>, &Self, &mut OMatrix<T, R, C>, &T, &mut T) + use<Self, T, R, C, S>,
    ) {
        (self.base().scale(*b), |dz, a, da, b, db| {
            MulRule::left(a.base(), b, dz, da);
            MulRule::right(a.base(), b, dz, db);
        })
    }

    /// `C = A / b`, b: a number. `ΔA = ΔC / b`, `Δb = -⟨A, ΔC⟩ / b²`, with strong zeros.
    #[inline]
    fn rrule_unscale(
        &self,
        b: &T,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&OMatrix<T, R, C>, &Self, &mut OMatrix<T, R, C>, &T, &mut T) + use<Self, T, R, C, S>,
    ) {
        (self.base().unscale(*b), |dz, a, da, b, db| {
            DivRule::left(a.base(), b, dz, da);
            DivRule::right(a.base(), b, dz, db);
        })
    }

    /// `cᵢⱼ = aᵢⱼ + b`, b: a number. `ΔA = ΔC`, `Δb = Σ Δcᵢⱼ`.
    #[inline]
    fn rrule_add_scalar(
        &self,
        b: &T,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&OMatrix<T, R, C>, &Self, &mut OMatrix<T, R, C>, &T, &mut T) + use<Self, T, R, C, S>,
    ) {
        (self.base().add_scalar(*b), |dz, a, da, _, db| {
            if dz.is_empty() {
                return;
            }
            accumulate_elements(da, a.base().shape_generic(), dz.as_slice().iter().copied());
            *db += dz.sum();
        })
    }

    /// `cᵢⱼ = |aᵢⱼ|`. `Δaᵢⱼ = Δcᵢⱼ sign(aᵢⱼ)`, zero at zero, NaN at NaN.
    #[inline]
    fn rrule_abs(
        &self,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&OMatrix<T, R, C>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        (self.base().abs(), |dz, a, da| {
            if dz.is_empty() {
                return;
            }
            let elements = S::elements(a.base());
            let contributions = dz.as_slice().iter().zip(&*elements).map(|(&dz, &a)| {
                if a > zero() {
                    dz
                } else if a < zero() {
                    -dz
                } else if a == zero() {
                    zero()
                } else {
                    a
                }
            });
            accumulate_elements(da, a.base().shape_generic(), contributions);
        })
    }
}

impl<T, R, C, S> ComponentwiseRules<T, R, C, S> for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
}
