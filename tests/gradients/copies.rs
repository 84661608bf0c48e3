//! Copies of what is changed later, values of another shape, closures and what they capture.

use micrograd_core::{Differentiable, check_gradient, differentiable};

#[derive(Clone, Copy, Differentiable)]
struct Pair {
    x: f64,
    y: f64,
}

#[differentiable]
fn copied_before_a_change(x: f64, y: f64) -> f64 {
    let mut a = [x, y];
    let row = a;
    a[0] = y * y;
    let mut p = Pair { x, y };
    let old = p;
    p.x *= p.y;
    let mut m = [[x, y], [y, x * y]];
    let r = m[0];
    m[0][1] = r[0] * y;
    m[1] = r;
    m[0] = [y, y * x];
    row[0] * a[0] + old.x * p.x + r[1] * m[0][1] + m[1][0]
}

#[differentiable]
fn copied_each_iteration(x: f64, y: f64) -> f64 {
    let mut a = [x, y];
    let mut s = 0.0;
    for _ in 0..3 {
        let old = a;
        a[0] = old[1] * y;
        a[1] = old[0] + a[0];
        s += old[0] * a[1];
    }
    s
}

#[differentiable]
fn replaced(x: f64, y: f64) -> f64 {
    let mut a = vec![x, y, x * y];
    let old = std::mem::replace(&mut a, vec![y, x]);
    a[0] *= x;
    let mut b = vec![x];
    std::mem::swap(&mut a, &mut b);
    b[1] *= a[0];
    let mut rows = vec![vec![x, y], vec![y]];
    rows.swap(0, 1);
    rows[1][0] *= rows[0][0];
    old[0] * old[2] + b[0] * b[1] + rows[1][0] * rows[1][1]
}

#[differentiable]
fn total(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum()
}

#[differentiable]
fn passed_and_replaced(x: f64, y: f64) -> f64 {
    let mut a = vec![x, y, x];
    let t = total(&a);
    a = vec![y, t];
    a[1] *= x;
    t * a[1] + a[0]
}

#[test]
fn a_copy_does_not_see_later_changes() {
    check_gradient!(copied_before_a_change, 0.5, 0.3);
    check_gradient!(copied_each_iteration, 0.5, 0.3);
}

#[test]
fn a_value_of_another_shape_may_replace_one() {
    check_gradient!(replaced, 0.5, 0.3);
    check_gradient!(passed_and_replaced, 0.5, 0.3);
}

#[differentiable]
fn closures_see_the_names_of_their_place(x: f64, y: f64) -> f64 {
    let k = x;
    let mut s = 0.0;
    let mut add = |v: f64| s += v * k;
    let k = y * 3.0;
    add(x);
    add(k);
    for s in [x, y] {
        add(s * y);
    }
    for v in [x, y] {
        let y = v * 2.0;
        add(y);
    }
    s * k
}

#[differentiable]
fn shadowed_in_a_loop(x: f64, y: f64) -> f64 {
    let mut s = x;
    for i in 0..3 {
        s *= y;
        let s = 5.0 * i as f64;
        if s > 7.0 {
            continue;
        }
    }
    s
}

#[test]
fn names_that_are_shadowed_are_kept_apart() {
    check_gradient!(closures_see_the_names_of_their_place, 0.5, 0.3);
    check_gradient!(shadowed_in_a_loop, 0.5, 0.3);
}

#[differentiable]
fn grow(v: &mut Vec<f64>, k: f64) {
    v.push(k * k);
}

#[differentiable]
fn grown(x: f64, k: usize) -> f64 {
    let mut v = vec![x, 2.0 * x];
    grow(&mut v, x);
    match k {
        0 => v.swap(0, 1),
        1 => v.fill(x * x),
        _ => {}
    }
    v[0] * v[2] + v[1]
}

#[test]
fn a_vector_may_grow_through_a_parameter() {
    for k in 0..3 {
        check_gradient!(grown, 0.5, k);
    }
}

#[differentiable]
fn rows_of_what_changes(x: f64, y: f64) -> f64 {
    let mut m = vec![vec![x, y], vec![y]];
    m[0][0] *= y;
    let mut s = 0.0;
    for r in &m {
        for v in r {
            s += v * v;
        }
    }
    s += m
        .iter()
        .map(|r| r.iter().map(|v| v * x).sum::<f64>())
        .sum::<f64>();
    m[0][1] = s * y;
    s * m[0][1] + m[1].iter().map(|v| v.sin()).sum::<f64>()
}

#[test]
fn rows_of_what_changes_are_read_as_they_were() {
    check_gradient!(rows_of_what_changes, 0.5, 0.3);
}
