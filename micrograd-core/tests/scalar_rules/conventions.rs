//! Conventions at edge points.

use super::{INFINITY, assert_close};
use micrograd_core::rules::scalar::ScalarRules;

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
