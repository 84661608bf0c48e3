use micrograd_core::differentiable;

#[differentiable]
fn of_a_pointer(x: f64, p: *const f64) -> f64 {
    if p.is_null() { x } else { 2.0 * x }
}

fn main() {}
