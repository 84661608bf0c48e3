use micrograd_core::differentiable;

#[differentiable]
fn outer(x: f64) -> f64 {
    x.next_up() * 2.0
}

fn main() {}
