use micrograd_core::differentiable;

#[differentiable(rule = pullback_of_root)]
fn root(x: f64) -> f64 {
    x.sqrt()
}

fn main() {}
