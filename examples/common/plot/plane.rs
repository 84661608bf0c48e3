//! Points of the plane that belong to classes.

use nalgebra::DMatrix;
use plotters::prelude::*;
use plotters::style::RGBColor;

use super::axis::Axis;
use super::figure::{Drawn, INK, px};
use super::frame::{Frame, Plot, TITLE_AND_LEGEND, draw_axes};
use super::grid::Corners;
use super::mark::Mark;

/// Points and their classes.
pub struct Plane<'a> {
    /// 2 × samples.
    pub points: &'a DMatrix<f64>,
    /// The class of each point.
    pub labels: &'a [usize],
}

/// Space around the points, in their units.
const MARGIN: f64 = 0.5;
const WIDTH: f64 = 560.0;

impl Plane<'_> {
    /// The smallest and largest coordinate shown along each axis.
    pub fn extent(&self) -> [(f64, f64); 2] {
        [0, 1].map(|axis| {
            let row = self.points.row(axis);
            if row.is_empty() {
                (-1.0, 1.0)
            } else {
                (row.min() - MARGIN, row.max() + MARGIN)
            }
        })
    }

    /// The plotting area, with equal units on both axes unless it would be too low or too high.
    pub fn frame(&self, right: f64) -> Frame {
        let [x, y] = self.extent();
        let height = (WIDTH * (y.1 - y.0) / (x.1 - x.0))
            .clamp(WIDTH / 2.0, WIDTH)
            .round();
        Frame {
            top: TITLE_AND_LEGEND,
            right,
            width: WIDTH,
            height,
        }
    }

    /// Both axes.
    pub fn axes(&self) -> [Axis; 2] {
        let [x, y] = self.extent();
        [Axis::linear(x.0, x.1, 10), Axis::linear(y.0, y.1, 8)]
    }

    /// Draws what lies over the colours of the plane: lines, points and the axes.
    pub fn draw<DB: DrawingBackend>(
        &self,
        plot: &mut Plot<'_, DB>,
        lines: Vec<Vec<(f64, f64)>>,
        colours: &[RGBColor],
    ) -> Drawn<DB>
    where
        DB::ErrorType: 'static,
    {
        let [x, y] = self.extent();
        plot.draw_series([outline([(x.0, y.0), (x.1, y.1)])])?;
        let line = INK.stroke_width(px(1.6));
        plot.draw_series(
            lines
                .into_iter()
                .map(|line_of| PathElement::new(line_of, line)),
        )?;
        for (class, colour) in colours.iter().enumerate() {
            let points = self.points.column_iter().zip(self.labels);
            let points = points.filter(|(_, label)| **label == class);
            let points = points.map(|(point, _)| (point[0], point[1])).collect();
            plot.draw_series(Mark::Points.elements(points, *colour))?;
        }
        draw_axes(plot, false)
    }
}

/// The border of a rectangle, as a path: in SVG, plotters gives rectangles no line width.
pub fn outline([a, b]: Corners) -> PathElement<(f64, f64)> {
    let corners = [a, (b.0, a.1), b, (a.0, b.1), a];
    PathElement::new(corners, INK.stroke_width(px(1.0)))
}
