//! Elements and parts of matrices and vectors, and what their methods compute.

use super::linear_algebra::{m, v};
use micrograd_core::{check_gradient, differentiable};
use nalgebra::{DMatrix, DVector, Vector3};

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
fn components(a: Vector3<f64>) -> f64 {
    a.x * a.y + a.z * a.z
}

#[test]
fn components_are_fields() {
    check_gradient!(components, Vector3::new(1.0, 0.2, -0.4));
}

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
