//! Differentiable functions as values.

use crate::Differentiable;

/// A function of one argument that can be passed around, stored in a struct and differentiated.
///
/// `#[differentiable] fn relu(…)` also emits a braced struct `relu {}` that implements this trait,
/// so a layer can be generic over its activation and be handed `relu {}`. A struct may implement it
/// by hand to make a function with parameters of its own.
///
/// ```
/// use micrograd_core::{Function, differentiable};
///
/// #[differentiable]
/// fn square(x: f64) -> f64 {
///     x * x
/// }
///
/// #[differentiable]
/// fn twice<F: Function<f64, Output = f64>>(f: F, x: f64) -> f64 {
///     f.call(f.call(x))
/// }
///
/// let (value, back) = pullback_twice(square {}, 3.0);
/// assert_eq!((value, back(1.0).1), (81.0, 108.0));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a differentiable function of `{X}`",
    label = "not a differentiable function of `{X}`",
    note = "annotate the function with `#[differentiable]` and pass `name {{}}`"
)]
pub trait Function<X: Differentiable>: Differentiable {
    /// The type of the value.
    type Output: Differentiable;

    /// The value at `x`.
    fn call(&self, x: X) -> Self::Output;

    /// The value at `x` and the pullback, in the form of [`rules`](crate::rules).
    #[expect(clippy::type_complexity)]
    fn rrule_call(
        &self,
        x: &X,
    ) -> (
        Self::Output,
        impl Fn(
            &mut <Self::Output as Differentiable>::Tangent,
            &Self,
            &mut Self::Tangent,
            &X,
            &mut X::Tangent,
        ) + use<Self, X>,
    );
}

impl<'f, X: Differentiable, F: Function<X>> Function<X> for &'f F {
    type Output = F::Output;

    #[inline(always)]
    fn call(&self, x: X) -> F::Output {
        (**self).call(x)
    }

    #[inline(always)]
    fn rrule_call(
        &self,
        x: &X,
    ) -> (
        F::Output,
        impl Fn(
            &mut <F::Output as Differentiable>::Tangent,
            &Self,
            &mut F::Tangent,
            &X,
            &mut X::Tangent,
        ) + use<'f, X, F>,
    ) {
        let (value, back) = (**self).rrule_call(x);
        (
            value,
            move |dy: &mut <F::Output as Differentiable>::Tangent,
                  this: &Self,
                  dthis: &mut F::Tangent,
                  x: &X,
                  dx: &mut X::Tangent| back(dy, this, dthis, x, dx),
        )
    }
}

/// Declares the marker of a function: a braced struct of its name, without a tangent, which stands
/// for the function as a value and carries its rule.
#[doc(hidden)]
#[macro_export]
macro_rules! function_value {
    ($(#[$meta:meta])* $vis:vis $name:ident) => {
        $(#[$meta])*
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        $vis struct $name {}

        $crate::no_tangent!($name);

        impl $crate::Parameters for $name {
            fn visit_parameters(
                &mut self,
                _: &mut $crate::NoTangent,
                _: &mut $crate::Name,
                _: &mut $crate::parameters::Visitor<'_>,
            ) {
            }
        }
    };
}
