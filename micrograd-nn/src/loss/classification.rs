//! Losses of predictions that are classes.

use micrograd_core::rules::activation::logsoftmax;
use micrograd_core::rules::function::{relu, softplus};
use micrograd_core::{Scalar, broadcast, differentiable};
use nalgebra::{DMatrix, convert};

use super::same_shape;
use crate::layer::constant;

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
    let likelihood = targets.dot(&logsoftmax(predictions.clone()));
    T::zero() - likelihood / constant::<T>(predictions.ncols().max(1) as f64)
}

/// The mean over all elements of `-y ln σ(ŷ) - (1 - y) ln(1 - σ(ŷ))`, σ: the sigmoid, ŷ: any numbers,
/// y: the probability that is wanted. Each element is a yes or no of its own.
///
/// It is computed as `y softplus(-ŷ) + (1 - y) softplus(ŷ)`, which does not overflow, and keeps the
/// digits of a small loss and of its gradient.
///
/// # Panics
/// If the shapes differ.
///
/// ```
/// use micrograd_core::gradient;
/// use micrograd_nn::loss::logit_binary_cross_entropy;
/// use nalgebra::dmatrix;
///
/// let (logits, targets) = (dmatrix![0.0, -1000.0], dmatrix![1.0, 0.0]);
/// let (value, (dlogits, _)) = gradient!(logit_binary_cross_entropy, &logits, &targets);
/// assert_eq!(value, 0.5 * 2.0_f64.ln());
/// assert_eq!(dlogits, dmatrix![-0.25, 0.0]);
/// ```
#[differentiable]
pub fn logit_binary_cross_entropy<T: Scalar>(predictions: &DMatrix<T>, targets: &DMatrix<T>) -> T {
    same_shape("logit_binary_cross_entropy", predictions, targets);
    let yes = broadcast!(targets .* softplus {}.(negative {}.(predictions)));
    let no = broadcast!(complement {}.(targets) .* softplus {}.(predictions));
    (yes + no).mean()
}

#[differentiable]
fn negative<T: Scalar>(x: T) -> T {
    -x
}

#[differentiable]
fn complement<T: Scalar>(probability: T) -> T {
    T::one() - probability
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

/// Targets that are less sure: `(1 - amount) y + amount / classes`, for classes × samples.
///
/// A network that is trained on them does not learn to be certain. A single row holds the yes or no
/// of two classes.
///
/// Source: C. Szegedy et al., "Rethinking the Inception architecture for computer vision" (2016),
/// section 7.
///
/// # Panics
/// If the amount is not in [0, 1].
///
/// ```
/// use micrograd_nn::{loss::label_smoothing, onehot};
/// use nalgebra::{DMatrix, dmatrix};
///
/// let y: DMatrix<f64> = label_smoothing(&onehot(&[0, 1], 2).unwrap(), 0.25);
/// assert_eq!(y, dmatrix![0.875, 0.125; 0.125, 0.875]);
/// ```
#[differentiable]
pub fn label_smoothing<T: Scalar>(targets: &DMatrix<T>, amount: T) -> DMatrix<T> {
    let fits = amount >= T::zero() && amount <= T::one();
    assert!(
        fits,
        "labels are smoothed by an amount in [0, 1], it cannot be {amount}"
    );
    let classes: T = constant(targets.nrows().max(2) as f64);
    (targets * (T::one() - amount)).add_scalar(amount / classes)
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
