//! Learning rates that change from step to step.
//!
//! A step is one update of the parameters, one mini-batch; they are counted from 0.

use std::f64::consts::PI;

/// The learning rate of each step. A number is the constant one, a closure any other.
///
/// ```
/// use micrograd_nn::optimise::{Schedule, StepDecay};
///
/// // A tenth after every 30 epochs of 100 batches, after a warm-up.
/// let rate = StepDecay { initial: 0.1, factor: 0.1, every: 30 * 100 }.warm_up(99);
/// assert_eq!([0, 49, 99, 3098].map(|step| rate.at(step)), [0.001, 0.05, 0.1, 0.1]);
/// assert!((rate.at(3099) - 0.01).abs() < 1e-15);
///
/// assert_eq!(0.5.at(1000), 0.5);
/// assert_eq!((|step: usize| 1.0 / (1.0 + step as f64)).at(1), 0.5);
/// ```
pub trait Schedule {
    /// The learning rate after `step` steps.
    fn at(&self, step: usize) -> f64;

    /// A linear rise to this schedule's start: see [`WarmUp`].
    fn warm_up(self, steps: usize) -> WarmUp<Self>
    where
        Self: Sized,
    {
        WarmUp { steps, then: self }
    }

    /// This schedule for `steps` steps, then another from its start: see [`Until`].
    fn until<S: Schedule>(self, steps: usize, then: S) -> Until<Self, S>
    where
        Self: Sized,
    {
        Until {
            first: self,
            steps,
            then,
        }
    }
}

/// The same at every step.
impl Schedule for f64 {
    fn at(&self, _: usize) -> f64 {
        *self
    }
}

/// What the function says.
impl<F: Fn(usize) -> f64> Schedule for F {
    fn at(&self, step: usize) -> f64 {
        self(step)
    }
}

/// `initial · factorᵏ` after k times `every` steps.
///
/// Source: `torch.optim.lr_scheduler.StepLR`.
///
/// ```
/// use micrograd_nn::optimise::{Schedule, StepDecay};
///
/// let rate = StepDecay { initial: 1.0, factor: 0.5, every: 10 };
/// assert_eq!([0, 9, 10, 20].map(|step| rate.at(step)), [1.0, 1.0, 0.5, 0.25]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepDecay {
    /// The rate at the start.
    pub initial: f64,
    /// What the rate is multiplied with.
    pub factor: f64,
    /// After how many steps each time; 0 counts as 1.
    pub every: usize,
}

impl Schedule for StepDecay {
    fn at(&self, step: usize) -> f64 {
        self.initial * self.factor.powf((step / self.every.max(1)) as f64)
    }
}

/// Half a cosine from `initial` down to `last`, which it reaches after `steps` steps and keeps.
///
/// Source: equation 5 of I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm
/// restarts" (2017), without restarts; `torch.optim.lr_scheduler.CosineAnnealingLR`.
///
/// ```
/// use micrograd_nn::optimise::{Cosine, Schedule};
///
/// let rate = Cosine { initial: 1.0, last: 0.5, steps: 100 };
/// assert_eq!([0, 50, 100, 1000].map(|step| rate.at(step)), [1.0, 0.75, 0.5, 0.5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cosine {
    /// The rate at the start.
    pub initial: f64,
    /// The rate at the end, often 0.
    pub last: f64,
    /// How many steps it takes.
    pub steps: usize,
}

impl Schedule for Cosine {
    fn at(&self, step: usize) -> f64 {
        if step >= self.steps {
            return self.last;
        }
        let turn = PI * step as f64 / self.steps as f64;
        self.last + (self.initial - self.last) * (1.0 + turn.cos()) / 2.0
    }
}

/// A linear rise to the start of a schedule, which then follows.
///
/// Of n warm-up steps, number k (from 0) has (k + 1) / (n + 1) of that rate, so that no step is
/// without effect.
///
/// Source: section 2.2 of P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1
/// hour" (2017); `torch.optim.lr_scheduler.LinearLR` with a `start_factor` of 1 / (n + 1).
///
/// ```
/// use micrograd_nn::optimise::Schedule;
///
/// let rate = 1.0_f64.warm_up(3);
/// assert_eq!([0, 1, 2, 3, 4].map(|step| rate.at(step)), [0.25, 0.5, 0.75, 1.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUp<S> {
    /// How many steps the rise takes.
    pub steps: usize,
    /// What follows.
    pub then: S,
}

impl<S: Schedule> Schedule for WarmUp<S> {
    fn at(&self, step: usize) -> f64 {
        match step.checked_sub(self.steps) {
            Some(step) => self.then.at(step),
            None => self.then.at(0) * (step + 1) as f64 / (self.steps + 1) as f64,
        }
    }
}

/// One schedule for a number of steps, then another from its start.
///
/// Source: `torch.optim.lr_scheduler.SequentialLR`.
///
/// ```
/// use micrograd_nn::optimise::Schedule;
///
/// let rate = 1.0_f64.until(2, 0.5).until(3, 0.1);
/// assert_eq!([0, 1, 2, 3, 4].map(|step| rate.at(step)), [1.0, 1.0, 0.5, 0.1, 0.1]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Until<A, B> {
    /// What comes first.
    pub first: A,
    /// How many steps it has.
    pub steps: usize,
    /// What follows.
    pub then: B,
}

impl<A: Schedule, B: Schedule> Schedule for Until<A, B> {
    fn at(&self, step: usize) -> f64 {
        match step.checked_sub(self.steps) {
            Some(step) => self.then.at(step),
            None => self.first.at(step),
        }
    }
}
