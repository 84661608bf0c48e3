//! Rules for decompositions and what is solved with them: `a.lu().solve(&b)`, `a.cholesky()`, `a.qr()`.
//!
//! The cotangent of a decomposition is that of the matrix A which was decomposed, so that each
//! method of the decomposition has a rule of its own and the factors need none.
#![expect(clippy::type_complexity)]

use nalgebra::{
    Cholesky, DMatrix, DefaultAllocator, Dim, DimMin, DimMinimum, LU, Matrix, OMatrix, QR,
    RawStorage, SquareMatrix,
    allocator::Allocator,
    constraint::{SameNumberOfRows, ShapeConstraint},
    convert, zero,
};

use super::{
    SquareRules, elements::Elements, linear_algebra::add_folded, tangent::accumulate_elements,
};
use crate::Differentiable;
use crate::rules::scalar::Scalar;

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
            let (Some(x), Some(dz)) = (&x, dz) else {
                return;
            };
            let a = a.base();
            let solution = divide_transposed_lower(&dynamic(a), &dynamic(dz));
            if let (Some(solution), false) = (solution, dz.is_empty()) {
                let full = &solution * dynamic(x).transpose();
                let triangle = full.lower_triangle();
                accumulate_elements(da, a.shape_generic(), triangle.iter().map(|&da| -da));
                accumulate_elements(db, b.shape_generic(), solution.iter().copied());
            }
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
            let (Some(x), Some(dz)) = (&x, dz) else {
                return;
            };
            let a = a.base();
            let solution = divide_transposed_upper(&dynamic(a), &dynamic(dz));
            if let (Some(solution), false) = (solution, dz.is_empty()) {
                let full = &solution * dynamic(x).transpose();
                let triangle = full.upper_triangle();
                accumulate_elements(da, a.shape_generic(), triangle.iter().map(|&da| -da));
                accumulate_elements(db, b.shape_generic(), solution.iter().copied());
            }
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
    /// [`SquareRules`](super::SquareRules::rrule_determinant).
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
            let right = divide_transposed_lower(&l, &middle.transpose());
            let both = right.and_then(|right| divide_transposed_lower(&l, &right.transpose()));
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

/// Rules for the factors of the QR decomposition of a matrix A: m×n with m ≥ n.
pub trait QrRules<T, R, C>: Differentiable<Tangent = OMatrix<T, R, C>>
where
    T: Scalar,
    R: DimMin<C>,
    C: Dim,
    DefaultAllocator:
        Allocator<R, C> + Allocator<R, DimMinimum<R, C>> + Allocator<DimMinimum<R, C>, C>,
{
    /// The factor `Q`: m×n. `ΔA = (ΔQ + Q Ψ(-ΔQᵀ Q)) R⁻ᵀ`, where `Ψ` mirrors the lower triangle upwards.
    /// Source: H.-J. Liao et al., "Differentiable programming tensor networks" (2019).
    /// NaN where the columns of A are linearly dependent.
    ///
    /// # Panics
    /// In reverse, if m < n.
    fn rrule_q(
        &self,
    ) -> (
        OMatrix<T, R, DimMinimum<R, C>>,
        impl Fn(&OMatrix<T, R, DimMinimum<R, C>>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C>,
    );

    /// The factor `R`: n×n. `ΔA = Q Ψ(R ΔRᵀ) R⁻ᵀ`, where `Ψ` mirrors the lower triangle upwards.
    /// NaN where the columns of A are linearly dependent.
    ///
    /// # Panics
    /// In reverse, if m < n.
    fn rrule_r(
        &self,
    ) -> (
        OMatrix<T, DimMinimum<R, C>, C>,
        impl Fn(&OMatrix<T, DimMinimum<R, C>, C>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C>,
    );
}

impl<T, R, C> QrRules<T, R, C> for QR<T, R, C>
where
    T: Scalar,
    R: DimMin<C>,
    C: Dim,
    DefaultAllocator: Allocator<R, C>
        + Allocator<R>
        + Allocator<DimMinimum<R, C>>
        + Allocator<R, DimMinimum<R, C>>
        + Allocator<DimMinimum<R, C>, C>,
{
    fn rrule_q(
        &self,
    ) -> (
        OMatrix<T, R, DimMinimum<R, C>>,
        impl Fn(&OMatrix<T, R, DimMinimum<R, C>>, &Self, &mut OMatrix<T, R, C>) + use<T, R, C>,
    ) {
        let back = |dz: &OMatrix<T, R, DimMinimum<R, C>>, qr: &Self, da: &mut OMatrix<T, R, C>| {
            if dz.is_empty() {
                return;
            }
            let (q, dq) = (dynamic(&qr.q()), dynamic(dz));
            let middle = mirrored(&-(dq.transpose() * &q));
            let shape = qr.qr_internal().shape_generic();
            add_divided(dq + q * middle, &dynamic(&qr.r()), shape, da);
        };
        (self.q(), back)
    }

    fn rrule_r(
        &self,
    ) -> (
        OMatrix<T, DimMinimum<R, C>, C>,
        impl Fn(&OMatrix<T, DimMinimum<R, C>, C>, &Self, &mut OMatrix<T, R, C>) + use<T, R, C>,
    ) {
        let back = |dz: &OMatrix<T, DimMinimum<R, C>, C>, qr: &Self, da: &mut OMatrix<T, R, C>| {
            if dz.is_empty() {
                return;
            }
            let (q, r) = (dynamic(&qr.q()), dynamic(&qr.r()));
            let middle = mirrored(&(&r * dynamic(dz).upper_triangle().transpose()));
            add_divided(q * middle, &r, qr.qr_internal().shape_generic(), da);
        };
        (self.r(), back)
    }
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

/// `A⁻ᵀ B`, from `P A = L U`.
fn solve_transposed<T, D>(lu: &LU<T, D, D>, b: DMatrix<T>) -> Option<DMatrix<T>>
where
    T: Scalar,
    D: DimMin<D, Output = D>,
    DefaultAllocator: Allocator<D, D> + Allocator<D>,
{
    let (l, u) = (dynamic(&lu.l()), dynamic(&lu.u()));
    let mut solution = divide_transposed_lower(&l, &divide_transposed_upper(&u, &b)?)?;
    lu.p().inv_permute_rows(&mut solution);
    Some(solution)
}

/// Hands on `-Cᵀ ΔC Cᵀ`.
fn add_inverse<T: Scalar>(c: &DMatrix<T>, dc: &DMatrix<T>, add: impl FnOnce(&DMatrix<T>)) {
    let transposed = c.transpose();
    add(&-(&transposed * dc * &transposed));
}

/// The symmetric matrix that has this lower triangle.
fn mirrored<T: Scalar>(a: &DMatrix<T>) -> DMatrix<T> {
    DMatrix::from_fn(a.nrows(), a.ncols(), |i, j| a[(i.max(j), i.min(j))])
}

/// `ΔA += B R⁻ᵀ`, NaN where R is singular: the factors have no derivative there.
fn add_divided<T, R, C>(b: DMatrix<T>, r: &DMatrix<T>, shape: (R, C), da: &mut OMatrix<T, R, C>)
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    assert!(
        r.is_square(),
        "the QR decomposition of a matrix with fewer rows than columns has no derivative"
    );
    let b = b.transpose();
    let solution = divide_upper(r, &b).unwrap_or_else(|| b.map(|_| zero::<T>() / zero::<T>()));
    let transposed = (0..shape.1.value()).flat_map(|j| (0..shape.0.value()).map(move |i| (j, i)));
    accumulate_elements(da, shape, transposed.map(|position| solution[position]));
}

/// `L⁻ᵀ B`, or `None` where it is singular.
fn divide_transposed_lower<T: Scalar>(l: &DMatrix<T>, b: &DMatrix<T>) -> Option<DMatrix<T>> {
    l.tr_solve_lower_triangular(b)
}

/// `U⁻ᵀ B`, or `None` where it is singular.
fn divide_transposed_upper<T: Scalar>(u: &DMatrix<T>, b: &DMatrix<T>) -> Option<DMatrix<T>> {
    u.tr_solve_upper_triangular(b)
}

/// `U⁻¹ B`, or `None` where it is singular.
fn divide_upper<T: Scalar>(u: &DMatrix<T>, b: &DMatrix<T>) -> Option<DMatrix<T>> {
    u.solve_upper_triangular(b)
}
