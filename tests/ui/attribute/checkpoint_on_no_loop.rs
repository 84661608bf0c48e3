use micrograd_core::differentiable;

#[differentiable]
fn f(x: f64, n: usize) -> f64 {
    #[checkpoint]
    let mut y = x;
    for _ in 0..n {
        #[checkpoint]
        {
            y = y.sin();
        }
    }
    y
}

fn main() {}
