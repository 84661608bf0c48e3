use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Series<'a> {
    values: &'a [f64],
}

#[differentiable]
fn first(series: &Series<'_>) -> f64 {
    series.values[0]
}

#[differentiable]
fn scaled(values: &[f64], factor: f64) -> f64 {
    let series = Series { values };
    first(&series) * factor
}

fn main() {}
