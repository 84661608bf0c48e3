//! The decision boundary of a classifier of points in the plane into two classes.

use nalgebra::DMatrix;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::colour::{diverging, tint};
use super::figure::{Drawn, Figure, INK, px, text};
use super::frame::{BOTTOM, LEFT};
use super::grid::Grid;
use super::legend::draw_legend;
use super::mark::Mark;
use super::plane::{Plane, outline};

/// A heat map of the probability of class 1, its contour at ½, and the points on top.
pub struct DecisionBoundary<'a> {
    /// What stands above the picture.
    pub title: String,
    /// 2 × samples.
    pub points: &'a DMatrix<f64>,
    /// The class of each point, 0 or 1.
    pub labels: &'a [usize],
    /// The probability of class 1 at each point of a 2 × n matrix.
    pub probability: &'a dyn Fn(&DMatrix<f64>) -> Vec<f64>,
    /// Cells of the heat map along the longer side.
    pub resolution: usize,
}

/// Space for the colour scale.
const RIGHT: f64 = 96.0;
/// Steps of the colour scale: the fewer, the fewer rectangles in the SVG.
const LEVELS: usize = 32;
/// How much the heat map is mixed with white, so that the points stand out.
const TINT: f64 = 0.35;

impl Figure for DecisionBoundary<'_> {
    fn size(&self) -> (u32, u32) {
        self.plane().frame(RIGHT).size()
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &DrawingArea<DB, Shift>) -> Drawn<DB>
    where
        DB::ErrorType: 'static,
    {
        self.draw_plot(canvas)?;
        self.draw_scale(canvas)
    }
}

impl DecisionBoundary<'_> {
    fn plane(&self) -> Plane<'_> {
        Plane {
            points: self.points,
            labels: self.labels,
        }
    }

    fn draw_plot<DB: DrawingBackend>(&self, canvas: &DrawingArea<DB, Shift>) -> Drawn<DB>
    where
        DB::ErrorType: 'static,
    {
        let plane = self.plane();
        let frame = plane.frame(RIGHT);
        let colours = [0.0, 1.0].map(diverging);
        frame.label(canvas, [&self.title, "x₁", "x₂"])?;
        let entries = colours.into_iter().zip(["class 0", "class 1"]);
        draw_legend(
            canvas,
            entries.map(|(colour, label)| (Mark::Points, colour, label)),
        )?;

        let mut plot = frame.plot(canvas, plane.axes())?;
        let grid = Grid::new(plane.extent(), self.resolution);
        let probability = grid.sampled((self.probability)(&grid.points()));
        let level = |p: f64| ((p * LEVELS as f64) as usize).min(LEVELS - 1);
        let runs = grid.runs(&probability.map(level));
        plot.draw_series(runs.into_iter().map(|(level, corners)| {
            let value = (level as f64 + 0.5) / LEVELS as f64;
            Rectangle::new(corners, tint(diverging(value), TINT).filled())
        }))?;
        plane.draw(&mut plot, grid.contour(&probability, 0.5), &colours)
    }

    fn draw_scale<DB: DrawingBackend>(&self, canvas: &DrawingArea<DB, Shift>) -> Drawn<DB>
    where
        DB::ErrorType: 'static,
    {
        let frame = self.plane().frame(RIGHT);
        let (_, side) = canvas.split_horizontally(px(LEFT + frame.width));
        let mut chart = ChartBuilder::on(&side)
            .margin_top(px(frame.top))
            .margin_bottom(px(BOTTOM))
            .margin_left(px(18.0))
            .right_y_label_area_size(px(RIGHT - 34.0))
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        let bottom = |level: usize| level as f64 / LEVELS as f64;
        let upwards = text(14.0)
            .pos(Pos::new(HPos::Center, VPos::Center))
            .transform(FontTransform::Rotate270);
        let middle = (
            px(RIGHT - 14.0) as i32,
            px(frame.top + frame.height / 2.0) as i32,
        );
        side.draw(&Text::new("probability of class 1", middle, upwards))?;
        chart.draw_series((0..LEVELS).map(|level| {
            let colour = tint(diverging(bottom(level) + 0.5 / LEVELS as f64), TINT);
            Rectangle::new([(0.0, bottom(level)), (1.0, 1.0)], colour.filled())
        }))?;
        chart.draw_series([outline([(0.0, 0.0), (1.0, 1.0)])])?;
        chart
            .configure_mesh()
            .disable_mesh()
            .disable_x_axis()
            .axis_style(INK.stroke_width(px(1.0)))
            .label_style(text(12.5))
            .y_labels(6)
            .y_label_formatter(&|probability| format!("{probability:.1}"))
            .set_all_tick_mark_size(px(4.0))
            .draw()
    }
}
