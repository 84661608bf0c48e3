use micrograd_core::differentiable;

fn pullback(x: f64) -> (f64, impl Fn(f64) -> (f64,)) {
    (x, |dy| (dy,))
}

#[differentiable(checkpoint, rule = pullback)]
fn same(x: f64) -> f64 {
    x
}

fn main() {}
