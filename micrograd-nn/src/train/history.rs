//! What is known of a training, epoch by epoch.

use std::fmt;
use std::io;

/// The epochs of a training, and why it ended.
///
/// ```
/// use micrograd_nn::train::Ending;
/// use micrograd_nn::{Dense, GradientDescent, Training, activation::identity, loss::mse};
/// use nalgebra::dmatrix;
/// use rand::SeedableRng;
///
/// let (x, y) = (dmatrix![1.0], dmatrix![2.0]);
/// let mut model = Dense { weight: dmatrix![0.0], bias: dmatrix![0.0], activation: identity {} };
/// let history = Training::new(mse {}, GradientDescent::new(0.125))
///     .epochs(3)
///     .metric("largest", |predictions, _| predictions.amax())
///     .run(&mut model, &x, &y, &mut rand_chacha::ChaCha8Rng::seed_from_u64(42))
///     .unwrap();
/// assert_eq!(history.ending, Ending::Completed);
/// assert_eq!(history.losses(), [4.0, 1.0, 0.25]);
/// assert_eq!(history.metric("largest"), [1.0, 1.5, 1.75]);
///
/// let best = history.best().unwrap();
/// assert_eq!((best.number, best.monitored(), best.metric("largest")), (3, 0.25, Some(1.75)));
/// assert!(history.validation_losses().is_empty());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// All epochs that were completed, in order.
    pub epochs: Vec<Epoch>,
    /// Why there were no more.
    pub ending: Ending,
}

/// One pass over the training data.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Epoch {
    /// Its number, from 1.
    pub number: usize,
    /// The mean loss over the samples; that of each batch was taken before its update.
    pub loss: f64,
    /// The loss of the validation data after the last update, if there are such data; those of
    /// training serve as such if there is [patience](super::Training::patience).
    pub validation_loss: Option<f64>,
    /// The names and values of the metrics after the last update: of the validation data if there are
    /// such, else of the training data.
    pub metrics: Vec<(String, f64)>,
    /// The learning rate of the last update.
    pub learning_rate: f64,
    /// Whether no epoch before had so low a loss; the validation loss decides if there is one.
    pub is_best: bool,
}

/// Why a training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ending {
    /// All epochs were made.
    Completed,
    /// There was no better epoch for as long as one was willing to wait.
    Patience,
    /// An observer asked for it.
    Observer,
    /// The stop flag was set.
    StopFlag,
    /// An error stopped it.
    Error,
}

impl Epoch {
    /// The value of the metric with this name; `None` if the training has none of this name.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let found = self.metrics.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| *value)
    }

    /// What tells whether the epoch is the best: the validation loss if there is one, or the loss.
    pub fn monitored(&self) -> f64 {
        self.validation_loss.unwrap_or(self.loss)
    }
}

/// `epoch 3: loss 0.2500, validation loss 0.3000, accuracy 0.9000`
impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {}: loss {:.4}", self.number, self.loss)?;
        if let Some(loss) = self.validation_loss {
            write!(f, ", validation loss {loss:.4}")?;
        }
        for (name, value) in &self.metrics {
            write!(f, ", {name} {value:.4}")?;
        }
        Ok(())
    }
}

impl History {
    /// The best epoch: the one with the lowest validation loss, or loss if none was validated.
    pub fn best(&self) -> Option<&Epoch> {
        self.epochs.iter().rfind(|epoch| epoch.is_best)
    }

    /// The loss of each epoch, in order.
    pub fn losses(&self) -> Vec<f64> {
        self.epochs.iter().map(|epoch| epoch.loss).collect()
    }

    /// The validation loss of each epoch; empty if there were no validation data.
    pub fn validation_losses(&self) -> Vec<f64> {
        let losses = self.epochs.iter().map(|epoch| epoch.validation_loss);
        losses.flatten().collect()
    }

    /// Writes a table of comma-separated values, a row for each epoch, with the full precision.
    ///
    /// ```
    /// use micrograd_nn::{Dense, GradientDescent, Training, activation::identity, loss::mse};
    /// use nalgebra::dmatrix;
    /// use rand::SeedableRng;
    ///
    /// let (x, y) = (dmatrix![1.0], dmatrix![2.0]);
    /// let mut model = Dense { weight: dmatrix![0.0], bias: dmatrix![0.0], activation: identity {} };
    /// let history = Training::new(mse {}, GradientDescent::new(0.125))
    ///     .epochs(2)
    ///     .metric("largest", |predictions, _| predictions.amax())
    ///     .run(&mut model, &x, &y, &mut rand_chacha::ChaCha8Rng::seed_from_u64(42))
    ///     .unwrap();
    /// let mut table = Vec::new();
    /// history.write_csv(&mut table).unwrap();
    /// let expected = "epoch,loss,validation loss,learning rate,largest
    /// 1,4.0,,0.125,1.0
    /// 2,1.0,,0.125,1.5
    /// ";
    /// assert_eq!(String::from_utf8(table).unwrap(), expected);
    /// ```
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_csv(&self, mut out: impl io::Write) -> io::Result<()> {
        write!(out, "epoch,loss,validation loss,learning rate")?;
        for (name, _) in self.epochs.first().map_or(&[][..], |epoch| &epoch.metrics) {
            write!(out, ",{}", field(name))?;
        }
        writeln!(out)?;
        for epoch in &self.epochs {
            let validation_loss = epoch.validation_loss.map(|loss| format!("{loss:?}"));
            write!(
                out,
                "{},{:?},{},{:?}",
                epoch.number,
                epoch.loss,
                validation_loss.unwrap_or_default(),
                epoch.learning_rate
            )?;
            for (_, value) in &epoch.metrics {
                write!(out, ",{value:?}")?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    /// The metric of this name after each epoch; empty if there is none.
    pub fn metric(&self, name: &str) -> Vec<f64> {
        let values = self.epochs.iter().map(|epoch| epoch.metric(name));
        values.flatten().collect()
    }
}

/// Text as one field of a table: in quotes, which are doubled, where it would be more.
fn field(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
