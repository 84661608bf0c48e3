use micrograd_core::{Function, differentiable};

fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn applied<F: Function<f64, Output = f64>>(f: F, x: f64) -> f64 {
    f.call(x)
}

fn main() {
    let _ = pullback_applied(square, 1.0);
}
