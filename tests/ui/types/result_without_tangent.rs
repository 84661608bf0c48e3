use micrograd_core::differentiable;

struct Answer(f64);

#[differentiable]
fn answer(x: f64) -> Answer {
    Answer(x)
}

fn main() {}
