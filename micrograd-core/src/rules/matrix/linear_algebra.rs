//! Rules for the methods of linear algebra proper.
#![expect(clippy::type_complexity)]

use nalgebra::{
    DMatrix, DefaultAllocator, Dim, DimMin, Matrix, OMatrix, SquareMatrix,
    allocator::{Allocator, SameShapeAllocator, SameShapeC, SameShapeR},
    constraint::{SameNumberOfColumns, SameNumberOfRows, ShapeConstraint},
    one, zero,
};

use super::{
    elements::{Elements, transposed},
    product::add_transposed_product,
    tangent::accumulate_elements,
};
use crate::Differentiable;
use crate::rules::scalar::Scalar;

/// The type of a cross product.
type Cross<T, R1, C1, R2, C2> = OMatrix<T, SameShapeR<R1, R2>, SameShapeC<C1, C2>>;

/// Rules for `normalize` and `cross`.
pub trait LinearAlgebraRules<T, R, C, S>:
    Differentiable<Base = Matrix<T, R, C, S>, Tangent = OMatrix<T, R, C>>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    /// `C = A / ‖A‖`. `ΔA = (ΔC - C ⟨C, ΔC⟩) / ‖A‖`; not defined at `A = 0`.
    #[inline]
    fn rrule_normalize(
        &self,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&OMatrix<T, R, C>, &Self, &mut OMatrix<T, R, C>) + use<Self, T, R, C, S>,
    ) {
        let norm = self.base().norm();
        (self.base().unscale(norm), move |dz, a, da| {
            if dz.iter().all(|&dz| dz == zero()) {
                return;
            }
            // ⟨C, ΔC⟩ / ‖A‖ · C  =  ⟨A, ΔC⟩ / ‖A‖³ · A
            let a = a.base();
            let inverse = T::one() / norm;
            let along = a.dot(dz) * inverse * inverse * inverse;
            let elements = S::elements(a);
            let pairs = dz.as_slice().iter().zip(&*elements);
            accumulate_elements(
                da,
                a.shape_generic(),
                pairs.map(|(&dz, &a)| dz * inverse - a * along),
            );
        })
    }

    /// `c = a × b`, all of three elements. `Δa = b × Δc`, `Δb = Δc × a`.
    #[inline]
    fn rrule_cross<R2, C2, SB>(
        &self,
        b: &Matrix<T, R2, C2, SB>,
    ) -> (
        Cross<T, R, C, R2, C2>,
        impl Fn(
            &Cross<T, R, C, R2, C2>,
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
        (self.base().cross(b), |dz, a, da, b, db| {
            if dz.is_empty() {
                return;
            }
            let a = a.base();
            let (x, y, dz) = (&*S::elements(a), &*SB::elements(b), dz.as_slice());
            accumulate_elements(da, a.shape_generic(), cross(y, dz).into_iter());
            accumulate_elements(db, b.shape_generic(), cross(dz, x).into_iter());
        })
    }
}

impl<T, R, C, S> LinearAlgebraRules<T, R, C, S> for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
}

/// Rules for the methods of a square matrix A: n×n.
pub trait SquareRules<T, D, S>:
    Differentiable<Base = SquareMatrix<T, D, S>, Tangent = OMatrix<T, D, D>>
where
    T: Scalar,
    D: Dim,
    S: Elements<T, D, D>,
    DefaultAllocator: Allocator<D, D>,
{
    /// `c = Σ aᵢᵢ`. `Δaᵢᵢ = Δc`.
    #[inline]
    fn rrule_trace(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D, S>,
    ) {
        (self.base().trace(), |&dz, a, da| {
            a.base().fit(da);
            for i in 0..da.nrows() {
                da[(i, i)] += dz;
            }
        })
    }

    /// `c = det A`. `ΔA = Δc det(A) A⁻ᵀ`, which for a singular matrix is the matrix of cofactors.
    /// Source: M. Giles, "Collected matrix derivative results for forward and reverse mode AD" (2008).
    fn rrule_determinant(
        &self,
    ) -> (
        T,
        impl Fn(&T, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D, S>,
    )
    where
        D: DimMin<D, Output = D>,
        DefaultAllocator: Allocator<D>,
    {
        let determinant = self.base().determinant();
        (determinant, move |&dz, a, da| {
            let a = a.base();
            if dz == zero() {
                return;
            }
            let inverse = a.clone_owned().try_inverse();
            match inverse.filter(|_| determinant != zero()) {
                Some(inverse) => {
                    let (rows, columns) = a.shape_generic();
                    let inverse = transposed(inverse.as_slice(), rows, columns);
                    let factor = dz * determinant;
                    let contributions = inverse.iter().map(|&inverse| factor * inverse);
                    accumulate_elements(da, (rows, columns), contributions);
                }
                None => {
                    let cofactors = cofactors(a.nrows(), &S::elements(a));
                    let contributions = cofactors.iter().map(|&cofactor| dz * cofactor);
                    accumulate_elements(da, a.shape_generic(), contributions);
                }
            }
        })
    }

    /// `C = A⁻¹`, or `None` for a singular matrix. `ΔA = -Cᵀ ΔC Cᵀ`.
    /// Source: M. Giles, "Collected matrix derivative results for forward and reverse mode AD" (2008).
    fn rrule_try_inverse(
        &self,
    ) -> (
        Option<OMatrix<T, D, D>>,
        impl Fn(&Option<OMatrix<T, D, D>>, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D, S>,
    ) {
        let inverse = self.base().clone_owned().try_inverse();
        (inverse.clone(), move |dz, a, da| {
            let (Some(inverse), Some(dz)) = (&inverse, dz) else {
                return;
            };
            if dz.is_empty() {
                return;
            }
            let (rows, columns) = a.base().shape_generic();
            let mut product = dz.clone();
            let elements = inverse.as_slice();
            add_transposed_product(elements, (rows, columns), dz, zero(), &mut product);
            a.base().fit(da);
            let inverse = transposed(elements, rows, columns);
            da.gemm(-T::one(), &product, &inverse, one());
        })
    }
}

impl<T, D, S> SquareRules<T, D, S> for SquareMatrix<T, D, S>
where
    T: Scalar,
    D: Dim,
    S: Elements<T, D, D>,
    DefaultAllocator: Allocator<D, D>,
{
}

/// `a × b`.
fn cross<T: Scalar>(a: &[T], b: &[T]) -> [T; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// The cofactors of a singular n×n matrix, from its singular values.
///
/// For `A = U diag(s) Vᵀ` they are `det(U) det(V) U diag(Πₖ≠ᵢ sₖ) Vᵀ`: no division by a singular
/// value that is zero.
fn cofactors<T: Scalar>(n: usize, elements: &[T]) -> DMatrix<T> {
    let svd = DMatrix::from_column_slice(n, n, elements).svd(true, true);
    let (Some(u), Some(v_transposed)) = (svd.u, svd.v_t) else {
        unreachable!("both factors were asked for");
    };
    let sign = u.determinant() * v_transposed.determinant();
    let mut scaled = u;
    for (i, mut column) in scaled.column_iter_mut().enumerate() {
        let others = svd
            .singular_values
            .iter()
            .enumerate()
            .filter(|&(k, _)| k != i);
        column *= others.fold(sign, |product, (_, &value)| product * value);
    }
    scaled * v_transposed
}
