//! Features brought to a common scale.

use std::fmt;

use micrograd_core::{Differentiable, Scalar};
use nalgebra::{DMatrix, DVector, RowDVector, convert, convert_unchecked};

/// A scale for every feature, taken from some samples and applied to these and others:
/// `(x - offset) / scale`.
///
/// Fit it to the samples to train on, and apply it to all: a test sample has no say in it. A
/// feature that is the same in all of them cannot be scaled; it is shifted to 0 and listed by
/// [`constant_features`](Scaling::constant_features).
///
/// ```
/// use micrograd_nn::Scaling;
/// use nalgebra::dmatrix;
///
/// let train = dmatrix![
///     1.0, 2.0, 3.0;
///     7.0, 7.0, 7.0;
/// ];
/// let scaling = Scaling::min_max(&train).unwrap();
/// assert_eq!(scaling.apply(&train), dmatrix![0.0, 0.5, 1.0; 0.0, 0.0, 0.0]);
/// assert_eq!(scaling.apply(&dmatrix![5.0; 8.0]), dmatrix![2.0; 1.0]);
/// assert_eq!(scaling.constant_features(), [1]);
/// ```
///
/// Who uses the model needs its scaling too: `checkpoint::save(&(model, scaling), path)` writes both,
/// and [`identity`](Scaling::identity) makes one to be loaded into.
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Scaling<T: Scalar = f64> {
    /// One number a feature.
    offset: DVector<T>,
    /// One positive number a feature, 0 for a constant one.
    scale: DVector<T>,
}

impl<T: Scalar> Scaling<T> {
    /// The scaling that changes nothing.
    ///
    /// ```
    /// use micrograd_nn::Scaling;
    /// use nalgebra::dmatrix;
    ///
    /// let x = dmatrix![1.0, 2.0; 3.0, 4.0];
    /// assert_eq!(Scaling::identity(2).apply(&x), x);
    /// ```
    pub fn identity(features: usize) -> Scaling<T> {
        Scaling {
            offset: DVector::zeros(features),
            scale: DVector::repeat(features, T::one()),
        }
    }

    /// To mean 0 and standard deviation 1 over the samples of `x`, features × samples.
    ///
    /// The deviation is that of the samples themselves: the squares are divided by their number.
    ///
    /// Source: `sklearn.preprocessing.StandardScaler`.
    ///
    /// # Errors
    /// If there are no samples, or a number is infinite or NaN; the error says which.
    ///
    /// ```
    /// use micrograd_nn::Scaling;
    /// use nalgebra::dmatrix;
    ///
    /// let scaling = Scaling::standard(&dmatrix![1.0, 5.0]).unwrap();
    /// assert_eq!(scaling.apply(&dmatrix![1.0, 5.0, 7.0]), dmatrix![-1.0, 1.0, 2.0]);
    ///
    /// let error = Scaling::standard(&dmatrix![1.0, f64::NAN]).unwrap_err();
    /// assert_eq!(error.to_string(), "feature 0 of sample 1 is NaN");
    /// ```
    pub fn standard(x: &DMatrix<T>) -> Result<Scaling<T>, ScalingError> {
        Scaling::fit(x, |row| {
            let mean = row.mean();
            let centred = row.add_scalar(-mean);
            (mean, (centred.norm_squared() / count(row)).sqrt())
        })
    }

    /// To the interval from 0 to 1 over the samples of `x`, features × samples.
    ///
    /// Source: `sklearn.preprocessing.MinMaxScaler`.
    ///
    /// # Errors
    /// If there are no samples, or a number is infinite or NaN; the error says which.
    ///
    /// ```
    /// use micrograd_nn::Scaling;
    /// use nalgebra::dmatrix;
    ///
    /// let scaling = Scaling::min_max(&dmatrix![16.0, 0.0, 4.0]).unwrap();
    /// assert_eq!(scaling.apply(&dmatrix![8.0, 16.0]), dmatrix![0.5, 1.0]);
    /// ```
    pub fn min_max(x: &DMatrix<T>) -> Result<Scaling<T>, ScalingError> {
        Scaling::fit(x, |row| (row.min(), row.max() - row.min()))
    }

    /// `scale_of` gives the offset and the scale of one feature.
    fn fit(
        x: &DMatrix<T>,
        scale_of: impl Fn(&RowDVector<T>) -> (T, T),
    ) -> Result<Scaling<T>, ScalingError> {
        check_numbers(x)?;
        let mut scaling = Scaling {
            offset: DVector::zeros(x.nrows()),
            scale: DVector::zeros(x.nrows()),
        };
        for feature in 0..x.nrows() {
            let row = x.row(feature).into_owned();
            let (offset, scale) = scale_of(&row);
            // The deviation of equal numbers is not exactly zero, that of tiny ones may be.
            if row.min() == row.max() || scale == T::zero() {
                scaling.offset[feature] = row[0];
            } else {
                (scaling.offset[feature], scaling.scale[feature]) = (offset, scale);
            }
        }
        Ok(scaling)
    }

    /// The scaled samples, of the shape of `x`: features × samples.
    ///
    /// # Panics
    /// If `x` has another number of features.
    pub fn apply(&self, x: &DMatrix<T>) -> DMatrix<T> {
        self.check_features(x);
        DMatrix::from_fn(x.nrows(), x.ncols(), |feature, sample| {
            (x[(feature, sample)] - self.offset[feature]) / self.divisor(feature)
        })
    }

    /// The samples whose scaled form is `x`: undoes [`apply`](Scaling::apply).
    ///
    /// # Panics
    /// If `x` has another number of features.
    ///
    /// ```
    /// use micrograd_nn::Scaling;
    /// use nalgebra::dmatrix;
    ///
    /// let scaling = Scaling::min_max(&dmatrix![10.0, 20.0]).unwrap();
    /// assert_eq!(scaling.invert(&dmatrix![0.5]), dmatrix![15.0]);
    /// ```
    pub fn invert(&self, x: &DMatrix<T>) -> DMatrix<T> {
        self.check_features(x);
        DMatrix::from_fn(x.nrows(), x.ncols(), |feature, sample| {
            x[(feature, sample)] * self.divisor(feature) + self.offset[feature]
        })
    }

    /// The features that had the same value in all samples, in order: they tell nothing apart.
    pub fn constant_features(&self) -> Vec<usize> {
        let features = 0..self.scale.len();
        features
            .filter(|&feature| self.scale[feature] == T::zero())
            .collect()
    }

    fn divisor(&self, feature: usize) -> T {
        match self.scale[feature] {
            scale if scale == T::zero() => T::one(),
            scale => scale,
        }
    }

    fn check_features(&self, x: &DMatrix<T>) {
        assert!(
            x.nrows() == self.offset.len(),
            "the scaling is of {} features, the samples have {}",
            self.offset.len(),
            x.nrows()
        );
    }
}

fn count<T: Scalar>(row: &RowDVector<T>) -> T {
    convert(row.len() as f64)
}

fn check_numbers<T: Scalar>(x: &DMatrix<T>) -> Result<(), ScalingError> {
    if x.ncols() == 0 {
        return Err(ScalingError::NoSamples);
    }
    match x.iter().position(|number| !number.is_finite()) {
        None => Ok(()),
        Some(index) => Err(ScalingError::NotFinite {
            feature: index % x.nrows(),
            sample: index / x.nrows(),
            found: convert_unchecked(x[index]),
        }),
    }
}

/// Why no scale can be taken from samples.
///
/// ```
/// use micrograd_nn::{Scaling, ScalingError};
///
/// let error = Scaling::standard(&nalgebra::DMatrix::<f64>::zeros(2, 0)).unwrap_err();
/// assert_eq!(error, ScalingError::NoSamples);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ScalingError {
    /// There are none.
    NoSamples,
    /// A number among them is infinite or NaN.
    NotFinite {
        /// The feature, a row.
        feature: usize,
        /// The sample, a column.
        sample: usize,
        /// The number.
        found: f64,
    },
}

impl fmt::Display for ScalingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScalingError::NoSamples => write!(f, "there are no samples to take a scale from"),
            ScalingError::NotFinite {
                feature,
                sample,
                found,
            } => write!(f, "feature {feature} of sample {sample} is {found}"),
        }
    }
}

impl std::error::Error for ScalingError {}
