//! Rules for methods that copy: anything as a whole, and what slices hold.

use crate::{Accumulate, Differentiable, NoTangent};

/// The rules for `clone` and `to_owned` of every type that has a tangent.
///
/// The receiver is found as for `clone` itself: through references, at the type that is `Clone`.
///
/// ```
/// use micrograd_core::rules::slice::CloneRule;
/// let x = vec![1.0, 2.0];
/// let (y, back) = x.rrule_clone();
/// let mut dx = vec![0.5, 0.5];
/// back(&mut vec![3.0, 4.0], &x, &mut dx);
/// assert_eq!((y, dx), (vec![1.0, 2.0], vec![3.5, 4.5]));
/// ```
pub trait CloneRule: Clone + Differentiable {
    /// `y = x`: `Δx += Δy`, of the same shape.
    fn rrule_clone(
        &self,
    ) -> (
        Self,
        impl Fn(&mut Self::Tangent, &Self, &mut Self::Accumulator) + use<Self>,
    );

    /// `y = x`: `Δx += Δy`, of the same shape.
    fn rrule_to_owned(
        &self,
    ) -> (
        Self,
        impl Fn(&mut Self::Tangent, &Self, &mut Self::Accumulator) + use<Self>,
    );
}

impl<T> CloneRule for T
where
    T: Clone + Differentiable<Accumulator: Accumulate<<T as Differentiable>::Tangent>>,
{
    #[inline(always)]
    fn rrule_clone(
        &self,
    ) -> (
        T,
        impl Fn(&mut T::Tangent, &T, &mut T::Accumulator) + use<T>,
    ) {
        (
            self.clone(),
            #[inline(always)]
            |dy: &mut T::Tangent, _: &T, dx: &mut T::Accumulator| dx.take_over(dy),
        )
    }

    #[inline(always)]
    fn rrule_to_owned(
        &self,
    ) -> (
        T,
        impl Fn(&mut T::Tangent, &T, &mut T::Accumulator) + use<T>,
    ) {
        self.rrule_clone()
    }
}

crate::function_value! {
    /// The function [`clone()`] as a value, and its rule.
    pub clone
}

/// `x.clone()` where `x` is of a type parameter: a function, since nothing else is known of the type.
#[doc(hidden)]
#[inline(always)]
pub fn clone<T: Clone>(x: &T) -> T {
    x.clone()
}

impl clone {
    /// `y = x`: `Δx += Δy`.
    #[doc(hidden)]
    #[inline(always)]
    pub fn rrule<T: Clone + Differentiable>(
        x: &T,
    ) -> (T, impl Fn(&mut T::Tangent, &T, &mut T::Tangent) + use<T>) {
        (
            x.clone(),
            #[inline(always)]
            |dy: &mut T::Tangent, _: &T, dx: &mut T::Tangent| dx.take_over(dy),
        )
    }
}

/// The rules for methods of slices that copy all elements, or one.
///
/// Where the method lends an element, the rule gives a copy: references have no tangents of their own.
///
/// ```
/// use micrograd_core::rules::slice::SliceRules;
/// let x = [1.0, 2.0, 3.0];
/// let (y, back) = x[1..].rrule_to_vec();
/// let mut dx = [0.0; 3];
/// back(&vec![5.0, 7.0], &x[1..], &mut dx[1..]);
/// assert_eq!((y, dx), (vec![2.0, 3.0], [0.0, 5.0, 7.0]));
/// ```
#[expect(clippy::type_complexity)]
pub trait SliceRules<T: Clone + Differentiable> {
    /// `y = x`, n elements each: `Δx += Δy`.
    fn rrule_to_vec(
        &self,
    ) -> (
        Vec<T>,
        impl Fn(&Vec<T::Tangent>, &[T], &mut [T::Tangent]) + use<Self, T>,
    );

    /// `y = x`, n elements each: `Δx += Δy`.
    fn rrule_to_owned(
        &self,
    ) -> (
        Vec<T>,
        impl Fn(&Vec<T::Tangent>, &[T], &mut [T::Tangent]) + use<Self, T>,
    );

    /// `y = x`, n elements each, as a vector where the method lends a slice: `Δx += Δy`.
    fn rrule_as_slice(
        &self,
    ) -> (
        Vec<T>,
        impl Fn(&Vec<T::Tangent>, &[T], &mut [T::Tangent]) + use<Self, T>,
    );

    /// The first element, if there is one. `Δx₀ += Δy`.
    fn rrule_first(
        &self,
    ) -> (
        Option<T>,
        impl Fn(&Option<T::Tangent>, &[T], &mut [T::Tangent]) + use<Self, T>,
    );

    /// The last element, if there is one. `Δxₙ₋₁ += Δy`.
    fn rrule_last(
        &self,
    ) -> (
        Option<T>,
        impl Fn(&Option<T::Tangent>, &[T], &mut [T::Tangent]) + use<Self, T>,
    );

    /// Element `i`, if there is one. `Δxᵢ += Δy`.
    fn rrule_get(
        &self,
        i: &usize,
    ) -> (
        Option<T>,
        impl Fn(&Option<T::Tangent>, &[T], &mut [T::Tangent], &usize, &mut NoTangent) + use<Self, T>,
    );
}

impl<T: Clone + Differentiable> SliceRules<T> for [T] {
    #[inline(always)]
    fn rrule_to_vec(
        &self,
    ) -> (
        Vec<T>,
        impl Fn(&Vec<T::Tangent>, &[T], &mut [T::Tangent]) + use<T>,
    ) {
        (
            self.to_vec(),
            #[inline(always)]
            |dy: &Vec<T::Tangent>, _: &[T], dx: &mut [T::Tangent]| dx.accumulate(dy),
        )
    }

    #[inline(always)]
    fn rrule_to_owned(
        &self,
    ) -> (
        Vec<T>,
        impl Fn(&Vec<T::Tangent>, &[T], &mut [T::Tangent]) + use<T>,
    ) {
        self.rrule_to_vec()
    }

    #[inline]
    fn rrule_as_slice(
        &self,
    ) -> (
        Vec<T>,
        impl Fn(&Vec<T::Tangent>, &[T], &mut [T::Tangent]) + use<T>,
    ) {
        self.rrule_to_vec()
    }

    #[inline(always)]
    fn rrule_first(
        &self,
    ) -> (
        Option<T>,
        impl Fn(&Option<T::Tangent>, &[T], &mut [T::Tangent]) + use<T>,
    ) {
        (
            self.first().cloned(),
            #[inline(always)]
            |dy: &Option<T::Tangent>, _: &[T], dx: &mut [T::Tangent]| {
                if let (Some(dx), Some(dy)) = (dx.first_mut(), dy) {
                    dx.accumulate(dy);
                }
            },
        )
    }

    #[inline(always)]
    fn rrule_last(
        &self,
    ) -> (
        Option<T>,
        impl Fn(&Option<T::Tangent>, &[T], &mut [T::Tangent]) + use<T>,
    ) {
        (
            self.last().cloned(),
            #[inline(always)]
            |dy: &Option<T::Tangent>, _: &[T], dx: &mut [T::Tangent]| {
                if let (Some(dx), Some(dy)) = (dx.last_mut(), dy) {
                    dx.accumulate(dy);
                }
            },
        )
    }

    #[inline(always)]
    fn rrule_get(
        &self,
        i: &usize,
    ) -> (
        Option<T>,
        impl Fn(&Option<T::Tangent>, &[T], &mut [T::Tangent], &usize, &mut NoTangent) + use<T>,
    ) {
        (
            self.get(*i).cloned(),
            #[inline(always)]
            |dy: &Option<T::Tangent>,
             _: &[T],
             dx: &mut [T::Tangent],
             i: &usize,
             _: &mut NoTangent| {
                if let (Some(dx), Some(dy)) = (dx.get_mut(*i), dy) {
                    dx.accumulate(dy);
                }
            },
        )
    }
}

/// The rule for `Box::new`: a box has the tangent of what is inside.
///
/// ```
/// use micrograd_core::rules::slice::BoxRules;
/// let (boxed, back) = Box::<f64>::rrule_new(&3.0);
/// let mut dx = 0.5;
/// back(&2.0, &3.0, &mut dx);
/// assert_eq!((*boxed, dx), (3.0, 2.5));
/// ```
pub trait BoxRules<T: Clone + Differentiable> {
    /// `x` in a box. `Δx += Δy`.
    #[expect(clippy::type_complexity)]
    fn rrule_new(
        x: &T,
    ) -> (
        Box<T>,
        impl Fn(&T::Tangent, &T, &mut T::Tangent) + use<Self, T>,
    );
}

impl<T: Clone + Differentiable> BoxRules<T> for Box<T> {
    #[inline(always)]
    fn rrule_new(x: &T) -> (Box<T>, impl Fn(&T::Tangent, &T, &mut T::Tangent) + use<T>) {
        (
            Box::new(x.clone()),
            #[inline(always)]
            |dy: &T::Tangent, _: &T, dx: &mut T::Tangent| dx.accumulate(dy),
        )
    }
}
