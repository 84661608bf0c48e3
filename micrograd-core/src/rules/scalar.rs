//! Rules for the methods of `f32` and `f64`, and [`Scalar`], the bound that brings them all.
//!
//! `x.sin()` becomes `x.rrule_sin()`, found by ordinary method resolution, so that a method `sin`
//! of a user's own type, which has a generated `rrule_sin`, wins over these.
//!
//! Each rule is one entry: the value with what is kept for the reverse sweep, then the
//! accumulation. Only what costs a transcendental is kept, all else is had again from the
//! arguments. Partials that can be infinite at a finite argument are applied with [`strong`];
//! partials that are 0 or 1 select the cotangent instead of multiplying with it, so that an infinite
//! cotangent does not become NaN in an operand that has no part in the value.
//!
//! The conventions at edge points are those of ChainRules.jl where it has one.

mod declare;
mod from_result;

use std::f64::consts::{LN_2, LN_10};

use crate::rules::activation::BranchlessTanh;
use crate::rules::convert::Rounded;
use crate::rules::operator::{AddRule, DivRule, MulRule, NegRule, RemRule, SubRule};
use crate::{Differentiable, Parameters, Tangent};
use declare::rules;

#[doc(hidden)]
pub use from_result::FromResult;

/// A real number that matrices can hold and generic code can differentiate through: `f32`, `f64`.
///
/// ```
/// use micrograd_core::rules::scalar::Scalar;
///
/// fn slope<T: Scalar>(x: T) -> T {
///     let (_, back) = x.rrule_sin();
///     let mut dx = nalgebra::zero();
///     back(&nalgebra::one(), &x, &mut dx);
///     dx
/// }
/// assert_eq!(slope(0.5_f64), 0.5_f64.cos());
/// ```
pub trait Scalar: nalgebra::RealField + ScalarRules {}

impl<T: nalgebra::RealField + ScalarRules> Scalar for T {}

/// `dz * partial`, where a zero cotangent stays zero even if the partial is infinite or NaN.
///
/// What contributes nothing to the result must not turn the gradient into NaN through `0 · ∞`.
///
/// ```
/// use micrograd_core::rules::scalar::strong;
/// assert_eq!(strong(0.0, f64::INFINITY), 0.0);
/// assert_eq!(strong(2.0, 3.0), 6.0);
/// ```
#[inline(always)]
pub fn strong<T: Copy + Default + PartialEq + std::ops::Mul<Output = T>>(dz: T, partial: T) -> T {
    let zero = T::default();
    if dz == zero { zero } else { dz * partial }
}

/// `±dz` by the sign of `x`, zero at zero, NaN at NaN.
#[inline(always)]
fn by_sign<T: Copy + Default + PartialOrd + std::ops::Neg<Output = T>>(x: T, dz: T) -> T {
    let zero = T::default();
    if x > zero {
        dz
    } else if x < zero {
        -dz
    } else if x == zero {
        zero
    } else {
        x
    }
}

rules! { dz;
    // Powers and roots.

    /// `y = √x`: `Δx = Δy / 2y`. Infinite at 0, with a strong zero.
    fn rrule_sqrt(x dx) -> Self = { let y = x.sqrt(); (y, y) }; |y| { *dx += FromResult::sqrt(y, dz); }

    /// `y = ∛x`: `Δx = Δy / 3y²`. Infinite at 0, with a strong zero.
    fn rrule_cbrt(x dx) -> Self = { let y = x.cbrt(); (y, y) }; |y| { *dx += FromResult::cbrt(y, dz); }

    /// `y = xⁿ`: `Δx = Δy n xⁿ⁻¹`, which is 0 for `n = 0` at every `x`. The power is not had by
    /// dividing `y` by `x`, which fails at 0.
    fn rrule_powi(x dx, n _dn: i32) -> Self = (x.powi(n), ()); |()| {
        if n > 0 {
            *dx += dz * (n as Self * x.powi(n - 1));
        } else if n < 0 {
            *dx += strong(dz, n as Self * x.powi(n.saturating_sub(1)));
        }
    }

    /// `y = xᵖ`: `Δx = Δy p xᵖ⁻¹`, `Δp = Δy y ln x`, each with a strong zero.
    ///
    /// At `x = 0`: `Δx/Δy` is 0 for `p = 0` and `p > 1`, 1 for `p = 1`, +∞ for `0 < p < 1`; `Δp/Δy` is 0
    /// for `p ≥ 0` and NaN below. For `x < 0`, `Δp` is NaN.
    fn rrule_powf(x dx, p dp: Self) -> Self = { let y = x.powf(p); (y, y) }; |y| {
        *dx += strong(dz, if x.is_normal() && y.is_normal() {
            p * (y / x)
        } else if p == 0.0 {
            0.0
        } else {
            p * x.powf(p - 1.0)
        });
        *dp += strong(dz, if x > 0.0 {
            if y == 0.0 { 0.0 } else { y * x.ln() }
        } else if x == 0.0 && p >= 0.0 {
            0.0
        } else {
            Self::NAN
        });
    }

    /// `y = 1 / x`: `Δx = -Δy y²`.
    fn rrule_recip(x dx) -> Self = (x.recip(), ()); |()| { let y = x.recip(); *dx -= strong(dz, y * y); }

    /// `z = √(x² + y²)`: `Δx = Δz x / z`, `Δy = Δz y / z`. At `(0, 0)` both are 0, the subgradient of
    /// least norm.
    fn rrule_hypot(x dx, y dy: Self) -> Self = { let z = x.hypot(y); (z, z) }; |z| {
        if z != 0.0 {
            *dx += dz * (x / z);
            *dy += dz * (y / z);
        }
    }

    // Exponentials and logarithms.

    /// `y = eˣ`: `Δx = Δy y`.
    fn rrule_exp(x dx) -> Self = { let y = x.exp(); (y, y) }; |y| { *dx += FromResult::exp(y, dz); }

    /// `y = 2ˣ`: `Δx = Δy y ln 2`.
    fn rrule_exp2(x dx) -> Self = { let y = x.exp2(); (y, y) }; |y| { *dx += FromResult::exp2(y, dz); }

    /// `y = eˣ - 1`: `Δx = Δy eˣ`. `y + 1` would lose all digits at large negative `x`.
    fn rrule_exp_m1(x dx) -> Self = (x.exp_m1(), x.exp()); |exp| { *dx += strong(dz, exp); }

    /// `y = ln x`: `Δx = Δy / x`. Infinite at 0, with a strong zero.
    fn rrule_ln(x dx) -> Self = (x.ln(), ()); |()| { *dx += strong(dz, 1.0 / x); }

    /// `y = ln x / ln b`: `Δx = Δy / (x ln b)`, `Δb = -Δy y / (b ln b)`.
    fn rrule_log(x dx, base dbase: Self) -> Self = { let y = x.log(base); (y, (y, base.ln())) }; |(y, ln_base)| {
        *dx += strong(dz, 1.0 / (x * ln_base));
        *dbase -= strong(dz, y / (base * ln_base));
    }

    /// `y = log₂ x`: `Δx = Δy / (x ln 2)`.
    fn rrule_log2(x dx) -> Self = (x.log2(), ()); |()| { *dx += strong(dz, 1.0 / (x * LN_2 as Self)); }

    /// `y = log₁₀ x`: `Δx = Δy / (x ln 10)`.
    fn rrule_log10(x dx) -> Self = (x.log10(), ()); |()| { *dx += strong(dz, 1.0 / (x * LN_10 as Self)); }

    /// `y = ln(1 + x)`: `Δx = Δy / (1 + x)`.
    fn rrule_ln_1p(x dx) -> Self = (x.ln_1p(), ()); |()| { *dx += strong(dz, 1.0 / (1.0 + x)); }

    // Trigonometry.

    /// `y = sin x`: `Δx = Δy cos x`.
    fn rrule_sin(x dx) -> Self = x.sin_cos(); |cos| { *dx += dz * cos; }

    /// `y = cos x`: `Δx = -Δy sin x`.
    fn rrule_cos(x dx) -> Self = { let (sin, cos) = x.sin_cos(); (cos, sin) }; |sin| { *dx -= dz * sin; }

    /// `(s, c) = (sin x, cos x)`: `Δx = Δs c - Δc s`.
    fn rrule_sin_cos(x dx) -> (Self, Self) = { let y = x.sin_cos(); (y, y) }; |y| {
        *dx += FromResult::sin_cos(y, dz);
    }

    /// `y = tan x`: `Δx = Δy (1 + y²)`.
    fn rrule_tan(x dx) -> Self = { let y = x.tan(); (y, y) }; |y| { *dx += FromResult::tan(y, dz); }

    /// `y = arcsin x`: `Δx = Δy / √(1 - x²)`. Infinite at ±1, with a strong zero.
    fn rrule_asin(x dx) -> Self = (x.asin(), ()); |()| {
        *dx += strong(dz, 1.0 / ((1.0 - x) * (1.0 + x)).sqrt());
    }

    /// `y = arccos x`: `Δx = -Δy / √(1 - x²)`. Infinite at ±1, with a strong zero.
    fn rrule_acos(x dx) -> Self = (x.acos(), ()); |()| {
        *dx -= strong(dz, 1.0 / ((1.0 - x) * (1.0 + x)).sqrt());
    }

    /// `y = arctan x`: `Δx = Δy / (1 + x²)`.
    fn rrule_atan(x dx) -> Self = (x.atan(), ()); |()| { *dx += dz * (1.0 / (1.0 + x * x)); }

    /// The angle `z` of the point `(x, y)`: `Δy = Δz x / r²`, `Δx = -Δz y / r²` with `r² = x² + y²`.
    /// NaN at `(0, 0)`, with a strong zero.
    fn rrule_atan2(y dy, x dx: Self) -> Self = (y.atan2(x), ()); |()| {
        let r = x.hypot(y);
        *dy += strong(dz, x / r / r);
        *dx -= strong(dz, y / r / r);
    }

    /// Degrees to radians, which is linear.
    fn rrule_to_radians(x dx) -> Self = (x.to_radians(), ()); |()| { *dx += dz.to_radians(); }

    /// Radians to degrees, which is linear.
    fn rrule_to_degrees(x dx) -> Self = (x.to_degrees(), ()); |()| { *dx += dz.to_degrees(); }

    // Hyperbolic functions.

    /// `y = sinh x`: `Δx = Δy cosh x`.
    fn rrule_sinh(x dx) -> Self = (x.sinh(), x.cosh()); |cosh| { *dx += strong(dz, cosh); }

    /// `y = cosh x`: `Δx = Δy sinh x`.
    fn rrule_cosh(x dx) -> Self = (x.cosh(), x.sinh()); |sinh| { *dx += strong(dz, sinh); }

    /// `y = tanh x`: `Δx = Δy (1 - y²)`.
    fn rrule_tanh(x dx) -> Self = { let y = x.tanh(); (y, y) }; |y| { *dx += FromResult::tanh(y, dz); }

    /// `y = arsinh x`: `Δx = Δy / √(x² + 1)`.
    fn rrule_asinh(x dx) -> Self = (x.asinh(), ()); |()| { *dx += dz * (1.0 / x.hypot(1.0)); }

    /// `y = arcosh x`: `Δx = Δy / √(x² - 1)`. Infinite at 1, with a strong zero.
    fn rrule_acosh(x dx) -> Self = (x.acosh(), ()); |()| {
        *dx += strong(dz, 1.0 / ((x - 1.0).sqrt() * (x + 1.0).sqrt()));
    }

    /// `y = artanh x`: `Δx = Δy / (1 - x²)`. Infinite at ±1, with a strong zero.
    fn rrule_atanh(x dx) -> Self = (x.atanh(), ()); |()| {
        *dx += strong(dz, 1.0 / ((1.0 - x) * (1.0 + x)));
    }

    // Selection. Where nothing is passed on, nothing is multiplied.

    /// `y = |x|`: `Δx = ±Δy` by the sign of `x`, 0 at 0.
    fn rrule_abs(x dx) -> Self = (x.abs(), ()); |()| { *dx += by_sign(x, dz); }

    /// `|x|` with the sign of `sign`: `Δx = ±Δy` by the signs of both, 0 at `x = 0`; `Δsign = 0`.
    fn rrule_copysign(x dx, sign _dsign: Self) -> Self = (x.copysign(sign), ()); |()| {
        *dx += by_sign(x, if sign.is_sign_negative() { -dz } else { dz });
    }

    /// The larger operand takes the cotangent, at a tie ½ each. A NaN operand is passed over, as by
    /// `max`.
    fn rrule_max(x dx, y dy: Self) -> Self = (x.max(y), ()); |()| {
        let half = 0.5 * dz;
        *dx += if (x > y) | y.is_nan() { dz } else if x == y { half } else { 0.0 };
        *dy += if (y > x) | x.is_nan() { dz } else if x == y { half } else { 0.0 };
    }

    /// The smaller operand takes the cotangent, at a tie ½ each. A NaN operand is passed over, as by
    /// `min`.
    fn rrule_min(x dx, y dy: Self) -> Self = (x.min(y), ()); |()| {
        let half = 0.5 * dz;
        *dx += if (x < y) | y.is_nan() { dz } else if x == y { half } else { 0.0 };
        *dy += if (y < x) | x.is_nan() { dz } else if x == y { half } else { 0.0 };
    }

    /// The cotangent goes to `x` from `low` to `high` inclusive, to the bound that cuts elsewhere.
    fn rrule_clamp(x dx, low dlow: Self, high dhigh: Self) -> Self = (x.clamp(low, high), ()); |()| {
        *dlow += if x < low { dz } else { 0.0 };
        *dhigh += if x > high { dz } else { 0.0 };
        *dx += if (x < low) | (x > high) { 0.0 } else { dz };
    }

    // Arithmetic.

    /// `z = x a + b`: `Δx = Δz a`, `Δa = Δz x`, `Δb = Δz`.
    fn rrule_mul_add(x dx, a da: Self, b db: Self) -> Self = (x.mul_add(a, b), ()); |()| {
        *dx += dz * a;
        *da += dz * x;
        *db += dz;
    }

    /// `z = max(x - y, 0)`, the positive difference of `num_traits`: `Δx = Δz` and `Δy = -Δz` where
    /// `x > y`, else 0.
    fn rrule_abs_sub(x dx, y dy: Self) -> Self = (if x <= y { 0.0 } else { x - y }, ()); |()| {
        if (x > y) | x.is_nan() | y.is_nan() {
            *dx += dz;
            *dy -= dz;
        }
    }

    /// `z = (x + y) / 2`: half of the cotangent to each.
    fn rrule_midpoint(x dx, y dy: Self) -> Self = (x.midpoint(y), ()); |()| {
        *dx += 0.5 * dz;
        *dy += 0.5 * dz;
    }

    /// `z = x - m q` with an integer `q`: `Δx = Δz`, `Δm = -q Δz`.
    fn rrule_rem_euclid(x dx, modulus dmodulus: Self) -> Self = (x.rem_euclid(modulus), ()); |()| {
        *dx += dz;
        *dmodulus -= strong(dz, x.div_euclid(modulus));
    }

    /// `y = x - trunc x`: `Δx = Δy`.
    fn rrule_fract(x dx) -> Self = (x.fract(), ()); |()| { *dx += dz; }

    /// `x.add(y)`: see [`AddRule`].
    fn rrule_add(x dx, y dy: Self) -> Self = (x + y, ()); |()| {
        *dx += dz;
        *dy += dz;
    }

    /// `x.sub(y)`: see [`SubRule`].
    fn rrule_sub(x dx, y dy: Self) -> Self = (x - y, ()); |()| {
        *dx += dz;
        *dy -= dz;
    }

    /// `x.mul(y)`: see [`MulRule`].
    fn rrule_mul(x dx, y dy: Self) -> Self = (x * y, ()); |()| {
        MulRule::left(&x, &y, &dz, dx);
        MulRule::right(&x, &y, &dz, dy);
    }

    /// `x.div(y)`: see [`DivRule`].
    fn rrule_div(x dx, y dy: Self) -> Self = (x / y, ()); |()| {
        DivRule::left(&x, &y, &dz, dx);
        DivRule::right(&x, &y, &dz, dy);
    }

    /// `x.rem(y)`: see [`RemRule`].
    fn rrule_rem(x dx, y dy: Self) -> Self = (x % y, ()); |()| {
        RemRule::left(&x, &y, &dz, dx);
        RemRule::right(&x, &y, &dz, dy);
    }

    /// `x.neg()`: see [`NegRule`].
    fn rrule_neg(x dx) -> Self = (-x, ()); |()| { *dx -= dz; }

    // Names that numbers have as one-dimensional complex fields or vectors, in `nalgebra`.

    /// `|x|`, the modulus of a real number: see `abs`.
    fn rrule_modulus(x dx) -> Self = (x.abs(), ()); |()| { *dx += by_sign(x, dz); }

    /// `|x|`, the 1-norm of a real number: see `abs`.
    fn rrule_norm1(x dx) -> Self = (x.abs(), ()); |()| { *dx += by_sign(x, dz); }

    /// `y = x²`: `Δx = 2 Δy x`.
    fn rrule_modulus_squared(x dx) -> Self = (x * x, ()); |()| { *dx += dz * (x + x); }

    /// `z = x a`: `Δx = Δz a`, `Δa = Δz x`.
    fn rrule_scale(x dx, a da: Self) -> Self = (x * a, ()); |()| {
        MulRule::left(&x, &a, &dz, dx);
        MulRule::right(&x, &a, &dz, da);
    }

    /// `z = x / a`: `Δx = Δz / a`, `Δa = -Δz x / a²`.
    fn rrule_unscale(x dx, a da: Self) -> Self = (x / a, ()); |()| {
        DivRule::left(&x, &a, &dz, dx);
        DivRule::right(&x, &a, &dz, da);
    }

    /// `x` itself, its own conjugate: `Δx = Δy`.
    fn rrule_conjugate(x dx) -> Self = (x, ()); |()| { *dx += dz; }

    /// `x` itself, its own real part: `Δx = Δy`.
    fn rrule_real(x dx) -> Self = (x, ()); |()| { *dx += dz; }

    /// `√x`, or `None` where `x < 0`: see `sqrt`.
    fn rrule_try_sqrt(x dx) -> Option<Self> = {
        let y = if x >= 0.0 { Some(x.sqrt()) } else { None };
        (y, y)
    }; |y| {
        if let (Some(y), Some(dy)) = (y, dz) {
            *dx += strong(dy, 0.5 / y);
        }
    }

    // Conversions of `num_traits::ToPrimitive`.

    /// `x` as an `f64`: `Δx = Δy`, rounded to the type of `x`.
    fn rrule_to_f64(x dx) -> Option<f64> = (Some(x as f64), ()); |()| { *dx += dz.unwrap_or(0.0) as Self; }

    /// `x` rounded to an `f32`: `Δx = Δy`.
    fn rrule_to_f32(x dx) -> Option<f32> = (Some(x as f32), ()); |()| { *dx += dz.unwrap_or(0.0) as Self; }

    // Steps: constant between the jumps, so the derivative is 0.

    /// A step function: `Δx = 0`.
    fn rrule_signum(x _dx) -> Self = (x.signum(), ()); |()| {}
    /// A step function: `Δx = 0`.
    fn rrule_floor(x _dx) -> Self = (x.floor(), ()); |()| {}
    /// A step function: `Δx = 0`.
    fn rrule_ceil(x _dx) -> Self = (x.ceil(), ()); |()| {}
    /// A step function: `Δx = 0`.
    fn rrule_round(x _dx) -> Self = (x.round(), ()); |()| {}
    /// A step function: `Δx = 0`.
    fn rrule_round_ties_even(x _dx) -> Self = (x.round_ties_even(), ()); |()| {}
    /// A step function: `Δx = 0`.
    fn rrule_trunc(x _dx) -> Self = (x.trunc(), ()); |()| {}
    /// A step function: `Δx = Δy = 0`.
    fn rrule_div_euclid(x _dx, y _dy: Self) -> Self = (x.div_euclid(y), ()); |()| {}
}
