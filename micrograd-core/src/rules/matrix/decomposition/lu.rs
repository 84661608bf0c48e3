//! Rules for what is solved with the LU decomposition.

use nalgebra::{
    DMatrix, DefaultAllocator, Dim, DimMin, LU, Matrix, OMatrix,
    allocator::Allocator,
    constraint::{SameNumberOfRows, ShapeConstraint},
    zero,
};

use super::{add_inverse, dynamic, triangular::Triangle};
use crate::Differentiable;
use crate::rules::matrix::{SquareRules, elements::Elements, tangent::accumulate_elements};
use crate::rules::scalar::Scalar;

/// Rules for what is solved with the LU decomposition of a square matrix A: n×n.
pub trait LuRules<T, D>: Differentiable<Tangent = OMatrix<T, D, D>>
where
    T: Scalar,
    D: Dim,
    DefaultAllocator: Allocator<D, D>,
{
    /// `X = A⁻¹ B`, or `None` where A is singular. `ΔB = A⁻ᵀ ΔX`, `ΔA = -ΔB Xᵀ`.
    /// Source: M. Giles, "Collected matrix derivative results for forward and reverse mode AD" (2008).
    fn rrule_solve<R2, C2, SB>(
        &self,
        b: &Matrix<T, R2, C2, SB>,
    ) -> (
        Option<OMatrix<T, R2, C2>>,
        impl Fn(
            &Option<OMatrix<T, R2, C2>>,
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

    /// `c = det A`. `ΔA = Δc det(A) A⁻ᵀ`, which for a singular matrix is the matrix of cofactors: see
    /// [`SquareRules`](SquareRules::rrule_determinant).
    fn rrule_determinant(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D>,
    );

    /// `C = A⁻¹`, or `None` where A is singular. `ΔA = -Cᵀ ΔC Cᵀ`.
    fn rrule_try_inverse(
        &self,
    ) -> (
        Option<OMatrix<T, D, D>>,
        impl Fn(&Option<OMatrix<T, D, D>>, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D>,
    );
}

impl<T, D> LuRules<T, D> for LU<T, D, D>
where
    T: Scalar,
    D: DimMin<D, Output = D>,
    DefaultAllocator: Allocator<D, D> + Allocator<D>,
{
    fn rrule_solve<R2, C2, SB>(
        &self,
        b: &Matrix<T, R2, C2, SB>,
    ) -> (
        Option<OMatrix<T, R2, C2>>,
        impl Fn(
            &Option<OMatrix<T, R2, C2>>,
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
            move |dz: &Option<OMatrix<T, R2, C2>>,
                  lu: &Self,
                  da: &mut OMatrix<T, D, D>,
                  b: &Matrix<T, R2, C2, SB>,
                  db: &mut OMatrix<T, R2, C2>| {
                let (Some(x), Some(dz)) = (&x, dz) else {
                    return;
                };
                if let (false, Some(solution)) = (dz.is_empty(), solve_transposed(lu, dynamic(dz)))
                {
                    let product = &solution * dynamic(x).transpose();
                    let shape = lu.lu_internal().shape_generic();
                    accumulate_elements(da, shape, product.iter().map(|&da| -da));
                    accumulate_elements(db, b.shape_generic(), solution.iter().copied());
                }
            }
        };
        (x, back)
    }

    fn rrule_determinant(&self) -> (T, impl Fn(&T, &Self, &mut OMatrix<T, D, D>) + use<T, D>) {
        let back = |&dz: &T, lu: &Self, da: &mut OMatrix<T, D, D>| {
            if dz == zero() {
                return;
            }
            let mut product = dynamic(&lu.l()) * dynamic(&lu.u());
            lu.p().inv_permute_rows(&mut product);
            let mut cofactors = product.accumulator();
            (product.rrule_determinant().1)(&dz, &product, &mut cofactors);
            let shape = lu.lu_internal().shape_generic();
            accumulate_elements(da, shape, cofactors.iter().copied());
        };
        (self.determinant(), back)
    }

    fn rrule_try_inverse(
        &self,
    ) -> (
        Option<OMatrix<T, D, D>>,
        impl Fn(&Option<OMatrix<T, D, D>>, &Self, &mut OMatrix<T, D, D>) + use<T, D>,
    ) {
        let inverse = self.try_inverse();
        let back = {
            let inverse = inverse.clone();
            move |dz: &Option<OMatrix<T, D, D>>, lu: &Self, da: &mut OMatrix<T, D, D>| {
                if let (Some(inverse), Some(dz)) = (&inverse, dz)
                    && !dz.is_empty()
                {
                    add_inverse(&dynamic(inverse), &dynamic(dz), |product| {
                        let shape = lu.lu_internal().shape_generic();
                        accumulate_elements(da, shape, product.iter().copied());
                    });
                }
            }
        };
        (inverse, back)
    }
}

/// `A⁻ᵀ B`, from `P A = L U`.
fn solve_transposed<T, D>(lu: &LU<T, D, D>, b: DMatrix<T>) -> Option<DMatrix<T>>
where
    T: Scalar,
    D: DimMin<D, Output = D>,
    DefaultAllocator: Allocator<D, D> + Allocator<D>,
{
    let (l, u) = (dynamic(&lu.l()), dynamic(&lu.u()));
    let mut solution =
        Triangle::Lower.divide_transposed(&l, &Triangle::Upper.divide_transposed(&u, &b)?)?;
    lu.p().inv_permute_rows(&mut solution);
    Some(solution)
}
