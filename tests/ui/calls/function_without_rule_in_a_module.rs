use micrograd_core::differentiable;

mod physics {
    pub fn drag(v: f64) -> f64 {
        v * v
    }
}

#[differentiable]
fn outer(x: f64) -> f64 {
    physics::drag(x) * 2.0
}

fn main() {}
