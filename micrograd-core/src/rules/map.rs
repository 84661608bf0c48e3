//! `map` and `zip_map` over the elements of an array, a matrix or an option.
//!
//! Emitted code runs the closure in a loop over the elements and gives the results their shape
//! back with [`shaped_like`](fn@shaped_like).

use nalgebra::allocator::Allocator;
use nalgebra::{DefaultAllocator, Dim, Matrix, OMatrix, Storage};

use crate::rules::scalar::Scalar;
use crate::{Accumulate, Differentiable, NoTangent};

/// A shape that elements can be put into.
#[diagnostic::on_unimplemented(
    message = "`map` over a `{Self}` with elements `{T}` has no derivative rule",
    label = "`map` and `zip_map` are known for arrays and matrices",
    note = "loop over the elements instead"
)]
pub trait Shape<T: Differentiable>: Differentiable {
    /// The same shape with the new elements.
    type Shaped: Differentiable;

    /// Puts the elements, in storage order, into the shape of `self`.
    fn shaped(&self, elements: Vec<T>) -> Self::Shaped;

    /// Adds each element of a cotangent to its accumulator.
    fn spread(dy: &<Self::Shaped as Differentiable>::Tangent, delements: &mut [T::Tangent]);
}

impl<T: Differentiable, U: Differentiable, const N: usize> Shape<U> for [T; N] {
    type Shaped = [U; N];

    fn shaped(&self, elements: Vec<U>) -> [U; N] {
        let length = elements.len();
        match elements.try_into() {
            Ok(array) => array,
            Err(_) => panic!("{length} elements do not fill an array of {N}"),
        }
    }

    fn spread(dy: &[U::Tangent; N], delements: &mut [U::Tangent]) {
        delements.accumulate(&dy[..]);
    }
}

/// The shape of an array whose length the compiler infers from what becomes of the array.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct ArrayShape<const N: usize>;

impl<const N: usize> ArrayShape<N> {
    /// The number of elements.
    #[expect(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        N
    }
}

/// The shape itself.
#[doc(hidden)]
#[inline(always)]
pub fn array_shape<const N: usize>() -> ArrayShape<N> {
    ArrayShape
}

impl<const N: usize> crate::emitted::Inert for ArrayShape<N> {}

impl<const N: usize> Differentiable for ArrayShape<N> {
    type Tangent = NoTangent;
    type Accumulator = NoTangent;
    type Base = Self;

    fn base(&self) -> &Self {
        self
    }

    fn zero_tangent(&self) -> NoTangent {
        NoTangent
    }
}

impl<U: Differentiable, const N: usize> Shape<U> for ArrayShape<N> {
    type Shaped = [U; N];

    fn shaped(&self, elements: Vec<U>) -> [U; N] {
        [(); N].shaped(elements)
    }

    fn spread(dy: &[U::Tangent; N], delements: &mut [U::Tangent]) {
        delements.accumulate(&dy[..]);
    }
}

impl<T, U, R, C, S> Shape<U> for Matrix<T, R, C, S>
where
    T: Scalar,
    U: Scalar,
    R: Dim,
    C: Dim,
    S: Storage<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
    Self: Differentiable,
    OMatrix<U, R, C>: Differentiable<Tangent = OMatrix<U, R, C>>,
{
    type Shaped = OMatrix<U, R, C>;

    fn shaped(&self, elements: Vec<U>) -> OMatrix<U, R, C> {
        let (rows, columns) = self.shape_generic();
        OMatrix::from_iterator_generic(rows, columns, elements)
    }

    fn spread(dy: &OMatrix<U, R, C>, delements: &mut [U]) {
        for (delement, dy) in delements.iter_mut().zip(dy.iter()) {
            *delement += *dy;
        }
    }
}

impl<T: Differentiable, U: Differentiable> Shape<U> for Option<T> {
    type Shaped = Option<U>;

    fn shaped(&self, elements: Vec<U>) -> Option<U> {
        let given = elements.len();
        let mut elements = elements.into_iter();
        match (self, elements.next(), elements.next()) {
            (Some(_), Some(element), None) => Some(element),
            (None, None, _) => None,
            _ => panic!("{given} elements do not fill an option"),
        }
    }

    fn spread(dy: &Option<U::Tangent>, delements: &mut [U::Tangent]) {
        if let (Some(dy), Some(delement)) = (dy, delements.first_mut()) {
            delement.accumulate(dy);
        }
    }
}

/// `elements`, in storage order, in the shape of `shape`.
///
/// ```
/// use micrograd_core::rules::map::shaped_like;
/// assert_eq!(shaped_like(&[0, 0], vec![1.5, 2.5]), [1.5, 2.5]);
/// ```
///
/// # Panics
/// If there are not as many elements as `shape` has.
pub fn shaped_like<S: Shape<T>, T: Differentiable>(shape: &S, elements: Vec<T>) -> S::Shaped {
    shape.shaped(elements)
}

crate::function_value! {
    /// The function [`shaped_like`](fn@shaped_like) as a value, and its rule.
    pub shaped_like
}

impl shaped_like {
    /// The value, and the rule: each element has the cotangent at its place.
    #[expect(clippy::type_complexity)]
    pub fn rrule<S: Shape<T>, T: Differentiable + Clone>(
        shape: &S,
        elements: &[T],
    ) -> (
        S::Shaped,
        impl Fn(&<S::Shaped as Differentiable>::Tangent, &S, &mut S::Tangent, &[T], &mut [T::Tangent])
        + use<S, T>,
    ) {
        (
            shape.shaped(elements.to_vec()),
            |dy: &<S::Shaped as Differentiable>::Tangent,
             _: &S,
             _: &mut S::Tangent,
             _: &[T],
             delements: &mut [T::Tangent]| S::spread(dy, delements),
        )
    }
}
