//! Conventions at edge points.

use micrograd_core::Differentiable;
use micrograd_core::rules::matrix::{ComponentwiseRules, LinearAlgebraRules, ReduceRules};
use nalgebra::{DVector, Vector2, dvector};

#[test]
fn the_norm_of_zero_has_gradient_zero() {
    let a = DVector::<f64>::zeros(3);
    let (norm, back) = a.rrule_norm();
    let mut da = a.accumulator();
    back(&1.0, &a, &mut da);
    assert_eq!((norm, da), (0.0, dvector![0.0, 0.0, 0.0]));
}

#[test]
fn abs_has_gradient_zero_at_zero() {
    let a = dvector![-2.0, 0.0, 3.0];
    let mut da = a.accumulator();
    (a.rrule_abs().1)(&dvector![1.0, 1.0, 1.0], &a, &mut da);
    assert_eq!(da, dvector![-1.0, 0.0, 1.0]);
}

#[test]
fn equal_maxima_and_minima_share_the_cotangent() {
    let a = dvector![3.0, 1.0, 3.0, 1.0, 3.0, 1.0];
    let (mut largest, mut smallest) = (a.accumulator(), a.accumulator());
    (a.rrule_max().1)(&3.0, &a, &mut largest);
    (a.rrule_min().1)(&3.0, &a, &mut smallest);
    assert_eq!(largest, dvector![1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(smallest, dvector![0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
}

#[test]
fn the_angle_between_parallel_vectors_has_gradient_zero() {
    let (a, b) = (Vector2::new(1.0, 0.0), Vector2::new(2.0, 0.0));
    for (a, b) in [(a, b), (a, -b), (a, Vector2::zeros())] {
        let (mut da, mut db) = (Vector2::zeros(), Vector2::zeros());
        (a.rrule_angle(&b).1)(&1.0, &a, &mut da, &b, &mut db);
        assert_eq!((da, db), (Vector2::zeros(), Vector2::zeros()));
    }
}

#[test]
fn equal_magnitudes_share_the_cotangent() {
    let a = dvector![3.0, -1.0, -3.0, 1.0];
    let (mut largest, mut smallest) = (a.accumulator(), a.accumulator());
    (a.rrule_amax().1)(&3.0, &a, &mut largest);
    (a.rrule_amin().1)(&3.0, &a, &mut smallest);
    assert_eq!(largest, dvector![1.5, 0.0, -1.5, 0.0]);
    assert_eq!(smallest, dvector![0.0, -1.5, 0.0, 1.5]);
    let zero = dvector![0.0, 0.0];
    let mut dzero = zero.accumulator();
    (zero.rrule_amax().1)(&1.0, &zero, &mut dzero);
    assert_eq!(dzero, zero);
}

#[test]
fn normalize_of_zero_contributes_nothing_to_a_zero_cotangent() {
    let a = Vector2::<f64>::zeros();
    let mut da = Vector2::zeros();
    (a.rrule_normalize().1)(&Vector2::zeros(), &a, &mut da);
    assert_eq!(da, Vector2::zeros());
}
