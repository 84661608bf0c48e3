//! Initial values of trainable matrices, drawn from the caller's random number generator.
//!
//! A weight is outputs × inputs. Entries are drawn column by column, so a seeded generator
//! reproduces them.
//!
//! | | for |
//! | --- | --- |
//! | [`glorot_uniform`], [`glorot_normal`] | activations that are the identity near 0, such as `tanh`; the default |
//! | [`kaiming_uniform`], [`kaiming_normal`] | `relu` and its like, which halve the variance |
//! | [`orthogonal`] | deep or recurrent networks: lengths and angles stay |
//! | [`zeros`] | biases |
//!
//! ```
//! use micrograd_nn::{Dense, activation::relu, kaiming_normal};
//! use rand::SeedableRng;
//!
//! let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
//! let layer: Dense<relu> = Dense::with_weight(kaiming_normal(16, 2, rng), relu {});
//! assert_eq!(layer.to_string(), "Dense(2 => 16, relu)");
//! ```

use nalgebra::{DMatrix, RealField, convert};
use rand::distr::Distribution;
use rand::distr::uniform::SampleUniform;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

/// A `rows_out` × `columns_in` weight matrix with entries uniform in ±√(6 / (out + in)).
///
/// The variance 2 / (out + in) keeps the spread of the values going forward and of the cotangents
/// going backward about the same in every layer.
///
/// Source: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward
/// neural networks" (2010), equation 16.
///
/// ```
/// use micrograd_nn::glorot_uniform;
/// use rand::SeedableRng;
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let weight = glorot_uniform::<f64, _>(16, 2, &mut rng);
/// assert_eq!(weight.shape(), (16, 2));
/// assert!(weight.amax() <= (6.0_f64 / 18.0).sqrt());
/// ```
pub fn glorot_uniform<T, R>(rows_out: usize, columns_in: usize, rng: &mut R) -> DMatrix<T>
where
    T: RealField + SampleUniform,
    R: Rng + ?Sized,
{
    let limit = (6.0 / (rows_out + columns_in) as f64).sqrt();
    uniform(rows_out, columns_in, limit, rng)
}

/// A `rows_out` × `columns_in` weight matrix of normally distributed entries with the variance
/// 2 / (out + in): see [`glorot_uniform`].
///
/// ```
/// use micrograd_nn::glorot_normal;
/// use rand::SeedableRng;
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// assert_eq!(glorot_normal::<f32, _>(16, 2, &mut rng).shape(), (16, 2));
/// ```
pub fn glorot_normal<T, R>(rows_out: usize, columns_in: usize, rng: &mut R) -> DMatrix<T>
where
    T: RealField,
    StandardNormal: Distribution<T>,
    R: Rng + ?Sized,
{
    let deviation = (2.0 / (rows_out + columns_in) as f64).sqrt();
    normal(rows_out, columns_in, deviation, rng)
}

/// A `rows_out` × `columns_in` weight matrix with entries uniform in ±√(6 / in).
///
/// The variance 2 / in makes up for the half of the values that `relu` sets to 0.
///
/// Source: K. He et al., "Delving deep into rectifiers: surpassing human-level performance on
/// ImageNet classification" (2015), equation 10.
///
/// ```
/// use micrograd_nn::kaiming_uniform;
/// use rand::SeedableRng;
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let weight = kaiming_uniform::<f64, _>(16, 6, &mut rng);
/// assert!(weight.amax() <= 1.0);
/// ```
pub fn kaiming_uniform<T, R>(rows_out: usize, columns_in: usize, rng: &mut R) -> DMatrix<T>
where
    T: RealField + SampleUniform,
    R: Rng + ?Sized,
{
    let limit = (6.0 / columns_in as f64).sqrt();
    uniform(rows_out, columns_in, limit, rng)
}

/// A `rows_out` × `columns_in` weight matrix of normally distributed entries with the variance
/// 2 / in: see [`kaiming_uniform`].
///
/// ```
/// use micrograd_nn::kaiming_normal;
/// use rand::SeedableRng;
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// assert_eq!(kaiming_normal::<f64, _>(16, 6, &mut rng).shape(), (16, 6));
/// ```
pub fn kaiming_normal<T, R>(rows_out: usize, columns_in: usize, rng: &mut R) -> DMatrix<T>
where
    T: RealField,
    StandardNormal: Distribution<T>,
    R: Rng + ?Sized,
{
    let deviation = (2.0 / columns_in as f64).sqrt();
    normal(rows_out, columns_in, deviation, rng)
}

/// A `rows` × `columns` matrix whose columns, or rows if there are fewer of them, have length 1 and
/// are at right angles; uniform among all such matrices.
///
/// It is the orthogonal factor of a matrix of normally distributed entries.
///
/// Source: A. Saxe, J. McClelland and S. Ganguli, "Exact solutions to the nonlinear dynamics of
/// learning in deep linear neural networks" (2014).
///
/// ```
/// use micrograd_nn::orthogonal;
/// use nalgebra::DMatrix;
/// use rand::SeedableRng;
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let weight = orthogonal::<f64, _>(8, 3, &mut rng);
/// assert!((weight.transpose() * weight - DMatrix::identity(3, 3)).amax() < 1e-14);
/// ```
pub fn orthogonal<T, R>(rows: usize, columns: usize, rng: &mut R) -> DMatrix<T>
where
    T: RealField,
    StandardNormal: Distribution<T>,
    R: Rng + ?Sized,
{
    if rows < columns {
        return orthogonal(columns, rows, rng).transpose();
    }
    // The other factor has a positive diagonal, so that no direction is preferred.
    normal(rows, columns, 1.0, rng).qr().q()
}

/// A `rows` × `columns` matrix of zeros, the usual start of a bias (`out` × 1).
///
/// ```
/// assert_eq!(micrograd_nn::zeros::<f32>(16, 1).sum(), 0.0);
/// ```
pub fn zeros<T: RealField>(rows: usize, columns: usize) -> DMatrix<T> {
    DMatrix::zeros(rows, columns)
}

/// Entries uniform in ±`limit`.
fn uniform<T, R>(rows: usize, columns: usize, limit: f64, rng: &mut R) -> DMatrix<T>
where
    T: RealField + SampleUniform,
    R: Rng + ?Sized,
{
    let limit: T = convert(limit);
    DMatrix::from_fn(rows, columns, |_, _| {
        rng.random_range(-limit.clone()..=limit.clone())
    })
}

/// Normally distributed entries of mean 0.
fn normal<T, R>(rows: usize, columns: usize, deviation: f64, rng: &mut R) -> DMatrix<T>
where
    T: RealField,
    StandardNormal: Distribution<T>,
    R: Rng + ?Sized,
{
    let deviation: T = convert(deviation);
    DMatrix::from_fn(rows, columns, |_, _| {
        rng.sample::<T, _>(StandardNormal) * deviation.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    const ROWS: usize = 100;
    const COLUMNS: usize = 150;

    type Initialiser = fn(usize, usize, &mut ChaCha8Rng) -> DMatrix<f64>;

    const ALL: [Initialiser; 5] = [
        glorot_uniform,
        glorot_normal,
        kaiming_uniform,
        kaiming_normal,
        orthogonal,
    ];

    fn weight(initialiser: Initialiser, seed: u64) -> DMatrix<f64> {
        initialiser(ROWS, COLUMNS, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    /// The fraction of entries that are farther from 0 than `limit`.
    fn beyond(weight: &DMatrix<f64>, limit: f64) -> f64 {
        weight.iter().filter(|entry| entry.abs() > limit).count() as f64 / weight.len() as f64
    }

    #[test]
    fn the_mean_is_zero_and_the_variance_that_of_the_source() {
        let sum = (ROWS + COLUMNS) as f64;
        let variances = [2.0 / sum, 2.0 / sum, 2.0 / 150.0, 2.0 / 150.0, 1.0 / 150.0];
        for (initialiser, variance) in ALL.into_iter().zip(variances) {
            let weight = weight(initialiser, 2);
            // Of 15,000 entries the mean is off by 0.008 σ, the variance by 1.2 % or less.
            assert!(weight.mean().abs() < 0.03 * variance.sqrt());
            assert!((weight.variance() / variance - 1.0).abs() < 0.04);
        }
    }

    #[test]
    fn uniform_entries_fill_the_interval_and_stay_inside_it() {
        for (initialiser, width) in [(ALL[0], 250.0), (ALL[2], 150.0)] {
            let limit = (6.0_f64 / width).sqrt();
            let weight = weight(initialiser, 1);
            assert_eq!(beyond(&weight, limit), 0.0);
            assert!(weight.max() > 0.99 * limit && weight.min() < -0.99 * limit);
            assert!((beyond(&weight, 0.5 * limit) - 0.5).abs() < 0.02);
        }
    }

    #[test]
    fn normal_entries_have_the_tails_of_the_normal_distribution() {
        for (initialiser, width) in [(ALL[1], 250.0), (ALL[3], 150.0)] {
            let deviation = (2.0_f64 / width).sqrt();
            let weight = weight(initialiser, 1);
            assert!((beyond(&weight, deviation) - 0.3173).abs() < 0.02);
            assert!((beyond(&weight, 2.0 * deviation) - 0.0455).abs() < 0.01);
        }
    }

    #[test]
    fn relu_layers_keep_the_length_of_a_signal_with_kaiming() {
        let rng = &mut ChaCha8Rng::seed_from_u64(3);
        let mut x: DMatrix<f64> = normal(200, 50, 1.0, rng);
        let before = x.norm();
        for _ in 0..20 {
            x = (kaiming_normal::<f64, _>(200, 200, rng) * x).map(|z| z.max(0.0));
        }
        let ratio = x.norm() / before;
        assert!((0.3..3.0).contains(&ratio), "{ratio}");
    }

    #[test]
    fn orthogonal_matrices_have_columns_or_rows_at_right_angles() {
        let rng = &mut ChaCha8Rng::seed_from_u64(4);
        let close = |m: DMatrix<f64>, n: usize| (m - DMatrix::identity(n, n)).amax() < 1e-13;
        let tall: DMatrix<f64> = orthogonal(30, 20, rng);
        assert!(close(tall.transpose() * &tall, 20));
        let wide: DMatrix<f64> = orthogonal(20, 30, rng);
        assert!(close(&wide * wide.transpose(), 20));
        let single: DMatrix<f32> = orthogonal(5, 5, rng);
        assert!((single.transpose() * &single - DMatrix::identity(5, 5)).amax() < 1e-5);
    }

    #[test]
    fn orthogonal_matrices_prefer_no_direction() {
        let rng = &mut ChaCha8Rng::seed_from_u64(5);
        let count = 2000;
        let (mut corner, mut reflections) = (0.0, 0);
        for _ in 0..count {
            let q: DMatrix<f64> = orthogonal(2, 2, rng);
            corner += q[(0, 0)] / f64::from(count);
            reflections += i32::from(q.determinant() < 0.0);
        }
        assert!(f64::abs(corner) < 0.06, "{corner}");
        assert!((reflections - count / 2).abs() < 90, "{reflections}");
    }

    #[test]
    fn a_seed_reproduces_the_matrix() {
        for initialiser in ALL {
            assert_eq!(weight(initialiser, 3), weight(initialiser, 3));
            assert_ne!(weight(initialiser, 3), weight(initialiser, 4));
        }
    }

    #[test]
    fn single_precision_and_unsized_generators_work() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let rng: &mut dyn Rng = &mut rng;
        let uniform: [DMatrix<f32>; 2] = [glorot_uniform(3, 4, rng), kaiming_uniform(3, 6, rng)];
        assert!(uniform[0].amax() <= (6.0_f32 / 7.0).sqrt() && uniform[1].amax() <= 1.0);
        let normal: [DMatrix<f32>; 2] = [glorot_normal(3, 4, rng), kaiming_normal(3, 4, rng)];
        assert!(normal[0].norm() > 0.0 && normal[1].norm() > 0.0);
    }

    #[test]
    fn no_rows_or_columns_give_an_empty_matrix() {
        let rng = &mut ChaCha8Rng::seed_from_u64(6);
        for initialiser in ALL {
            for (rows, columns) in [(0, 0), (3, 0), (0, 3)] {
                assert_eq!(initialiser(rows, columns, rng).shape(), (rows, columns));
            }
        }
    }
}
