//! The layer that drops values at random while a model is trained.

use std::fmt;

use micrograd_core::{Differentiable, Scalar, differentiable};
use nalgebra::DMatrix;

use crate::layer::constant;
use crate::{Layer, Seed};

/// Sets each value to 0 with a probability p, and multiplies the others with `1 / (1 - p)`, so that
/// the mean stays; in training only.
///
/// A new layer is in test mode, in which it changes nothing. [`train_mode`](crate::train_mode) on
/// the model that it is part of draws what is dropped anew, and a training loop does so for each
/// batch; [`test_mode`](crate::test_mode) goes back. Every element of every sample is dropped on
/// its own.
///
/// Source: N. Srivastava et al., "Dropout: a simple way to prevent neural networks from
/// overfitting" (2014); the scaling is that of section 10, "inverted dropout".
///
/// ```
/// use micrograd_nn::{Dropout, Layer, train_mode};
/// use nalgebra::DMatrix;
/// use rand::SeedableRng;
///
/// let mut layer = Dropout::new(0.25);
/// let ones = DMatrix::from_element(10, 100, 1.0);
/// assert_eq!(layer.forward(&ones), ones);
///
/// train_mode(&mut layer, &mut rand_chacha::ChaCha8Rng::seed_from_u64(42));
/// let y = layer.forward(&ones);
/// assert!(y.iter().all(|&y| y == 0.0 || y == 1.0 / 0.75));
/// assert!((y.mean() - 1.0_f64).abs() < 0.05);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Dropout {
    /// p: the probability that a value is dropped.
    #[no_gradient]
    pub probability: f64,
    /// What is dropped.
    pub seed: Seed,
}

impl Dropout {
    /// A layer, in test mode, that drops values with this probability.
    ///
    /// # Panics
    /// If the probability is not in [0, 1).
    pub fn new(probability: f64) -> Self {
        assert!(
            (0.0..1.0).contains(&probability),
            "the probability of dropping a value is in [0, 1), it cannot be {probability}"
        );
        Dropout {
            probability,
            seed: Seed::default(),
        }
    }
}

#[differentiable]
impl<T: Scalar> Layer<T> for Dropout {
    fn forward(&self, x: &DMatrix<T>) -> DMatrix<T> {
        if self.seed.get().is_none() {
            return x.clone();
        }
        let mut y = x * constant::<T>(1.0 / (1.0 - self.probability));
        for i in 0..x.len() {
            if self.seed.uniform(i) < Some(self.probability) {
                y[i] = T::zero();
            }
        }
        y
    }
}

/// `Dropout(0.5)`
impl fmt::Display for Dropout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dropout({})", self.probability)
    }
}
