//! Functions of which only the derivative is used do not count as unused.

#![deny(dead_code)]

use micrograd_core::{differentiable, gradient};

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn product(x: f64, y: f64) -> f64 {
    x * y
}

#[derive(micrograd_core::Differentiable)]
struct Scale(f64);

impl Scale {
    #[differentiable]
    fn apply(&self, x: f64) -> f64 {
        x * self.0
    }
}

#[test]
fn a_function_of_which_only_the_derivative_is_used_is_not_dead() {
    assert_eq!(gradient!(square, 3.0), (9.0, (6.0,)));
    assert_eq!(pullback_product(3.0, 4.0).1(1.0), (4.0, 3.0));
    let scale = Scale(2.0);
    assert_eq!(scale.pullback_apply(3.0).1(1.0).1, 2.0);
}
