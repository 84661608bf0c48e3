//! What is known of a training, update by update.

use std::fmt;
use std::ops::ControlFlow;

/// One update of a training, as [`Training::observe_steps`](super::Training::observe_steps) tells of it.
///
/// ```
/// use micrograd_nn::train::{Ending, Step, Training};
/// use micrograd_nn::{Dense, GradientDescent, activation::identity, loss::mse};
/// use nalgebra::dmatrix;
/// use rand::SeedableRng;
/// use std::ops::ControlFlow::{Break, Continue};
///
/// let (x, y) = (dmatrix![1.0], dmatrix![2.0]);
/// let mut model = Dense { weight: dmatrix![0.0], bias: dmatrix![0.0], activation: identity {} };
/// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let mut steps: Vec<Step> = Vec::new();
/// let history = Training::new(mse {}, GradientDescent::new(0.125))
///     .epochs(100)
///     .observe_steps(|step| {
///         steps.push(step.clone());
///         if step.loss < 2.0 { Break(()) } else { Continue(()) }
///     })
///     .run(&mut model, &x, &y, rng)
///     .unwrap();
/// assert_eq!(history.ending, Ending::Observer);
/// assert_eq!(steps.len(), 2);
/// assert_eq!(steps[1].to_string(), "epoch 2, step 2: loss 1.0000");
/// assert_eq!((steps[1].learning_rate, steps[1].gradient_norm), (0.125, 8.0_f64.sqrt()));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// The epoch, from 1.
    pub epoch: usize,
    /// Its number, from 1, counted over all epochs.
    pub number: usize,
    /// The loss of the batch before the update.
    pub loss: f64,
    /// The learning rate of the update.
    pub learning_rate: f64,
    /// The Euclidean norm of the gradient of all parameters together, before any clipping.
    pub gradient_norm: f64,
}

/// What is told of each update, and says whether to go on.
pub(super) type Observer<'a> = dyn FnMut(&Step) -> ControlFlow<()> + 'a;

/// `epoch 2, step 17: loss 0.2500`
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Step { epoch, number, .. } = self;
        write!(f, "epoch {epoch}, step {number}: loss {:.4}", self.loss)
    }
}
