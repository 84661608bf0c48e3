//! Rules for conversions: of numbers, as `num_traits` has them, and by `into`.

use nalgebra::{DVector, RowDVector, SMatrix};
use num_traits::{FromPrimitive, NumCast, ToPrimitive};

use crate::rules::scalar::{Scalar, ScalarRules};
use crate::{Accumulate, Differentiable, NoTangent};

/// A cotangent that can go from one number type to another, by way of `f64`.
pub trait Rounded: Copy {
    /// The cotangent as an `f64`, which holds it exactly.
    fn as_double(self) -> f64;
    /// Adds `dz`, rounded to this type.
    fn add_rounded(&mut self, dz: f64);
}

macro_rules! rounded {
    ($($float:ty),*) => {$(
        impl Rounded for $float {
            #[inline(always)]
            fn as_double(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn add_rounded(&mut self, dz: f64) {
                *self += dz as $float;
            }
        }
    )*};
}
rounded!(f32, f64);

impl Rounded for NoTangent {
    #[inline(always)]
    fn as_double(self) -> f64 {
        0.0
    }
    #[inline(always)]
    fn add_rounded(&mut self, _: f64) {}
}

/// The rule for `T::from(x)` of `num_traits::NumCast`, which `Float` includes.
///
/// ```
/// use micrograd_core::rules::convert::NumCastRules;
/// let (y, back) = f32::rrule_from(&2.0_f64);
/// let mut dx = 0.0;
/// back(&Some(3.0), &2.0, &mut dx);
/// assert_eq!((y, dx), (Some(2.0), 3.0));
/// ```
pub trait NumCastRules: ScalarRules + NumCast {
    /// `y = x`, or `None` where it has no place in the type: `Δx = Δy`.
    #[expect(clippy::type_complexity)]
    #[inline(always)]
    fn rrule_from<X>(
        x: &X,
    ) -> (
        Option<Self>,
        impl Fn(&Option<Self>, &X, &mut X::Tangent) + use<Self, X>,
    )
    where
        X: ToPrimitive + Copy + Differentiable<Tangent: Rounded>,
    {
        (
            Self::from(*x),
            #[inline(always)]
            |dy: &Option<Self>, _: &X, dx: &mut X::Tangent| {
                if let Some(dy) = dy {
                    dx.add_rounded(dy.as_double());
                }
            },
        )
    }
}

impl<T: ScalarRules + NumCast> NumCastRules for T {}

/// The rules for `T::from_f64(x)` and the like of `num_traits::FromPrimitive`.
pub trait FromPrimitiveRules: ScalarRules + FromPrimitive {
    /// `y = x`, or `None` where it has no place in the type: `Δx = Δy`.
    #[inline(always)]
    fn rrule_from_f64(
        x: &f64,
    ) -> (
        Option<Self>,
        impl Fn(&Option<Self>, &f64, &mut f64) + use<Self>,
    ) {
        (
            Self::from_f64(*x),
            #[inline(always)]
            |dy: &Option<Self>, _: &f64, dx: &mut f64| {
                if let Some(dy) = dy {
                    dx.add_rounded(dy.as_double());
                }
            },
        )
    }

    /// `y = x`, or `None` where it has no place in the type: `Δx = Δy`.
    #[inline(always)]
    fn rrule_from_f32(
        x: &f32,
    ) -> (
        Option<Self>,
        impl Fn(&Option<Self>, &f32, &mut f32) + use<Self>,
    ) {
        (
            Self::from_f32(*x),
            #[inline(always)]
            |dy: &Option<Self>, _: &f32, dx: &mut f32| {
                if let Some(dy) = dy {
                    dx.add_rounded(dy.as_double());
                }
            },
        )
    }
}

impl<T: ScalarRules + FromPrimitive> FromPrimitiveRules for T {}

crate::function_value! {
    /// The function [`nalgebra::convert`] as a value, and its rule for numbers.
    pub convert
}

impl convert {
    /// `y = x`: `Δx = Δy`.
    ///
    /// ```
    /// use micrograd_core::rules::convert::convert;
    /// let (y, back) = convert::rrule::<f32, f64>(&0.5);
    /// let mut dx = 0.0;
    /// back(&3.0, &0.5, &mut dx);
    /// assert_eq!((y, dx), (0.5, 3.0));
    /// ```
    #[inline(always)]
    pub fn rrule<X: Converted, Y: Scalar>(x: &X) -> (Y, impl Fn(&Y, &X, &mut X) + use<X, Y>) {
        (
            x.converted(),
            #[inline(always)]
            |dy: &Y, _: &X, dx: &mut X| dx.add_rounded(dy.as_double()),
        )
    }

    /// The rule for a function that the file says is nalgebra's, which the compiler proves: each
    /// function has a type of its own.
    #[doc(hidden)]
    #[inline(always)]
    pub fn rrule_of<X: Converted, Y: Scalar, F: Fn(X) -> Y>(
        _: F,
        _: F,
        x: &X,
    ) -> (Y, impl Fn(&Y, &X, &mut X) + use<X, Y, F>) {
        Self::rrule(x)
    }
}

#[doc(hidden)]
pub use nalgebra::convert as original;

/// A number that [`nalgebra::convert`] takes to every other type of numbers.
pub trait Converted: Rounded {
    /// The number as a `Y`.
    fn converted<Y: Scalar>(self) -> Y;
}

macro_rules! converted {
    ($($float:ty),*) => {$(
        impl Converted for $float {
            #[inline(always)]
            fn converted<Y: Scalar>(self) -> Y {
                nalgebra::convert(self)
            }
        }
    )*};
}
converted!(f32, f64);

/// The rule for `Y::from(x)`: of a matrix or vector, whose elements take the cotangents at their places, or of an own type with
/// `#[differentiable]` on its `impl` of `From`.
///
/// ```
/// use micrograd_core::rules::convert::FromRule;
/// use nalgebra::Vector2;
/// let (v, back) = <Vector2<f64>>::rrule_from(&[1.0, 2.0]);
/// let mut dx = [0.0; 2];
/// back(&Vector2::new(3.0, 4.0), &[1.0, 2.0], &mut dx);
/// assert_eq!((v, dx), (Vector2::new(1.0, 2.0), [3.0, 4.0]));
/// ```
pub trait FromRule<X: Differentiable>: Differentiable + Sized {
    /// `y` of `x`.
    fn rrule_from(
        x: &X,
    ) -> (
        Self,
        impl Fn(&Self::Tangent, &X, &mut X::Tangent) + use<Self, X>,
    );
}

/// The rule for `x.into()`, where the other type is known from what follows.
///
/// ```
/// use micrograd_core::rules::convert::IntoRule;
/// use nalgebra::Vector2;
/// let (v, back): (Vector2<f64>, _) = [1.0, 2.0].rrule_into();
/// let mut dx = [0.0; 2];
/// back(&Vector2::new(3.0, 4.0), &[1.0, 2.0], &mut dx);
/// assert_eq!((v, dx), (Vector2::new(1.0, 2.0), [3.0, 4.0]));
/// ```
pub trait IntoRule<Y: Differentiable>: Differentiable + Into<Y> {
    /// The same numbers as a `Y`. Each takes the cotangent at its place.
    fn rrule_into(
        &self,
    ) -> (
        Y,
        impl Fn(&Y::Tangent, &Self, &mut Self::Tangent) + use<Self, Y>,
    );
}

/// Declares conversions whose cotangents are sequences of as many numbers, in the same order.
macro_rules! into {
    ($(<$T:ident $(, $N:ident)*> $X:ty => $Y:ty, |$dy:ident, $dx:ident| $add:expr;)*) => {$(
        impl<$T: Scalar, $(const $N: usize),*> IntoRule<$Y> for $X {
            #[inline(always)]
            fn rrule_into(&self) -> (
                $Y,
                impl Fn(&<$Y as Differentiable>::Tangent, &$X, &mut <$X as Differentiable>::Tangent)
                + use<$T, $($N),*>,
            ) {
                (
                    self.clone().into(),
                    #[inline(always)]
                    |$dy: &<$Y as Differentiable>::Tangent, _: &$X, $dx: &mut <$X as Differentiable>::Tangent| $add,
                )
            }
        }
    )*};
}
into! {
    <T, N> [T; N] => SMatrix<T, N, 1>, |dy, dx| dx[..].accumulate(dy.as_slice());
    <T, N> SMatrix<T, N, 1> => [T; N], |dy, dx| dx.as_mut_slice().accumulate(&dy[..]);
    <T, R, C> [[T; R]; C] => SMatrix<T, R, C>, |dy, dx| dx.as_flattened_mut().accumulate(dy.as_slice());
    <T, R, C> SMatrix<T, R, C> => [[T; R]; C], |dy, dx| dx.as_mut_slice().accumulate(dy.as_flattened());
    <T> Vec<T> => DVector<T>, |dy, dx| dx.accumulate(dy.as_slice());
    <T> Vec<T> => RowDVector<T>, |dy, dx| dx.accumulate(dy.as_slice());
}

impl IntoRule<f64> for f32 {
    #[inline(always)]
    fn rrule_into(&self) -> (f64, impl Fn(&f64, &f32, &mut f32) + use<>) {
        (
            (*self).into(),
            #[inline(always)]
            |dy: &f64, _: &f32, dx: &mut f32| *dx += *dy as f32,
        )
    }
}

/// A number is converted to itself, as by `T: Into<f64>` where `T` is `f64`.
impl IntoRule<f64> for f64 {
    #[inline(always)]
    fn rrule_into(&self) -> (f64, impl Fn(&f64, &f64, &mut f64) + use<>) {
        (
            *self,
            #[inline(always)]
            |dy: &f64, _: &f64, dx: &mut f64| *dx += *dy,
        )
    }
}

/// A number is converted to itself.
impl IntoRule<f32> for f32 {
    #[inline(always)]
    fn rrule_into(&self) -> (f32, impl Fn(&f32, &f32, &mut f32) + use<>) {
        (
            *self,
            #[inline(always)]
            |dy: &f32, _: &f32, dx: &mut f32| *dx += *dy,
        )
    }
}
