//! Cotangents of fields, which may be excluded: the macro does not see it where the struct stands elsewhere.

use crate::{Differentiable, NoTangent};

/// The cotangent of a number in a field: integers and excluded numbers have none.
pub trait NumberInField {
    /// The zero.
    const ZERO: Self;
}

impl NumberInField for f32 {
    const ZERO: f32 = -0.0;
}

impl NumberInField for f64 {
    const ZERO: f64 = -0.0;
}

impl NumberInField for NoTangent {
    const ZERO: NoTangent = NoTangent;
}

/// The zero of a number in a field.
#[inline(always)]
pub fn zero<T: NumberInField>() -> T {
    T::ZERO
}

/// A cotangent in a field, which is none if the field is excluded.
#[derive(Debug)]
pub struct InField<'c, C: ?Sized>(pub &'c mut C);

impl InField<'_, NoTangent> {
    /// There is no shape to give.
    #[inline(always)]
    pub fn fit<V: ?Sized>(self, _: &V) {}

    /// There is nothing to take.
    #[inline(always)]
    pub fn take<Z: ?Sized>(self, _: &Z) -> NoTangent {
        NoTangent
    }
}

/// A field that has a tangent. A method of the type itself, as above, is found before that of a trait.
pub trait Field<C: ?Sized> {
    /// Gives a sequence the shape of `value`.
    fn fit<V: Differentiable + ?Sized>(self, value: &V)
    where
        C: std::borrow::BorrowMut<V::Accumulator>;

    /// Takes the cotangent and leaves a zero.
    fn take(self, zero: &C) -> C
    where
        C: Clone;
}

impl<C: ?Sized> Field<C> for InField<'_, C> {
    #[inline(always)]
    fn fit<V: Differentiable + ?Sized>(self, value: &V)
    where
        C: std::borrow::BorrowMut<V::Accumulator>,
    {
        value.fit(self.0.borrow_mut());
    }

    #[inline(always)]
    fn take(self, zero: &C) -> C
    where
        C: Clone,
    {
        std::mem::replace(self.0, zero.clone())
    }
}
