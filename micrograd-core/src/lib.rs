//! Exact gradients of ordinary Rust functions, by source transformation.
//!
//! ```
//! use micrograd_core::differentiable;
//!
//! #[differentiable]
//! fn area(w: f64, h: f64, corners: usize) -> f64 {
//!     let mut a = w * h;
//!     for _ in 0..corners {
//!         if a > 1.0 {
//!             a -= (w * 0.1).powi(2);
//!         }
//!     }
//!     a
//! }
//!
//! let (value, back) = pullback_area(3.0, 2.0, 4);
//! let (dw, dh, _) = back(1.0);
//! assert_eq!(value, area(3.0, 2.0, 4));
//! assert!((dw - 1.76).abs() < 1e-12 && dh == 3.0);
//! ```
//!
//! The guide in `docs`, beside the crates, has a chapter for each step from here: `differentiate-a-function.md`,
//! `write-a-rule.md`, and `what-the-macro-wrote.md`, which reads [`code_ir!`] and [`code_pullback!`].

extern crate self as micrograd_core;

pub mod broadcast;
pub mod check;
#[doc(hidden)]
pub mod emitted;
pub mod function;
mod jacobian;
pub mod parameters;
pub mod rules;
mod standard;
pub mod stop;
pub mod tangent;

pub use broadcast::{broadcasted, broadcasted_function, materialize};
pub use function::Function;
pub use jacobian::Coordinates;
pub use micrograd_macros::{Differentiable, broadcast, code_ir, code_pullback, differentiable};
pub use parameters::{Leaf, Name, Parameters};
pub use rules::parameters::flatten;
pub use rules::scalar::{Scalar, ScalarRules};
pub use stop::stop_gradient;
pub use tangent::{Accumulate, Differentiable, NoTangent, Tangent};

/// The value and gradient of a scalar-valued differentiable function: `(value, (dx, dy, …))`.
///
/// ```
/// use micrograd_core::{differentiable, gradient};
///
/// #[differentiable]
/// fn product(x: f64, y: f64) -> f64 {
///     x * y
/// }
///
/// assert_eq!(gradient!(product, 3.0, 5.0), (15.0, (5.0, 3.0)));
/// ```
#[macro_export]
macro_rules! gradient {
    ($($function:ident)::+, $($argument:expr),+ $(,)?) => {
        // A `match` keeps temporaries in the arguments alive, which a `let` would not.
        match $($function)::+::gradient($($argument),+) {
            (value, back) => (value, back($crate::emitted::one(&value))),
        }
    };
}
