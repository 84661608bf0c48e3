//! Matrices as differentiable values and as cotangents.

use nalgebra::{
    DefaultAllocator, Dim, Dyn, Matrix, OMatrix, RawStorage, allocator::Allocator, zero,
};

use super::memory::{clear, give_shape, kept};
use crate::rules::scalar::Scalar;
use crate::{Accumulate, Differentiable, Name, Parameters, Tangent, parameters::Visitor};

impl<T, R, C, S> Differentiable for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: RawStorage<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    type Tangent = OMatrix<T, R, C>;
    type Accumulator = OMatrix<T, R, C>;
    type Base = Self;

    #[inline(always)]
    fn base(&self) -> &Self {
        self
    }

    #[inline]
    fn zero_tangent(&self) -> OMatrix<T, R, C> {
        let (rows, columns) = self.shape_generic();
        zeros(rows, columns)
    }

    /// Without a shape where a dimension is known at run time only: the first cotangent that
    /// arrives is assigned, not added.
    #[inline(always)]
    fn accumulator(&self) -> OMatrix<T, R, C> {
        Tangent::shapeless()
    }

    #[inline(always)]
    fn renew(&self, tangent: &mut OMatrix<T, R, C>) {
        clear(tangent);
    }

    #[inline(always)]
    fn fit(&self, accumulator: &mut OMatrix<T, R, C>) {
        if accumulator.is_empty() {
            give_shape(accumulator, self.shape_generic());
        }
    }

    #[inline(always)]
    fn complete(&self, tangent: &mut OMatrix<T, R, C>) {
        self.fit(tangent);
        check_shapes(self.shape(), tangent.shape());
    }
}

impl<T, R, C> Accumulate for OMatrix<T, R, C>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    #[inline]
    fn accumulate(&mut self, rhs: &Self) {
        if rhs.is_empty() || is_unread(self) {
        } else if self.is_empty() {
            accumulate_elements(self, rhs.shape_generic(), rhs.iter().copied());
        } else {
            check_shapes(self.shape(), rhs.shape());
            for (left, right) in self.as_mut_slice().iter_mut().zip(rhs.as_slice()) {
                *left += *right;
            }
        }
    }

    #[inline]
    fn take_over(&mut self, rhs: &mut Self) {
        hand_on(rhs, self, |_| {});
    }
}

impl<T, R, C> Tangent for OMatrix<T, R, C>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    #[inline(always)]
    fn shapeless() -> Self {
        OMatrix::zeros_generic(smallest(), smallest())
    }

    /// One column without rows, where both dimensions are known at run time only.
    #[inline(always)]
    fn unread() -> Self {
        if is_dynamic::<R, C>() {
            OMatrix::zeros_generic(R::from_usize(0), C::from_usize(1))
        } else {
            Self::shapeless()
        }
    }

    #[inline(always)]
    fn take(&mut self) -> Self {
        let (rows, columns) = self.shape_generic();
        std::mem::replace(self, OMatrix::zeros_generic(rows, columns))
    }

    #[inline(always)]
    fn absorb(&mut self, rhs: Self) {
        if self.is_empty() {
            *self = rhs;
        } else {
            self.accumulate(&rhs);
        }
    }
}

/// Whether what flows into this cotangent is read by nobody: see [`Tangent::unread`].
#[inline(always)]
pub(crate) fn is_unread<T, R, C>(cotangent: &OMatrix<T, R, C>) -> bool
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    is_dynamic::<R, C>() && cotangent.shape() == (0, 1)
}

fn is_dynamic<R: Dim, C: Dim>() -> bool {
    R::is::<Dyn>() && C::is::<Dyn>()
}

impl<T, R, C> Parameters for OMatrix<T, R, C>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    fn visit_parameters(
        &mut self,
        tangent: &mut OMatrix<T, R, C>,
        name: &mut Name,
        visit: &mut Visitor<'_>,
    ) {
        <Self as Differentiable>::fit(self, tangent);
        let (rows, columns) = self.shape();
        // A slice of floats is one leaf; only its shape is not a length.
        let mut with_shape = |name: &str, _: &[usize], leaf: crate::Leaf<'_>| {
            visit(name, &[rows, columns], leaf);
        };
        T::visit_slice(
            self.as_mut_slice(),
            tangent.as_mut_slice(),
            name,
            &mut with_shape,
        );
    }
}

/// A zero matrix; with run-time dimensions its memory comes zeroed from the allocator.
pub(super) fn zeros<T, R, C>(rows: R, columns: C) -> OMatrix<T, R, C>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    if R::try_to_usize().is_some() && C::try_to_usize().is_some() {
        OMatrix::zeros_generic(rows, columns)
    } else {
        OMatrix::from_vec_generic(rows, columns, vec![zero(); rows.value() * columns.value()])
    }
}

/// Adds `contributions`, in storage order, to a cotangent of the given shape.
// In:   da shapeless, or of shape R×C
// Out:  da = contributions, or da += contributions
#[inline]
pub(crate) fn accumulate_elements<T, R, C>(
    da: &mut OMatrix<T, R, C>,
    (rows, columns): (R, C),
    contributions: impl Iterator<Item = T>,
) where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    if is_unread(da) {
    } else if da.is_empty() {
        *da = match kept(da) {
            Some(mut memory) => {
                memory.extend(contributions);
                OMatrix::from_vec_generic(rows, columns, memory)
            }
            None => OMatrix::from_iterator_generic(rows, columns, contributions),
        };
    } else {
        check_shapes(da.shape(), (rows.value(), columns.value()));
        for (left, right) in da.as_mut_slice().iter_mut().zip(contributions) {
            *left += right;
        }
    }
}

/// Hands a cotangent on that is not needed any more, after `change`, which turns `Δc` into the contribution to `Δa`.
// In:   da shapeless, or of the shape of dz
// Out:  dz = change(dz); da = dz, or da += dz
#[inline]
pub(crate) fn hand_on<T, R, C>(
    dz: &mut OMatrix<T, R, C>,
    da: &mut OMatrix<T, R, C>,
    change: impl FnOnce(&mut [T]),
) where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    if !dz.is_empty() && !is_unread(da) {
        change(dz.as_mut_slice());
        da.absorb(std::mem::replace(dz, Tangent::shapeless()));
    }
}

/// Panics unless a cotangent has the shape of the value it belongs to.
#[inline]
#[track_caller]
pub(super) fn check_shapes(left: (usize, usize), right: (usize, usize)) {
    assert!(
        left == right,
        "cotangents of different shapes cannot be added: {}×{} and {}×{}",
        left.0,
        left.1,
        right.0,
        right.1
    );
}

/// The dimension itself if it is static, else none at all.
fn smallest<D: Dim>() -> D {
    D::from_usize(D::try_to_usize().unwrap_or(0))
}
