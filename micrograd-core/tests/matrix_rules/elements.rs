//! Methods that move elements, work on each or take parts.

use super::{A, B, Q, matrix, matrix32, vector};
use micrograd_core::rules::matrix::{
    ComponentwiseRules, LinearAlgebraRules, ReduceRules, ShapeRules, SquareRules, VectorRules,
    ViewRules,
};
use micrograd_core::rules::slice::CloneRule;
use micrograd_core::{Differentiable, NoTangent, check_rrule};
use nalgebra::{Vector2, Vector3};

#[test]
fn methods_that_move_elements() {
    let (a, x) = (matrix(3, 4), vector(3));
    check_rrule!(a.rrule_transpose());
    check_rrule!(x.rrule_transpose());
    check_rrule!(A.rrule_transpose());
    check_rrule!(a.rrule_clone());
    check_rrule!(a.rrule_clone_owned());
    check_rrule!(a.rrule_into_owned());
    check_rrule!(a.rrule_column(2));
    check_rrule!(a.rrule_row(1));
    check_rrule!(A.rrule_column(2));
    check_rrule!(A.rrule_row(1));
    let a = matrix32(3, 4);
    check_rrule!(a.rrule_transpose());
}

#[test]
fn elementwise_methods() {
    let (a, b) = (matrix(3, 4), matrix(3, 4).map(|x| x.exp() + 0.5));
    check_rrule!(a.rrule_component_mul(b));
    check_rrule!(a.rrule_component_div(b));
    check_rrule!(a.rrule_scale(2.5));
    check_rrule!(a.rrule_unscale(2.5));
    check_rrule!(a.rrule_add_scalar(2.5));
    check_rrule!(a.rrule_abs());
    check_rrule!(A.rrule_component_mul(B));
    check_rrule!(A.rrule_component_div(B));
    check_rrule!(A.rrule_scale(2.5));
    check_rrule!(A.rrule_add_scalar(2.5));
    check_rrule!(A.rrule_abs());
    let (x, y) = (vector(3), vector(3));
    check_rrule!(x.rrule_component_mul(y));
    let (a, b) = (matrix32(2, 3), matrix32(2, 3));
    check_rrule!(a.rrule_component_mul(b));
}

#[test]
fn parts() {
    let (a, x) = (matrix(4, 5), vector(4));
    check_rrule!(a.rrule_view((1, 2), (2, 3)));
    check_rrule!(a.rrule_rows(1, 2));
    check_rrule!(a.rrule_columns(1, 3));
    check_rrule!(a.rrule_rows_range(1..3));
    check_rrule!(a.rrule_columns_range(1..=3));
    check_rrule!(a.rrule_view_range(1..3, 2..5));
    check_rrule!(x.rrule_rows(1, 2));
    check_rrule!(A.rrule_columns(1, 2));
    check_rrule!(A.rrule_view((0, 1), (2, 2)));
    check_rrule!(a.rrule_upper_triangle());
    check_rrule!(a.rrule_lower_triangle());
    check_rrule!(a.rrule_adjoint());
    check_rrule!(a.rrule_as_slice());
    check_rrule!(Q.rrule_diagonal());
    check_rrule!(Q.rrule_symmetric_part());
    let (part, back) = a.rrule_fixed_view::<2, 3>(&1, &2);
    assert_eq!(part, a.fixed_view::<2, 3>(1, 2).clone_owned());
    let mut da = a.accumulator();
    back(&A, &a, &mut da, &1, &mut NoTangent, &2, &mut NoTangent);
    assert_eq!((da[(1, 2)], da.sum()), (A[(0, 0)], A.sum()));
}

#[test]
fn vectors() {
    let (u, v) = (Vector3::new(0.4, -1.0, 2.0), Vector3::new(1.1, 0.3, -0.8));
    check_rrule!(u.rrule_lerp(v, 0.3));
    check_rrule!(u.rrule_angle(v));
    check_rrule!(u.rrule_metric_distance(v));
    check_rrule!(u.rrule_push(0.5));
    check_rrule!(u.rrule_xy());
    check_rrule!(u.rrule_zyx());
    check_rrule!(u.rrule_try_normalize(0.1));
    let (x, y) = (Vector2::new(0.4, -1.0), Vector2::new(1.1, 0.3));
    check_rrule!(x.rrule_perp(y));
    let (x, y) = (vector(5), vector(5).map(f64::exp));
    check_rrule!(x.rrule_lerp(y, 0.3));
    check_rrule!(x.rrule_angle(y));
    check_rrule!(x.rrule_push(0.5));
    check_rrule!(x.rrule_metric_distance(y));
}
