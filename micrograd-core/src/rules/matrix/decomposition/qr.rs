//! Rules for the factors of the QR decomposition.

use nalgebra::{
    DMatrix, DefaultAllocator, Dim, DimMin, DimMinimum, OMatrix, QR, allocator::Allocator, zero,
};

use super::{dynamic, triangular::divide_upper};
use crate::Differentiable;
use crate::rules::matrix::tangent::accumulate_elements;
use crate::rules::scalar::Scalar;

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
