use micrograd_core::{Differentiable, differentiable};
use std::iter::Sum;

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
}

#[differentiable]
impl Sum for Point {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Point { x: 0.0 }, |a, b| Point { x: a.x + b.x })
    }
}

fn main() {}
