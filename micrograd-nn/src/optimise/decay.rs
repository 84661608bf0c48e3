//! Parameters that are drawn towards zero.

use micrograd_core::{Leaf, Scalar};
use nalgebra::convert;

use super::{Leaves, Memory, Optimiser, StepError};

/// Adds λ times each parameter to its gradient: that of `λ/2 ‖p‖²`, half the sum of all squares.
///
/// All parameters decay, biases too; one that no cotangent has reached, whose gradient is empty,
/// does not. [`AdamW`](super::AdamW) has a decay of its own, which is not part of the gradient;
/// [`l2_penalty`](fn@crate::loss::l2_penalty) makes it part of the loss.
///
/// Source: `weight_decay` of `torch.optim.SGD` and of `torch.optim.Adam`.
///
/// ```
/// use micrograd_nn::optimise::{GradientDescent, Optimiser};
///
/// let mut w = 8.0;
/// GradientDescent::new(0.5).weight_decay(0.25).step(&mut w, 1.0).unwrap();
/// assert_eq!(w, 8.0 - 0.5 * (1.0 + 0.25 * 8.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WeightDecay<O> {
    strength: f64,
    optimiser: O,
}

impl<O> WeightDecay<O> {
    /// `optimiser` with gradients that `strength`, λ, times the parameters are added to.
    ///
    /// # Panics
    /// If `strength` is negative, infinite or NaN.
    pub fn new(strength: f64, optimiser: O) -> WeightDecay<O> {
        assert!(
            strength >= 0.0 && strength.is_finite(),
            "parameters decay with a finite strength from 0, not with {strength}"
        );
        WeightDecay {
            strength,
            optimiser,
        }
    }
}

impl<O: Optimiser> Optimiser for WeightDecay<O> {
    fn learning_rate(&self) -> f64 {
        self.optimiser.learning_rate()
    }

    fn update(&mut self, leaves: &mut Leaves<'_>) -> Result<(), StepError> {
        let strength = self.strength;
        leaves.visit(&mut |_, _, leaf| match leaf {
            Leaf::F32(values, gradient) => add(strength, values, gradient),
            Leaf::F64(values, gradient) => add(strength, values, gradient),
        });
        self.optimiser.update(leaves)
    }

    fn memory(&self) -> Option<Memory> {
        self.optimiser.memory()
    }

    fn restore(&mut self, memory: Memory) {
        self.optimiser.restore(memory);
    }
}

fn add<T: Scalar>(strength: f64, values: &[T], gradient: &mut [T]) {
    let strength: T = convert(strength);
    for (g, p) in gradient.iter_mut().zip(values) {
        *g += strength * *p;
    }
}
