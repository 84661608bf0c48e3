//! Saving and loading models and trainings, with the feature `safetensors`.
//!
//! The format is [safetensors](https://github.com/huggingface/safetensors), which Python reads with
//! `safetensors.torch.load_file` or `safetensors.numpy.load_file`. Names are those of the traversal,
//! such as `layers.0.weight`; see [`parameters`](crate::parameters()).
//!
//! Shapes are those that a user of PyTorch expects:
//!
//! | in the model | in the file |
//! | --- | --- |
//! | a number | `[]` |
//! | a sequence of n numbers | `[n]` |
//! | a matrix | `[rows, columns]`, a weight is `[outputs, inputs]` as in `torch.nn.Linear` |
//! | a matrix of one column, n×1, such as a bias; not if its name ends with `weight` | `[n]` |
//!
//! Loading takes `[n]` and `[n, 1]` for a matrix of one column, whatever its name. Numbers are
//! little-endian and matrices row by row, as the format has it. What is not a parameter, such as an
//! activation, is not in the file: the program makes the model, the file fills it.
//!
//! ```
//! use micrograd_nn::{Dense, activation::tanh, checkpoint};
//! use rand::SeedableRng;
//!
//! let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
//! let path = std::env::temp_dir().join("micrograd-checkpoint-example.safetensors");
//! let model: Dense<tanh> = Dense::new(2, 16, tanh {}, rng);
//! checkpoint::save(&model, &path)?;
//!
//! let mut other: Dense<tanh> = Dense::new(2, 16, tanh {}, rng);
//! checkpoint::load(&mut other, &path)?;
//! assert_eq!(other, model);
//!
//! let mut wider: Dense<tanh> = Dense::new(2, 32, tanh {}, rng);
//! let error = checkpoint::load(&mut wider, &path).unwrap_err().to_string();
//! assert!(error.ends_with("bias is [16], this model needs [32]"));
//! # Ok::<(), checkpoint::CheckpointError>(())
//! ```
//!
//! A training that is to go on later needs what the optimiser remembers as well: [`save_training`]
//! writes both into one file, the parameters as `model.layers.0.weight`, and beside them
//! `optimiser.steps` and arrays such as `optimiser.mean.layers.0.weight`, in the shapes of the
//! parameters.

use std::fs;
use std::path::Path;

use micrograd_core::Parameters;

mod bytes;
pub mod error;
mod training;
mod write;

pub use bytes::{from_bytes, to_bytes};
pub use error::{CheckpointError, Mismatch};
pub use training::{load_training, save_training, training_from_bytes, training_to_bytes};

/// Writes the parameters of a model into a file, in place of one that is there.
///
/// The file is written under another name in the same folder and then renamed, so that whoever
/// reads `path` gets the old file or the new one, complete. The traversal is a mutable one,
/// therefore it visits a clone.
///
/// # Errors
/// If the file cannot be written; an old one is then as it was. If two parameters have the same
/// name.
pub fn save<M: Parameters + Clone>(
    model: &M,
    path: impl AsRef<Path>,
) -> Result<(), CheckpointError> {
    write(path.as_ref(), &to_bytes(model)?)
}

/// Reads the parameters of a model from a file.
///
/// # Errors
/// If the file cannot be read, is no safetensors file, or has not exactly the parameters of the
/// model, with their shapes and types; the error lists all that differ. The model is then as it was.
pub fn load<M: Parameters>(model: &mut M, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
    read(path.as_ref(), |bytes| from_bytes(model, bytes))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CheckpointError> {
    write::atomically(path, bytes).map_err(|error| CheckpointError::Write {
        path: path.to_owned(),
        error,
    })
}

/// Hands over what is in a file.
fn read(
    path: &Path,
    take: impl FnOnce(&[u8]) -> Result<(), CheckpointError>,
) -> Result<(), CheckpointError> {
    let bytes = fs::read(path).map_err(|error| CheckpointError::Read {
        path: path.to_owned(),
        error,
    })?;
    take(&bytes).map_err(|error| CheckpointError::In {
        path: path.to_owned(),
        error: Box::new(error),
    })
}
