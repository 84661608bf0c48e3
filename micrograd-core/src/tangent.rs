//! What a derivative is made of: every differentiable type names its tangent type.
//!
//! A *cotangent* is a value of the tangent type that flows backwards. Rules never return
//! cotangents, they accumulate into one that exists already. Two kinds of zero keep that cheap:
//! [`Differentiable::zero_tangent`] has the full shape of a value, [`Tangent::shapeless`] has no shape
//! yet and takes that of the first cotangent accumulated into it.

mod float;
mod no_tangent;
mod pointer;
mod sequence;
mod tuple;

pub use no_tangent::NoTangent;

/// A type whose values can be perturbed: `value + tangent` makes sense.
///
/// Derived for structs with `#[derive(Differentiable)]`; implemented here for floats, integers
/// (whose tangent is [`NoTangent`]), references, boxes, slices, vectors, arrays, tuples, options
/// and nalgebra matrices.
///
/// ```
/// use micrograd_core::Differentiable;
/// let tangent: Vec<f64> = [1.0, 2.0][..].zero_tangent();
/// assert_eq!(tangent, [0.0, 0.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no tangent type, so it cannot be differentiated",
    label = "not differentiable",
    note = "add `#[derive(Differentiable)]` to the type, mark the field `#[no_gradient]`, or name the parameter in `#[differentiable(no_gradient(…))]`"
)]
pub trait Differentiable {
    /// The type of derivatives with respect to a value of this type.
    type Tangent: Tangent;
    /// What a `&mut` accumulator for a borrowed value points to: `[T̄]` for slices and vectors,
    /// the tangent itself for everything else.
    type Accumulator: ?Sized;
    /// The type behind all references and boxes. Rules are written for base types only.
    type Base: ?Sized + Differentiable<Tangent = Self::Tangent>;

    /// The value behind all references and boxes.
    fn base(&self) -> &Self::Base;

    /// The zero tangent, with the full shape of `self`.
    fn zero_tangent(&self) -> Self::Tangent;

    /// A zero that rules can accumulate into: slices and vectors have their full length (their
    /// elements are written one by one), matrices may still be shapeless.
    fn accumulator(&self) -> Self::Tangent {
        self.zero_tangent()
    }

    /// Makes a tangent that is not needed any more what [`accumulator`](Differentiable::accumulator) gives, in the
    /// memory that it has where it fits.
    ///
    /// ```
    /// use micrograd_core::{Accumulate, Differentiable};
    /// use nalgebra::dmatrix;
    /// let value = dmatrix![1.0, 2.0];
    /// let mut tangent = dmatrix![5.0, 6.0];
    /// let memory = tangent.as_ptr();
    /// value.renew(&mut tangent);
    /// tangent.accumulate(&dmatrix![3.0, 4.0]);
    /// assert_eq!(tangent, dmatrix![3.0, 4.0]);
    /// assert_eq!(tangent.as_ptr(), memory);
    /// ```
    #[inline]
    fn renew(&self, tangent: &mut Self::Tangent) {
        *tangent = self.accumulator();
    }

    /// Gives a shapeless zero the shape of `self`, so that its elements can be written one by one.
    #[inline(always)]
    fn fit(&self, _accumulator: &mut Self::Accumulator) {}

    /// Gives every part of a tangent that is still a shapeless zero the shape it has in `self`, so that it is what
    /// [`zero_tangent`](Differentiable::zero_tangent) is plus what was accumulated.
    fn complete(&self, tangent: &mut Self::Tangent) {
        let mut whole = self.zero_tangent();
        whole.accumulate(tangent);
        *tangent = whole;
    }

    /// The same for a tangent that is accumulated into further, where a negative zero may stay one.
    #[doc(hidden)]
    fn give_shape(&self, tangent: &mut Self::Tangent) {
        self.complete(tangent);
    }

    /// The zero tangents of a slice; floats allocate zeroed memory at once.
    #[doc(hidden)]
    fn zero_tangents(values: &[Self]) -> Vec<Self::Tangent>
    where
        Self: Sized,
    {
        values.iter().map(Self::zero_tangent).collect()
    }

    /// The accumulators of a slice.
    #[doc(hidden)]
    fn accumulators(values: &[Self]) -> Vec<Self::Tangent>
    where
        Self: Sized,
    {
        values.iter().map(Self::accumulator).collect()
    }

    /// Completes the tangents of a slice.
    #[doc(hidden)]
    fn complete_each(values: &[Self], tangents: &mut [Self::Tangent])
    where
        Self: Sized,
    {
        for (value, tangent) in values.iter().zip(tangents) {
            value.complete(tangent);
        }
    }
}

/// `self += rhs` for cotangents, in place.
pub trait Accumulate<Rhs: ?Sized = Self> {
    /// Adds `rhs` to `self`. A shapeless zero on either side is the additive identity.
    ///
    /// # Panics
    /// If both sides have a shape and the shapes differ.
    fn accumulate(&mut self, rhs: &Rhs);

    /// The same for a `rhs` that is not needed any more: its memory may be taken.
    #[inline(always)]
    fn take_over(&mut self, rhs: &mut Rhs) {
        self.accumulate(rhs);
    }
}

/// A type of tangents: a vector space with an in-place sum.
pub trait Tangent: Clone + std::fmt::Debug + Accumulate {
    /// The additive identity, without a shape where the shape is known only at run time.
    fn shapeless() -> Self;

    /// A zero that nobody reads, where the type can tell it from others: rules leave out what would flow into it.
    #[inline(always)]
    fn unread() -> Self {
        Self::shapeless()
    }

    /// Leaves zero, of the same shape for sequences, and returns what was there.
    #[inline(always)]
    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::shapeless())
    }

    /// Adds `rhs` to `self`, re-using its memory where `self` is still a shapeless zero.
    #[inline(always)]
    fn absorb(&mut self, rhs: Self) {
        self.accumulate(&rhs);
    }
}
