//! Series of points over one axis.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::RGBColor;

use super::axis::{Axis, Scale};
use super::colour::BLUE;
use super::figure::{Drawn, Figure};
use super::frame::{Frame, TITLE, TITLE_AND_LEGEND, draw_axes};
use super::legend::draw_legend;
use super::mark::Mark;

/// Lines and points with a legend above them.
pub struct Chart<'a> {
    /// What stands above the picture.
    pub title: String,
    /// The names of the horizontal and the vertical axis.
    pub axes: [&'a str; 2],
    /// The scales of both axes; what cannot be placed on them is not drawn.
    pub scales: [Scale; 2],
    /// What is shown, the first one lowest.
    pub series: Vec<Series<'a>>,
}

/// Points that belong together.
pub struct Series<'a> {
    /// Its name in the legend; if there is only one, that may be empty, and there is no legend.
    pub label: &'a str,
    /// How it is drawn.
    pub mark: Mark,
    /// Its colour.
    pub colour: RGBColor,
    /// Coordinates along both axes.
    pub points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 590.0;
const HEIGHT: f64 = 340.0;

impl<'a> Series<'a> {
    /// The fields in order.
    pub fn new(
        label: &'a str,
        mark: Mark,
        colour: RGBColor,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Series<'a> {
        let points = points.into_iter().collect();
        Series {
            label,
            mark,
            colour,
            points,
        }
    }
}

impl Chart<'_> {
    /// The loss before each update of a training run, on a logarithmic scale.
    pub fn of_losses(title: String, losses: &[f64]) -> Chart<'static> {
        let points = losses.iter().enumerate();
        let points = points.map(|(i, loss)| (i as f64, *loss));
        Chart {
            title,
            axes: ["iteration", "loss"],
            scales: [Scale::Linear, Scale::Logarithmic],
            series: vec![Series::new("", Mark::Line, BLUE, points)],
        }
    }

    fn has_legend(&self) -> bool {
        self.series.iter().any(|series| !series.label.is_empty())
    }

    fn frame(&self) -> Frame {
        let top = if self.has_legend() {
            TITLE_AND_LEGEND
        } else {
            TITLE
        };
        Frame {
            top,
            right: 24.0,
            width: WIDTH,
            height: HEIGHT,
        }
    }

    /// The points of a series in places of the axes.
    fn places(&self, series: &Series) -> Vec<(f64, f64)> {
        let [x_scale, y_scale] = self.scales;
        let places = series.points.iter();
        let places = places.map(|(x, y)| (x_scale.place(*x), y_scale.place(*y)));
        places
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .collect()
    }

    /// Both axes; the vertical one is a little longer than the points reach.
    fn ranges(&self) -> [Axis; 2] {
        let places: Vec<(f64, f64)> = self.series.iter().flat_map(|s| self.places(s)).collect();
        let (left, right) = range(places.iter().map(|place| place.0));
        let (low, high) = range(places.iter().map(|place| place.1));
        let margin = 0.06 * (high - low);
        [
            self.scales[0].axis(left, right, 10),
            self.scales[1].axis(low - margin, high + margin, 8),
        ]
    }
}

impl Figure for Chart<'_> {
    fn size(&self) -> (u32, u32) {
        self.frame().size()
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &DrawingArea<DB, Shift>) -> Drawn<DB>
    where
        DB::ErrorType: 'static,
    {
        let frame = self.frame();
        frame.label(canvas, [&self.title, self.axes[0], self.axes[1]])?;
        if self.has_legend() {
            let entries = self.series.iter();
            draw_legend(canvas, entries.map(|s| (s.mark, s.colour, s.label)))?;
        }
        let [x, y] = self.ranges();
        let mut plot = frame.plot(canvas, [x.clone(), y])?;
        draw_axes(&mut plot, true)?;
        let pixel = x.length() / WIDTH;
        for series in &self.series {
            let places = self.places(series);
            let shown = match series.mark {
                Mark::Points => places,
                Mark::Line | Mark::Dashes => thinned(places, pixel / 2.0),
            };
            plot.draw_series(series.mark.elements(shown, series.colour))?;
        }
        Ok(())
    }
}

/// The smallest and the largest number, made different.
fn range(numbers: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let low = numbers.clone().reduce(f64::min).unwrap_or(0.0);
    let high = numbers.reduce(f64::max).unwrap_or(0.0);
    if low < high {
        (low, high)
    } else {
        (low - 0.5, low + 0.5)
    }
}

/// The ends of a line and of what lies between only points with at least this distance along x.
fn thinned(places: Vec<(f64, f64)>, distance: f64) -> Vec<(f64, f64)> {
    let last = places.len().saturating_sub(1);
    let mut shown: Vec<(f64, f64)> = Vec::new();
    for (i, place) in places.into_iter().enumerate() {
        if i == last
            || shown
                .last()
                .is_none_or(|kept| (place.0 - kept.0).abs() >= distance)
        {
            shown.push(place);
        }
    }
    shown
}
