//! The rules for products of two matrices: `A * B`, `A.tr_mul(&B)`, `A.kronecker(&B)`.

use std::any::TypeId;

use nalgebra::{
    DefaultAllocator, Dim, DimMul, DimProd, Dyn, Matrix, MatrixView, OMatrix,
    allocator::Allocator,
    constraint::{AreMultipliable, SameNumberOfColumns, SameNumberOfRows, ShapeConstraint},
    one, zero,
};

use super::tangent::accumulate_elements;
use super::{
    elements::{Elements, transposed},
    memory::{give_shape, revive},
    tangent::{check_shapes, is_unread},
};
use crate::Differentiable;
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
        if dz.is_empty() || self.is_empty() || is_unread(da) {
            return;
        }
        let shape = (C1::from_usize(b.nrows()), b.shape_generic().1);
        add_product_by_transposed(dz, &SB::elements(b), shape, da);
    }

    fn right(
        &self,
        b: &Matrix<T, R2, C2, SB>,
        dz: &OMatrix<T, R1, C2>,
        db: &mut OMatrix<T, R2, C2>,
    ) {
        if dz.is_empty() || b.is_empty() || is_unread(db) {
            return;
        }
        let (rows, columns) = (self.shape_generic().0, R2::from_usize(self.ncols()));
        add_transposed_product(&SA::elements(self), (rows, columns), dz, db);
    }
}

/// Rules for the products that are methods.
#[expect(clippy::type_complexity)]
pub trait ProductRules<T, R, C, S>:
    Differentiable<Base = Matrix<T, R, C, S>, Tangent = OMatrix<T, R, C>>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    /// `C = Aᵀ B`, A: m×k, B: m×n, ΔC: k×n. `ΔA = B ΔCᵀ`, `ΔB = A ΔC`.
    fn rrule_tr_mul<R2, C2, SB>(
        &self,
        b: &Matrix<T, R2, C2, SB>,
    ) -> (
        OMatrix<T, C, C2>,
        impl Fn(
            &OMatrix<T, C, C2>,
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
        DefaultAllocator: Allocator<R2, C2> + Allocator<C, C2>,
        ShapeConstraint: SameNumberOfRows<R, R2>,
    {
        (self.base().tr_mul(b), |dz, a, da, b, db| {
            let a = a.base();
            if dz.is_empty() || a.is_empty() || b.is_empty() {
                return;
            }
            // In run-time dimensions, where the constraints of the two products hold by themselves.
            let (rows, inner, columns) = (Dyn(a.nrows()), Dyn(a.ncols()), Dyn(b.ncols()));
            let (left, right) = (S::elements(a), SB::elements(b));
            let left = MatrixView::from_slice_generic(&left, rows, inner);
            let right = MatrixView::from_slice_generic(&right, rows, columns);
            let dleft = right * transposed(dz.as_slice(), inner, columns);
            let dright = left * MatrixView::from_slice_generic(dz.as_slice(), inner, columns);
            accumulate_elements(da, a.shape_generic(), dleft.iter().copied());
            accumulate_elements(db, b.shape_generic(), dright.iter().copied());
        })
    }

    /// The block matrix of `aᵢⱼ B`, A: m×n, B: p×q, C: mp×nq. `Δaᵢⱼ = ⟨B, ΔCᵢⱼ⟩`, `ΔB = Σ aᵢⱼ ΔCᵢⱼ`, where
    /// `ΔCᵢⱼ` is the block.
    fn rrule_kronecker<R2, C2, SB>(
        &self,
        b: &Matrix<T, R2, C2, SB>,
    ) -> (
        OMatrix<T, DimProd<R, R2>, DimProd<C, C2>>,
        impl Fn(
            &OMatrix<T, DimProd<R, R2>, DimProd<C, C2>>,
            &Self,
            &mut OMatrix<T, R, C>,
            &Matrix<T, R2, C2, SB>,
            &mut OMatrix<T, R2, C2>,
        ) + use<Self, T, R, C, S, R2, C2, SB>,
    )
    where
        R: DimMul<R2>,
        C: DimMul<C2>,
        R2: Dim,
        C2: Dim,
        SB: Elements<T, R2, C2>,
        DefaultAllocator: Allocator<R2, C2> + Allocator<DimProd<R, R2>, DimProd<C, C2>>,
    {
        (self.base().kronecker(b), |dz, a, da, b, db| {
            if dz.is_empty() {
                return;
            }
            let a = a.base();
            a.fit(da);
            b.fit(db);
            for j in 0..a.ncols() {
                for i in 0..a.nrows() {
                    for l in 0..b.ncols() {
                        for k in 0..b.nrows() {
                            let dz = dz[(i * b.nrows() + k, j * b.ncols() + l)];
                            da[(i, j)] += dz * b[(k, l)];
                            db[(k, l)] += dz * a[(i, j)];
                        }
                    }
                }
            }
        })
    }
}

impl<T, R, C, S> ProductRules<T, R, C, S> for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
}

/// `C += A Bᵀ`, A: m×n, B: k×n given by its elements, C: m×k, without a transposed copy.
fn add_product_by_transposed<T, R1, C1, C2>(
    a: &OMatrix<T, R1, C2>,
    b: &[T],
    (rows, columns): (C1, C2),
    c: &mut OMatrix<T, R1, C1>,
) where
    T: Scalar,
    R1: Dim,
    C1: Dim,
    C2: Dim,
    DefaultAllocator: Allocator<R1, C2> + Allocator<R1, C1>,
{
    let shape = (a.shape_generic().0, rows);
    if !c.is_empty() {
        check_shapes(c.shape(), (a.nrows(), rows.value()));
    }
    if a.nrows() <= SMALL && a.nrows() < rows.value() && has_blocked_kernel::<T, R1, C1, C2>() {
        // nalgebra works by columns, which would be short: those of `B Aᵀ` are not.
        let (rows, columns) = (Dyn(rows.value()), Dyn(columns.value()));
        let b = MatrixView::from_slice_generic(b, rows, columns);
        let product = b * transposed(a.as_slice(), Dyn(a.nrows()), columns);
        if c.is_empty() {
            give_shape(c, shape);
        }
        for (column, row) in c
            .as_mut_slice()
            .chunks_exact_mut(a.nrows())
            .zip(product.row_iter())
        {
            for (c, &product) in column.iter_mut().zip(row.iter()) {
                *c += product;
            }
        }
        return;
    }
    let b = transposed(b, rows, columns);
    match share(c, shape) {
        Some(share) => c.gemm(one(), a, &b, share),
        None => *c = a * b,
    }
}

/// `C += Aᵀ B`, A: m×k given by its elements, B: m×n, C: k×n, without a transposed copy.
pub(super) fn add_transposed_product<T, R1, C1, C2>(
    a: &[T],
    (rows, columns): (R1, C1),
    b: &OMatrix<T, R1, C2>,
    c: &mut OMatrix<T, C1, C2>,
) where
    T: Scalar,
    R1: Dim,
    C1: Dim,
    C2: Dim,
    DefaultAllocator: Allocator<R1, C2> + Allocator<C1, C2>,
{
    if !c.is_empty() {
        check_shapes(c.shape(), (columns.value(), b.ncols()));
    }
    let smallest = rows.value().min(columns.value()).min(b.ncols());
    let is_blocked = smallest > SMALL && has_blocked_kernel::<T, R1, C1, C2>();
    match (is_blocked, share(c, (columns, b.shape_generic().1))) {
        (true, None) => *c = transposed(a, rows, columns) * b,
        (true, Some(share)) => c.gemm(one(), &transposed(a, rows, columns), b, share),
        (false, None) => *c = MatrixView::from_slice_generic(a, rows, columns).tr_mul(b),
        (false, Some(share)) => {
            let a = MatrixView::from_slice_generic(a, rows, columns);
            c.gemm_tr(one(), &a, b, share);
        }
    }
}

/// By how much what is in `c` counts beside a product: not at all in memory that is used again. `None` if there is
/// no memory.
fn share<T, R, C>(c: &mut OMatrix<T, R, C>, shape: (R, C)) -> Option<T>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    if c.is_empty() {
        revive(c, shape).then(zero)
    } else {
        Some(one())
    }
}

/// Up to this dimension nalgebra's `gemm` does without its blocked kernel.
///
/// What it does instead may not be given a transposed matrix on the left: nalgebra 0.35 takes the
/// length of a strided column for that of the memory it spans, and writes past the end.
const SMALL: usize = 5;

/// Whether nalgebra has a blocked kernel for the type and takes it: a dimension is known at run time only.
fn has_blocked_kernel<T: 'static, A: Dim, B: Dim, C: Dim>() -> bool {
    let is_dynamic = A::is::<Dyn>() || B::is::<Dyn>() || C::is::<Dyn>();
    let floats = [TypeId::of::<f64>(), TypeId::of::<f32>()];
    is_dynamic && floats.contains(&TypeId::of::<T>())
}
