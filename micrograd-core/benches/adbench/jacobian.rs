//! The Jacobian of the hand's residuals, three ways. It has three rows for each point; its columns are the
//! place on the triangle, if there is one, and the 26 angles. A matrix is kept row by row.

use crate::forward::hand::{Matrix, axis_rotation, moved, pose, transforms};
use crate::forward::{Dual, derivatives, hand as forward};
use crate::hand::{Instance, residuals_of_places, residuals_of_vertices};
use micrograd_core::jacobian;

/// A hand has 26 angles: three turn it, three move it, each of five fingers has four.
const ANGLES: usize = 26;
const FINGERS: usize = 5;

/// What the Jacobian is of.
pub fn residuals(data: &Instance) -> Vec<[f64; 3]> {
    if data.places.is_empty() {
        residuals_of_vertices(&data.theta, data)
    } else {
        residuals_of_places(&data.theta, &data.places, data)
    }
}

/// Row by row.
pub fn by_rows(data: &Instance) -> Vec<f64> {
    let mut jacobian = Vec::new();
    if data.places.is_empty() {
        let (_, rows) = jacobian!(residuals_of_vertices, &data.theta, data);
        for (dtheta, _) in rows.iter().flatten() {
            jacobian.extend(dtheta);
        }
    } else {
        let (_, rows) = jacobian!(residuals_of_places, &data.theta, &data.places, data);
        for (i, rows) in rows.iter().enumerate() {
            for (dtheta, dplaces, _) in rows {
                jacobian.extend(dplaces[i]);
                jacobian.extend(dtheta);
            }
        }
    }
    jacobian
}

/// All columns at once through dual numbers. A row depends on its own place only, so that all places share
/// two columns.
pub fn by_columns(data: &Instance) -> Vec<f64> {
    if data.places.is_empty() {
        let theta = seeded::<ANGLES>(&data.theta, Some);
        flattened(&forward::residuals_of_vertices(&theta, data))
    } else {
        let theta = seeded::<{ ANGLES + 2 }>(&data.theta, |i| Some(i + 2));
        flattened(&forward::residuals_of_places(&theta, [0, 1], data))
    }
}

/// By the structure: the angles of a finger move its own bones only, and what follows is linear in the maps
/// of the bones. So all fingers share four columns of dual numbers, which end at these maps, and the turn of
/// the hand, which depends on three other angles, has them too.
pub fn by_structure(data: &Instance) -> Vec<f64> {
    let hand = Hand::new(data);
    let width = ANGLES + if data.places.is_empty() { 0 } else { 2 };
    let mut jacobian = vec![0.0; 3 * data.points.len() * width];
    for (i, rows) in jacobian.chunks_exact_mut(3 * width).enumerate() {
        if data.places.is_empty() {
            hand.subtract(data.correspondences[i], 1.0, rows, 0);
            continue;
        }
        let [u, v] = data.places[i];
        let [a, b, c] = data.model.triangles[data.correspondences[i]];
        let a = hand.subtract(a, u, rows, 2);
        let b = hand.subtract(b, v, rows, 2);
        let c = hand.subtract(c, 1.0 - u - v, rows, 2);
        for (j, row) in rows.chunks_exact_mut(width).enumerate() {
            row[0] = c[j] - a[j];
            row[1] = c[j] - b[j];
        }
    }
    jacobian
}

/// A posed hand with the derivatives of its parts.
struct Hand<'d> {
    data: &'d Instance,
    /// By the angles of the finger that the bone belongs to.
    transforms: Vec<Matrix<4>>,
    turn: [[f64; 3]; 3],
    /// By the angles of the turn.
    dturn: [[[f64; 4]; 3]; 3],
}

impl<'d> Hand<'d> {
    fn new(data: &'d Instance) -> Self {
        let theta = seeded(&data.theta, |i| match i {
            0..3 => Some(i),
            3..6 => None,
            _ => Some((i - 6) % 4),
        });
        let pose = pose(&theta, data.model.bones.len());
        let mut turn = axis_rotation(&pose[0]);
        for row in &mut turn {
            for (element, scale) in row.iter_mut().zip(&pose[1]) {
                *element *= *scale;
            }
        }
        Hand {
            data,
            transforms: transforms(&pose, &data.model),
            turn: turn.map(|row| row.map(|element| element.re)),
            dturn: turn.map(|row| row.map(|element| derivatives(&element))),
        }
    }

    /// Subtracts the derivatives of where a vertex is seen, times its share, from three rows, those by
    /// the angles from column `first` on. Returns where the turned hand has it, but for the position of the hand.
    fn subtract(&self, vertex: usize, share: f64, rows: &mut [f64], first: usize) -> [f64; 3] {
        let model = &self.data.model;
        let mut x = [0.0; 3];
        let mut moves = [[[0.0; 4]; 3]; FINGERS];
        let mut touched = [false; FINGERS];
        for (bone, weight) in &model.weights[vertex] {
            let moved = moved(&self.transforms[*bone], &model.vertices[vertex]);
            for j in 0..3 {
                x[j] += weight * moved[j].re;
            }
            let Some(finger) = finger(*bone) else {
                continue;
            };
            touched[finger] = true;
            for j in 0..3 {
                let slopes = derivatives(&moved[j]);
                for (sum, slope) in moves[finger][j].iter_mut().zip(slopes) {
                    *sum += weight * slope;
                }
            }
        }
        let width = rows.len() / 3;
        let mut seen = [0.0; 3];
        for (j, row) in rows.chunks_exact_mut(width).enumerate() {
            let row = &mut row[first..];
            row[3 + j] -= share;
            for i in 0..3 {
                seen[j] += self.turn[j][i] * x[i];
                for k in 0..3 {
                    row[k] -= share * self.dturn[j][i][k] * x[i];
                }
            }
            for finger in (0..FINGERS).filter(|finger| touched[*finger]) {
                for k in 0..4 {
                    let along: f64 = (0..3).map(|i| self.turn[j][i] * moves[finger][i][k]).sum();
                    row[6 + 4 * finger + k] -= share * along;
                }
            }
        }
        seen
    }
}

/// The bones are the wrist, four for each finger, and the forearm.
fn finger(bone: usize) -> Option<usize> {
    (1..=4 * FINGERS).contains(&bone).then(|| (bone - 1) / 4)
}

fn seeded<const N: usize>(theta: &[f64], column: impl Fn(usize) -> Option<usize>) -> Vec<Dual<N>> {
    let seed = |(i, x): (usize, &f64)| match column(i) {
        Some(column) => Dual::from_re(*x).derivative(column),
        None => Dual::from_re(*x),
    };
    theta.iter().enumerate().map(seed).collect()
}

fn flattened<const N: usize>(rows: &[[Dual<N>; 3]]) -> Vec<f64> {
    rows.iter().flatten().flat_map(derivatives).collect()
}
