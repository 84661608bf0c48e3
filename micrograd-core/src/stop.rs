//! Values that no derivative flows through.

use crate::{Accumulate, Differentiable};

/// `x`, with derivative zero.
///
/// ```
/// use micrograd_core::{differentiable, gradient, stop_gradient};
///
/// #[differentiable]
/// fn scaled(x: f64) -> f64 {
///     x * stop_gradient(x)
/// }
///
/// assert_eq!(gradient!(scaled, 3.0), (9.0, (3.0,)));
/// ```
#[inline(always)]
pub fn stop_gradient<T>(x: T) -> T {
    x
}

crate::function_value! {
    /// The function [`stop_gradient`](fn@stop_gradient) as a value, and its rule.
    pub stop_gradient
}

impl stop_gradient {
    /// The value, and a rule that accumulates nothing.
    #[inline(always)]
    pub fn rrule<T: Clone + Differentiable>(
        x: &T,
    ) -> (T, impl Fn(&T::Tangent, &T, &mut T::Tangent) + use<T>) {
        (x.clone(), |_: &T::Tangent, _: &T, _: &mut T::Tangent| {})
    }

    /// The value, and a pullback that gives zero.
    #[inline(always)]
    pub fn pullback<T: Clone + Differentiable>(
        x: T,
    ) -> (T, impl Fn(T::Tangent) -> (T::Tangent,) + use<T>)
    where
        T::Tangent: Accumulate,
    {
        let value = x.clone();
        (value, move |_: T::Tangent| (x.zero_tangent(),))
    }
}
