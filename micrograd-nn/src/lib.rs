//! Neural networks whose every backward pass is derived by `#[differentiable]`.
//!
//! Columns are samples: data is features × samples, scores and targets are classes × samples.

pub mod data;
pub mod init;
pub mod optimise;
pub mod summary;

pub use data::{LabelError, accuracy, make_moons, onecold, onehot};
pub use init::{glorot_uniform, zeros};
pub use optimise::{descend, minimise, minimise_with};
pub use summary::{Parameter, Summary, num_parameters, parameters, summary};
