use micrograd_core::{Differentiable, differentiable};

#[derive(Clone, Differentiable)]
struct Celsius(f64);

#[derive(Clone, Differentiable)]
struct Kelvin(f64);

#[differentiable]
impl From<Celsius> for Kelvin {
    fn from(celsius: Celsius) -> Self {
        Kelvin(celsius.0 + 273.15)
    }
}

impl From<&Celsius> for Kelvin {
    fn from(celsius: &Celsius) -> Self {
        Kelvin(celsius.0)
    }
}

fn main() {}
