use micrograd_core::differentiable;

static mut TOTAL: f64 = 0.0;

#[differentiable]
fn counted(x: f64) -> f64 {
    TOTAL = x;
    TOTAL += x;
    x * x
}

fn main() {}
