use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Row(Vec<f64>);

impl std::ops::Index<usize> for Row {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        self.0.get(i).expect("there is such an element")
    }
}

#[differentiable]
fn first(row: &Row) -> f64 {
    row[0] * 2.0
}

fn main() {}
