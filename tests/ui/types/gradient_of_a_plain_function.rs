use micrograd_core::gradient;

fn square(x: f64) -> f64 {
    x * x
}

fn main() {
    let _ = gradient!(square, 1.0);
}
