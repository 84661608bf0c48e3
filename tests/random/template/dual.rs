//! The methods of `f64` for dual numbers, under the same names and with values as arguments.

use num_dual::{Dual64 as D, DualNum};

macro_rules! methods {
    ($($name:ident)*) => {
        /// What `f64` has as well.
        pub trait Real: Sized {
            $(fn $name(self) -> Self;)*
            fn powi(self, n: i32) -> Self;
            fn sin_cos(self) -> (Self, Self);
            fn powf(self, p: Self) -> Self;
            fn abs(self) -> Self;
            fn max(self, other: Self) -> Self;
            fn min(self, other: Self) -> Self;
            fn clamp(self, low: Self, high: Self) -> Self;
            fn copysign(self, sign: Self) -> Self;
            fn hypot(self, other: Self) -> Self;
            fn atan2(self, other: Self) -> Self;
            fn mul_add(self, a: Self, b: Self) -> Self;
            fn rem_euclid(self, modulus: Self) -> Self;
            fn to_radians(self) -> Self;
        }
        impl Real for D {
            $(fn $name(self) -> Self { DualNum::$name(&self) })*
            fn powi(self, n: i32) -> Self {
                DualNum::powi(&self, n)
            }
            fn sin_cos(self) -> (Self, Self) {
                DualNum::sin_cos(&self)
            }
            fn powf(self, p: Self) -> Self {
                DualNum::powd(&self, p)
            }
            fn abs(self) -> Self {
                if self.re < 0.0 { -self } else { self }
            }
            fn max(self, other: Self) -> Self {
                if self.re > other.re { self } else { other }
            }
            fn min(self, other: Self) -> Self {
                if self.re < other.re { self } else { other }
            }
            fn clamp(self, low: Self, high: Self) -> Self {
                if self.re < low.re { low } else if self.re > high.re { high } else { self }
            }
            fn copysign(self, sign: Self) -> Self {
                if self.re.is_sign_negative() == sign.re.is_sign_negative() { self } else { -self }
            }
            fn hypot(self, other: Self) -> Self {
                DualNum::sqrt(&(self * self + other * other))
            }
            fn atan2(self, other: Self) -> Self {
                DualNum::atan2(&self, other)
            }
            fn mul_add(self, a: Self, b: Self) -> Self {
                self * a + b
            }
            fn rem_euclid(self, modulus: Self) -> Self {
                self - modulus * self.re.div_euclid(modulus.re)
            }
            fn to_radians(self) -> Self {
                self * (std::f64::consts::PI / 180.0)
            }
        }
    };
}
methods!(recip sqrt cbrt exp exp_m1 ln log2 log10 ln_1p sin cos tan asin acos atan sinh cosh tanh asinh atanh);
