//! `for` loops: how often they run, how they nest, and what they compute.

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
fn shadowed_in_the_body(x: f64, n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        let x = x + s;
        let x = x * (i as f64 + 1.0);
        s += x.sin();
    }
    s + x
}

#[test]
fn a_name_shadowed_in_a_loop_body_starts_afresh() {
    check_gradient!(shadowed_in_the_body, 0.4, 3usize);
}

#[differentiable]
fn mutable_loop_variable(x: f64, n: usize) -> f64 {
    let mut s = 0.0;
    for mut i in 0..n {
        i *= 2;
        s += x * i as f64;
    }
    s
}

#[test]
fn a_loop_variable_may_be_changed() {
    check_gradient!(mutable_loop_variable, 0.4, 3usize);
}
