//! Mini-batches: some of the samples of a data set.

use std::borrow::Cow;

use micrograd_core::Scalar;
use nalgebra::DMatrix;

/// Samples of a data set, by number. Their columns are copied only when they are asked for.
///
/// ```
/// use micrograd_nn::train::Batch;
/// use nalgebra::dmatrix;
///
/// let (x, y) = (dmatrix![1.0, 2.0, 3.0], dmatrix![10.0, 20.0, 30.0]);
/// let batch = Batch { x: &x, y: &y, samples: &[2, 0] };
/// let (x, y) = batch.gather();
/// assert_eq!((x.into_owned(), y.into_owned()), (dmatrix![3.0, 1.0], dmatrix![30.0, 10.0]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, T: Scalar> {
    /// The data: features × samples.
    pub x: &'a DMatrix<T>,
    /// The targets: targets × samples.
    pub y: &'a DMatrix<T>,
    /// Which samples, and in which order.
    pub samples: &'a [usize],
}

impl<'a, T: Scalar> Batch<'a, T> {
    /// The columns of the samples, each copied as a whole; all of them in order are lent.
    ///
    /// # Panics
    /// If the data or the targets have not as many columns.
    pub fn gather(&self) -> (Cow<'a, DMatrix<T>>, Cow<'a, DMatrix<T>>) {
        (gather(self.x, self.samples), gather(self.y, self.samples))
    }

    /// At most `count` parts of nearly the same size, in order; none is empty.
    ///
    /// ```
    /// use micrograd_nn::train::Batch;
    /// use nalgebra::dmatrix;
    ///
    /// let (x, y) = (dmatrix![1.0, 2.0, 3.0], dmatrix![1.0, 2.0, 3.0]);
    /// let batch = Batch { x: &x, y: &y, samples: &[2, 0, 1] };
    /// let parts: Vec<_> = batch.split(2).map(|part| part.samples.to_vec()).collect();
    /// assert_eq!(parts, [vec![2, 0], vec![1]]);
    /// ```
    pub fn split(&self, count: usize) -> impl ExactSizeIterator<Item = Batch<'a, T>> {
        let size = self.samples.len().div_ceil(count.max(1)).max(1);
        let (x, y) = (self.x, self.y);
        self.samples
            .chunks(size)
            .map(move |samples| Batch { x, y, samples })
    }
}

/// The columns with these numbers.
pub(super) fn gather<'a, T: Scalar>(
    matrix: &'a DMatrix<T>,
    samples: &[usize],
) -> Cow<'a, DMatrix<T>> {
    if samples.iter().copied().eq(0..matrix.ncols()) {
        return Cow::Borrowed(matrix);
    }
    let rows = matrix.nrows();
    let mut numbers = Vec::with_capacity(rows * samples.len());
    for &sample in samples {
        numbers.extend_from_slice(&matrix.as_slice()[rows * sample..rows * (sample + 1)]);
    }
    Cow::Owned(DMatrix::from_vec(rows, samples.len(), numbers))
}
