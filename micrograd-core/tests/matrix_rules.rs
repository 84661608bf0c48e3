//! The rules of matrices against central differences, and their conventions.

use micrograd_core::rules::matrix::{
    CholeskyRules, ComponentwiseRules, DecompositionRules, FromDiagonal, FromElement,
    FromElementOfLength, FromElementOfShape, FromElements, FromElementsOfShape, FromParts,
    FromRule, LinearAlgebraRules, LuRules, MatrixOf2, MatrixOf3, MatrixOf4, MatrixOf6, MatrixOf9,
    MatrixOf12, MatrixOf16, ProductRules, ReduceRules, ShapeRules, SquareDecompositionRules,
    SquareRules, VectorRules, ViewRules,
};
use micrograd_core::rules::operator::{add, left, mul_left, mul_right};
use micrograd_core::rules::slice::CloneRule;
use micrograd_core::{
    Accumulate, Differentiable, Leaf, Name, NoTangent, Parameters, Tangent, check_rrule,
};
use nalgebra::{
    DMatrix, DVector, Matrix2, Matrix2x3, Matrix3, Matrix3x2, Matrix3x4, Matrix4, RowDVector,
    RowVector3, SMatrix, Vector2, Vector3, Vector4, dmatrix, dvector,
};

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

const A: Matrix2x3<f64> = Matrix2x3::new(0.3, -1.2, 0.8, 1.9, 0.4, -0.6);
const B: Matrix2x3<f64> = Matrix2x3::new(1.3, 0.7, -0.9, 0.2, 2.4, 1.6);
const Q: Matrix3<f64> = Matrix3::new(2.0, 0.3, -0.4, 0.1, 1.5, 0.6, -0.7, 0.2, 1.8);

// Operators.

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

// Methods.

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
fn reductions() {
    let (a, b, x, y) = (matrix(3, 4), matrix(3, 4), vector(5), vector(5));
    check_rrule!(a.rrule_dot(b));
    check_rrule!(x.rrule_dot(y));
    check_rrule!(A.rrule_dot(B));
    check_rrule!(a.rrule_sum());
    check_rrule!(a.rrule_mean());
    check_rrule!(a.rrule_row_sum());
    check_rrule!(a.rrule_row_mean());
    check_rrule!(a.rrule_column_sum());
    check_rrule!(a.rrule_column_mean());
    check_rrule!(a.rrule_norm());
    check_rrule!(a.rrule_norm_squared());
    check_rrule!(a.rrule_max());
    check_rrule!(a.rrule_min());
    check_rrule!(x.rrule_sum());
    check_rrule!(x.rrule_norm());
    check_rrule!(A.rrule_sum());
    check_rrule!(A.rrule_mean());
    check_rrule!(A.rrule_row_sum());
    check_rrule!(A.rrule_column_mean());
    check_rrule!(A.rrule_norm());
    check_rrule!(A.rrule_max());
    let a = matrix32(2, 3);
    check_rrule!(a.rrule_norm());
}

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

#[test]
fn reductions_by_magnitude_and_of_all_elements() {
    let a = matrix(3, 4);
    check_rrule!(a.rrule_amax());
    check_rrule!(a.rrule_amin());
    check_rrule!(a.rrule_product());
    check_rrule!(a.rrule_variance());
    check_rrule!(a.rrule_magnitude());
    check_rrule!(a.rrule_magnitude_squared());
    check_rrule!(A.rrule_amax());
    check_rrule!(A.rrule_product());
    let with_zero = dvector![2.0, 0.0, 3.0];
    check_rrule!(with_zero.rrule_product());
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

// Conventions at edge points.

#[test]
fn the_norm_of_zero_has_gradient_zero() {
    let a = DVector::<f64>::zeros(3);
    let (norm, back) = a.rrule_norm();
    let mut da = a.accumulator();
    back(&1.0, &a, &mut da);
    assert_eq!((norm, da), (0.0, dvector![0.0, 0.0, 0.0]));
}

#[test]
fn abs_has_gradient_zero_at_zero() {
    let a = dvector![-2.0, 0.0, 3.0];
    let mut da = a.accumulator();
    (a.rrule_abs().1)(&dvector![1.0, 1.0, 1.0], &a, &mut da);
    assert_eq!(da, dvector![-1.0, 0.0, 1.0]);
}

#[test]
fn equal_maxima_and_minima_share_the_cotangent() {
    let a = dvector![3.0, 1.0, 3.0, 1.0, 3.0, 1.0];
    let (mut largest, mut smallest) = (a.accumulator(), a.accumulator());
    (a.rrule_max().1)(&3.0, &a, &mut largest);
    (a.rrule_min().1)(&3.0, &a, &mut smallest);
    assert_eq!(largest, dvector![1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(smallest, dvector![0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
}

#[test]
fn the_angle_between_parallel_vectors_has_gradient_zero() {
    let (a, b) = (Vector2::new(1.0, 0.0), Vector2::new(2.0, 0.0));
    for (a, b) in [(a, b), (a, -b), (a, Vector2::zeros())] {
        let (mut da, mut db) = (Vector2::zeros(), Vector2::zeros());
        (a.rrule_angle(&b).1)(&1.0, &a, &mut da, &b, &mut db);
        assert_eq!((da, db), (Vector2::zeros(), Vector2::zeros()));
    }
}

#[test]
fn equal_magnitudes_share_the_cotangent() {
    let a = dvector![3.0, -1.0, -3.0, 1.0];
    let (mut largest, mut smallest) = (a.accumulator(), a.accumulator());
    (a.rrule_amax().1)(&3.0, &a, &mut largest);
    (a.rrule_amin().1)(&3.0, &a, &mut smallest);
    assert_eq!(largest, dvector![1.5, 0.0, -1.5, 0.0]);
    assert_eq!(smallest, dvector![0.0, -1.5, 0.0, 1.5]);
    let zero = dvector![0.0, 0.0];
    let mut dzero = zero.accumulator();
    (zero.rrule_amax().1)(&1.0, &zero, &mut dzero);
    assert_eq!(dzero, zero);
}

#[test]
fn normalize_of_zero_contributes_nothing_to_a_zero_cotangent() {
    let a = Vector2::<f64>::zeros();
    let mut da = Vector2::zeros();
    (a.rrule_normalize().1)(&Vector2::zeros(), &a, &mut da);
    assert_eq!(da, Vector2::zeros());
}

// Zeros, with and without a shape.

#[test]
fn the_tangent_is_an_owned_matrix_of_the_same_shape() {
    let a = matrix(3, 4);
    assert_eq!(a.zero_tangent(), DMatrix::zeros(3, 4));
    assert_eq!(a.view((0, 1), (2, 2)).zero_tangent(), DMatrix::zeros(2, 2));
    assert_eq!(a.column(1).zero_tangent(), DVector::zeros(3));
    assert_eq!(A.zero_tangent(), Matrix2x3::zeros());
    assert_eq!(a.accumulator().len(), 0);
    let mut accumulator = a.accumulator();
    a.fit(&mut accumulator);
    assert_eq!(accumulator, DMatrix::zeros(3, 4));
}

#[test]
fn a_shapeless_zero_is_the_identity_on_either_side() {
    let a = matrix(3, 4);
    let mut sum: DMatrix<f64> = Tangent::shapeless();
    sum.accumulate(&a);
    sum.accumulate(&<DMatrix<f64> as Tangent>::shapeless());
    assert_eq!(sum, a);
    sum.absorb(Tangent::shapeless());
    assert_eq!(sum, a);
    let mut sum: DMatrix<f64> = Tangent::shapeless();
    let moved = a.clone();
    let memory = moved.as_ptr();
    sum.absorb(moved);
    assert_eq!((sum.as_ptr(), sum), (memory, a));
}

#[test]
fn a_shapeless_cotangent_leaves_the_accumulator_alone() {
    let (a, b) = (matrix(2, 3), matrix(3, 2));
    let (mut da, mut db) = (a.accumulator(), b.accumulator());
    mul_left(&a, &b, &<DMatrix<f64> as Tangent>::shapeless(), &mut da);
    mul_right(&a, &b, &<DMatrix<f64> as Tangent>::shapeless(), &mut db);
    left(&add(&a, &a), &Tangent::shapeless(), &mut da);
    (a.rrule_transpose().1)(&Tangent::shapeless(), &a, &mut da);
    assert_eq!((da.len(), db.len()), (0, 0));
}

#[test]
fn empty_matrices_multiply() {
    let (a, b) = (DMatrix::<f64>::zeros(2, 0), DMatrix::zeros(0, 3));
    let (mut da, mut db) = (a.accumulator(), b.accumulator());
    mul_left(&a, &b, &matrix(2, 3), &mut da);
    mul_right(&a, &b, &matrix(2, 3), &mut db);
    assert_eq!((da.len(), db.len()), (0, 0));
}

#[test]
#[should_panic(expected = "cotangents of different shapes cannot be added: 2×3 and 3×2")]
fn different_shapes_are_not_added() {
    matrix(2, 3).accumulate(&matrix(3, 2));
}

#[test]
#[should_panic(expected = "cotangents of different shapes cannot be added: 4×4 and 2×3")]
fn an_accumulator_of_a_wrong_shape_is_not_accumulated_into() {
    let (a, b) = (matrix(2, 3), matrix(3, 2));
    mul_left(&a, &b, &matrix(2, 2), &mut matrix(4, 4));
}

#[test]
fn a_matrix_is_one_leaf_with_rows_and_columns() {
    let (mut a, mut b) = (matrix32(2, 3), A);
    let (mut da, mut db) = (a.accumulator(), b.zero_tangent());
    let mut seen = Vec::new();
    Name::default().within("weight", |name| {
        a.visit_parameters(&mut da, name, &mut |name, shape, leaf| {
            let Leaf::F32(values, tangents) = leaf else {
                panic!("f32")
            };
            assert_eq!(tangents.len(), values.len());
            seen.push((name.to_owned(), shape.to_vec(), f64::from(values[1])));
        });
        b.visit_parameters(&mut db, name, &mut |name, shape, leaf| {
            let Leaf::F64(values, _) = leaf else {
                panic!("f64")
            };
            seen.push((name.to_owned(), shape.to_vec(), values[1]));
        });
    });
    assert_eq!(
        seen[0],
        ("weight".to_owned(), vec![2, 3], f64::from(a[(1, 0)]))
    );
    assert_eq!(seen[1], ("weight".to_owned(), vec![2, 3], A[(1, 0)]));
}

fn approx(left: &DMatrix<f64>, right: &DMatrix<f64>) {
    assert!(
        (left - right).norm() < 1e-12 * (1.0 + right.norm()),
        "{left} is not {right}"
    );
}
