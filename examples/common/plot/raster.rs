//! A bitmap backend that centres text and rounds the joints of lines.
//!
//! In bitmaps, plotters places the glyphs of a registered font a quarter of their height too high,
//! and draws spikes where a broad line turns back; in SVG it does neither. Everything else is left
//! to [`BitMapBackend`].

use plotters::backend::BitMapBackend;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

/// Draws on a buffer of RGB bytes.
pub struct Raster<'a>(BitMapBackend<'a>);

type Error = <BitMapBackend<'static> as DrawingBackend>::ErrorType;
type Outcome = Result<(), DrawingErrorKind<Error>>;

impl<'a> Raster<'a> {
    /// `buffer` has three bytes a pixel, row by row from the top.
    pub fn new(buffer: &'a mut [u8], size: (u32, u32)) -> Raster<'a> {
        Raster(BitMapBackend::with_buffer(buffer, size))
    }
}

impl DrawingBackend for Raster<'_> {
    type ErrorType = Error;

    fn get_size(&self) -> (u32, u32) {
        self.0.get_size()
    }

    fn ensure_prepared(&mut self) -> Outcome {
        self.0.ensure_prepared()
    }

    fn present(&mut self) -> Outcome {
        self.0.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Outcome {
        self.0.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
    ) -> Outcome {
        self.0.draw_line(a, b, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Outcome {
        self.0.draw_rect(upper_left, bottom_right, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome {
        let mut last = None;
        for point in path {
            if let Some(last) = last {
                self.draw_line(last, point, style)?;
                self.draw_circle(
                    point,
                    style.stroke_width().saturating_sub(1) / 2,
                    style,
                    true,
                )?;
            }
            last = Some(point);
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Outcome {
        let font_error = |error| DrawingErrorKind::FontError(Box::new(error));
        let ((left, top), (right, bottom)) = style.layout_box(text).map_err(font_error)?;
        let (width, height) = (right - left, bottom - top);
        let dx = match style.anchor().h_pos {
            HPos::Left => -left,
            HPos::Center => -left - width / 2,
            HPos::Right => -left - width,
        };
        let dy = match style.anchor().v_pos {
            VPos::Top => -top,
            VPos::Center => -top - height / 2,
            VPos::Bottom => -top - height,
        };
        let sink = height / 4;
        let turn = style.transform();
        let drawn = style.draw(text, (0, 0), |x, y, color| {
            let (x, y) = turn.transform(x + dx, y + dy + sink);
            self.draw_pixel((at.0 + x, at.1 + y), color)
        });
        drawn.map_err(font_error)?
    }
}
