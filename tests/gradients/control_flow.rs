//! `while`, `loop`, `break`, `continue`, `return` inside loops, `match`.
use micrograd_core::{check_gradient, differentiable};

#[differentiable]
fn newton(x: f64) -> f64 {
    let tol = 1e-13;
    let mut y = if x > 1.0 { x } else { 1.0 };
    let mut it = 0;
    while (y * y - x).abs() > tol * x {
        let step = (y - x / y) * 0.5;
        if step > 1.0 {
            y = y - step * 0.9;
        } else {
            y -= step;
        }
        it += 1;
        if it > 100 {
            break;
        }
    }
    y
}

#[differentiable]
fn exits(x: &[f64], t: f64) -> f64 {
    let mut s = 1.0;
    for i in 0..x.len() {
        if x[i] < 0.0 {
            continue;
        }
        s = s * x[i];
        if s > 100.0 {
            return s * t;
        }
        if s > 50.0 {
            break;
        }
        s += x[i].sin();
    }
    s
}

#[differentiable]
fn fixed_point(x: f64) -> f64 {
    let mut y = x;
    for _ in 0..200 {
        let next = (y + x / y) / 2.0;
        if (next - y).abs() < 1e-13 {
            return next * x;
        }
        y = next;
    }
    y
}

#[differentiable]
fn endless(x: f64) -> f64 {
    let mut s = 0.0;
    let mut power = 1.0;
    let mut k = 0;
    loop {
        k += 1;
        power *= x;
        if k % 2 == 0 {
            continue;
        }
        s += power;
        if k > 6 {
            break;
        }
    }
    s
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Square,
    Sine,
    Other,
}
micrograd_core::no_tangent!(Kind);

#[differentiable(no_gradient(kind))]
fn matched(x: f64, n: i32, kind: Kind) -> f64 {
    let a = match kind {
        Kind::Square => x * x,
        Kind::Sine => x.sin(),
        _ => x,
    };
    if kind == Kind::Other && n > 5 {
        return x * 7.0;
    }
    let mut s = a;
    match n {
        0 => s += x,
        1 | 2 if x > 0.0 => s = s * x,
        3..=5 => {
            let t = s * 2.0;
            s = t * x;
        }
        m => {
            if m > 8 {
                s = x;
            }
        }
    }
    match n {
        0 => s,
        k => s * k as f64,
    }
}

#[differentiable]
fn nested(x: &[f64], y: f64) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        let mut s = x[i];
        for j in 0..i {
            s = s * y + x[j];
            if s > 3.0 {
                break;
            }
        }
        let mut n = 0;
        while n < i {
            n += 1;
            if n == 2 {
                return total * s + y;
            }
            total += s * y;
        }
        total += s.cos();
    }
    total
}

#[test]
fn a_loop_may_end_by_its_data() {
    check_gradient!(newton, 7.0);
    check_gradient!(newton, 0.3);
    check_gradient!(fixed_point, 7.0);
    check_gradient!(endless, 0.9);
}

#[test]
fn every_way_out_of_a_loop_is_reversed() {
    for x in [
        vec![1.5, -1.0, 2.0, 3.0],
        vec![5.0, 4.0, 3.0, 9.0, 7.0],
        vec![51.0, 9.0, 8.0],
        vec![],
    ] {
        check_gradient!(exits, &x, 0.5);
        check_gradient!(nested, &x, 0.5);
        check_gradient!(nested, &x, 0.1);
    }
    check_gradient!(nested, &vec![0.1, 0.2, 0.3], 0.5);
}

#[test]
fn each_arm_of_a_match_is_reversed() {
    for n in 0..10 {
        let grad = |x: f64, kind| {
            let (v, back) = pullback_matched(x, n, kind);
            assert_eq!(v, matched(x, n, kind));
            back(1.0).0
        };
        for kind in [Kind::Square, Kind::Sine, Kind::Other] {
            for x in [0.7, -0.4] {
                let h = 1e-6;
                let d = (matched(x + h, n, kind) - matched(x - h, n, kind)) / (2.0 * h);
                assert!((grad(x, kind) - d).abs() < 1e-6 * (1.0 + d.abs()));
            }
        }
    }
}
