//! Activation functions: of one matrix, as functions and as the values that layers hold.
//!
//! Each works as a function, `relu(z)`, and as a value, `relu {}`. They take the matrix by value;
//! columns are samples. Those with a setting are structs: `LeakyRelu { slope: 0.2 }`. One of the
//! user's own is a function too:
//!
//! ```
//! use micrograd_core::differentiable;
//! use micrograd_nn::{Dense, activation::each};
//! use nalgebra::{DMatrix, dmatrix};
//!
//! #[differentiable]
//! fn square(z: f64) -> f64 {
//!     z * z
//! }
//!
//! #[differentiable]
//! fn squares(z: DMatrix<f64>) -> DMatrix<f64> {
//!     each(square {}, z)
//! }
//!
//! let layer = Dense { weight: dmatrix![2.0], bias: dmatrix![1.0], activation: squares {} };
//! let x = dmatrix![1.0];
//! let (y, back) = layer.pullback_forward(&x);
//! assert_eq!((y[0], back(dmatrix![1.0]).1[0]), (9.0, 12.0));
//! ```

use std::fmt;
use std::str::FromStr;

use micrograd_core::{
    Differentiable, Function, Name, NoTangent, Parameters, Scalar, differentiable,
    parameters::Visitor,
};
use nalgebra::DMatrix;

mod adjustable;
mod elementwise;

pub use adjustable::{Elu, EluTangent, LeakyRelu, LeakyReluTangent};
pub use elementwise::{elu, gelu, leaky_relu, silu};
pub use micrograd_core::rules::activation::{
    each, identity, logsoftmax, relu, sigmoid, softmax, softplus, tanh,
};

/// Declares the functions that can be chosen by name, the first of them the default.
macro_rules! activations {
    ($($(#[$default:ident])? $Variant:ident => $name:ident,)*) => {
        /// An activation function that is chosen at run time, by name.
        ///
        /// Where it is known when the program is written, the function itself is the better choice:
        /// `Dense::new(2, 16, relu {}, rng)`.
        ///
        /// ```
        /// use micrograd_core::Function;
        /// use micrograd_nn::Activation;
        /// use nalgebra::dmatrix;
        ///
        /// let activation: Activation = "relu".parse().unwrap();
        /// assert_eq!(activation.call(dmatrix![1.0, -1.0; -2.0, 2.0]), dmatrix![1.0, 0.0; 0.0, 2.0]);
        /// ```
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
        pub enum Activation {
            $(
                #[doc = concat!("[`", stringify!($name), "`](fn@", stringify!($name), ").")]
                $(#[$default])?
                $Variant,
            )*
        }

        impl Activation {
            /// All of them, for a list to choose from.
            ///
            /// ```
            /// use micrograd_nn::Activation;
            ///
            /// assert!(Activation::ALL.contains(&Activation::Tanh));
            /// ```
            pub const ALL: [Activation; [$(stringify!($name)),*].len()] =
                [$(Activation::$Variant),*];

            /// The name of the function.
            ///
            /// ```
            /// assert_eq!(micrograd_nn::Activation::Tanh.name(), "tanh");
            /// ```
            pub fn name(self) -> &'static str {
                match self {
                    $(Activation::$Variant => stringify!($name),)*
                }
            }

            #[differentiable]
            fn apply<T: Scalar>(&self, z: DMatrix<T>) -> DMatrix<T> {
                match self {
                    $(Activation::$Variant => $name(z),)*
                }
            }
        }
    };
}
activations! {
    #[default]
    Identity => identity,
    Elu => elu,
    Gelu => gelu,
    LeakyRelu => leaky_relu,
    LogSoftmax => logsoftmax,
    Relu => relu,
    Sigmoid => sigmoid,
    Silu => silu,
    Softmax => softmax,
    Softplus => softplus,
    Tanh => tanh,
}

micrograd_core::no_tangent!(Activation);

impl Parameters for Activation {
    fn visit_parameters(&mut self, _: &mut NoTangent, _: &mut Name, _: &mut Visitor<'_>) {}
}

/// Makes types with a differentiable `apply` functions: its derived backward pass is passed on.
macro_rules! functions {
    ($($Name:ident),*) => {$(
        impl<T: Scalar> Function<DMatrix<T>> for $Name {
            type Output = DMatrix<T>;

            fn call(&self, z: DMatrix<T>) -> DMatrix<T> {
                self.apply(z)
            }

            fn rrule_call(
                &self,
                z: &DMatrix<T>,
            ) -> (
                DMatrix<T>,
                impl Fn(
                    &mut DMatrix<T>,
                    &$Name,
                    &mut <$Name as Differentiable>::Tangent,
                    &DMatrix<T>,
                    &mut DMatrix<T>,
                ) + use<T>,
            ) {
                self.rrule_apply(z)
            }
        }
    )*};
}
functions!(Activation, Elu, LeakyRelu);

impl fmt::Debug for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Activation {
    type Err = UnknownActivation;

    fn from_str(name: &str) -> Result<Activation, UnknownActivation> {
        let found = Activation::ALL
            .into_iter()
            .find(|known| known.name() == name);
        found.ok_or_else(|| UnknownActivation(name.to_owned()))
    }
}

/// A name that no [`Activation`] has.
/// ```
/// let error = "rely".parse::<micrograd_nn::Activation>().unwrap_err();
/// assert!(error.to_string().starts_with("there is no activation `rely`; there are "));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownActivation(String);

impl fmt::Display for UnknownActivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Activation::ALL.map(Activation::name).join(", ");
        write!(f, "there is no activation `{}`; there are {names}", self.0)
    }
}

impl std::error::Error for UnknownActivation {}
