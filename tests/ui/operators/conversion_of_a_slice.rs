use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
}

#[differentiable]
impl From<&[f64]> for Point {
    fn from(numbers: &[f64]) -> Self {
        Point { x: numbers[0] }
    }
}

fn main() {}
