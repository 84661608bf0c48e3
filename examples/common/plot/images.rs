//! Small grey pictures in rows, each with a line of text below.

use nalgebra::DMatrix;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::figure::{Drawn, Figure, GRID, px, text};

/// Pictures side by side, in as many rows as it takes.
pub struct Images {
    /// What stands above all.
    pub title: String,
    /// The pictures.
    pub images: Vec<Image>,
}

/// One of them.
pub struct Image {
    /// From 0, white, to 1, black; the first row is the uppermost.
    pub pixels: DMatrix<f64>,
    /// The text below.
    pub caption: String,
}

const TOP: f64 = 48.0;
const MARGIN: f64 = 24.0;
/// Side of a picture, space between two, and height of the text below.
const SIDE: f64 = 72.0;
const GAP: f64 = 16.0;
const CAPTION: f64 = 22.0;
const COLUMNS: usize = 6;

impl Images {
    /// The upper left corner of a picture.
    fn corner(index: usize) -> (f64, f64) {
        let (row, column) = ((index / COLUMNS) as f64, (index % COLUMNS) as f64);
        (
            MARGIN + column * (SIDE + GAP),
            TOP + row * (SIDE + CAPTION + GAP),
        )
    }
}

impl Figure for Images {
    fn size(&self) -> (u32, u32) {
        let (right, _) = Images::corner(COLUMNS - 1);
        let (_, bottom) = Images::corner(self.images.len().saturating_sub(1));
        (
            (right + SIDE + MARGIN) as u32,
            (bottom + SIDE + CAPTION + MARGIN) as u32,
        )
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &DrawingArea<DB, Shift>) -> Drawn<DB>
    where
        DB::ErrorType: 'static,
    {
        let centre = Pos::new(HPos::Center, VPos::Center);
        let at = |x: f64, y: f64| (px(x) as i32, px(y) as i32);
        let (width, _) = self.size();
        let title = at(f64::from(width) / 2.0, TOP / 2.0);
        let style = text(17.0).pos(centre);
        canvas.draw(&Text::new(self.title.clone(), title, style))?;
        for (index, image) in self.images.iter().enumerate() {
            let (left, top) = Images::corner(index);
            let (rows, columns) = image.pixels.shape();
            let node = |row: usize, column: usize| {
                at(
                    left + SIDE * column as f64 / columns as f64,
                    top + SIDE * row as f64 / rows as f64,
                )
            };
            for row in 0..rows {
                for column in 0..columns {
                    let light = 1.0 - image.pixels[(row, column)].clamp(0.0, 1.0);
                    let grey = (255.0 * light).round() as u8;
                    let corners = [node(row, column), node(row + 1, column + 1)];
                    let fill = RGBColor(grey, grey, grey).filled();
                    canvas.draw(&Rectangle::new(corners, fill))?;
                }
            }
            let [a, b] = [node(0, 0), node(rows, columns)];
            let outline = vec![a, (b.0, a.1), b, (a.0, b.1), a];
            canvas.draw(&PathElement::new(outline, GRID.stroke_width(px(1.0))))?;
            let below = at(left + SIDE / 2.0, top + SIDE + CAPTION / 2.0);
            let style = text(12.5).pos(centre);
            canvas.draw(&Text::new(image.caption.clone(), below, style))?;
        }
        Ok(())
    }
}
