//! Rules for making a number of a type parameter from one of another type, as `num_traits` does.

use num_traits::{FromPrimitive, NumCast, ToPrimitive};

use crate::rules::scalar::ScalarRules;
use crate::{Differentiable, NoTangent};

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
