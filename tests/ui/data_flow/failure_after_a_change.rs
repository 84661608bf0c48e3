use micrograd_core::differentiable;

#[differentiable]
fn grown(p: &mut f64, k: f64) -> Result<f64, String> {
    *p *= k;
    if *p > 1.0 {
        return Err("big".into());
    }
    Ok(k)
}

#[differentiable]
fn used_after_a_failure(x: f64, k: f64) -> f64 {
    let mut p = x;
    let s = grown(&mut p, k).unwrap_or(2.0);
    s * p
}

fn main() {}
