//! Bodies without branches and loops.

use micrograd_core::{check_gradient, code_pullback, differentiable, gradient, stop_gradient};
use num_dual::{Dual64, DualNum as _};

#[differentiable]
fn shadowed(x: f64, y: f64) -> f64 {
    let x = x * y;
    let y = x + y;
    let x = x * y;
    x * y
}

#[test]
fn a_shadowed_name_stands_for_its_latest_value() {
    check_gradient!(shadowed, 1.3, -0.7);
}

#[differentiable]
fn shadowed_in_a_block(x: f64) -> f64 {
    let y = x * 2.0;
    let z = {
        let y = y * x;
        let x = y.sin();
        x * y
    };
    x + y * z
}

#[test]
fn a_name_shadowed_in_a_block_comes_back_after_it() {
    check_gradient!(shadowed_in_a_block, 0.8);
}

#[differentiable]
fn nine_levels(x: f64) -> f64 {
    let y = x * x;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    y * y
}

#[differentiable]
fn eighteen_levels(x: f64) -> f64 {
    let y = x * x;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    let y = y * y;
    y * y
}

#[test]
fn nine_levels_of_reuse_have_the_analytic_gradient() {
    let x = 0.999_f64;
    let (_, (dx,)) = gradient!(nine_levels, x);
    assert!((dx - 512.0 * x.powi(511)).abs() < 1e-9 * dx, "{dx}");
}

#[test]
fn nine_levels_of_reuse_cost_nine_steps() {
    let (nine, eighteen) = (code_pullback!(nine_levels), code_pullback!(eighteen_levels));
    let (nine, eighteen) = (nine.lines().count(), eighteen.lines().count());
    assert!(
        nine <= 9 * 4 + 4 && eighteen <= 2 * nine,
        "{nine} and {eighteen} lines"
    );
}

#[differentiable]
fn compound(x: f64, y: f64) -> f64 {
    let mut a = x;
    a += y;
    a -= x * y;
    a *= a;
    a /= y + 3.0;
    a %= 10.0;
    a
}

#[test]
fn compound_assignments_read_the_old_value() {
    check_gradient!(compound, 1.7, 0.6);
}

#[differentiable]
fn squared_in_place(x: f64) -> f64 {
    let mut s = x.sin();
    s *= s;
    s *= s * x;
    s
}

#[test]
fn a_value_multiplied_with_itself_in_place_reads_the_old_value_twice() {
    check_gradient!(squared_in_place, 0.9);
}

#[differentiable]
fn overwritten(x: f64, y: f64) -> f64 {
    let mut a = x * y;
    let b = a * x;
    a = y.cos();
    let c = a * b;
    a = x;
    a * c
}

#[test]
fn old_values_needed_after_an_overwrite_are_kept() {
    check_gradient!(overwritten, 0.4, 1.9);
}

#[differentiable]
fn overwritten_by_a_literal(x: f64, y: f64) -> f64 {
    let mut a = x * y;
    let b = a;
    a = 2.0;
    a * b + x
}

#[test]
fn an_overwrite_kills_the_old_cotangent() {
    check_gradient!(overwritten_by_a_literal, 0.4, 1.9);
}

#[differentiable]
fn assigned_later(x: f64) -> f64 {
    let y;
    let z: f64;
    y = x * x;
    z = y * x;
    y + z
}

#[test]
fn a_variable_may_get_its_value_after_its_declaration() {
    check_gradient!(assigned_later, 1.2);
}

#[differentiable]
fn tuples((a, b): (f64, f64), c: (f64, (f64, f64))) -> (f64, (f64, f64)) {
    let (d, (e, f)) = c;
    let t = (a * d, b * e);
    let (u, _) = t;
    (u + t.1, (f * a, c.1.0 * b))
}

#[test]
fn tuples_are_taken_apart_and_built() {
    check_gradient!(tuples, (1.0, 2.0), (3.0, (0.5, -0.4)));
}

#[differentiable]
fn swapped(x: f64, y: f64) -> f64 {
    let (mut a, mut b) = (x, y * 2.0);
    (a, b) = (b, a);
    (a, b) = (a + b, a - b);
    a * a * b
}

#[test]
fn parallel_assignment_computes_the_right_side_first() {
    check_gradient!(swapped, 1.1, 0.3);
}

#[differentiable]
fn arrays(x: [f64; 3], y: f64) -> [f64; 2] {
    let a = [x[0] * y, x[2], 3.0];
    let [b, _, c] = a;
    let r = [y; 4];
    [a[1] * r[3] + b, c * r[0] + a[0]]
}

#[test]
fn arrays_are_built_indexed_and_taken_apart() {
    check_gradient!(arrays, [1.0, 2.0, 3.0], 0.7);
}

#[differentiable]
fn vectors(x: f64, y: f64, n: usize) -> Vec<f64> {
    let a = vec![x, y, x * y];
    let b = vec![a[2] * x; n];
    vec![a[0] * b[n - 1], b[0]]
}

#[test]
fn vectors_are_built_and_indexed() {
    check_gradient!(vectors, 0.3, 0.4, 3usize);
}

#[differentiable]
fn nested_arrays(a: [[f64; 2]; 2], b: &[Vec<f64>], i: usize) -> f64 {
    a[i][0] * b[1][i] + a[0][1] * b[0][0] * a[i][0]
}

#[test]
fn two_indices_reach_an_element() {
    check_gradient!(
        nested_arrays,
        [[1.0, 2.0], [3.0, 4.0]],
        &vec![vec![0.1, 0.2], vec![0.3, 0.4, 0.5]],
        1usize
    );
}

#[differentiable]
fn literals(x: f64) -> f64 {
    let a = 2.0;
    let b = -1.5e-1;
    let c: f64 = 3.;
    a * x + b * x * x + c / x + x * std::f64::consts::PI + 1f64 - 2_f64 * x
}

#[test]
fn literals_and_constants_are_plain_numbers() {
    check_gradient!(literals, 1.4);
}

#[differentiable]
fn with_items(x: f64) -> f64 {
    const HALF: f64 = 0.5;
    x * HALF * x
}

#[test]
fn a_constant_may_be_declared_in_the_body() {
    check_gradient!(with_items, 1.4);
}

const OFFSET: f64 = 0.5;
static TABLE: [f64; 3] = [1.0, 2.0, 4.0];

#[differentiable]
fn tables(x: f64, i: usize) -> f64 {
    OFFSET * x + TABLE[i] * x * x
}

#[test]
fn constants_and_statics_of_the_module_are_read() {
    check_gradient!(tables, 1.4, 2usize);
}

#[differentiable]
fn casts(x: f64, y: f32, n: usize, k: i32) -> f64 {
    let a = x as f32 * y;
    let b = a as f64;
    b * n as f64 + k as f64 * x + (y as f64) * (x as f32 as f64)
}

#[test]
fn casts_between_floats_carry_the_gradient() {
    let (value, (dx, dy, ..)) = gradient!(casts, 1.5, 0.25, 3, -2);
    assert_eq!((value, dx, dy), (-1.5, -1.0, 6.0));
}

#[differentiable]
fn single(x: f32, y: f32) -> f32 {
    let mut s = x * 2.0;
    s += y.sin() * x.powi(2);
    s / (1.0 + y * y).sqrt()
}

#[test]
fn single_precision_works_alike() {
    check_gradient!(single, 0.5f32, 1.5f32);
}

#[differentiable]
fn truncated(x: f64, v: &[f64]) -> f64 {
    let i = x as usize;
    let t = x - i as f64;
    v[i] * (1.0 - t) + v[i + 1] * t
}

#[test]
fn linear_interpolation_truncates_its_index() {
    check_gradient!(truncated, 1.25, &[1.0, 4.0, 9.0, 16.0]);
}

#[differentiable]
fn remainder(x: f64, y: f64, n: i32) -> f64 {
    x % y * x + (x * x) % 0.7 + (n % 3) as f64 * x
}

#[test]
fn remainders_differentiate_away_from_their_jumps() {
    check_gradient!(remainder, 7.3, 2.1, 8i32);
}

#[differentiable]
fn mixed(n: usize, x: f64, k: i32, y: f64, _deep: bool) -> f64 {
    let m = n * 2 + 1;
    x.powi(k) * m as f64 + y * (k - 1) as f64 + (n as f64).sqrt() * x
}

#[test]
fn integers_and_numbers_mix() {
    check_gradient!(mixed, 3usize, 1.2, 3i32, 0.4, true);
}

#[differentiable]
fn converted(x: f32, n: u8) -> f64 {
    f64::from(x) * f64::from(n) + f64::from(x).sin()
}

#[test]
fn conversions_by_from_carry_the_gradient() {
    check_gradient!(converted, 0.5f32, 3u8);
}

#[differentiable]
fn negated(x: f64, y: f64) -> f64 {
    -x * -y + -(x - -y) - (-x).exp()
}

#[test]
fn negations_stack() {
    check_gradient!(negated, 0.2, 0.9);
}

#[differentiable]
fn dereferenced(x: &f64, y: &f64) -> f64 {
    let a = *x * *y;
    let b = x * y + &a * 2.0;
    let c = &b;
    c * *c + x.sin()
}

#[test]
fn references_to_numbers_differentiate_alike() {
    check_gradient!(dereferenced, &0.7, &1.1);
}

#[differentiable]
fn doubly_referenced(x: &&f64) -> f64 {
    **x * x.sin()
}

#[test]
fn references_to_references_differentiate_alike() {
    let (value, back) = pullback_doubly_referenced(&&0.5);
    assert_eq!(value, 0.5 * 0.5_f64.sin());
    assert_eq!(back(1.0), (0.5_f64.sin() + 0.5 * 0.5_f64.cos(),));
}

#[differentiable]
fn with_stop(x: f64, y: f64) -> f64 {
    let fixed = stop_gradient(x * y);
    x * fixed + stop_gradient(y) * y
}

#[test]
fn stop_gradient_has_derivative_zero() {
    assert_eq!(gradient!(with_stop, 2.0, 3.0), (21.0, (6.0, 3.0)));
}

#[differentiable(no_gradient(y, n))]
fn excluded(x: f64, y: f64, n: usize) -> f64 {
    x * y * y + n as f64 * x
}

#[test]
fn an_excluded_parameter_has_no_tangent() {
    let expected = (
        24.0,
        (12.0, micrograd_core::NoTangent, micrograd_core::NoTangent),
    );
    assert_eq!(gradient!(excluded, 2.0, 3.0, 3), expected);
}

#[differentiable(no_gradient(y, v))]
fn excluded_numbers(x: f64, y: f64, v: &[f64], w: [f64; 2]) -> f64 {
    x * y * v[1] + x * x * w[0] * w[1]
}

#[test]
fn checks_leave_excluded_numbers_out() {
    check_gradient!(excluded, 2.0, 3.0, 3);
    check_gradient!(excluded_numbers, 0.7, 3.0, &[2.0, 1.5], [0.3, 0.9]);
}

#[differentiable]
fn long_chain(x: f64, y: f64) -> f64 {
    ((x.sin().cos() * y).exp().ln_1p() + x.hypot(y).sqrt())
        .tanh()
        .mul_add(x, y)
}

#[test]
fn chained_methods_compose() {
    check_gradient!(long_chain, 0.6, 1.3);
}

#[differentiable]
fn paired(x: f64) -> f64 {
    let (s, c) = x.sin_cos();
    s * c + s
}

#[test]
fn a_method_that_returns_a_tuple_is_taken_apart() {
    check_gradient!(paired, 0.6);
}

#[differentiable]
fn asserted(x: f64, v: &[f64]) -> f64 {
    assert!(x > 0.0);
    assert!(x < 10.0, "x is {}", x);
    assert_eq!(v.len(), 2, "two elements");
    debug_assert!(!v.is_empty());
    println!("{} {:?}", x, v);
    x * v[0] + v[1]
}

#[test]
fn assertions_and_printing_change_nothing() {
    check_gradient!(asserted, 2.0, &[3.0, 4.0]);
}

#[differentiable]
fn with_sequence_point(x: f64) -> f64 {
    let a = x;
    ();
    {
        ();
    }
    a * a
}

#[test]
fn empty_statements_are_allowed() {
    check_gradient!(with_sequence_point, 2.0);
}

/// The same body for `f64`, differentiated, and for dual numbers.
macro_rules! twin {
    (fn $name:ident($x:ident, $y:ident) $body:block) => {
        mod $name {
            use super::*;
            #[differentiable]
            pub fn reverse($x: f64, $y: f64) -> f64 $body
            pub fn forward($x: Dual64, $y: Dual64) -> Dual64 $body
        }
    };
}

/// Compares a twin's two derivatives.
macro_rules! agree {
    ($name:ident, $x:expr, $y:expr) => {{
        let (value, (dx, dy)) = gradient!($name::reverse, $x, $y);
        let by_x = $name::forward(Dual64::from_re($x).derivative(), Dual64::from_re($y));
        let by_y = $name::forward(Dual64::from_re($x), Dual64::from_re($y).derivative());
        assert!((value - by_x.re).abs() <= 1e-14 * value.abs());
        assert!(
            (dx - by_x.eps).abs() <= 1e-12 * (1.0 + dx.abs()),
            "{dx} {}",
            by_x.eps
        );
        assert!(
            (dy - by_y.eps).abs() <= 1e-12 * (1.0 + dy.abs()),
            "{dy} {}",
            by_y.eps
        );
    }};
}

twin! {
    fn rational(x, y) {
        let z = x * y + x / y;
        let w = z * z - y;
        (w / z).sin() * (x + w).exp()
    }
}

#[test]
fn a_rational_function_agrees_with_dual_numbers() {
    agree!(rational, 0.7, 1.9);
}

twin! {
    fn newton(x, y) {
        let mut z = x;
        for _ in 0..6 {
            z = z - (z * z - y) / (z + z);
        }
        z
    }
}

#[test]
fn newtons_iteration_agrees_with_dual_numbers() {
    agree!(newton, 1.2, 3.0);
}

twin! {
    fn recurrence(x, y) {
        let (mut a, mut b) = (x, y);
        for i in 0..20 {
            let c = (a * b).sin();
            if i % 3 == 0 {
                (a, b) = (b, c);
            } else {
                a = a - b * 0.5;
                b = c + a;
            }
        }
        a * b
    }
}

#[test]
fn a_branching_recurrence_agrees_with_dual_numbers() {
    agree!(recurrence, 0.3, 0.8);
}

#[test]
fn the_value_is_that_of_the_plain_call_to_the_bit() {
    for i in 0..100 {
        let (x, y) = (0.1 + f64::from(i) * 0.037, 2.0 - f64::from(i) * 0.011);
        assert_eq!(
            pullback_long_chain(x, y).0.to_bits(),
            long_chain(x, y).to_bits()
        );
    }
}

#[test]
fn a_pullback_called_twice_gives_the_same_bits() {
    let (_, back) = pullback_long_chain(0.3, 0.4);
    let (first, other, second) = (back(1.0), back(-3.0), back(1.0));
    assert_eq!(
        (first.0.to_bits(), first.1.to_bits()),
        (second.0.to_bits(), second.1.to_bits())
    );
    assert!((other.0 + 3.0 * first.0).abs() < 1e-12);
}
