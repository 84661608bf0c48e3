//! Loss functions: how far predictions are from their targets, as one number.
//!
//! Both are features × samples, of the same shape. Each function says what it takes the mean of:
//! all elements, where each of them is a prediction of its own, or the samples, where the elements
//! of a sample are the classes of one prediction.

use micrograd_core::{Differentiable, Scalar, differentiable};
use nalgebra::DMatrix;

mod classification;
mod penalty;
mod regression;

pub use classification::{
    cross_entropy, hinge_loss, label_smoothing, logit_binary_cross_entropy, logit_cross_entropy,
};
pub use penalty::l2_penalty;
pub use regression::{Huber, HuberTangent, huber_loss, mae, mse};

/// A loss function as a value, such as `mse {}`, to be handed to a training loop.
///
/// One with a setting is a struct, such as [`Huber`] or the loss of one's own here:
///
/// ```
/// use micrograd_core::{Differentiable, differentiable};
/// use micrograd_nn::Loss;
/// use nalgebra::{DMatrix, dmatrix};
///
/// /// The mean over all elements of `weight (ŷ - y)²`, the weight where the prediction is too low.
/// #[derive(Differentiable)]
/// struct Cautious {
///     #[no_gradient]
///     weight: f64,
/// }
///
/// #[differentiable]
/// impl Loss for Cautious {
///     fn evaluate(&self, predictions: &DMatrix<f64>, targets: &DMatrix<f64>) -> f64 {
///         let error = predictions - targets;
///         error.map(|e| if e < 0.0 { self.weight * e * e } else { e * e }).mean()
///     }
/// }
///
/// let (predictions, targets) = (dmatrix![1.0, 5.0], dmatrix![2.0, 2.0]);
/// let loss = Cautious { weight: 3.0 };
/// let (value, back) = loss.pullback_evaluate(&predictions, &targets);
/// assert_eq!(value, 6.0);
/// assert_eq!(back(1.0).1, dmatrix![-3.0, 3.0]);
/// ```
#[differentiable]
pub trait Loss<T: Scalar = f64>: Differentiable {
    /// The loss of predictions against targets, both features × samples.
    ///
    /// # Panics
    /// If the shapes differ.
    fn evaluate(&self, predictions: &DMatrix<T>, targets: &DMatrix<T>) -> T;
}

#[differentiable]
fn same_shape<T: Scalar>(loss: &str, predictions: &DMatrix<T>, targets: &DMatrix<T>) {
    assert!(
        predictions.shape() == targets.shape(),
        "{}: the predictions are {}×{}, the targets {}×{}",
        loss,
        predictions.nrows(),
        predictions.ncols(),
        targets.nrows(),
        targets.ncols()
    );
}

/// Makes the values beside loss functions losses.
macro_rules! losses {
    ($($name:ident),*) => {$(
        #[differentiable]
        impl<T: Scalar> Loss<T> for $name {
            fn evaluate(&self, predictions: &DMatrix<T>, targets: &DMatrix<T>) -> T {
                $name(predictions, targets)
            }
        }
    )*};
}
losses!(mse, mae, huber_loss);
losses!(cross_entropy, logit_cross_entropy);
losses!(logit_binary_cross_entropy, hinge_loss);
