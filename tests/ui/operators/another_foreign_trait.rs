use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
}

#[differentiable]
impl Default for Point {
    fn default() -> Self {
        Point { x: 1.0 }
    }
}

fn main() {}
