//! `Option` in fields, parameters and variables: `if let`, `let else`, `match`, `Some(…)`.

use micrograd_core::{Differentiable, check, check_gradient, differentiable};

#[derive(Clone, Differentiable)]
struct Spring {
    stiffness: f64,
    damping: Option<f64>,
    rest: Option<(f64, f64)>,
}

#[differentiable]
fn force(spring: &Spring, x: f64, v: f64) -> f64 {
    let mut f = -spring.stiffness * x;
    if let Some(c) = spring.damping {
        f -= c * v;
    }
    if let Some((low, high)) = &spring.rest {
        f += low * high;
    } else {
        f *= 2.0;
    }
    match spring.damping {
        Some(c) if c > 0.2 => f * c,
        Some(_) => f + 1.0,
        None => f * f,
    }
}

#[differentiable]
fn squared(x: Option<f64>, y: f64) -> Option<f64> {
    let Some(x) = x else {
        return None;
    };
    Some(x * x * y)
}

#[differentiable]
fn chosen(x: f64, y: f64, first: bool) -> f64 {
    let picked = if first { Some(x * y) } else { None };
    let mut s = y;
    for _ in 0..2 {
        if let Some(p) = picked {
            s *= p;
        }
    }
    s
}

#[test]
fn what_is_inside_an_option_is_differentiated() {
    for (damping, rest) in [
        (Some(0.3), Some((0.5, 0.7))),
        (Some(0.1), None),
        (None, Some((0.5, 0.7))),
        (None, None),
    ] {
        let spring = Spring {
            stiffness: 1.3,
            damping,
            rest,
        };
        check::gradient(
            &(spring, 0.4, 0.9),
            |(s, x, v)| force(s, *x, *v),
            |(s, x, v)| pullback_force(s, *x, *v),
        );
    }
}

#[test]
fn let_else_leaves_the_pullback() {
    assert!(pullback_squared(None, 2.0).is_none());
    let (value, back) = pullback_squared(Some(3.0), 2.0).unwrap();
    assert_eq!((value, back(1.0)), (18.0, (Some(12.0), 9.0)));
}

#[test]
fn an_option_may_be_made() {
    check_gradient!(chosen, 0.4, 0.7, true);
    check_gradient!(chosen, 0.4, 0.7, false);
}
