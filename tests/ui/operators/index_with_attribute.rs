use micrograd_core::{Differentiable, differentiable};
use std::ops::Index;

#[derive(Clone, Copy, Differentiable)]
struct Point {
    coordinates: [f64; 2],
}

#[differentiable]
impl Index<usize> for Point {
    type Output = f64;

    fn index(&self, axis: usize) -> &f64 {
        &self.coordinates[axis]
    }
}

fn main() {}
