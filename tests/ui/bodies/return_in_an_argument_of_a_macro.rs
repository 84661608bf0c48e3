use micrograd_core::differentiable;

#[differentiable]
fn sum(x: f64) -> f64 {
    let list = vec![x, if x > 4.0 { return x } else { 1.0 }];
    list[0] + list[1]
}

fn main() {}
