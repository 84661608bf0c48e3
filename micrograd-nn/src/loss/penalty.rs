//! What is added to a loss to keep the parameters small.

use micrograd_core::{Parameters, differentiable, flatten};

/// Half the sum of the squares of all parameters of a model, so that its gradient is the parameters.
///
/// `loss + strength * l2_penalty(model)` is the weight decay of plain gradient descent. Biases are
/// parameters as all others. Summed up in double precision: for a model of another one, convert it,
/// `l2_penalty(model) as f32`. The model is cloned to be read.
///
/// ```
/// use micrograd_core::{differentiable, gradient};
/// use micrograd_nn::activation::identity;
/// use micrograd_nn::{Dense, loss::{l2_penalty, mse}};
/// use nalgebra::{DMatrix, dmatrix};
///
/// #[differentiable(no_gradient(x, y))]
/// fn objective(model: &Dense, x: &DMatrix<f64>, y: &DMatrix<f64>) -> f64 {
///     mse(&model.forward(x), y) + 0.5 * l2_penalty(model)
/// }
///
/// let model = Dense { weight: dmatrix![3.0], bias: dmatrix![1.0], activation: identity {} };
/// let (x, y) = (dmatrix![2.0], dmatrix![7.0]);
/// let (value, (dmodel, ..)) = gradient!(objective, &model, &x, &y);
/// assert_eq!(value, 0.0 + 0.5 * (9.0 + 1.0) / 2.0);
/// assert_eq!((dmodel.weight[0], dmodel.bias[0]), (1.5, 0.5));
/// ```
#[differentiable]
pub fn l2_penalty<M: Parameters + Clone>(model: &M) -> f64 {
    let parameters = flatten(model);
    0.5 * parameters.iter().map(|p| p * p).sum::<f64>()
}
