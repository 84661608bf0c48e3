use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Queue {
    items: Vec<f64>,
    taken: f64,
}

#[differentiable]
impl Queue {
    fn pop(&mut self) -> Option<f64> {
        self.taken += 1.0;
        self.items.pop()
    }
}

#[differentiable]
fn sum_of_squares(mut queue: Queue) -> f64 {
    let mut sum = 0.0;
    while let Some(x) = queue.pop() {
        sum += x * x;
    }
    sum * queue.taken
}

fn main() {}
