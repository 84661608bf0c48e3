//! What [`Training::run`] does: epochs, and steps within them.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering::Relaxed;

use micrograd_core::{Parameters, Scalar, Tangent};
use nalgebra::{DMatrix, convert_unchecked};
use rand::Rng;
use rand::seq::SliceRandom;

use super::batch::gather;
use super::memory::keep_freed_memory;
use super::progress::Progress;
use super::validation::{Data, check_data};
use super::{Batch, Cause, Ending, Epoch, Gradients, Origin, Step, Training};
use crate::optimise::{norm, with_leaves};
use crate::{Layer, Loss, Optimiser, test_mode, train_mode};

impl<L, O, T: Scalar, G> Training<'_, L, O, T, G> {
    pub(super) fn epochs_of<M, R>(
        &mut self,
        model: &mut M,
        x: &DMatrix<T>,
        y: &DMatrix<T>,
        rng: &mut R,
        observe: &mut impl FnMut(&Epoch, &M) -> ControlFlow<()>,
        history: &mut Vec<Epoch>,
    ) -> Result<Ending, Cause>
    where
        M: Layer<T> + Parameters + Clone,
        L: Loss<T>,
        O: Optimiser,
        G: Gradients<T, M, L>,
        R: Rng + ?Sized,
    {
        if self.batch_size == 0 {
            return Err(Cause::Invalid("a batch needs at least 1 sample".to_owned()));
        }
        check_data("training", x, y)?;
        let mut samples: Vec<usize> = (0..x.ncols()).collect();
        let validation = self.validation.data(x, y, &mut samples, rng)?;
        let order = samples.clone();
        let batches = samples.len().div_ceil(self.batch_size);
        let progress = Progress::new(self.progress, self.epochs.saturating_mul(batches));
        let patience = self.patience.unwrap_or(usize::MAX).max(1);

        keep_freed_memory();
        let mut gradient = Tangent::shapeless();
        let mut best = None;
        let mut lowest = f64::INFINITY;
        let mut waited = 0;
        let mut ending = None;
        for number in 1..=self.epochs {
            // Not from the order of the epoch before: a training that goes on elsewhere has none.
            samples.copy_from_slice(&order);
            if batches > 1 {
                samples.shuffle(rng);
            }
            let all = Batch {
                x,
                y,
                samples: &samples,
            };
            let (epoch, end) = self.updates(model, &mut gradient, &all, number, rng, &progress)?;
            ending = end;
            let Some(mut epoch) = epoch else { break };
            test_mode(model);
            self.evaluate(model, &validation, &all, &mut epoch);
            let failure = self.validation_failure(model, &validation, &all, &epoch);
            epoch.is_best = epoch.monitored() < lowest;
            waited += 1;
            if epoch.is_best {
                lowest = epoch.monitored();
                waited = 0;
                best = self.patience.map(|_| model.clone());
            }
            progress.tell(&epoch);
            if let Some(cause) = failure {
                history.push(epoch);
                return Err(cause);
            }
            if observe(&epoch, model).is_break() {
                ending = Some(Ending::Observer);
            }
            history.push(epoch);
            if waited >= patience {
                ending = ending.or(Some(Ending::Patience));
            }
            if ending.is_some() {
                break;
            }
        }
        if let Some(best) = best {
            *model = best;
        }
        Ok(ending.unwrap_or(Ending::Completed))
    }

    /// The updates of an epoch: what is known of it if none was left out, and why the training
    /// is to end with them.
    fn updates<M, R>(
        &mut self,
        model: &mut M,
        gradient: &mut M::Tangent,
        all: &Batch<'_, T>,
        number: usize,
        rng: &mut R,
        progress: &Progress,
    ) -> Result<(Option<Epoch>, Option<Ending>), Cause>
    where
        M: Parameters,
        O: Optimiser,
        G: Gradients<T, M, L>,
        R: Rng + ?Sized,
    {
        let batches = all.samples.chunks(self.batch_size);
        let steps_before = (number - 1) * batches.len();
        let mut epoch = Epoch {
            number,
            loss: 0.0,
            validation_loss: None,
            metrics: Vec::new(),
            learning_rate: 0.0,
            is_best: false,
        };
        let mut ending = None;
        for (index, samples) in batches.enumerate() {
            if self.stop_flag.is_some_and(|flag| flag.load(Relaxed)) {
                ending = ending.or(Some(Ending::StopFlag));
            }
            if ending.is_some() {
                return Ok((None, ending));
            }
            train_mode(model, rng);
            let mut step = Step {
                epoch: number,
                number: steps_before + index + 1,
                loss: f64::NAN,
                learning_rate: self.optimiser.learning_rate(),
                gradient_norm: f64::NAN,
            };
            self.step(model, gradient, &Batch { samples, ..*all }, &mut step)?;
            epoch.learning_rate = step.learning_rate;
            epoch.loss += step.loss * (samples.len() as f64 / all.samples.len() as f64);
            progress.advance();
            let observer = self.observer.as_mut();
            if observer.is_some_and(|observe| observe(&step).is_break()) {
                ending = Some(Ending::Observer);
            }
        }
        Ok((Some(epoch), ending))
    }

    /// One update, with the gradient in the memory of the last one; fills in the loss before it, and the norm of the
    /// gradient for an observer.
    fn step<M>(
        &mut self,
        model: &mut M,
        gradient: &mut M::Tangent,
        batch: &Batch<'_, T>,
        step: &mut Step,
    ) -> Result<(), Cause>
    where
        M: Parameters,
        O: Optimiser,
        G: Gradients<T, M, L>,
    {
        let (epoch, number) = (step.epoch, step.number);
        let gradients = &self.gradients;
        let value = gradients.value_and_gradient_in(model, &self.loss, batch, gradient);
        step.loss = convert_unchecked(value);
        if !step.loss.is_finite() {
            let origin = Origin::of(batch, model, gradient);
            return Err(Cause::Loss {
                epoch,
                step: number,
                value: step.loss,
                origin,
            });
        }
        if self.observer.is_some() {
            step.gradient_norm = with_leaves(model, gradient, norm);
        }
        let stepped = self.optimiser.step(model, gradient);
        stepped.map_err(|error| Cause::Step {
            epoch,
            step: number,
            error,
        })
    }

    /// Fills in what is known of an epoch only after its last update.
    fn evaluate<M>(
        &self,
        model: &M,
        validation: &Option<Data<'_, T>>,
        training: &Batch<'_, T>,
        epoch: &mut Epoch,
    ) where
        M: Layer<T>,
        L: Loss<T>,
    {
        let validated = validation.is_some() || self.patience.is_some();
        let (x, y) = match validation {
            Some(Data { x, y, .. }) => (Cow::Borrowed(&**x), Cow::Borrowed(&**y)),
            None if self.metrics.is_empty() && !validated => return,
            None => training.gather(),
        };
        let predictions = self.predict(model, &x);
        if validated {
            epoch.validation_loss = Some(convert_unchecked(self.loss.evaluate(&predictions, &y)));
        }
        let metrics = self.metrics.iter();
        epoch.metrics = metrics
            .map(|(name, metric)| (name.clone(), metric(&predictions, &y)))
            .collect();
    }

    /// What is wrong if the loss of the validation data, or of those that serve as such, is not finite.
    fn validation_failure<M: Parameters>(
        &self,
        model: &mut M,
        validation: &Option<Data<'_, T>>,
        training: &Batch<'_, T>,
        epoch: &Epoch,
    ) -> Option<Cause> {
        let value = epoch.validation_loss.filter(|loss| !loss.is_finite())?;
        let gradient = &mut model.zero_tangent();
        let origin = match validation {
            None => Origin::of(training, model, gradient),
            Some(Data { x, y, numbers }) => {
                let samples = &(0..x.ncols()).collect::<Vec<_>>();
                let origin = Origin::of(&Batch { x, y, samples }, model, gradient);
                origin.with_sample(|sample| numbers[sample])
            }
        };
        Some(Cause::ValidationLoss {
            epoch: epoch.number,
            value,
            origin,
        })
    }

    /// The model's output for all columns, computed with no more of them at once than in training.
    fn predict<M: Layer<T>>(&self, model: &M, x: &DMatrix<T>) -> DMatrix<T> {
        if x.ncols() <= self.batch_size {
            return model.forward(x);
        }
        let samples: Vec<usize> = (0..x.ncols()).collect();
        let mut numbers = Vec::new();
        let mut rows = 0;
        for samples in samples.chunks(self.batch_size) {
            let predictions = model.forward(&gather(x, samples));
            rows = predictions.nrows();
            numbers.extend_from_slice(predictions.as_slice());
        }
        DMatrix::from_vec(rows, x.ncols(), numbers)
    }
}
