//! Why a training stopped.

use std::fmt;

use micrograd_core::{Leaf, Name, Parameters, Scalar};
use nalgebra::DMatrix;

use super::{Batch, History};
use crate::optimise::StepError;

/// Why a training stopped before its end. The model has its last finite parameters.
/// ```
/// use micrograd_nn::train::{Cause, Origin};
/// use micrograd_nn::{Dense, GradientDescent, Training, activation::identity, loss::mse};
/// use nalgebra::dmatrix;
/// use rand::SeedableRng;
///
/// let (x, y) = (dmatrix![1.0, f64::NAN], dmatrix![2.0, 4.0]);
/// let mut model = Dense { weight: dmatrix![0.0], bias: dmatrix![0.0], activation: identity {} };
/// let error = Training::new(mse {}, GradientDescent::new(0.1))
///     .run(&mut model, &x, &y, &mut rand_chacha::ChaCha8Rng::seed_from_u64(42))
///     .unwrap_err();
/// assert!(error.history.epochs.is_empty());
/// match *error.cause {
///     Cause::Loss { origin, .. } => assert_eq!(origin, Origin::Data(1)),
///     cause => panic!("{cause}"),
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingError {
    /// The epochs that were completed.
    pub history: History,
    /// What went wrong.
    pub cause: Box<Cause>,
}

/// What went wrong in a training.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cause {
    /// The data or the settings cannot be trained with; the text says why.
    Invalid(String),
    /// A batch has a loss that is not finite. The model was not updated by it.
    Loss {
        /// The epoch, from 1.
        epoch: usize,
        /// The step, from 1, counted over all epochs.
        step: usize,
        /// The loss.
        value: f64,
        /// Where else there is something that is not finite.
        origin: Origin,
    },
    /// The validation loss after an epoch is not finite. The model has the updates of this epoch,
    /// and the history has the epoch.
    ValidationLoss {
        /// The epoch, from 1.
        epoch: usize,
        /// The loss.
        value: f64,
        /// Where else there is something that is not finite, among the validation data and in the
        /// model.
        origin: Origin,
    },
    /// The optimiser refused a step, such as one with a gradient that is not finite.
    Step {
        /// The epoch, from 1.
        epoch: usize,
        /// The step, from 1, counted over all epochs.
        step: usize,
        /// Why.
        error: StepError,
    },
}

/// Where a loss that is not finite may come from: what is found first, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// The data of this sample, by its number from 0.
    Data(usize),
    /// The targets of this sample.
    Targets(usize),
    /// The parameter of this name.
    Parameter(String),
    /// The gradient of the parameter of this name.
    Gradient(String),
    /// All of these are finite.
    Nowhere,
}

impl Origin {
    pub(super) fn of<T: Scalar, M: Parameters>(
        batch: &Batch<'_, T>,
        model: &mut M,
        gradient: &mut M::Tangent,
    ) -> Origin {
        let bad = |matrix: &DMatrix<T>| {
            let mut samples = batch.samples.iter().copied();
            samples.find(|&sample| !matrix.column(sample).iter().all(|x| x.is_finite()))
        };
        if let Some(sample) = bad(batch.x) {
            return Origin::Data(sample);
        }
        if let Some(sample) = bad(batch.y) {
            return Origin::Targets(sample);
        }
        let (mut parameter, mut slope) = (None, None);
        model.visit_parameters(gradient, &mut Name::default(), &mut |name, _, leaf| {
            let (values, gradient) = match leaf {
                Leaf::F32(values, gradient) => (is_finite(values), is_finite(gradient)),
                Leaf::F64(values, gradient) => (is_finite(values), is_finite(gradient)),
            };
            if !values {
                parameter.get_or_insert_with(|| name.to_owned());
            }
            if !gradient {
                slope.get_or_insert_with(|| name.to_owned());
            }
        });
        match (parameter, slope) {
            (Some(name), _) => Origin::Parameter(name),
            (None, Some(name)) => Origin::Gradient(name),
            (None, None) => Origin::Nowhere,
        }
    }
}

impl Origin {
    /// The same with another number of the sample, if it is about one.
    pub(super) fn with_sample(self, number: impl FnOnce(usize) -> usize) -> Origin {
        match self {
            Origin::Data(sample) => Origin::Data(number(sample)),
            Origin::Targets(sample) => Origin::Targets(number(sample)),
            Origin::Parameter(_) | Origin::Gradient(_) | Origin::Nowhere => self,
        }
    }
}

fn is_finite<T: Copy + Into<f64>>(numbers: &[T]) -> bool {
    numbers.iter().all(|number| (*number).into().is_finite())
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Data(sample) => write!(f, "the data of sample {sample} are not finite"),
            Origin::Targets(sample) => write!(f, "the targets of sample {sample} are not finite"),
            Origin::Parameter(name) => write!(f, "`{name}` is not finite"),
            Origin::Gradient(name) => write!(f, "the gradient of `{name}` is not finite"),
            Origin::Nowhere => write!(f, "data, parameters and gradients are finite"),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Invalid(text) => f.write_str(text),
            Cause::Loss {
                epoch,
                step,
                value,
                origin,
            } => write!(
                f,
                "epoch {epoch}, step {step}: the loss is {value}; {origin}"
            ),
            Cause::ValidationLoss {
                epoch,
                value,
                origin,
            } => write!(
                f,
                "epoch {epoch}: the validation loss is {value}; in validation, {origin}"
            ),
            Cause::Step { epoch, step, error } => write!(f, "epoch {epoch}, step {step}: {error}"),
        }
    }
}

impl fmt::Display for TrainingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl std::error::Error for TrainingError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.cause {
            Cause::Step { error, .. } => Some(error),
            Cause::Invalid(_) | Cause::Loss { .. } | Cause::ValidationLoss { .. } => None,
        }
    }
}
