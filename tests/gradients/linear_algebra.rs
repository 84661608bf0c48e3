//! nalgebra matrices and vectors.

use micrograd_core::rules::activation::{softmax, tanh};
use micrograd_core::{Differentiable, broadcast, check, check_gradient, differentiable};
use nalgebra::{DMatrix, DVector, Matrix2, Matrix3, SMatrix, Vector2, Vector3};

fn m(rows: usize, columns: usize) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |i, j| {
        ((i * 7 + j * 3 + 1) as f64 * 0.71).sin()
    })
}

fn v(n: usize) -> DVector<f64> {
    DVector::from_fn(n, |i, _| ((i * 5 + 2) as f64 * 0.37).cos())
}

#[differentiable]
fn products(a: &DMatrix<f64>, b: &DMatrix<f64>, x: &DVector<f64>) -> DVector<f64> {
    a * b * x + a * (b * x) * 2.0
}

#[test]
fn products_chain() {
    check_gradient!(products, &m(2, 3), &m(3, 4), &v(4));
}

#[differentiable]
fn with_itself(a: &DMatrix<f64>) -> DMatrix<f64> {
    a * a + a * a * a - a
}

#[test]
fn a_matrix_multiplied_with_itself_accumulates() {
    check_gradient!(with_itself, &m(3, 3));
}

#[differentiable]
fn owned(a: DMatrix<f64>, b: DMatrix<f64>, s: f64) -> DMatrix<f64> {
    let c = &a + &b * s;
    let d = -&c - a / s;
    d * 3.0 + &b - b
}

#[test]
fn owned_and_borrowed_operands_mix() {
    check_gradient!(owned, m(2, 3), m(2, 3), 0.7);
}

#[differentiable]
fn indexed(a: &DMatrix<f64>, x: &DVector<f64>) -> f64 {
    let mut s = 0.0;
    for i in 0..a.nrows() {
        for j in 0..a.ncols() {
            s += a[(i, j)] * x[j] * a[(i, 0)] + s * 0.1;
        }
    }
    s
}

#[test]
fn elements_are_read_by_two_indices() {
    check_gradient!(indexed, &m(3, 2), &v(2));
}

#[differentiable]
fn fixed(a: Matrix2<f64>, x: Vector2<f64>, y: &Vector2<f64>) -> f64 {
    let z = a * x + y * 2.0;
    z.dot(y) + z[0] * z.norm() + a[(0, 1)]
}

#[test]
fn fixed_sizes_work() {
    check_gradient!(
        fixed,
        Matrix2::new(1.0, 2.0, 3.0, 4.0),
        Vector2::new(0.5, 0.6),
        &Vector2::new(0.1, 0.2)
    );
}

#[differentiable]
fn geometry(a: Vector3<f64>, b: Vector3<f64>) -> f64 {
    let n = a.cross(&b);
    n.norm() * a.dot(&b)
        + a.dot(&a)
        + n.normalize().dot(&a.component_mul(&b))
        + (a - b).norm_squared()
}

#[test]
fn vectors_have_their_geometry() {
    check_gradient!(
        geometry,
        Vector3::new(1.0, 0.2, -0.4),
        Vector3::new(0.3, 0.5, 0.9)
    );
}

#[differentiable]
fn components(a: Vector3<f64>) -> f64 {
    a.x * a.y + a.z * a.z
}

#[test]
fn components_are_fields() {
    check_gradient!(components, Vector3::new(1.0, 0.2, -0.4));
}

#[differentiable]
fn reduced(a: &DMatrix<f64>) -> f64 {
    a.sum() * a.mean()
        + a.transpose().norm_squared()
        + a.component_mul(a).sum()
        + (a.transpose() * a).trace()
}

#[test]
fn reductions_compose() {
    check_gradient!(reduced, &m(3, 2));
}

#[differentiable]
fn inverted(a: Matrix3<f64>) -> f64 {
    a.determinant() * a.transpose().trace()
}

#[test]
fn a_determinant_differentiates() {
    check_gradient!(
        inverted,
        Matrix3::new(2.0, 0.1, 0.3, 0.4, 3.0, 0.2, 0.1, 0.5, 1.5)
    );
}

#[derive(Clone, Differentiable)]
struct Model {
    weight: DMatrix<f64>,
    bias: DVector<f64>,
    #[no_gradient]
    label: String,
}

impl Model {
    #[differentiable]
    fn forward(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        softmax(tanh(broadcast!(&self.weight * x .+ &self.bias)))
    }

    #[differentiable]
    fn loss(&self, x: &DMatrix<f64>, y: &DMatrix<f64>) -> f64 {
        let e = self.forward(x) - y;
        e.norm_squared() + self.weight.norm_squared() * 0.1
    }
}

#[test]
fn a_model_of_matrices_differentiates() {
    let model = Model {
        weight: m(3, 2),
        bias: v(3),
        label: "model".to_owned(),
    };
    assert_eq!(model.label.len(), 5);
    check::gradient(
        &(model, m(2, 4), m(3, 4)),
        |(model, x, y)| model.loss(x, y),
        |(model, x, y)| model.pullback_loss(x, y),
    );
}

#[differentiable]
fn recurrent(w: &DMatrix<f64>, x: &DVector<f64>, n: usize) -> f64 {
    let mut h = x.clone();
    for _ in 0..n {
        h = w * &h + x * 0.5;
    }
    h.norm_squared()
}

#[test]
fn a_vector_is_carried_through_a_loop() {
    check_gradient!(recurrent, &m(3, 3), &v(3), 3usize);
    check_gradient!(recurrent, &m(3, 3), &v(3), 0usize);
}

#[differentiable]
fn accumulated(w: &DMatrix<f64>, xs: &[DVector<f64>]) -> DVector<f64> {
    let mut h = w * &xs[0];
    for x in xs {
        h += w * x;
        h -= x;
        h *= 0.9;
    }
    h
}

#[test]
fn compound_assignment_of_vectors_accumulates() {
    check_gradient!(accumulated, &m(3, 3), &vec![v(3), v(3) * 0.3]);
}

#[differentiable]
fn branched(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    if a.norm() > b.norm() { a * 2.0 } else { a * b }
}

#[test]
fn a_branch_may_give_a_matrix() {
    check_gradient!(branched, &m(2, 2), &(m(2, 2) * 0.5));
    check_gradient!(branched, &m(2, 2), &(m(2, 2) * 2.0));
}

#[differentiable]
fn unused_matrix(a: &DMatrix<f64>, b: &DMatrix<f64>) -> f64 {
    let _dead = a * b;
    a[(0, 0)]
}

#[test]
fn an_unused_matrix_has_a_zero_cotangent_of_its_shape() {
    let (a, b) = (m(2, 3), m(3, 2));
    let (_, back) = pullback_unused_matrix(&a, &b);
    assert_eq!(back(1.0).1, DMatrix::zeros(3, 2));
}

#[differentiable]
fn generic_size<const R: usize, const C: usize>(
    a: &SMatrix<f64, R, C>,
    x: &SMatrix<f64, C, 1>,
) -> f64 {
    (a * x).norm_squared()
}

#[test]
fn sizes_may_be_const_parameters() {
    check_gradient!(
        generic_size,
        &SMatrix::<f64, 2, 3>::from_fn(|i, j| (i + 2 * j) as f64),
        &Vector3::new(0.1, 0.2, 0.3)
    );
}

#[differentiable]
fn single(a: &DMatrix<f32>, b: &DMatrix<f32>) -> f32 {
    (a * b).sum()
}

#[test]
fn matrices_of_single_precision_work() {
    check_gradient!(
        single,
        &m(2, 3).map(|x| x as f32),
        &m(3, 2).map(|x| x as f32)
    );
}

// Constructors.

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

// Operators, owned and borrowed.

#[differentiable]
fn every_ownership(a: Matrix2<f64>, b: &Matrix2<f64>, x: &Vector2<f64>, s: f64) -> Vector2<f64> {
    let c = a + b - &a + a - b * s + s * b - 2.0 * &a;
    let d = &c * b * a + a * &c / s - -b + -c;
    let mut y = d * x + &d * x * s;
    y += x;
    y -= &(x * 2.0);
    y *= s;
    y /= 2.0;
    y += d * y;
    -(x * s) + y
}

#[differentiable]
fn every_ownership_at_run_time(
    a: DMatrix<f64>,
    b: &DMatrix<f64>,
    x: &DVector<f64>,
    s: f64,
) -> DVector<f64> {
    let c = &a + b - &a + a.clone() - b * s + s * b - 2.0 * &a;
    let d = &c * b * &a + &a * &c / s - -b + -c;
    let mut e = d.clone();
    e += b;
    e += &d * 2.0;
    e -= &a;
    e *= s;
    e /= 3.0;
    let y = d * x + &e * x * s;
    y + e * x - x
}

#[test]
fn operators_take_owned_and_borrowed_matrices() {
    let (a, b) = (
        Matrix2::new(1.0, 0.2, 0.3, 0.4),
        Matrix2::new(0.1, 0.7, 0.9, 0.5),
    );
    check_gradient!(every_ownership, a, &b, &Vector2::new(0.3, 0.8), 0.7);
    check_gradient!(every_ownership_at_run_time, m(3, 3), &m(3, 3), &v(3), 0.7);
}

#[differentiable]
fn quadratic_form(a: &DMatrix<f64>, x: &DVector<f64>) -> f64 {
    let outer = x * x.transpose();
    (x.transpose() * a * x)[(0, 0)] + (outer * a).trace() + x.dot(&(a * x)) + a.tr_mul(x).norm()
}

#[test]
fn forms_and_outer_products() {
    check_gradient!(quadratic_form, &m(3, 3), &v(3));
}

// Parts.

#[differentiable]
fn parts(a: &DMatrix<f64>, i: usize) -> f64 {
    let block = a.view((0, 1), (2, 2));
    let fixed = a.fixed_view::<2, 2>(1, i);
    let (top, left) = (a.rows(0, 2), a.columns(i, 2));
    let range = a.rows_range(1..3) * a.columns_range(0..2);
    a.row(0).dot(&a.row(i)) * a.column(1).norm()
        + (block * fixed * top * left).sum()
        + range.trace()
        + a.fixed_rows::<2>(1).norm()
        + a.fixed_columns::<2>(0).sum()
        + a.view_range(0..2, 1..3).determinant()
        + block[(0, 1)]
}

#[differentiable]
fn parts_of_vectors(v: &DVector<f64>, w: Vector3<f64>) -> f64 {
    let head = v.rows(0, 2);
    head.dot(&v.rows(1, 2))
        + v.fixed_rows::<3>(0).dot(&w)
        + w.xy().norm()
        + w.zyx().dot(&w)
        + v[0] * w[1]
        + w.push(v[1]).norm()
}

#[differentiable]
fn triangles(a: &DMatrix<f64>) -> f64 {
    let (u, l) = (a.upper_triangle(), a.lower_triangle());
    (u * l).norm()
        + a.diagonal().norm_squared()
        + a.symmetric_part().determinant()
        + a.adjoint()[(0, 1)]
}

#[test]
fn parts_are_used_like_matrices() {
    check_gradient!(parts, &m(3, 3), 1usize);
    check_gradient!(parts_of_vectors, &v(3), Vector3::new(0.3, 0.8, -0.4));
    check_gradient!(triangles, &m(3, 3));
}

// Methods.

#[differentiable]
fn measured(a: &DMatrix<f64>, b: &DMatrix<f64>) -> f64 {
    a.amax() * b.amin()
        + a.max() * b.min()
        + a.product()
        + a.variance()
        + a.metric_distance(b)
        + a.magnitude() * b.magnitude_squared()
        + a.abs().sum()
        + a.component_div(b).mean()
        + a.kronecker(b).sum()
        + a.map(|x| x.powf(2.0).exp()).sum()
        + a.zip_map(b, |x, y| x * y.sin()).sum()
        + a.iter().map(|x| x * x).sum::<f64>()
        + a.iter().sum::<f64>()
        + a.row_sum().norm() * a.column_mean().norm()
        + a.scale(2.0).unscale(3.0).add_scalar(0.5).norm()
}

#[differentiable]
fn directed(a: Vector3<f64>, b: &Vector3<f64>, t: f64) -> f64 {
    a.angle(b)
        + a.lerp(b, t).norm()
        + a.cross(b).dot(&a.normalize())
        + a.try_normalize(0.1).unwrap().dot(b)
        + a.xy().perp(&b.xy())
        + (a - b).norm()
        + a.x * b.y
        - a.z
}

#[test]
fn methods_of_matrices_have_rules() {
    check_gradient!(measured, &m(2, 3), &(m(2, 3) * 0.7).add_scalar(1.5));
}

#[test]
fn methods_of_vectors_have_rules() {
    check_gradient!(
        directed,
        Vector3::new(1.0, 0.2, -0.4),
        &Vector3::new(0.3, 0.5, 0.9),
        0.3
    );
}

// Systems.

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

// Element types and generic code.

#[differentiable]
fn in_single_precision(a: DMatrix<f32>, x: &DVector<f32>, s: f32) -> f32 {
    let y = s * &a * x / 2.0 - x;
    let v = Vector3::new(s, s * s, 0.5);
    a.lu().solve(&y).unwrap().norm() + v.norm()
}

#[differentiable]
fn of_any_element<T: nalgebra::RealField + Copy>(a: &DMatrix<T>, x: &DVector<T>, s: T) -> T {
    let y = a * x * s + x / s;
    (a.transpose() * &y).dot(x) + y.norm() + y[0]
}

#[test]
fn elements_may_be_of_any_real_type() {
    let (a, x) = (
        m(3, 3).map(|x| x as f32) + DMatrix::identity(3, 3) * 2.0,
        v(3).map(|x| x as f32),
    );
    check_gradient!(in_single_precision, a.clone(), &x, 0.7f32);
    check_gradient!(of_any_element, &a, &x, 0.7f32);
    check_gradient!(of_any_element, &m(3, 3), &v(3), 0.7);
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
