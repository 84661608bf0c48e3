//! Loss functions: how far predictions are from their targets, as one number.
//!
//! Both are features × samples, of the same shape. Each function says what it takes the mean of.

use micrograd_core::rules::activation::logsoftmax;
use micrograd_core::rules::function::relu;
use micrograd_core::{Differentiable, Scalar, broadcast, differentiable};
use nalgebra::{DMatrix, convert};

/// A loss function as a value, such as `mse {}`, to be handed to a training loop.
///
/// ```
/// use micrograd_core::{Differentiable, differentiable};
/// use micrograd_nn::Loss;
/// use nalgebra::{DMatrix, dmatrix};
///
/// /// The mean over samples of |ŷ - y|.
/// #[derive(Differentiable)]
/// struct MeanAbsoluteError {}
///
/// #[differentiable]
/// impl Loss for MeanAbsoluteError {
///     fn evaluate(&self, predictions: &DMatrix<f64>, targets: &DMatrix<f64>) -> f64 {
///         (predictions - targets).abs().row_sum().mean()
///     }
/// }
///
/// let (loss, predictions, targets) = (MeanAbsoluteError {}, dmatrix![1.0, 5.0], dmatrix![2.0, 2.0]);
/// let (value, back) = loss.pullback_evaluate(&predictions, &targets);
/// assert_eq!(value, 2.0);
/// assert_eq!(back(1.0).1, dmatrix![-0.5, 0.5]);
/// ```
#[differentiable]
pub trait Loss<T: Scalar = f64>: Differentiable {
    /// The loss of predictions against targets, both features × samples.
    ///
    /// # Panics
    /// If the shapes differ.
    fn evaluate(&self, predictions: &DMatrix<T>, targets: &DMatrix<T>) -> T;
}

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

/// The mean over samples of `-Σ y ln ŷ`, ŷ: probabilities of the classes, y: those wanted.
///
/// The logarithm is cut off at -100, so that a class that was ruled out (ŷ = 0) costs 100 and not
/// infinity; below the cut, e⁻¹⁰⁰, the gradient is 0. A class that is not wanted (y = 0) costs
/// nothing whatever ŷ. If the probabilities come from a softmax, [`logit_cross_entropy`](fn@logit_cross_entropy)
/// of its argument is exact everywhere.
///
/// Source of the cut: `torch.nn.BCELoss`.
///
/// # Panics
/// If the shapes differ.
///
/// ```
/// use micrograd_core::gradient;
/// use micrograd_nn::loss::cross_entropy;
/// use nalgebra::dmatrix;
///
/// let predictions = dmatrix![1.0, 0.5; 0.0, 0.5];
/// let targets = dmatrix![1.0, 0.0; 0.0, 1.0];
/// let (value, (dpredictions, _)) = gradient!(cross_entropy, &predictions, &targets);
/// assert_eq!(value, 0.5 * 2.0_f64.ln());
/// assert_eq!(dpredictions, dmatrix![-0.5, 0.0; 0.0, -1.0]);
/// ```
#[differentiable]
pub fn cross_entropy<T: Scalar>(predictions: &DMatrix<T>, targets: &DMatrix<T>) -> T {
    same_shape("cross_entropy", predictions, targets);
    let terms = broadcast!(targets .* log_probability {}.(predictions));
    T::zero() - terms.row_sum().mean()
}

/// The mean over samples of `-Σ y ln softmax(ŷ)`, ŷ: any numbers, y: probabilities of the classes.
///
/// The softmax is shifted by the maximum, so nothing overflows and the gradient, the mean over
/// samples of `softmax(ŷ) Σ y - y`, is that of the formula at every ŷ.
///
/// # Panics
/// If the shapes differ.
///
/// ```
/// use micrograd_nn::loss::logit_cross_entropy;
/// use nalgebra::dmatrix;
///
/// let predictions = dmatrix![-0.5, 0.6, -1.0; 1.0, 0.3, 0.4];
/// let targets = dmatrix![1.0, 0.0, 1.0; 0.0, 1.0, 0.0];
/// let loss: f64 = logit_cross_entropy(&predictions, &targets);
/// assert!((loss - 1.3920619774565768).abs() < 1e-15);
/// ```
#[differentiable]
pub fn logit_cross_entropy<T: Scalar>(predictions: &DMatrix<T>, targets: &DMatrix<T>) -> T {
    same_shape("logit_cross_entropy", predictions, targets);
    let terms = targets.component_mul(&logsoftmax(predictions.clone()));
    T::zero() - terms.row_sum().mean()
}

/// The mean over all elements of `max(0, 1 - y ŷ)`, y: ±1. Also called max-margin loss.
///
/// Its derivative at the kink `y ŷ = 1` is 0.
///
/// # Panics
/// If the shapes differ.
///
/// ```
/// use micrograd_core::gradient;
/// use micrograd_nn::loss::hinge_loss;
/// use nalgebra::dmatrix;
///
/// let (predictions, targets) = (dmatrix![0.5, -2.0], dmatrix![1.0, -1.0]);
/// let (value, (dpredictions, _)) = gradient!(hinge_loss, &predictions, &targets);
/// assert_eq!(value, 0.25);
/// assert_eq!(dpredictions, dmatrix![-0.5, 0.0]);
/// ```
#[differentiable]
pub fn hinge_loss<T: Scalar>(predictions: &DMatrix<T>, targets: &DMatrix<T>) -> T {
    same_shape("hinge_loss", predictions, targets);
    broadcast!(shortfall {}.(targets .* predictions)).mean()
}

/// What is missing to a margin of 1.
#[differentiable]
fn shortfall<T: Scalar>(margin: T) -> T {
    relu(T::one() - margin)
}

/// `ln p`, at least -100, NaN if there is no logarithm.
#[differentiable]
fn log_probability<T: Scalar>(p: T) -> T {
    let (logarithm, lowest) = (p.ln(), convert(-100.0));
    if logarithm < lowest {
        lowest
    } else {
        logarithm
    }
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
losses!(mse, cross_entropy, logit_cross_entropy, hinge_loss);
