//! nalgebra matrices and vectors: operators, methods, models and element types.

use micrograd_core::rules::activation::{softmax, tanh};
use micrograd_core::{Differentiable, broadcast, check, check_gradient, differentiable};
use nalgebra::{DMatrix, DVector, Matrix2, Matrix3, SMatrix, Vector2, Vector3};

pub(super) fn m(rows: usize, columns: usize) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |i, j| {
        ((i * 7 + j * 3 + 1) as f64 * 0.71).sin()
    })
}

pub(super) fn v(n: usize) -> DVector<f64> {
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
