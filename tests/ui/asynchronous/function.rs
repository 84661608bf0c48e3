use micrograd_core::differentiable;

#[differentiable]
async fn fetched(x: f64) -> f64 {
    x * x
}

fn main() {}
