//! Matrices made of numbers, sequences and other matrices.

use super::vector;
use micrograd_core::check_rrule;
use micrograd_core::rules::convert::FromRule;
use micrograd_core::rules::matrix::{
    FromDiagonal, FromElement, FromElementOfLength, FromElementOfShape, FromElements,
    FromElementsOfShape, FromParts, MatrixOf2, MatrixOf3, MatrixOf4, MatrixOf6, MatrixOf9,
    MatrixOf12, MatrixOf16,
};
use nalgebra::{
    DMatrix, DVector, Matrix2, Matrix2x3, Matrix3, Matrix3x2, Matrix3x4, Matrix4, RowVector3,
    Vector2, Vector3, Vector4,
};

#[test]
fn constructors() {
    check_rrule!(Vector2::rrule_new(1.0, 2.0));
    check_rrule!(Vector3::rrule_new(1.0, 2.0, 3.0));
    check_rrule!(RowVector3::rrule_new(1.0, 2.0, 3.0));
    check_rrule!(Matrix2::rrule_new(1.0, 2.0, 3.0, 4.0));
    check_rrule!(Vector4::rrule_new(1.0_f32, 2.0_f32, 3.0_f32, 4.0_f32));
    check_rrule!(Matrix2x3::rrule_new(1.0, 2.0, 3.0, 4.0, 5.0, 6.0));
    check_rrule!(Matrix3::rrule_new(
        1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0
    ));
    let (rows, back) = Matrix2x3::rrule_new(&1.0, &2.0, &3.0, &4.0, &5.0, &6.0);
    let mut d = [0.0; 6];
    let [a, b, c, e, f, g] = &mut d;
    back(&rows, &1.0, a, &2.0, b, &3.0, c, &4.0, e, &5.0, f, &6.0, g);
    assert_eq!(d, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let x = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    check_rrule!(DVector::rrule_from_vec(&x));
    check_rrule!(DVector::rrule_from_row_slice(&x));
    check_rrule!(Matrix2x3::rrule_from_row_slice(&x));
    check_rrule!(Matrix2x3::rrule_from_column_slice(&x));
    check_rrule!(DMatrix::rrule_from_row_slice(2, 3, &x));
    check_rrule!(DMatrix::rrule_from_column_slice(2, 3, &x));
    check_rrule!(DMatrix::rrule_from_vec(2, 3, &x));
    check_rrule!(DVector::rrule_from(&x));
    check_rrule!(Vector3::rrule_from([1.0, 2.0, 3.0]));
    check_rrule!(Matrix2::rrule_from([[1.0, 2.0], [3.0, 4.0]]));
    check_rrule!(Matrix2x3::rrule_from_element(2.0));
    check_rrule!(Matrix2x3::rrule_from_diagonal_element(2.0));
    check_rrule!(DVector::rrule_from_element(3, 2.0));
    check_rrule!(DVector::rrule_repeat(3, 2.0));
    check_rrule!(DMatrix::rrule_from_element(2, 3, 2.0));
    check_rrule!(DMatrix::rrule_from_diagonal_element(2, 3, 2.0));
    let d = vector(3);
    check_rrule!(DMatrix::rrule_from_diagonal(&d));
    check_rrule!(DMatrix::rrule_from_columns(
        &[vector(3), vector(3)].to_vec()
    ));
    check_rrule!(Matrix3x2::rrule_from_rows(&vec![
        Vector2::new(1.0, 2.0)
            .transpose();
        3
    ]));
}

#[test]
fn constructors_of_many_numbers() {
    let (rows, back) = Matrix3x4::rrule_new(
        &1.0, &2.0, &3.0, &4.0, &5.0, &6.0, &7.0, &8.0, &9.0, &10.0, &11.0, &12.0,
    );
    assert_eq!(rows, Matrix3x4::from_fn(|i, j| (4 * i + j + 1) as f64));
    let mut d = [0.0; 12];
    let [a, b, c, e, f, g, h, i, j, k, l, m] = &mut d;
    let x = &0.0;
    back(
        &rows, x, a, x, b, x, c, x, e, x, f, x, g, x, h, x, i, x, j, x, k, x, l, x, m,
    );
    assert_eq!(d, std::array::from_fn(|k| (k + 1) as f64));
    let x = &2.0;
    let (all, _) = Matrix4::rrule_new(x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x);
    assert_eq!(all, Matrix4::repeat(2.0));
}
