use micrograd_core::differentiable;

fn helper(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn outer(x: f64) -> f64 {
    helper(x) * 2.0
}

fn main() {}
