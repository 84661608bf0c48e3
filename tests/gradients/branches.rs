//! `if`, lazy operators and early returns.

use micrograd_core::{check_gradient, differentiable, gradient};

#[differentiable]
fn clamped(x: f64, low: f64, high: f64) -> f64 {
    if x < low {
        low * 2.0
    } else if x > high {
        high * high
    } else {
        x * x * x
    }
}

#[test]
fn each_branch_has_its_own_gradient() {
    check_gradient!(clamped, -2.0, -1.0, 1.0);
    check_gradient!(clamped, 0.5, -1.0, 1.0);
    check_gradient!(clamped, 2.0, -1.0, 1.0);
}

#[differentiable]
fn guarded_root(x: f64) -> f64 {
    let mut y = x * 3.0;
    if x > 0.0 {
        y += x.sqrt();
    }
    y
}

#[test]
fn a_branch_not_taken_contributes_exactly_nothing() {
    assert_eq!(gradient!(guarded_root, 0.0), (0.0, (3.0,)));
    check_gradient!(guarded_root, 0.5);
}

#[differentiable]
fn selected_root(x: f64) -> f64 {
    let root = x.sqrt();
    let log = x.ln();
    if x > 0.0 { root + log } else { 2.0 * x }
}

#[test]
fn an_unselected_infinite_derivative_is_not_nan() {
    assert_eq!(gradient!(selected_root, 0.0), (0.0, (2.0,)));
    check_gradient!(selected_root, 0.5);
}

#[differentiable]
fn returns_early(x: f64, y: f64) -> f64 {
    if x < 0.0 {
        return -x * y;
    }
    let z = x * y;
    if z > 10.0 {
        let w = z - 10.0;
        return w * w;
    } else if z > 5.0 {
        return z.sqrt();
    }
    let v = z * z;
    if v > 4.0 {
        if x > y {
            return x;
        }
        return y * v;
    }
    v + x
}

#[test]
fn early_returns_leave_with_their_own_value() {
    check_gradient!(returns_early, -1.0, 2.0);
    check_gradient!(returns_early, 5.0, 3.0);
    check_gradient!(returns_early, 3.0, 2.0);
    check_gradient!(returns_early, 3.0, 1.0);
    check_gradient!(returns_early, 1.0, 3.0);
    check_gradient!(returns_early, 1.0, 0.5);
}

#[differentiable]
fn explicit_return(x: f64) -> f64 {
    let y = x * x;
    return y * x;
}

#[test]
fn an_explicit_return_at_the_end_is_the_value() {
    check_gradient!(explicit_return, 1.5);
}

#[differentiable]
fn returns_in_both(x: f64) -> f64 {
    if x > 1.0 {
        return x * x;
    } else {
        return x.exp();
    }
}

#[test]
fn both_branches_may_return() {
    check_gradient!(returns_in_both, 1.5);
    check_gradient!(returns_in_both, 0.5);
}

#[differentiable]
fn lazy(x: f64, v: &[f64]) -> f64 {
    if !v.is_empty() && v[0] > x || x > 10.0 {
        x * 2.0
    } else if v.len() > 1 && (v[1] > 0.0 || v[1] < -5.0) {
        x * v[1]
    } else {
        x * x
    }
}

#[test]
fn lazy_operators_do_not_run_what_they_must_not() {
    check_gradient!(lazy, 1.0, &Vec::<f64>::new());
    check_gradient!(lazy, 1.0, &vec![2.0]);
    check_gradient!(lazy, 1.0, &vec![0.5, 3.0]);
    check_gradient!(lazy, 1.0, &vec![0.5, -3.0]);
    check_gradient!(lazy, 1.0, &vec![0.5, -6.0]);
}

#[differentiable]
fn assigned_in_branches(x: f64, y: f64, flag: bool) -> f64 {
    let a;
    let mut b = x;
    let mut c = 0.0;
    if flag {
        a = x * y;
        b = b * y;
    } else {
        a = x + y;
        c += a * b;
        b = 1.0;
    }
    a * b + c
}

#[test]
fn what_branches_assign_is_carried_out_of_them() {
    check_gradient!(assigned_in_branches, 1.3, 0.8, true);
    check_gradient!(assigned_in_branches, 1.3, 0.8, false);
}

#[differentiable]
fn shadowed_in_a_branch(x: f64, y: f64) -> f64 {
    let mut a = x * y;
    if y > 0.0 {
        let mut a = a * 2.0;
        a += x;
        if a > 100.0 {
            a *= 2.0;
        }
        assert!(a < 1000.0);
    } else {
        a = a * a;
    }
    a * x
}

#[test]
fn an_assignment_to_a_shadowing_name_stays_in_its_branch() {
    check_gradient!(shadowed_in_a_branch, 1.3, 0.8);
    check_gradient!(shadowed_in_a_branch, 1.3, -0.8);
}

#[differentiable]
fn a_tuple_from_a_branch(x: f64, y: f64) -> f64 {
    let (low, high) = if x < y { (x, y) } else { (y, x) };
    let t = if low > 0.0 {
        [low, high * 2.0]
    } else {
        [high, 1.0]
    };
    high * high - low + t[0] * t[1]
}

#[test]
fn a_branch_may_give_a_tuple_or_an_array() {
    check_gradient!(a_tuple_from_a_branch, 1.0, 2.0);
    check_gradient!(a_tuple_from_a_branch, 2.0, 1.0);
    check_gradient!(a_tuple_from_a_branch, -2.0, 1.0);
}

#[differentiable]
fn a_moved_vector_from_a_branch(x: Vec<f64>, y: Vec<f64>, first: bool) -> f64 {
    let v = if first { x } else { y };
    v[0] * v[1]
}

#[test]
fn a_branch_may_move_a_vector_out() {
    check_gradient!(
        a_moved_vector_from_a_branch,
        vec![1.0, 2.0],
        vec![3.0, 4.0],
        true
    );
    check_gradient!(
        a_moved_vector_from_a_branch,
        vec![1.0, 2.0],
        vec![3.0, 4.0],
        false
    );
}

#[differentiable]
fn condition_of_overwritten(x: f64, y: f64) -> f64 {
    let mut a = x * y;
    let mut r = x;
    if a > 1.0 {
        a = a.sqrt();
        r *= a;
    }
    if a > 1.0 {
        a = a - x;
        r *= a;
    }
    if a < 0.0 { r * a } else { r + a }
}

#[test]
fn the_reverse_sweep_takes_the_branches_the_forward_sweep_took() {
    check_gradient!(condition_of_overwritten, 2.0, 3.0);
    check_gradient!(condition_of_overwritten, 0.5, 3.0);
    check_gradient!(condition_of_overwritten, 0.5, 1.0);
    check_gradient!(condition_of_overwritten, -0.5, 1.0);
}

#[differentiable]
fn blocks(x: f64) -> f64 {
    let y = {
        let z = x.sin();
        let mut w = z * 2.0;
        {
            w += x;
        }
        w * z
    };
    (if y > 0.0 { y } else { -y }) * { x + y }
}

#[test]
fn blocks_and_branches_may_be_operands() {
    check_gradient!(blocks, 0.5);
    check_gradient!(blocks, -0.5);
}

#[differentiable]
fn nan_safe(x: f64) -> f64 {
    if x.is_nan() || !x.is_finite() {
        return 0.0;
    }
    x * x
}

#[test]
fn a_guard_returns_a_literal() {
    check_gradient!(nan_safe, 3.0);
    assert_eq!(gradient!(nan_safe, f64::NAN), (0.0, (0.0,)));
}

#[differentiable]
fn boolean_values(x: f64, y: f64) -> f64 {
    let above = x > y;
    let both = above & (y > 0.0) | !above;
    let flag = if both { x > 1.0 } else { false };
    if flag == above { x * y } else { x / y }
}

#[test]
fn booleans_are_values() {
    check_gradient!(boolean_values, 2.0, 1.0);
    check_gradient!(boolean_values, 0.5, 1.0);
    check_gradient!(boolean_values, 2.0, 3.0);
}

#[differentiable]
fn deep(x: f64) -> f64 {
    if x > 0.0 {
        if x > 1.0 {
            if x > 2.0 {
                if x > 3.0 {
                    if x > 4.0 { x.sin() } else { x.cos() }
                } else {
                    x.exp()
                }
            } else {
                x.ln()
            }
        } else {
            x.sqrt()
        }
    } else {
        x * x
    }
}

#[test]
fn branches_nest_five_deep() {
    check_gradient!(deep, -0.5);
    check_gradient!(deep, 0.5);
    check_gradient!(deep, 1.5);
    check_gradient!(deep, 2.5);
    check_gradient!(deep, 3.5);
    check_gradient!(deep, 4.5);
}
