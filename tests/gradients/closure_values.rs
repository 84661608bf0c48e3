//! Closures as values: copied, returned, stored in arrays, with early returns.

use micrograd_core::{check_gradient, differentiable};

#[differentiable]
fn move_changes(x: f64, y: f64) -> f64 {
    let mut count = x;
    let mut tick = move |v: f64| {
        count += v * y;
        count
    };
    let a = tick(x);
    let b = tick(y);
    a * b + count
}
#[differentiable]
fn move_vec(x: f64, y: f64) -> f64 {
    let mut w = vec![x, y];
    w[0] *= 2.0;
    let f = move |i: usize| w[i] * y;
    f(0) * f(1)
}
#[differentiable]
fn move_array(x: f64, y: f64) -> f64 {
    let mut w = [x, y];
    w[0] *= 2.0;
    let f = move |i: usize| w[i] * y;
    w[1] = 7.0 * x;
    f(0) * f(1) + w[1]
}
#[differentiable]
fn block_closure(x: f64, y: f64) -> f64 {
    let f = {
        let k = x * y;
        move |v: f64| v * k
    };
    f(x) + f(y)
}
#[differentiable]
fn early(x: f64, y: f64) -> f64 {
    let f = |v: f64| -> f64 {
        if v < 0.5 {
            return v * x;
        }
        let w = v * v;
        if w > 10.0 {
            return y;
        }
        w * y
    };
    f(x) + f(y) * f(0.1 * y)
}
#[differentiable]
fn early_assign(x: f64, y: f64) -> f64 {
    let mut n = 1.0;
    let mut f = |v: f64| -> f64 {
        n *= v;
        if v < 0.5 {
            n += x;
            return v * x;
        }
        n = n * 2.0;
        v * y
    };
    let a = f(x) + f(y);
    a * n
}
#[differentiable]
fn array_of_closures(x: f64, y: f64) -> f64 {
    let fs: [&dyn Fn(f64) -> f64; 2] = [&|v| v * x, &|v| v + y];
    fs.iter().map(|f| f(x)).sum()
}
#[differentiable]
fn nested(x: f64, y: f64) -> f64 {
    let outer = |a: f64| {
        let inner = |b: f64| a * b + y;
        inner(x) * inner(a)
    };
    let compose = |v: f64| outer(outer(v));
    compose(x)
}
#[differentiable]
fn returned(x: f64, y: f64) -> f64 {
    let make = |k: f64| move |v: f64| v * k + y;
    let f = make(x);
    f(y) * make(y)(x)
}
#[differentiable]
fn alias(x: f64, y: f64) -> f64 {
    let f = |v: f64| v * x;
    let g = &f;
    let h = f;
    g(y) + h(x)
}
#[differentiable]
fn tuple_closure(x: f64, y: f64) -> f64 {
    let f = |a: f64, b: f64| (a * y, b + a);
    let (p, q) = f(x, y);
    let r = f(p, q);
    r.0 * r.1
}
#[differentiable]
fn called_by_reference(x: f64, y: f64) -> f64 {
    let f: &dyn Fn(f64) -> f64 = &|v| v * x;
    let fs = [|v: f64| v * 2.0, |v: f64| v * v];
    let mut s = fs[1](y) * fs[0](x);
    for g in &fs {
        s += g(f(y));
    }
    for (i, g) in fs.iter().enumerate().rev() {
        s *= g(y) + i as f64;
    }
    s
}

#[differentiable]
fn return_in_a_loop(x: &[f64], k: f64) -> f64 {
    let mut calls = 0.0;
    let mut first_above = |limit: f64| {
        for v in x {
            calls += k;
            if *v > limit {
                return v * k;
            }
        }
        if x.is_empty() {
            return k;
        }
        calls *= 2.0;
        k * k
    };
    let a = first_above(0.8);
    let b = first_above(9.0);
    a * b + calls
}

#[differentiable]
fn moved_in_a_loop(x: &[f64], k: f64) -> f64 {
    let mut w = [k; 2];
    let mut s = 0.0;
    for (i, v) in x.iter().enumerate() {
        let mut step = {
            let mut n = *v;
            move |d: f64| {
                n += d * w[i % 2];
                n * n
            }
        };
        s += step(k) * step(*v);
    }
    w[0] *= s;
    w[0] + w[1]
}

#[test]
fn a_move_closure_has_copies() {
    check_gradient!(move_changes, 0.5, 0.7);
    check_gradient!(move_vec, 0.5, 0.7);
    check_gradient!(move_array, 0.5, 0.7);
    check_gradient!(moved_in_a_loop, &vec![0.5, 0.9, 0.2], 0.7);
}

#[test]
fn a_closure_may_return_early() {
    for x in [0.45, 0.6, 3.5] {
        check_gradient!(early, x, 0.7);
        check_gradient!(early_assign, x, 0.7);
    }
    for x in [vec![0.5, 0.9, 0.2], vec![0.3], vec![]] {
        check_gradient!(return_in_a_loop, &x, 0.7);
    }
}

#[test]
fn a_closure_is_a_value() {
    check_gradient!(block_closure, 0.5, 0.7);
    check_gradient!(array_of_closures, 0.45, 0.7);
    check_gradient!(nested, 0.45, 0.7);
    check_gradient!(returned, 0.45, 0.7);
    check_gradient!(alias, 0.45, 0.7);
    check_gradient!(tuple_closure, 0.45, 0.7);
    check_gradient!(called_by_reference, 0.45, 0.7);
}
