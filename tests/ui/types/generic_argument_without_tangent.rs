use micrograd_core::differentiable;

struct Opaque;

#[differentiable]
fn ignored<T>(x: f64, _t: T) -> f64 {
    x * x
}

fn main() {
    let _ = pullback_ignored(1.0, Opaque);
}
