//! Why a model was not saved or loaded.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::optimise::StepError;

/// Why a model was not saved or loaded.
/// ```
/// use micrograd_nn::checkpoint::{CheckpointError, Mismatch, from_bytes, to_bytes};
///
/// let bytes = to_bytes(&vec![1.0, 2.0]).unwrap();
/// match from_bytes(&mut vec![0.0; 3], &bytes) {
///     Err(CheckpointError::Parameters(differences)) => {
///         assert!(matches!(differences[..], [Mismatch::Shape { .. }]));
///     }
///     _ => unreachable!("three numbers are not two"),
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The file could not be read.
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file could not be written.
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What is in a file does not serve.
    In {
        /// The file.
        path: PathBuf,
        /// Why.
        error: Box<CheckpointError>,
    },
    /// The bytes are not safetensors, or cut off; the text says what is wrong.
    Format(String),
    /// File and model differ in these parameters.
    Parameters(Vec<Mismatch>),
    /// The optimiser does not tell what it remembers: its
    /// [`memory`](crate::Optimiser::memory) is `None`.
    NoMemory,
    /// The optimiser remembers another model than the one to be saved with it.
    OtherModel(StepError),
    /// The number of steps in the file is no count.
    Steps(f64),
}

/// A parameter in which a file and a model differ. Shapes are those of the file, see
/// [`checkpoint`](crate::checkpoint).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The model has it, the file has not.
    Missing {
        /// Its name.
        name: String,
        /// The shape that the model needs.
        model: Vec<usize>,
    },
    /// The file has it, the model has not.
    Extra {
        /// Its name.
        name: String,
        /// The shape in the file.
        file: Vec<usize>,
    },
    /// The shapes differ.
    Shape {
        /// Its name.
        name: String,
        /// The shape in the file.
        file: Vec<usize>,
        /// The shape that the model needs.
        model: Vec<usize>,
    },
    /// The types of its numbers differ.
    Type {
        /// Its name.
        name: String,
        /// The type in the file, as it is called there, such as `F32`.
        file: String,
        /// The type that the model needs.
        model: String,
    },
    /// The model has two parameters of this name.
    Twice {
        /// Their name.
        name: String,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::Missing { name, model } => {
                write!(f, "{name} is missing, this model needs {model:?}")
            }
            Mismatch::Extra { name, file } => {
                write!(f, "{name} is {file:?}, this model has no such parameter")
            }
            Mismatch::Shape { name, file, model } => {
                write!(f, "{name} is {file:?}, this model needs {model:?}")
            }
            Mismatch::Type { name, file, model } => {
                write!(f, "{name} is {file}, this model needs {model}")
            }
            Mismatch::Twice { name } => write!(f, "the model has two parameters {name}"),
        }
    }
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckpointError::Read { path, error } => {
                write!(f, "cannot read {}: {error}", path.display())
            }
            CheckpointError::Write { path, error } => {
                write!(f, "cannot write {}: {error}", path.display())
            }
            CheckpointError::In { path, error } => write!(f, "{}: {error}", path.display()),
            CheckpointError::Format(text) => write!(f, "no safetensors: {text}"),
            CheckpointError::Parameters(mismatches) => {
                for (index, mismatch) in mismatches.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "; " };
                    write!(f, "{separator}{mismatch}")?;
                }
                Ok(())
            }
            CheckpointError::NoMemory => {
                write!(f, "this optimiser does not tell what it remembers")
            }
            CheckpointError::OtherModel(error) => write!(f, "{error}"),
            CheckpointError::Steps(steps) => {
                write!(f, "optimiser.steps is {steps}, which is no number of steps")
            }
        }
    }
}

impl std::error::Error for CheckpointError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CheckpointError::Read { error, .. } | CheckpointError::Write { error, .. } => {
                Some(error)
            }
            CheckpointError::In { error, .. } => Some(error),
            CheckpointError::OtherModel(error) => Some(error),
            CheckpointError::Format(_)
            | CheckpointError::Parameters(_)
            | CheckpointError::NoMemory
            | CheckpointError::Steps(_) => None,
        }
    }
}
