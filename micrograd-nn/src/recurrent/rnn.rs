//! The recurrent cell with one matrix of state.

use std::fmt;

use micrograd_core::{Differentiable, Function, Scalar, broadcast, differentiable};
use nalgebra::DMatrix;
use rand::Rng;
use rand::distr::Distribution;
use rand::distr::uniform::SampleUniform;
use rand_distr::StandardNormal;

use crate::activation::tanh;
use crate::{glorot_uniform, orthogonal, zeros};

/// `hₜ = activation(W xₜ + U hₜ₋₁ .+ b)`, the Elman network.
///
/// Source: J. Elman, "Finding structure in time" (1990).
///
/// ```
/// use micrograd_nn::{Rnn, activation::identity};
/// use nalgebra::dmatrix;
///
/// // hₜ = xₜ + ½ hₜ₋₁
/// let cell = Rnn {
///     input_weight: dmatrix![1.0],
///     hidden_weight: dmatrix![0.5],
///     bias: dmatrix![0.0],
///     activation: identity {},
/// };
/// let states = cell.forward(&[dmatrix![4.0], dmatrix![0.0], dmatrix![1.0]]);
/// assert_eq!(states, [dmatrix![4.0], dmatrix![2.0], dmatrix![2.0]]);
/// ```
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Rnn<F = tanh, T: Scalar = f64> {
    /// W: hidden × inputs.
    pub input_weight: DMatrix<T>,
    /// U: hidden × hidden.
    pub hidden_weight: DMatrix<T>,
    /// b: hidden × 1.
    pub bias: DMatrix<T>,
    /// A function of the whole matrix, such as `tanh {}`.
    pub activation: F,
}

impl<F, T: Scalar> Rnn<F, T> {
    /// A cell with a [`glorot_uniform`] weight of the inputs, an [`orthogonal`] one of the state, and
    /// a bias of zeros.
    pub fn new<R>(inputs: usize, hidden: usize, activation: F, rng: &mut R) -> Self
    where
        T: SampleUniform,
        StandardNormal: Distribution<T>,
        R: Rng + ?Sized,
    {
        Rnn {
            input_weight: glorot_uniform(hidden, inputs, rng),
            hidden_weight: orthogonal(hidden, hidden, rng),
            bias: zeros(hidden, 1),
            activation,
        }
    }
}

#[differentiable]
impl<F, T> Rnn<F, T>
where
    F: Function<DMatrix<T>, Output = DMatrix<T>>,
    T: Scalar,
{
    /// The state before the first step, zeros: hidden × samples.
    pub fn initial_state(&self, samples: usize) -> DMatrix<T> {
        DMatrix::zeros(self.bias.nrows(), samples)
    }

    /// The next state, hidden × samples, from the input, inputs × samples, and the state.
    ///
    /// # Panics
    /// If the shapes do not fit the cell, or input and state have not as many samples.
    pub fn step(&self, x: &DMatrix<T>, state: &DMatrix<T>) -> DMatrix<T> {
        assert!(
            x.nrows() == self.input_weight.ncols(),
            "Rnn({} => {}) was given samples of {} features",
            self.input_weight.ncols(),
            self.input_weight.nrows(),
            x.nrows()
        );
        assert!(
            state.nrows() == self.hidden_weight.ncols() && state.ncols() == x.ncols(),
            "Rnn({} => {}): for {} samples the state is {}×{}, it was given one of {}×{}",
            self.input_weight.ncols(),
            self.input_weight.nrows(),
            x.ncols(),
            self.hidden_weight.ncols(),
            x.ncols(),
            state.nrows(),
            state.ncols()
        );
        let recurrent = &self.hidden_weight * state;
        self.activation
            .call(broadcast!(&self.input_weight * x .+ recurrent .+ &self.bias))
    }

    /// The states, hidden × samples, after each input of a sequence, inputs × samples, from the state of zeros;
    /// none for an empty sequence.
    ///
    /// # Panics
    /// As [`step`](Rnn::step).
    pub fn forward(&self, sequence: &[DMatrix<T>]) -> Vec<DMatrix<T>> {
        let mut states = Vec::new();
        if sequence.is_empty() {
            return states;
        }
        let mut state = self.initial_state(sequence[0].ncols());
        for x in sequence {
            state = self.step(x, &state);
            states.push(state.clone());
        }
        states
    }
}

/// `Rnn(2 => 8, tanh)`
impl<F: fmt::Debug, T: Scalar> fmt::Display for Rnn<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hidden, inputs) = self.input_weight.shape();
        write!(f, "Rnn({inputs} => {hidden}, {:?})", self.activation)
    }
}
