//! Normalisation of each sample by its own mean and variance.

use std::fmt;

use micrograd_core::{Differentiable, Scalar, broadcast, differentiable};
use nalgebra::DMatrix;

use crate::layer::constant;
use crate::{Layer, zeros};

/// `yⱼ = scale ∘ (xⱼ - mean(xⱼ)) / √(variance(xⱼ) + ε) + bias`, for each sample (column) on its own.
///
/// Mean and variance are those of the features of one sample; the variance is that of a population,
/// it is divided by the number of features. The same in training and in test.
///
/// Source: J. Ba, J. Kiros and G. Hinton, "Layer normalization" (2016).
///
/// ```
/// use micrograd_nn::{Layer, LayerNorm};
/// use nalgebra::dmatrix;
///
/// let layer = LayerNorm::<f64>::new(2);
/// let y = layer.forward(&dmatrix![3.0, -10.0; 7.0, 10.0]);
/// assert!((y - dmatrix![-1.0, -1.0; 1.0, 1.0]).amax() < 1e-5);
/// ```
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct LayerNorm<T: Scalar = f64> {
    /// What each feature is multiplied with: features × 1.
    pub scale: DMatrix<T>,
    /// What is then added to each feature: features × 1.
    pub bias: DMatrix<T>,
    /// ε, which keeps the derivative finite where all features of a sample are equal.
    #[no_gradient]
    pub epsilon: f64,
}

impl<T: Scalar> LayerNorm<T> {
    /// A layer for samples of `features` rows, with a scale of ones, a bias of zeros, and ε = 10⁻⁵.
    pub fn new(features: usize) -> Self {
        LayerNorm {
            scale: DMatrix::repeat(features, 1, T::one()),
            bias: zeros(features, 1),
            epsilon: 1e-5,
        }
    }
}

#[differentiable]
impl<T: Scalar> Layer<T> for LayerNorm<T> {
    fn forward(&self, x: &DMatrix<T>) -> DMatrix<T> {
        assert!(
            x.nrows() == self.scale.nrows(),
            "LayerNorm({}) was given samples of {} features",
            self.scale.nrows(),
            x.nrows()
        );
        let centred = broadcast!(x .- x.row_mean());
        let variance = centred.component_mul(&centred).row_mean();
        let deviation = variance
            .add_scalar(constant::<T>(self.epsilon))
            .map(|v| v.sqrt());
        broadcast!(&self.scale .* centred ./ deviation .+ &self.bias)
    }
}

/// `LayerNorm(16)`
impl<T: Scalar> fmt::Display for LayerNorm<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LayerNorm({})", self.scale.nrows())
    }
}
