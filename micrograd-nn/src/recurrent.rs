//! Recurrent cells: one step of a sequence at a time, with a state that is handed on.
//!
//! A sequence is a slice of matrices, one for each time, and each of them features × samples: the
//! samples of a batch have the same length. The way through time is an ordinary loop, written in
//! [`Rnn::forward`] and [`Lstm::forward`] or by the user, and the macro differentiates it
//! ("backpropagation through time").
//!
//! ```
//! use micrograd_core::{Differentiable, differentiable};
//! use micrograd_nn::activation::{identity, tanh};
//! use micrograd_nn::{Dense, Layer, Rnn};
//! use nalgebra::DMatrix;
//! use rand::SeedableRng;
//!
//! /// Reads a sequence, then answers from the last state.
//! #[derive(Clone, Differentiable)]
//! struct Reader {
//!     cell: Rnn<tanh>,
//!     answer: Dense<identity>,
//! }
//!
//! impl Reader {
//!     #[differentiable]
//!     fn read(&self, sequence: &[DMatrix<f64>]) -> DMatrix<f64> {
//!         let mut state = self.cell.initial_state(sequence[0].ncols());
//!         for x in sequence {
//!             state = self.cell.step(x, &state);
//!         }
//!         self.answer.forward(&state)
//!     }
//! }
//!
//! let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
//! let reader = Reader {
//!     cell: Rnn::new(2, 8, tanh {}, rng),
//!     answer: Dense::new(8, 1, identity {}, rng),
//! };
//! let sequence = vec![DMatrix::from_element(2, 5, 0.5); 10];
//! let (y, back) = reader.pullback_read(&sequence);
//! assert_eq!(y.shape(), (1, 5));
//! let (reader, sequence) = back(y);
//! assert_eq!(reader.cell.hidden_weight.shape(), (8, 8));
//! assert_eq!(sequence.len(), 10);
//! ```

mod lstm;
mod rnn;

pub use lstm::{Lstm, LstmState, LstmStateTangent, LstmTangent};
pub use rnn::{Rnn, RnnTangent};
