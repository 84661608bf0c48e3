//! Neural networks whose every backward pass is derived by `#[differentiable]`.
//!
//! Columns are samples: data is features × samples, scores and targets are classes × samples.
//!
//! ```
//! use micrograd_nn::activation::{identity, relu};
//! use micrograd_nn::loss::logit_cross_entropy;
//! use micrograd_nn::{Chain, Dense, accuracy, gradient_descent, make_moons, onehot};
//! use rand::SeedableRng;
//!
//! let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
//! let (x, labels) = make_moons(200, 0.1, rng);
//! let y = onehot(&labels, 2).unwrap();
//!
//! let mut model = Chain((
//!     Dense::new(2, 16, relu {}, rng),
//!     Dense::new(16, 16, relu {}, rng),
//!     Dense::new(16, 2, identity {}, rng),
//! ));
//! let history = gradient_descent(&mut model, logit_cross_entropy {}, &x, &y, 0.9, 200);
//! assert!(history[199] < 0.05);
//! assert!(accuracy(&model.forward(&x), &labels) >= 0.99);
//! ```
//!
//! # What there is
//!
//! | | |
//! | --- | --- |
//! | layers | [`Dense`], [`Dropout`], [`LayerNorm`], [`SkipConnection`]; [`Chain`](struct@Chain) puts them one after the other |
//! | cells of sequences | [`Rnn`], [`Lstm`]: see [`recurrent`] |
//! | activations | [`activation`]: `relu {}`, `gelu {}`, `LeakyRelu { slope: 0.2 }` and others, and [`Activation`], chosen by name |
//! | losses | [`loss`]: `mse {}`, `logit_cross_entropy {}`, `Huber { delta: 2.0 }` and others |
//! | initial values | [`init`]: [`glorot_uniform`], [`kaiming_normal`] and others |
//! | optimisers | [`optimise`]: [`Adam`], [`Momentum`] and others, schedules, clipping |
//! | training | [`Training`]: mini-batches, validation, early stopping; [`train`] also shows an open loop |
//! | saving | `checkpoint`, with the feature `safetensors`: models, and trainings that go on later |
//! | printing | `{}` prints a model as one line, `{:#}` as a table; [`summary`](summary()) lists its arrays |
//!
//! # A layer of one's own
//!
//! It is a struct with a differentiable `forward`, and no less than those of this crate: it stands
//! in chains, is trained, printed and saved.
//!
//! ```
//! use micrograd_core::{Differentiable, Scalar, broadcast, differentiable};
//! use micrograd_nn::{Chain, Dense, Layer, activation::{sigmoid, tanh}};
//! use nalgebra::DMatrix;
//! # use rand::SeedableRng;
//!
//! /// A gate decides for each value whether it is changed.
//! #[derive(Clone, Differentiable)]
//! struct Highway<T: Scalar> {
//!     change: Dense<tanh, T>,
//!     gate: Dense<sigmoid, T>,
//! }
//!
//! #[differentiable]
//! impl<T: Scalar> Layer<T> for Highway<T> {
//!     fn forward(&self, x: &DMatrix<T>) -> DMatrix<T> {
//!         let (change, gate) = (self.change.forward(x), self.gate.forward(x));
//!         broadcast!(x .+ gate .* (change .- x))
//!     }
//! }
//!
//! # let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
//! let highway = Highway { change: Dense::new(4, 4, tanh {}, rng), gate: Dense::new(4, 4, sigmoid {}, rng) };
//! let model = Chain((highway, Dense::new(4, 1, tanh {}, rng)));
//! let x = DMatrix::<f32>::zeros(4, 10);
//! let (y, back) = model.pullback_forward(&x);
//! assert_eq!(back(y).0.layers.0.gate.weight.shape(), (4, 4));
//! ```
//!
//! # The guide
//!
//! The chapters in `docs`, beside the crates, go through it step by step: `write-a-layer.md` from an activation to
//! layers made of layers, `train-and-save.md` from a table to a file with the trained model, and
//! `differentiate-a-function.md` what a backward pass is.
//!
//! # Features
//!
//! None is on by default, and each brings the packages that it is named after.
//!
//! - `safetensors`: saving and loading models and trainings, `checkpoint`.
//! - `rayon`: gradients of parts of a batch at the same time, `train::Parallel`.
//! - `progress`: a progress bar, `Training::progress`.
//! - `csv`: data read from tables, [`data`].
//! - `ctrlc`: a training that Ctrl-C ends early, `train::on_ctrl_c`.

pub mod activation;
pub mod chain;
#[cfg(feature = "safetensors")]
pub mod checkpoint;
pub mod data;
pub mod dense;
pub mod dropout;
pub mod init;
pub mod layer;
pub mod layer_norm;
pub mod loss;
pub mod mode;
pub mod optimise;
pub mod recurrent;
pub mod skip_connection;
pub mod summary;
mod table;
pub mod train;

pub use activation::Activation;
pub use chain::{Chain, ChainTangent};
pub use data::{
    ConfusionMatrix, LabelError, Scaling, ScalingError, Split, SplitError, accuracy, make_blobs,
    make_circles, make_moons, onecold, onehot, random_centres,
};
#[cfg(feature = "csv")]
pub use data::{CsvError, Table};
pub use dense::{Dense, DenseTangent};
pub use dropout::{Dropout, DropoutTangent};
pub use init::{glorot_normal, glorot_uniform, kaiming_normal, kaiming_uniform, orthogonal, zeros};
pub use layer::Layer;
pub use layer_norm::{LayerNorm, LayerNormTangent};
pub use loss::Loss;
pub use mode::{Seed, test_mode, train_mode};
pub use optimise::{Adam, AdamW, GradientDescent, Momentum, Nesterov, Optimiser, RmsProp};
pub use optimise::{Schedule, descend, minimise, minimise_with};
pub use recurrent::{Lstm, LstmState, LstmStateTangent, LstmTangent, Rnn, RnnTangent};
pub use skip_connection::{SkipConnection, SkipConnectionTangent};
pub use summary::{Parameter, Summary, num_parameters, parameters, summary};
pub use train::{Training, gradient_descent, gradient_descent_with, objective, pullback_objective};

/// The README's examples run as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct ReadmeDoctests;

/// The chapters of the guide run as documentation tests too, each with the features that it shows.
#[cfg(doctest)]
mod guide {
    #[doc = include_str!("../../docs/differentiate-a-function.md")]
    pub struct DifferentiateAFunction;
    #[doc = include_str!("../../docs/write-a-rule.md")]
    pub struct WriteARule;
    #[doc = include_str!("../../docs/write-a-layer.md")]
    pub struct WriteALayer;
    #[cfg(all(feature = "csv", feature = "safetensors"))]
    #[doc = include_str!("../../docs/train-and-save.md")]
    pub struct TrainAndSave;
    #[doc = include_str!("../../docs/what-the-macro-wrote.md")]
    pub struct WhatTheMacroWrote;
}
