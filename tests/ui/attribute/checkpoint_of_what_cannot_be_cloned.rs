use micrograd_core::{Differentiable, differentiable};

#[derive(Differentiable)]
struct State {
    x: f64,
}

#[differentiable]
fn f(state: &mut State, n: usize) {
    #[checkpoint]
    for _ in 0..n {
        state.x = state.x.sin();
    }
}

fn main() {}
