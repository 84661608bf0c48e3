//! Samples to train on and samples to test with.

use std::collections::BTreeMap;
use std::fmt;

use nalgebra::{DMatrix, Scalar};
use rand::Rng;
use rand::seq::SliceRandom;

/// The indices of the samples to train on and of those to test with, each in random order.
///
/// ```
/// use micrograd_nn::{Split, make_moons};
/// use rand::SeedableRng;
///
/// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let (x, labels) = make_moons(200, 0.1, rng);
///
/// let split = Split::stratified(&labels, 0.25, rng).unwrap();
/// let (x_train, x_test) = split.columns(&x);
/// let (labels_train, labels_test) = split.items(&labels);
/// assert_eq!((x_train.ncols(), x_test.ncols()), (150, 50));
/// assert_eq!(labels_test.iter().sum::<usize>(), 25); // as many of class 1 as of class 0
/// assert_eq!(labels_train[7], labels[split.train[7]]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The samples to train on.
    pub train: Vec<usize>,
    /// The samples to test with, none of which is in `train`.
    pub test: Vec<usize>,
}

impl Split {
    /// Splits samples 0 to `samples - 1`; `test` is the fraction of them to test with, rounded up.
    ///
    /// Source of the rounding: `sklearn.model_selection.train_test_split`.
    ///
    /// # Errors
    /// If the fraction is not between 0 and 1, or nothing would be left to train on.
    ///
    /// ```
    /// use micrograd_nn::Split;
    /// use rand::SeedableRng;
    ///
    /// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
    /// let split = Split::random(10, 0.25, rng).unwrap();
    /// assert_eq!((split.train.len(), split.test.len()), (7, 3));
    /// ```
    pub fn random<R>(samples: usize, test: f64, rng: &mut R) -> Result<Split, SplitError>
    where
        R: Rng + ?Sized,
    {
        check_fraction(test)?;
        // A rounding error of the product is no reason for one more: 0.07 of 100 are 7.
        let tested = (test * samples as f64 * (1.0 - f64::EPSILON)).ceil() as usize;
        if tested == samples {
            return Err(SplitError::TooFew { samples, test });
        }
        let mut order: Vec<usize> = (0..samples).collect();
        order.shuffle(rng);
        let train = order.split_off(tested);
        Ok(Split { train, test: order })
    }

    /// Splits the samples of every class on their own: both parts have all classes, in the same mix.
    ///
    /// `test` is the fraction of each class to test with, rounded to the nearest number of samples;
    /// at least one sample of a class is on either side.
    ///
    /// # Errors
    /// If the fraction is not between 0 and 1, there are no samples, or a class has only one.
    ///
    /// ```
    /// use micrograd_nn::Split;
    /// use rand::SeedableRng;
    ///
    /// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
    /// let split = Split::stratified(&[0, 0, 0, 0, 0, 0, 1, 1, 1], 1.0 / 3.0, rng).unwrap();
    /// assert_eq!(split.test.iter().filter(|&&sample| sample < 6).count(), 2);
    /// assert_eq!(split.test.iter().filter(|&&sample| sample >= 6).count(), 1);
    ///
    /// let error = Split::stratified(&[0, 0, 1], 0.5, rng).unwrap_err();
    /// assert_eq!(error.to_string(), "class 1 has 1 sample, a stratified split needs at least 2");
    /// ```
    pub fn stratified<R>(labels: &[usize], test: f64, rng: &mut R) -> Result<Split, SplitError>
    where
        R: Rng + ?Sized,
    {
        check_fraction(test)?;
        if labels.is_empty() {
            return Err(SplitError::TooFew { samples: 0, test });
        }
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (sample, &label) in labels.iter().enumerate() {
            members.entry(label).or_default().push(sample);
        }
        let mut split = Split {
            train: Vec::new(),
            test: Vec::new(),
        };
        for (class, mut members) in members {
            match members.len() {
                1 => return Err(SplitError::LonelySample { class }),
                count => {
                    members.shuffle(rng);
                    let tested = (test * count as f64).round() as usize;
                    split
                        .train
                        .extend(members.split_off(tested.clamp(1, count - 1)));
                    split.test.extend(members);
                }
            }
        }
        split.train.shuffle(rng);
        split.test.shuffle(rng);
        Ok(split)
    }

    /// The columns of `x` (anything × samples) to train on, and those to test with.
    ///
    /// # Panics
    /// If `x` has fewer columns than there were samples.
    ///
    /// ```
    /// let split = micrograd_nn::Split { train: vec![2, 0], test: vec![1] };
    /// let (train, test) = split.columns(&nalgebra::dmatrix![10, 11, 12]);
    /// assert_eq!((train, test), (nalgebra::dmatrix![12, 10], nalgebra::dmatrix![11]));
    /// ```
    pub fn columns<T: Scalar>(&self, x: &DMatrix<T>) -> (DMatrix<T>, DMatrix<T>) {
        self.check(x.ncols(), "columns");
        (x.select_columns(&self.train), x.select_columns(&self.test))
    }

    /// The items, one a sample, to train on, and those to test with.
    ///
    /// # Panics
    /// If there are fewer items than there were samples.
    ///
    /// ```
    /// let split = micrograd_nn::Split { train: vec![2, 0], test: vec![1] };
    /// assert_eq!(split.items(&['a', 'b', 'c']), (vec!['c', 'a'], vec!['b']));
    /// ```
    pub fn items<T: Clone>(&self, items: &[T]) -> (Vec<T>, Vec<T>) {
        self.check(items.len(), "items");
        let chosen = |samples: &[usize]| samples.iter().map(|&i| items[i].clone()).collect();
        (chosen(&self.train), chosen(&self.test))
    }

    fn check(&self, found: usize, what: &str) {
        let samples = self.train.iter().chain(&self.test).max();
        let samples = samples.map_or(0, |highest| highest + 1);
        assert!(
            samples <= found,
            "a split of {samples} samples cannot divide {found} {what}"
        );
    }
}

fn check_fraction(test: f64) -> Result<(), SplitError> {
    if test > 0.0 && test < 1.0 {
        Ok(())
    } else {
        Err(SplitError::Fraction { test })
    }
}

/// Why samples cannot be split.
///
/// ```
/// use micrograd_nn::{Split, SplitError};
/// use rand::SeedableRng;
///
/// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// assert_eq!(Split::random(10, 1.5, rng), Err(SplitError::Fraction { test: 1.5 }));
/// assert_eq!(Split::stratified(&[0, 0, 1], 0.5, rng), Err(SplitError::LonelySample { class: 1 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SplitError {
    /// The fraction to test with is not between 0 and 1.
    Fraction {
        /// The fraction.
        test: f64,
    },
    /// One part would be empty.
    TooFew {
        /// The number of samples.
        samples: usize,
        /// The fraction to test with.
        test: f64,
    },
    /// A class has one sample, which cannot be on both sides.
    LonelySample {
        /// The class.
        class: usize,
    },
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SplitError::Fraction { test } => {
                write!(
                    f,
                    "the fraction to test with is between 0 and 1, it cannot be {test}"
                )
            }
            SplitError::TooFew { samples, test } => write!(
                f,
                "{samples} samples are too few to test with the fraction {test} of them"
            ),
            SplitError::LonelySample { class } => write!(
                f,
                "class {class} has 1 sample, a stratified split needs at least 2"
            ),
        }
    }
}

impl std::error::Error for SplitError {}
