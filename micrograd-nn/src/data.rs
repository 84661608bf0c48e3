//! Data sets, the encodings of class labels, and accuracy.
//!
//! Columns are samples: data is features × samples, scores and one-hot targets are
//! classes × samples. Classes are counted from 0.

use std::f64::consts::PI;
use std::fmt;

use nalgebra::{DMatrix, DVectorView, RealField, Scalar};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

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
    assert!(
        noise >= 0.0 && noise.is_finite(),
        "the noise is a standard deviation, it cannot be {noise}"
    );
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
    if noise > 0.0 {
        for coordinate in x.iter_mut() {
            *coordinate += noise * rng.sample::<f64, _>(StandardNormal);
        }
    }
    let labels = (0..samples).map(|i| usize::from(i >= upper)).collect();
    (x, labels)
}

/// Step `i` of `count` even steps from 0 to π, both ends included.
fn half_turn(i: usize, count: usize) -> f64 {
    PI * i as f64 / count.saturating_sub(1).max(1) as f64
}

/// One-hot columns: entry (label, sample) is 1, all others are 0. `classes` × `labels.len()`.
///
/// # Errors
/// If a label is not below `classes`; the error names the first such sample.
///
/// ```
/// use micrograd_nn::onehot;
/// use nalgebra::DMatrix;
///
/// let y = DMatrix::from_row_slice(2, 3, &[
///     1.0, 0.0, 1.0,
///     0.0, 1.0, 0.0,
/// ]);
/// assert_eq!(onehot(&[0, 1, 0], 2), Ok(y));
/// assert_eq!(
///     onehot::<f64>(&[0, 2], 2).unwrap_err().to_string(),
///     "sample 1 has label 2, but there are 2 classes (0 to 1)"
/// );
/// ```
pub fn onehot<T: RealField>(labels: &[usize], classes: usize) -> Result<DMatrix<T>, LabelError> {
    let mut columns = DMatrix::zeros(classes, labels.len());
    for (sample, &label) in labels.iter().enumerate() {
        if label >= classes {
            return Err(LabelError {
                sample,
                label,
                classes,
            });
        }
        columns[(label, sample)] = T::one();
    }
    Ok(columns)
}

/// A class label that is not below the number of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelError {
    /// The index of the sample.
    pub sample: usize,
    /// Its label.
    pub label: usize,
    /// The number of classes.
    pub classes: usize,
}

impl fmt::Display for LabelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LabelError {
            sample,
            label,
            classes,
        } = self;
        write!(f, "sample {sample} has label {label}, but there ")?;
        match classes {
            0 => write!(f, "are no classes"),
            1 => write!(f, "is only class 0"),
            _ => write!(f, "are {classes} classes (0 to {})", classes - 1),
        }
    }
}

impl std::error::Error for LabelError {}

/// The class of the highest score of each sample; the first of equal ones.
///
/// `scores` is classes × samples: logits, probabilities or one-hot targets. NaN loses against
/// every number; a column without a number gives 0.
///
/// ```
/// use micrograd_nn::onecold;
/// use nalgebra::DMatrix;
///
/// let scores = DMatrix::from_row_slice(2, 3, &[
///     0.9, -3.0, 0.5,
///     0.1, -1.0, 0.5,
/// ]);
/// assert_eq!(onecold(&scores), [0, 1, 0]);
/// ```
pub fn onecold<T: Scalar + PartialOrd>(scores: &DMatrix<T>) -> Vec<usize> {
    scores
        .column_iter()
        .map(|column| highest(&column).unwrap_or(0))
        .collect()
}

/// The fraction of samples, from 0 to 1, whose highest score is that of their label.
///
/// `scores` is classes × samples. A sample whose scores are all NaN counts as wrong; no samples
/// give NaN. For one-hot targets pass [`onecold`] of them.
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

/// The index of the largest number, the first of equal ones; `None` if there is no number.
fn highest<T: Scalar + PartialOrd>(column: &DVectorView<'_, T>) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (i, score) in column.iter().enumerate() {
        let is_number = score.partial_cmp(score).is_some();
        if is_number && best.is_none_or(|best| *score > column[best]) {
            best = Some(i);
        }
    }
    best
}
