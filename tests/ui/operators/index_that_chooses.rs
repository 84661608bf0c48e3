use micrograd_core::{Differentiable, differentiable};
use std::ops::{Index, IndexMut};

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

impl Index<usize> for Point {
    type Output = f64;

    fn index(&self, axis: usize) -> &f64 {
        match axis {
            0 => &self.x,
            _ => &self.y,
        }
    }
}

impl IndexMut<usize> for Point {
    fn index_mut(&mut self, axis: usize) -> &mut f64 {
        match axis {
            0 => &mut self.x,
            _ => &mut self.y,
        }
    }
}

#[differentiable]
fn doubled(mut p: Point) -> Point {
    for axis in 0..2 {
        p[axis] *= 2.0;
    }
    p
}

fn main() {}
