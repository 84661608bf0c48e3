use micrograd_core::{Differentiable, differentiable};
use std::ops::Index;

const WIDTH: usize = 3;

#[derive(Clone, Differentiable)]
struct Grid {
    cells: Vec<f64>,
}

impl Index<(usize, usize)> for Grid {
    type Output = f64;

    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.cells[i * WIDTH + j]
    }
}

#[differentiable]
fn corner(grid: &Grid) -> f64 {
    const WIDTH: usize = 2;
    grid[(1, 0)] * WIDTH as f64
}

fn main() {}
