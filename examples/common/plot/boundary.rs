//! The decision boundary of a classifier of points in the plane.

use nalgebra::DMatrix;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::colour::{diverging, tint};
use super::grid::{Corners, Grid};
use super::{Drawn, Figure, Frame, INK, px, text};

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

/// Space around the points, in their units.
const MARGIN: f64 = 0.5;
/// Width of the plotting area and the space around it, in nominal pixels.
const WIDTH: f64 = 560.0;
const LEFT: f64 = 66.0;
const RIGHT: f64 = 96.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 56.0;
/// Steps of the colour scale: the fewer, the fewer rectangles in the SVG.
const LEVELS: usize = 32;
/// How much the heat map is mixed with white, so that the points stand out.
const TINT: f64 = 0.35;

impl Figure for DecisionBoundary<'_> {
    fn size(&self) -> (u32, u32) {
        let height = TOP + self.frame().height + BOTTOM;
        ((LEFT + WIDTH + RIGHT) as u32, height as u32)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &DrawingArea<DB, Shift>) -> Drawn<DB>
    where
        DB::ErrorType: 'static,
    {
        let (plot, side) = canvas.split_horizontally(px(LEFT + WIDTH));
        self.draw_plot(&plot)?;
        self.draw_scale(&side)
    }
}

impl DecisionBoundary<'_> {
    /// The smallest and largest coordinate shown along each axis.
    fn extent(&self) -> [(f64, f64); 2] {
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
    fn frame(&self) -> Frame {
        let [x, y] = self.extent();
        let height = (WIDTH * (y.1 - y.0) / (x.1 - x.0))
            .clamp(WIDTH / 2.0, WIDTH)
            .round();
        Frame {
            left: LEFT,
            top: TOP,
            width: WIDTH,
            height,
        }
    }

    fn draw_plot<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB>
    where
        DB::ErrorType: 'static,
    {
        let [x, y] = self.extent();
        self.frame().label(area, [&self.title, "x₁", "x₂"])?;
        let mut chart = ChartBuilder::on(area)
            .margin_top(px(TOP))
            .x_label_area_size(px(BOTTOM))
            .y_label_area_size(px(LEFT))
            .build_cartesian_2d(x.0..x.1, y.0..y.1)?;

        let grid = Grid::sample(self.probability, [x, y], self.resolution);
        chart.draw_series(grid.runs(LEVELS).into_iter().map(|(level, corners)| {
            let value = (level as f64 + 0.5) / LEVELS as f64;
            Rectangle::new(corners, tint(diverging(value), TINT).filled())
        }))?;
        chart.draw_series([outline([(x.0, y.0), (x.1, y.1)])])?;
        let line = INK.stroke_width(px(1.6));
        chart.draw_series(
            grid.contour(0.5)
                .into_iter()
                .map(|points| PathElement::new(points, line)),
        )?;
        for class in [0, 1] {
            let fill = diverging(class as f64);
            let points = self.points.column_iter().zip(self.labels);
            let points = points.filter(|(_, label)| **label == class);
            chart
                .draw_series(points.flat_map(|(point, _)| marker((point[0], point[1]), fill)))?
                .label(format!("class {class}"))
                .legend(move |(x, y)| {
                    let [edge, fill] = marker((px(10.0) as i32, 0), fill);
                    EmptyElement::at((x, y)) + edge + fill
                });
        }
        chart
            .configure_mesh()
            .disable_mesh()
            .axis_style(INK.stroke_width(px(1.0)))
            .label_style(text(12.5))
            .x_labels(8)
            .y_labels(6)
            .x_label_formatter(&coordinate)
            .y_label_formatter(&coordinate)
            .set_all_tick_mark_size(px(4.0))
            .draw()?;
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::Coordinate(
                px(WIDTH - 88.0) as i32,
                px(9.0) as i32,
            ))
            .legend_area_size(px(20.0))
            .margin(px(8.0))
            .background_style(WHITE.mix(0.85))
            .label_font(text(12.5))
            .draw()
    }

    fn draw_scale<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB>
    where
        DB::ErrorType: 'static,
    {
        let mut chart = ChartBuilder::on(area)
            .margin_top(px(TOP))
            .margin_bottom(px(BOTTOM))
            .margin_left(px(18.0))
            .right_y_label_area_size(px(RIGHT - 34.0))
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        let bottom = |level: usize| level as f64 / LEVELS as f64;
        let centre = text(14.0).pos(Pos::new(HPos::Center, VPos::Center));
        let upwards = centre.transform(FontTransform::Rotate270);
        let middle = (
            px(RIGHT - 14.0) as i32,
            px(TOP + self.frame().height / 2.0) as i32,
        );
        area.draw(&Text::new("probability of class 1", middle, upwards))?;
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

/// A filled circle with a dark edge, as two circles one over the other.
fn marker<At: Clone>(at: At, fill: RGBColor) -> [Circle<At, u32>; 2] {
    let edge = Circle::new(at.clone(), px(4.4), INK.filled());
    [edge, Circle::new(at, px(3.5), fill.filled())]
}

/// The border of a rectangle, as a path: in SVG, plotters gives rectangles no line width.
fn outline([a, b]: Corners) -> PathElement<(f64, f64)> {
    let corners = [a, (b.0, a.1), b, (a.0, b.1), a];
    PathElement::new(corners, INK.stroke_width(px(1.0)))
}

/// A coordinate with a true minus sign.
fn coordinate(value: &f64) -> String {
    format!("{value:.1}").replace('-', "−")
}
