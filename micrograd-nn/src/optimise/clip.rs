//! Gradients that are bounded before an optimiser sees them.

use micrograd_core::Leaf;

use super::{Leaves, Memory, Optimiser, StepError};

/// Scales a gradient g whose norm ‖g‖ is above a limit c down by `c / (‖g‖ + 10⁻⁶)`.
///
/// The norm is the Euclidean one of all parameters together, so that the direction is kept.
///
/// Source: `torch.nn.utils.clip_grad_norm_`.
///
/// ```
/// use micrograd_nn::optimise::{GradientDescent, Optimiser};
///
/// let mut model = (0.0_f64, vec![0.0_f64]);
/// let mut optimiser = GradientDescent::new(1.0).clip_norm(1.0);
/// optimiser.step(&mut model, (-30.0, vec![-40.0])).unwrap();
/// assert!((model.0 - 0.6).abs() < 1e-6 && (model.1[0] - 0.8).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClipNorm<O> {
    limit: f64,
    optimiser: O,
}

impl<O> ClipNorm<O> {
    /// `optimiser` with gradients of a norm of at most `limit`.
    ///
    /// # Panics
    /// If `limit` is not above 0.
    pub fn new(limit: f64, optimiser: O) -> ClipNorm<O> {
        assert_positive(limit);
        ClipNorm { limit, optimiser }
    }
}

impl<O: Optimiser> Optimiser for ClipNorm<O> {
    fn learning_rate(&self) -> f64 {
        self.optimiser.learning_rate()
    }

    fn update(&mut self, leaves: &mut Leaves<'_>) -> Result<(), StepError> {
        let factor = self.limit / (norm(leaves) + 1e-6);
        if factor < 1.0 {
            leaves.visit(&mut |_, _, leaf| match leaf {
                Leaf::F32(_, gradient) => gradient.iter_mut().for_each(|g| *g *= factor as f32),
                Leaf::F64(_, gradient) => gradient.iter_mut().for_each(|g| *g *= factor),
            });
        }
        self.optimiser.update(leaves)
    }

    fn memory(&self) -> Option<Memory> {
        self.optimiser.memory()
    }

    fn restore(&mut self, memory: Memory) {
        self.optimiser.restore(memory);
    }
}

/// Cuts every number of a gradient off at ± a limit.
///
/// Source: `torch.nn.utils.clip_grad_value_`.
///
/// ```
/// use micrograd_nn::optimise::{GradientDescent, Optimiser};
///
/// let mut model = vec![0.0, 0.0, 0.0];
/// let mut optimiser = GradientDescent::new(1.0).clip_value(2.0);
/// optimiser.step(&mut model, vec![-3.0, 0.5, 10.0]).unwrap();
/// assert_eq!(model, [2.0, -0.5, -2.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClipValue<O> {
    limit: f64,
    optimiser: O,
}

impl<O> ClipValue<O> {
    /// `optimiser` with gradients of numbers from -`limit` to `limit`.
    ///
    /// # Panics
    /// If `limit` is not above 0.
    pub fn new(limit: f64, optimiser: O) -> ClipValue<O> {
        assert_positive(limit);
        ClipValue { limit, optimiser }
    }
}

impl<O: Optimiser> Optimiser for ClipValue<O> {
    fn learning_rate(&self) -> f64 {
        self.optimiser.learning_rate()
    }

    fn update(&mut self, leaves: &mut Leaves<'_>) -> Result<(), StepError> {
        let limit = self.limit;
        leaves.visit(&mut |_, _, leaf| match leaf {
            Leaf::F32(_, gradient) => {
                let limit = limit as f32;
                gradient
                    .iter_mut()
                    .for_each(|g| *g = g.clamp(-limit, limit));
            }
            Leaf::F64(_, gradient) => gradient
                .iter_mut()
                .for_each(|g| *g = g.clamp(-limit, limit)),
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

#[track_caller]
fn assert_positive(limit: f64) {
    assert!(
        limit > 0.0,
        "a gradient is clipped at a limit above 0, not at {limit}"
    );
}

/// The Euclidean norm of the gradient of all parameters together.
pub(crate) fn norm(leaves: &mut Leaves<'_>) -> f64 {
    let mut scaled = |scale: f64| {
        let mut squares = 0.0;
        leaves.visit(&mut |_, _, leaf| {
            squares += match leaf {
                Leaf::F32(_, gradient) => sum_of_squares(gradient, scale),
                Leaf::F64(_, gradient) => sum_of_squares(gradient, scale),
            };
        });
        squares.sqrt() / scale
    };
    let norm = scaled(1.0);
    // Squares overflow long before the numbers do.
    if norm.is_finite() {
        norm
    } else {
        scaled(1e-160)
    }
}

fn sum_of_squares<T: Copy + Into<f64>>(gradient: &[T], scale: f64) -> f64 {
    gradient.iter().map(|g| ((*g).into() * scale).powi(2)).sum()
}
