//! What is asked of the option or result of a call: the file tells that a function gives one.

use micrograd_core::{Differentiable, check_gradient, differentiable};

#[differentiable]
fn root(x: f64) -> Option<f64> {
    if x < 0.0 { None } else { Some(x.sqrt()) }
}

#[differentiable]
fn checked(x: f64) -> Result<f64, String> {
    if x < 0.0 {
        return Err("negative".into());
    }
    Ok(x.sqrt())
}

#[derive(Clone, Differentiable)]
struct Scale {
    factor: f64,
}

#[differentiable]
impl Scale {
    fn scaled(&self, x: f64) -> Option<f64> {
        if x > 9.0 { None } else { Some(self.factor * x) }
    }
}

#[differentiable]
fn mapped(x: f64, scale: &Scale) -> f64 {
    let r = root(x).map(|r| r.exp());
    let t = scale.scaled(x).and_then(|v| root(v));
    let chained = root(x).map(|r| r.exp()).unwrap();
    let of_result = checked(x).map(|r| r * r).unwrap_or(2.0);
    r.unwrap_or(0.0) * t.unwrap_or(x) + chained * of_result
}

#[differentiable]
fn or_default(x: f64, scale: &Scale) -> f64 {
    let missing = root(-x).unwrap_or_default() + checked(-x).unwrap_or_default();
    let too_large = scale.scaled(x + 9.0).map(|v| v.sin()).unwrap_or_default();
    root(x).unwrap_or_default() * scale.scaled(x).unwrap_or_default() + missing + too_large
}

#[differentiable]
fn tested(x: f64) -> f64 {
    if let Some(y) = root(x).map(|v| v * 3.0) {
        y * y * y
    } else {
        x
    }
}

#[test]
fn the_option_of_a_call_may_be_mapped() {
    let scale = Scale { factor: 0.7 };
    check_gradient!(mapped, 0.8, &scale);
    check_gradient!(or_default, 0.8, &scale);
    check_gradient!(tested, 0.8);
    check_gradient!(tested, -0.8);
}
