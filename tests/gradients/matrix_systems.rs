//! Linear systems, decompositions and their factors, eigenvalues.

use super::linear_algebra::{m, v};
use micrograd_core::{check_gradient, differentiable};
use nalgebra::{DMatrix, DVector, Matrix2, Vector2};

fn positive(n: usize) -> DMatrix<f64> {
    m(n, n) * m(n, n).transpose() + DMatrix::identity(n, n)
}

#[differentiable]
fn solved(a: &DMatrix<f64>, b: &DVector<f64>) -> f64 {
    let x = a.clone().lu().solve(b).unwrap();
    let lu = a.clone().lu();
    let y = lu.solve(&x).expect("a regular matrix");
    x.norm() + y.sum() + lu.determinant() + lu.try_inverse().unwrap().trace()
}

#[differentiable]
fn inverted_at_run_time(a: &DMatrix<f64>, b: &DVector<f64>) -> f64 {
    let inverse = a.clone().try_inverse().unwrap();
    (inverse * b).norm() + a.determinant()
}

#[differentiable]
fn solved_statically(a: Matrix2<f64>, b: &Vector2<f64>) -> f64 {
    let x = a.lu().solve(b).unwrap();
    let y = (a * a.transpose()).cholesky().unwrap().solve(&x);
    x.dot(&y) + a.try_inverse().unwrap().norm()
}

#[differentiable]
fn log_density(a: &DMatrix<f64>, x: &DVector<f64>) -> f64 {
    let cholesky = a.clone().cholesky().unwrap();
    let y = cholesky.solve(x);
    let z = cholesky.l().solve_lower_triangular(x).unwrap();
    x.dot(&y)
        + cholesky.ln_determinant()
        + z.norm_squared()
        + cholesky.determinant()
        + cholesky.inverse().trace()
}

#[differentiable]
fn orthogonal(a: &DMatrix<f64>, b: &DMatrix<f64>) -> f64 {
    let qr = a.clone().qr();
    (qr.q() * b).norm() + qr.q().sum() + qr.r().norm() * qr.r()[(0, 1)]
}

#[differentiable]
fn spectral(a: &DMatrix<f64>) -> f64 {
    let values = a.symmetric_eigenvalues();
    values[0] * values[1] + (values[2] * 0.5).exp() + (a * 0.1).exp().sum()
}

#[test]
fn systems_are_solved() {
    let a = m(3, 3) + DMatrix::identity(3, 3) * 2.0;
    check_gradient!(solved, &a, &v(3));
    check_gradient!(inverted_at_run_time, &a, &v(3));
    check_gradient!(
        solved_statically,
        Matrix2::new(2.0, 0.2, 0.3, 1.4),
        &Vector2::new(0.3, 0.8)
    );
}

#[test]
fn a_cholesky_decomposition_reads_the_lower_triangle() {
    let (a, x) = (positive(3), v(3));
    check_gradient!(log_density, &a, &x);
    let (_, back) = pullback_log_density(&a, &x);
    assert_eq!(back(1.0).0[(0, 2)], 0.0);
}

#[test]
fn factors_and_spectra_differentiate() {
    check_gradient!(
        orthogonal,
        &(m(4, 3) + DMatrix::identity(4, 3) * 2.0),
        &m(3, 2)
    );
    check_gradient!(spectral, &positive(3));
}

#[differentiable]
fn upper_factor(a: &DMatrix<f64>) -> f64 {
    a.clone().qr().r().sum()
}

/// The factors have no derivative where the columns depend on each other: not a number, and not zero.
#[test]
fn factors_of_dependent_columns_have_no_derivative() {
    let a = DMatrix::zeros(3, 2);
    let (_, pullback) = pullback_upper_factor(&a);
    assert!(pullback(1.0).0.iter().all(|da| da.is_nan()));
}
