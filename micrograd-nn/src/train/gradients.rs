//! How the loss and the gradient of a batch are computed.

use micrograd_core::{NoTangent, Parameters, Scalar};
use nalgebra::{DMatrix, convert};

use super::{Batch, objective, pullback_objective};
use crate::{Layer, Loss};

/// A way to the loss of a batch and its gradient by the model.
///
/// [`Serial`] is the usual one. One of one's own can add a term that depends on the parameters:
///
/// ```
/// use micrograd_core::{differentiable, gradient};
/// use micrograd_nn::train::{Batch, Gradients, Training};
/// use micrograd_nn::{Dense, GradientDescent, Layer, Loss, activation::identity, loss::mse};
/// use nalgebra::{DMatrix, dmatrix};
///
/// #[differentiable(no_gradient(loss, x, y))]
/// fn ridge<L: Loss>(model: &Dense, loss: &L, x: &DMatrix<f64>, y: &DMatrix<f64>) -> f64 {
///     let predictions = model.forward(x);
///     loss.evaluate(&predictions, y) + 0.5 * model.weight.norm_squared()
/// }
///
/// struct Ridge;
///
/// impl<L: Loss> Gradients<f64, Dense, L> for Ridge {
///     fn value_and_gradient(
///         &self,
///         model: &Dense,
///         loss: &L,
///         batch: &Batch<'_, f64>,
///     ) -> (f64, <Dense as micrograd_core::Differentiable>::Tangent) {
///         let (x, y) = batch.gather();
///         let (value, (gradient, ..)) = gradient!(ridge, model, loss, &x, &y);
///         (value, gradient)
///     }
/// }
///
/// let (x, y) = (dmatrix![-1.0, 1.0], dmatrix![-3.0, 3.0]);
/// let mut model = Dense { weight: dmatrix![0.0], bias: dmatrix![0.0], activation: identity {} };
/// let rng = &mut rand_chacha::ChaCha8Rng::from_seed([0; 32]);
/// # use rand::SeedableRng;
/// Training::new(mse {}, GradientDescent::new(0.1))
///     .gradients(Ridge)
///     .epochs(100)
///     .run(&mut model, &x, &y, rng)
///     .unwrap();
/// assert!((model.weight[0] - 2.0).abs() < 1e-6); // (w - 3)² + w² / 2 is lowest at 2
/// ```
pub trait Gradients<T: Scalar, M: Parameters, L> {
    /// The loss of the batch, and its gradient by the model.
    fn value_and_gradient(&self, model: &M, loss: &L, batch: &Batch<'_, T>) -> (T, M::Tangent);

    /// The same, with the gradient in the place of one that is not needed any more.
    ///
    /// [`Serial`] uses its memory again, so that a loop allocates its gradient once:
    ///
    /// ```
    /// use micrograd_core::Differentiable;
    /// use micrograd_nn::train::{Batch, Gradients, Serial};
    /// use micrograd_nn::{Adam, Dense, Optimiser, activation::identity, loss::mse};
    /// use nalgebra::dmatrix;
    ///
    /// let (x, y) = (dmatrix![0.0_f64, 1.0, 2.0], dmatrix![1.0, 3.0, 5.0]); // y = 2 x + 1
    /// let mut model = Dense { weight: dmatrix![0.0], bias: dmatrix![0.0], activation: identity {} };
    /// let batch = Batch { x: &x, y: &y, samples: &[0, 1, 2] };
    ///
    /// let mut optimiser = Adam::new(0.1);
    /// let mut gradient = model.zero_tangent();
    /// for _ in 0..300 {
    ///     let _loss = Serial.value_and_gradient_in(&model, &mse {}, &batch, &mut gradient);
    ///     optimiser.step(&mut model, &mut gradient)?;
    /// }
    /// assert!((model.weight[0] - 2.0).abs() < 1e-2 && (model.bias[0] - 1.0).abs() < 1e-2);
    /// # Ok::<(), micrograd_nn::optimise::StepError>(())
    /// ```
    fn value_and_gradient_in(
        &self,
        model: &M,
        loss: &L,
        batch: &Batch<'_, T>,
        gradient: &mut M::Tangent,
    ) -> T {
        let (value, new) = self.value_and_gradient(model, loss, batch);
        *gradient = new;
        value
    }
}

/// The batch as a whole. A gradient that is handed in gives its memory to the new one.
///
/// It is what [`Training`](super::Training) uses if it is not told otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Serial;

impl<T, M, L> Gradients<T, M, L> for Serial
where
    T: Scalar,
    M: Layer<T> + Parameters,
    L: Loss<T>,
{
    fn value_and_gradient(&self, model: &M, loss: &L, batch: &Batch<'_, T>) -> (T, M::Tangent) {
        weighted(model, loss, batch, 1.0)
    }

    fn value_and_gradient_in(
        &self,
        model: &M,
        loss: &L,
        batch: &Batch<'_, T>,
        gradient: &mut M::Tangent,
    ) -> T {
        let (x, y) = batch.gather();
        value_and_gradient_in(model, loss, &x, &y, gradient)
    }
}

/// What [`pullback_objective`] gives, with the gradient in the place of an earlier one: its rule takes the
/// cotangents that it adds to.
pub(super) fn value_and_gradient_in<T, M, L>(
    model: &M,
    loss: &L,
    x: &DMatrix<T>,
    y: &DMatrix<T>,
    gradient: &mut M::Tangent,
) -> T
where
    T: Scalar,
    M: Layer<T>,
    L: Loss<T>,
{
    let (value, back) = objective::rrule(model, loss, x, y);
    model.renew(gradient);
    let (no_loss, no_x, no_y) = (&mut NoTangent, &mut NoTangent, &mut NoTangent);
    back(
        &mut T::one(),
        model,
        gradient,
        loss,
        no_loss,
        x,
        no_x,
        y,
        no_y,
    );
    model.complete(gradient);
    value
}

/// The loss of the batch and its gradient, both times `weight`.
pub(super) fn weighted<T, M, L>(
    model: &M,
    loss: &L,
    batch: &Batch<'_, T>,
    weight: f64,
) -> (T, M::Tangent)
where
    T: Scalar,
    M: Layer<T> + Parameters,
    L: Loss<T>,
{
    let weight: T = convert(weight);
    let (x, y) = batch.gather();
    let (value, back) = pullback_objective(model, loss, &x, &y);
    (weight * value, back(weight).0)
}
