//! Slopes from results: what the rules of `exp`, `tanh` and the like keep of a number is the result alone. In come a result
//! and its cotangent, out goes the cotangent of the argument.

use super::strong;
use std::f64::consts::LN_2;

/// What methods whose derivative is had from their result `y` pass on of its cotangent: where the macro knows that a
/// value is a number, it keeps nothing but the result.
macro_rules! from_result {
    ($y:ident, $dy:ident; $(fn $method:ident = $cotangent:expr;)*) => {
        #[doc(hidden)]
        pub trait FromResult: Sized {
            $(#[doc(hidden)] fn $method($y: Self, $dy: Self) -> Self;)*
            #[doc(hidden)]
            fn sin_cos(sin_cos: (Self, Self), cotangents: (Self, Self)) -> Self;
        }
        from_result!(@ f32; $y, $dy; $(fn $method = $cotangent;)*);
        from_result!(@ f64; $y, $dy; $(fn $method = $cotangent;)*);
    };
    (@ $float:ty; $y:ident, $dy:ident; $(fn $method:ident = $cotangent:expr;)*) => {
        impl FromResult for $float {
            $(#[inline(always)] fn $method($y: Self, $dy: Self) -> Self { $cotangent })*
            #[inline(always)]
            fn sin_cos((sin, cos): (Self, Self), (dsin, dcos): (Self, Self)) -> Self {
                dsin * cos - dcos * sin
            }
        }
    };
}

from_result! { y, dy;
    fn sqrt = strong(dy, 0.5 / y);
    fn cbrt = strong(dy, 1.0 / (3.0 * y * y));
    fn exp = strong(dy, y);
    fn exp2 = strong(dy, y * LN_2 as Self);
    fn tan = dy * (1.0 + y * y);
    fn tanh = dy * (1.0 - y * y);
}
