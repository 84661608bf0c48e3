use micrograd_core::differentiable;

#[differentiable]
fn twice(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(f(x))
}

#[differentiable]
fn scaled(x: f64, by: f64) -> f64 {
    twice(|v| v * by, x)
}

fn main() {}
