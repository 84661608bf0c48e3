use micrograd_core::differentiable;
use std::cell::Cell;

#[differentiable]
fn stored(x: f64, cell: &Cell<f64>) -> f64 {
    cell.set(x * x);
    cell.get()
}

fn main() {}
