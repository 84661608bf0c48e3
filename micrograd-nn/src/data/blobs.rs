//! Gaussian clouds around given centres.

use nalgebra::DMatrix;
use rand::{Rng, RngExt};

use super::noise::add_noise;

/// Gaussian clouds, a class each: data (features × `samples`) and labels, the index of the centre.
///
/// `centres` is features × classes. Every class has the same number of samples; what is left over
/// goes to the first classes, one each. All samples of a class stand together. `deviation` is the
/// standard deviation of every coordinate, scikit-learn's default is 1; with `0.0` nothing is
/// drawn from `rng`.
///
/// Source: `sklearn.datasets.make_blobs(samples, centers=centres.T, cluster_std=deviation,
/// shuffle=False)`.
///
/// # Panics
/// If `deviation` is negative, infinite or NaN, or there are samples but no centre.
///
/// ```
/// use micrograd_nn::make_blobs;
/// use nalgebra::dmatrix;
/// use rand::SeedableRng;
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let centres = dmatrix![-3.0, 0.0, 3.0; 0.0, 2.0, 0.0];
/// let (x, labels) = make_blobs(8, &centres, 1.0, &mut rng);
/// assert_eq!(x.shape(), (2, 8));
/// assert_eq!(labels, [0, 0, 0, 1, 1, 1, 2, 2]);
/// ```
pub fn make_blobs<R>(
    samples: usize,
    centres: &DMatrix<f64>,
    deviation: f64,
    rng: &mut R,
) -> (DMatrix<f64>, Vec<usize>)
where
    R: Rng + ?Sized,
{
    let classes = centres.ncols();
    assert!(
        samples == 0 || classes > 0,
        "{samples} samples need at least one centre"
    );
    let labels: Vec<usize> = (0..classes)
        .flat_map(|class| {
            let extra = usize::from(class < samples % classes);
            std::iter::repeat_n(class, samples / classes + extra)
        })
        .collect();
    let mut x = centres.select_columns(&labels);
    add_noise(&mut x, deviation, rng);
    (x, labels)
}

/// Centres for [`make_blobs`], every coordinate uniform from -10 to 10: `features` × `classes`.
///
/// Source: `center_box` of `sklearn.datasets.make_blobs`.
///
/// ```
/// use micrograd_nn::random_centres;
/// use rand::SeedableRng;
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let centres = random_centres(2, 3, &mut rng);
/// assert_eq!(centres.shape(), (2, 3));
/// assert!(centres.amax() <= 10.0);
/// ```
pub fn random_centres<R>(features: usize, classes: usize, rng: &mut R) -> DMatrix<f64>
where
    R: Rng + ?Sized,
{
    DMatrix::from_fn(features, classes, |_, _| rng.random_range(-10.0..=10.0))
}
