use micrograd_core::differentiable;

#[differentiable]
fn root(x: f64) -> Option<f64> {
    if x < 0.0 { None } else { Some(x.sqrt()) }
}

#[differentiable]
fn roots(x: f64) -> f64 {
    let twice = |x: f64| Some(root(x)? * root(x)?);
    twice(x).unwrap_or(x)
}

fn main() {}
