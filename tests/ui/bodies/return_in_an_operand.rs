use micrograd_core::differentiable;

#[differentiable]
fn product(x: f64) -> f64 {
    let mut s = x;
    for _ in 0..3 {
        s *= if s > 4.0 { return s } else { x };
    }
    s
}

fn main() {}
