//! Gaussian noise on the coordinates of points.

use nalgebra::DMatrix;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

/// # Panics
/// If `deviation` is negative, infinite or NaN.
pub fn check_deviation(deviation: f64) {
    assert!(
        deviation >= 0.0 && deviation.is_finite(),
        "the noise is a standard deviation, it cannot be {deviation}"
    );
}

/// Adds noise of this standard deviation to every coordinate; with `0.0` nothing is drawn.
pub fn add_noise<R: Rng + ?Sized>(x: &mut DMatrix<f64>, deviation: f64, rng: &mut R) {
    check_deviation(deviation);
    if deviation > 0.0 {
        for coordinate in x.iter_mut() {
            *coordinate += deviation * rng.sample::<f64, _>(StandardNormal);
        }
    }
}
