use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Node {
    value: f64,
    next: Option<Box<Node>>,
}

#[differentiable]
fn total(list: &Node) -> f64 {
    let mut sum = 0.0;
    let mut rest = Some(list);
    while let Some(node) = rest {
        sum += node.value;
        rest = node.next.as_deref();
    }
    sum
}

fn main() {}
