//! Types whose values cannot be perturbed.

use crate::{Accumulate, Tangent};

/// The tangent of everything that cannot be perturbed: integers, `bool`, `char`, text, functions.
///
/// It absorbs whatever is accumulated and can be indexed with anything, so that emitted code need
/// not know which values are integers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoTangent;

impl<I> std::ops::Index<I> for NoTangent {
    type Output = NoTangent;
    #[inline(always)]
    fn index(&self, _: I) -> &NoTangent {
        self
    }
}

impl<I> std::ops::IndexMut<I> for NoTangent {
    #[inline(always)]
    fn index_mut(&mut self, _: I) -> &mut NoTangent {
        self
    }
}

impl<T: ?Sized> Accumulate<T> for NoTangent {
    #[inline(always)]
    fn accumulate(&mut self, _: &T) {}
}

impl Tangent for NoTangent {
    #[inline(always)]
    fn shapeless() -> Self {
        NoTangent
    }
}

/// Gives types the tangent [`NoTangent`]. A field of such a type is marked `#[no_gradient]`, or the type implements
/// [`Parameters`](crate::Parameters) too.
///
/// ```
/// use micrograd_core::{Differentiable, NoTangent};
/// #[derive(Clone, Copy)]
/// enum Season { Summer, Winter }
/// micrograd_core::no_tangent!(Season);
/// assert_eq!(Season::Summer.zero_tangent(), NoTangent);
/// # let _ = Season::Winter;
/// ```
#[macro_export]
macro_rules! no_tangent {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::Differentiable for $type {
            type Tangent = $crate::NoTangent;
            type Accumulator = $crate::NoTangent;
            type Base = $type;
            #[inline(always)]
            fn base(&self) -> &$type {
                self
            }
            #[inline(always)]
            fn zero_tangent(&self) -> $crate::NoTangent {
                $crate::NoTangent
            }
        }
    )*};
}
no_tangent!(
    usize, u8, u16, u32, u64, u128, isize, i8, i16, i32, i64, i128
);
no_tangent!(bool, char, (), str, String, NoTangent);
