//! Tuples, whose tangents are tuples of the same length.

use crate::{Accumulate, Differentiable, Tangent};

macro_rules! tuple {
    ($($index:tt $T:ident),*) => {
        impl<$($T: Differentiable),*> Differentiable for ($($T,)*) {
            type Tangent = ($($T::Tangent,)*);
            type Accumulator = ($($T::Tangent,)*);
            type Base = Self;
            #[inline(always)]
            fn base(&self) -> &Self {
                self
            }
            #[inline(always)]
            fn zero_tangent(&self) -> Self::Tangent {
                ($(self.$index.zero_tangent(),)*)
            }
            #[inline(always)]
            fn accumulator(&self) -> Self::Tangent {
                ($(self.$index.accumulator(),)*)
            }
            #[inline(always)]
            fn renew(&self, tangent: &mut Self::Tangent) {
                $(self.$index.renew(&mut tangent.$index);)*
            }
            #[inline(always)]
            fn complete(&self, tangent: &mut Self::Tangent) {
                $(self.$index.complete(&mut tangent.$index);)*
            }
        }
        impl<$($T: Accumulate),*> Accumulate for ($($T,)*) {
            #[inline(always)]
            fn accumulate(&mut self, rhs: &Self) {
                $(self.$index.accumulate(&rhs.$index);)*
            }
        }
        impl<$($T: Tangent),*> Tangent for ($($T,)*) {
            #[inline(always)]
            fn shapeless() -> Self {
                ($($T::shapeless(),)*)
            }
            #[inline(always)]
            fn unread() -> Self {
                ($($T::unread(),)*)
            }
            #[inline(always)]
            fn take(&mut self) -> Self {
                ($(self.$index.take(),)*)
            }
            #[inline(always)]
            fn absorb(&mut self, rhs: Self) {
                $(self.$index.absorb(rhs.$index);)*
            }
        }
    };
}
tuple!(0 A);
tuple!(0 A, 1 B);
tuple!(0 A, 1 B, 2 C);
tuple!(0 A, 1 B, 2 C, 3 D);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H, 8 I);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H, 8 I, 9 J);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H, 8 I, 9 J, 10 K);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H, 8 I, 9 J, 10 K, 11 L);
