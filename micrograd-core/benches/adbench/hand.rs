//! Hand tracking: how far the points of a posed hand are from where they were observed, by the angles of
//! its joints.

use micrograd_core::differentiable;

/// An affine map of homogeneous coordinates.
pub type Matrix = [[f64; 4]; 4];

/// A bone in the pose at rest.
#[derive(Clone, Debug)]
pub struct Bone {
    pub parent: Option<usize>,
    /// From the bone to its parent.
    pub relative: Matrix,
    /// From the hand to the bone.
    pub inverse: Matrix,
}

/// The surface of the hand, and how much each bone moves each vertex.
#[derive(Clone, Debug)]
pub struct Model {
    pub bones: Vec<Bone>,
    pub vertices: Vec<[f64; 3]>,
    pub weights: Vec<Vec<(usize, f64)>>,
    pub triangles: Vec<[usize; 3]>,
}

/// What was observed: points, each of a vertex, or of a place on a triangle.
#[derive(Clone, Debug)]
pub struct Instance {
    pub model: Model,
    pub correspondences: Vec<usize>,
    pub points: Vec<[f64; 3]>,
    /// Barycentric coordinates on the triangles; empty if the points are of vertices.
    pub places: Vec<[f64; 2]>,
    pub theta: Vec<f64>,
}

impl Instance {
    pub fn value(&self) -> f64 {
        if self.places.is_empty() {
            loss_of_vertices(&self.theta, self)
        } else {
            loss_of_places(&self.theta, &self.places, self)
        }
    }

    /// The gradient by the angles and by the places.
    pub fn generated(&self) -> (f64, Vec<f64>, Vec<[f64; 2]>) {
        if self.places.is_empty() {
            let (value, back) = pullback_loss_of_vertices(&self.theta, self);
            (value, back(1.0).0, Vec::new())
        } else {
            let (value, back) = pullback_loss_of_places(&self.theta, &self.places, self);
            let (dtheta, dplaces, _) = back(1.0);
            (value, dtheta, dplaces)
        }
    }
}

#[differentiable]
pub fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let mut c = [[0.0; 4]; 4];
    for i in 0..4 {
        for j in 0..4 {
            let mut sum = 0.0;
            for k in 0..4 {
                sum += a[i][k] * b[k][j];
            }
            c[i][j] = sum;
        }
    }
    c
}

/// `Rz Ry Rx`, of the angles in the order x, z, y.
#[differentiable]
pub fn rotation(angles: &[f64; 3]) -> Matrix {
    let (sx, cx) = angles[0].sin_cos();
    let (sz, cz) = angles[1].sin_cos();
    let (sy, cy) = angles[2].sin_cos();
    [
        [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx, 0.0],
        [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx, 0.0],
        [-sy, cy * sx, cy * cx, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ]
}

/// The angles of each bone, after the rotation of the hand, its scale and its position.
#[differentiable]
pub fn pose(theta: &[f64], bones: usize) -> Vec<[f64; 3]> {
    let mut pose = vec![[0.0; 3]; bones + 3];
    pose[0] = [theta[0], theta[1], theta[2]];
    pose[1] = [1.0, 1.0, 1.0];
    pose[2] = [theta[3], theta[4], theta[5]];
    let (mut angle, mut bone) = (6, 5);
    for _ in 0..5 {
        for joint in 2..=4 {
            pose[bone][0] = theta[angle];
            angle += 1;
            if joint == 2 {
                pose[bone][1] = theta[angle];
                angle += 1;
            }
            bone += 1;
        }
        bone += 1;
    }
    pose
}

/// The rotation about an axis by its length (Rodrigues).
#[differentiable]
pub fn axis_rotation(axis: &[f64; 3]) -> [[f64; 3]; 3] {
    let norm = (axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]).sqrt();
    if norm < 1e-4 {
        return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    }
    let (x, y, z) = (axis[0] / norm, axis[1] / norm, axis[2] / norm);
    let (s, c) = norm.sin_cos();
    [
        [
            x * x + (1.0 - x * x) * c,
            x * y * (1.0 - c) - z * s,
            x * z * (1.0 - c) + y * s,
        ],
        [
            x * y * (1.0 - c) + z * s,
            y * y + (1.0 - y * y) * c,
            y * z * (1.0 - c) - x * s,
        ],
        [
            x * z * (1.0 - c) - y * s,
            z * y * (1.0 - c) + x * s,
            z * z + (1.0 - z * z) * c,
        ],
    ]
}

/// For each bone the map of the hand at rest to the posed hand.
#[differentiable(no_gradient(model))]
pub fn transforms(pose: &[[f64; 3]], model: &Model) -> Vec<Matrix> {
    let mut absolute: Vec<Matrix> = Vec::with_capacity(model.bones.len());
    let mut all = Vec::with_capacity(model.bones.len());
    for b in 0..model.bones.len() {
        let bone = &model.bones[b];
        let mut here = product(&bone.relative, &rotation(&pose[b + 3]));
        if let Some(parent) = bone.parent {
            here = product(&absolute[parent], &here);
        }
        all.push(product(&here, &bone.inverse));
        absolute.push(here);
    }
    all
}

/// Where a vertex is in the posed hand, before the hand itself is turned and moved.
#[differentiable(no_gradient(model))]
pub fn skinned(transforms: &[Matrix], model: &Model, vertex: usize) -> [f64; 3] {
    let at = model.vertices[vertex];
    let mut position = [0.0; 3];
    for (bone, weight) in &model.weights[vertex] {
        let map = &transforms[*bone];
        for j in 0..3 {
            let moved = map[j][0] * at[0] + map[j][1] * at[1] + map[j][2] * at[2] + map[j][3];
            position[j] += *weight * moved;
        }
    }
    position
}

/// Turns, scales and moves the hand.
#[differentiable]
pub fn placed(turn: &[[f64; 3]; 3], pose: &[[f64; 3]], x: &[f64; 3]) -> [f64; 3] {
    let mut y = [0.0; 3];
    for j in 0..3 {
        let mut sum = pose[2][j];
        for i in 0..3 {
            sum += turn[j][i] * pose[1][i] * x[i];
        }
        y[j] = sum;
    }
    y
}

#[differentiable(no_gradient(data))]
pub fn residuals_of_vertices(theta: &[f64], data: &Instance) -> Vec<[f64; 3]> {
    let pose = pose(theta, data.model.bones.len());
    let transforms = transforms(&pose, &data.model);
    let turn = axis_rotation(&pose[0]);
    let mut residuals = Vec::with_capacity(data.points.len());
    for i in 0..data.points.len() {
        let skinned = skinned(&transforms, &data.model, data.correspondences[i]);
        let seen = placed(&turn, &pose, &skinned);
        let point = data.points[i];
        residuals.push([point[0] - seen[0], point[1] - seen[1], point[2] - seen[2]]);
    }
    residuals
}

#[differentiable(no_gradient(data))]
pub fn residuals_of_places(theta: &[f64], places: &[[f64; 2]], data: &Instance) -> Vec<[f64; 3]> {
    let pose = pose(theta, data.model.bones.len());
    let transforms = transforms(&pose, &data.model);
    let turn = axis_rotation(&pose[0]);
    let mut residuals = Vec::with_capacity(data.points.len());
    for i in 0..data.points.len() {
        let triangle = data.model.triangles[data.correspondences[i]];
        let [u, v] = places[i];
        let shares = [u, v, 1.0 - u - v];
        let mut residual = data.points[i];
        for corner in 0..3 {
            let skinned = skinned(&transforms, &data.model, triangle[corner]);
            let seen = placed(&turn, &pose, &skinned);
            for j in 0..3 {
                residual[j] -= shares[corner] * seen[j];
            }
        }
        residuals.push(residual);
    }
    residuals
}

/// Half the sum of squares.
#[differentiable]
pub fn half_squares(residuals: &[[f64; 3]]) -> f64 {
    let mut sum = 0.0;
    for residual in residuals {
        for r in residual {
            sum += r * r;
        }
    }
    0.5 * sum
}

#[differentiable(no_gradient(data))]
pub fn loss_of_vertices(theta: &[f64], data: &Instance) -> f64 {
    half_squares(&residuals_of_vertices(theta, data))
}

#[differentiable(no_gradient(data))]
pub fn loss_of_places(theta: &[f64], places: &[[f64; 2]], data: &Instance) -> f64 {
    half_squares(&residuals_of_places(theta, places, data))
}

/// `C += A Bᵀ`
fn add_product_transposed(a: &Matrix, b: &Matrix, c: &mut Matrix) {
    for i in 0..4 {
        for j in 0..4 {
            let mut sum = 0.0;
            for k in 0..4 {
                sum += a[i][k] * b[j][k];
            }
            c[i][j] += sum;
        }
    }
}

/// `Aᵀ B`
fn transposed_product(a: &Matrix, b: &Matrix) -> Matrix {
    let mut c = [[0.0; 4]; 4];
    for k in 0..4 {
        for i in 0..4 {
            for j in 0..4 {
                c[i][j] += a[k][i] * b[k][j];
            }
        }
    }
    c
}

/// The gradient as one would write it by hand: the reverse of a point follows its forward.
pub fn by_hand(data: &Instance) -> (f64, Vec<f64>, Vec<[f64; 2]>) {
    let model = &data.model;
    let n = model.bones.len();
    let pose = pose(&data.theta, n);
    let (mut relative, mut absolute, mut all) = (Vec::new(), Vec::<Matrix>::new(), Vec::new());
    let mut rotations = Vec::new();
    for (b, bone) in model.bones.iter().enumerate() {
        let rotation = rotation(&pose[b + 3]);
        let own = product(&bone.relative, &rotation);
        let here = match bone.parent {
            Some(parent) => product(&absolute[parent], &own),
            None => own,
        };
        all.push(product(&here, &bone.inverse));
        absolute.push(here);
        relative.push(own);
        rotations.push(rotation);
    }
    let turn = axis_rotation(&pose[0]);
    let mut dall = vec![[[0.0; 4]; 4]; n];
    let mut dturn = [[0.0; 3]; 3];
    let mut dmove = [0.0; 3];
    let mut dplaces = vec![[0.0; 2]; data.places.len()];
    let mut value = 0.0;
    let mut back = |vertex: usize, x: &[f64; 3], dseen: &[f64; 3]| {
        let mut dx = [0.0; 3];
        for j in 0..3 {
            dmove[j] += dseen[j];
            for i in 0..3 {
                dturn[j][i] += dseen[j] * pose[1][i] * x[i];
                dx[i] += turn[j][i] * pose[1][i] * dseen[j];
            }
        }
        let at = &model.vertices[vertex];
        for (bone, weight) in &model.weights[vertex] {
            let dmap = &mut dall[*bone];
            for j in 0..3 {
                let share = weight * dx[j];
                for i in 0..3 {
                    dmap[j][i] += share * at[i];
                }
                dmap[j][3] += share;
            }
        }
    };
    for (i, point) in data.points.iter().enumerate() {
        if data.places.is_empty() {
            let vertex = data.correspondences[i];
            let x = skinned(&all, model, vertex);
            let seen = placed(&turn, &pose, &x);
            let residual: [f64; 3] = std::array::from_fn(|j| point[j] - seen[j]);
            value += residual.iter().map(|r| r * r).sum::<f64>();
            back(vertex, &x, &residual.map(|r| -r));
            continue;
        }
        let triangle = model.triangles[data.correspondences[i]];
        let [u, v] = data.places[i];
        let shares = [u, v, 1.0 - u - v];
        let x = triangle.map(|vertex| skinned(&all, model, vertex));
        let seen = [0, 1, 2].map(|corner| placed(&turn, &pose, &x[corner]));
        let mut residual = *point;
        for corner in 0..3 {
            for j in 0..3 {
                residual[j] -= shares[corner] * seen[corner][j];
            }
        }
        value += residual.iter().map(|r| r * r).sum::<f64>();
        for corner in 0..3 {
            let dseen = residual.map(|r| -r * shares[corner]);
            back(triangle[corner], &x[corner], &dseen);
        }
        for corner in 0..2 {
            let slopes = (0..3).map(|j| residual[j] * (seen[2][j] - seen[corner][j]));
            dplaces[i][corner] = slopes.sum();
        }
    }
    let mut dpose = vec![[0.0; 3]; n + 3];
    dpose[0] = axis_rotation_reversed(&pose[0], &dturn);
    dpose[2] = dmove;
    let mut dabsolute = vec![[[0.0; 4]; 4]; n];
    for (b, bone) in model.bones.iter().enumerate().rev() {
        let mut dhere = dabsolute[b];
        add_product_transposed(&dall[b], &bone.inverse, &mut dhere);
        let down = match bone.parent {
            Some(parent) => {
                add_product_transposed(&dhere, &relative[b], &mut dabsolute[parent]);
                transposed_product(&absolute[parent], &dhere)
            }
            None => dhere,
        };
        let d = transposed_product(&bone.relative, &down);
        let (r, angles) = (&rotations[b], &pose[b + 3]);
        let ((sx, cx), (sz, cz)) = (angles[0].sin_cos(), angles[1].sin_cos());
        let (sy, cy) = angles[2].sin_cos();
        let (mut dx, mut dz) = (0.0, 0.0);
        for i in 0..3 {
            dx += d[i][1] * r[i][2] - d[i][2] * r[i][1];
            dz += d[1][i] * r[0][i] - d[0][i] * r[1][i];
        }
        let dy = cz * (-sy * d[0][0] + cy * (sx * d[0][1] + cx * d[0][2]))
            + sz * (-sy * d[1][0] + cy * (sx * d[1][1] + cx * d[1][2]))
            - cy * d[2][0]
            - sy * (sx * d[2][1] + cx * d[2][2]);
        dpose[b + 3] = [dx, dz, dy];
    }
    let mut dtheta = vec![0.0; data.theta.len()];
    dtheta[..3].copy_from_slice(&dpose[0]);
    dtheta[3..6].copy_from_slice(&dpose[2]);
    let (mut angle, mut bone) = (6, 5);
    for _ in 0..5 {
        for joint in 2..=4 {
            dtheta[angle] = dpose[bone][0];
            angle += 1;
            if joint == 2 {
                dtheta[angle] = dpose[bone][1];
                angle += 1;
            }
            bone += 1;
        }
        bone += 1;
    }
    (0.5 * value, dtheta, dplaces)
}

/// With `u` the axis and `G` the cotangent of the rotation: `(1 - c)(G + Gᵀ)u + s k` by `u`,
/// `c k·u - s (tr G - uᵀGu)` by the angle.
fn axis_rotation_reversed(axis: &[f64; 3], g: &[[f64; 3]; 3]) -> [f64; 3] {
    let norm = (axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]).sqrt();
    if norm < 1e-4 {
        return [0.0; 3];
    }
    let u = axis.map(|a| a / norm);
    let (s, c) = norm.sin_cos();
    let k = [g[2][1] - g[1][2], g[0][2] - g[2][0], g[1][0] - g[0][1]];
    let mut du = [0.0; 3];
    let mut form = 0.0;
    for i in 0..3 {
        for j in 0..3 {
            du[i] += (1.0 - c) * (g[i][j] + g[j][i]) * u[j];
            form += u[i] * g[i][j] * u[j];
        }
        du[i] += s * k[i];
    }
    let along: f64 = (0..3).map(|i| k[i] * u[i]).sum();
    let dangle = c * along - s * (g[0][0] + g[1][1] + g[2][2] - form);
    let radial: f64 = (0..3).map(|i| du[i] * u[i]).sum();
    std::array::from_fn(|i| dangle * u[i] + (du[i] - radial * u[i]) / norm)
}
