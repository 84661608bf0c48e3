//! Standardised and normalised features.

use micrograd_nn::{Scaling, random_centres};
use nalgebra::{DMatrix, dmatrix};

use crate::rng;

#[test]
fn standardised_features_have_mean_0_and_deviation_1() {
    let x = random_centres(3, 40, &mut rng(1)).map(|x| 1e3 + 5.0 * x);
    let scaled = Scaling::standard(&x).unwrap().apply(&x);
    for feature in scaled.row_iter() {
        assert!(feature.mean().abs() < 1e-12);
        assert!((feature.variance() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn normalised_features_reach_from_0_to_1() {
    let x = random_centres(3, 40, &mut rng(2));
    let scaled = Scaling::min_max(&x).unwrap().apply(&x);
    for feature in scaled.row_iter() {
        assert_eq!((feature.min(), feature.max()), (0.0, 1.0));
    }
}

#[test]
fn inverting_undoes_the_scaling_also_of_samples_that_were_not_fitted() {
    let (train, test) = (
        random_centres(3, 20, &mut rng(3)),
        random_centres(3, 5, &mut rng(4)),
    );
    for scaling in [Scaling::standard(&train), Scaling::min_max(&train)] {
        let scaling = scaling.unwrap();
        assert!((scaling.invert(&scaling.apply(&test)) - &test).amax() < 1e-12);
    }
}

#[test]
fn constant_features_become_zero_and_are_listed() {
    // The mean of ten times 0.1 is not 0.1.
    let mut x = random_centres(3, 10, &mut rng(5));
    x.row_mut(1).fill(0.1);
    for scaling in [Scaling::standard(&x), Scaling::min_max(&x)] {
        let scaling = scaling.unwrap();
        assert_eq!(scaling.constant_features(), [1]);
        assert_eq!(scaling.apply(&x).row(1).amax(), 0.0);
        assert_eq!(scaling.invert(&scaling.apply(&x)).row(1), x.row(1));
    }
}

#[test]
fn a_spread_that_underflows_counts_as_constant() {
    let scaling = Scaling::standard(&dmatrix![1e-200, 2e-200]).unwrap();
    assert_eq!(scaling.constant_features(), [0]);
    assert!(scaling.apply(&dmatrix![1e-200_f64])[0].is_finite());
}

#[test]
fn single_precision_works() {
    let scaling = Scaling::standard(&dmatrix![1.0_f32, 3.0]).unwrap();
    assert_eq!(scaling.apply(&dmatrix![5.0_f32]), dmatrix![3.0_f32]);
}

#[test]
fn no_samples_and_numbers_that_are_not_finite_are_errors() {
    let error = |x: DMatrix<f64>| {
        let error = Scaling::min_max(&x).unwrap_err();
        assert_eq!(
            Scaling::standard(&x).unwrap_err().to_string(),
            error.to_string()
        );
        error.to_string()
    };
    assert_eq!(
        error(DMatrix::zeros(2, 0)),
        "there are no samples to take a scale from"
    );
    let x = dmatrix![0.0, 1.0, 2.0; 0.0, 1.0, f64::NEG_INFINITY];
    assert_eq!(error(x), "feature 1 of sample 2 is -inf");
}

#[test]
#[should_panic(expected = "the scaling is of 2 features, the samples have 3")]
fn samples_of_other_features_are_refused() {
    let scaling = Scaling::min_max(&dmatrix![0.0, 1.0; 0.0, 1.0]).unwrap();
    scaling.apply(&DMatrix::zeros(3, 1));
}

#[cfg(feature = "safetensors")]
#[test]
fn a_scaling_is_saved_beside_the_model() {
    use micrograd_nn::checkpoint::{from_bytes, to_bytes};
    let mut x = random_centres(3, 10, &mut rng(6));
    x.row_mut(1).fill(0.1);
    let saved = (1.5, Scaling::standard(&x).unwrap());
    let mut loaded = (0.0, Scaling::identity(3));
    from_bytes(&mut loaded, &to_bytes(&saved).unwrap()).unwrap();
    assert_eq!(loaded, saved);
    assert_eq!(loaded.1.constant_features(), [1]);
    assert_eq!(loaded.1.apply(&x), saved.1.apply(&x));
}
