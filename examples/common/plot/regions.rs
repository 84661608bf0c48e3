//! The regions of a classifier of points in the plane into several classes.

use nalgebra::DMatrix;
use plotters::coord::Shift;
use plotters::prelude::*;

use super::colour::{CLASSES, tint};
use super::figure::{Drawn, Figure};
use super::grid::Grid;
use super::legend::draw_legend;
use super::mark::Mark;
use super::plane::Plane;

/// The colour of the most probable class, the deeper the more probable it is; lines where two
/// classes are equally probable, and the points on top.
pub struct ClassRegions<'a> {
    /// What stands above the picture.
    pub title: String,
    /// 2 × samples.
    pub points: &'a DMatrix<f64>,
    /// The class of each point.
    pub labels: &'a [usize],
    /// The names of the classes, at most as many as there are [`CLASSES`].
    pub names: &'a [&'a str],
    /// The probabilities (classes × n) at each point of a 2 × n matrix.
    pub probabilities: &'a dyn Fn(&DMatrix<f64>) -> DMatrix<f64>,
    /// Cells along the longer side.
    pub resolution: usize,
}

/// Steps of each class's colour: the fewer, the fewer rectangles in the SVG.
const LEVELS: usize = 10;
/// How much the colours are mixed with white where the class is least and most probable.
const TINTS: [f64; 2] = [0.92, 0.45];

impl ClassRegions<'_> {
    fn plane(&self) -> Plane<'_> {
        Plane {
            points: self.points,
            labels: self.labels,
        }
    }

    /// The most probable class, and in which of the steps its probability is.
    fn level(&self, probabilities: &[f64]) -> (usize, usize) {
        let classes = 0..probabilities.len();
        let best = classes.max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]));
        let best = best.unwrap_or(0);
        let least = 1.0 / self.names.len() as f64;
        let certainty = (probabilities[best] - least) / (1.0 - least);
        (best, ((certainty * LEVELS as f64) as usize).min(LEVELS - 1))
    }
}

impl Figure for ClassRegions<'_> {
    fn size(&self) -> (u32, u32) {
        self.plane().frame(24.0).size()
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &DrawingArea<DB, Shift>) -> Drawn<DB>
    where
        DB::ErrorType: 'static,
    {
        let plane = self.plane();
        let frame = plane.frame(24.0);
        frame.label(canvas, [&self.title, "x₁", "x₂"])?;
        let entries = CLASSES.into_iter().zip(self.names);
        draw_legend(
            canvas,
            entries.map(|(colour, name)| (Mark::Points, colour, *name)),
        )?;

        let mut plot = frame.plot(canvas, plane.axes())?;
        let grid = Grid::new(plane.extent(), self.resolution);
        let probabilities = (self.probabilities)(&grid.points());
        let columns = || probabilities.column_iter();
        let levels = columns().map(|column| self.level(column.as_slice()));
        let runs = grid.runs(&grid.sampled(levels.collect()));
        plot.draw_series(runs.into_iter().map(|((class, level), corners)| {
            let depth = (level as f64 + 0.5) / LEVELS as f64;
            let white = TINTS[0] + depth * (TINTS[1] - TINTS[0]);
            Rectangle::new(corners, tint(CLASSES[class], white).filled())
        }))?;
        // The border of the last class is that of the others.
        let borders = (0..self.names.len().saturating_sub(1)).flat_map(|class| {
            let leads = columns().map(|column| lead(column.as_slice(), class));
            grid.contour(&grid.sampled(leads.collect()), 0.0)
        });
        plane.draw(&mut plot, borders.collect(), &CLASSES[..self.names.len()])
    }
}

/// How much more probable `class` is than the most probable other one.
fn lead(probabilities: &[f64], class: usize) -> f64 {
    let others = probabilities
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != class);
    probabilities[class] - others.map(|(_, p)| *p).fold(0.0, f64::max)
}
