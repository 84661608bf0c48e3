//! Data sets, label encodings and accuracy.

use micrograd_nn::{accuracy, make_moons, onecold, onehot};
use nalgebra::DMatrix;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

#[test]
fn moons_have_the_coordinates_of_scikit_learn() {
    // sklearn.datasets.make_moons(5, shuffle=False)
    let (x, labels) = make_moons(5, 0.0, &mut rng(0));
    let expected =
        DMatrix::from_row_slice(2, 5, &[1.0, -1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.5, -0.5, 0.5]);
    assert!((x - expected).amax() < 1e-15);
    assert_eq!(labels, [0, 0, 1, 1, 1]);
}

#[test]
fn moons_of_few_samples_exist() {
    assert_eq!(make_moons(0, 0.1, &mut rng(0)).0.shape(), (2, 0));
    assert_eq!(
        make_moons(1, 0.0, &mut rng(0)),
        (DMatrix::from_row_slice(2, 1, &[0.0, 0.5]), vec![1])
    );
    assert_eq!(
        make_moons(2, 0.0, &mut rng(0)).0,
        DMatrix::from_row_slice(2, 2, &[1.0, 0.0, 0.0, 0.5])
    );
}

#[test]
fn noise_has_the_stated_deviation_and_no_bias() {
    let (noisy, _) = make_moons(20_000, 0.1, &mut rng(1));
    let (exact, _) = make_moons(20_000, 0.0, &mut rng(1));
    let noise: DMatrix<f64> = noisy - exact;
    assert!(noise.mean().abs() < 2e-3);
    assert!((noise.variance().sqrt() / 0.1 - 1.0).abs() < 0.02);
}

#[test]
fn moons_without_noise_draw_nothing() {
    let mut used = rng(2);
    make_moons(10, 0.0, &mut used);
    assert_eq!(used.random::<u64>(), rng(2).random::<u64>());
}

#[test]
fn a_seed_reproduces_the_moons() {
    assert_eq!(
        make_moons(50, 0.2, &mut rng(3)),
        make_moons(50, 0.2, &mut rng(3))
    );
    assert_ne!(
        make_moons(50, 0.2, &mut rng(3)),
        make_moons(50, 0.2, &mut rng(4))
    );
}

#[test]
#[should_panic(expected = "the noise is a standard deviation, it cannot be -0.1")]
fn negative_noise_is_refused() {
    make_moons(10, -0.1, &mut rng(0));
}

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
