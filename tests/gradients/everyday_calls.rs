//! Calls of the standard library that are everywhere: `array::from_fn`, `contains` of a range, `as_slice`, `as_deref`.

use micrograd_core::{Differentiable, check_gradient, differentiable, jacobian};
use nalgebra::DVector;
use std::array;
use std::array::from_fn;

const N: usize = 3;

#[differentiable]
fn from_functions(x: f64, v: &[f64]) -> f64 {
    let a: [f64; 3] = std::array::from_fn(|i| x * i as f64);
    let b = array::from_fn::<_, N, _>(|i| v[i] * x);
    let m: [[f64; 2]; N] = from_fn(|i| core::array::from_fn(|j| a[i] * b[j] + x));
    let mut sum = 0.0;
    let sums: [f64; 3] = from_fn(|i| {
        sum += v[i];
        sum * x
    });
    a[1] * a[2] + m[1][1] * m[2][0] + sums[2] * sum
}

#[differentiable]
fn scaled<const M: usize>(x: &[f64; M], k: f64) -> [f64; M] {
    array::from_fn(|i| x[i] * k)
}

#[differentiable]
fn of_a_generic_length(x: f64) -> f64 {
    let y = scaled(&[x, x * x], 3.0);
    y[0] * y[1]
}

#[test]
fn an_array_may_be_made_by_a_function() {
    check_gradient!(from_functions, 3.0, &[0.3, 0.7, 0.9]);
    check_gradient!(of_a_generic_length, 0.7);
    let (_, rows) = jacobian!(scaled, &[1.0, 2.0], 3.0);
    assert_eq!(rows, [([3.0, 0.0], 1.0), ([0.0, 3.0], 2.0)]);
}

#[differentiable]
fn inside(x: f64, width: isize, k: &isize, v: &[f64]) -> f64 {
    let is_inside = (0..width).contains(k);
    let small = v.iter().filter(|x| (0.0..2.0).contains(*x)).count();
    let halved = v
        .iter()
        .filter(|x| (0.0..=x.abs()).contains(&(**x * 0.5)))
        .count();
    let mut sum = 0.0;
    for &y in v {
        if (-1.0..x).contains(&y) && (..5.0).contains(&y) {
            sum += y * x;
        }
    }
    if is_inside && !(3..).contains(&width) {
        x * x * small as f64 + sum
    } else {
        x * halved as f64 + sum
    }
}

#[test]
fn a_range_may_be_asked_whether_it_holds_a_number() {
    let v = [0.5, 2.5, -0.5, -3.0];
    check_gradient!(inside, 2.9, 2, &1, &v);
    check_gradient!(inside, 2.9, 2, &2, &v);
    check_gradient!(inside, f64::INFINITY.min(1.0), 5, &4, &v);
}

#[differentiable]
fn squares(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum()
}

#[differentiable]
fn slices(x: f64, m: &DVector<f64>) -> f64 {
    let v = vec![x, x * x];
    let a = [x, 2.0];
    let product = match v.as_slice() {
        [a, b] => a * b,
        _ => 0.0,
    };
    product + squares(v.as_slice()) + a.as_slice().iter().sum::<f64>() + squares(m.as_slice()) * x
}

#[test]
fn vectors_and_matrices_may_be_taken_as_slices() {
    check_gradient!(slices, 0.8, &DVector::from_vec(vec![1.0, 2.0]));
}

#[derive(Clone, Differentiable)]
struct Weighted {
    weights: Option<Vec<f64>>,
}

#[differentiable]
fn weighted(x: &[f64], model: &Weighted) -> f64 {
    match model.weights.as_deref() {
        Some(weights) => x.iter().zip(weights).map(|(x, w)| x * w).sum(),
        None => squares(x),
    }
}

#[test]
fn options_may_be_asked_for_what_they_point_to() {
    let some = Weighted {
        weights: Some(vec![2.0, 3.0]),
    };
    check_gradient!(weighted, &[1.0, 2.0], &some);
    check_gradient!(weighted, &[1.0, 2.0], &Weighted { weights: None });
}

#[differentiable]
fn kind(x: f64) -> &'static str {
    if x > 0.0 { "positive" } else { "negative" }
}

#[differentiable]
fn by_kind(x: f64) -> f64 {
    if kind(x) == "positive" { x * x } else { -x }
}

#[test]
fn text_that_is_there_for_good_may_be_returned() {
    check_gradient!(by_kind, 0.7);
    check_gradient!(by_kind, -0.7);
}
