//! The rule for the product of two matrices.

use std::any::TypeId;

use nalgebra::{
    DefaultAllocator, Dim, Dyn, Matrix, MatrixView, OMatrix,
    allocator::Allocator,
    constraint::{AreMultipliable, SameNumberOfColumns, SameNumberOfRows, ShapeConstraint},
    one, zero,
};

use super::{
    elements::{Elements, transposed},
    tangent::{check_shapes, zeros},
};
use crate::rules::{operator::MulRule, scalar::Scalar};

/// `C = A B`, A: m×k, B: k×n, ΔC: m×n. `ΔA = ΔC Bᵀ`, `ΔB = Aᵀ ΔC`.
/// Source: M. Giles, "Collected matrix derivative results for forward and reverse mode AD" (2008).
impl<T, R1, C1, R2, C2, SA, SB> MulRule<Matrix<T, R2, C2, SB>> for Matrix<T, R1, C1, SA>
where
    T: Scalar,
    R1: Dim,
    C1: Dim,
    R2: Dim,
    C2: Dim,
    SA: Elements<T, R1, C1>,
    SB: Elements<T, R2, C2>,
    DefaultAllocator: Allocator<R1, C1> + Allocator<R2, C2> + Allocator<R1, C2>,
    ShapeConstraint:
        AreMultipliable<R1, C1, R2, C2> + SameNumberOfColumns<C1, R2> + SameNumberOfRows<R2, C1>,
{
    type Output = OMatrix<T, R1, C2>;

    fn left(
        &self,
        b: &Matrix<T, R2, C2, SB>,
        dz: &OMatrix<T, R1, C2>,
        da: &mut OMatrix<T, R1, C1>,
    ) {
        if dz.is_empty() || self.is_empty() {
            return;
        }
        let (inner, columns) = b.shape_generic();
        let elements = SB::elements(b);
        let old = prepare(da, self.shape_generic());
        da.gemm(one(), dz, &transposed(&elements, inner, columns), old);
    }

    fn right(
        &self,
        b: &Matrix<T, R2, C2, SB>,
        dz: &OMatrix<T, R1, C2>,
        db: &mut OMatrix<T, R2, C2>,
    ) {
        if dz.is_empty() || b.is_empty() {
            return;
        }
        let old = prepare(db, b.shape_generic());
        add_transposed_product(&SA::elements(self), self.shape_generic(), dz, old, db);
    }
}

/// `C = Aᵀ B + β C`, A: m×k given by its elements, B: m×n, C: k×n, without a transposed copy.
pub(super) fn add_transposed_product<T, R1, C1, C2, R3>(
    a: &[T],
    (rows, columns): (R1, C1),
    b: &OMatrix<T, R1, C2>,
    beta: T,
    c: &mut OMatrix<T, R3, C2>,
) where
    T: Scalar,
    R1: Dim,
    C1: Dim,
    C2: Dim,
    R3: Dim,
    DefaultAllocator: Allocator<R1, C2> + Allocator<R3, C2>,
    ShapeConstraint: SameNumberOfRows<R3, C1>,
{
    let smallest = rows.value().min(columns.value()).min(b.ncols());
    let dynamic = R1::is::<Dyn>() || C1::is::<Dyn>() || C2::is::<Dyn>();
    if smallest > SMALL && dynamic && has_blocked_kernel::<T>() {
        c.gemm(T::one(), &transposed(a, rows, columns), b, beta);
    } else {
        c.gemm_tr(
            T::one(),
            &MatrixView::from_slice_generic(a, rows, columns),
            b,
            beta,
        );
    }
}

/// Up to this dimension nalgebra's `gemm` does without its blocked kernel.
///
/// What it does instead may not be given a transposed matrix on the left: nalgebra 0.35 takes the
/// length of a strided column for that of the memory it spans, and writes past the end.
const SMALL: usize = 5;

/// Whether nalgebra has a blocked kernel for the type.
fn has_blocked_kernel<T: 'static>() -> bool {
    TypeId::of::<T>() == TypeId::of::<f64>() || TypeId::of::<T>() == TypeId::of::<f32>()
}

/// Gives an accumulator its shape; what remains of its old value: the factor β of `gemm`.
fn prepare<T, R, C>(accumulator: &mut OMatrix<T, R, C>, (rows, columns): (R, C)) -> T
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    if accumulator.is_empty() {
        *accumulator = zeros(rows, columns);
        zero()
    } else {
        check_shapes(accumulator.shape(), (rows.value(), columns.value()));
        one()
    }
}
