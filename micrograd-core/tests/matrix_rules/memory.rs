//! Memory of cotangents that is used again.

use super::{A, matrix, vector};
use micrograd_core::rules::matrix::ShapeRules;
use micrograd_core::rules::operator::{mul_left, mul_right};
use micrograd_core::{Accumulate, Differentiable, broadcast, differentiable, stop_gradient};
use nalgebra::{DMatrix, DVector};

/// That `add` puts into a renewed cotangent of `value`, in its memory, what it puts into a new one.
fn check(value: &DMatrix<f64>, add: impl Fn(&mut DMatrix<f64>)) {
    let mut expected = value.accumulator();
    add(&mut expected);
    let mut renewed = value.map(|_| f64::NAN);
    let memory = renewed.as_ptr();
    for _ in 0..3 {
        value.renew(&mut renewed);
        assert!(renewed.is_empty());
        add(&mut renewed);
        assert_eq!((&renewed, renewed.as_ptr()), (&expected, memory));
    }
    add(&mut renewed);
    assert!((renewed - 2.0 * expected).amax() < 1e-12);
}

#[test]
fn a_product_goes_into_memory_that_is_there() {
    for (rows, inner, columns) in [(7, 8, 9), (2, 8, 9), (8, 2, 3), (1, 1, 1)] {
        let (a, b) = (matrix(rows, inner), matrix(inner, columns));
        let dz = matrix(rows, columns);
        check(&a, |da| mul_left(&a, &b, &dz, da));
        check(&b, |db| mul_right(&a, &b, &dz, db));
    }
}

#[test]
fn elements_and_sums_go_into_memory_that_is_there() {
    let (a, dz) = (matrix(3, 4), matrix(4, 3));
    check(&a, |da| da.accumulate(&matrix(3, 4)));
    check(&a, |da| a.rrule_transpose().1(&dz, &a, da));
    let mut da = vector(4);
    let memory = da.as_ptr();
    let longer = vector(3);
    longer.renew(&mut da);
    assert_eq!(da.shape(), (0, 1));
    da.accumulate(&longer);
    assert_eq!((da.as_ptr(), da), (memory, longer));
}

#[derive(Clone, Differentiable)]
struct Model {
    weights: Vec<DMatrix<f64>>,
    bias: Option<DVector<f64>>,
    scale: (f64, [DMatrix<f64>; 1]),
    #[no_gradient]
    fixed: f64,
}

fn model(layers: usize) -> Model {
    Model {
        weights: (0..layers).map(|_| matrix(3, 3)).collect(),
        bias: Some(vector(3)),
        scale: (1.5, [matrix(3, 2)]),
        fixed: 0.5,
    }
}

#[differentiable]
fn objective(model: &Model) -> f64 {
    let mut x = &model.scale.1[0] * model.scale.0;
    for weight in &model.weights {
        x = weight * &x;
    }
    if let Some(bias) = &model.bias {
        x = broadcast!(x .+ bias);
    }
    x.sum() * stop_gradient(model.fixed)
}

#[test]
fn a_renewed_gradient_is_as_good_as_a_new_one() {
    let mut gradient = model(2).zero_tangent();
    // A model with another number of layers, or without a bias, has its gradient there too.
    let unbiased = Model {
        bias: None,
        ..model(2)
    };
    for model in [model(2), model(2), model(3), unbiased, model(2)] {
        let (_, back) = pullback_objective(&model);
        let expected = back(1.0).0;
        model.renew(&mut gradient);
        objective::rrule(&model).1(&mut 1.0, &model, &mut gradient);
        model.complete(&mut gradient);
        assert_eq!(gradient.weights, expected.weights);
        assert_eq!(gradient.bias, expected.bias);
        assert_eq!(gradient.scale, expected.scale);
    }
}

#[test]
fn a_static_matrix_and_a_number_start_at_zero() {
    let mut tangent = (A, 7.0, micrograd_core::NoTangent);
    (A, 1.0, 3).renew(&mut tangent);
    assert_eq!((tangent.0, tangent.1), (A.zero_tangent(), 0.0));
}
