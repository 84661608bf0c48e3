//! Gradients of the parts of a batch at the same time, with the feature `rayon`.

use micrograd_core::{Parameters, Scalar, Tangent};
use rayon::prelude::*;

use super::gradients::weighted;
use super::{Batch, Gradients};
use crate::{Layer, Loss};

/// The batch in parts, each computed by a thread of rayon's pool.
///
/// Of n samples, a part of k contributes k/n of its loss and of its gradient. That sum is the loss
/// and the gradient of the whole batch, up to rounding, if the loss is a mean over samples and the
/// model treats each sample on its own, as the losses and layers of this crate do. Two cases differ:
/// a loss that weights samples, whose weights are then relative to the part; and random layers, such
/// as [`Dropout`](crate::Dropout), which drop the same values in each part.
///
/// The sum is taken in the order of the samples, so that the result depends on the number of parts
/// but not on the threads. It pays where a part takes longer than some ten microseconds.
///
/// ```
/// use micrograd_nn::train::{Parallel, Training};
/// use micrograd_nn::{Adam, Dense, activation::tanh, loss::mse};
/// use nalgebra::DMatrix;
/// use rand::SeedableRng;
///
/// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let (x, y) = (DMatrix::<f64>::repeat(3, 100, 0.5), DMatrix::repeat(2, 100, 0.1));
/// let mut model = Dense::new(3, 2, tanh {}, rng);
/// let history = Training::new(mse {}, Adam::new(0.1))
///     .gradients(Parallel { parts: 2 })
///     .epochs(10)
///     .run(&mut model, &x, &y, rng)
///     .unwrap();
/// assert!(history.losses()[9] < history.losses()[0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parallel {
    /// How many parts, at most.
    pub parts: usize,
}

impl Default for Parallel {
    /// As many parts as rayon has threads.
    fn default() -> Parallel {
        let parts = rayon::current_num_threads();
        Parallel { parts }
    }
}

impl<T, M, L> Gradients<T, M, L> for Parallel
where
    T: Scalar,
    M: Layer<T> + Parameters + Sync,
    M::Tangent: Send,
    L: Loss<T> + Sync,
{
    fn value_and_gradient(&self, model: &M, loss: &L, batch: &Batch<'_, T>) -> (T, M::Tangent) {
        let samples = batch.samples.len() as f64;
        let parts: Vec<Batch<'_, T>> = batch.split(self.parts).collect();
        let parts = parts.into_par_iter().map(|part| {
            let weight = part.samples.len() as f64 / samples;
            weighted(model, loss, &part, weight)
        });
        let mut sum = (T::zero(), M::Tangent::shapeless());
        for (value, gradient) in parts.collect::<Vec<_>>() {
            sum.0 += value;
            sum.1.absorb(gradient);
        }
        sum
    }
}
