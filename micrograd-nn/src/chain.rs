//! Layers one after the other.

use std::fmt;

use micrograd_core::{Differentiable, Parameters, Scalar, differentiable};
use nalgebra::DMatrix;

use crate::Layer;
use crate::table::{Row, write_layers};

/// Layers applied one after the other: a tuple of 1 to 12, or a vector of layers of one type.
///
/// A tuple is unrolled when the program is compiled, so there is no dispatch and no list at run
/// time; a vector has its length chosen at run time. A chain is a layer, so chains nest. The
/// function [`Chain`](fn@Chain) makes one.
///
/// It prints as one line, and with `{:#}` as a table of its layers and their parameters; `{:#60}`
/// moves the numbers to column 60.
///
/// ```
/// use micrograd_nn::{Chain, Dense, Layer, activation::{identity, relu}};
/// use nalgebra::DMatrix;
/// use rand::SeedableRng;
///
/// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let model = Chain((
///     Dense::new(2, 16, relu {}, rng),
///     Dense::new(16, 16, relu {}, rng),
///     Dense::new(16, 2, identity {}, rng),
/// ));
/// let y = model.forward(&DMatrix::<f64>::zeros(2, 200));
/// assert_eq!(y.shape(), (2, 200));
/// assert_eq!(model.to_string(), "Chain(Dense(2 => 16, relu), Dense(16 => 16, relu), Dense(16 => 2))");
///
/// let table = "\
/// Chain(
///   Dense(2 => 16, relu)                    48 = weight 16×2 + bias 16×1
///   Dense(16 => 16, relu)                  272 = weight 16×16 + bias 16×1
///   Dense(16 => 2)                          34 = weight 2×16 + bias 2×1
/// )                                        354 parameters";
/// assert_eq!(format!("{model:#}"), table);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Differentiable)]
pub struct Chain<L> {
    /// The layers, first to last.
    pub layers: L,
}

/// The chain of these layers, a tuple or a vector: see the struct [`Chain`](struct@Chain).
#[allow(non_snake_case, reason = "it reads as the constructor that it is")]
pub fn Chain<L>(layers: L) -> Chain<L> {
    Chain { layers }
}

/// Declares chains of a tuple of layers.
// Out:  let x = self.layers.0.forward(x); let x = self.layers.1.forward(&x); …; x
macro_rules! chain {
    ($First:ident $($Layer:ident $index:tt)*) => {
        impl<$First, $($Layer),*> Chain<($First, $($Layer,)*)> {
            /// The output of the last layer for every column of `x`: inputs of the first × samples, the result: outputs
            /// of the last × samples.
            ///
            /// # Panics
            /// If a layer gets another number of rows than it has inputs.
            #[differentiable]
            pub fn forward<T>(&self, x: &DMatrix<T>) -> DMatrix<T>
            where
                T: Scalar,
                $First: Layer<T>,
                $($Layer: Layer<T>,)*
            {
                let x = self.layers.0.forward(x);
                $(let x = self.layers.$index.forward(&x);)*
                x
            }
        }

        #[differentiable]
        impl<T, $First, $($Layer),*> Layer<T> for Chain<($First, $($Layer,)*)>
        where
            T: Scalar,
            $First: Layer<T>,
            $($Layer: Layer<T>,)*
        {
            fn forward(&self, x: &DMatrix<T>) -> DMatrix<T> {
                self.forward(x)
            }
        }

        impl<$First, $($Layer),*> fmt::Display for Chain<($First, $($Layer,)*)>
        where
            $First: fmt::Display + Parameters + Clone,
            $($Layer: fmt::Display + Parameters + Clone,)*
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_layers(f, "Chain", &[&self.layers.0, $(&self.layers.$index),*])
            }
        }
    };
}
chain!(A);
chain!(A B 1);
chain!(A B 1 C 2);
chain!(A B 1 C 2 D 3);
chain!(A B 1 C 2 D 3 E 4);
chain!(A B 1 C 2 D 3 E 4 F 5);
chain!(A B 1 C 2 D 3 E 4 F 5 G 6);
chain!(A B 1 C 2 D 3 E 4 F 5 G 6 H 7);
chain!(A B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
chain!(A B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
chain!(A B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);
chain!(A B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11);

#[differentiable]
impl<T: Scalar, L: Layer<T>> Layer<T> for Chain<Vec<L>> {
    fn forward(&self, x: &DMatrix<T>) -> DMatrix<T> {
        self.layers.forward(x)
    }
}

impl<L: fmt::Display + Parameters + Clone> fmt::Display for Chain<Vec<L>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layers: Vec<&dyn Row> = self.layers.iter().map(|layer| layer as _).collect();
        write_layers(f, "Chain", &layers)
    }
}
