//! `return`, `break` and `continue` inside an operand.

use micrograd_core::{check_gradient, differentiable};

#[differentiable]
fn arm_of_an_operand(x: f64, k: usize) -> f64 {
    let y = x * x
        + match k {
            0 => return x.sin(),
            1 => 2.0 * x,
            _ => x.exp(),
        };
    y * x
}

#[differentiable]
fn compound(x: f64) -> f64 {
    let mut s = x;
    for _ in 0..3 {
        s *= if s > 4.0 { return s } else { x };
    }
    s
}

#[differentiable]
fn arguments(v: &[f64], x: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..v.len() {
        let part = arm_of_an_operand(
            if v[i] < 0.0 { continue } else { v[i] },
            if v[i] > 5.0 { break } else { i },
        );
        s += v[i] * part;
    }
    s * x
}

#[differentiable]
fn earlier_operands_have_run(mut x: f64, y: f64) -> f64 {
    let z = x * {
        x = x * y;
        if x > 10.0 {
            return x;
        }
        x
    } + (x * y).sin();
    z * x
}

#[differentiable]
fn conditions(x: f64, y: f64) -> f64 {
    if x > 1.0 && (if y > 2.0 { return x * y } else { y > 1.0 }) {
        x
    } else if y > 1.5 || (if x > y { return x * x } else { x > 0.5 }) {
        y * y
    } else {
        y * x
    }
}

#[differentiable]
fn matched(x: f64, y: f64) -> f64 {
    x * match if y > 2.0 { return y } else { x * y } {
        t if t > 1.0 => t,
        t => -t,
    }
}

#[differentiable]
fn elements(x: f64, y: f64) -> (f64, [f64; 2]) {
    (
        x.max(y),
        [x * y, if x > y { return (x, [y, y * y]) } else { x }],
    )
}

#[differentiable]
fn returned(x: f64, y: f64) -> f64 {
    return x + if y > 1.0 { return x * y } else { y };
}

#[differentiable]
fn start_of_a_fold(v: &[f64], y: f64) -> f64 {
    let products = v.iter().map(|x| x * y);
    products.fold(if y > 1.0 { return v[0] } else { y }, |s, x| s * x + 1.0)
}

#[differentiable]
fn in_a_closure(v: &[f64], y: f64) -> f64 {
    let part = |x: &f64| {
        let z = x * if *x < 0.0 { return y } else { *x };
        z * y
    };
    v.iter().map(part).sum()
}

#[differentiable]
fn broken(x: f64) -> f64 {
    let mut n = 0;
    let y = loop {
        n += 1;
        let z = x * n as f64 + if n > 3 { break x * x } else { 0.5 };
        if z > 4.0 {
            break z;
        }
    };
    y * x
}

#[test]
fn control_leaves_from_inside_an_operand() {
    for k in 0..3 {
        check_gradient!(arm_of_an_operand, 0.7, k);
    }
    check_gradient!(compound, 0.7);
    check_gradient!(compound, 1.9);
    check_gradient!(arguments, &vec![0.7, -1.0, 0.4, 6.0, 2.0], 1.3);
    check_gradient!(earlier_operands_have_run, 0.7, 1.3);
    check_gradient!(earlier_operands_have_run, 7.0, 1.6);
    for (x, y) in [
        (0.7, 1.3),
        (1.7, 1.3),
        (1.2, 0.4),
        (1.1, 2.2),
        (0.4, 3.0),
        (0.3, 0.2),
    ] {
        check_gradient!(conditions, x, y);
        check_gradient!(matched, x, y);
        check_gradient!(elements, x, y);
        check_gradient!(returned, x, y);
        check_gradient!(start_of_a_fold, &vec![x, y], x);
        check_gradient!(in_a_closure, &vec![x, y - 2.0, 0.5], x);
        check_gradient!(broken, x);
    }
}

#[differentiable]
fn power(x: f64) -> Result<f64, String> {
    Ok(x.powf(if x < 0.0 {
        return Err("negative".into());
    } else {
        x
    }) * 2.0)
}

#[differentiable]
fn with_a_default(x: f64, y: Option<f64>) -> Option<f64> {
    let factor = match y {
        Some(y) if y > 1.0 => y * y,
        Some(_) => return None,
        None => 2.0,
    };
    Some(x * factor + if y.is_none() { return Some(x * x) } else { x })
}

#[differentiable]
fn both_succeed(x: f64, y: Option<f64>) -> f64 {
    power(x).unwrap() * with_a_default(x, y).unwrap()
}

#[test]
fn a_fallible_function_returns_from_inside_an_operand() {
    check_gradient!(both_succeed, 0.7, Some(1.3));
    check_gradient!(both_succeed, 0.7, None);
    assert!(pullback_power(-1.0).is_err() && pullback_with_a_default(1.0, Some(0.5)).is_none());
}
