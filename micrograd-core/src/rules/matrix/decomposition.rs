//! Rules for decompositions and what is solved with them: `a.lu().solve(&b)`, `a.cholesky()`, `a.qr()`.
//!
//! The cotangent of a decomposition is that of the matrix A which was decomposed, so that each
//! method of the decomposition has a rule of its own and the factors need none.
#![expect(clippy::type_complexity)]

mod cholesky;
mod lu;
mod qr;
mod triangular;

pub use cholesky::CholeskyRules;
pub use lu::LuRules;
pub use qr::QrRules;

use nalgebra::{
    Cholesky, DMatrix, DefaultAllocator, Dim, DimMin, DimMinimum, LU, Matrix, OMatrix, QR,
    RawStorage, SquareMatrix,
    allocator::Allocator,
    constraint::{SameNumberOfRows, ShapeConstraint},
};

use super::{elements::Elements, linear_algebra::add_folded, tangent::accumulate_elements};
use crate::Differentiable;
use crate::rules::scalar::Scalar;
use triangular::Triangle;

/// Declares a decomposition as a differentiable value with the cotangent of its matrix.
macro_rules! decomposition {
    ($(<$($D:ident: $Bound:path),*> $Decomposition:ident[$R:ident, $C:ident] $(, $extra:ty)*; |$of:ident| $matrix:expr;)*) => {$(
        impl<T: Scalar, $($D: $Bound),*> Differentiable for $Decomposition<T, $($D),*>
        where
            DefaultAllocator: Allocator<$R, $C> $(+ Allocator<$extra>)*,
        {
            type Tangent = OMatrix<T, $R, $C>;
            type Accumulator = OMatrix<T, $R, $C>;
            type Base = Self;
            #[inline(always)]
            fn base(&self) -> &Self {
                self
            }
            fn zero_tangent(&self) -> OMatrix<T, $R, $C> {
                let $of = self;
                $matrix.zero_tangent()
            }
            #[inline(always)]
            fn accumulator(&self) -> OMatrix<T, $R, $C> {
                crate::Tangent::shapeless()
            }
            fn fit(&self, accumulator: &mut OMatrix<T, $R, $C>) {
                let $of = self;
                $matrix.fit(accumulator);
            }
        }
    )*};
}
decomposition! {
    <R: DimMin<C>, C: Dim> LU[R, C], DimMinimum<R, C>; |lu| lu.lu_internal();
    <R: DimMin<C>, C: Dim> QR[R, C], DimMinimum<R, C>, R; |qr| qr.qr_internal();
    <D: Dim> Cholesky[D, D]; |cholesky| cholesky.l_dirty();
}

/// Rules for decomposing a matrix A: m×n.
pub trait DecompositionRules<T, R, C, S>:
    Differentiable<Base = Matrix<T, R, C, S>, Tangent = OMatrix<T, R, C>>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    /// `P A = L U`. The cotangent of the decomposition is that of A.
    #[inline]
    fn rrule_lu(
        &self,
    ) -> (
        LU<T, R, C>,
        impl Fn(&OMatrix<T, R, C>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    )
    where
        R: DimMin<C>,
        DefaultAllocator: Allocator<DimMinimum<R, C>>,
    {
        (LU::new(self.base().clone_owned()), |dz, a, da| {
            add(dz, a.base(), da)
        })
    }

    /// `A = Q R`. The cotangent of the decomposition is that of A.
    #[inline]
    fn rrule_qr(
        &self,
    ) -> (
        QR<T, R, C>,
        impl Fn(&OMatrix<T, R, C>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    )
    where
        R: DimMin<C>,
        DefaultAllocator: Allocator<R> + Allocator<DimMinimum<R, C>>,
    {
        (QR::new(self.base().clone_owned()), |dz, a, da| {
            add(dz, a.base(), da)
        })
    }
}

impl<T, R, C, S> DecompositionRules<T, R, C, S> for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
}

/// Rules for the Cholesky decomposition and triangular systems of a square matrix A: n×n.
pub trait SquareDecompositionRules<T, D, S>:
    Differentiable<Base = SquareMatrix<T, D, S>, Tangent = OMatrix<T, D, D>>
where
    T: Scalar,
    D: Dim,
    S: Elements<T, D, D>,
    DefaultAllocator: Allocator<D, D>,
{
    /// `A = L Lᵀ`, or `None` where A is not positive definite. The cotangent of the decomposition is
    /// that of A as if all of it were read. It is the lower triangle that is, so what would go to an
    /// element above the diagonal goes to its mirror image.
    #[inline]
    fn rrule_cholesky(
        &self,
    ) -> (
        Option<Cholesky<T, D>>,
        impl Fn(&Option<OMatrix<T, D, D>>, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D, S>,
    ) {
        (Cholesky::new(self.base().clone_owned()), |dz, a, da| {
            if let Some(dz) = dz
                && !dz.is_empty()
            {
                add_folded(&dynamic(dz), a.base().shape_generic(), da);
            }
        })
    }

    /// `X = L⁻¹ B` with the lower triangle `L` of A, or `None` where it is singular. `ΔB = L⁻ᵀ ΔX`,
    /// `ΔL` is the lower triangle of `-ΔB Xᵀ`.
    fn rrule_solve_lower_triangular<R2, C2, SB>(
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
        ) + use<Self, T, D, S, R2, C2, SB>,
    )
    where
        R2: Dim,
        C2: Dim,
        SB: Elements<T, R2, C2>,
        DefaultAllocator: Allocator<R2, C2>,
        ShapeConstraint: SameNumberOfRows<R2, D>,
    {
        let x = self.base().solve_lower_triangular(b);
        (x.clone(), move |dz, a, da, b, db| {
            Triangle::Lower.add_solved((&x, dz), (a.base(), da), (b, db));
        })
    }

    /// `X = U⁻¹ B` with the upper triangle `U` of A, or `None` where it is singular. `ΔB = U⁻ᵀ ΔX`,
    /// `ΔU` is the upper triangle of `-ΔB Xᵀ`.
    fn rrule_solve_upper_triangular<R2, C2, SB>(
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
        ) + use<Self, T, D, S, R2, C2, SB>,
    )
    where
        R2: Dim,
        C2: Dim,
        SB: Elements<T, R2, C2>,
        DefaultAllocator: Allocator<R2, C2>,
        ShapeConstraint: SameNumberOfRows<R2, D>,
    {
        let x = self.base().solve_upper_triangular(b);
        (x.clone(), move |dz, a, da, b, db| {
            Triangle::Upper.add_solved((&x, dz), (a.base(), da), (b, db));
        })
    }
}

impl<T, D, S> SquareDecompositionRules<T, D, S> for SquareMatrix<T, D, S>
where
    T: Scalar,
    D: Dim,
    S: Elements<T, D, D>,
    DefaultAllocator: Allocator<D, D>,
{
}

/// `ΔA += ΔC`.
fn add<T, R, C, S>(dz: &OMatrix<T, R, C>, a: &Matrix<T, R, C, S>, da: &mut OMatrix<T, R, C>)
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

/// A copy in run-time dimensions, where the constraints of products hold by themselves.
fn dynamic<T, R, C, S>(a: &Matrix<T, R, C, S>) -> DMatrix<T>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
{
    DMatrix::from_iterator(a.nrows(), a.ncols(), a.iter().copied())
}

/// Hands on `-Cᵀ ΔC Cᵀ`.
fn add_inverse<T: Scalar>(c: &DMatrix<T>, dc: &DMatrix<T>, add: impl FnOnce(&DMatrix<T>)) {
    let transposed = c.transpose();
    add(&-(&transposed * dc * &transposed));
}
