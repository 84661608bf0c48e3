use micrograd_core::Differentiable;

struct Opaque;

#[derive(Differentiable)]
struct Layer {
    weight: f64,
    opaque: Opaque,
}

fn main() {}
