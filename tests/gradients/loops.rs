//! `for` loops over ranges and elements.

use micrograd_core::{check_gradient, code_pullback, differentiable, gradient};

#[differentiable]
fn power(x: f64, n: usize) -> f64 {
    let mut r = 1.0;
    for _ in 0..n {
        r *= x;
    }
    r
}

#[test]
fn a_literal_initial_value_gets_a_cotangent_slot() {
    check_gradient!(power, 1.3, 5usize);
}

#[test]
fn zero_trips_leave_the_initial_value() {
    assert_eq!(gradient!(power, 1.3, 0).1.0, 0.0);
    assert_eq!(gradient!(power, 0.0, 1).1.0, 1.0);
}

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
fn loop_local(v: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..v.len() {
        let mut t = v[i];
        t *= t;
        let u = t * v[i];
        s += u + t;
    }
    s
}

#[test]
fn a_loop_local_cotangent_is_zeroed_each_iteration() {
    check_gradient!(loop_local, &[1.0, -2.0, 3.0]);
}

#[differentiable]
fn triangular(a: &[Vec<f64>], x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let mut row = 1.0;
        for j in 0..=i {
            row *= a[i][j] + x[j];
        }
        for j in i + 1..x.len() {
            row -= a[i][j] * x[j] * row;
        }
        s += row * x[i];
    }
    s
}

#[test]
fn triangular_bounds_nest() {
    let a = vec![
        vec![0.1, 0.2, 0.3],
        vec![0.4, 0.5, 0.6],
        vec![0.7, 0.8, 0.9],
    ];
    check_gradient!(triangular, &a, &vec![1.0, 2.0, -1.0]);
}

#[differentiable]
fn three_deep(x: f64, n: usize) -> f64 {
    let mut s = x;
    for i in 0..n {
        for j in i..n {
            for k in (0..=j).rev() {
                s = s * 0.9 + (x * (i + 2 * j + 3 * k) as f64).sin() * s;
            }
        }
    }
    s
}

#[test]
fn loops_nest_three_deep() {
    check_gradient!(three_deep, 0.3, 3usize);
}

#[differentiable]
fn branch_in_loop_in_branch(v: &[f64], w: f64) -> f64 {
    let mut s = w;
    if w > 0.0 {
        for i in 0..v.len() {
            if v[i] > 1.0 {
                for j in 0..i {
                    if j % 2 == 0 {
                        s += v[j] * v[i];
                    } else {
                        s *= 0.9;
                    }
                }
            } else if v[i] < -1.0 {
                s -= v[i] * w;
            }
        }
    } else {
        for x in v {
            s *= x;
        }
    }
    s
}

#[test]
fn loops_stand_in_branches_in_loops() {
    check_gradient!(
        branch_in_loop_in_branch,
        &vec![0.5, 2.0, -2.0, 3.0, 1.5],
        0.7
    );
    check_gradient!(
        branch_in_loop_in_branch,
        &vec![0.5, 2.0, -2.0, 3.0, 1.5],
        -0.7
    );
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
fn over_elements(v: &[f64], w: &Vec<f64>, a: [f64; 3], b: &[f64; 2]) -> f64 {
    let mut s = 1.0;
    for x in v {
        s += x * x;
    }
    for &x in w {
        s *= x;
    }
    for x in &a {
        s += *x * s;
    }
    for x in b.iter() {
        s -= x.sin();
    }
    for x in b {
        s *= x + 1.0;
    }
    s
}

#[test]
fn loops_run_over_elements() {
    check_gradient!(
        over_elements,
        &vec![1.0, 2.0],
        &vec![0.5, 0.3],
        [0.1, 0.2, 0.3],
        &[0.4, 0.6]
    );
}

#[differentiable]
fn over_rows(rows: &[Vec<f64>], points: &[[f64; 3]]) -> f64 {
    let mut s = 0.0;
    for row in rows {
        let mut p = 1.0;
        for x in row {
            p *= x;
        }
        s += p;
    }
    for p in points {
        s += p[0] * p[1] - p[2] * s;
    }
    for [x, y, z] in points {
        s += x * y * z;
    }
    s
}

#[test]
fn loops_run_over_rows() {
    let rows = vec![vec![1.0, 2.0], vec![], vec![0.3, 0.2, 0.1]];
    check_gradient!(over_rows, &rows, &vec![[1.0, 2.0, 0.3], [0.5, 0.2, 0.7]]);
}

#[differentiable]
fn over_pairs(pairs: &[(f64, usize)], v: &[f64]) -> f64 {
    let mut s = 0.0;
    for &(weight, i) in pairs {
        s += weight * v[i];
    }
    for (weight, i) in pairs {
        s *= weight + v[*i];
    }
    s
}

#[test]
fn loops_run_over_pairs() {
    check_gradient!(over_pairs, &vec![(0.5, 1usize), (0.25, 0)], &vec![2.0, 3.0]);
}

#[differentiable]
fn stepped(v: &[f64]) -> f64 {
    let mut s = 1.0;
    for i in (0..v.len()).step_by(2) {
        s = s * v[i] + 1.0;
    }
    for i in (1..v.len()).rev().step_by(2) {
        s = s * v[i] + v[i - 1];
    }
    for i in (1..=3).rev() {
        s /= i as f64;
    }
    s
}

#[test]
fn ranges_are_stepped_and_reversed() {
    check_gradient!(stepped, &vec![0.5, 0.2, -0.1, 0.9, 1.1]);
}

#[differentiable]
fn indexed_by_number(x: f64, n: i32) -> f64 {
    let mut s = 0.0;
    for i in -n..n {
        s += x.powi(i) * i as f64;
    }
    s
}

#[test]
fn a_loop_variable_may_be_negative() {
    check_gradient!(indexed_by_number, 1.2, 3i32);
}

#[differentiable]
fn horner(x: f64, c: &[f64]) -> f64 {
    let mut y = 0.0;
    for i in (0..c.len()).rev() {
        y = y * x + c[i];
    }
    y
}

#[test]
fn a_polynomial_has_a_finite_gradient_at_zero() {
    assert_eq!(
        gradient!(horner, 0.0, &[1.0, 5.0, 3.0]),
        (1.0, (5.0, vec![1.0, 0.0, 0.0]))
    );
}

#[differentiable]
fn product(v: &[f64]) -> f64 {
    let mut p = 1.0;
    for x in v {
        p *= x;
    }
    p
}

#[test]
fn a_product_has_its_gradient_where_a_factor_is_zero() {
    assert_eq!(
        gradient!(product, &[2.0, 0.0, 3.0]),
        (0.0, (vec![0.0, 6.0, 0.0],))
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
fn two_loops(v: &[f64]) -> f64 {
    let mut mean = 0.0;
    for x in v {
        mean += x / v.len() as f64;
    }
    let mut variance = 0.0;
    for x in v {
        let d = x - mean;
        variance += d * d;
    }
    variance / (v.len() - 1) as f64
}

#[test]
fn a_second_loop_uses_the_result_of_the_first() {
    check_gradient!(two_loops, &vec![1.0, 3.0, -2.0, 0.5]);
}

#[differentiable]
fn shadowed_loop_variable(v: &[f64], i: f64) -> f64 {
    let mut s = i;
    for i in 0..v.len() {
        let s2 = v[i] * s;
        let i = i as f64;
        s += i * s2;
    }
    s * i
}

#[test]
fn a_loop_variable_may_shadow_a_parameter() {
    check_gradient!(shadowed_loop_variable, &vec![1.0, 0.3, -0.2], 0.5);
}

#[differentiable]
fn bound_that_changes(x: f64, n: usize) -> f64 {
    let mut n = n;
    let mut s = x;
    for i in 0..n {
        n += 1;
        s += x * (n + i) as f64;
    }
    s * n as f64
}

#[test]
fn a_bound_is_read_once() {
    check_gradient!(bound_that_changes, 0.5, 3usize);
}

#[differentiable]
fn data_dependent(x: f64) -> f64 {
    let n = (x * 10.0) as usize;
    let mut s: f64 = 0.0;
    for i in 0..n {
        s += x * i as f64 * s.cos();
    }
    s
}

#[test]
fn a_trip_count_may_come_from_data() {
    check_gradient!(data_dependent, 0.55);
}

#[differentiable]
fn invariant_transcendental(x: f64, v: &[f64]) -> f64 {
    let mut s = 0.0;
    for y in v {
        let w = x.exp();
        s += w * y * w;
    }
    s
}

#[test]
fn a_value_that_does_not_change_in_the_loop_accumulates() {
    check_gradient!(invariant_transcendental, 0.3, &vec![1.0, 2.0]);
}

#[differentiable]
fn twelve_deep(x: f64) -> f64 {
    let mut s = x;
    for _ in 0..1 {
        if s > 0.0 {
            for _ in 0..2 {
                if s > 0.0 {
                    for _ in 0..1 {
                        if s > 0.0 {
                            for _ in 0..2 {
                                if s > 0.0 {
                                    for _ in 0..1 {
                                        if s > 0.0 {
                                            for _ in 0..1 {
                                                if s > 0.0 {
                                                    s = s.sin() * x + s;
                                                }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    s
}

#[test]
fn twelve_nested_constructs_grow_linearly() {
    check_gradient!(twelve_deep, 0.5);
    assert!(code_pullback!(twelve_deep).lines().count() < 12 * 8);
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

#[differentiable]
fn out_of_order(v: &[f64], order: &[usize]) -> f64 {
    let mut s = 0.3;
    for &i in order {
        s = (s + v[i]) * v[i];
    }
    for at in order.iter() {
        s += v[*at];
    }
    s
}

#[test]
fn indices_may_come_from_a_slice() {
    check_gradient!(out_of_order, &vec![0.4, -0.3, -0.8], &vec![2usize, 0, 2, 1]);
}

#[differentiable]
fn single(v: &[f32], w: &[f64]) -> f32 {
    let mut s = 0.0;
    for i in 0..v.len() {
        s += v[i] * w[i] as f32;
    }
    s
}

#[test]
fn a_literal_takes_the_type_of_its_loop() {
    check_gradient!(single, &vec![0.5f32, 0.25], &vec![2.0, 3.0]);
}
