//! A circle inside another.

use std::f64::consts::TAU;

use nalgebra::DMatrix;
use rand::Rng;

use super::noise::add_noise;

/// Two circles around the origin: data (2 × `samples`) and labels (0 the outer, 1 the inner one).
///
/// The outer circle has radius 1, the inner one radius `factor`; on each the angles are even steps
/// from 0, the full turn excluded. All samples of the outer circle come first; of an odd number the
/// inner circle has one more. `noise` is the standard deviation of the Gaussian noise added to both
/// coordinates; with `0.0` nothing is drawn from `rng`. scikit-learn's default for `factor` is 0.8.
///
/// Source: `sklearn.datasets.make_circles(samples, shuffle=False, noise=noise, factor=factor)`.
///
/// # Panics
/// If `noise` is negative, infinite or NaN, or `factor` is not from 0 to below 1.
///
/// ```
/// use micrograd_nn::make_circles;
/// use rand::SeedableRng;
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let (x, labels) = make_circles(100, 0.0, 0.5, &mut rng);
/// assert_eq!(x.shape(), (2, 100));
/// assert_eq!((labels[0], x.column(0).norm()), (0, 1.0));
/// assert_eq!((labels[99], labels[50], x.column(50).norm()), (1, 1, 0.5));
/// ```
pub fn make_circles<R>(
    samples: usize,
    noise: f64,
    factor: f64,
    rng: &mut R,
) -> (DMatrix<f64>, Vec<usize>)
where
    R: Rng + ?Sized,
{
    assert!(
        (0.0..1.0).contains(&factor),
        "the inner radius is a factor from 0 to below 1, it cannot be {factor}"
    );
    let outer = samples / 2;
    let inner = samples - outer;
    let mut x = DMatrix::zeros(2, samples);
    for (i, mut point) in x.column_iter_mut().enumerate() {
        let (radius, turn) = if i < outer {
            (1.0, i as f64 / outer as f64)
        } else {
            (factor, (i - outer) as f64 / inner as f64)
        };
        let (sin, cos) = (TAU * turn).sin_cos();
        point.copy_from_slice(&[radius * cos, radius * sin]);
    }
    add_noise(&mut x, noise, rng);
    let labels = (0..samples).map(|i| usize::from(i >= outer)).collect();
    (x, labels)
}
