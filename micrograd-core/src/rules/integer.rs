//! Rules for the methods of integers and durations, which have no derivative.
//!
//! Emitted code does not know which values are integers, so `n.max(1)` becomes a call of a rule like
//! any other.

use crate::{Differentiable, NoTangent};

/// Declares a trait of rules and implements it for integers.
macro_rules! inert {
    (
        $(#[$doc:meta])*
        $Rules:ident for $($integer:ident)*;
        $(fn $rrule:ident($n:ident $(, $b:ident: $B:ty)*) = $value:expr;)*
    ) => {
        $(#[$doc])*
        pub trait $Rules: Copy + Differentiable<Tangent = NoTangent> {
            $(
                #[doc = concat!("`", stringify!($value), "`, without a derivative.")]
                fn $rrule(&self $(, $b: &$B)*) -> (
                    Self,
                    impl Fn(&NoTangent, &Self, &mut NoTangent $(, &$B, &mut NoTangent)*) + use<Self>,
                );
            )*
        }
        inert!(@ $Rules ($($integer)*) ($(fn $rrule($n $(, $b: $B)*) = $value;)*));
    };
    (@ $Rules:ident ($($integer:ident)*) $rules:tt) => {
        $(inert!(@@ $Rules $integer $rules);)*
    };
    (@@ $Rules:ident $integer:ident ($(fn $rrule:ident($n:ident $(, $b:ident: $B:ty)*) = $value:expr;)*)) => {
        impl $Rules for $integer {
            $(
                #[inline(always)]
                fn $rrule(&self $(, $b: &$B)*) -> (
                    Self,
                    impl Fn(&NoTangent, &Self, &mut NoTangent $(, &$B, &mut NoTangent)*) + use<>,
                ) {
                    let ($n, $($b,)*) = (*self, $(*$b,)*);
                    (
                        $value,
                        #[inline(always)]
                        |_: &NoTangent, _: &Self, _: &mut NoTangent $(, _: &$B, _: &mut NoTangent)*| {},
                    )
                }
            )*
        }
    };
}

inert! {
    /// The rules for the methods of integers: none of them has a derivative.
    ///
    /// ```
    /// use micrograd_core::NoTangent;
    /// use micrograd_core::rules::integer::IntegerRules;
    /// let (last, back) = 7_usize.rrule_saturating_sub(&1);
    /// back(&NoTangent, &7, &mut NoTangent, &1, &mut NoTangent);
    /// assert_eq!(last, 6);
    /// ```
    IntegerRules for usize u8 u16 u32 u64 u128 isize i8 i16 i32 i64 i128;
    fn rrule_max(n, m: Self) = n.max(m);
    fn rrule_min(n, m: Self) = n.min(m);
    fn rrule_clamp(n, low: Self, high: Self) = n.clamp(low, high);
    fn rrule_pow(n, exponent: u32) = n.pow(exponent);
    fn rrule_rem_euclid(n, modulus: Self) = n.rem_euclid(modulus);
    fn rrule_div_euclid(n, divisor: Self) = n.div_euclid(divisor);
    fn rrule_saturating_add(n, m: Self) = n.saturating_add(m);
    fn rrule_saturating_sub(n, m: Self) = n.saturating_sub(m);
    fn rrule_saturating_mul(n, m: Self) = n.saturating_mul(m);
    fn rrule_wrapping_add(n, m: Self) = n.wrapping_add(m);
    fn rrule_wrapping_sub(n, m: Self) = n.wrapping_sub(m);
    fn rrule_wrapping_mul(n, m: Self) = n.wrapping_mul(m);
    fn rrule_add(n, m: Self) = n + m;
    fn rrule_sub(n, m: Self) = n - m;
    fn rrule_mul(n, m: Self) = n * m;
    fn rrule_div(n, m: Self) = n / m;
    fn rrule_rem(n, m: Self) = n % m;
}

inert! {
    /// The rules for the methods of signed integers: none of them has a derivative.
    SignedRules for isize i8 i16 i32 i64 i128;
    fn rrule_abs(n) = n.abs();
    fn rrule_signum(n) = n.signum();
    fn rrule_neg(n) = -n;
}

/// The rules for the methods of a duration that give a number, which is constant.
pub trait DurationRules: Differentiable<Tangent = NoTangent> {
    /// The seconds, without a derivative.
    fn rrule_as_secs_f64(&self) -> (f64, impl Fn(&f64, &Self, &mut NoTangent) + use<Self>);
    /// The seconds, without a derivative.
    fn rrule_as_secs_f32(&self) -> (f32, impl Fn(&f32, &Self, &mut NoTangent) + use<Self>);
}

impl DurationRules for std::time::Duration {
    #[inline(always)]
    fn rrule_as_secs_f64(&self) -> (f64, impl Fn(&f64, &Self, &mut NoTangent) + use<>) {
        (
            self.as_secs_f64(),
            #[inline(always)]
            |_: &f64, _: &Self, _: &mut NoTangent| {},
        )
    }
    #[inline(always)]
    fn rrule_as_secs_f32(&self) -> (f32, impl Fn(&f32, &Self, &mut NoTangent) + use<>) {
        (
            self.as_secs_f32(),
            #[inline(always)]
            |_: &f32, _: &Self, _: &mut NoTangent| {},
        )
    }
}
