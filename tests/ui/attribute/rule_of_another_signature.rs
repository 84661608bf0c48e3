use micrograd_core::differentiable;

fn pullback_of_root(x: f64) -> (f64, impl Fn(f64) -> f64) {
    let y = x.sqrt();
    (y, move |dy| dy * 0.5 / y)
}

#[differentiable(rule = pullback_of_root)]
fn root(x: f64) -> f64 {
    x.sqrt()
}

fn main() {}
