//! A rectangular grid in the plane, and values at its nodes.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, Scalar};

/// Two opposite corners of a rectangle.
pub type Corners = [(f64, f64); 2];

/// Two neighbouring nodes by row and column, the lower one first.
type Edge = [(usize, usize); 2];

/// The nodes of a grid that covers a rectangle with its border.
///
/// Values at the nodes stand in a matrix with one row a `y` and one column an `x`.
pub struct Grid {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Grid {
    /// The longer side of the rectangle has `resolution` cells.
    pub fn new([x, y]: [(f64, f64); 2], resolution: usize) -> Grid {
        let cell = (x.1 - x.0).max(y.1 - y.0) / resolution as f64;
        let nodes = |(low, high): (f64, f64)| -> Vec<f64> {
            let cells = ((high - low) / cell).round().max(1.0);
            (0..=cells as usize)
                .map(|i| low + (high - low) * i as f64 / cells)
                .collect()
        };
        Grid {
            x: nodes(x),
            y: nodes(y),
        }
    }

    /// All nodes, 2 × nodes.
    pub fn points(&self) -> DMatrix<f64> {
        let rows = self.y.len();
        DMatrix::from_fn(2, self.x.len() * rows, |axis, node| {
            [self.x[node / rows], self.y[node % rows]][axis]
        })
    }

    /// The matrix of values at the nodes that are given in the order of [`points`](Grid::points).
    pub fn sampled<K: Scalar>(&self, values: Vec<K>) -> DMatrix<K> {
        DMatrix::from_vec(self.y.len(), self.x.len(), values)
    }

    /// Rectangles around nodes of the same level.
    ///
    /// Nodes side by side share a rectangle. To be drawn in this order: each rectangle reaches
    /// under those to its right and above, so that no background shines through between them.
    pub fn runs<K: Scalar + Copy>(&self, levels: &DMatrix<K>) -> Vec<(K, Corners)> {
        let mut runs: Vec<(K, Corners)> = Vec::new();
        for (row, levels) in levels.row_iter().enumerate() {
            let (bottom, top) = (
                border(&self.y, row),
                self.y[(row + 1).min(self.y.len() - 1)],
            );
            let mut last = None;
            for (column, level) in levels.iter().enumerate() {
                let right = self.x[(column + 1).min(self.x.len() - 1)];
                match runs.last_mut() {
                    Some(run) if last == Some(level) => run.1[1].0 = right,
                    _ => runs.push((*level, [(border(&self.x, column), bottom), (right, top)])),
                }
                last = Some(level);
            }
        }
        runs
    }

    /// Lines along which the values are `level`, by marching squares.
    pub fn contour(&self, values: &DMatrix<f64>, level: f64) -> Vec<Vec<(f64, f64)>> {
        let mut links: BTreeMap<Edge, Vec<Edge>> = BTreeMap::new();
        for column in 1..self.x.len() {
            for row in 1..self.y.len() {
                let (left, below) = (column - 1, row - 1);
                let sides = [
                    [(below, left), (below, column)],
                    [(below, column), (row, column)],
                    [(row, left), (row, column)],
                    [(below, left), (row, left)],
                ];
                let below_level = |node| values[node] < level;
                let crossed = |side: &Edge| below_level(side[0]) != below_level(side[1]);
                let crossed: Vec<Edge> = sides.into_iter().filter(crossed).collect();
                for ends in crossed.chunks_exact(2) {
                    links.entry(ends[0]).or_default().push(ends[1]);
                    links.entry(ends[1]).or_default().push(ends[0]);
                }
            }
        }
        // Lines that end at the border first: what is left after them is closed.
        let ends = links.iter().filter(|(_, neighbours)| neighbours.len() == 1);
        let starts: Vec<Edge> = ends.chain(links.iter()).map(|(edge, _)| *edge).collect();
        let lines = starts.into_iter().map(|start| follow(start, &mut links));
        let lines = lines.filter(|line| line.len() > 1);
        lines
            .map(|line| {
                line.iter()
                    .map(|edge| self.crossing(*edge, |node| values[node] - level))
                    .collect()
            })
            .collect()
    }

    /// Where zero is crossed between two neighbouring nodes, by linear interpolation.
    fn crossing(&self, [a, b]: Edge, value: impl Fn((usize, usize)) -> f64) -> (f64, f64) {
        let (from, to) = (value(a), value(b));
        let between = |a: f64, b: f64| a + (b - a) * from / (from - to);
        (
            between(self.x[a.1], self.x[b.1]),
            between(self.y[a.0], self.y[b.0]),
        )
    }
}

/// Follows the links from `start` to the end of the line or round to the start, using them up.
fn follow(start: Edge, links: &mut BTreeMap<Edge, Vec<Edge>>) -> Vec<Edge> {
    let mut line = vec![start];
    let mut here = start;
    while let Some(next) = links.get_mut(&here).and_then(Vec::pop) {
        if let Some(back) = links.get_mut(&next) {
            back.retain(|edge| *edge != here);
        }
        line.push(next);
        here = next;
    }
    line
}

/// The border between the cells around a node and the node before.
fn border(nodes: &[f64], node: usize) -> f64 {
    (nodes[node] + nodes[node.saturating_sub(1)]) / 2.0
}
