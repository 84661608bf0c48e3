use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Metres(f64);

impl std::ops::Neg for Metres {
    type Output = Metres;
    fn neg(self) -> Metres {
        Metres(-self.0)
    }
}

#[differentiable]
fn opposite(a: Metres) -> Metres {
    -a
}

fn main() {}
