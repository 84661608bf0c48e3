//! Parameters that are functions: `impl Fn`, function pointers, functions that take references.

use micrograd_core::{Differentiable, check_gradient, differentiable};

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn norm(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[differentiable]
#[allow(non_snake_case)]
fn Growth_of(t: f64, y: &[f64]) -> Vec<f64> {
    y.iter().map(|v| v * t).collect()
}

#[differentiable]
fn twice(f: fn(f64) -> f64, x: f64) -> f64 {
    f(f(x))
}

#[differentiable]
fn through_a_pointer(x: f64) -> f64 {
    twice(square, x) * x
}

#[test]
fn a_function_pointer_is_a_function() {
    check_gradient!(through_a_pointer, 0.7);
}

type Curve = fn(f64) -> f64;

#[differentiable]
fn slope(f: Curve, x: f64, h: f64) -> f64 {
    (f(x + h) - f(x)) / h
}

#[differentiable]
fn through_an_alias(x: f64, h: f64) -> f64 {
    slope(square, x, h)
}

#[test]
fn an_alias_of_a_pointer_is_a_function() {
    check_gradient!(through_an_alias, 0.7, 0.3);
}

#[differentiable]
fn scaled(f: impl Fn(&[f64]) -> f64, x: &[f64], c: f64) -> f64 {
    let y: Vec<f64> = x.iter().map(|v| v * c).collect();
    f(&y) + f(x) * f(&x[1..]) + f(&[c, c])
}

#[differentiable]
fn norms(x: &[f64], c: f64) -> f64 {
    scaled(norm, x, c)
}

#[test]
fn a_function_may_take_a_slice() {
    check_gradient!(norms, &[0.7, 1.2, -0.4], 1.3);
}

#[differentiable]
fn euler(f: &dyn Fn(f64, &[f64]) -> Vec<f64>, y: &[f64], h: f64, steps: usize) -> Vec<f64> {
    let mut y = y.to_vec();
    for k in 0..steps {
        let dy = f(k as f64 * h, &y);
        for i in 0..y.len() {
            y[i] += h * dy[i];
        }
    }
    y
}

#[differentiable]
fn integrated(y: &[f64], h: f64) -> f64 {
    norm(&euler(&Growth_of, y, h, 3))
}

#[test]
fn a_function_may_take_numbers_and_slices() {
    check_gradient!(integrated, &[0.7, 1.2], 0.3);
}

#[derive(Clone, Differentiable)]
struct Model {
    scale: f64,
    weights: Vec<f64>,
}

#[differentiable]
fn loss(model: &Model, x: &[f64]) -> f64 {
    model.scale * x[0] + model.weights[1] * x[1]
}

#[differentiable]
fn scaled_down(model: &Model, h: f64) -> Model {
    Model {
        scale: model.scale * h,
        weights: model.weights.iter().map(|w| w * h).collect(),
    }
}

#[differentiable]
fn fitted(
    f: impl Fn(&Model, &[f64]) -> f64,
    step: impl Fn(&Model, f64) -> Model,
    model: &Model,
    x: &[f64],
) -> f64 {
    f(&step(model, 0.5), x) * f(model, &x[1..])
}

#[differentiable]
fn fits(a: f64, x: &[f64]) -> f64 {
    let model = Model {
        scale: a,
        weights: x.to_vec(),
    };
    fitted(loss, scaled_down, &model, x)
        + fitted(|m, x| m.scale * x[0] * a, scaled_down, &model, x)
        + fitted(
            loss,
            |m, h| Model {
                scale: m.scale * a * h,
                ..m.clone()
            },
            &model,
            x,
        )
}

#[test]
fn a_function_may_take_and_give_structs() {
    check_gradient!(fits, 1.4, &[0.5, 0.7, 0.9]);
}

#[differentiable]
#[allow(non_snake_case)]
fn XYZ(x: f64, c: f64) -> (f64, f64) {
    (x * c, x + c)
}

#[derive(Clone, Differentiable)]
struct XY(f64, f64);

#[differentiable]
fn capitals(x: f64, c: f64) -> f64 {
    let p = XYZ(x, c);
    let q = XY(x, p.0);
    q.1 * p.1 * q.0
}

#[test]
fn a_name_in_capitals_may_be_a_function() {
    check_gradient!(capitals, 1.4, 0.7);
}
