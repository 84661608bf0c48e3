//! A plotting area with its axes, their names and a title.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::axis::Axis;
use super::figure::{Drawn, GRID, INK, px, text};

/// Where the plotting area lies on the canvas, in nominal pixels.
pub struct Frame {
    /// Space above, for the title and the legend.
    pub top: f64,
    /// Space to the right.
    pub right: f64,
    /// Width of the plotting area.
    pub width: f64,
    /// Height of the plotting area.
    pub height: f64,
}

/// A plotting area that takes coordinates of its axes.
pub type Plot<'a, DB> = ChartContext<'a, DB, Cartesian2d<Axis, Axis>>;
type Failure<DB> = DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>;

/// Space to the left of every plotting area, for the name of the vertical axis and its ticks.
pub const LEFT: f64 = 66.0;
/// Space below every plotting area, for the name of the horizontal axis and its ticks.
pub const BOTTOM: f64 = 56.0;
/// Space above a plotting area without a legend.
pub const TITLE: f64 = 44.0;
/// Space above a plotting area with a legend.
pub const TITLE_AND_LEGEND: f64 = 68.0;

impl Frame {
    /// Width and height of the whole picture.
    pub fn size(&self) -> (u32, u32) {
        (
            (LEFT + self.width + self.right) as u32,
            (self.top + self.height + BOTTOM) as u32,
        )
    }

    /// Writes the title and the names of the axes around the plotting area.
    pub fn label<DB: DrawingBackend>(
        &self,
        canvas: &DrawingArea<DB, Shift>,
        [title, x_axis, y_axis]: [&str; 3],
    ) -> Drawn<DB>
    where
        DB::ErrorType: 'static,
    {
        let centred = |height| text(height).pos(Pos::new(HPos::Center, VPos::Center));
        let write = |text: &str, x: f64, y: f64, style: TextStyle<'static>| {
            let at = (px(x) as i32, px(y) as i32);
            canvas.draw(&Text::new(text.to_owned(), at, style))
        };
        let middle = LEFT + self.width / 2.0;
        write(title, middle, TITLE / 2.0, centred(17.0))?;
        write(x_axis, middle, self.top + self.height + 40.0, centred(14.0))?;
        let upwards = centred(14.0).transform(FontTransform::Rotate270);
        write(y_axis, 16.0, self.top + self.height / 2.0, upwards)
    }

    /// The plotting area, still empty.
    pub fn plot<'a, DB: DrawingBackend>(
        &self,
        canvas: &DrawingArea<DB, Shift>,
        [x, y]: [Axis; 2],
    ) -> Result<Plot<'a, DB>, Failure<DB>> {
        ChartBuilder::on(canvas)
            .margin_top(px(self.top))
            .margin_right(px(self.right))
            .x_label_area_size(px(BOTTOM))
            .y_label_area_size(px(LEFT))
            .build_cartesian_2d(x, y)
    }
}

/// Draws the axes of a plotting area with their ticks, and lines across it if there is to be a grid.
pub fn draw_axes<DB: DrawingBackend>(plot: &mut Plot<'_, DB>, grid: bool) -> Drawn<DB>
where
    DB::ErrorType: 'static,
{
    let lines = if grid { GRID.to_rgba() } else { TRANSPARENT };
    plot.configure_mesh()
        .axis_style(INK.stroke_width(px(1.0)))
        .bold_line_style(lines.stroke_width(px(1.0)))
        .light_line_style(TRANSPARENT)
        .label_style(text(12.5))
        .set_all_tick_mark_size(px(4.0))
        .draw()
}
