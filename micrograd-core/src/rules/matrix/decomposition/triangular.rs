//! Triangular systems, which the reverse of every decomposition ends in.

use nalgebra::{DMatrix, DefaultAllocator, Dim, Matrix, OMatrix, allocator::Allocator};

use super::dynamic;
use crate::rules::matrix::{elements::Elements, tangent::accumulate_elements};
use crate::rules::scalar::Scalar;

/// The part of a square matrix that a system reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Triangle {
    /// On and below the diagonal.
    Lower,
    /// On and above the diagonal.
    Upper,
}

impl Triangle {
    /// This triangle of A, zero elsewhere.
    fn of<T: Scalar>(self, a: &DMatrix<T>) -> DMatrix<T> {
        match self {
            Triangle::Lower => a.lower_triangle(),
            Triangle::Upper => a.upper_triangle(),
        }
    }

    /// `T⁻ᵀ B` with this triangle `T` of A, or `None` where it is singular.
    pub(super) fn divide_transposed<T: Scalar>(
        self,
        a: &DMatrix<T>,
        b: &DMatrix<T>,
    ) -> Option<DMatrix<T>> {
        match self {
            Triangle::Lower => a.tr_solve_lower_triangular(b),
            Triangle::Upper => a.tr_solve_upper_triangular(b),
        }
    }

    /// The reverse of `X = T⁻¹ B` with this triangle `T` of A: `ΔB += T⁻ᵀ ΔX`, `ΔA += ` the triangle
    /// of `-ΔB Xᵀ`.
    pub(super) fn add_solved<T, D, S, R, C, SB>(
        self,
        (x, dx): (&Option<OMatrix<T, R, C>>, &Option<OMatrix<T, R, C>>),
        (a, da): (&Matrix<T, D, D, S>, &mut OMatrix<T, D, D>),
        (b, db): (&Matrix<T, R, C, SB>, &mut OMatrix<T, R, C>),
    ) where
        T: Scalar,
        D: Dim,
        S: Elements<T, D, D>,
        R: Dim,
        C: Dim,
        SB: Elements<T, R, C>,
        DefaultAllocator: Allocator<D, D> + Allocator<R, C>,
    {
        let (Some(x), Some(dx)) = (x, dx) else {
            return;
        };
        let solution = self.divide_transposed(&dynamic(a), &dynamic(dx));
        if let (Some(solution), false) = (solution, dx.is_empty()) {
            let triangle = self.of(&(&solution * dynamic(x).transpose()));
            accumulate_elements(da, a.shape_generic(), triangle.iter().map(|&da| -da));
            accumulate_elements(db, b.shape_generic(), solution.iter().copied());
        }
    }
}

/// `U⁻¹ B`, or `None` where it is singular.
pub(super) fn divide_upper<T: Scalar>(u: &DMatrix<T>, b: &DMatrix<T>) -> Option<DMatrix<T>> {
    u.solve_upper_triangular(b)
}
