//! Training: a model, a loss, data.
//!
//! [`Training`] is the loop with mini-batches, validation and what belongs to it, and
//! [`gradient_descent`] one call for small data. A loop of one's own is a few lines:
//!
//! ```
//! use micrograd_core::gradient;
//! use micrograd_nn::train::Batch;
//! use micrograd_nn::{Adam, Dense, Optimiser, activation::identity, loss::mse, objective};
//! use nalgebra::DMatrix;
//! use rand::{SeedableRng, seq::SliceRandom};
//!
//! let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
//! let x = DMatrix::from_fn(1, 100, |_, sample| 0.01 * sample as f64);
//! let y = x.map(|x| 2.0 * x + 1.0);
//! let mut model: Dense = Dense::new(1, 1, identity {}, rng);
//!
//! let mut optimiser = Adam::new(0.05);
//! let mut order: Vec<usize> = (0..100).collect();
//! for _epoch in 0..100 {
//!     order.shuffle(rng);
//!     for samples in order.chunks(20) {
//!         let (x, y) = Batch { x: &x, y: &y, samples }.gather();
//!         let (_loss, (gradient, ..)) = gradient!(objective, &model, &mse {}, &x, &y);
//!         optimiser.step(&mut model, gradient)?;
//!     }
//! }
//! assert!((model.weight[0] - 2.0).abs() < 0.01 && (model.bias[0] - 1.0).abs() < 0.01);
//! # Ok::<(), micrograd_nn::optimise::StepError>(())
//! ```
//!
//! For a large model, [`Gradients::value_and_gradient_in`] uses the memory of a gradient again, as [`Training`] does, and
//! [`keep_freed_memory`] has the system's allocator keep the rest.

pub mod batch;
mod epochs;
pub mod error;
pub mod gradients;
pub mod history;
#[cfg(feature = "ctrlc")]
pub mod interrupt;
mod memory;
#[cfg(feature = "rayon")]
pub mod parallel;
mod progress;
pub mod step;
pub mod training;
mod validation;

pub use batch::Batch;
pub use error::{Cause, Origin, TrainingError};
use gradients::value_and_gradient_in;
pub use gradients::{Gradients, Serial};
pub use history::{Ending, Epoch, History};
#[cfg(feature = "ctrlc")]
pub use interrupt::on_ctrl_c;
pub use memory::keep_freed_memory;
#[cfg(feature = "rayon")]
pub use parallel::Parallel;
pub use step::Step;
pub use training::Training;

use micrograd_core::{Parameters, Scalar, differentiable};
use nalgebra::{DMatrix, convert_unchecked};

use crate::optimise::minimise_in;
use crate::{Layer, Loss};

/// The loss of a model on data: x: features × samples, y: targets × samples.
///
/// Its gradient is that with respect to the model only.
///
/// ```
/// use micrograd_nn::{Dense, activation::identity, loss::mse, pullback_objective};
/// use nalgebra::dmatrix;
///
/// let (x, y) = (dmatrix![1.0, 2.0], dmatrix![4.0, 6.0]);
/// let model = Dense { weight: dmatrix![3.0], bias: dmatrix![1.0], activation: identity {} };
/// let (loss, back) = pullback_objective(&model, &mse {}, &x, &y);
/// let (gradient, ..) = back(1.0);
/// assert_eq!((loss, gradient.weight[0], gradient.bias[0]), (0.5, 2.0, 1.0));
/// ```
#[differentiable(no_gradient(loss, x, y))]
pub fn objective<T, M, L>(model: &M, loss: &L, x: &DMatrix<T>, y: &DMatrix<T>) -> T
where
    T: Scalar,
    M: Layer<T>,
    L: Loss<T>,
{
    let predictions = model.forward(x);
    loss.evaluate(&predictions, y)
}

/// Full-batch gradient descent, in place; returns the loss before each update.
///
/// x: features × samples, y: targets × samples; the loss says what it takes the mean of. A loss or
/// gradient that is not finite ends the training before the update, as in [`minimise`](crate::minimise()).
///
/// # Panics
/// If the shapes of model, data and targets do not fit.
///
/// ```
/// use micrograd_nn::{Dense, activation::identity, gradient_descent, loss::mse};
/// use nalgebra::dmatrix;
///
/// // y = 2 x + 1
/// let (x, y) = (dmatrix![0.0, 1.0, 2.0], dmatrix![1.0_f64, 3.0, 5.0]);
/// let mut model = Dense { weight: dmatrix![0.0], bias: dmatrix![0.0], activation: identity {} };
/// let history = gradient_descent(&mut model, mse {}, &x, &y, 0.3, 200);
/// assert_eq!(history.len(), 200);
/// assert!((model.weight[0] - 2.0).abs() < 1e-6 && (model.bias[0] - 1.0).abs() < 1e-6);
/// ```
pub fn gradient_descent<T, M, L>(
    model: &mut M,
    loss: L,
    x: &DMatrix<T>,
    y: &DMatrix<T>,
    learning_rate: f64,
    max_iters: usize,
) -> Vec<f64>
where
    T: Scalar,
    M: Layer<T> + Parameters,
    L: Loss<T>,
{
    gradient_descent_with(model, loss, x, y, learning_rate, max_iters, |_, _, _| {})
}

/// [`gradient_descent`] with an observer, for progress bars and logs.
///
/// `observe` receives the number of updates so far, the loss, and the model that has this loss.
///
/// # Panics
/// If the shapes of model, data and targets do not fit.
///
/// ```
/// use micrograd_nn::{Dense, activation::identity, gradient_descent_with, loss::mse};
/// use nalgebra::dmatrix;
///
/// let (x, y) = (dmatrix![1.0], dmatrix![2.0]);
/// let mut model = Dense { weight: dmatrix![0.0], bias: dmatrix![0.0], activation: identity {} };
/// let mut lines = Vec::new();
/// gradient_descent_with(&mut model, mse {}, &x, &y, 0.125, 2, |iteration, loss, model| {
///     lines.push(format!("{iteration}: {loss} with the weight {}", model.weight[0]));
/// });
/// assert_eq!(lines, ["0: 4 with the weight 0", "1: 1 with the weight 0.5"]);
/// ```
pub fn gradient_descent_with<T, M, L>(
    model: &mut M,
    loss: L,
    x: &DMatrix<T>,
    y: &DMatrix<T>,
    learning_rate: f64,
    max_iters: usize,
    observe: impl FnMut(usize, f64, &M),
) -> Vec<f64>
where
    T: Scalar,
    M: Layer<T> + Parameters,
    L: Loss<T>,
{
    keep_freed_memory();
    let objective = |model: &M, gradient: &mut M::Tangent| {
        convert_unchecked(value_and_gradient_in(model, &loss, x, y, gradient))
    };
    minimise_in(model, objective, learning_rate, max_iters, observe)
}
