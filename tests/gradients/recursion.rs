//! Recursion and sub-slices.
use micrograd_core::{check_gradient, differentiable};

#[differentiable]
fn power(x: f64, n: u32) -> f64 {
    if n == 0 {
        return 1.0;
    }
    power(x, n - 1) * x
}

#[differentiable]
fn pairwise(x: &[f64], k: f64) -> f64 {
    if x.len() < 3 {
        let mut s = 0.0;
        for v in x {
            s += v * v * k;
        }
        return s;
    }
    let half = x.len() / 2;
    pairwise(&x[..half], k) * 0.5 + pairwise(&x[half..], k).sin()
}

#[test]
fn a_function_may_call_itself() {
    check_gradient!(power, 1.5, 5u32);
    check_gradient!(pairwise, &vec![0.5, 0.2, 0.9, 1.4, 0.1], 0.7);
}
