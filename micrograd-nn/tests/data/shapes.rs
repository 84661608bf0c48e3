//! Moons, circles and blobs.

use micrograd_nn::{make_blobs, make_circles, make_moons, random_centres};
use nalgebra::{DMatrix, dmatrix};
use rand::RngExt;

use crate::rng;

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
fn circles_have_the_coordinates_of_scikit_learn() {
    // sklearn.datasets.make_circles(5, shuffle=False, factor=0.5)
    let (x, labels) = make_circles(5, 0.0, 0.5, &mut rng(0));
    let height = 3.0_f64.sqrt() / 4.0;
    let expected = dmatrix![
        1.0, -1.0, 0.5, -0.25, -0.25;
        0.0, 0.0, 0.0, height, -height;
    ];
    assert!((x - expected).amax() < 1e-15);
    assert_eq!(labels, [0, 0, 1, 1, 1]);
    assert_eq!(make_circles(0, 0.1, 0.8, &mut rng(0)).0.shape(), (2, 0));
}

#[test]
#[should_panic(expected = "the inner radius is a factor from 0 to below 1, it cannot be 1")]
fn circles_of_equal_radius_are_refused() {
    make_circles(10, 0.1, 1.0, &mut rng(0));
}

#[test]
fn blobs_without_noise_are_their_centres_and_the_first_ones_have_what_is_left_over() {
    let centres = dmatrix![1.0, 2.0, 3.0; -1.0, -2.0, -3.0];
    let (x, labels) = make_blobs(5, &centres, 0.0, &mut rng(0));
    assert_eq!(
        x,
        dmatrix![1.0, 1.0, 2.0, 2.0, 3.0; -1.0, -1.0, -2.0, -2.0, -3.0]
    );
    assert_eq!(labels, [0, 0, 1, 1, 2]);
    let (x, labels) = make_blobs(0, &DMatrix::zeros(2, 0), 1.0, &mut rng(0));
    assert_eq!((x.shape(), labels), ((2, 0), vec![]));
}

#[test]
fn blobs_have_the_stated_deviation_around_each_centre() {
    let centres = dmatrix![5.0, -5.0; 0.0, 1.0; 2.0, 3.0];
    let (x, labels) = make_blobs(20_000, &centres, 0.5, &mut rng(1));
    let around = &x - centres.select_columns(&labels);
    for class in 0..2 {
        let columns: Vec<usize> = (0..20_000).filter(|&i| labels[i] == class).collect();
        let cloud = around.select_columns(&columns);
        for coordinate in cloud.row_iter() {
            assert!(coordinate.mean().abs() < 0.02);
            assert!((coordinate.variance().sqrt() / 0.5 - 1.0).abs() < 0.02);
        }
    }
}

#[test]
#[should_panic(expected = "3 samples need at least one centre")]
fn blobs_need_a_centre() {
    make_blobs(3, &DMatrix::zeros(2, 0), 1.0, &mut rng(0));
}

#[test]
fn random_centres_fill_their_box() {
    let centres = random_centres(2, 2000, &mut rng(3));
    assert!(centres.max() <= 10.0 && centres.max() > 9.9);
    assert!(centres.min() >= -10.0 && centres.min() < -9.9);
}
