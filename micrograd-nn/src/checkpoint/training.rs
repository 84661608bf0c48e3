//! A model together with what its optimiser remembers, so that a training can go on elsewhere.

use std::path::Path;

use micrograd_core::{Differentiable, Parameters};

use super::bytes::{bytes_of, from_bytes};
use super::{CheckpointError, read, write};
use crate::Optimiser;
use crate::optimise::Saved;

/// What is in a file of a training: `model.layers.0.weight`, `optimiser.steps` and so on.
#[derive(Clone, Differentiable)]
struct Training<M> {
    model: M,
    optimiser: Saved,
}

/// Writes a model and what its optimiser remembers into a file, in place of one that is there.
///
/// With [`load_training`] a training goes on as if it had not been stopped, to the bit: the number
/// of steps is saved too, so that [schedules](crate::optimise::Schedule) go on. What the program
/// gives both times is not in the file: the coefficients of the optimiser, its schedule, and the
/// random generator.
///
/// ```
/// use micrograd_nn::{Adam, Dense, Training, activation::identity, checkpoint, loss::mse};
/// use nalgebra::dmatrix;
/// use rand::SeedableRng;
///
/// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let (x, y) = (dmatrix![0.0, 1.0, 2.0], dmatrix![1.0, 3.0, 5.0]);
/// let mut model: Dense = Dense::new(1, 1, identity {}, rng);
/// let mut adam = Adam::new(0.1);
/// Training::new(mse {}, &mut adam).epochs(10).run(&mut model, &x, &y, rng).unwrap();
/// let path = std::env::temp_dir().join("micrograd-training-example.safetensors");
/// checkpoint::save_training(&model, &adam, &path)?;
/// Training::new(mse {}, &mut adam).epochs(10).run(&mut model, &x, &y, rng).unwrap();
///
/// let mut other: Dense = Dense::new(1, 1, identity {}, rng);
/// let mut fresh = Adam::new(0.1);
/// checkpoint::load_training(&mut other, &mut fresh, &path)?;
/// assert_eq!(fresh.memory.steps(), 10);
/// Training::new(mse {}, &mut fresh).epochs(10).run(&mut other, &x, &y, rng).unwrap();
/// assert_eq!(other, model);
/// # Ok::<(), checkpoint::CheckpointError>(())
/// ```
///
/// # Errors
/// If the file cannot be written; an old one is then as it was. If the optimiser does not tell
/// what it remembers, or remembers another model; if two parameters have the same name.
pub fn save_training<M, O>(
    model: &M,
    optimiser: &O,
    path: impl AsRef<Path>,
) -> Result<(), CheckpointError>
where
    M: Parameters + Clone,
    O: Optimiser + ?Sized,
{
    write(path.as_ref(), &training_to_bytes(model, optimiser)?)
}

/// Reads a model and what its optimiser remembers from a file that [`save_training`] wrote.
///
/// The optimiser needs to be of the same kind. What it remembered before is forgotten.
///
/// # Errors
/// As [`load`](super::load), also for the arrays of the optimiser; if the number of its steps is no
/// count, or if it does not tell what it remembers. Model and optimiser are then as they were.
pub fn load_training<M, O>(
    model: &mut M,
    optimiser: &mut O,
    path: impl AsRef<Path>,
) -> Result<(), CheckpointError>
where
    M: Parameters + Clone,
    O: Optimiser + ?Sized,
{
    read(path.as_ref(), |bytes| {
        training_from_bytes(model, optimiser, bytes)
    })
}

/// What a file that [`save_training`] writes holds.
///
/// ```
/// use micrograd_nn::checkpoint::{training_from_bytes, training_to_bytes};
/// use micrograd_nn::optimise::{Momentum, Optimiser};
///
/// let (mut model, mut optimiser) = (vec![1.0, 2.0], Momentum::new(0.1, 0.9));
/// optimiser.step(&mut model, vec![1.0, -1.0]).unwrap();
/// let bytes = training_to_bytes(&model, &optimiser)?;
///
/// let (mut other, mut fresh) = (vec![0.0, 0.0], Momentum::new(0.1, 0.9));
/// training_from_bytes(&mut other, &mut fresh, &bytes)?;
/// assert_eq!((other, fresh), (model, optimiser));
/// # Ok::<(), micrograd_nn::checkpoint::CheckpointError>(())
/// ```
///
/// # Errors
/// As [`save_training`], but for the file.
pub fn training_to_bytes<M, O>(model: &M, optimiser: &O) -> Result<Vec<u8>, CheckpointError>
where
    M: Parameters + Clone,
    O: Optimiser + ?Sized,
{
    let mut model = model.clone();
    let memory = optimiser.memory().ok_or(CheckpointError::NoMemory)?;
    let optimiser = Saved::new(memory, &mut model).map_err(CheckpointError::OtherModel)?;
    bytes_of(&mut Training { model, optimiser })
}

/// Fills a model and an optimiser with what [`training_to_bytes`] made of others.
///
/// # Errors
/// As [`load_training`], but for the file. Model and optimiser are then as they were.
pub fn training_from_bytes<M, O>(
    model: &mut M,
    optimiser: &mut O,
    bytes: &[u8],
) -> Result<(), CheckpointError>
where
    M: Parameters + Clone,
    O: Optimiser + ?Sized,
{
    let mut loaded = model.clone();
    let memory = optimiser.memory().ok_or(CheckpointError::NoMemory)?;
    let mut training = Training {
        optimiser: Saved::zeros(memory, &mut loaded),
        model: loaded,
    };
    from_bytes(&mut training, bytes)?;
    let memory = training.optimiser.memory();
    optimiser.restore(memory.map_err(CheckpointError::Steps)?);
    *model = training.model;
    Ok(())
}
