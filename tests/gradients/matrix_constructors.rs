//! Matrices and vectors made of numbers, sequences, functions and each other.

use super::linear_algebra::v;
use micrograd_core::{check_gradient, differentiable};
use nalgebra::{DMatrix, DVector, Matrix2, Matrix3, SMatrix, Vector2, Vector3};

#[differentiable]
fn made_of_numbers(x: f64, y: f64, z: f64) -> f64 {
    let v = Vector3::new(x, y * z, 0.5);
    let m = Matrix3::new(x, y, z, 1.0, x * y, 2.0, z, z, x);
    let w = nalgebra::Vector2::<f64>::new(y, z);
    let n = Matrix2::new(x, y, z, 2.0);
    (m * v).norm() + (n * w).dot(&w) + Vector3::zeros().dot(&v) + Vector3::x().dot(&v)
}

#[test]
fn vectors_and_matrices_are_made_of_numbers() {
    check_gradient!(made_of_numbers, 0.7, 0.4, 1.3);
}

#[differentiable]
fn made_of_sequences(x: &[f64], y: f64) -> f64 {
    let v = DVector::from_vec(vec![y, x[0] * y, 2.0]);
    let a = DMatrix::from_row_slice(2, 3, x);
    let b = DMatrix::from_column_slice(3, 2, &[y, x[1], x[2] * y, 1.0, y, x[3]]);
    let s = Matrix2::from_row_slice(&[y, x[0], 2.0, x[1]]);
    let u = DVector::from_column_slice(x);
    let w = Vector2::from([y, x[5]]);
    (a * b).trace()
        + v.norm()
        + s.determinant()
        + u.norm_squared() * w.dot(&w)
        + DVector::from(vec![y, y]).sum()
}

#[test]
fn vectors_and_matrices_are_made_of_sequences() {
    check_gradient!(made_of_sequences, &vec![0.7, 0.4, 1.3, -0.2, 0.9, 0.1], 0.6);
}

#[differentiable]
fn made_of_one(x: f64, n: usize) -> f64 {
    let a = DMatrix::from_element(n, 2, x) + DMatrix::zeros(n, 2);
    let v = DVector::from_element(n, x * x);
    let i = DMatrix::identity(n, n) * x;
    let d = DMatrix::from_diagonal_element(n, n, x.sin());
    let s = Matrix2::from_element(x) * Vector2::repeat(x);
    (i * d * a).norm() + v.sum() + s[1] + (DMatrix::from_diagonal(&v) * 2.0).trace()
}

#[test]
fn vectors_and_matrices_are_filled() {
    check_gradient!(made_of_one, 0.7, 3usize);
}

#[differentiable]
fn made_of_parts(a: Vector2<f64>, b: &Vector2<f64>, x: &DVector<f64>) -> f64 {
    let m = Matrix2::from_columns(&[a, b * 2.0]);
    let n = Matrix2::from_rows(&[a.transpose(), b.transpose()]);
    let d = DMatrix::from_columns(&[x.clone(), x * 2.0]);
    (m * n).determinant() + d.norm() + m[(0, 1)]
}

#[test]
fn matrices_are_made_of_rows_and_columns() {
    check_gradient!(
        made_of_parts,
        Vector2::new(0.7, 0.2),
        &Vector2::new(0.4, 1.2),
        &v(3)
    );
}

#[differentiable]
fn made_by_functions(x: f64, y: &[f64]) -> f64 {
    let n = y.len();
    let mut calls = 0.0;
    let a = DMatrix::from_fn(n, 2, |i, j| x * (2 * i + j) as f64 + y[i].sin());
    let u = DVector::from_fn(n, |i, _| {
        calls += x;
        y[i] * x
    });
    let v = nalgebra::Vector3::from_fn(|i, _| x.powi(i as i32));
    let s = nalgebra::Matrix2x3::<f64>::from_fn(|i, j| x + (i * j) as f64);
    let t = SMatrix::<f64, 2, 2>::from_fn(|i, j| if i == j { x } else { y[0] });
    (a.transpose() * u).norm() + (t * s * v).sum() + calls
}

#[test]
fn matrices_are_made_by_functions() {
    check_gradient!(made_by_functions, 0.7, &vec![0.4, 1.3, -0.2]);
}
