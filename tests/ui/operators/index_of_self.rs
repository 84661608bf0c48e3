use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Row(Vec<f64>);

impl std::ops::Index<(usize, usize)> for Row {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        self.0.get(i + j).expect("there is such an element")
    }
}

impl Row {
    #[differentiable]
    fn last(&self, x: f64) -> f64 {
        x * self[(1, 2)]
    }
}

fn main() {}
