//! Training and test samples.

use micrograd_nn::Split;
use nalgebra::DMatrix;

use crate::rng;

/// Every sample is on one side, once.
fn assert_complete(split: &Split, samples: usize) {
    let mut all = [&split.train[..], &split.test[..]].concat();
    all.sort_unstable();
    assert_eq!(all, (0..samples).collect::<Vec<_>>());
}

#[test]
fn every_sample_is_on_one_side() {
    for samples in [2, 3, 10, 101] {
        for test in [0.01, 0.25, 0.5] {
            let split = Split::random(samples, test, &mut rng(1)).unwrap();
            assert_complete(&split, samples);
            assert_eq!(split.test.len(), (test * samples as f64).ceil() as usize);
        }
    }
}

#[test]
fn a_rounding_error_is_no_reason_for_one_more_sample() {
    // 0.07 · 100.0 is 7.000000000000001.
    let split = Split::random(100, 0.07, &mut rng(1)).unwrap();
    assert_eq!(split.test.len(), 7);
}

#[test]
fn a_stratified_split_keeps_the_mix_of_classes() {
    let labels: Vec<usize> = (0..100).map(|i| [0, 0, 0, 1, 4][i % 5]).collect();
    let split = Split::stratified(&labels, 0.25, &mut rng(2)).unwrap();
    assert_complete(&split, 100);
    let (_, test) = split.items(&labels);
    let counts = [0, 1, 4].map(|class| test.iter().filter(|label| **label == class).count());
    assert_eq!(counts, [15, 5, 5]);
}

#[test]
fn a_stratified_split_has_every_class_on_both_sides() {
    for test in [0.001, 0.999] {
        let split = Split::stratified(&[1, 0, 0, 1, 0], test, &mut rng(3)).unwrap();
        assert_complete(&split, 5);
        for part in [&split.train, &split.test] {
            assert!(
                part.iter().any(|sample| [0, 3].contains(sample)),
                "{split:?}"
            );
            assert!(
                part.iter().any(|sample| [1, 2, 4].contains(sample)),
                "{split:?}"
            );
        }
    }
}

#[test]
fn samples_and_labels_stay_together() {
    let x = DMatrix::from_fn(2, 20, |_, sample| sample as f64);
    let labels: Vec<usize> = (0..20).collect();
    let split = Split::random(20, 0.3, &mut rng(4)).unwrap();
    let ((x_train, x_test), (train, test)) = (split.columns(&x), split.items(&labels));
    for (x, labels) in [(x_train, train), (x_test, test)] {
        let found: Vec<usize> = x.row(1).iter().map(|x| *x as usize).collect();
        assert_eq!(found, labels);
    }
}

#[test]
fn a_seed_reproduces_the_split_and_the_order_is_random() {
    let split = |seed| Split::random(50, 0.2, &mut rng(seed)).unwrap();
    assert_eq!(split(5), split(5));
    assert_ne!(split(5), split(6));
    assert!(!split(5).train.is_sorted());
    let stratified = Split::stratified(&[0; 50], 0.2, &mut rng(5)).unwrap();
    assert!(!stratified.train.is_sorted());
}

#[test]
fn what_cannot_be_split_is_an_error() {
    let random = |samples, test| {
        let error = Split::random(samples, test, &mut rng(7)).unwrap_err();
        error.to_string()
    };
    let fraction =
        |found: &str| format!("the fraction to test with is between 0 and 1, it cannot be {found}");
    assert_eq!(random(10, 0.0), fraction("0"));
    assert_eq!(random(10, 1.0), fraction("1"));
    assert_eq!(random(10, f64::NAN), fraction("NaN"));
    let few = "1 samples are too few to test with the fraction 0.5 of them";
    assert_eq!(random(1, 0.5), few);
    assert!(Split::random(0, 0.5, &mut rng(7)).is_err());
    assert!(Split::stratified(&[], 0.5, &mut rng(7)).is_err());
}

#[test]
#[should_panic(expected = "a split of 10 samples cannot divide 9 items")]
fn a_split_of_more_samples_is_refused() {
    let split = Split::random(10, 0.5, &mut rng(8)).unwrap();
    split.items(&[0; 9]);
}

#[test]
fn classes_may_have_any_numbers() {
    let labels = [usize::MAX, 7, 7, usize::MAX];
    let split = Split::stratified(&labels, 0.5, &mut rng(1)).unwrap();
    let (train, test) = split.items(&labels);
    assert_eq!(train.len(), 2);
    assert!(train.contains(&7) && test.contains(&7));
}
