use micrograd_core::differentiable;

fn helper(x: f64) -> f64 {
    x
}

#[differentiable]
fn outer(x: f64) -> f64 {
    helper(x) * x.next_down()
}

fn main() {}
