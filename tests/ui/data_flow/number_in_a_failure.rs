use micrograd_core::differentiable;

#[differentiable]
fn squared(x: f64) -> Result<f64, f64> {
    if x > 1.0 { Err(x * x) } else { Ok(x) }
}

#[differentiable]
fn uses_the_failure(x: f64) -> f64 {
    match squared(x) {
        Ok(v) => v,
        Err(e) => e * 3.0,
    }
}

fn main() {}
