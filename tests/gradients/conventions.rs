//! The conventions at edge points hold through emitted code.

use micrograd_core::{differentiable, gradient};

/// A function of one number, its point and its derivative there.
macro_rules! at {
    ($claim:ident, |$x:ident| $body:expr, $point:expr, $slope:expr) => {
        #[test]
        fn $claim() {
            #[differentiable]
            fn f($x: f64) -> f64 {
                $body
            }
            let (_, (slope,)) = gradient!(f, $point);
            let expected: f64 = $slope;
            assert!(
                slope == expected || slope.is_nan() && expected.is_nan(),
                "{slope} is not {expected}"
            );
        }
    };
}

at!(abs_has_slope_zero_at_zero, |x| x.abs(), 0.0, 0.0);
at!(a_tie_of_max_is_shared, |x| x.max(1.0), 1.0, 0.5);
at!(a_tie_of_min_is_shared, |x| x.min(1.0), 1.0, 0.5);
at!(
    max_of_a_value_with_itself_is_the_value,
    |x| x.max(x),
    1.0,
    1.0
);
at!(
    sqrt_has_an_infinite_slope_at_zero,
    |x| x.sqrt(),
    0.0,
    f64::INFINITY
);
at!(
    a_zero_cotangent_stays_zero_at_the_root,
    |x| x.sqrt() * 0.0 + x,
    0.0,
    1.0
);
at!(
    a_zero_cotangent_stays_zero_at_the_logarithm,
    |x| x.ln().max(0.0) + x,
    0.0,
    1.0
);
at!(hypot_has_slope_zero_at_the_origin, |x| x.hypot(x), 0.0, 0.0);
at!(zero_to_the_zero_is_flat, |x| x.powf(x), 0.0, 0.0);
at!(zero_to_the_one_has_slope_one, |x| x.powf(1.0), 0.0, 1.0);
at!(
    zero_to_the_half_has_an_infinite_slope,
    |x| x.powf(0.5),
    0.0,
    f64::INFINITY
);
at!(
    powi_of_zero_is_finite,
    |x| x.powi(2) + x.powi(1) + x.powi(0),
    0.0,
    1.0
);
at!(
    a_negative_base_has_no_slope_by_the_exponent,
    |x| (-2.0_f64).powf(x),
    2.0,
    f64::NAN
);
at!(
    atan2_has_no_slope_at_the_origin,
    |x| x.atan2(x),
    0.0,
    f64::NAN
);
at!(
    clamp_keeps_the_slope_at_its_ends,
    |x| x.clamp(-1.0, 1.0),
    1.0,
    1.0
);
at!(clamp_is_flat_outside, |x| x.clamp(-1.0, 1.0), 1.5, 0.0);
at!(
    floor_is_flat,
    |x| x.floor() + x.round() + x.signum(),
    1.25,
    0.0
);
at!(the_remainder_has_slope_one, |x| x % 2.0, 4.0, 1.0);
at!(the_remainder_by_the_divisor_counts, |x| 7.0 % x, 2.0, -3.0);
at!(
    softplus_from_max_and_abs_is_right_at_zero,
    |x| x.max(0.0) + (-x.abs()).exp().ln_1p(),
    0.0,
    0.5
);
at!(
    softplus_is_finite_far_out,
    |x| x.max(0.0) + (-x.abs()).exp().ln_1p(),
    1000.0,
    1.0
);
at!(
    softplus_is_flat_far_left,
    |x| x.max(0.0) + (-x.abs()).exp().ln_1p(),
    -1000.0,
    0.0
);
at!(
    a_written_relu_is_flat_at_zero,
    |x| if x > 0.0 { x } else { 0.0 },
    0.0,
    0.0
);

#[differentiable]
fn log_sum_exp(v: &[f64]) -> f64 {
    let mut top = v[0];
    for x in v {
        top = top.max(*x);
    }
    let mut s = 0.0;
    for x in v {
        s += (x - top).exp();
    }
    top + s.ln()
}

#[test]
fn log_sum_exp_is_finite_at_a_thousand() {
    assert_eq!(
        gradient!(log_sum_exp, &[1000.0, 1000.0]),
        (1000.0 + 2.0_f64.ln(), (vec![0.5, 0.5],))
    );
    assert_eq!(gradient!(log_sum_exp, &[-1000.0, 1000.0]).1.0, [0.0, 1.0]);
}

#[differentiable]
fn ties(v: &[f64]) -> f64 {
    v[0].max(v[1])
}

#[test]
fn a_tie_gives_half_to_each() {
    assert_eq!(gradient!(ties, &[2.0, 2.0]).1.0, [0.5, 0.5]);
}
