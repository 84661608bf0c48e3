//! How many samples are classified correctly.

use nalgebra::{DMatrix, Scalar};

use super::labels::highest;

/// The fraction of samples, from 0 to 1, whose highest score is that of their label.
///
/// `scores` is classes × samples. A sample whose scores are all NaN counts as wrong; no samples
/// give NaN. For one-hot targets pass [`onecold`](super::onecold) of them.
///
/// # Panics
/// If there are not as many labels as columns of `scores`.
///
/// ```
/// use micrograd_nn::accuracy;
/// use nalgebra::DMatrix;
///
/// let scores = DMatrix::from_row_slice(2, 4, &[
///     0.9, 0.2, 0.6, 0.3,
///     0.1, 0.8, 0.4, 0.7,
/// ]);
/// assert_eq!(accuracy(&scores, &[0, 1, 1, 1]), 0.75);
/// ```
pub fn accuracy<T: Scalar + PartialOrd>(scores: &DMatrix<T>, labels: &[usize]) -> f64 {
    assert!(
        scores.ncols() == labels.len(),
        "scores of {} samples cannot be compared with {} labels",
        scores.ncols(),
        labels.len()
    );
    let correct = scores
        .column_iter()
        .zip(labels)
        .filter(|(column, label)| highest(column) == Some(**label))
        .count();
    correct as f64 / labels.len() as f64
}
