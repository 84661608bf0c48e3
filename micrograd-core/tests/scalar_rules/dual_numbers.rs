//! The rules against dual numbers.

use super::assert_close;
use micrograd_core::rules::scalar::ScalarRules;
use num_dual::{Dual64, DualNum};

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
