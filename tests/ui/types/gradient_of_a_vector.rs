use micrograd_core::{differentiable, gradient};

#[differentiable]
fn doubled(x: f64) -> [f64; 2] {
    let y = [x, x];
    y
}

fn main() {
    let _ = gradient!(doubled, 1.0);
}
