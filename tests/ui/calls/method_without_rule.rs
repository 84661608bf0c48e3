use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Point {
    x: f64,
}

impl Point {
    fn doubled(&self) -> f64 {
        self.x * 2.0
    }
}

#[differentiable]
fn outer(p: &Point) -> f64 {
    p.doubled() * 2.0
}

fn main() {}
