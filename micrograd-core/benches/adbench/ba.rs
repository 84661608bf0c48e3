//! Bundle adjustment: how far points seen by cameras are from where they were observed. The Jacobian is
//! sparse: a row depends on one camera, one point and one weight.

use micrograd_core::{differentiable, jacobian};

/// Rotation, centre, focal length, principal point, radial distortion.
pub type Camera = [f64; 11];
pub type Point = [f64; 3];

/// Cameras and points, and which of them each observation has.
#[derive(Clone, Debug)]
pub struct Instance {
    pub cameras: Vec<Camera>,
    pub points: Vec<Point>,
    pub weights: Vec<f64>,
    pub features: Vec<[f64; 2]>,
}

/// What a row of the Jacobian holds: by the camera, by the point, by the weight.
pub type Row = [f64; 15];

impl Instance {
    /// The camera, point, weight and feature of an observation.
    pub fn observation(&self, i: usize) -> (&Camera, &Point, f64, &[f64; 2]) {
        (
            &self.cameras[i % self.cameras.len()],
            &self.points[i % self.points.len()],
            self.weights[i],
            &self.features[i],
        )
    }

    /// The residuals of the projections, and those of the weights.
    pub fn residuals(&self, projections: &mut [[f64; 2]], weights: &mut [f64]) {
        for (i, projection) in projections.iter_mut().enumerate() {
            let (camera, point, weight, feature) = self.observation(i);
            *projection = residual(camera, point, weight, feature);
        }
        for (residual, weight) in weights.iter_mut().zip(&self.weights) {
            *residual = weight_residual(*weight);
        }
    }

    /// The rows of the Jacobian: two for each observation, and one number for each weight.
    pub fn generated(&self, rows: &mut [[Row; 2]], weights: &mut [f64]) {
        for i in 0..self.weights.len() {
            let (camera, point, weight, feature) = self.observation(i);
            let (_, jacobian) = jacobian!(residual, camera, point, weight, feature);
            for (row, (dcamera, dpoint, dweight, _)) in rows[i].iter_mut().zip(&jacobian) {
                row[..11].copy_from_slice(dcamera);
                row[11..14].copy_from_slice(dpoint);
                row[14] = *dweight;
            }
        }
        for (derivative, weight) in weights.iter_mut().zip(&self.weights) {
            *derivative = pullback_weight_residual(*weight).1(1.0).0;
        }
    }

    pub fn by_hand(&self, rows: &mut [[Row; 2]], weights: &mut [f64]) {
        for i in 0..self.weights.len() {
            let (camera, point, weight, feature) = self.observation(i);
            jacobian_by_hand(camera, point, weight, feature, &mut rows[i]);
        }
        for (derivative, weight) in weights.iter_mut().zip(&self.weights) {
            *derivative = -2.0 * weight;
        }
    }
}

#[differentiable]
pub fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

#[differentiable]
pub fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// `x`, turned about the axis `r` by its length (Rodrigues).
#[differentiable]
pub fn rotate(r: [f64; 3], x: [f64; 3]) -> [f64; 3] {
    let square = dot(r, r);
    if square == 0.0 {
        let turned = cross(r, x);
        return [x[0] + turned[0], x[1] + turned[1], x[2] + turned[2]];
    }
    let angle = square.sqrt();
    let (sin, cos) = angle.sin_cos();
    let inverse = 1.0 / angle;
    let axis = [r[0] * inverse, r[1] * inverse, r[2] * inverse];
    let turned = cross(axis, x);
    let along = dot(axis, x) * (1.0 - cos);
    [
        x[0] * cos + turned[0] * sin + axis[0] * along,
        x[1] * cos + turned[1] * sin + axis[1] * along,
        x[2] * cos + turned[2] * sin + axis[2] * along,
    ]
}

/// Where a camera sees a point.
#[differentiable]
pub fn project(camera: &Camera, point: &Point) -> [f64; 2] {
    let offset = [
        point[0] - camera[3],
        point[1] - camera[4],
        point[2] - camera[5],
    ];
    let seen = rotate([camera[0], camera[1], camera[2]], offset);
    let (x, y) = (seen[0] / seen[2], seen[1] / seen[2]);
    let square = x * x + y * y;
    let distortion = 1.0 + camera[9] * square + camera[10] * square * square;
    [
        x * distortion * camera[6] + camera[7],
        y * distortion * camera[6] + camera[8],
    ]
}

#[differentiable(no_gradient(feature))]
pub fn residual(camera: &Camera, point: &Point, weight: f64, feature: &[f64; 2]) -> [f64; 2] {
    let seen = project(camera, point);
    [
        weight * (seen[0] - feature[0]),
        weight * (seen[1] - feature[1]),
    ]
}

#[differentiable]
pub fn weight_residual(weight: f64) -> f64 {
    1.0 - weight * weight
}

/// Both rows as one would write them by hand: one forward, and one reverse for two cotangents at once.
pub fn jacobian_by_hand(
    camera: &Camera,
    point: &Point,
    weight: f64,
    feature: &[f64; 2],
    rows: &mut [Row; 2],
) {
    let r = [camera[0], camera[1], camera[2]];
    let v = [
        point[0] - camera[3],
        point[1] - camera[4],
        point[2] - camera[5],
    ];
    let square = r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
    let (inverse, sin, cos, axis, along);
    let seen = if square == 0.0 {
        (inverse, sin, cos, axis, along) = (0.0, 0.0, 1.0, r, 0.0);
        let turned = cross(r, v);
        [v[0] + turned[0], v[1] + turned[1], v[2] + turned[2]]
    } else {
        let angle = square.sqrt();
        (sin, cos) = f64::sin_cos(angle);
        inverse = 1.0 / angle;
        axis = [r[0] * inverse, r[1] * inverse, r[2] * inverse];
        along = axis[0] * v[0] + axis[1] * v[1] + axis[2] * v[2];
        let turned = cross(axis, v);
        let along = along * (1.0 - cos);
        [
            v[0] * cos + turned[0] * sin + axis[0] * along,
            v[1] * cos + turned[1] * sin + axis[1] * along,
            v[2] * cos + turned[2] * sin + axis[2] * along,
        ]
    };
    let depth = 1.0 / seen[2];
    let (x, y) = (seen[0] * depth, seen[1] * depth);
    let s = x * x + y * y;
    let distortion = 1.0 + (camera[9] + camera[10] * s) * s;
    let slope = 2.0 * (camera[9] + 2.0 * camera[10] * s);
    let f = camera[6];
    let image = [x * distortion, y * distortion];
    for (k, row) in rows.iter_mut().enumerate() {
        let own = if k == 0 { x } else { y };
        // By the distortion, then by x and y.
        let d = weight * f * own;
        let mut dxy = [d * slope * x, d * slope * y];
        dxy[k] += weight * f * distortion;
        *row = [0.0; 15];
        row[6] = weight * image[k];
        row[7 + k] = weight;
        row[9] = d * s;
        row[10] = d * s * s;
        row[14] = image[k] * f + camera[7 + k] - feature[k];
        let ds = [
            dxy[0] * depth,
            dxy[1] * depth,
            -(dxy[0] * x + dxy[1] * y) * depth,
        ];
        let (dv, dr);
        if square == 0.0 {
            let turned = cross(ds, r);
            dv = [ds[0] + turned[0], ds[1] + turned[1], ds[2] + turned[2]];
            dr = cross(v, ds);
        } else {
            let versine = 1.0 - cos;
            let axial = axis[0] * ds[0] + axis[1] * ds[1] + axis[2] * ds[2];
            let turned = cross(axis, v);
            let back = cross(ds, axis);
            let reach = cross(v, ds);
            dv = [
                ds[0] * cos + back[0] * sin + axis[0] * axial * versine,
                ds[1] * cos + back[1] * sin + axis[1] * axial * versine,
                ds[2] * cos + back[2] * sin + axis[2] * axial * versine,
            ];
            let dangle = (ds[0] * turned[0] + ds[1] * turned[1] + ds[2] * turned[2]) * cos
                - (ds[0] * v[0] + ds[1] * v[1] + ds[2] * v[2]) * sin
                + axial * along * sin;
            let daxis = [
                reach[0] * sin + (ds[0] * along + v[0] * axial) * versine,
                reach[1] * sin + (ds[1] * along + v[1] * axial) * versine,
                reach[2] * sin + (ds[2] * along + v[2] * axial) * versine,
            ];
            let radial =
                dangle - (daxis[0] * axis[0] + daxis[1] * axis[1] + daxis[2] * axis[2]) * inverse;
            dr = [
                daxis[0] * inverse + axis[0] * radial,
                daxis[1] * inverse + axis[1] * radial,
                daxis[2] * inverse + axis[2] * radial,
            ];
        }
        row[..3].copy_from_slice(&dr);
        for i in 0..3 {
            row[3 + i] = -dv[i];
            row[11 + i] = dv[i];
        }
    }
}
