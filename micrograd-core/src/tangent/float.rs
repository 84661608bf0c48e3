//! Floats, which are their own tangents.

use crate::{Accumulate, Differentiable, NoTangent, Tangent};

macro_rules! float {
    ($($float:ty),*) => {$(
        impl Differentiable for $float {
            type Tangent = $float;
            type Accumulator = $float;
            type Base = $float;
            #[inline(always)]
            fn base(&self) -> &$float {
                self
            }
            #[inline(always)]
            fn zero_tangent(&self) -> $float {
                0.0
            }
            #[inline(always)]
            fn accumulator(&self) -> $float {
                Tangent::shapeless()
            }
            #[inline(always)]
            fn zero_tangents(values: &[$float]) -> Vec<$float> {
                vec![0.0; values.len()]
            }
            #[inline(always)]
            fn accumulators(values: &[$float]) -> Vec<$float> {
                vec![0.0; values.len()]
            }
            /// Turns the negative zero of an accumulator into zero.
            #[inline(always)]
            fn complete(&self, tangent: &mut $float) {
                *tangent += 0.0;
            }
            #[inline(always)]
            fn complete_each(_: &[$float], _: &mut [$float]) {}
            #[inline(always)]
            fn give_shape(&self, _: &mut $float) {}
        }
        impl Accumulate for $float {
            #[inline(always)]
            fn accumulate(&mut self, rhs: &$float) {
                *self += *rhs;
            }
        }
        /// What a field without a tangent gives back.
        impl Accumulate<NoTangent> for $float {
            #[inline(always)]
            fn accumulate(&mut self, _: &NoTangent) {}
        }
        impl Tangent for $float {
            /// `-0.0 + x` is `x` to the bit, so the optimiser removes the sum; `0.0 + x` is not.
            #[inline(always)]
            fn shapeless() -> $float {
                -0.0
            }
        }
    )*};
}
float!(f32, f64);
