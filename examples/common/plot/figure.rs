//! What all figures are made of.
//!
//! A [`Figure`] draws itself with plotters on a canvas [`SCALE`] times larger than its nominal
//! size, in coordinates of that canvas.

use plotters::coord::Shift;
use plotters::prelude::*;

/// Canvas units a nominal pixel.
pub const SCALE: u32 = 4;

/// The result of drawing on a backend.
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Something that can be drawn on any backend.
pub trait Figure {
    /// Width and height in nominal pixels.
    fn size(&self) -> (u32, u32);

    /// Draws on a white canvas of [`SCALE`] times that size.
    fn draw<DB: DrawingBackend>(&self, canvas: &DrawingArea<DB, Shift>) -> Drawn<DB>
    where
        DB::ErrorType: 'static;
}

/// `length` nominal pixels in canvas units.
pub fn px(length: f64) -> u32 {
    (length * f64::from(SCALE)).round() as u32
}

/// Text of a nominal height in the colour of all text.
pub fn text(height: f64) -> TextStyle<'static> {
    ("sans-serif", px(height))
        .into_text_style(&(1, 1))
        .color(&INK)
}

/// The colour of text and axes.
pub const INK: RGBColor = RGBColor(38, 42, 51);
/// The colour of grid lines.
pub const GRID: RGBColor = RGBColor(228, 230, 235);
