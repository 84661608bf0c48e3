//! Data sets: made, read, split and scaled; the encodings of class labels, and how well they are met.
//!
//! Columns are samples: data is features × samples, scores and one-hot targets are
//! classes × samples. Classes are counted from 0.

mod accuracy;
mod blobs;
mod circles;
mod confusion;
mod labels;
mod moons;
mod noise;
mod scaling;
mod split;
#[cfg(feature = "csv")]
mod table;

pub use accuracy::accuracy;
pub use blobs::{make_blobs, random_centres};
pub use circles::make_circles;
pub use confusion::ConfusionMatrix;
pub use labels::{LabelError, onecold, onehot};
pub use moons::make_moons;
pub use scaling::{Scaling, ScalingError, ScalingTangent};
pub use split::{Split, SplitError};
#[cfg(feature = "csv")]
pub use table::{CsvError, Table};
