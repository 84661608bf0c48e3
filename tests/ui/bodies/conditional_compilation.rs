use micrograd_core::differentiable;

#[differentiable]
fn scaled(x: f64) -> f64 {
    let mut y = x;
    #[cfg(windows)]
    {
        y *= 2.0;
    }
    y
}

fn main() {}
