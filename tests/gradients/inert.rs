//! Values without a derivative that functions compute from numbers.

use micrograd_core::{check_gradient, differentiable};

#[differentiable]
fn region(x: f64) -> i32 {
    if x > 1.0 { 2 } else { 1 }
}

#[differentiable]
fn letter(x: f64) -> char {
    if x > 1.0 { 'a' } else { 'b' }
}

#[differentiable]
fn is_big(x: f64) -> bool {
    x > 1.0
}

#[differentiable]
fn by_region(x: f64, k: i32) -> f64 {
    x * k as f64
}

#[differentiable]
fn by_letter(x: f64, k: char) -> f64 {
    if k == 'a' { x * x } else { x }
}

#[differentiable]
fn by_size(x: f64, k: bool) -> f64 {
    if k { x * x } else { x }
}

#[differentiable]
fn declared(x: f64) -> f64 {
    let k: i32 = region(x);
    let j: i32 = k + region(x * 2.0);
    let l: char = letter(x);
    let b: bool = is_big(x);
    by_region(x, k) + by_region(x, j) + by_letter(x, l) * by_size(x, b)
}

#[differentiable]
fn stored(x: f64) -> f64 {
    let k: i32;
    k = region(x);
    let mut s: [i32; 2] = [region(x), 1];
    s[1] += k;
    let v: Vec<i32> = vec![region(x)];
    by_region(x, s[1]) + by_region(x * x, v[0]) + (if is_big(x) { x } else { 1.0 })
}

#[differentiable]
fn assigned(x: f64) -> f64 {
    let mut k: char;
    let mut n = 0;
    let mut found = false;
    if is_big(x) {
        k = letter(x);
    } else {
        k = 'c';
    }
    for i in 0..3 {
        if x > i as f64 {
            k = letter(2.0 * x);
            n = region(x) + n;
            found = is_big(x);
        }
    }
    by_letter(x, k) + by_region(x, n) + by_size(x, found)
}

#[test]
fn what_has_no_derivative_is_passed_on() {
    check_gradient!(declared, 1.4);
    check_gradient!(stored, 1.4);
    check_gradient!(assigned, 1.4);
    check_gradient!(declared, 0.4);
    check_gradient!(assigned, 0.4);
}
