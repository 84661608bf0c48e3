//! Two half moons.

use std::f64::consts::PI;

use nalgebra::DMatrix;
use rand::Rng;

use super::noise::{add_noise, check_deviation};

/// Two interleaved half circles: data (2 × `samples`) and labels (0 the upper, 1 the lower moon).
///
/// The upper moon is (cos t, sin t), the lower (1 − cos t, ½ − sin t), each with t at even steps
/// from 0 to π. All samples of the upper moon come first; of an odd number the lower moon has one
/// more. `noise` is the standard deviation of the Gaussian noise added to both coordinates; with
/// `0.0` nothing is drawn from `rng`.
///
/// Source: `sklearn.datasets.make_moons(samples, shuffle=False, noise=noise)`.
///
/// # Panics
/// If `noise` is negative, infinite or NaN.
///
/// ```
/// use micrograd_nn::make_moons;
/// use rand::SeedableRng;
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let (x, labels) = make_moons(200, 0.1, &mut rng);
/// assert_eq!(x.shape(), (2, 200));
/// assert_eq!((labels[0], labels[199]), (0, 1));
/// ```
pub fn make_moons<R>(samples: usize, noise: f64, rng: &mut R) -> (DMatrix<f64>, Vec<usize>)
where
    R: Rng + ?Sized,
{
    check_deviation(noise);
    let upper = samples / 2;
    let lower = samples - upper;
    let mut x = DMatrix::zeros(2, samples);
    for (i, mut point) in x.column_iter_mut().enumerate() {
        let coordinates = if i < upper {
            let (sin, cos) = half_turn(i, upper).sin_cos();
            [cos, sin]
        } else {
            let (sin, cos) = half_turn(i - upper, lower).sin_cos();
            [1.0 - cos, 0.5 - sin]
        };
        point.copy_from_slice(&coordinates);
    }
    add_noise(&mut x, noise, rng);
    let labels = (0..samples).map(|i| usize::from(i >= upper)).collect();
    (x, labels)
}

/// Step `i` of `count` even steps from 0 to π, both ends included.
fn half_turn(i: usize, count: usize) -> f64 {
    PI * i as f64 / count.saturating_sub(1).max(1) as f64
}
