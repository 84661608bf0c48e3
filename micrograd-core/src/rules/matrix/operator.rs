//! Rules for the elementwise operators: `A + B`, `A - B`, `-A`, and a matrix times or by a number.

use nalgebra::{
    DefaultAllocator, Dim, Matrix, OMatrix, RawStorage,
    allocator::{Allocator, SameShapeAllocator, SameShapeC, SameShapeR},
    constraint::{SameNumberOfColumns, SameNumberOfRows, ShapeConstraint},
};

use super::{elements::Elements, tangent::accumulate_elements};
use crate::NoTangent;
use crate::rules::operator::{
    AddRule, DivRule, Minus, MulRule, NegRule, Negation, Plus, Residual, SubRule,
};
use crate::rules::scalar::{Scalar, strong};

macro_rules! sum_rule {
    ($(#[$doc:meta])* $Rule:ident, $Residual:ident, |$dz:ident| $right:expr) => {
        $(#[$doc])*
        impl<T, R1, C1, R2, C2, SA, SB> $Rule<Matrix<T, R2, C2, SB>> for Matrix<T, R1, C1, SA>
        where
            T: Scalar,
            R1: Dim,
            C1: Dim,
            R2: Dim,
            C2: Dim,
            SA: RawStorage<T, R1, C1>,
            SB: RawStorage<T, R2, C2>,
            DefaultAllocator: Allocator<R1, C1> + Allocator<R2, C2> + SameShapeAllocator<R1, C1, R2, C2>,
            ShapeConstraint: SameNumberOfRows<R1, R2> + SameNumberOfColumns<C1, C2>,
        {
            type Output = OMatrix<T, SameShapeR<R1, R2>, SameShapeC<C1, C2>>;
            type Residual = $Residual;

            #[inline(always)]
            fn residual(&self, _: &Matrix<T, R2, C2, SB>) -> $Residual {
                $Residual
            }
        }

        impl<T, R, C, R1, C1, R2, C2>
            Residual<OMatrix<T, R, C>, OMatrix<T, R1, C1>, OMatrix<T, R2, C2>> for $Residual
        where
            T: Scalar,
            R: Dim,
            C: Dim,
            R1: Dim,
            C1: Dim,
            R2: Dim,
            C2: Dim,
            DefaultAllocator: Allocator<R, C> + Allocator<R1, C1> + Allocator<R2, C2>,
        {
            #[inline]
            fn left(&self, dz: &OMatrix<T, R, C>, da: &mut OMatrix<T, R1, C1>) {
                accumulate_each(dz, da, |dz| dz);
            }

            #[inline]
            fn right(&self, dz: &OMatrix<T, R, C>, db: &mut OMatrix<T, R2, C2>) {
                accumulate_each(dz, db, |$dz| $right);
            }
        }
    };
}
sum_rule! {
    /// `C = A + B`, all m×n. `ΔA = ΔC`, `ΔB = ΔC`.
    AddRule, Plus, |dz| dz
}
sum_rule! {
    /// `C = A - B`, all m×n. `ΔA = ΔC`, `ΔB = -ΔC`.
    SubRule, Minus, |dz| -dz
}

/// `C = -A`. `ΔA = -ΔC`.
impl<T, R, C, S> NegRule for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    type Output = OMatrix<T, R, C>;
    type Residual = Negation;

    #[inline(always)]
    fn residual(&self) -> Negation {
        Negation
    }
}

impl<T, R, C> Residual<OMatrix<T, R, C>, OMatrix<T, R, C>, NoTangent> for Negation
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    #[inline]
    fn left(&self, dz: &OMatrix<T, R, C>, da: &mut OMatrix<T, R, C>) {
        accumulate_each(dz, da, |dz| -dz);
    }

    #[inline(always)]
    fn right(&self, _: &OMatrix<T, R, C>, _: &mut NoTangent) {}
}

/// `Δaᵢⱼ += f(Δcᵢⱼ)`, where dimensions may be static in one and dynamic in the other.
#[inline]
fn accumulate_each<T, R, C, R1, C1>(
    dz: &OMatrix<T, R, C>,
    da: &mut OMatrix<T, R1, C1>,
    f: impl Fn(T) -> T,
) where
    T: Scalar,
    R: Dim,
    C: Dim,
    R1: Dim,
    C1: Dim,
    DefaultAllocator: Allocator<R, C> + Allocator<R1, C1>,
{
    if !dz.is_empty() {
        let shape = (R1::from_usize(dz.nrows()), C1::from_usize(dz.ncols()));
        accumulate_elements(da, shape, dz.as_slice().iter().map(|&dz| f(dz)));
    }
}

/// `C = A b`, A: m×n, b: a number. `ΔA = ΔC b`, `Δb = ⟨A, ΔC⟩`.
impl<T, R, C, S> MulRule<T> for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    type Output = OMatrix<T, R, C>;

    #[inline]
    fn left(&self, b: &T, dz: &OMatrix<T, R, C>, da: &mut OMatrix<T, R, C>) {
        if !dz.is_empty() {
            let b = *b;
            accumulate_elements(
                da,
                self.shape_generic(),
                dz.as_slice().iter().map(|&dz| dz * b),
            );
        }
    }

    #[inline]
    fn right(&self, _: &T, dz: &OMatrix<T, R, C>, db: &mut T) {
        if !dz.is_empty() {
            *db += self.dot(dz);
        }
    }
}

/// `C = A / b`, A: m×n, b: a number. `ΔA = ΔC / b`, `Δb = -⟨A, ΔC⟩ / b²`, with strong zeros.
impl<T, R, C, S> DivRule<T> for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    type Output = OMatrix<T, R, C>;

    #[inline]
    fn left(&self, b: &T, dz: &OMatrix<T, R, C>, da: &mut OMatrix<T, R, C>) {
        if dz.is_empty() {
            return;
        }
        let inverse = T::one() / *b;
        let contributions = dz.as_slice().iter().map(|&dz| strong(dz, inverse));
        accumulate_elements(da, self.shape_generic(), contributions);
    }

    #[inline]
    fn right(&self, b: &T, dz: &OMatrix<T, R, C>, db: &mut T) {
        if dz.is_empty() {
            return;
        }
        let inverse = T::one() / *b;
        *db -= strong(self.dot(dz), inverse * inverse);
    }
}

macro_rules! number_times_matrix {
    ($($float:ty),*) => {$(
        /// `C = a B`, a: a number, B: m×n. `Δa = ⟨B, ΔC⟩`, `ΔB = a ΔC`.
        impl<R, C, S> MulRule<Matrix<$float, R, C, S>> for $float
        where
            R: Dim,
            C: Dim,
            S: Elements<$float, R, C>,
            DefaultAllocator: Allocator<R, C>,
        {
            type Output = OMatrix<$float, R, C>;

            #[inline]
            fn left(&self, b: &Matrix<$float, R, C, S>, dz: &Self::Output, da: &mut $float) {
                MulRule::right(b, self, dz, da);
            }

            #[inline]
            fn right(&self, b: &Matrix<$float, R, C, S>, dz: &Self::Output, db: &mut Self::Output) {
                MulRule::left(b, self, dz, db);
            }
        }
    )*};
}
number_times_matrix!(f32, f64);
