use micrograd_core::differentiable;

#[differentiable]
fn f(x: f64, n: usize) -> f64 {
    let mut y = x;
    #[checkpoint(every = 8)]
    for _ in 0..n {
        y = y.sin();
    }
    y
}

fn main() {}
