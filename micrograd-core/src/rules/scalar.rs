//! Rules for the methods of `f32` and `f64`.
//!
//! `x.sin()` becomes `x.rrule_sin()`, found by ordinary method resolution, so that a method `sin`
//! of a user's own type, which has a generated `rrule_sin`, wins over these.

use crate::{NoTangent, Tangent};

/// `dz * partial`, where a zero cotangent stays zero even if the partial is infinite or NaN.
///
/// A branch that contributes nothing must not turn the gradient into NaN through `0 · ∞`.
#[inline(always)]
pub fn strong<T: Strong>(dz: T, partial: T) -> T {
    dz.strong(partial)
}

/// Multiplication with a strong zero on the left.
pub trait Strong: Copy {
    /// `self * partial`, or zero where `self` is zero.
    fn strong(self, partial: Self) -> Self;
}

/// Declares one-argument methods: primal, what is kept for the reverse sweep, and the partial.
macro_rules! unary {
    ($($(#[$doc:meta])* $rrule:ident: |$x:ident| $value:expr, $kept:ident = $keep:expr => $partial:expr;)*) => {
        /// Rules for methods of floats with no argument.
        pub trait UnaryRules: Tangent {
            $($(#[$doc])* fn $rrule(&self) -> (Self, impl Fn(&Self, &Self, &mut Self) + use<Self>);)*
        }
        unary!(@ f32, $($rrule: |$x| $value, $kept = $keep => $partial;)*);
        unary!(@ f64, $($rrule: |$x| $value, $kept = $keep => $partial;)*);
    };
    (@ $float:ty, $($rrule:ident: |$x:ident| $value:expr, $kept:ident = $keep:expr => $partial:expr;)*) => {
        impl UnaryRules for $float {
            $(
                #[inline(always)]
                fn $rrule(&self) -> ($float, impl Fn(&$float, &$float, &mut $float) + use<>) {
                    let $x = *self;
                    let value = $value;
                    let keep = { let $kept = value; let _ = $kept; $keep };
                    (value, #[inline(always)] move |dz: &$float, $x: &$float, dx: &mut $float| {
                        let ($kept, $x) = (keep, *$x);
                        let _ = ($kept, $x);
                        *dx += *dz * $partial;
                    })
                }
            )*
        }
    };
}
unary! {
    /// `(eˣ)′ = eˣ`.
    rrule_exp: |x| x.exp(), y = y => y;
}
