//! Class labels and their one-hot columns.

use std::fmt;

use nalgebra::{DMatrix, DVectorView, RealField, Scalar};

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
/// ```
/// let error = micrograd_nn::onehot::<f64>(&[0, 3], 3).unwrap_err();
/// assert_eq!((error.sample, error.label), (1, 3));
/// assert_eq!(error.to_string(), "sample 1 has label 3, but there are 3 classes (0 to 2)");
/// ```
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

/// The index of the largest number, the first of equal ones; `None` if there is no number.
pub(super) fn highest<T: Scalar + PartialOrd>(column: &DVectorView<'_, T>) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (i, score) in column.iter().enumerate() {
        let is_number = score.partial_cmp(score).is_some();
        if is_number && best.is_none_or(|best| *score > column[best]) {
            best = Some(i);
        }
    }
    best
}
