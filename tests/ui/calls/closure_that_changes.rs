use micrograd_core::differentiable;

#[differentiable]
fn applied(mut f: impl FnMut(f64) -> f64, x: f64) -> f64 {
    f(x) + x
}

#[differentiable]
fn counted(x: f64) -> f64 {
    let mut last = 0.0;
    let mut seen = vec![];
    let y = applied(
        |t| {
            last = t;
            t * x
        },
        x,
    );
    let z = applied(
        |t| {
            seen.push(t);
            t * x
        },
        x,
    );
    let _pair = (|t: f64| t * x, y);
    y + z + last + seen[0]
}

fn main() {}
