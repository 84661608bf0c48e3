//! Hand tracking over dual numbers.

use super::Dual;
use crate::hand::{Instance, Model};
use num_dual::DualNum;

pub type Matrix<const N: usize> = [[Dual<N>; 4]; 4];

/// The gradient of half the sum of squares by the angles, all 26 columns in one pass.
pub fn gradient(data: &Instance) -> (f64, Vec<f64>) {
    super::gradient::<26>(&data.theta, |theta| {
        let mut sum = Dual::from_re(0.0);
        for r in residuals_of_vertices(theta, data).iter().flatten() {
            sum += *r * *r;
        }
        sum * 0.5
    })
}

pub fn residuals_of_vertices<const N: usize>(
    theta: &[Dual<N>],
    data: &Instance,
) -> Vec<[Dual<N>; 3]> {
    let pose = pose(theta, data.model.bones.len());
    let transforms = transforms(&pose, &data.model);
    let turn = axis_rotation(&pose[0]);
    let observed = data.correspondences.iter().zip(&data.points);
    observed
        .map(|(vertex, point)| {
            let seen = placed(&turn, &pose, &skinned(&transforms, &data.model, *vertex));
            std::array::from_fn(|j| -seen[j] + point[j])
        })
        .collect()
}

/// The places are those of `data`, `columns` says which of the derivatives are by them.
pub fn residuals_of_places<const N: usize>(
    theta: &[Dual<N>],
    columns: [usize; 2],
    data: &Instance,
) -> Vec<[Dual<N>; 3]> {
    let pose = pose(theta, data.model.bones.len());
    let transforms = transforms(&pose, &data.model);
    let turn = axis_rotation(&pose[0]);
    let residual = |i: usize| {
        let [u, v] = [0, 1].map(|j| Dual::from_re(data.places[i][j]).derivative(columns[j]));
        let shares = [u, v, -u - v + 1.0];
        let mut residual = data.points[i].map(Dual::from_re);
        for (vertex, share) in data.model.triangles[data.correspondences[i]]
            .iter()
            .zip(shares)
        {
            let seen = placed(&turn, &pose, &skinned(&transforms, &data.model, *vertex));
            for j in 0..3 {
                residual[j] -= share * seen[j];
            }
        }
        residual
    };
    (0..data.points.len()).map(residual).collect()
}

pub fn pose<const N: usize>(theta: &[Dual<N>], bones: usize) -> Vec<[Dual<N>; 3]> {
    let mut pose = vec![[0.0; 3].map(Dual::from_re); bones + 3];
    pose[0].copy_from_slice(&theta[..3]);
    pose[1] = [1.0; 3].map(Dual::from_re);
    pose[2].copy_from_slice(&theta[3..6]);
    for (finger, angles) in theta[6..].chunks_exact(4).enumerate() {
        let bone = 5 + 4 * finger;
        (pose[bone][0], pose[bone][1]) = (angles[0], angles[1]);
        (pose[bone + 1][0], pose[bone + 2][0]) = (angles[2], angles[3]);
    }
    pose
}

pub fn transforms<const N: usize>(pose: &[[Dual<N>; 3]], model: &Model) -> Vec<Matrix<N>> {
    let mut absolute: Vec<Matrix<N>> = Vec::with_capacity(model.bones.len());
    let mut all = Vec::with_capacity(model.bones.len());
    for (b, bone) in model.bones.iter().enumerate() {
        let mut here = product(&constants(&bone.relative), &rotation(&pose[b + 3]));
        if let Some(parent) = bone.parent {
            here = product(&absolute[parent], &here);
        }
        all.push(product(&here, &constants(&bone.inverse)));
        absolute.push(here);
    }
    all
}

fn constants<const N: usize>(a: &[[f64; 4]; 4]) -> Matrix<N> {
    a.map(|row| row.map(Dual::from_re))
}

fn product<const N: usize>(a: &Matrix<N>, b: &Matrix<N>) -> Matrix<N> {
    let element = |i: usize, j: usize| {
        let mut sum = a[i][0] * b[0][j];
        for k in 1..4 {
            sum += a[i][k] * b[k][j];
        }
        sum
    };
    std::array::from_fn(|i| std::array::from_fn(|j| element(i, j)))
}

fn rotation<const N: usize>(angles: &[Dual<N>; 3]) -> Matrix<N> {
    let [(sx, cx), (sz, cz), (sy, cy)] = angles.each_ref().map(|angle| angle.sin_cos());
    let (zero, one) = (Dual::from_re(0.0), Dual::from_re(1.0));
    [
        [
            cz * cy,
            cz * sy * sx - sz * cx,
            cz * sy * cx + sz * sx,
            zero,
        ],
        [
            sz * cy,
            sz * sy * sx + cz * cx,
            sz * sy * cx - cz * sx,
            zero,
        ],
        [-sy, cy * sx, cy * cx, zero],
        [zero, zero, zero, one],
    ]
}

pub fn axis_rotation<const N: usize>(axis: &[Dual<N>; 3]) -> [[Dual<N>; 3]; 3] {
    let norm = (axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]).sqrt();
    if norm.re < 1e-4 {
        return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
            .map(|row| row.map(Dual::from_re));
    }
    let axis = axis.map(|a| a / norm);
    let (s, c) = norm.sin_cos();
    let [x, y, z] = axis.map(|a| a * s);
    let zero = Dual::from_re(0.0);
    let crossed = [[zero, -z, y], [z, zero, -x], [-y, x, zero]];
    let element = |i: usize, j: usize| {
        let outer = axis[i] * axis[j] * (-c + 1.0) + crossed[i][j];
        if i == j { outer + c } else { outer }
    };
    std::array::from_fn(|i| std::array::from_fn(|j| element(i, j)))
}

fn skinned<const N: usize>(transforms: &[Matrix<N>], model: &Model, vertex: usize) -> [Dual<N>; 3] {
    let mut position = [0.0; 3].map(Dual::from_re);
    for (bone, weight) in &model.weights[vertex] {
        let moved = moved(&transforms[*bone], &model.vertices[vertex]);
        for j in 0..3 {
            position[j] += moved[j] * *weight;
        }
    }
    position
}

/// Where a map takes a point.
pub fn moved<const N: usize>(map: &Matrix<N>, at: &[f64; 3]) -> [Dual<N>; 3] {
    std::array::from_fn(|j| map[j][0] * at[0] + map[j][1] * at[1] + map[j][2] * at[2] + map[j][3])
}

fn placed<const N: usize>(
    turn: &[[Dual<N>; 3]; 3],
    pose: &[[Dual<N>; 3]],
    x: &[Dual<N>; 3],
) -> [Dual<N>; 3] {
    std::array::from_fn(|j| {
        let mut sum = pose[2][j];
        for i in 0..3 {
            sum += turn[j][i] * pose[1][i] * x[i];
        }
        sum
    })
}
