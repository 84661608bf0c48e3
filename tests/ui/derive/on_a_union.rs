use micrograd_core::Differentiable;

#[derive(Clone, Copy, Differentiable)]
union Bits {
    float: f64,
    integer: u64,
}

fn main() {}
