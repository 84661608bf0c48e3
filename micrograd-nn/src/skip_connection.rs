//! A layer with a way around it.

use std::fmt;

use micrograd_core::{Differentiable, Parameters, Scalar, differentiable};
use nalgebra::DMatrix;

use crate::Layer;
use crate::table::write_layers;

/// `y = x + layer(x)`: the layer learns what is to be added to its input.
///
/// A [`Chain`](struct@crate::Chain) is a layer, so the way around can be a long one.
///
/// Source: K. He et al., "Deep residual learning for image recognition" (2016), equation 1.
///
/// ```
/// use micrograd_nn::{Dense, Layer, SkipConnection, activation::relu};
/// use nalgebra::dmatrix;
///
/// let dense = Dense { weight: dmatrix![2.0], bias: dmatrix![-1.0], activation: relu {} };
/// let layer = SkipConnection::new(dense);
/// assert_eq!(layer.forward(&dmatrix![3.0, 0.0]), dmatrix![8.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Differentiable)]
pub struct SkipConnection<L> {
    /// The layer, with as many outputs as inputs.
    pub layer: L,
}

impl<L> SkipConnection<L> {
    /// A way around this layer. [`forward`](Layer::forward) takes what the layer takes, and panics if what the
    /// layer gives has another shape.
    pub fn new(layer: L) -> Self {
        SkipConnection { layer }
    }
}

#[differentiable]
impl<T: Scalar, L: Layer<T>> Layer<T> for SkipConnection<L> {
    fn forward(&self, x: &DMatrix<T>) -> DMatrix<T> {
        let y = self.layer.forward(x);
        assert!(
            y.shape() == x.shape(),
            "SkipConnection: the input is {}×{}, the output of the layer {}×{}",
            x.nrows(),
            x.ncols(),
            y.nrows(),
            y.ncols()
        );
        x + y
    }
}

/// `SkipConnection(Dense(16 => 16, relu))`; with `{:#}` a table, as that of a [`Chain`](struct@crate::Chain).
impl<L: fmt::Display + Parameters + Clone> fmt::Display for SkipConnection<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_layers(f, "SkipConnection", &[&self.layer])
    }
}
