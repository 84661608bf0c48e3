//! The recurrent cell with a memory and gates.

use std::fmt;

use micrograd_core::{Differentiable, Scalar, broadcast, differentiable};
use nalgebra::DMatrix;
use rand::Rng;
use rand::distr::Distribution;
use rand::distr::uniform::SampleUniform;
use rand_distr::StandardNormal;

use crate::activation::{sigmoid, tanh};
use crate::{glorot_uniform, orthogonal, zeros};

/// The long short-term memory: gates decide what of the cell `c` is kept, added and shown.
///
/// With `z = W xₜ + U hₜ₋₁ .+ b`, cut into four parts of as many rows, in this order:
/// the gates `i = sigmoid(z₁)` (input) and `f = sigmoid(z₂)` (forget), the candidate `g = tanh(z₃)`,
/// and the gate `o = sigmoid(z₄)` (output). Then `cₜ = f ∘ cₜ₋₁ + i ∘ g` and `hₜ = o ∘ tanh(cₜ)`.
///
/// Source: S. Hochreiter and J. Schmidhuber, "Long short-term memory" (1997), with the forget gate
/// of F. Gers, J. Schmidhuber and F. Cummins, "Learning to forget" (2000).
///
/// ```
/// use micrograd_nn::Lstm;
/// use nalgebra::DMatrix;
/// use rand::SeedableRng;
///
/// let cell = Lstm::<f64>::new(2, 8, &mut rand_chacha::ChaCha8Rng::seed_from_u64(42));
/// let sequence = vec![DMatrix::from_element(2, 5, 1.0); 10];
/// let hidden = cell.forward(&sequence);
/// assert_eq!((hidden.len(), hidden[9].shape()), (10, (8, 5)));
/// ```
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Lstm<T: Scalar = f64> {
    /// W: 4 hidden × inputs.
    pub input_weight: DMatrix<T>,
    /// U: 4 hidden × hidden.
    pub hidden_weight: DMatrix<T>,
    /// b: 4 hidden × 1.
    pub bias: DMatrix<T>,
}

/// What an [`Lstm`] hands from one time to the next.
///
/// ```
/// use micrograd_nn::Lstm;
/// use rand::SeedableRng;
///
/// let lstm = Lstm::<f64>::new(2, 8, &mut rand_chacha::ChaCha8Rng::seed_from_u64(42));
/// let state = lstm.initial_state(10);
/// assert_eq!((state.hidden.shape(), state.cell.shape()), ((8, 10), (8, 10)));
/// ```
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct LstmState<T: Scalar = f64> {
    /// h, the output: hidden × samples.
    pub hidden: DMatrix<T>,
    /// c, the memory: hidden × samples.
    pub cell: DMatrix<T>,
}

impl<T: Scalar> Lstm<T> {
    /// A cell with a [`glorot_uniform`] weight of the inputs, an [`orthogonal`] one of the state, and
    /// a bias of zeros, but of ones for the forget gate: the memory is kept until the cell learns
    /// what to forget.
    ///
    /// Source of the ones: R. Jozefowicz, W. Zaremba and I. Sutskever, "An empirical exploration of
    /// recurrent network architectures" (2015), section 2.2.
    pub fn new<R>(inputs: usize, hidden: usize, rng: &mut R) -> Self
    where
        T: SampleUniform,
        StandardNormal: Distribution<T>,
        R: Rng + ?Sized,
    {
        let mut bias = zeros(4 * hidden, 1);
        bias.rows_mut(hidden, hidden).fill(T::one());
        Lstm {
            input_weight: glorot_uniform(4 * hidden, inputs, rng),
            hidden_weight: orthogonal(4 * hidden, hidden, rng),
            bias,
        }
    }
}

#[differentiable]
impl<T: Scalar> Lstm<T> {
    /// The state before the first step, zeros: both hidden × samples.
    pub fn initial_state(&self, samples: usize) -> LstmState<T> {
        let zeros = DMatrix::zeros(self.hidden_weight.ncols(), samples);
        LstmState {
            hidden: zeros.clone(),
            cell: zeros,
        }
    }

    /// The next state from the input, inputs × samples, and the state, hidden × samples.
    ///
    /// # Panics
    /// If the shapes do not fit the cell, or input and state have not as many samples.
    pub fn step(&self, x: &DMatrix<T>, state: &LstmState<T>) -> LstmState<T> {
        let n = self.hidden_weight.ncols();
        assert!(
            x.nrows() == self.input_weight.ncols(),
            "Lstm({} => {n}) was given samples of {} features",
            self.input_weight.ncols(),
            x.nrows()
        );
        assert!(
            state.hidden.shape() == (n, x.ncols()) && state.cell.shape() == (n, x.ncols()),
            "Lstm({} => {n}): for {} samples hidden and cell are {n}×{}, it was given {}×{} and {}×{}",
            self.input_weight.ncols(),
            x.ncols(),
            x.ncols(),
            state.hidden.nrows(),
            state.hidden.ncols(),
            state.cell.nrows(),
            state.cell.ncols()
        );
        let recurrent = &self.hidden_weight * &state.hidden;
        let z = broadcast!(&self.input_weight * x .+ recurrent .+ &self.bias);
        let input = sigmoid(z.rows(0, n).into_owned());
        let forget = sigmoid(z.rows(n, n).into_owned());
        let candidate = tanh(z.rows(2 * n, n).into_owned());
        let output = sigmoid(z.rows(3 * n, n).into_owned());
        let cell = broadcast!(forget .* &state.cell .+ input .* candidate);
        let hidden = output.component_mul(&tanh(cell.clone()));
        LstmState { hidden, cell }
    }

    /// The outputs h, hidden × samples, after each input of a sequence, inputs × samples, from the state of
    /// zeros; none for an empty sequence.
    ///
    /// # Panics
    /// As [`step`](Lstm::step).
    pub fn forward(&self, sequence: &[DMatrix<T>]) -> Vec<DMatrix<T>> {
        let mut outputs = Vec::new();
        if sequence.is_empty() {
            return outputs;
        }
        let mut state = self.initial_state(sequence[0].ncols());
        for x in sequence {
            state = self.step(x, &state);
            outputs.push(state.hidden.clone());
        }
        outputs
    }
}

/// `Lstm(2 => 8)`
impl<T: Scalar> fmt::Display for Lstm<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hidden, inputs) = (self.hidden_weight.ncols(), self.input_weight.ncols());
        write!(f, "Lstm({inputs} => {hidden})")
    }
}
