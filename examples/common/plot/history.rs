//! The loss over the iterations of a training run.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::{Drawn, Figure, Frame, GRID, INK, px, text};

/// A line of the loss against the iteration, on a logarithmic scale.
pub struct LossHistory<'a> {
    /// What stands above the picture.
    pub title: String,
    /// One positive number an iteration.
    pub losses: &'a [f64],
}

const FRAME: Frame = Frame {
    left: 66.0,
    top: 44.0,
    width: 590.0,
    height: 340.0,
};
const RIGHT: f64 = 24.0;
const BOTTOM: f64 = 56.0;
const LINE: RGBColor = RGBColor(33, 102, 172);

impl Figure for LossHistory<'_> {
    fn size(&self) -> (u32, u32) {
        let width = FRAME.left + FRAME.width + RIGHT;
        (width as u32, (FRAME.top + FRAME.height + BOTTOM) as u32)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &DrawingArea<DB, Shift>) -> Drawn<DB>
    where
        DB::ErrorType: 'static,
    {
        let points = self.losses.iter().copied().enumerate();
        let points = points.filter(|(_, loss)| loss.is_finite() && *loss > 0.0);
        let shown = points.clone().map(|(_, loss)| loss);
        let high = shown.clone().reduce(f64::max).unwrap_or(1.0) * 1.3;
        let low = shown.fold(high / 10.0, f64::min) / 1.3;
        let end = self.losses.len().max(1);

        FRAME.label(canvas, [&self.title, "iteration", "loss"])?;
        let mut chart = ChartBuilder::on(canvas)
            .margin_top(px(FRAME.top))
            .margin_right(px(RIGHT))
            .x_label_area_size(px(BOTTOM))
            .y_label_area_size(px(FRAME.left))
            .build_cartesian_2d(
                0..end,
                (low..high).log_scale().with_key_points(ticks(low, high)),
            )?;
        chart
            .configure_mesh()
            .axis_style(INK.stroke_width(px(1.0)))
            .bold_line_style(GRID.stroke_width(px(1.0)))
            .light_line_style(TRANSPARENT)
            .label_style(text(12.5))
            .x_labels(9)
            .y_label_formatter(&|loss| format!("{loss}"))
            .set_all_tick_mark_size(px(4.0))
            .draw()?;
        chart.draw_series(LineSeries::new(points, LINE.stroke_width(px(2.0))))?;
        Ok(())
    }
}

/// 1, 2 and 5 times the powers of ten between two numbers; only the powers over three decades.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let digits: &[u32] = if high / low < 1e3 { &[1, 2, 5] } else { &[1] };
    let decades = low.log10().floor() as i32..=high.log10().ceil() as i32;
    decades
        // Parsed, so that 0.05 is the nearest number to 0.05 and prints as that.
        .flat_map(|decade| digits.iter().map(move |digit| format!("{digit}e{decade}")))
        .filter_map(|tick| tick.parse().ok())
        .filter(|tick| (low..=high).contains(tick))
        .collect()
}
