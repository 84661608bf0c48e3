//! One-hot columns, accuracy and the confusion matrix.

use micrograd_nn::{ConfusionMatrix, accuracy, onecold, onehot};
use nalgebra::{DMatrix, dmatrix};

#[test]
fn onecold_inverts_onehot() {
    let labels = [2, 0, 1, 1, 3];
    assert_eq!(onecold(&onehot::<f32>(&labels, 4).unwrap()), labels);
}

#[test]
fn a_label_out_of_range_is_an_error_that_names_the_sample() {
    let message =
        |labels: &[usize], classes| onehot::<f64>(labels, classes).unwrap_err().to_string();
    assert_eq!(
        message(&[0, 1, 7], 2),
        "sample 2 has label 7, but there are 2 classes (0 to 1)"
    );
    assert_eq!(
        message(&[1], 1),
        "sample 0 has label 1, but there is only class 0"
    );
    assert_eq!(
        message(&[0], 0),
        "sample 0 has label 0, but there are no classes"
    );
}

#[test]
fn nan_never_wins() {
    let scores =
        DMatrix::from_row_slice(2, 3, &[f64::NAN, f64::NAN, 1.0, -1.0, f64::NAN, f64::NAN]);
    assert_eq!(onecold(&scores), [1, 0, 0]);
    assert_eq!(accuracy(&scores, &[1, 0, 0]), 2.0 / 3.0);
}

#[test]
fn accuracy_of_no_samples_is_not_a_number() {
    assert!(accuracy(&DMatrix::<f64>::zeros(2, 0), &[]).is_nan());
}

#[test]
#[should_panic(expected = "scores of 3 samples cannot be compared with 2 labels")]
fn accuracy_needs_a_label_for_each_sample() {
    accuracy(&DMatrix::<f64>::zeros(2, 3), &[0, 1]);
}

#[test]
fn the_confusion_matrix_has_actual_classes_as_rows() {
    // sklearn.metrics.confusion_matrix([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2])
    let confusion = ConfusionMatrix::new(&[0, 0, 2, 2, 0, 2], &[2, 0, 2, 2, 0, 1]);
    assert_eq!(confusion.counts(), &dmatrix![2, 0, 0; 0, 0, 1; 1, 0, 2]);
    assert_eq!(confusion.accuracy(), 4.0 / 6.0);
    assert_eq!(
        (confusion.precision(0), confusion.recall(0)),
        (2.0 / 3.0, 1.0)
    );
    assert_eq!(
        (confusion.precision(2), confusion.recall(2)),
        (2.0 / 3.0, 2.0 / 3.0)
    );
    assert_eq!((confusion.f1(0), confusion.f1(1)), (0.8, 0.0));
}

#[test]
fn a_class_that_is_never_predicted_has_no_precision() {
    let confusion = ConfusionMatrix::new(&[0, 0], &[0, 1]);
    assert!(confusion.precision(1).is_nan());
    let table = "
actual \\ predicted     0     1  recall %
                 0     1     0     100.0
                 1     1     0       0.0
       precision %  50.0     -
accuracy 50.0 %";
    assert_eq!(format!("\n{confusion}"), table);
}

#[test]
fn the_confusion_matrix_of_nothing_is_empty() {
    let confusion = ConfusionMatrix::new(&[], &[]);
    assert_eq!(confusion.counts().shape(), (0, 0));
    assert!(confusion.accuracy().is_nan());
    assert!(confusion.to_string().ends_with("accuracy - %"));
}

#[test]
#[should_panic(expected = "2 predictions cannot be compared with 1 labels")]
fn the_confusion_matrix_needs_a_label_for_each_prediction() {
    ConfusionMatrix::new(&[0, 1], &[0]);
}
