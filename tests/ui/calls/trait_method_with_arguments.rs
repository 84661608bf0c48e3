use micrograd_core::{Differentiable, differentiable};

trait Shape {
    fn scaled(&self, factor: f64, power: i32) -> f64;
}

#[differentiable]
fn outer<S>(shape: &S, x: f64) -> f64
where
    S: Shape + Differentiable,
{
    let factor = x * 2.0;
    shape.scaled(factor, 2) * 2.0
}

fn main() {}
