//! What [`Training::run`] does: epochs, and steps within them.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering::Relaxed;

use micrograd_core::{Parameters, Scalar};
use nalgebra::{DMatrix, convert_unchecked};
use rand::Rng;
use rand::seq::SliceRandom;

use super::batch::gather;
use super::progress::Progress;
use super::validation::{Data, check_data};
use super::{Batch, Cause, Ending, Epoch, Gradients, Origin, Training};
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
        let batches = samples.len().div_ceil(self.batch_size);
        let progress = Progress::new(self.progress, self.epochs.saturating_mul(batches));
        let patience = self.patience.unwrap_or(usize::MAX).max(1);

        let mut best = None;
        let mut lowest = f64::INFINITY;
        let mut waited = 0;
        let mut ending = Ending::Completed;
        for number in 1..=self.epochs {
            if batches > 1 {
                samples.shuffle(rng);
            }
            let all = Batch {
                x,
                y,
                samples: &samples,
            };
            let Some(mut epoch) = self.updates(model, &all, number, rng, &progress)? else {
                ending = Ending::StopFlag;
                break;
            };
            test_mode(model);
            self.evaluate(model, &validation, &all, &mut epoch);
            epoch.is_best = epoch.monitored() < lowest;
            waited += 1;
            if epoch.is_best {
                lowest = epoch.monitored();
                waited = 0;
                best = self.patience.map(|_| model.clone());
            }
            progress.tell(&epoch);
            let answer = observe(&epoch, model);
            history.push(epoch);
            if answer.is_break() {
                ending = Ending::Observer;
                break;
            }
            if waited >= patience {
                ending = Ending::Patience;
                break;
            }
        }
        if let Some(best) = best {
            *model = best;
        }
        Ok(ending)
    }

    /// The updates of an epoch; `None` if the stop flag was set before the last of them.
    fn updates<M, R>(
        &mut self,
        model: &mut M,
        all: &Batch<'_, T>,
        number: usize,
        rng: &mut R,
        progress: &Progress,
    ) -> Result<Option<Epoch>, Cause>
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
        for (index, samples) in batches.enumerate() {
            if self.stop_flag.is_some_and(|flag| flag.load(Relaxed)) {
                return Ok(None);
            }
            train_mode(model, rng);
            epoch.learning_rate = self.optimiser.learning_rate();
            let batch = Batch { samples, ..*all };
            let loss = self.step(model, &batch, number, steps_before + index + 1)?;
            epoch.loss += loss * (samples.len() as f64 / all.samples.len() as f64);
            progress.advance();
        }
        Ok(Some(epoch))
    }

    /// One update; returns the loss before it.
    fn step<M>(
        &mut self,
        model: &mut M,
        batch: &Batch<'_, T>,
        epoch: usize,
        step: usize,
    ) -> Result<f64, Cause>
    where
        M: Parameters,
        O: Optimiser,
        G: Gradients<T, M, L>,
    {
        let (value, mut gradient) = self.gradients.value_and_gradient(model, &self.loss, batch);
        let value: f64 = convert_unchecked(value);
        if !value.is_finite() {
            let origin = Origin::of(batch, model, &mut gradient);
            return Err(Cause::Loss {
                epoch,
                step,
                value,
                origin,
            });
        }
        let stepped = self.optimiser.step(model, gradient);
        stepped.map_err(|error| Cause::Step { epoch, step, error })?;
        Ok(value)
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
            Some((x, y)) => (Cow::Borrowed(&**x), Cow::Borrowed(&**y)),
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
