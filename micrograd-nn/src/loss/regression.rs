//! Losses of predictions that are numbers.

use micrograd_core::{Differentiable, Scalar, broadcast, differentiable};
use nalgebra::{DMatrix, convert};

use super::{Loss, same_shape};
use crate::layer::constant;

/// The mean over all elements of `(ŷ - y)²`.
///
/// # Panics
/// If the shapes differ.
///
/// ```
/// use micrograd_core::gradient;
/// use micrograd_nn::loss::mse;
/// use nalgebra::dmatrix;
///
/// let predictions = dmatrix![4.0, 2.0, -3.0, 1.5];
/// let targets = dmatrix![6.0, -2.0, -1.0, 1.5];
/// let (value, (dpredictions, _)) = gradient!(mse, &predictions, &targets);
/// assert_eq!(value, 6.0);
/// assert_eq!(dpredictions, dmatrix![-1.0, 2.0, -1.0, 0.0]);
/// ```
#[differentiable]
pub fn mse<T: Scalar>(predictions: &DMatrix<T>, targets: &DMatrix<T>) -> T {
    same_shape("mse", predictions, targets);
    let error = predictions - targets;
    error.component_mul(&error).mean()
}

/// The mean over all elements of `|ŷ - y|`.
///
/// Its derivative where `ŷ = y` is 0.
///
/// # Panics
/// If the shapes differ.
///
/// ```
/// use micrograd_core::gradient;
/// use micrograd_nn::loss::mae;
/// use nalgebra::dmatrix;
///
/// let (predictions, targets) = (dmatrix![4.0, 2.0, -3.0, 1.5], dmatrix![6.0, -2.0, -1.0, 1.5]);
/// let (value, (dpredictions, _)) = gradient!(mae, &predictions, &targets);
/// assert_eq!(value, 2.0);
/// assert_eq!(dpredictions, dmatrix![-0.25, 0.25, -0.25, 0.0]);
/// ```
#[differentiable]
pub fn mae<T: Scalar>(predictions: &DMatrix<T>, targets: &DMatrix<T>) -> T {
    same_shape("mae", predictions, targets);
    broadcast!(absolute {}.(predictions .- targets)).mean()
}

#[differentiable]
fn absolute<T: Scalar>(error: T) -> T {
    error.abs()
}

/// The mean over all elements of `½ e²` for small errors `e = ŷ - y` and `|e| - ½` for those beyond
/// ±1: the gradient is that of half of [`mse`](fn@mse) near the target, and bounded far from it.
///
/// Source: P. Huber, "Robust estimation of a location parameter" (1964), with δ = 1. For errors of
/// another scale there is [`Huber`].
///
/// # Panics
/// If the shapes differ.
///
/// ```
/// use micrograd_core::gradient;
/// use micrograd_nn::loss::huber_loss;
/// use nalgebra::dmatrix;
///
/// let (predictions, targets) = (dmatrix![0.5, -9.0], dmatrix![0.0, 1.0]);
/// let (value, (dpredictions, _)) = gradient!(huber_loss, &predictions, &targets);
/// assert_eq!(value, (0.125 + 9.5) / 2.0);
/// assert_eq!(dpredictions, dmatrix![0.25, -0.5]);
/// ```
#[differentiable]
pub fn huber_loss<T: Scalar>(predictions: &DMatrix<T>, targets: &DMatrix<T>) -> T {
    same_shape("huber_loss", predictions, targets);
    broadcast!(huber {}.(predictions .- targets)).mean()
}

/// [`huber_loss`](fn@huber_loss) with a δ of one's own, where squares become absolute values: the
/// mean over all elements of `½ e²` for errors up to ±δ, of `δ (|e| - ½ δ)` beyond.
///
/// Source: `torch.nn.HuberLoss`.
///
/// # Panics
/// If the shapes differ; if δ is not finite and above 0.
///
/// ```
/// use micrograd_nn::{Loss, loss::Huber};
/// use nalgebra::dmatrix;
///
/// let (predictions, targets) = (dmatrix![0.5, -9.0], dmatrix![0.0, 1.0]);
/// let (value, back) = Huber { delta: 2.0 }.pullback_evaluate(&predictions, &targets);
/// assert_eq!(value, (0.125 + 2.0 * 9.0) / 2.0);
/// assert_eq!(back(1.0).1, dmatrix![0.25, -1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Huber {
    /// δ, in the unit of the targets.
    #[no_gradient]
    pub delta: f64,
}

#[differentiable]
impl<T: Scalar> Loss<T> for Huber {
    fn evaluate(&self, predictions: &DMatrix<T>, targets: &DMatrix<T>) -> T {
        let fits = self.delta > 0.0 && self.delta < f64::INFINITY;
        assert!(
            fits,
            "a Huber loss needs a finite delta above 0, not {}",
            self.delta
        );
        same_shape("Huber", predictions, targets);
        let delta: T = constant(self.delta);
        let error = (predictions - targets) / delta;
        delta * delta * broadcast!(huber {}.(error)).mean()
    }
}

#[differentiable]
fn huber<T: Scalar>(error: T) -> T {
    let half: T = convert(0.5);
    let distance = error.abs();
    if distance < T::one() {
        half * error * error
    } else {
        distance - half
    }
}
