use micrograd_core::differentiable;

async fn fetch(x: f64) -> f64 {
    x
}

#[differentiable]
async fn fetched(x: f64) -> f64 {
    let y = fetch(x).await;
    y * y
}

fn main() {}
