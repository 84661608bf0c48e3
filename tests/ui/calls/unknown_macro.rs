use micrograd_core::differentiable;

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}

#[differentiable]
fn squared(x: f64) -> f64 {
    square!(x) + 1.0
}

fn main() {}
