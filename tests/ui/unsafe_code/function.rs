use micrograd_core::differentiable;

#[differentiable]
unsafe fn unchecked(x: f64) -> f64 {
    x * x
}

fn main() {}
