//! What `for` loops carry from iteration to iteration.

use micrograd_core::{check_gradient, differentiable, gradient};

#[differentiable]
fn fibonacci(x: f64, y: f64, n: usize) -> f64 {
    let (mut a, mut b) = (x, y);
    for _ in 0..n {
        (a, b) = (b, a * b + 0.1);
    }
    a - b
}

#[test]
fn a_parallel_assignment_is_carried() {
    check_gradient!(fibonacci, 0.9, 1.1, 6usize);
    check_gradient!(fibonacci, 0.9, 1.1, 0usize);
}

#[differentiable]
fn swaps(x: f64, y: f64, n: usize) -> f64 {
    let mut a = x;
    let mut b = y;
    for _ in 0..n {
        (a, b) = (b, a);
    }
    a * a * b
}

#[test]
fn a_carried_swap_is_a_parallel_copy() {
    check_gradient!(swaps, 2.0, 3.0, 3usize);
    check_gradient!(swaps, 2.0, 3.0, 4usize);
}

#[differentiable]
fn rotates(x: f64, y: f64, z: f64) -> f64 {
    let (mut a, mut b, mut c) = (x, y, z);
    for _ in 0..4 {
        let t = a;
        a = b;
        b = c;
        c = t;
    }
    a + 2.0 * b * b + c * c * c
}

#[test]
fn a_carried_rotation_through_a_local_is_exact() {
    check_gradient!(rotates, 2.0, 3.0, 4.0);
}

#[differentiable]
fn running_maximum(v: &[f64]) -> f64 {
    let mut best = f64::NEG_INFINITY;
    let mut count = 0;
    for x in v {
        if *x > best {
            best = *x;
            count += 1;
        }
    }
    best * best * count as f64
}

#[test]
fn a_running_maximum_leads_to_its_element() {
    check_gradient!(running_maximum, &vec![0.5, 2.0, -2.0, 3.0, 1.5]);
}

#[differentiable]
fn carried_index(v: &[f64], x: f64) -> f64 {
    let mut at = 0;
    let mut step: usize = 1;
    let mut s = x;
    for _ in 0..5 {
        s += v[at] * s;
        at = (at + step) % v.len();
        step += 1;
    }
    s * v[at]
}

#[test]
fn a_carried_integer_indexes() {
    check_gradient!(carried_index, &vec![0.5, 0.2, -0.1], 0.7);
}

#[differentiable]
fn position_of_maximum(v: &[f64], w: &[f64]) -> f64 {
    let mut best = 0;
    for i in 1..v.len() {
        if v[i] > v[best] {
            best = i;
        }
    }
    w[best] * v[best]
}

#[test]
fn an_index_found_in_a_loop_is_used_after_it() {
    check_gradient!(
        position_of_maximum,
        &vec![0.5, 2.0, -0.1],
        &vec![1.0, 2.0, 3.0]
    );
}

#[differentiable]
fn carried_vector(x: Vec<f64>, n: usize) -> f64 {
    let mut v = x;
    for _ in 0..n {
        v = vec![v[1] * v[0], v[0] + v[1]];
    }
    v[0] + v[1]
}

#[test]
fn a_carried_vector_is_replaced_each_iteration() {
    check_gradient!(carried_vector, vec![0.4, 0.6], 3usize);
    check_gradient!(carried_vector, vec![0.4, 0.6], 0usize);
}

#[differentiable]
fn carried_array(x: [f64; 2], n: usize) -> [f64; 2] {
    let mut v = x;
    for i in 0..n {
        v = [v[1] * v[0], v[i % 2] + v[1]];
    }
    v
}

#[test]
fn a_carried_array_is_replaced_each_iteration() {
    check_gradient!(carried_array, [0.4, 0.6], 3usize);
}

#[differentiable]
fn carried_tuple(x: f64, n: usize) -> f64 {
    let mut t = (x, 1.0);
    for _ in 0..n {
        t = (t.1, t.0 * t.1 + x);
    }
    t.0 * t.1
}

#[test]
fn a_carried_tuple_is_replaced_each_iteration() {
    check_gradient!(carried_tuple, 0.4, 4usize);
}

#[differentiable]
fn dead_carry(v: &[f64]) -> f64 {
    let mut s = 0.0;
    let mut dead = 1.0;
    for x in v {
        dead = dead * x.ln();
        s += x;
    }
    let _ = dead;
    s
}

#[test]
fn a_carried_value_that_nobody_reads_contributes_nothing() {
    assert_eq!(
        gradient!(dead_carry, &[0.0, 1.0, -1.0]).1.0,
        [1.0, 1.0, 1.0]
    );
}

#[differentiable]
fn carried_only_at_last(v: &[f64]) -> f64 {
    let mut last = 0.0;
    for x in v {
        last = x * x;
    }
    last
}

#[test]
fn an_overwrite_each_iteration_keeps_only_the_last_cotangent() {
    assert_eq!(
        gradient!(carried_only_at_last, &[1.0, 2.0, 3.0]).1.0,
        [0.0, 0.0, 6.0]
    );
    assert!(gradient!(carried_only_at_last, &[]).1.0.is_empty());
}

#[differentiable]
fn a_branch_assigns_one_of_two(v: &[f64]) -> (f64, f64) {
    let mut up = 1.0;
    let mut down = 1.0;
    for i in 0..v.len() {
        if v[i] > 0.0 {
            up *= v[i] + down;
        } else {
            down *= v[i] - up;
        }
    }
    (up, down)
}

#[test]
fn branches_of_a_loop_assign_different_carried_values() {
    check_gradient!(a_branch_assigns_one_of_two, &vec![0.4, -0.3, -0.8, 0.9]);
}
