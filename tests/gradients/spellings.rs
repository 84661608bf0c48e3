//! What people write that is neither control flow nor arithmetic: local items, constants of every
//! kind, names that begin with a capital, ranges as tests.
#![allow(non_snake_case)]
use micrograd_core::{check_gradient, differentiable};

#[allow(non_upper_case_globals)]
const offset: f64 = 0.25;

#[differentiable]
fn shifted(x: f64, by: f64) -> f64 {
    x * x + by
}

mod constants {
    #![allow(non_upper_case_globals)]
    pub const stepWidth: f64 = 0.5;
    pub const weights: [f64; 2] = [1.0, 2.0];
}

use constants::{stepWidth, weights};

#[differentiable]
fn by_a_constant(x: f64) -> f64 {
    shifted(x, offset) * offset + shifted(x, stepWidth) * polynomial(x, &weights, 2) / stepWidth
}

const TABLE: [f64; 4] = [1.0, -0.5, 0.25, 2.0];
static ROWS: [(i8, f64); 3] = [(1, 0.5), (2, -1.5), (0, 3.0)];

#[differentiable]
fn polynomial(x: f64, coefficients: &[f64], n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        s = s * x + coefficients[i];
    }
    s
}

#[differentiable]
fn from_a_table(x: f64) -> f64 {
    let [a, b] = [polynomial(x, &TABLE, 4), polynomial(x, &TABLE[1..], 3)];
    let mut s = a * b;
    for row in ROWS.iter() {
        s += row.1 * x.powi(row.0 as i32);
    }
    for (n, c) in ROWS {
        s += c * (n as f64 * x).sin();
    }
    for c in TABLE {
        s += c * x;
    }
    s
}

#[differentiable]
fn E(x: f64) -> f64 {
    x.exp()
}

#[differentiable]
fn T_of(x: f64) -> f64 {
    x.sqrt()
}

#[differentiable]
fn capitals(T: f64) -> f64 {
    let E = E(T);
    E * T_of(T)
}

#[differentiable]
fn local_items(x: f64) -> f64 {
    struct Row(i8, f64);
    const ROWS: [Row; 2] = [Row(2, 0.5), Row(3, -0.25)];
    static SCALE: f64 = 2.0;
    fn cubed(x: f64) -> f64 {
        x * x * x
    }
    let mut s = 0.0;
    for row in &ROWS {
        s += row.1 * x.powi(row.0 as i32) * SCALE;
    }
    s + cubed(s)
}

#[differentiable]
fn declared_first(x: f64) -> f64 {
    let y: f64;
    let n: usize;
    if x > 0.0 {
        y = x * x;
        n = 2;
    } else if x < -1.0 {
        y = -x;
        n = 3;
    } else {
        return x;
    }
    let z: f64;
    if n == 2 {
        if (0.5..2.0).contains(&x) {
            z = y.sin();
        } else {
            z = y.cos();
        }
    } else {
        z = y * n as f64;
    }
    z * y
}

#[differentiable]
fn or_nan(x: f64) -> f64 {
    if x.abs() > 90.0 { f64::NAN } else { x * x }
}

#[differentiable]
fn described(x: f64, unit: &str) -> f64 {
    let text = format!("{x:.1} {unit}");
    if matches!(text.as_str(), "1.5 m" | "2.0 m") {
        x * 3.0
    } else {
        x * text.len() as f64
    }
}

#[test]
fn tables_are_lent_and_iterated() {
    check_gradient!(from_a_table, 0.7);
}

#[test]
fn functions_may_begin_with_a_capital_and_constants_need_not() {
    check_gradient!(capitals, 0.7);
    check_gradient!(by_a_constant, 0.7);
}

#[test]
fn items_may_stand_in_the_body() {
    check_gradient!(local_items, 0.7);
}

#[test]
fn a_variable_may_be_assigned_after_its_declaration() {
    for x in [0.3, 0.7, 3.0, -0.5, -2.0] {
        check_gradient!(declared_first, x);
    }
}

#[test]
fn a_branch_may_give_a_constant() {
    check_gradient!(or_nan, 1.5);
    let (value, back) = pullback_or_nan(100.0);
    assert!(value.is_nan());
    assert_eq!(back(1.0), (0.0,));
}

#[test]
fn text_carries_no_derivative() {
    let (value, back) = pullback_described(1.5, "m");
    assert_eq!((value, back(1.0).0), (4.5, 3.0));
    let (value, back) = pullback_described(2.5, "km");
    assert_eq!((value, back(1.0).0), (15.0, 6.0));
}
