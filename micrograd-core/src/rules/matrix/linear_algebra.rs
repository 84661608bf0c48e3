//! Rules for the methods of linear algebra proper.
#![expect(clippy::type_complexity)]

use std::cmp::Ordering;

use nalgebra::{
    DMatrix, DefaultAllocator, Dim, DimDiff, DimMin, DimSub, Matrix, OMatrix, OVector,
    SquareMatrix, U1, U2,
    allocator::{Allocator, SameShapeAllocator, SameShapeC, SameShapeR},
    constraint::{DimEq, SameNumberOfColumns, SameNumberOfRows, ShapeConstraint},
    one, zero,
};

use super::{
    elements::{Elements, transposed},
    product::add_transposed_product,
    tangent::accumulate_elements,
};
use crate::rules::scalar::Scalar;
use crate::{Differentiable, Tangent};

/// The type of a cross product.
type Cross<T, R1, C1, R2, C2> = OMatrix<T, SameShapeR<R1, R2>, SameShapeC<C1, C2>>;

/// Rules for the methods of vectors and matrices as directions.
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

    /// The angle `γ` between `a` and `b`: `Δa = -Δγ (b̂ - â cos γ) / ‖a‖ sin γ`, and `Δb` likewise, with
    /// `â = a / ‖a‖`. Where one is zero or both are parallel `Δa = Δb = 0`, the subgradient of least norm.
    #[inline]
    fn rrule_angle<R2, C2, SB>(
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
        (self.base().angle(b), |&dz, a, da, b, db| {
            let a = a.base();
            let (norm_a, norm_b) = (a.norm(), b.norm());
            let cosine = a.dot(b) / (norm_a * norm_b);
            let parallel = cosine >= T::one() || cosine <= -T::one();
            if norm_a == zero() || norm_b == zero() || parallel {
                return;
            }
            let sine = ((T::one() - cosine) * (T::one() + cosine)).sqrt();
            let (left, right) = (S::elements(a), SB::elements(b));
            let factor = -dz / (sine * norm_a * norm_b);
            let along_a = factor * cosine * norm_b / norm_a;
            let along_b = factor * cosine * norm_a / norm_b;
            let pairs = || left.iter().zip(&*right);
            let contributions = pairs().map(|(&a, &b)| factor * b - along_a * a);
            accumulate_elements(da, a.shape_generic(), contributions);
            let contributions = pairs().map(|(&a, &b)| factor * a - along_b * b);
            accumulate_elements(db, b.shape_generic(), contributions);
        })
    }

    /// `c = a₀ b₁ - a₁ b₀`, both of two elements. `Δa = Δc (b₁, -b₀)`, `Δb = Δc (-a₁, a₀)`.
    #[inline]
    fn rrule_perp<R2, C2, SB>(
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
        ShapeConstraint: SameNumberOfRows<R, U2>
            + SameNumberOfColumns<C, U1>
            + SameNumberOfRows<R2, U2>
            + SameNumberOfColumns<C2, U1>,
    {
        (self.base().perp(b), |&dz, a, da, b, db| {
            let a = a.base();
            let (x, y) = (&*S::elements(a), &*SB::elements(b));
            let (dx, dy) = ([dz * y[1], -dz * y[0]], [-dz * x[1], dz * x[0]]);
            accumulate_elements(da, a.shape_generic(), dx.into_iter());
            accumulate_elements(db, b.shape_generic(), dy.into_iter());
        })
    }

    /// `C = A / ‖A‖` where that norm is above the least, else `None`: see
    /// [`rrule_normalize`](Self::rrule_normalize).
    #[inline]
    fn rrule_try_normalize(
        &self,
        least: &T,
    ) -> (
        Option<OMatrix<T, R, C>>,
        impl Fn(&Option<OMatrix<T, R, C>>, &Self, &mut OMatrix<T, R, C>, &T, &mut T)
        + use<Self, T, R, C, S>,
    ) {
        let (_, back) = self.rrule_normalize();
        (self.base().try_normalize(*least), move |dz, a, da, _, _| {
            if let Some(dz) = dz {
                back(dz, a, da);
            }
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
            let mut product = Tangent::shapeless();
            let elements = inverse.as_slice();
            add_transposed_product(elements, (rows, columns), dz, &mut product);
            a.base().fit(da);
            let inverse = transposed(elements, rows, columns);
            da.gemm(-T::one(), &product, &inverse, one());
        })
    }

    /// `cᵢ = aᵢᵢ`. `Δaᵢᵢ = Δcᵢ`.
    #[inline]
    fn rrule_diagonal(
        &self,
    ) -> (
        OVector<T, D>,
        impl Fn(&OVector<T, D>, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D, S>,
    )
    where
        DefaultAllocator: Allocator<D>,
    {
        (self.base().diagonal(), |dz, a, da| {
            if dz.is_empty() {
                return;
            }
            a.base().fit(da);
            for i in 0..da.nrows() {
                da[(i, i)] += dz[i];
            }
        })
    }

    /// `C = (A + Aᵀ) / 2`. `ΔA = (ΔC + ΔCᵀ) / 2`.
    #[inline]
    fn rrule_symmetric_part(
        &self,
    ) -> (
        OMatrix<T, D, D>,
        impl Fn(&OMatrix<T, D, D>, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D, S>,
    ) {
        (self.base().symmetric_part(), |dz, a, da| {
            if !dz.is_empty() {
                let symmetric = dz.symmetric_part();
                accumulate_elements(da, a.base().shape_generic(), symmetric.iter().copied());
            }
        })
    }

    /// `C = e^A`. `ΔA` is the derivative of the exponential at `Aᵀ` along `ΔC`: the upper right block of
    /// `exp [Aᵀ ΔC; 0 Aᵀ]`.
    /// Source: I. Najfeld and T. Havel, "Derivatives of the matrix exponential and their computation" (1995).
    fn rrule_exp(
        &self,
    ) -> (
        OMatrix<T, D, D>,
        impl Fn(&OMatrix<T, D, D>, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D, S>,
    )
    where
        D: DimMin<D, Output = D>,
        DefaultAllocator: Allocator<D>,
    {
        (self.base().clone_owned().exp(), |dz, a, da| {
            if dz.is_empty() {
                return;
            }
            let (a, n) = (a.base(), dz.nrows());
            let block = DMatrix::from_fn(2 * n, 2 * n, |i, j| match (i < n, j < n) {
                (true, true) => a[(j, i)],
                (true, false) => dz[(i, j - n)],
                (false, true) => zero(),
                (false, false) => a[(j - n, i - n)],
            });
            let exponential = exponential(&block);
            let derivative = exponential.view((0, n), (n, n));
            accumulate_elements(da, a.shape_generic(), derivative.iter().copied());
        })
    }

    /// The eigenvalues `λ` of a symmetric matrix, of which the lower triangle is read. With the
    /// eigenvectors `V`, `ΔA = V diag(Δλ) Vᵀ`, folded into that triangle. Where eigenvalues are equal it is
    /// the derivative of their sum that is defined.
    /// Source: M. Giles, "Collected matrix derivative results for forward and reverse mode AD" (2008).
    fn rrule_symmetric_eigenvalues(
        &self,
    ) -> (
        OVector<T, D>,
        impl Fn(&OVector<T, D>, &Self, &mut OMatrix<T, D, D>) + use<Self, T, D, S>,
    )
    where
        D: DimSub<U1>,
        DefaultAllocator: Allocator<D> + Allocator<DimDiff<D, U1>> + Allocator<D, DimDiff<D, U1>>,
    {
        let values = self.base().symmetric_eigenvalues();
        let kept = values.clone();
        (values, move |dz, a, da| {
            if dz.is_empty() {
                return;
            }
            let (a, n) = (a.base(), dz.nrows());
            let eigen = DMatrix::from_column_slice(n, n, &S::elements(a)).symmetric_eigen();
            // The two algorithms may not agree on the order.
            let (ours, theirs) = (order(kept.as_slice()), order(eigen.eigenvalues.as_slice()));
            let mut scaled = eigen.eigenvectors.clone();
            for (&ours, &theirs) in ours.iter().zip(&theirs) {
                scaled.column_mut(theirs).scale_mut(dz[ours]);
            }
            let full = scaled * eigen.eigenvectors.transpose();
            add_folded(&full, a.shape_generic(), da);
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

/// `e^A`.
fn exponential<T: Scalar>(a: &DMatrix<T>) -> DMatrix<T> {
    a.exp()
}

/// The positions of the values from the smallest to the largest.
fn order<T: Scalar>(values: &[T]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[i].partial_cmp(&values[j]).unwrap_or(Ordering::Equal));
    order
}

/// The cotangent of a symmetric matrix whose lower triangle alone is read: what would go to an
/// element above the diagonal goes to its mirror image.
pub(super) fn add_folded<T, D>(full: &DMatrix<T>, shape: (D, D), da: &mut OMatrix<T, D, D>)
where
    T: Scalar,
    D: Dim,
    DefaultAllocator: Allocator<D, D>,
{
    let n = full.nrows();
    let positions = (0..n).flat_map(|j| (0..n).map(move |i| (i, j)));
    let contributions = positions.map(|(i, j)| match i.cmp(&j) {
        Ordering::Less => zero(),
        Ordering::Equal => full[(i, i)],
        Ordering::Greater => full[(i, j)] + full[(j, i)],
    });
    accumulate_elements(da, shape, contributions);
}
