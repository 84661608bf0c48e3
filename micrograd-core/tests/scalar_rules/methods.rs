//! Every method of a number against central differences.

use super::assert_close;
use micrograd_core::rules::convert::{FromPrimitiveRules, NumCastRules};
use micrograd_core::rules::integer::{IntegerRules, SignedRules};
use micrograd_core::rules::scalar::ScalarRules;
use micrograd_core::{NoTangent, check_rrule};
use num_dual::{Dual64, DualNum};

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
