//! Optimisers that give each parameter a step size of its own, by the size of its gradients.
//!
//! Every field is public; what is not to be as `new` has it is named:
//! `Adam { beta2: 0.99, ..Adam::new(0.001) }`.

use micrograd_core::Scalar;
use nalgebra::convert;

use super::memory::{Rule, optimisers};
use super::{Leaves, Memory, Optimiser, Schedule, StepError};

/// RMSProp: `v = α v + (1 - α) g²`, `p -= η g / (√v + ε)`. v is 0 at the start.
///
/// Source: `torch.optim.RMSprop`, also for the values that [`new`](RmsProp::new) takes; T. Tieleman and G. Hinton,
/// lecture 6.5 of "Neural networks for machine learning" (2012).
///
/// ```
/// use micrograd_nn::optimise::{Optimiser, RmsProp};
///
/// let mut w = 1.0_f64;
/// RmsProp::new(0.01).step(&mut w, 5.0).unwrap(); // v = 0.01 · 5²
/// assert!((w - 0.9).abs() < 1e-8);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RmsProp<S = f64> {
    /// η, a number or a [`Schedule`].
    pub learning_rate: S,
    /// α, how slowly the mean of the squares forgets.
    pub alpha: f64,
    /// ε, against division by zero.
    pub epsilon: f64,
    /// What it remembers: v.
    pub memory: Memory,
}

impl<S: Schedule> RmsProp<S> {
    /// RMSProp with α = 0.99 and ε = 10⁻⁸.
    pub fn new(learning_rate: S) -> RmsProp<S> {
        RmsProp {
            learning_rate,
            alpha: 0.99,
            epsilon: 1e-8,
            memory: Memory::default(),
        }
    }
}

impl<S> Rule for RmsProp<S> {
    const REMEMBERED: &'static [&'static str] = &["mean_square"];

    fn update<T: Scalar>(&self, rate: f64, _: i32, p: &mut [T], g: &[T], v: &mut [T]) {
        let (rate, epsilon): (T, T) = (convert(rate), convert(self.epsilon));
        let (alpha, rest): (T, T) = (convert(self.alpha), convert(1.0 - self.alpha));
        for ((p, g), v) in p.iter_mut().zip(g).zip(v) {
            *v = alpha * *v + rest * *g * *g;
            *p -= rate * *g / (v.sqrt() + epsilon);
        }
    }
}

/// Adam: running means of the gradient and of its square, corrected for their start at 0.
///
/// Step t, from 1: `m = β₁ m + (1 - β₁) g`, `v = β₂ v + (1 - β₂) g²`,
/// `p -= η (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)`.
///
/// Source: algorithm 1 of D. Kingma and J. Ba, "Adam: a method for stochastic optimization" (2015);
/// `torch.optim.Adam`, also for the values that [`new`](Adam::new) takes.
///
/// ```
/// use micrograd_nn::optimise::{Adam, Optimiser};
///
/// let mut w = (1.0_f64, 1.0_f64);
/// Adam::new(0.01).step(&mut w, (5.0, -0.001)).unwrap(); // first, η against the sign of each
/// assert!((w.0 - 0.99).abs() < 1e-6 && (w.1 - 1.01).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Adam<S = f64> {
    /// η, a number or a [`Schedule`]; often 0.001.
    pub learning_rate: S,
    /// β₁, how slowly the mean of the gradients forgets.
    pub beta1: f64,
    /// β₂, how slowly the mean of their squares forgets.
    pub beta2: f64,
    /// ε, against division by zero.
    pub epsilon: f64,
    /// What it remembers: m and v.
    pub memory: Memory,
}

impl<S: Schedule> Adam<S> {
    /// Adam with β₁ = 0.9, β₂ = 0.999 and ε = 10⁻⁸.
    pub fn new(learning_rate: S) -> Adam<S> {
        Adam {
            learning_rate,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            memory: Memory::default(),
        }
    }
}

impl<S> Rule for Adam<S> {
    const REMEMBERED: &'static [&'static str] = &["mean", "mean_square"];

    fn update<T: Scalar>(&self, rate: f64, count: i32, p: &mut [T], g: &[T], mv: &mut [T]) {
        let step_size: T = convert(rate / (1.0 - self.beta1.powi(count)));
        let correction: T = convert((1.0 - self.beta2.powi(count)).sqrt().recip());
        let (beta1, rest1): (T, T) = (convert(self.beta1), convert(1.0 - self.beta1));
        let (beta2, rest2): (T, T) = (convert(self.beta2), convert(1.0 - self.beta2));
        let epsilon: T = convert(self.epsilon);
        let (m, v) = mv.split_at_mut(p.len());
        for (((p, g), m), v) in p.iter_mut().zip(g).zip(m).zip(v) {
            *m = beta1 * *m + rest1 * *g;
            *v = beta2 * *v + rest2 * *g * *g;
            *p -= step_size * *m / (v.sqrt() * correction + epsilon);
        }
    }
}

/// Adam with weight decay that is not part of the gradient: `p -= η λ p`, then the step of [`Adam`].
///
/// All parameters decay, biases too.
///
/// Source: algorithm 2 of I. Loshchilov and F. Hutter, "Decoupled weight decay regularization"
/// (2019); `torch.optim.AdamW`, also for the values that [`new`](AdamW::new) takes.
///
/// ```
/// use micrograd_nn::optimise::{AdamW, Optimiser};
///
/// let mut w = 1.0;
/// let mut optimiser = AdamW { weight_decay: 0.5, ..AdamW::new(0.125) };
/// optimiser.step(&mut w, 0.0).unwrap();
/// assert_eq!(w, 1.0 - 0.125 * 0.5);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AdamW<S = f64> {
    /// η, a number or a [`Schedule`]; often 0.001.
    pub learning_rate: S,
    /// β₁, how slowly the mean of the gradients forgets.
    pub beta1: f64,
    /// β₂, how slowly the mean of their squares forgets.
    pub beta2: f64,
    /// ε, against division by zero.
    pub epsilon: f64,
    /// λ, how fast the parameters decay.
    pub weight_decay: f64,
    /// What it remembers: m and v.
    pub memory: Memory,
}

impl<S: Schedule> AdamW<S> {
    /// AdamW with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸ and λ = 0.01.
    pub fn new(learning_rate: S) -> AdamW<S> {
        AdamW {
            learning_rate,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.01,
            memory: Memory::default(),
        }
    }
}

impl<S> Rule for AdamW<S> {
    const REMEMBERED: &'static [&'static str] = &["mean", "mean_square"];

    fn update<T: Scalar>(&self, rate: f64, count: i32, p: &mut [T], g: &[T], mv: &mut [T]) {
        let kept: T = convert(1.0 - rate * self.weight_decay);
        for p in p.iter_mut() {
            *p *= kept;
        }
        let adam = Adam {
            learning_rate: (),
            beta1: self.beta1,
            beta2: self.beta2,
            epsilon: self.epsilon,
            memory: Memory::default(),
        };
        adam.update(rate, count, p, g, mv);
    }
}

optimisers!(RmsProp, Adam, AdamW);
