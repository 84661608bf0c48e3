use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Point {
    x: f64,
}

impl Point {
    fn at(x: f64) -> Self {
        Self { x }
    }
}

#[differentiable]
fn outer(x: f64) -> f64 {
    Point::at(x).x
}

fn main() {}
