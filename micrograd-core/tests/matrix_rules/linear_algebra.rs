//! Determinants, inverses, decompositions and what is solved with them.

use super::{Q, approx, matrix, vector};
use micrograd_core::rules::matrix::{
    CholeskyRules, DecompositionRules, LinearAlgebraRules, LuRules, SquareDecompositionRules,
    SquareRules,
};
use micrograd_core::{Differentiable, check_rrule};
use nalgebra::{DMatrix, Matrix2, SMatrix, Vector3, dmatrix, dvector};

#[test]
fn linear_algebra() {
    let (a, x) = (matrix(3, 4), vector(3));
    check_rrule!(a.rrule_normalize());
    check_rrule!(x.rrule_normalize());
    let (u, v) = (Vector3::new(0.4, -1.0, 2.0), Vector3::new(1.1, 0.3, -0.8));
    check_rrule!(u.rrule_normalize());
    check_rrule!(u.rrule_cross(v));
    check_rrule!(u.rrule_cross(x));
    let q = matrix(5, 5) + DMatrix::identity(5, 5) * 3.0;
    check_rrule!(q.rrule_trace());
    check_rrule!(q.rrule_determinant());
    check_rrule!(q.rrule_try_inverse());
    check_rrule!(Q.rrule_trace());
    check_rrule!(Q.rrule_determinant());
    check_rrule!(Q.rrule_try_inverse());
    let q = SMatrix::<f32, 2, 2>::new(2.0, 0.5, -0.3, 1.0);
    check_rrule!(q.rrule_determinant());
}

#[test]
fn the_determinant_of_a_singular_matrix_has_a_gradient() {
    let rank_two = dmatrix![1.0, 2.0, 3.0; 4.0, 5.0, 6.0; 7.0, 8.0, 9.0];
    check_rrule!(rank_two.rrule_determinant());
    let (_, back) = rank_two.rrule_determinant();
    let mut da = rank_two.accumulator();
    back(&1.0, &rank_two, &mut da);
    let cofactors = dmatrix![-3.0, 6.0, -3.0; 6.0, -12.0, 6.0; -3.0, 6.0, -3.0];
    approx(&da, &cofactors);
    let rank_one = Matrix2::new(1.0, 2.0, 2.0, 4.0);
    check_rrule!(rank_one.rrule_determinant());
    let rank_zero = DMatrix::<f64>::zeros(3, 3);
    check_rrule!(rank_zero.rrule_determinant());
}

#[test]
fn a_singular_matrix_has_no_inverse_and_no_gradient() {
    let a = Matrix2::new(1.0, 2.0, 2.0, 4.0);
    let (inverse, back) = a.rrule_try_inverse();
    assert_eq!(inverse, None);
    let mut da = Matrix2::zeros();
    back(&None, &a, &mut da);
    assert_eq!(da, Matrix2::zeros());
}

#[test]
fn decompositions() {
    let (q, b) = (matrix(4, 4) + DMatrix::identity(4, 4) * 3.0, matrix(4, 2));
    check_rrule!(q.rrule_solve_lower_triangular(b));
    check_rrule!(q.rrule_solve_upper_triangular(b));
    let (lu, back) = q.rrule_lu();
    let (x, solve) = lu.rrule_solve(&b);
    assert_eq!(x, q.clone().lu().solve(&b));
    let (mut dlu, mut db, mut dq) = (lu.accumulator(), b.accumulator(), q.accumulator());
    let dx = Some(matrix(4, 2));
    solve(&dx, &lu, &mut dlu, &b, &mut db);
    back(&dlu, &q, &mut dq);
    let inverse = q.clone().try_inverse().unwrap();
    approx(&db, &(inverse.transpose() * matrix(4, 2)));
    approx(&dq, &-(&db * x.unwrap().transpose()));
    let (cholesky, _) = (&q * q.transpose()).rrule_cholesky();
    let (l, _) = cholesky.as_ref().unwrap().rrule_l();
    approx(&(&l * l.transpose()), &(&q * q.transpose()));
    check_rrule!(q.rrule_exp());
    check_rrule!(Q.rrule_exp());
    let symmetric = &q + q.transpose();
    check_rrule!(symmetric.rrule_symmetric_eigenvalues());
}

#[test]
fn what_cannot_be_solved_has_no_gradient() {
    let (singular, b) = (dmatrix![1.0, 2.0; 2.0, 4.0], dvector![1.0, 1.0]);
    let (lu, _) = singular.rrule_lu();
    let (x, back) = lu.rrule_solve(&b);
    let (mut dlu, mut db) = (lu.accumulator(), b.accumulator());
    back(&None, &lu, &mut dlu, &b, &mut db);
    assert_eq!((x, dlu.len(), db.len()), (None, 0, 0));
    let (cholesky, back) = (-&singular).rrule_cholesky();
    let mut da = singular.accumulator();
    back(&None, &singular, &mut da);
    assert!(cholesky.is_none() && da.is_empty());
}
