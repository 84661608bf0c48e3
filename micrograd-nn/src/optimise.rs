//! Optimisers: what turns a gradient into an update of the parameters of any model.
//!
//! A model is anything whose numbers can be visited ([`Parameters`]); a gradient is its tangent, as
//! a pullback returns it. Parameters are updated in place, and what an optimiser remembers of each
//! is allocated at the first step.
//!
//! An open loop is a few lines:
//!
//! ```
//! use micrograd_core::gradient;
//! use micrograd_nn::optimise::{Adam, Cosine, Optimiser, Schedule};
//! use micrograd_nn::{Dense, activation::identity, loss::mse, objective};
//! use nalgebra::dmatrix;
//!
//! // y = 2 x + 1
//! let (x, y) = (dmatrix![0.0, 1.0, 2.0], dmatrix![1.0_f64, 3.0, 5.0]);
//! let mut model = Dense { weight: dmatrix![0.0], bias: dmatrix![0.0], activation: identity {} };
//!
//! let rate = Cosine { initial: 0.2, last: 0.01, steps: 200 }.warm_up(10);
//! let mut optimiser = Adam::new(rate).clip_norm(1.0);
//! for _ in 0..300 {
//!     let (_loss, (gradient, ..)) = gradient!(objective, &model, &mse {}, &x, &y);
//!     optimiser.step(&mut model, gradient)?;
//! }
//! assert!((model.weight[0] - 2.0).abs() < 1e-2 && (model.bias[0] - 1.0).abs() < 1e-2);
//! # Ok::<(), micrograd_nn::optimise::StepError>(())
//! ```

use std::borrow::BorrowMut;

use micrograd_core::parameters::Visitor;
use micrograd_core::{Leaf, Name, Parameters};

pub mod adaptive;
pub mod clip;
pub mod decay;
pub mod descent;
pub mod error;
pub mod memory;
pub mod minimise;
pub mod schedule;

pub use adaptive::{Adam, AdamW, RmsProp};
pub(crate) use clip::norm;
pub use clip::{ClipNorm, ClipValue};
pub use decay::WeightDecay;
pub use descent::{GradientDescent, Momentum, Nesterov};
pub use error::StepError;
pub use memory::Memory;
#[cfg(feature = "safetensors")]
pub(crate) use memory::Saved;
pub(crate) use minimise::minimise_in;
pub use minimise::{descend, minimise, minimise_with};
pub use schedule::{Cosine, Schedule, StepDecay, Until, WarmUp};

/// A way to update the parameters of a model by a gradient, step after step.
///
/// One optimiser follows one model. It does not know the model's type, so it can be chosen at run
/// time, as a `Box<dyn Optimiser>`.
///
/// ```
/// use micrograd_nn::optimise::{Adam, Momentum, Optimiser};
///
/// let mut optimiser: Box<dyn Optimiser> = match "momentum" {
///     "momentum" => Box::new(Momentum::new(0.1, 0.9)),
///     _ => Box::new(Adam::new(0.001)),
/// };
/// let mut model = (1.0, vec![2.0, 3.0]);
/// optimiser.step(&mut model, (10.0, vec![0.0, -10.0])).unwrap();
/// assert_eq!(model, (0.0, vec![2.0, 4.0]));
/// ```
///
/// One of one's own says what happens to each array of numbers:
///
/// ```
/// use micrograd_core::Leaf;
/// use micrograd_nn::optimise::{Leaves, Optimiser, StepError};
///
/// /// Steps of one size against the sign of the gradient.
/// struct SignDescent(f64);
///
/// impl Optimiser for SignDescent {
///     fn learning_rate(&self) -> f64 {
///         self.0
///     }
///
///     fn update(&mut self, leaves: &mut Leaves<'_>) -> Result<(), StepError> {
///         leaves.visit(&mut |_name, _shape, leaf| match leaf {
///             Leaf::F32(p, g) => p.iter_mut().zip(g).for_each(|(p, g)| *p -= self.0 as f32 * g.signum()),
///             Leaf::F64(p, g) => p.iter_mut().zip(g).for_each(|(p, g)| *p -= self.0 * g.signum()),
///         });
///         Ok(())
///     }
/// }
///
/// let mut model = (1.0, vec![2.0, 3.0]);
/// SignDescent(0.5).step(&mut model, (9.0, vec![-0.1, 70.0])).unwrap();
/// assert_eq!(model, (0.5, vec![2.5, 2.5]));
/// ```
pub trait Optimiser {
    /// The learning rate of the next step.
    fn learning_rate(&self) -> f64;

    /// Updates every parameter that is visited by the gradient beside it, which may be changed.
    ///
    /// This is what an optimiser implements. Users call [`step`](Optimiser::step), which has seen
    /// to it that every gradient is finite and is empty or has the length of its parameter.
    ///
    /// # Errors
    /// If the update cannot be made; the parameters are then as they were.
    fn update(&mut self, leaves: &mut Leaves<'_>) -> Result<(), StepError>;

    /// What it remembers of the steps so far, to be saved with the model; `None` if it does not
    /// tell. One of one's own that remembers nothing may give `Some(Memory::default())`.
    fn memory(&self) -> Option<Memory> {
        None
    }

    /// Takes the place of one that remembers this, which is what [`memory`](Optimiser::memory) of
    /// an optimiser of the same kind gave.
    fn restore(&mut self, memory: Memory) {
        let _ = memory;
    }

    /// One update of every parameter of the model.
    ///
    /// A part of the gradient that no cotangent has reached may be empty; it counts as zero. A gradient that is lent,
    /// `&mut gradient`, keeps its memory for the next one
    /// ([`value_and_gradient_in`](crate::train::Gradients::value_and_gradient_in)); an optimiser may have changed it,
    /// as [`ClipNorm`] does.
    ///
    /// # Errors
    /// If an array of the gradient has another length than that of the model, or holds a number
    /// that is not finite; if the learning rate is negative or not finite; if the arrays of the model are no
    /// longer those of the first step. The model and the optimiser are then as they were.
    ///
    /// ```
    /// use micrograd_nn::optimise::{GradientDescent, Optimiser};
    ///
    /// let mut model = (1.0, vec![2.0, 3.0]);
    /// let mut optimiser = GradientDescent::new(0.5);
    /// let error = optimiser.step(&mut model, (4.0, vec![f64::NAN, 0.0])).unwrap_err();
    /// assert_eq!(error.to_string(), "the gradient of `1` is not finite: its number 0 is NaN");
    /// assert_eq!(model, (1.0, vec![2.0, 3.0]));
    ///
    /// optimiser.step(&mut model, (4.0, vec![2.0, 0.0])).unwrap();
    /// assert_eq!(model, (-1.0, vec![1.0, 3.0]));
    /// ```
    fn step<M: Parameters>(
        &mut self,
        model: &mut M,
        mut gradient: impl BorrowMut<M::Tangent>,
    ) -> Result<(), StepError>
    where
        Self: Sized,
    {
        with_leaves(model, gradient.borrow_mut(), |leaves| {
            check(leaves)?;
            self.update(leaves)
        })
    }

    /// Scales every gradient down to a norm of at most `limit`: see [`ClipNorm`].
    ///
    /// # Panics
    /// If `limit` is not above 0.
    fn clip_norm(self, limit: f64) -> ClipNorm<Self>
    where
        Self: Sized,
    {
        ClipNorm::new(limit, self)
    }

    /// Cuts every number of the gradient off at ±`limit`: see [`ClipValue`].
    ///
    /// # Panics
    /// If `limit` is not above 0.
    fn clip_value(self, limit: f64) -> ClipValue<Self>
    where
        Self: Sized,
    {
        ClipValue::new(limit, self)
    }

    /// Adds `strength` times the parameters to their gradients: see [`WeightDecay`].
    ///
    /// # Panics
    /// If `strength` is negative, infinite or NaN.
    fn weight_decay(self, strength: f64) -> WeightDecay<Self>
    where
        Self: Sized,
    {
        WeightDecay::new(strength, self)
    }
}

impl<O: Optimiser + ?Sized> Optimiser for Box<O> {
    fn learning_rate(&self) -> f64 {
        (**self).learning_rate()
    }
    fn update(&mut self, leaves: &mut Leaves<'_>) -> Result<(), StepError> {
        (**self).update(leaves)
    }
    fn memory(&self) -> Option<Memory> {
        (**self).memory()
    }
    fn restore(&mut self, memory: Memory) {
        (**self).restore(memory);
    }
}

impl<O: Optimiser + ?Sized> Optimiser for &mut O {
    fn learning_rate(&self) -> f64 {
        (**self).learning_rate()
    }
    fn update(&mut self, leaves: &mut Leaves<'_>) -> Result<(), StepError> {
        (**self).update(leaves)
    }
    fn memory(&self) -> Option<Memory> {
        (**self).memory()
    }
    fn restore(&mut self, memory: Memory) {
        (**self).restore(memory);
    }
}

/// The parameters of some model, each beside its gradient.
/// What [`Optimiser::update`] gets; the optimiser of one's own above shows how they are visited.
pub struct Leaves<'a> {
    visit: &'a mut dyn FnMut(&mut Visitor<'_>),
}

impl Leaves<'_> {
    /// Visits every parameter with its name, its shape and its gradient, in the model's order.
    pub fn visit(&mut self, visitor: &mut Visitor<'_>) {
        (self.visit)(visitor);
    }
}

/// Calls `use_them` with the parameters of a model.
pub(crate) fn with_leaves<M: Parameters, R>(
    model: &mut M,
    gradient: &mut M::Tangent,
    use_them: impl FnOnce(&mut Leaves<'_>) -> R,
) -> R {
    let mut visit = |visitor: &mut Visitor<'_>| {
        model.visit_parameters(gradient, &mut Name::default(), visitor);
    };
    use_them(&mut Leaves { visit: &mut visit })
}

/// That every gradient has the length of its parameter and is finite.
fn check(leaves: &mut Leaves<'_>) -> Result<(), StepError> {
    let mut result = Ok(());
    leaves.visit(&mut |name, _, leaf| {
        if result.is_ok() {
            result = match leaf {
                Leaf::F32(values, gradient) => error::check(name, values.len(), gradient),
                Leaf::F64(values, gradient) => error::check(name, values.len(), gradient),
            };
        }
    });
    result
}
