use micrograd_core::differentiable;

#[differentiable]
fn later(x: f64) -> f64 {
    let task = async { x * x };
    x
}

fn main() {}
