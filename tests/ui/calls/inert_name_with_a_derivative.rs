use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Rope {
    metres: f64,
}

impl Rope {
    #[differentiable]
    fn len(&self) -> f64 {
        self.metres
    }
}

#[differentiable]
fn outer(rope: &Rope) -> f64 {
    rope.len() * 2.0
}

fn main() {}
