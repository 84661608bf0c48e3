//! What each colour and mark stands for, in a row above the plotting area.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::RGBColor;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::figure::{Drawn, px, text};
use super::frame::{LEFT, TITLE, TITLE_AND_LEGEND};
use super::mark::Mark;

/// Width of a symbol, its distance from its text, and that from the text to the next symbol.
const SYMBOL: f64 = 22.0;
const GAP: f64 = 6.0;
const SPACE: f64 = 18.0;

/// Draws the row between the title and the plotting area, from its left end on.
pub fn draw_legend<'a, DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    entries: impl IntoIterator<Item = (Mark, RGBColor, &'a str)>,
) -> Drawn<DB>
where
    DB::ErrorType: 'static,
{
    let style = text(12.5).pos(Pos::new(HPos::Left, VPos::Center));
    let y = px(TITLE + (TITLE_AND_LEGEND - TITLE) / 2.0 - 4.0) as i32;
    let mut x = px(LEFT) as i32;
    for (mark, colour, label) in entries {
        let end = x + px(SYMBOL) as i32;
        let points = match mark {
            Mark::Line | Mark::Dashes => vec![(x, y), (end, y)],
            Mark::Points => vec![((x + end) / 2, y)],
        };
        for element in mark.elements(points, colour) {
            canvas.draw(&element)?;
        }
        let start = end + px(GAP) as i32;
        canvas.draw(&Text::new(label.to_owned(), (start, y), style.clone()))?;
        let (width, _) = canvas.estimate_text_size(label, &style)?;
        x = start + width as i32 + px(SPACE) as i32;
    }
    Ok(())
}
