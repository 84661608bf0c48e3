use micrograd_core::differentiable;

#[differentiable]
fn through_a_pointer(x: f64) -> f64 {
    let p = &raw const x;
    x * 2.0
}

fn main() {}
