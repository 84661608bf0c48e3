//! Structs with type parameters that carry no derivative: units, markers, functions in excluded fields.

use micrograd_core::{Differentiable, check_gradient, differentiable, gradient};
use std::marker::PhantomData;
use std::ops::{Add, Mul};

#[derive(Clone, Copy, Debug, Differentiable)]
struct Metres;

#[derive(Clone, Copy, Debug, Differentiable)]
struct Seconds;

#[derive(Clone, Copy, Debug, Differentiable)]
struct Quantity<U> {
    value: f64,
    unit: PhantomData<U>,
}

#[differentiable]
impl<U> Quantity<U> {
    fn new(value: f64) -> Self {
        Quantity {
            value,
            unit: PhantomData,
        }
    }

    fn squared(&self) -> f64 {
        self.value * self.value
    }
}

#[differentiable]
impl<U: Clone> Add for Quantity<U> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Quantity::new(self.value + other.value)
    }
}

#[differentiable]
impl<U: Clone> Mul<f64> for Quantity<U> {
    type Output = Self;

    fn mul(self, k: f64) -> Self {
        Self::new(self.value * k)
    }
}

#[differentiable]
fn speed(path: Quantity<Metres>, time: Quantity<Seconds>) -> f64 {
    let twice = path + path * 0.5;
    twice.squared() / time.value
}

#[differentiable]
fn of_numbers(path: f64, time: f64) -> f64 {
    speed(Quantity::new(path), Quantity::new(time))
}

#[test]
fn units_of_quantities_carry_no_derivative() {
    check_gradient!(of_numbers, 3.0, 2.0);
    let (_, (dpath, dtime)) = gradient!(speed, Quantity::new(2.0), Quantity::new(3.0));
    assert_eq!((dpath.value, dtime.value), (3.0, -1.0));
}

#[derive(Clone, Differentiable)]
struct Model<F, T>
where
    F: Fn(f64) -> f64,
    T: Clone,
{
    #[no_gradient]
    schedule: F,
    #[no_gradient]
    names: Vec<T>,
    rate: f64,
}

#[differentiable]
fn rated(model: &Model<fn(f64) -> f64, &'static str>, x: f64) -> f64 {
    model.rate * x * model.names.len() as f64
}

#[test]
fn functions_and_names_may_be_excluded() {
    let model = Model {
        schedule: f64::sqrt as fn(f64) -> f64,
        names: vec!["a", "b"],
        rate: 0.5,
    };
    assert_eq!((model.schedule)(4.0), 2.0);
    let (value, (dmodel, dx)) = gradient!(rated, &model, 3.0);
    assert_eq!((value, dmodel.rate, dx), (3.0, 6.0, 1.0));
}
