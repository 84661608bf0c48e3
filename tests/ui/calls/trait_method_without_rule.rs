use micrograd_core::{Differentiable, differentiable};

trait Shape {
    fn area(&self) -> f64;
}

#[differentiable]
fn outer<S: Shape + Differentiable>(s: &S) -> f64 {
    s.area() * 2.0
}

fn main() {}
