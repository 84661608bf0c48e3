//! The hyperbolic tangent of each element, from arithmetic alone: without branches and calls compilers make vectors
//! of the loop, which `tanh` of the C library, what a number's own method is, keeps them from.

use nalgebra::{DefaultAllocator, Dim, OMatrix, allocator::Allocator, one};

use crate::rules::matrix::hand_on;
use crate::rules::scalar::Scalar;

/// `yᵢⱼ = tanh(zᵢⱼ)`. `Δzᵢⱼ = Δyᵢⱼ (1 - yᵢⱼ²)`.
///
/// The value is that of [`BranchlessTanh`], which may differ from that of a number's own method in its last digit.
///
/// ```
/// use micrograd_core::rules::activation::tanh;
/// use nalgebra::dmatrix;
/// let (y, back) = tanh::pullback(dmatrix![0.0, -1000.0]);
/// assert_eq!(y, dmatrix![0.0, -1.0]);
/// assert_eq!(back(dmatrix![2.0, 2.0]), (dmatrix![2.0, 0.0],));
/// ```
#[inline]
pub fn tanh<T, R, C>(mut z: OMatrix<T, R, C>) -> OMatrix<T, R, C>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    for element in z.as_mut_slice() {
        *element = element.branchless_tanh();
    }
    z
}
marker!(tanh -> R);

impl tanh {
    /// The value, and the rule that accumulates into the cotangent of the argument. Keeps the value.
    #[expect(clippy::type_complexity)]
    pub fn rrule<T, R, C>(
        z: &OMatrix<T, R, C>,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&mut OMatrix<T, R, C>, &OMatrix<T, R, C>, &mut OMatrix<T, R, C>) + use<T, R, C>,
    )
    where
        T: Scalar,
        R: Dim,
        C: Dim,
        DefaultAllocator: Allocator<R, C>,
    {
        let value = tanh(z.clone());
        let kept = value.clone();
        let back =
            move |dy: &mut OMatrix<T, R, C>, _: &OMatrix<T, R, C>, dz: &mut OMatrix<T, R, C>| {
                hand_on(dy, dz, |dy| {
                    for (dy, &y) in dy.iter_mut().zip(kept.as_slice()) {
                        *dy *= one::<T>() - y * y;
                    }
                });
            };
        (value, back)
    }
}

/// The hyperbolic tangent of a number without branches.
///
/// It is off by at most 2 units in the last place, odd to the bit, exact at 0 and below the normal numbers, ±1 far
/// out, and NaN at NaN.
///
/// ```
/// use micrograd_core::rules::activation::BranchlessTanh;
/// assert!((0.5_f64.branchless_tanh() - 0.46211715726000975).abs() < 1e-15);
/// ```
pub trait BranchlessTanh {
    /// `tanh x`.
    fn branchless_tanh(self) -> Self;
}

// tanh |x| = e / (e + 2) with e = e^2|x| - 1, which keeps its digits near 0.
// Let 2|x| = k ln 2 + r with an integer k and |r| ≤ ½ ln 2. Then e = 2ᵏ (eʳ - 1) + (2ᵏ - 1).
//
// - Adding `shift`, 1.5 times two to the number of bits of a mantissa, rounds to an integer and leaves it in the lowest
//   bits, from where 2ᵏ is had by moving them into the exponent.
// - The high part of ln 2 ends in zeros, so that its product with k is exact: the reduction of W. Cody and W. Waite,
//   "Software manual for the elementary functions" (1980).
// - eʳ - 1 = r + r² q(r), its Taylor polynomial, up to a term that does not count at r = ½ ln 2.
// - What rounding takes from r and from the divisor is had by subtracting again (T. Dekker, "A floating-point technique
//   for extending the available precision", 1971), and is put back; 1 / (e + 2) is (1 - y) / 2.
macro_rules! branchless_tanh {
    ($float:ident: $shift:literal, $mantissa:literal bits, ln 2 = $high:tt + $low:literal, 1 from $one:literal, $q:ident) => {
        impl BranchlessTanh for $float {
            #[inline(always)]
            fn branchless_tanh(self) -> $float {
                let twice = 2.0 * self.abs();
                // Unlike `min`, this leaves NaN.
                let twice = if twice > $one { $one } else { twice };
                let shifted = twice * std::$float::consts::LOG2_E + $shift;
                let k = shifted - $shift;
                let exponent = shifted.to_bits() << $mantissa;
                let power = $float::from_bits(exponent.wrapping_add($float::to_bits(1.0)));
                let (high, low) = (twice - k * $high, k * $low);
                let r = high - low;
                let lost = (high - r) - low;
                let e = power * (r + (r * r * $q(r) + lost)) + (power - 1.0);
                let divisor = e + 2.0;
                let large = if e > 2.0 { e } else { 2.0 };
                let small = if e > 2.0 { 2.0 } else { e };
                let lost = (large - divisor) + small;
                let y = e / divisor;
                (y - y * lost * (0.5 - 0.5 * y)).copysign(self)
            }
        }
    };
}
branchless_tanh!(f32: 12_582_912.0, 23 bits, ln 2 = (355.0 / 512.0) + -2.121_944_4e-4, 1 from 20.0, q32);
branchless_tanh!(f64: 6_755_399_441_055_744.0, 52 bits, ln 2 = 0.693_147_180_369_123_8 + 1.908_214_929_270_587_7e-10, 1 from 40.0, q64);

/// `1/2! + r/3! + … + r⁵/7!`, in pairs: a chain of products would have to wait for each.
#[inline(always)]
fn q32(r: f32) -> f32 {
    let square = r * r;
    let low = 1.0 / 2.0 + r * (1.0 / 6.0);
    let middle = 1.0 / 24.0 + r * (1.0 / 120.0);
    let high = 1.0 / 720.0 + r * (1.0 / 5040.0);
    low + square * (middle + square * high)
}

/// `1/2! + r/3! + … + r¹¹/13!`, in fours.
#[inline(always)]
fn q64(r: f64) -> f64 {
    let square = r * r;
    let fourth = square * square;
    let low = (1.0 / 2.0 + r * (1.0 / 6.0)) + square * (1.0 / 24.0 + r * (1.0 / 120.0));
    let middle =
        (1.0 / 720.0 + r * (1.0 / 5040.0)) + square * (1.0 / 40_320.0 + r * (1.0 / 362_880.0));
    let high = (1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0))
        + square * (1.0 / 479_001_600.0 + r * (1.0 / 6_227_020_800.0));
    low + fourth * (middle + fourth * high)
}
