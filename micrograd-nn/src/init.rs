//! Initial values of trainable matrices, drawn from the caller's random number generator.

use nalgebra::{DMatrix, RealField};
use rand::distr::uniform::SampleUniform;
use rand::{Rng, RngExt};

/// A `rows_out` × `columns_in` weight matrix with entries uniform in ±√(6 / (out + in)).
///
/// The variance 2 / (out + in) keeps the spread of the values going forward and of the cotangents
/// going backward about the same in every layer. Entries are drawn column by column, so a seeded
/// generator reproduces them.
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
    let limit: T = nalgebra::convert((6.0 / (rows_out + columns_in) as f64).sqrt());
    DMatrix::from_fn(rows_out, columns_in, |_, _| {
        rng.random_range(-limit.clone()..=limit.clone())
    })
}

/// A `rows` × `columns` matrix of zeros, the usual start of a bias (`out` × 1).
///
/// ```
/// assert_eq!(micrograd_nn::zeros::<f32>(16, 1).sum(), 0.0);
/// ```
pub fn zeros<T: RealField>(rows: usize, columns: usize) -> DMatrix<T> {
    DMatrix::zeros(rows, columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn weight(rows: usize, columns: usize, seed: u64) -> DMatrix<f64> {
        glorot_uniform(rows, columns, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    #[test]
    fn entries_fill_the_interval_and_stay_inside_it() {
        let limit = (6.0_f64 / 250.0).sqrt();
        let weight = weight(100, 150, 1);
        assert!(weight.iter().all(|entry| entry.abs() <= limit));
        assert!(weight.max() > 0.99 * limit && weight.min() < -0.99 * limit);
    }

    #[test]
    fn the_variance_is_two_over_the_sum_of_the_widths() {
        let weight = weight(100, 150, 2);
        let expected = 2.0_f64 / 250.0;
        assert!(weight.mean().abs() < 0.02 * expected.sqrt());
        assert!((weight.variance() / expected - 1.0).abs() < 0.02);
    }

    #[test]
    fn a_seed_reproduces_the_matrix() {
        assert_eq!(weight(16, 2, 3), weight(16, 2, 3));
        assert_ne!(weight(16, 2, 3), weight(16, 2, 4));
    }

    #[test]
    fn single_precision_and_unsized_generators_work() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let rng: &mut dyn Rng = &mut rng;
        let weight: DMatrix<f32> = glorot_uniform(3, 4, rng);
        assert!(weight.amax() <= (6.0_f32 / 7.0).sqrt());
    }

    #[test]
    fn no_rows_or_columns_give_an_empty_matrix() {
        assert_eq!(weight(0, 0, 6).shape(), (0, 0));
    }
}
