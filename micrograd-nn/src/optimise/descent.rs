//! Gradient descent, also with momentum.

use micrograd_core::Scalar;
use nalgebra::convert;

use super::memory::{Rule, optimisers};
use super::{Leaves, Memory, Optimiser, Schedule, StepError};

/// Gradient descent: `p -= η g`.
///
/// ```
/// use micrograd_nn::optimise::{GradientDescent, Optimiser};
///
/// let mut w = vec![1.0, 2.0];
/// GradientDescent::new(0.5).step(&mut w, vec![2.0, -2.0]).unwrap();
/// assert_eq!(w, [0.0, 3.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GradientDescent<S = f64> {
    /// η, a number or a [`Schedule`].
    pub learning_rate: S,
    /// What it remembers: the number of steps.
    pub memory: Memory,
}

impl<S: Schedule> GradientDescent<S> {
    /// Gradient descent with this learning rate.
    pub fn new(learning_rate: S) -> GradientDescent<S> {
        GradientDescent {
            learning_rate,
            memory: Memory::default(),
        }
    }
}

impl<S> Rule for GradientDescent<S> {
    const REMEMBERED: &'static [&'static str] = &[];

    fn update<T: Scalar>(&self, rate: f64, _: i32, p: &mut [T], g: &[T], _: &mut [T]) {
        let rate: T = convert(rate);
        for (p, g) in p.iter_mut().zip(g) {
            *p -= rate * *g;
        }
    }
}

/// Gradient descent with momentum: `b = μ b + g`, `p -= η b`. b is 0 at the start.
///
/// Source: `torch.optim.SGD` with `momentum`; B. Polyak, "Some methods of speeding up the
/// convergence of iteration methods" (1964).
///
/// ```
/// use micrograd_nn::optimise::{Momentum, Optimiser};
///
/// let mut w = 10.0;
/// let mut optimiser = Momentum::new(1.0, 0.5);
/// optimiser.step(&mut w, 2.0).unwrap(); // b = 2
/// optimiser.step(&mut w, 1.0).unwrap(); // b = 0.5 · 2 + 1
/// assert_eq!(w, 6.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Momentum<S = f64> {
    /// η, a number or a [`Schedule`].
    pub learning_rate: S,
    /// μ, from 0 to 1; often 0.9.
    pub momentum: f64,
    /// What it remembers: b.
    pub memory: Memory,
}

impl<S: Schedule> Momentum<S> {
    /// Gradient descent with this learning rate and momentum.
    pub fn new(learning_rate: S, momentum: f64) -> Momentum<S> {
        Momentum {
            learning_rate,
            momentum,
            memory: Memory::default(),
        }
    }
}

impl<S> Rule for Momentum<S> {
    const REMEMBERED: &'static [&'static str] = &["momentum"];

    fn update<T: Scalar>(&self, rate: f64, _: i32, p: &mut [T], g: &[T], b: &mut [T]) {
        let (rate, momentum): (T, T) = (convert(rate), convert(self.momentum));
        for ((p, g), b) in p.iter_mut().zip(g).zip(b) {
            *b = momentum * *b + *g;
            *p -= rate * *b;
        }
    }
}

/// Nesterov's momentum: `b = μ b + g`, `p -= η (g + μ b)`. b is 0 at the start.
///
/// Source: `torch.optim.SGD` with `nesterov=True`; the form is that of I. Sutskever et al., "On the
/// importance of initialization and momentum in deep learning" (2013).
///
/// ```
/// use micrograd_nn::optimise::{Nesterov, Optimiser};
///
/// let mut w = 10.0;
/// let mut optimiser = Nesterov::new(1.0, 0.5);
/// optimiser.step(&mut w, 2.0).unwrap(); // b = 2, w -= 2 + 0.5 · 2
/// optimiser.step(&mut w, 1.0).unwrap(); // b = 2, w -= 1 + 0.5 · 2
/// assert_eq!(w, 5.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Nesterov<S = f64> {
    /// η, a number or a [`Schedule`].
    pub learning_rate: S,
    /// μ, from 0 to 1; often 0.9.
    pub momentum: f64,
    /// What it remembers: b.
    pub memory: Memory,
}

impl<S: Schedule> Nesterov<S> {
    /// Nesterov's method with this learning rate and momentum.
    pub fn new(learning_rate: S, momentum: f64) -> Nesterov<S> {
        Nesterov {
            learning_rate,
            momentum,
            memory: Memory::default(),
        }
    }
}

impl<S> Rule for Nesterov<S> {
    const REMEMBERED: &'static [&'static str] = &["momentum"];

    fn update<T: Scalar>(&self, rate: f64, _: i32, p: &mut [T], g: &[T], b: &mut [T]) {
        let (rate, momentum): (T, T) = (convert(rate), convert(self.momentum));
        for ((p, g), b) in p.iter_mut().zip(g).zip(b) {
            *b = momentum * *b + *g;
            *p -= rate * (*g + momentum * *b);
        }
    }
}

optimisers!(GradientDescent, Momentum, Nesterov);
