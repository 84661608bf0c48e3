//! Why a step was not made.

use std::fmt;

/// Why an optimiser did not make a step. The model is as it was before.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum StepError {
    /// A gradient has another length than its parameter.
    Length {
        /// The parameter's name, such as `layers.0.weight`.
        parameter: String,
        /// How many numbers its gradient has.
        gradient: usize,
        /// How many numbers it has itself.
        model: usize,
    },
    /// A gradient holds NaN or an infinity.
    NotFinite {
        /// The parameter's name.
        parameter: String,
        /// Which of its numbers, the first such; columns first for matrices.
        index: usize,
        /// What it is.
        value: f64,
    },
    /// The model has not the parameters that the optimiser has followed so far.
    Changed {
        /// The parameter of the first step, or that there was none more.
        before: String,
        /// The parameter in its place now, or that there is none more.
        now: String,
    },
    /// The schedule gave a learning rate that is negative, infinite or NaN.
    LearningRate {
        /// The steps made before.
        step: usize,
        /// What it gave.
        rate: f64,
    },
}

impl StepError {
    /// The parameter that the error is about, if it is about one.
    ///
    /// ```
    /// use micrograd_nn::optimise::{GradientDescent, Optimiser};
    ///
    /// let mut model = (1.0, vec![2.0, 3.0]);
    /// let mut optimiser = GradientDescent::new(0.5);
    /// let error = optimiser.step(&mut model, (0.0, vec![f64::NAN, 0.0])).unwrap_err();
    /// assert_eq!(error.parameter(), Some("1"));
    ///
    /// let error = GradientDescent::new(-1.0).step(&mut model, (0.0, vec![0.0; 2])).unwrap_err();
    /// assert_eq!(error.parameter(), None); // the learning rate is wrong
    /// ```
    pub fn parameter(&self) -> Option<&str> {
        match self {
            StepError::Length { parameter, .. } | StepError::NotFinite { parameter, .. } => {
                Some(parameter)
            }
            StepError::Changed { .. } | StepError::LearningRate { .. } => None,
        }
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StepError::Length {
                parameter,
                gradient,
                model,
            } => write!(
                f,
                "the gradient of `{parameter}` has {gradient} numbers, the model has {model}"
            ),
            StepError::NotFinite {
                parameter,
                index,
                value,
            } => write!(
                f,
                "the gradient of `{parameter}` is not finite: its number {index} is {value}"
            ),
            StepError::Changed { before, now } => write!(
                f,
                "where the model had {before} at this optimiser's first step, it has {now}; \
                 another model needs an optimiser of its own"
            ),
            StepError::LearningRate { step, rate } => {
                write!(f, "the learning rate after {step} steps is {rate}")
            }
        }
    }
}

impl std::error::Error for StepError {}

/// That a gradient is empty or has `length` numbers, all of them finite.
pub(super) fn check<T>(parameter: &str, length: usize, gradient: &[T]) -> Result<(), StepError>
where
    T: Copy + Into<f64>,
{
    let parameter = || parameter.to_owned();
    if !gradient.is_empty() && gradient.len() != length {
        return Err(StepError::Length {
            parameter: parameter(),
            gradient: gradient.len(),
            model: length,
        });
    }
    // Without a way out in the middle this loop is vectorised.
    let finite = |slope: &T| (*slope).into().is_finite();
    if gradient.iter().fold(true, |all, slope| all & finite(slope)) {
        return Ok(());
    }
    let bad = gradient
        .iter()
        .map(|slope| (*slope).into())
        .enumerate()
        .find(|(_, slope)| !slope.is_finite());
    let (index, value) = bad.expect("one is not finite");
    Err(StepError::NotFinite {
        parameter: parameter(),
        index,
        value,
    })
}
