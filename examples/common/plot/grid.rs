//! A function of the plane sampled on a rectangular grid.

use std::collections::BTreeMap;

use nalgebra::DMatrix;

/// Two opposite corners of a rectangle.
pub type Corners = [(f64, f64); 2];

/// Two neighbouring nodes by row and column, the lower one first.
type Edge = [(usize, usize); 2];

/// Values at the nodes of a grid that covers a rectangle with its border.
pub struct Grid {
    x: Vec<f64>,
    y: Vec<f64>,
    /// One row a `y`, one column an `x`.
    values: DMatrix<f64>,
}

impl Grid {
    /// Evaluates `function` once, at all nodes (2 × nodes); the longer side has `resolution` cells.
    pub fn sample(
        function: &dyn Fn(&DMatrix<f64>) -> Vec<f64>,
        [x, y]: [(f64, f64); 2],
        resolution: usize,
    ) -> Grid {
        let cell = (x.1 - x.0).max(y.1 - y.0) / resolution as f64;
        let nodes = |(low, high): (f64, f64)| -> Vec<f64> {
            let cells = ((high - low) / cell).round().max(1.0);
            (0..=cells as usize)
                .map(|i| low + (high - low) * i as f64 / cells)
                .collect()
        };
        let (x, y) = (nodes(x), nodes(y));
        let points = DMatrix::from_fn(2, x.len() * y.len(), |axis, node| {
            if axis == 0 {
                x[node / y.len()]
            } else {
                y[node % y.len()]
            }
        });
        let values = DMatrix::from_vec(y.len(), x.len(), function(&points));
        Grid { x, y, values }
    }

    /// Rectangles around nodes of the same level, for values from 0 to 1 in `levels` even steps.
    ///
    /// Nodes side by side share a rectangle. To be drawn in this order: each rectangle reaches
    /// under those to its right and above, so that no background shines through between them.
    pub fn runs(&self, levels: usize) -> Vec<(usize, Corners)> {
        let level = |value: f64| ((value * levels as f64) as usize).min(levels - 1);
        let mut runs: Vec<(usize, Corners)> = Vec::new();
        for (row, values) in self.values.row_iter().enumerate() {
            let (bottom, top) = (
                border(&self.y, row),
                self.y[(row + 1).min(self.y.len() - 1)],
            );
            let mut last = None;
            for (column, value) in values.iter().enumerate() {
                let right = self.x[(column + 1).min(self.x.len() - 1)];
                let level = level(*value);
                match runs.last_mut() {
                    Some(run) if last == Some(level) => run.1[1].0 = right,
                    _ => runs.push((level, [(border(&self.x, column), bottom), (right, top)])),
                }
                last = Some(level);
            }
        }
        runs
    }

    /// Lines along which the function has the value `level`, by marching squares.
    pub fn contour(&self, level: f64) -> Vec<Vec<(f64, f64)>> {
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
                let below_level = |node| self.values[node] < level;
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
                    .map(|edge| self.crossing(*edge, level))
                    .collect()
            })
            .collect()
    }

    /// Where `level` is crossed between two neighbouring nodes, by linear interpolation.
    fn crossing(&self, [a, b]: Edge, level: f64) -> (f64, f64) {
        let (from, to) = (self.values[a] - level, self.values[b] - level);
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
