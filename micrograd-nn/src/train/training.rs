//! The training loop.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use micrograd_core::{Parameters, Scalar};
use nalgebra::DMatrix;
use rand::Rng;

use super::step::Observer;
use super::validation::Validation;
use super::{Ending, Epoch, Gradients, History, Serial, Step, TrainingError};
use crate::{Layer, Loss, Optimiser, test_mode};

/// Training with mini-batches: a loss, an optimiser, and what else is wished.
///
/// Each epoch goes through all samples once, in an order that is drawn anew from the caller's
/// generator. If one batch holds them all, they stay in order and nothing is drawn or copied. Random
/// layers, such as [`Dropout`](crate::Dropout), are in [`train_mode`](crate::train_mode()) with a new
/// seed for each batch, and in [`test_mode`](crate::test_mode()) for validation, metrics and
/// observers, and when the training has ended.
///
/// ```
/// use micrograd_nn::activation::{identity, relu};
/// use micrograd_nn::loss::logit_cross_entropy;
/// use micrograd_nn::train::Training;
/// use micrograd_nn::{Adam, Chain, Dense, accuracy, make_moons, onecold, onehot};
/// use rand::SeedableRng;
///
/// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let (x, labels) = make_moons(200, 0.1, rng);
/// let y = onehot(&labels, 2).unwrap();
/// let mut model = Chain((
///     Dense::new(2, 16, relu {}, rng),
///     Dense::new(16, 16, relu {}, rng),
///     Dense::new(16, 2, identity {}, rng),
/// ));
///
/// let history = Training::new(logit_cross_entropy {}, Adam::new(0.01))
///     .batch_size(20)
///     .epochs(30)
///     .validation_split(0.2)
///     .metric("accuracy", |scores, targets| accuracy(scores, &onecold(targets)))
///     .patience(10)
///     .run(&mut model, &x, &y, rng)?;
///
/// assert!(history.best().unwrap().metric("accuracy").unwrap() > 0.95);
/// # Ok::<(), micrograd_nn::train::TrainingError>(())
/// ```
pub struct Training<'a, L, O, T: Scalar = f64, G = Serial> {
    pub(super) loss: L,
    pub(super) optimiser: O,
    pub(super) gradients: G,
    pub(super) batch_size: usize,
    pub(super) epochs: usize,
    pub(super) validation: Validation<'a, T>,
    pub(super) metrics: Vec<(String, Box<Metric<'a, T>>)>,
    pub(super) patience: Option<usize>,
    pub(super) stop_flag: Option<&'a AtomicBool>,
    pub(super) observer: Option<Box<Observer<'a>>>,
    pub(super) progress: bool,
}

/// A number that tells how good predictions are, of these and the targets.
type Metric<'a, T> = dyn Fn(&DMatrix<T>, &DMatrix<T>) -> f64 + 'a;

impl<'a, L, O, T: Scalar> Training<'a, L, O, T> {
    /// One epoch with batches of 32 samples; the methods change that.
    ///
    /// An optimiser that is lent, `&mut optimiser`, can be used again afterwards.
    pub fn new(loss: L, optimiser: O) -> Self {
        Training {
            loss,
            optimiser,
            gradients: Serial,
            batch_size: 32,
            epochs: 1,
            validation: Validation::None,
            metrics: Vec::new(),
            patience: None,
            stop_flag: None,
            observer: None,
            progress: false,
        }
    }
}

impl<'a, L, O, T: Scalar, G> Training<'a, L, O, T, G> {
    /// The number of samples for each update; the last batch of an epoch has what is left.
    pub fn batch_size(mut self, samples: usize) -> Self {
        self.batch_size = samples;
        self
    }

    /// How often to go through all samples, at most; 0 leaves the model as it is.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// Data to validate the model with after each epoch; x: features × samples, y: targets × samples.
    pub fn validate(mut self, x: &'a DMatrix<T>, y: &'a DMatrix<T>) -> Self {
        self.validation = Validation::Data(x, y);
        self
    }

    /// Keeps this fraction of the samples back, drawn at random, to validate the model with them
    /// after each epoch.
    pub fn validation_split(mut self, fraction: f64) -> Self {
        self.validation = Validation::Split(fraction);
        self
    }

    /// A number to be computed after each epoch, from predictions and targets: of the validation
    /// data if there are such, else of all training data.
    pub fn metric(
        mut self,
        name: impl Into<String>,
        metric: impl Fn(&DMatrix<T>, &DMatrix<T>) -> f64 + 'a,
    ) -> Self {
        self.metrics.push((name.into(), Box::new(metric)));
        self
    }

    /// Ends the training when so many epochs in a row were not better than the best before, and
    /// keeps the model of the best epoch, however the training ends other than by an error.
    ///
    /// The validation loss decides which is better. Without validation data the training data serve
    /// as such: the loss of an epoch is that before its updates, and says nothing of the model after.
    pub fn patience(mut self, epochs: usize) -> Self {
        self.patience = Some(epochs);
        self
    }

    /// Ends the training after the current batch when `flag` is true.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// use micrograd_nn::train::{Ending, Training};
    /// use micrograd_nn::{Adam, Dense, activation::identity, loss::mse};
    /// use nalgebra::dmatrix;
    /// use rand::SeedableRng;
    ///
    /// let (x, y) = (dmatrix![1.0, 2.0], dmatrix![2.0, 4.0]);
    /// let mut model = Dense { weight: dmatrix![0.0], bias: dmatrix![0.0], activation: identity {} };
    /// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
    /// let flag = AtomicBool::new(false);
    /// let history = std::thread::scope(|scope| {
    ///     scope.spawn(|| flag.store(true, Ordering::Relaxed)); // or a signal handler
    ///     Training::new(mse {}, Adam::new(1e-9))
    ///         .epochs(usize::MAX)
    ///         .stop_flag(&flag)
    ///         .run(&mut model, &x, &y, rng)
    /// });
    /// assert_eq!(history.unwrap().ending, Ending::StopFlag);
    /// ```
    pub fn stop_flag(mut self, flag: &'a AtomicBool) -> Self {
        self.stop_flag = Some(flag);
        self
    }

    /// Tells `observer` of each update, after it was made; the observer says whether to go on.
    ///
    /// An epoch that it breaks off before the last batch is not in the history. Without an observer
    /// nothing is computed for it. [`Step`] shows an example; [`run_with`](Training::run_with) has
    /// an observer of epochs.
    pub fn observe_steps(mut self, observer: impl FnMut(&Step) -> ControlFlow<()> + 'a) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Shows a progress bar on stderr; nothing if that is no terminal.
    #[cfg(feature = "progress")]
    pub fn progress(mut self) -> Self {
        self.progress = true;
        self
    }

    /// Another way to compute the gradient of a batch.
    pub fn gradients<H>(self, gradients: H) -> Training<'a, L, O, T, H> {
        Training {
            gradients,
            loss: self.loss,
            optimiser: self.optimiser,
            batch_size: self.batch_size,
            epochs: self.epochs,
            validation: self.validation,
            metrics: self.metrics,
            patience: self.patience,
            stop_flag: self.stop_flag,
            observer: self.observer,
            progress: self.progress,
        }
    }

    /// Trains the model in place; x: features × samples, y: targets × samples.
    ///
    /// # Errors
    /// If a loss or a gradient is not finite: the model keeps the parameters that it had before,
    /// and the error has the history so far. If a validation loss is not finite. If there are not as many targets as data, no data, or
    /// no samples in a batch.
    ///
    /// # Panics
    /// If the model does not take samples of that many features, or the loss not its predictions.
    pub fn run<M, R>(
        &mut self,
        model: &mut M,
        x: &DMatrix<T>,
        y: &DMatrix<T>,
        rng: &mut R,
    ) -> Result<History, TrainingError>
    where
        M: Layer<T> + Parameters + Clone,
        L: Loss<T>,
        O: Optimiser,
        G: Gradients<T, M, L>,
        R: Rng + ?Sized,
    {
        self.run_with(model, x, y, rng, |_, _| ControlFlow::Continue(()))
    }

    /// [`run`](Training::run) with an observer, which gets each epoch and the model after it, and
    /// says whether to go on.
    ///
    /// ```
    /// use micrograd_nn::train::{Ending, Training};
    /// use micrograd_nn::{Dense, GradientDescent, activation::identity, loss::mse};
    /// use nalgebra::dmatrix;
    /// use rand::SeedableRng;
    /// use std::ops::ControlFlow::{Break, Continue};
    ///
    /// let (x, y) = (dmatrix![1.0], dmatrix![2.0]);
    /// let mut model = Dense { weight: dmatrix![0.0], bias: dmatrix![0.0], activation: identity {} };
    /// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
    /// let mut lines = Vec::new();
    /// let history = Training::new(mse {}, GradientDescent::new(0.125))
    ///     .epochs(100)
    ///     .run_with(&mut model, &x, &y, rng, |epoch, model| {
    ///         lines.push(format!("{epoch}, weight {}", model.weight[0]));
    ///         if epoch.loss < 2.0 { Break(()) } else { Continue(()) }
    ///     })
    ///     .unwrap();
    /// assert_eq!(lines, ["epoch 1: loss 4.0000, weight 0.5", "epoch 2: loss 1.0000, weight 0.75"]);
    /// assert_eq!(history.ending, Ending::Observer);
    /// ```
    ///
    /// # Errors
    /// # Panics
    /// As [`run`](Training::run).
    pub fn run_with<M, R>(
        &mut self,
        model: &mut M,
        x: &DMatrix<T>,
        y: &DMatrix<T>,
        rng: &mut R,
        mut observe: impl FnMut(&Epoch, &M) -> ControlFlow<()>,
    ) -> Result<History, TrainingError>
    where
        M: Layer<T> + Parameters + Clone,
        L: Loss<T>,
        O: Optimiser,
        G: Gradients<T, M, L>,
        R: Rng + ?Sized,
    {
        let mut epochs = Vec::new();
        let ending = self.epochs_of(model, x, y, rng, &mut observe, &mut epochs);
        test_mode(model);
        let history = |ending| History { epochs, ending };
        match ending {
            Ok(ending) => Ok(history(ending)),
            Err(cause) => Err(TrainingError {
                history: history(Ending::Error),
                cause: Box::new(cause),
            }),
        }
    }
}
