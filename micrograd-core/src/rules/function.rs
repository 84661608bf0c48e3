//! Rules for free functions, each a braced struct with the function's name beside the function.
//!
//! One `use` imports both: a braced struct lives among the types, a function among the values. This
//! is the form that `#[differentiable]` emits, so these functions serve as examples of hand-written
//! rules, and `relu {}` is a value that can be handed to a layer.

use nalgebra::{convert, one, zero};

use crate::rules::scalar::{Scalar, strong};
use crate::{Differentiable, Function, NoTangent};

/// Declares the marker of a function: a value of its own, without a tangent.
macro_rules! marker {
    ($name:ident) => {
        crate::function_value! {
            #[doc = concat!("The function [`", stringify!($name), "`](fn@", stringify!($name), ") as a value, and its rule.")]
            pub $name
        }
    };
}

/// Declares functions of one number: the value with the partial, which is kept. A partial of zero
/// keeps out even an infinite cotangent, as a branch not taken does.
macro_rules! activations {
    ($($(#[$doc:meta])* fn $name:ident<$T:ident>($x:ident) = $value_and_partial:expr;)*) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub fn $name<$T: Scalar>($x: $T) -> $T {
            $value_and_partial.0
        }

        marker!($name);

        impl $name {
            /// The value, and the rule that accumulates into the cotangent of the argument.
            #[inline(always)]
            pub fn rrule<$T: Scalar>(x: &$T) -> ($T, impl Fn(&$T, &$T, &mut $T) + use<$T>) {
                let $x = *x;
                let (value, partial) = $value_and_partial;
                (
                    value,
                    #[inline(always)]
                    move |dy: &$T, _: &$T, dx: &mut $T| *dx += strong(partial, *dy),
                )
            }

            /// The value, and the cotangent of the argument by that of the value.
            #[inline(always)]
            pub fn pullback<$T: Scalar>($x: $T) -> ($T, impl Fn($T) -> ($T,) + use<$T>) {
                let (value, partial) = $value_and_partial;
                (
                    value,
                    #[inline(always)]
                    move |dy: $T| (strong(partial, dy),),
                )
            }

            /// What `gradient!` calls.
            #[doc(hidden)]
            #[inline(always)]
            pub fn gradient<$T: Scalar>($x: $T) -> ($T, impl Fn($T) -> ($T,) + use<$T>) {
                $name::pullback($x)
            }
        }

        impl<$T: Scalar> Function<$T> for $name {
            type Output = $T;

            #[inline(always)]
            fn call(&self, x: $T) -> $T {
                $name(x)
            }

            #[inline(always)]
            fn rrule_call(
                &self,
                x: &$T,
            ) -> ($T, impl Fn(&mut $T, &$name, &mut NoTangent, &$T, &mut $T) + use<$T>) {
                let (value, back) = $name::rrule(x);
                (
                    value,
                    #[inline(always)]
                    move |dy: &mut $T, _: &$name, _: &mut NoTangent, x: &$T, dx: &mut $T| back(dy, x, dx),
                )
            }
        }
    )*};
}

activations! {
    /// The rectifier: `x` above 0, 0 up to there. Its derivative at 0 is 0; NaN stays NaN.
    ///
    /// ```
    /// use micrograd_core::rules::function::relu;
    /// assert_eq!((relu(2.0), relu(-2.0)), (2.0, 0.0));
    /// let (_, back) = relu::pullback(0.0);
    /// assert_eq!(back(1.0), (0.0,));
    /// ```
    fn relu<T>(x) = if x <= zero() { (zero(), zero()) } else { (x, one::<T>()) };

    /// The logistic function `y = 1 / (1 + e⁻ˣ)`, from `e^-|x|` so that nothing overflows:
    /// `Δx = Δy e^-|x| / (1 + e^-|x|)²`, which keeps its digits where `y (1 - y)` loses them.
    ///
    /// ```
    /// use micrograd_core::rules::function::sigmoid;
    /// assert_eq!((sigmoid(-1000.0), sigmoid(0.0), sigmoid(1000.0)), (0.0, 0.5, 1.0));
    /// ```
    fn sigmoid<T>(x) = {
        let (exp, inverse) = logistic_parts(x);
        (if x < zero() { exp * inverse } else { inverse }, exp * inverse * inverse)
    };

    /// The smooth rectifier `y = ln(1 + eˣ) = max(x, 0) + ln(1 + e^-|x|)`; the second form does not
    /// overflow. `Δx = Δy sigmoid(x)`.
    ///
    /// ```
    /// use micrograd_core::rules::function::softplus;
    /// assert_eq!((softplus(-1000.0), softplus(1000.0)), (0.0, 1000.0));
    /// ```
    fn softplus<T>(x) = {
        let (exp, inverse) = logistic_parts(x);
        if x < zero() { (exp.ln_1p(), exp * inverse) } else { (x + exp.ln_1p(), inverse) }
    };
}

/// `e^-|x|` and `1 / (1 + e^-|x|)`: both in [0, 1].
#[inline(always)]
fn logistic_parts<T: Scalar>(x: T) -> (T, T) {
    let exp = (-nalgebra::ComplexField::abs(x)).exp();
    (exp, one::<T>() / (one::<T>() + exp))
}

/// The polynomial `c₀ + c₁ x + c₂ x² + …` by Horner's scheme; 0 without coefficients.
///
/// ```
/// use micrograd_core::rules::function::evalpoly;
/// assert_eq!(evalpoly(2.0, &[1.0, 0.0, 3.0]), 13.0);
/// let (_, back) = evalpoly::pullback(0.0, &[1.0, 5.0, 3.0]);
/// assert_eq!(back(1.0), (5.0, vec![1.0, 0.0, 0.0]));
/// ```
#[inline]
pub fn evalpoly<T: Scalar>(x: T, coefficients: &[T]) -> T {
    let mut highest_first = coefficients.iter().rev();
    let first = highest_first.next().copied().unwrap_or(zero());
    highest_first.fold(first, |y, &c| y * x + c)
}

marker!(evalpoly);

impl evalpoly {
    /// `y = Σ cᵢ xⁱ`: `Δcᵢ = Δy xⁱ`, `Δx = Δy Σ i cᵢ xⁱ⁻¹`, both without a division by `x`.
    #[expect(clippy::type_complexity)]
    #[inline(always)]
    pub fn rrule<T: Scalar>(
        x: &T,
        coefficients: &[T],
    ) -> (T, impl Fn(&T, &T, &mut T, &[T], &mut [T]) + use<T>) {
        (
            evalpoly(*x, coefficients),
            #[inline(always)]
            |&dy: &T, &x: &T, dx: &mut T, coefficients: &[T], dcoefficients: &mut [T]| {
                let (mut value, mut slope) = (zero::<T>(), zero::<T>());
                for &c in coefficients.iter().rev() {
                    slope = slope * x + value;
                    value = value * x + c;
                }
                *dx += dy * slope;
                let mut power = dy;
                for dc in dcoefficients {
                    *dc += power;
                    power *= x;
                }
            },
        )
    }

    /// The value, and the cotangents of `x` and of the coefficients by that of the value.
    #[inline]
    pub fn pullback<T: Scalar>(
        x: T,
        coefficients: &[T],
    ) -> (T, impl Fn(T) -> (T, Vec<T>) + use<'_, T>) {
        let (value, back) = evalpoly::rrule(&x, coefficients);
        (value, move |dy| {
            let (mut dx, mut dc) = (x.accumulator(), coefficients.accumulator());
            back(&dy, &x, &mut dx, coefficients, &mut dc);
            (dx, dc)
        })
    }

    /// What `gradient!` calls.
    #[doc(hidden)]
    #[inline]
    pub fn gradient<T: Scalar>(
        x: T,
        coefficients: &[T],
    ) -> (T, impl Fn(T) -> (T, Vec<T>) + use<'_, T>) {
        evalpoly::pullback(x, coefficients)
    }
}

/// Declares reductions of a slice to a number whose partials are all the same.
macro_rules! reductions {
    ($($(#[$doc:meta])* fn $name:ident<$T:ident>($values:ident) = $value:expr; $kept:ident => $partial:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name<$T: Scalar>($values: &[$T]) -> $T {
            $value
        }

        marker!($name);

        impl $name {
            /// The value, and the rule that accumulates into the cotangent of every element.
            #[inline(always)]
            pub fn rrule<$T: Scalar>(
                values: &[$T],
            ) -> ($T, impl Fn(&$T, &[$T], &mut [$T]) + use<$T>) {
                (
                    $name(values),
                    #[inline(always)]
                    |dy: &$T, $kept: &[$T], dvalues: &mut [$T]| {
                        let each = *dy * $partial;
                        for dvalue in dvalues {
                            *dvalue += each;
                        }
                    },
                )
            }

            /// The value, and the cotangents of the elements by that of the value.
            #[inline]
            pub fn pullback<$T: Scalar>(
                values: &[$T],
            ) -> ($T, impl Fn($T) -> (Vec<$T>,) + use<'_, $T>) {
                let (value, back) = $name::rrule(values);
                (value, move |dy| {
                    let mut dvalues = values.accumulator();
                    back(&dy, values, &mut dvalues);
                    (dvalues,)
                })
            }

            /// What `gradient!` calls.
            #[doc(hidden)]
            #[inline]
            pub fn gradient<$T: Scalar>(
                values: &[$T],
            ) -> ($T, impl Fn($T) -> (Vec<$T>,) + use<'_, $T>) {
                $name::pullback(values)
            }
        }
    )*};
}

reductions! {
    /// The sum of all elements, first to last; 0 without elements. `Δxᵢ = Δy`.
    ///
    /// ```
    /// use micrograd_core::rules::function::sum;
    /// assert_eq!(sum(&[1.0, 2.0, 3.0]), 6.0);
    /// ```
    fn sum<T>(values) = values.iter().fold(zero(), |sum, &value| sum + value); _values => one::<T>();

    /// The arithmetic mean of n elements; NaN without elements. `Δxᵢ = Δy / n`.
    ///
    /// ```
    /// use micrograd_core::rules::function::mean;
    /// assert_eq!(mean(&[1.0, 2.0, 6.0]), 3.0);
    /// ```
    fn mean<T>(values) = sum(values) / convert(values.len() as f64);
        values => one::<T>() / convert(values.len() as f64);
}
