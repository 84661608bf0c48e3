use micrograd_core::differentiable;

#[differentiable]
struct Point {
    x: f64,
}

fn main() {}
