use micrograd_core::differentiable;

#[differentiable(nogradient(n))]
fn power(x: f64, n: i32) -> f64 {
    x.powi(n)
}

fn main() {}
