//! Layers one after the other.

use std::fmt;

use micrograd_core::{Differentiable, Scalar, differentiable};
use nalgebra::DMatrix;

use crate::Layer;

/// Layers applied one after the other: a tuple of 1 to 12, or a vector of layers of one type.
///
/// A tuple is unrolled when the program is compiled, so there is no dispatch and no list at run
/// time; a vector has its length chosen at run time. A chain is a layer, so chains nest. The
/// function [`Chain`](fn@Chain) makes one.
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
            /// The output of the last layer for every column of `x`.
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
            $First: fmt::Display,
            $($Layer: fmt::Display,)*
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                list(f, &[&self.layers.0, $(&self.layers.$index),*])
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

impl<L: fmt::Display> fmt::Display for Chain<Vec<L>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layers: Vec<&dyn fmt::Display> = self.layers.iter().map(|layer| layer as _).collect();
        list(f, &layers)
    }
}

/// `Chain(first, second, …)`
fn list(f: &mut fmt::Formatter<'_>, layers: &[&dyn fmt::Display]) -> fmt::Result {
    write!(f, "Chain(")?;
    for (index, layer) in layers.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{layer}")?;
    }
    write!(f, ")")
}
