use micrograd_core::differentiable;

struct Negative;

impl From<Negative> for String {
    fn from(_: Negative) -> String {
        "negative".into()
    }
}

#[differentiable]
fn root(x: f64) -> Result<f64, Negative> {
    if x < 0.0 { Err(Negative) } else { Ok(x.sqrt()) }
}

#[differentiable]
fn roots(x: f64) -> Result<f64, String> {
    let twice = |x: f64| -> Result<f64, Negative> { Ok(root(x)? * 2.0) };
    Ok(twice(x)? * x)
}

fn main() {}
