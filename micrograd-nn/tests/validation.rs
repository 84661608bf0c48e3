//! Validation losses that are not finite end a training, with the place where it comes from.

use micrograd_nn::activation::identity;
use micrograd_nn::loss::mse;
use micrograd_nn::train::{Cause, Ending, Origin, TrainingError};
use micrograd_nn::{Dense, GradientDescent, Training};
use nalgebra::{DMatrix, dmatrix};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn line() -> Dense {
    Dense {
        weight: dmatrix![0.0],
        bias: dmatrix![0.0],
        activation: identity {},
    }
}

type Line<'a> = Training<'a, mse, GradientDescent>;

fn failure(x: &DMatrix<f64>, y: &DMatrix<f64>, mut training: Line<'_>) -> TrainingError {
    let rng = &mut ChaCha8Rng::seed_from_u64(5);
    training.run(&mut line(), x, y, rng).unwrap_err()
}

fn training<'a>() -> Line<'a> {
    Training::new(mse {}, GradientDescent::new(0.1))
}

#[test]
fn validation_data_that_are_not_finite_are_named() {
    let (x, y) = (dmatrix![1.0, 2.0, 3.0], dmatrix![2.0, 4.0, f64::NAN]);
    let fit = x.columns(0, 2).into_owned();
    let error = failure(&fit, &fit, training().epochs(5).validate(&x, &y));
    assert_eq!(
        error.to_string(),
        "epoch 1: the validation loss is NaN; in validation, the targets of sample 2 are not finite"
    );
    let history = error.history;
    assert_eq!((history.epochs.len(), history.ending), (1, Ending::Error));
}

#[test]
fn a_sample_that_was_split_off_has_its_own_number() {
    let y = DMatrix::from_fn(1, 40, |_, sample| sample as f64);
    // Whichever sample is not finite, it is held back or trained with.
    let mut held_back = 0;
    for bad in 0..40 {
        let mut x = y.clone() * 0.01;
        x[bad] = f64::INFINITY;
        let error = failure(&x, &y, training().batch_size(40).validation_split(0.25));
        match *error.cause {
            Cause::ValidationLoss { origin, .. } => {
                assert_eq!(origin, Origin::Data(bad));
                held_back += 1;
            }
            Cause::Loss { origin, .. } => assert_eq!(origin, Origin::Data(bad)),
            cause => panic!("{cause}"),
        }
    }
    assert_eq!(held_back, 10);
}

#[test]
fn a_loss_that_overflows_in_validation_only_ends_the_training_too() {
    let (x, y) = (dmatrix![1.0], dmatrix![1e160]);
    let error = failure(
        &x,
        &dmatrix![1.0],
        training().patience(3).epochs(3).validate(&x, &y),
    );
    let Cause::ValidationLoss {
        epoch,
        value,
        origin,
    } = *error.cause
    else {
        panic!("{error}")
    };
    assert_eq!((epoch, value, origin), (1, f64::INFINITY, Origin::Nowhere));
}
