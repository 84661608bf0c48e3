use micrograd_core::differentiable;

#[differentiable]
const HALF: f64 = 0.5;

fn main() {}
