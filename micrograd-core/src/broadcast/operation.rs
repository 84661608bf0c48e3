//! The operations that broadcasting applies to pairs of numbers.

use crate::rules::scalar::{Scalar, strong};
use crate::{Function, NoTangent};

/// An operation on two numbers, for [`broadcasted`](super::broadcasted()).
pub trait Operation<T>: Copy + 'static {
    /// Whether `Δa = Δb = Δc`, whatever the operands are.
    const IS_SUM: bool = false;

    /// The value `c` at `(a, b)`.
    fn apply(self, a: T, b: T) -> T;
    /// The contributions `(Δa, Δb)` of `Δc = dz`.
    fn pull(self, a: T, b: T, dz: T) -> (T, T);
}

macro_rules! operations {
    ($($(#[$doc:meta])* $Name:ident $({$property:ident})?: |$a:ident, $b:ident, $dz:ident| $value:expr, ($da:expr, $db:expr);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $Name;

        crate::no_tangent!($Name);

        impl<T: Scalar> Operation<T> for $Name {
            $(const $property: bool = true;)?

            #[inline(always)]
            fn apply(self, $a: T, $b: T) -> T {
                $value
            }
            #[inline(always)]
            #[allow(unused_variables, reason = "not every partial needs both operands")]
            fn pull(self, $a: T, $b: T, $dz: T) -> (T, T) {
                ($da, $db)
            }
        }
    )*};
}
operations! {
    /// `c = a + b`. `Δa = Δc`, `Δb = Δc`.
    Add {IS_SUM}: |a, b, dz| a + b, (dz, dz);
    /// `c = a - b`. `Δa = Δc`, `Δb = -Δc`.
    Sub: |a, b, dz| a - b, (dz, -dz);
    /// `c = a b`. `Δa = Δc b`, `Δb = Δc a`.
    Mul: |a, b, dz| a * b, (dz * b, dz * a);
    /// `c = a / b`. `Δa = Δc / b`, `Δb = -Δc a / b²`, with strong zeros.
    Div: |a, b, dz| a / b, (strong(dz, T::one() / b), -strong(dz, a / (b * b)));
}

/// A function of one number without parameters of its own, such as
/// [`relu {}`](struct@crate::rules::function::relu), for [`broadcasted_function`](super::broadcasted_function()).
pub trait Elementwise<T: Scalar>:
    Function<T, Output = T, Tangent = NoTangent> + Copy + 'static
{
}

impl<T: Scalar, F: Function<T, Output = T, Tangent = NoTangent> + Copy + 'static> Elementwise<T>
    for F
{
}
