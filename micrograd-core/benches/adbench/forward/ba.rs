//! Bundle adjustment over dual numbers.

use super::{Dual, derivatives};
use crate::ba::{Camera, Instance, Point, Row};
use num_dual::DualNum;

/// The Jacobian: the 15 columns of an observation in one pass.
pub fn jacobian(instance: &Instance, rows: &mut [[Row; 2]], weights: &mut [f64]) {
    for i in 0..instance.weights.len() {
        let (camera, point, weight, feature) = instance.observation(i);
        rows[i] = residual(camera, point, weight, feature).map(|r| derivatives(&r));
        let weight = Dual::<1>::from_re(weight).derivative(0);
        [weights[i]] = derivatives(&(-weight * weight + 1.0));
    }
}

fn residual(camera: &Camera, point: &Point, weight: f64, feature: &[f64; 2]) -> [Dual<15>; 2] {
    let variable = |x, column| Dual::from_re(x).derivative(column);
    let camera: [_; 11] = std::array::from_fn(|i| variable(camera[i], i));
    let point: [_; 3] = std::array::from_fn(|i| variable(point[i], 11 + i));
    let seen = project(&camera, &point);
    std::array::from_fn(|i| variable(weight, 14) * (seen[i] - feature[i]))
}

fn project<const N: usize>(camera: &[Dual<N>; 11], point: &[Dual<N>; 3]) -> [Dual<N>; 2] {
    let offset = std::array::from_fn(|i| point[i] - camera[3 + i]);
    let seen = rotate([camera[0], camera[1], camera[2]], offset);
    let (x, y) = (seen[0] / seen[2], seen[1] / seen[2]);
    let square = x * x + y * y;
    let distortion = camera[9] * square + camera[10] * square * square + 1.0;
    [
        x * distortion * camera[6] + camera[7],
        y * distortion * camera[6] + camera[8],
    ]
}

fn rotate<const N: usize>(r: [Dual<N>; 3], x: [Dual<N>; 3]) -> [Dual<N>; 3] {
    let square = dot(r, r);
    if square.re == 0.0 {
        let turned = cross(r, x);
        return std::array::from_fn(|i| x[i] + turned[i]);
    }
    let angle = square.sqrt();
    let (sin, cos) = angle.sin_cos();
    let inverse = angle.recip();
    let axis = r.map(|r| r * inverse);
    let turned = cross(axis, x);
    let along = dot(axis, x) * (-cos + 1.0);
    std::array::from_fn(|i| x[i] * cos + turned[i] * sin + axis[i] * along)
}

fn cross<const N: usize>(a: [Dual<N>; 3], b: [Dual<N>; 3]) -> [Dual<N>; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

fn dot<const N: usize>(a: [Dual<N>; 3], b: [Dual<N>; 3]) -> Dual<N> {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
