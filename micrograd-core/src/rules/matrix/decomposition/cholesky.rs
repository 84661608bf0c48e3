//! Rules for what is solved with the Cholesky decomposition, and for its factor.

use nalgebra::{
    Cholesky, DefaultAllocator, Dim, Matrix, OMatrix,
    allocator::Allocator,
    constraint::{SameNumberOfRows, ShapeConstraint},
    convert,
};

use super::{add_inverse, dynamic, triangular::Triangle};
use crate::Differentiable;
use crate::rules::matrix::{elements::Elements, tangent::accumulate_elements};
use crate::rules::scalar::Scalar;

/// Rules for what is solved with the Cholesky decomposition of a matrix A: n×n.
pub trait CholeskyRules<T, D>: Differentiable<Tangent = OMatrix<T, D, D>>
where
    T: Scalar,
    D: Dim,
    DefaultAllocator: Allocator<D, D>,
{
    /// `X = A⁻¹ B`. `ΔB = A⁻¹ ΔX`, `ΔA = -ΔB Xᵀ`.
    fn rrule_solve<R2, C2, SB>(
        &self,
        b: &Matrix<T, R2, C2, SB>,
    ) -> (
        OMatrix<T, R2, C2>,
        impl Fn(
            &OMatrix<T, R2, C2>,
            &Self,
            &mut OMatrix<T, D, D>,
            &Matrix<T, R2, C2, SB>,
            &mut OMatrix<T, R2, C2>,
        ) + use<Self, T, D, R2, C2, SB>,
    )
    where
        R2: Dim,
        C2: Dim,
        SB: Elements<T, R2, C2>,
        DefaultAllocator: Allocator<R2, C2>,
        ShapeConstraint: SameNumberOfRows<R2, D>;

    /// The factor `L`. `ΔA = L⁻ᵀ Φ(Lᵀ ΔL) L⁻¹`, where `Φ` takes the lower triangle and half of the diagonal.
    /// Source: I. Murray, "Differentiation of the Cholesky decomposition" (2016).
    fn rrule_l(
        &self,
    ) -> (
        OMatrix<T, D, D>,
        impl Fn(&OMatrix<T, D, D>, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D>,
    );

    /// `C = A⁻¹`. `ΔA = -Cᵀ ΔC Cᵀ`.
    fn rrule_inverse(
        &self,
    ) -> (
        OMatrix<T, D, D>,
        impl Fn(&OMatrix<T, D, D>, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D>,
    );

    /// `c = det A`. `ΔA = Δc det(A) A⁻¹`.
    fn rrule_determinant(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D>,
    );

    /// `c = ln det A`. `ΔA = Δc A⁻¹`.
    fn rrule_ln_determinant(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D>,
    );
}

impl<T, D> CholeskyRules<T, D> for Cholesky<T, D>
where
    T: Scalar,
    D: Dim,
    DefaultAllocator: Allocator<D, D>,
{
    fn rrule_solve<R2, C2, SB>(
        &self,
        b: &Matrix<T, R2, C2, SB>,
    ) -> (
        OMatrix<T, R2, C2>,
        impl Fn(
            &OMatrix<T, R2, C2>,
            &Self,
            &mut OMatrix<T, D, D>,
            &Matrix<T, R2, C2, SB>,
            &mut OMatrix<T, R2, C2>,
        ) + use<T, D, R2, C2, SB>,
    )
    where
        R2: Dim,
        C2: Dim,
        SB: Elements<T, R2, C2>,
        DefaultAllocator: Allocator<R2, C2>,
        ShapeConstraint: SameNumberOfRows<R2, D>,
    {
        let x = self.solve(b);
        let back = {
            let x = x.clone();
            move |dz: &OMatrix<T, R2, C2>,
                  cholesky: &Self,
                  da: &mut OMatrix<T, D, D>,
                  b: &Matrix<T, R2, C2, SB>,
                  db: &mut OMatrix<T, R2, C2>| {
                if dz.is_empty() {
                    return;
                }
                let solution = dynamic(&cholesky.solve(dz));
                let product = &solution * dynamic(&x).transpose();
                let shape = cholesky.l_dirty().shape_generic();
                accumulate_elements(da, shape, product.iter().map(|&da| -da));
                accumulate_elements(db, b.shape_generic(), solution.iter().copied());
            }
        };
        (x, back)
    }

    fn rrule_l(
        &self,
    ) -> (
        OMatrix<T, D, D>,
        impl Fn(&OMatrix<T, D, D>, &Self, &mut OMatrix<T, D, D>) + use<T, D>,
    ) {
        let back = |dz: &OMatrix<T, D, D>, cholesky: &Self, da: &mut OMatrix<T, D, D>| {
            if dz.is_empty() {
                return;
            }
            let l = dynamic(&cholesky.l());
            let mut middle = (l.transpose() * dynamic(dz)).lower_triangle();
            for i in 0..middle.nrows() {
                middle[(i, i)] *= convert(0.5);
            }
            // L⁻ᵀ Φ L⁻¹ = L⁻ᵀ (L⁻ᵀ Φᵀ)ᵀ
            let right = Triangle::Lower.divide_transposed(&l, &middle.transpose());
            let both =
                right.and_then(|right| Triangle::Lower.divide_transposed(&l, &right.transpose()));
            if let Some(both) = both {
                let shape = cholesky.l_dirty().shape_generic();
                accumulate_elements(da, shape, both.iter().copied());
            }
        };
        (self.l(), back)
    }

    fn rrule_inverse(
        &self,
    ) -> (
        OMatrix<T, D, D>,
        impl Fn(&OMatrix<T, D, D>, &Self, &mut OMatrix<T, D, D>) + use<T, D>,
    ) {
        let inverse = self.inverse();
        let back = {
            let inverse = inverse.clone();
            move |dz: &OMatrix<T, D, D>, cholesky: &Self, da: &mut OMatrix<T, D, D>| {
                if !dz.is_empty() {
                    add_inverse(&dynamic(&inverse), &dynamic(dz), |product| {
                        let shape = cholesky.l_dirty().shape_generic();
                        accumulate_elements(da, shape, product.iter().copied());
                    });
                }
            }
        };
        (inverse, back)
    }

    fn rrule_determinant(&self) -> (T, impl Fn(&T, &Self, &mut OMatrix<T, D, D>) + use<T, D>) {
        let determinant = self.determinant();
        let back = move |&dz: &T, cholesky: &Self, da: &mut OMatrix<T, D, D>| {
            let inverse = cholesky.inverse();
            let contributions = inverse.iter().map(|&inverse| dz * determinant * inverse);
            accumulate_elements(da, inverse.shape_generic(), contributions);
        };
        (determinant, back)
    }

    fn rrule_ln_determinant(&self) -> (T, impl Fn(&T, &Self, &mut OMatrix<T, D, D>) + use<T, D>) {
        let back = |&dz: &T, cholesky: &Self, da: &mut OMatrix<T, D, D>| {
            let inverse = cholesky.inverse();
            let contributions = inverse.iter().map(|&inverse| dz * inverse);
            accumulate_elements(da, inverse.shape_generic(), contributions);
        };
        (self.ln_determinant(), back)
    }
}
