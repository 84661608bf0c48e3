//! Blocks that assign in unusual places.

use micrograd_core::{Differentiable, check_gradient, differentiable};

#[differentiable]
fn in_an_array(x: f64, n: usize) -> f64 {
    let mut a = x;
    let mut s = 0.0;
    for _ in 0..n {
        let t = [
            {
                a *= x;
                a
            },
            a * 2.0,
        ];
        s += t[0] * t[1];
    }
    s * a
}

#[test]
fn an_assignment_inside_an_array_is_carried() {
    check_gradient!(in_an_array, 0.9, 3usize);
}

#[derive(Clone, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable]
fn in_a_struct(x: f64, n: usize) -> f64 {
    let mut a = x;
    let mut s = 0.0;
    for _ in 0..n {
        let p = Point {
            x: {
                a = a.sin();
                a
            },
            y: x,
        };
        s += p.x * p.y;
    }
    s * a
}

#[test]
fn an_assignment_inside_a_struct_literal_is_carried() {
    check_gradient!(in_a_struct, 0.9, 3usize);
}

#[differentiable]
fn in_an_index(v: &[f64], n: usize) -> f64 {
    let mut i = 0;
    let mut s = 1.0;
    for _ in 0..n {
        s *= v[{
            i += 1;
            i
        }];
    }
    s * v[i]
}

#[test]
fn an_assignment_inside_an_index_is_carried() {
    check_gradient!(in_an_index, &vec![0.5, 0.6, 0.7, 0.8], 3usize);
}

#[differentiable]
fn in_a_reference(x: f64, flag: bool) -> f64 {
    let mut a = x;
    let mut s = 0.0;
    if flag {
        s += square(&{
            a *= 2.0;
            a
        });
    }
    s * a
}

#[differentiable]
fn square(x: &f64) -> f64 {
    x * x
}

#[test]
fn an_assignment_inside_a_reference_is_carried() {
    check_gradient!(in_a_reference, 0.9, true);
    check_gradient!(in_a_reference, 0.9, false);
}

#[differentiable]
fn in_a_macro(x: f64, flag: bool) -> f64 {
    let mut a = x;
    if flag {
        a *= 2.0;
        let v = vec![a, {
            a *= x;
            a
        }];
        a += v[0];
    }
    a * a
}

#[test]
fn an_assignment_inside_a_macro_is_carried() {
    check_gradient!(in_a_macro, 0.9, true);
    check_gradient!(in_a_macro, 0.9, false);
}

#[differentiable]
fn in_a_condition(x: f64, n: usize) -> f64 {
    let mut a = x;
    let mut s = 0.0;
    for _ in 0..n {
        if {
            a *= 0.5;
            a > 0.2
        } && {
            s += a;
            s > 0.3
        } {
            s += a * x;
        }
    }
    s
}

#[test]
fn an_assignment_inside_a_condition_is_carried() {
    check_gradient!(in_a_condition, 0.9, 4usize);
}

#[differentiable]
fn in_a_field(x: f64, n: usize) -> f64 {
    let mut a = x;
    for _ in 0..n {
        let y = {
            a = a * x + 1.0;
            (a, x)
        }
        .0;
        a += y;
    }
    a
}

#[test]
fn an_assignment_before_a_field_is_carried() {
    check_gradient!(in_a_field, 0.9, 2usize);
}

#[differentiable]
fn in_arguments(x: f64, flag: bool) -> f64 {
    let mut a = x;
    if flag {
        let t = (
            {
                a *= 2.0;
                a
            },
            a.max({
                a += 1.0;
                a
            }),
        );
        a += t.0 * t.1;
    }
    for _ in 0..2 {
        let r = -{
            a *= x;
            a
        };
        let q = ({
            a += r;
            a
        }) as f32 as f64;
        a += q * 0.0;
    }
    a
}

#[test]
fn an_assignment_inside_an_argument_is_carried() {
    check_gradient!(in_arguments, 0.5, true);
    check_gradient!(in_arguments, 0.5, false);
}

#[differentiable]
fn lazily(x: f64, y: f64) -> f64 {
    let mut a = x;
    let both = a > 0.0 && {
        a *= y;
        a > 0.1
    };
    if both { a * a } else { a }
}

#[test]
fn an_assignment_on_the_right_of_a_lazy_operator_is_carried() {
    check_gradient!(lazily, 0.5, 0.7);
    check_gradient!(lazily, 0.5, 0.1);
    check_gradient!(lazily, -0.5, 0.1);
}

#[differentiable]
fn assigned_in_one_branch(x: f64) -> f64 {
    let mut s = x;
    let y;
    if x > 0.0 {
        y = x * x;
        s += y;
    }
    s
}

#[test]
fn a_variable_may_be_assigned_in_one_branch_only() {
    check_gradient!(assigned_in_one_branch, 0.4);
    check_gradient!(assigned_in_one_branch, -0.4);
}

#[differentiable]
fn value_of_a_statement(x: f64, y: f64) -> f64 {
    let mut s = x;
    if x > y {
        s * x
    } else {
        s * y
    };
    s += {
        let t = s * y;
        t * t
    };
    s
}

#[test]
fn a_value_may_be_dropped() {
    check_gradient!(value_of_a_statement, 0.4, 0.7);
}
