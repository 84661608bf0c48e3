//! Sums, products and what is a product by another name.

use super::{A, B, Q, approx, matrix, matrix32, vector};
use micrograd_core::rules::matrix::ProductRules;
use micrograd_core::rules::operator::{mul_left, mul_right};
use micrograd_core::{Tangent, check_rrule};
use nalgebra::{DMatrix, Matrix3x2, RowDVector, Vector3};

#[test]
fn sums_and_differences() {
    let (a, b) = (matrix(3, 4), matrix(3, 4).map(f64::exp));
    check_rrule!(a + b);
    check_rrule!(a - b);
    check_rrule!(-a);
    let (a, b) = (vector(4), vector(4));
    check_rrule!(a + b);
    check_rrule!(a - b);
    check_rrule!(A + B);
    check_rrule!(A - B);
    check_rrule!(-A);
    let (a, b) = (matrix32(2, 2), matrix32(2, 2));
    check_rrule!(a + b);
}

#[test]
fn sums_of_static_and_dynamic_shapes() {
    let a = matrix(2, 3);
    check_rrule!(a + B);
    check_rrule!(B - a);
}

#[test]
fn products() {
    let (a, b) = (matrix(3, 4), matrix(4, 2));
    check_rrule!(a * b);
    let (a, x) = (matrix(3, 4), vector(4));
    check_rrule!(a * x);
    let (row, x) = (RowDVector::from_fn(4, |_, j| j as f64 - 1.5), vector(4));
    check_rrule!(row * x);
    check_rrule!(x * row);
    let b = Matrix3x2::new(1.0, -0.5, 0.3, 2.0, 0.9, 0.4);
    check_rrule!(A * b);
    let x = Vector3::new(0.4, -1.0, 2.0);
    check_rrule!(A * x);
    let (a, b) = (matrix32(3, 4), matrix32(4, 2));
    check_rrule!(a * b);
}

#[test]
fn products_of_static_and_dynamic_shapes() {
    let (b, x) = (matrix(3, 2), vector(3));
    check_rrule!(A * b);
    check_rrule!(A * x);
}

#[test]
fn products_large_enough_for_the_blocked_kernel() {
    let (a, b) = (matrix(7, 8), matrix(8, 6));
    check_rrule!(a * b);
}

#[test]
fn products_of_views() {
    let (whole, x) = (matrix(4, 5), matrix(9, 6));
    let dz = matrix(2, 6);
    let (rows, columns) = (whole.view((1, 1), (2, 3)), x.view((2, 0), (3, 6)));
    let (mut da, mut db) = (Tangent::shapeless(), Tangent::shapeless());
    mul_left(&rows, &columns, &dz, &mut da);
    mul_right(&rows, &columns, &dz, &mut db);
    approx(&da, &(&dz * columns.transpose()));
    approx(&db, &(rows.transpose() * &dz));
}

#[test]
fn products_with_numbers() {
    let a = matrix(3, 4);
    check_rrule!(a * 2.5);
    check_rrule!(2.5 * a);
    check_rrule!(a / 2.5);
    check_rrule!(A * 2.5);
    check_rrule!(2.5 * A);
    check_rrule!(A / 2.5);
    let (a, b) = (matrix32(3, 4), 2.5_f32);
    check_rrule!(a * b);
    check_rrule!(b * a);
    check_rrule!(a / b);
}

#[test]
fn a_zero_cotangent_stays_zero_where_a_quotient_is_infinite() {
    use micrograd_core::rules::operator::{div_left, div_right};
    let (a, mut da, mut db) = (matrix(2, 2), DMatrix::zeros(2, 2), 0.0);
    div_left(&a, &0.0, &DMatrix::zeros(2, 2), &mut da);
    div_right(&a, &0.0, &DMatrix::zeros(2, 2), &mut db);
    assert_eq!((da, db), (DMatrix::zeros(2, 2), 0.0));
}

#[test]
fn products_that_are_methods() {
    let (a, b) = (matrix(4, 3), matrix(4, 2));
    check_rrule!(a.rrule_tr_mul(b));
    check_rrule!(a.rrule_kronecker(b));
    check_rrule!(A.rrule_tr_mul(B));
    check_rrule!(A.rrule_kronecker(Q));
    let (a, b) = (matrix(9, 8), matrix(9, 7));
    check_rrule!(a.rrule_tr_mul(b));
}
