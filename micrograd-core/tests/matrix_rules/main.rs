//! The rules of matrices against central differences, and their conventions.

mod constructors;
mod conventions;
mod elements;
mod linear_algebra;
mod memory;
mod operators;
mod products;
mod reductions;
mod zeros;

use nalgebra::{DMatrix, DVector, Matrix2x3, Matrix3};

const A: Matrix2x3<f64> = Matrix2x3::new(0.3, -1.2, 0.8, 1.9, 0.4, -0.6);
const B: Matrix2x3<f64> = Matrix2x3::new(1.3, 0.7, -0.9, 0.2, 2.4, 1.6);
const Q: Matrix3<f64> = Matrix3::new(2.0, 0.3, -0.4, 0.1, 1.5, 0.6, -0.7, 0.2, 1.8);

fn matrix(rows: usize, columns: usize) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |i, j| {
        ((3 * i + 5 * j + 2 * i * j) as f64 * 0.7 + 0.3).sin() + 0.1
    })
}

fn vector(length: usize) -> DVector<f64> {
    DVector::from_fn(length, |i, _| (i as f64 * 1.3 + 0.4).cos() + 1.5)
}

fn matrix32(rows: usize, columns: usize) -> DMatrix<f32> {
    matrix(rows, columns).map(|x| x as f32)
}

fn approx(left: &DMatrix<f64>, right: &DMatrix<f64>) {
    assert!(
        (left - right).norm() < 1e-12 * (1.0 + right.norm()),
        "{left} is not {right}"
    );
}
