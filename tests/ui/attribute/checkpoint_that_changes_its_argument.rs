use micrograd_core::differentiable;

#[differentiable(checkpoint)]
fn step(x: &mut f64, rate: f64) {
    *x *= rate;
}

fn main() {}
