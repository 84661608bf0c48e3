//! Every rule of a scalar method: against central differences, against dual numbers, and the
//! conventions at edge points.

use micrograd_core::rules::convert::{FromPrimitiveRules, NumCastRules};
use micrograd_core::rules::integer::{IntegerRules, SignedRules};
use micrograd_core::rules::scalar::ScalarRules;
use micrograd_core::{NoTangent, check_rrule};
use num_dual::{Dual64, DualNum};

const INFINITY: f64 = f64::INFINITY;

/// The partials of a rule at a point, for the cotangent 1 or the one before the arrow.
macro_rules! partials {
    ($dz:expr => $x:expr, $rrule:ident()) => {{
        let x: f64 = $x;
        let (_, back) = x.$rrule();
        let mut dx = 0.0;
        back(&$dz, &x, &mut dx);
        dx
    }};
    ($dz:expr => $x:expr, $rrule:ident($y:expr)) => {{
        let (x, y): (f64, f64) = ($x, $y);
        let (_, back) = x.$rrule(&y);
        let (mut dx, mut dy) = (0.0, 0.0);
        back(&$dz, &x, &mut dx, &y, &mut dy);
        (dx, dy)
    }};
    ($dz:expr => $x:expr, $rrule:ident($y:expr, $z:expr)) => {{
        let (x, y, z): (f64, f64, f64) = ($x, $y, $z);
        let (_, back) = x.$rrule(&y, &z);
        let (mut dx, mut dy, mut dz) = (0.0, 0.0, 0.0);
        back(&$dz, &x, &mut dx, &y, &mut dy, &z, &mut dz);
        (dx, dy, dz)
    }};
    ($x:expr, $rrule:ident($($y:expr),*)) => { partials!(1.0 => $x, $rrule($($y),*)) };
}

#[test]
fn names_of_other_crates_for_methods_of_numbers() {
    for x in [0.7_f64, -0.7] {
        check_rrule!(x.rrule_modulus());
        check_rrule!(x.rrule_norm1());
        check_rrule!(x.rrule_modulus_squared());
        check_rrule!(x.rrule_scale(2.5));
        check_rrule!(x.rrule_unscale(2.5));
        check_rrule!(x.rrule_conjugate());
        check_rrule!(x.rrule_real());
        check_rrule!(x.rrule_abs_sub(0.3));
        check_rrule!(x.rrule_to_f64());
        check_rrule!(x.rrule_to_f32());
        check_rrule!(x.rrule_try_sqrt());
    }
    assert_eq!(partials!(0.7, rrule_abs_sub(0.7)), (0.0, 0.0));
    assert_eq!(
        (0.7_f64.rrule_try_sqrt().0, (-0.7_f64).rrule_try_sqrt().0),
        (Some(0.7_f64.sqrt()), None)
    );
    check_rrule!((0.7_f32).rrule_to_f64());
}

#[test]
fn numbers_are_made_of_numbers_of_another_type() {
    check_rrule!(f64::rrule_from(&0.7_f64));
    check_rrule!(f64::rrule_from(&0.7_f32));
    check_rrule!(f32::rrule_from(&0.7_f64));
    check_rrule!(f32::rrule_from_f64(&0.7));
    check_rrule!(f64::rrule_from_f32(&0.7));
    let (y, back) = f64::rrule_from(&3_usize);
    back(&Some(1.0), &3, &mut NoTangent);
    assert_eq!(y, Some(3.0));
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() <= 1e-13 * expected.abs().max(1e-3),
        "{found} is not {expected}"
    );
}

/// Checks rules of methods at points: the value to the bit, the derivative for both floats.
macro_rules! check {
    ($($method:ident, $rrule:ident: $(($x:expr $(, $y:expr)*)),*;)*) => {$(
        #[test]
        fn $method() {
            $(
                let value = ($x as f64).$rrule($(&($y as f64)),*).0;
                assert_eq!(value.to_bits(), ($x as f64).$method($($y as f64),*).to_bits());
                check_rrule!(($x as f64).$rrule($($y as f64),*));
                let value = ($x as f32).$rrule($(&($y as f32)),*).0;
                assert_eq!(value.to_bits(), ($x as f32).$method($($y as f32),*).to_bits());
                check_rrule!(($x as f32).$rrule($($y as f32),*));
            )*
        }
    )*};
}

check! {
    sqrt, rrule_sqrt: (0.3), (4.0), (100.0);
    cbrt, rrule_cbrt: (0.3), (-8.0), (100.0);
    abs, rrule_abs: (0.7), (-2.5);
    powf, rrule_powf: (0.5, 2.5), (2.0, -1.5), (3.0, 1.0), (1.0, 0.0), (2.0, 0.5);
    exp, rrule_exp: (-3.0), (0.0), (2.0);
    exp2, rrule_exp2: (-3.0), (0.0), (2.0);
    exp_m1, rrule_exp_m1: (-3.0), (0.0), (2.0);
    ln, rrule_ln: (0.3), (4.0);
    log, rrule_log: (0.3, 2.0), (4.0, 0.5), (3.0, 7.0);
    log2, rrule_log2: (0.3), (4.0);
    log10, rrule_log10: (0.3), (4.0);
    ln_1p, rrule_ln_1p: (-0.7), (0.0), (4.0);
    sin, rrule_sin: (0.5), (-2.0), (9.0);
    cos, rrule_cos: (0.5), (-2.0), (9.0);
    tan, rrule_tan: (0.5), (-1.0), (3.0);
    asin, rrule_asin: (0.5), (-0.7);
    acos, rrule_acos: (0.5), (-0.7);
    atan, rrule_atan: (0.5), (-7.0);
    sinh, rrule_sinh: (0.5), (-2.0);
    cosh, rrule_cosh: (0.5), (-2.0);
    tanh, rrule_tanh: (0.5), (-2.0);
    asinh, rrule_asinh: (0.5), (-2.0);
    acosh, rrule_acosh: (1.5), (20.0);
    atanh, rrule_atanh: (0.5), (-0.7);
    atan2, rrule_atan2: (1.0, 2.0), (1.0, -2.0), (-1.0, -2.0), (0.5, 0.0), (0.0, 2.0);
    hypot, rrule_hypot: (3.0, 4.0), (-1.0, 0.5), (0.0, 2.0);
    max, rrule_max: (1.0, 2.0), (2.0, -1.0);
    min, rrule_min: (1.0, 2.0), (2.0, -1.0);
    clamp, rrule_clamp: (0.5, -1.0, 1.0), (-2.0, -1.0, 1.0), (3.0, -1.0, 1.0);
    mul_add, rrule_mul_add: (1.5, -2.0, 0.5), (0.0, 2.0, 1.0);
    recip, rrule_recip: (0.5), (-4.0);
    to_radians, rrule_to_radians: (30.0), (-400.0);
    to_degrees, rrule_to_degrees: (0.5), (-3.0);
    copysign, rrule_copysign: (1.5, 2.0), (1.5, -2.0), (-1.5, 2.0), (-1.5, -2.0);
    midpoint, rrule_midpoint: (1.5, 2.0);
    rem_euclid, rrule_rem_euclid: (7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-0.5, 3.0);
    fract, rrule_fract: (1.3), (-1.3);
    signum, rrule_signum: (1.3), (-1.3);
    floor, rrule_floor: (1.3), (-1.3);
    ceil, rrule_ceil: (1.3), (-1.3);
    round, rrule_round: (1.3), (-1.3);
    round_ties_even, rrule_round_ties_even: (1.3), (-1.3);
    trunc, rrule_trunc: (1.3), (-1.3);
    div_euclid, rrule_div_euclid: (7.5, 2.0), (-7.5, 2.0);
}

/// The operators spelled as methods.
mod operator {
    use super::*;
    use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

    check! {
        add, rrule_add: (1.5, -2.0);
        sub, rrule_sub: (1.5, -2.0);
        mul, rrule_mul: (1.5, -2.0);
        div, rrule_div: (1.5, -2.0);
        rem, rrule_rem: (7.5, 2.0), (-7.5, 2.0);
        neg, rrule_neg: (1.5);
    }
}

#[test]
fn powi() {
    for n in [-3, -1, 0, 1, 2, 3, 7] {
        for x in [0.5_f64, -2.0, 1.0] {
            let (value, back) = x.rrule_powi(&n);
            let mut dx = 0.0;
            back(&1.0, &x, &mut dx, &n, &mut micrograd_core::NoTangent);
            assert_eq!(value.to_bits(), x.powi(n).to_bits());
            assert_close(dx, DualNum::powi(&Dual64::new(x, 1.0), n).eps);
            check_rrule!((x).rrule_powi(n));
            check_rrule!((x as f32).rrule_powi(n));
        }
    }
}

#[test]
fn sin_cos() {
    for x in [0.5_f64, -2.0, 9.0] {
        let (value, back) = x.rrule_sin_cos();
        assert_eq!(value, (x.sin(), x.cos()));
        let mut dx = 0.0;
        back(&(2.0, 3.0), &x, &mut dx);
        assert_close(dx, 2.0 * x.cos() - 3.0 * x.sin());
        check_rrule!(x.rrule_sin_cos());
        check_rrule!((x as f32).rrule_sin_cos());
    }
}

#[test]
fn unary_rules_agree_with_dual_numbers() {
    macro_rules! agree {
        ($($method:ident, $rrule:ident: $($x:expr),*;)*) => {$($(
            assert_close(partials!($x, $rrule()), DualNum::$method(&Dual64::new($x, 1.0)).eps);
        )*)*};
    }
    agree! {
        sqrt, rrule_sqrt: 0.3, 4.0;
        cbrt, rrule_cbrt: 0.3, 100.0;
        exp, rrule_exp: -30.0, 0.0, 2.0;
        exp2, rrule_exp2: -30.0, 0.0, 2.0;
        exp_m1, rrule_exp_m1: -30.0, 0.0, 2.0;
        ln, rrule_ln: 0.3, 4.0;
        log2, rrule_log2: 0.3, 4.0;
        log10, rrule_log10: 0.3, 4.0;
        ln_1p, rrule_ln_1p: -0.7, 0.0, 4.0;
        sin, rrule_sin: 0.5, -2.0, 9.0;
        cos, rrule_cos: 0.5, -2.0, 9.0;
        tan, rrule_tan: 0.5, -1.0, 3.0;
        asin, rrule_asin: 0.5, -0.7;
        acos, rrule_acos: 0.5, -0.7;
        atan, rrule_atan: 0.5, -7.0;
        sinh, rrule_sinh: 0.5, -2.0;
        cosh, rrule_cosh: 0.5, -2.0;
        tanh, rrule_tanh: 0.5, -2.0;
        asinh, rrule_asinh: 0.5, -2.0;
        acosh, rrule_acosh: 1.5, 20.0;
        atanh, rrule_atanh: 0.5, -0.7;
        recip, rrule_recip: 0.5, -4.0;
    }
}

#[test]
fn binary_rules_agree_with_dual_numbers() {
    macro_rules! agree {
        ($($method:ident, $rrule:ident: $(($x:expr, $y:expr)),*;)*) => {$($(
            let (dx, dy) = partials!($x, $rrule($y));
            let (x, y) = (Dual64::from($x), Dual64::from($y));
            assert_close(dx, DualNum::$method(&Dual64::new($x, 1.0), y).eps);
            assert_close(dy, DualNum::$method(&x, Dual64::new($y, 1.0)).eps);
        )*)*};
    }
    agree! {
        powd, rrule_powf: (0.5, 2.5), (2.0, -1.5), (3.0, 1.0), (1e-3, 0.5);
        atan2, rrule_atan2: (1.0, 2.0), (1.0, -2.0), (-1.0, -2.0), (0.5, 1e-3);
    }
    let (dx, _) = partials!(0.3, rrule_log(2.0));
    assert_close(dx, DualNum::log(&Dual64::new(0.3, 1.0), 2.0).eps);
    let (dx, da, db) = partials!(1.5, rrule_mul_add(-2.0, 0.5));
    assert_eq!((dx, da, db), (-2.0, 1.5, 1.0));
}

#[test]
fn integers_have_rules_without_a_derivative() {
    assert_eq!(3_usize.rrule_min(&2).0, 2);
    assert_eq!(3_usize.rrule_saturating_sub(&5).0, 0);
    assert_eq!((-3_i32).rrule_abs().0, 3);
    assert_eq!((-3_i32).rrule_clamp(&-1, &1).0, -1);
    check_rrule!(3_u8.rrule_pow(2_u32));
    check_rrule!((-3_i64).rrule_signum());
    check_rrule!(7_usize.rrule_clamp(0, 5));
}

#[test]
fn rules_borrow_nothing() {
    let back = {
        let (x, y) = (3.0, 4.0);
        f64::rrule_hypot(&x, &y).1
    };
    let (mut dx, mut dy) = (0.0, 0.0);
    back(&5.0, &3.0, &mut dx, &4.0, &mut dy);
    assert_eq!((dx, dy), (3.0, 4.0));
}

// Conventions at edge points.

#[test]
fn the_derivative_of_abs_at_0_is_0() {
    assert_eq!(partials!(0.0, rrule_abs()), 0.0);
    assert_eq!(partials!(-0.0, rrule_abs()), 0.0);
    assert_eq!(partials!(INFINITY => 0.0, rrule_abs()), 0.0);
    assert_eq!(partials!(0.0, rrule_copysign(-1.0)), (0.0, 0.0));
}

#[test]
fn max_and_min_give_half_to_each_at_a_tie() {
    assert_eq!(partials!(2.0, rrule_max(2.0)), (0.5, 0.5));
    assert_eq!(partials!(2.0, rrule_min(2.0)), (0.5, 0.5));
    assert_eq!(partials!(0.0, rrule_max(-0.0)), (0.5, 0.5));
}

#[test]
fn max_and_min_pass_over_nan_as_their_values_do() {
    assert_eq!(partials!(f64::NAN, rrule_max(2.0)), (0.0, 1.0));
    assert_eq!(partials!(2.0, rrule_max(f64::NAN)), (1.0, 0.0));
    assert_eq!(partials!(f64::NAN, rrule_min(2.0)), (0.0, 1.0));
    assert_eq!(partials!(2.0, rrule_min(f64::NAN)), (1.0, 0.0));
}

#[test]
fn an_infinite_cotangent_does_not_reach_what_was_not_selected() {
    assert_eq!(partials!(INFINITY => 1.0, rrule_max(2.0)), (0.0, INFINITY));
    assert_eq!(partials!(INFINITY => 1.0, rrule_min(2.0)), (INFINITY, 0.0));
    assert_eq!(
        partials!(INFINITY => 1.0, rrule_clamp(2.0, 3.0)),
        (0.0, INFINITY, 0.0)
    );
    assert_eq!(partials!(INFINITY => 1.5, rrule_floor()), 0.0);
}

#[test]
fn softplus_by_max_and_abs_has_slope_one_half_at_0() {
    // max(x, 0) + ln_1p(exp(-|x|))
    let (of_max, _) = partials!(0.0, rrule_max(0.0));
    let of_abs = partials!(0.0, rrule_abs());
    assert_eq!(of_max - 0.5 * of_abs, 0.5);
}

#[test]
fn the_slope_of_sqrt_at_0_is_infinite_with_a_strong_zero() {
    assert_eq!(partials!(0.0, rrule_sqrt()), INFINITY);
    assert_eq!(partials!(0.0 => 0.0, rrule_sqrt()), 0.0);
    assert_eq!(partials!(-0.0 => 0.0, rrule_sqrt()), 0.0);
    assert_eq!(partials!(0.0 => -1.0, rrule_sqrt()), 0.0);
}

#[test]
fn a_zero_cotangent_stays_zero_wherever_a_partial_is_not_finite() {
    assert_eq!(partials!(0.0 => 0.0, rrule_cbrt()), 0.0);
    assert_eq!(partials!(0.0 => 0.0, rrule_recip()), 0.0);
    assert_eq!(partials!(0.0 => 0.0, rrule_ln()), 0.0);
    assert_eq!(partials!(0.0 => 0.0, rrule_log2()), 0.0);
    assert_eq!(partials!(0.0 => 0.0, rrule_log10()), 0.0);
    assert_eq!(partials!(0.0 => 0.0, rrule_log(1.0)), (0.0, 0.0));
    assert_eq!(partials!(0.0 => -1.0, rrule_ln_1p()), 0.0);
    assert_eq!(partials!(0.0 => 1.0, rrule_asin()), 0.0);
    assert_eq!(partials!(0.0 => 1.0, rrule_acos()), 0.0);
    assert_eq!(partials!(0.0 => 1.0, rrule_acosh()), 0.0);
    assert_eq!(partials!(0.0 => 1.0, rrule_atanh()), 0.0);
    assert_eq!(partials!(0.0 => 0.0, rrule_powf(-1.0)), (0.0, 0.0));
    assert_eq!(partials!(0.0 => -1.0, rrule_powf(0.5)), (0.0, 0.0));
    assert_eq!(partials!(0.0 => 0.0, rrule_atan2(0.0)), (0.0, 0.0));
    assert_eq!(partials!(0.0 => 0.0, rrule_hypot(0.0)), (0.0, 0.0));
    assert_eq!(partials!(0.0 => 1.0, rrule_rem_euclid(0.0)), (0.0, 0.0));
    for x in [-1e4, 1e4] {
        assert_eq!(partials!(0.0 => x, rrule_exp()), 0.0);
        assert_eq!(partials!(0.0 => x, rrule_exp2()), 0.0);
        assert_eq!(partials!(0.0 => x, rrule_exp_m1()), 0.0);
        assert_eq!(partials!(0.0 => x, rrule_sinh()), 0.0);
        assert_eq!(partials!(0.0 => x, rrule_cosh()), 0.0);
    }
}

#[test]
fn the_slopes_at_the_ends_of_the_domain_are_infinite() {
    assert_eq!(partials!(0.0, rrule_ln()), INFINITY);
    assert_eq!(partials!(0.0, rrule_cbrt()), INFINITY);
    assert_eq!(partials!(1.0, rrule_asin()), INFINITY);
    assert_eq!(partials!(-1.0, rrule_acos()), -INFINITY);
    assert_eq!(partials!(1.0, rrule_acosh()), INFINITY);
    assert_eq!(partials!(-1.0, rrule_atanh()), INFINITY);
}

#[test]
fn the_derivative_of_hypot_at_the_origin_is_0() {
    assert_eq!(partials!(0.0, rrule_hypot(0.0)), (0.0, 0.0));
    assert_eq!(partials!(INFINITY => 0.0, rrule_hypot(0.0)), (0.0, 0.0));
}

#[test]
fn hypot_and_atan2_neither_overflow_nor_underflow() {
    for scale in [1e200, 1e-200] {
        let (dx, dy) = partials!(3.0 * scale, rrule_hypot(4.0 * scale));
        assert_close(dx, 0.6);
        assert_close(dy, 0.8);
    }
    let (dy, dx) = partials!(3e200, rrule_atan2(4e200));
    assert_close(dy * 1e200, 0.16);
    assert_close(dx * 1e200, -0.12);
    let (dy, dx) = partials!(3e-200, rrule_atan2(4e-200));
    assert_close(dy * 1e-200, 0.16);
    assert_close(dx * 1e-200, -0.12);
}

#[test]
fn the_derivative_of_atan2_at_the_origin_is_nan() {
    let (dy, dx) = partials!(0.0, rrule_atan2(0.0));
    assert!(dy.is_nan() && dx.is_nan());
}

#[test]
fn powf_at_0_is_as_in_chain_rules() {
    assert_eq!(partials!(0.0, rrule_powf(0.0)), (0.0, 0.0));
    assert_eq!(partials!(0.0, rrule_powf(1.0)), (1.0, 0.0));
    assert_eq!(partials!(0.0, rrule_powf(2.0)), (0.0, 0.0));
    assert_eq!(partials!(0.0, rrule_powf(0.5)), (INFINITY, 0.0));
    let (dx, dp) = partials!(0.0, rrule_powf(-1.0));
    assert!(dx == -INFINITY && dp.is_nan());
}

#[test]
fn powf_of_a_negative_base_has_no_derivative_in_the_exponent() {
    let (dx, dp) = partials!(-2.0, rrule_powf(3.0));
    assert!(dx == 12.0 && dp.is_nan());
    let (dx, dp) = partials!(-2.0, rrule_powf(0.5));
    assert!(dx.is_nan() && dp.is_nan());
}

#[test]
fn powf_keeps_its_slope_where_the_value_underflows() {
    assert_close(partials!(1e-200, rrule_powf(2.0)).0 * 1e200, 2.0);
    assert_close(partials!(1e-310, rrule_powf(1.0)).0, 1.0);
    assert_eq!(partials!(INFINITY, rrule_powf(-1.0)), (0.0, 0.0));
}

#[test]
fn powi_is_not_divided_by_its_base() {
    let slope = |x: f64, n: i32, dz: f64| {
        let mut dx = 0.0;
        x.rrule_powi(&n).1(&dz, &x, &mut dx, &n, &mut micrograd_core::NoTangent);
        dx
    };
    assert_eq!(slope(0.0, 0, 1.0), 0.0);
    assert_eq!(slope(0.0, 1, 1.0), 1.0);
    assert_eq!(slope(0.0, 2, 1.0), 0.0);
    assert_eq!(slope(0.0, -1, 1.0), -INFINITY);
    assert_eq!(slope(0.0, -1, 0.0), 0.0);
    assert_eq!(slope(1.0, i32::MIN, 1.0), f64::from(i32::MIN));
    assert_eq!(slope(1.0, i32::MAX, 1.0), f64::from(i32::MAX));
    assert_eq!(slope(f64::NAN, 0, 1.0), 0.0);
}

#[test]
fn clamp_gives_all_to_x_at_an_end_point() {
    assert_eq!(partials!(1.0, rrule_clamp(1.0, 2.0)), (1.0, 0.0, 0.0));
    assert_eq!(partials!(2.0, rrule_clamp(1.0, 2.0)), (1.0, 0.0, 0.0));
    assert_eq!(partials!(1.0, rrule_clamp(1.0, 1.0)), (1.0, 0.0, 0.0));
    assert_eq!(partials!(0.0, rrule_clamp(1.0, 1.0)), (0.0, 1.0, 0.0));
}

#[test]
fn rem_at_an_integer_quotient_is_1_and_minus_the_quotient() {
    assert_eq!(partials!(6.0, rrule_rem(2.0)), (1.0, -3.0));
    assert_eq!(partials!(-6.0, rrule_rem(2.0)), (1.0, 3.0));
    assert_eq!(partials!(6.0, rrule_rem_euclid(2.0)), (1.0, -3.0));
    assert_eq!(partials!(-6.5, rrule_rem_euclid(2.0)), (1.0, 4.0));
}

#[test]
fn steps_have_derivative_0_even_at_a_jump() {
    for x in [-1.0, 0.0, 1.0] {
        assert_eq!(partials!(x, rrule_floor()), 0.0);
        assert_eq!(partials!(x, rrule_ceil()), 0.0);
        assert_eq!(partials!(x, rrule_trunc()), 0.0);
        assert_eq!(partials!(x + 0.5, rrule_round()), 0.0);
        assert_eq!(partials!(x, rrule_signum()), 0.0);
        assert_eq!(partials!(x, rrule_fract()), 1.0);
    }
}

#[test]
fn nan_is_passed_on() {
    macro_rules! nan {
        ($($rrule:ident)*) => {$( assert!(partials!(f64::NAN, $rrule()).is_nan()); )*};
    }
    nan!(rrule_sqrt rrule_cbrt rrule_abs rrule_exp rrule_ln rrule_sin rrule_cos rrule_tan rrule_asin
        rrule_atan rrule_sinh rrule_tanh rrule_asinh rrule_atanh rrule_recip);
    let (dx, dp) = partials!(f64::NAN, rrule_powf(2.0));
    assert!(dx.is_nan() && dp.is_nan());
    let (dx, dp) = partials!(2.0, rrule_powf(f64::NAN));
    assert!(dx.is_nan() && dp.is_nan());
}

/// The functions of the registry that stand beside the methods.
mod function {
    use super::INFINITY;
    use micrograd_core::rules::function::{evalpoly, mean, relu, sigmoid, softplus, sum};
    use micrograd_core::{Differentiable, Function, NoTangent};

    #[test]
    fn the_derivative_of_relu_at_0_is_0() {
        assert_eq!((relu(0.0), relu::pullback(0.0).1(1.0)), (0.0, (0.0,)));
        assert_eq!(relu::pullback(-0.0).1(1.0), (0.0,));
        assert_eq!(relu::pullback(-1.0).1(INFINITY), (0.0,));
        assert!(relu(f64::NAN).is_nan());
    }

    #[test]
    fn sigmoid_and_softplus_are_finite_at_1000() {
        assert_eq!(
            (sigmoid(1000.0), sigmoid::pullback(1000.0).1(1.0)),
            (1.0, (0.0,))
        );
        assert_eq!(
            (sigmoid(-1000.0), sigmoid::pullback(-1000.0).1(1.0)),
            (0.0, (0.0,))
        );
        assert_eq!(
            (softplus(1000.0), softplus::pullback(1000.0).1(1.0)),
            (1000.0, (1.0,))
        );
        assert_eq!(
            (softplus(-1000.0), softplus::pullback(-1000.0).1(1.0)),
            (0.0, (0.0,))
        );
        assert_eq!(softplus::pullback(0.0).1(1.0), (0.5,));
        assert_eq!(sigmoid::pullback(0.0).1(1.0), (0.25,));
    }

    #[test]
    fn the_slope_of_a_saturated_sigmoid_keeps_its_digits() {
        let (slope,) = sigmoid::pullback(40.0).1(1.0);
        super::assert_close(slope * 40f64.exp(), 1.0);
    }

    #[test]
    fn evalpoly_at_0_is_not_divided_by_0() {
        let (value, back) = evalpoly::pullback(0.0, &[1.0, 5.0, 3.0]);
        assert_eq!((value, back(2.0)), (1.0, (10.0, vec![2.0, 0.0, 0.0])));
        let (value, back) = evalpoly::pullback(2.0, &[]);
        assert_eq!((value, back(1.0)), (0.0, (0.0, vec![])));
    }

    #[test]
    fn reductions_spread_their_cotangent() {
        assert_eq!(sum::pullback(&[1.0, 2.0]).1(3.0), (vec![3.0, 3.0],));
        assert_eq!(mean::pullback(&[1.0, 2.0]).1(3.0), (vec![1.5, 1.5],));
        assert_eq!(sum::<f64>(&[]), 0.0);
        assert!(mean::<f64>(&[]).is_nan());
    }

    #[test]
    fn a_function_is_a_value_without_a_tangent() {
        fn slope<F: Function<f64, Output = f64>>(f: F, x: f64) -> f64 {
            let (_, back) = f.rrule_call(&x);
            let (mut df, mut dx) = (f.zero_tangent(), 0.0);
            back(&1.0, &f, &mut df, &x, &mut dx);
            dx
        }
        assert_eq!((slope(relu {}, 2.0), slope(softplus {}, 0.0)), (1.0, 0.5));
        assert_eq!(relu {}.zero_tangent(), NoTangent);
        assert_eq!(relu {}.call(3.0_f32), 3.0);
    }
}
