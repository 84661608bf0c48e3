use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Metres(f64);

impl std::ops::Mul<f64> for Metres {
    type Output = Metres;
    fn mul(self, factor: f64) -> Metres {
        Metres(self.0 * factor)
    }
}

#[differentiable]
fn scaled(a: Metres, factor: f64) -> Metres {
    a * factor
}

fn main() {}
