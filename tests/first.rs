//! First light.
use micrograd_core::{check_gradient, code_ir, code_pullback, differentiable};

#[differentiable]
fn area(w: f64, h: f64, corners: usize) -> f64 {
    let mut a = w * h;
    for _ in 0..corners {
        if a > 1.0 {
            a -= (w * 0.1).powi(2);
        }
    }
    a
}

#[differentiable]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i] * y[i];
    }
    s
}

#[differentiable]
fn recurrence(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.5;
    for i in 0..x.len() {
        s = s * x[i] + y[i] / (1.0 + s * s).sqrt();
    }
    dot(x, y) * s
}

#[test]
fn first() {
    println!("{}\n{}", code_ir!(area), code_pullback!(area));
    println!("{}\n{}", code_ir!(recurrence), code_pullback!(recurrence));
    check_gradient!(area, 3.0, 2.0, 4usize);
    check_gradient!(dot, &[1.0, 2.0, 3.0], &[0.5, 0.2, 0.1]);
    check_gradient!(recurrence, &vec![1.0, 2.0, 3.0], &vec![0.5, 0.2, 0.1]);
}
