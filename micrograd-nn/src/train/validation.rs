//! Data that a model is validated with, and what data must be like.

use std::borrow::Cow;

use micrograd_core::Scalar;
use nalgebra::DMatrix;
use rand::Rng;
use rand::seq::SliceRandom;

use super::Cause;
use super::batch::gather;

/// Where the validation data come from.
pub(super) enum Validation<'a, T: Scalar> {
    None,
    Data(&'a DMatrix<T>, &'a DMatrix<T>),
    Split(f64),
}

/// Data and targets, and the numbers that their samples have for the user.
pub(super) struct Data<'a, T: Scalar> {
    pub(super) x: Cow<'a, DMatrix<T>>,
    pub(super) y: Cow<'a, DMatrix<T>>,
    pub(super) numbers: Vec<usize>,
}

impl<'a, T: Scalar> Validation<'a, T> {
    /// The data; what is split off from the training data is no longer among `samples`.
    pub(super) fn data<'d, R: Rng + ?Sized>(
        &self,
        x: &'d DMatrix<T>,
        y: &'d DMatrix<T>,
        samples: &mut Vec<usize>,
        rng: &mut R,
    ) -> Result<Option<Data<'d, T>>, Cause>
    where
        'a: 'd,
    {
        match *self {
            Validation::None => Ok(None),
            Validation::Data(validation_x, validation_y) => {
                check_data("validation", validation_x, validation_y)?;
                same_rows("features", x, validation_x)?;
                same_rows("targets", y, validation_y)?;
                Ok(Some(Data {
                    x: Cow::Borrowed(validation_x),
                    y: Cow::Borrowed(validation_y),
                    numbers: (0..validation_x.ncols()).collect(),
                }))
            }
            Validation::Split(fraction) => {
                let count = (samples.len() as f64 * fraction).round();
                if !(count >= 1.0 && count < samples.len() as f64) {
                    return Err(Cause::Invalid(format!(
                        "a validation split of {fraction} leaves none of {} samples on one side",
                        samples.len()
                    )));
                }
                samples.shuffle(rng);
                let held_back = samples.split_off(samples.len() - count as usize);
                samples.sort_unstable();
                Ok(Some(Data {
                    x: gather(x, &held_back),
                    y: gather(y, &held_back),
                    numbers: held_back,
                }))
            }
        }
    }
}

/// That there are data, with as many targets.
pub(super) fn check_data<T>(name: &str, x: &DMatrix<T>, y: &DMatrix<T>) -> Result<(), Cause> {
    if x.ncols() != y.ncols() {
        return Err(Cause::Invalid(format!(
            "the {name} data have {} samples, their targets {}",
            x.ncols(),
            y.ncols()
        )));
    }
    if x.ncols() == 0 {
        return Err(Cause::Invalid(format!("there are no {name} data")));
    }
    Ok(())
}

fn same_rows<T>(what: &str, training: &DMatrix<T>, validation: &DMatrix<T>) -> Result<(), Cause> {
    if training.nrows() != validation.nrows() {
        return Err(Cause::Invalid(format!(
            "the training data have {} {what}, the validation data {}",
            training.nrows(),
            validation.nrows()
        )));
    }
    Ok(())
}
