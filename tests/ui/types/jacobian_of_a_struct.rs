use micrograd_core::{Differentiable, differentiable, jacobian};

#[derive(Clone, Differentiable)]
struct Body {
    mass: f64,
}

#[differentiable]
fn grown(mass: f64, by: f64) -> Body {
    Body { mass: mass * by }
}

fn main() {
    let _ = jacobian!(grown, 2.0, 3.0);
}
