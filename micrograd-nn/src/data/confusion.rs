//! Which classes are taken for which.

use std::fmt;

use nalgebra::DMatrix;

/// How often each class was taken for each: the counts, and what follows from them.
///
/// Rows are the actual classes, columns the predicted ones. There are as many classes as the
/// highest label needs.
///
/// Source: `sklearn.metrics.confusion_matrix`.
///
/// ```
/// use micrograd_nn::{ConfusionMatrix, onecold};
/// use nalgebra::dmatrix;
///
/// let scores = dmatrix![
///     0.9, 0.2, 0.6, 0.3;
///     0.1, 0.8, 0.4, 0.7;
/// ];
/// let confusion = ConfusionMatrix::new(&onecold(&scores), &[0, 1, 1, 1]);
/// assert_eq!(confusion.counts(), &dmatrix![1, 0; 1, 2]);
/// let table = "
/// actual \\ predicted     0     1  recall %
///                  0     1     0     100.0
///                  1     1     2      66.7
///        precision %  50.0 100.0
/// accuracy 75.0 %";
/// assert_eq!(format!("\n{confusion}"), table);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    counts: DMatrix<usize>,
}

impl ConfusionMatrix {
    /// Counts the samples of each pair of actual and predicted class.
    /// `predicted` and `labels` have one class a sample, counted from 0.
    ///
    /// # Panics
    /// If there are not as many predictions as labels.
    pub fn new(predicted: &[usize], labels: &[usize]) -> ConfusionMatrix {
        assert!(
            predicted.len() == labels.len(),
            "{} predictions cannot be compared with {} labels",
            predicted.len(),
            labels.len()
        );
        let classes = predicted.iter().chain(labels).max();
        let classes = classes.map_or(0, |highest| highest + 1);
        let mut counts = DMatrix::zeros(classes, classes);
        for (&predicted, &actual) in predicted.iter().zip(labels) {
            counts[(actual, predicted)] += 1;
        }
        ConfusionMatrix { counts }
    }

    /// The number of samples by actual (row) and predicted class (column).
    pub fn counts(&self) -> &DMatrix<usize> {
        &self.counts
    }

    /// The fraction of samples that were predicted correctly; NaN if there are none.
    ///
    /// ```
    /// let confusion = micrograd_nn::ConfusionMatrix::new(&[0, 1, 1, 1], &[0, 0, 1, 1]);
    /// assert_eq!(confusion.accuracy(), 0.75);
    /// ```
    pub fn accuracy(&self) -> f64 {
        self.counts.trace() as f64 / self.counts.sum() as f64
    }

    /// Of the samples predicted to be of `class`, the fraction that is; NaN if there are none.
    ///
    /// # Panics
    /// If there is no such class.
    ///
    /// ```
    /// let confusion = micrograd_nn::ConfusionMatrix::new(&[0, 1, 1, 1], &[0, 0, 1, 1]);
    /// assert_eq!(confusion.precision(1), 2.0 / 3.0);
    /// ```
    pub fn precision(&self, class: usize) -> f64 {
        self.correct(class) / self.counts.column(class).sum() as f64
    }

    /// Of the samples that are of `class`, the fraction predicted to be; NaN if there are none.
    ///
    /// # Panics
    /// If there is no such class.
    ///
    /// ```
    /// let confusion = micrograd_nn::ConfusionMatrix::new(&[0, 1, 1, 1], &[0, 0, 1, 1]);
    /// assert_eq!(confusion.recall(0), 0.5);
    /// ```
    pub fn recall(&self, class: usize) -> f64 {
        self.correct(class) / self.counts.row(class).sum() as f64
    }

    /// The harmonic mean of [`precision`](Self::precision) and [`recall`](Self::recall); NaN if
    /// the class is neither predicted nor actual.
    ///
    /// # Panics
    /// If there is no such class.
    ///
    /// ```
    /// let confusion = micrograd_nn::ConfusionMatrix::new(&[0, 1, 1, 1], &[0, 0, 1, 1]);
    /// assert_eq!(confusion.f1(1), 0.8);
    /// ```
    pub fn f1(&self, class: usize) -> f64 {
        let predicted: usize = self.counts.column(class).sum();
        let actual: usize = self.counts.row(class).sum();
        2.0 * self.correct(class) / (predicted + actual) as f64
    }

    fn correct(&self, class: usize) -> f64 {
        self.counts[(class, class)] as f64
    }
}

/// The counts with the recall of each class beside and the precision below, then the accuracy.
impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CORNER: &str = "actual \\ predicted";
        let side = CORNER.len();
        let classes = 0..self.counts.nrows();
        let widest = self.counts.iter().chain([&classes.end]).max();
        let cell = widest.map_or(0, |count| count.to_string().len()).max(5);

        write!(f, "{CORNER}")?;
        for class in classes.clone() {
            write!(f, " {class:>cell$}")?;
        }
        writeln!(f, "  recall %")?;
        for class in classes.clone() {
            write!(f, "{class:>side$}")?;
            for count in self.counts.row(class).iter() {
                write!(f, " {count:>cell$}")?;
            }
            writeln!(f, "  {:>8}", percent(self.recall(class)))?;
        }
        write!(f, "{:>side$}", "precision %")?;
        for class in classes {
            write!(f, " {:>cell$}", percent(self.precision(class)))?;
        }
        write!(f, "\naccuracy {} %", percent(self.accuracy()))
    }
}

/// A fraction in percent, a dash for that of nothing.
fn percent(fraction: f64) -> String {
    if fraction.is_nan() {
        "-".to_owned()
    } else {
        format!("{:.1}", 100.0 * fraction)
    }
}
