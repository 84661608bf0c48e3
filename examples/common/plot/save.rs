//! Figures as files.
//!
//! The PNG averages blocks of the canvas's pixels, which smooths every edge; the SVG keeps the fine
//! coordinates and only its `width` and `height` are the nominal ones.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Once;

use plotters::backend::{BitMapBackend, SVGBackend};
use plotters::prelude::*;
use plotters::style::register_font;

use super::figure::{Figure, SCALE};
use super::raster::Raster;

/// Canvas units a pixel of the PNG, which has twice the nominal size for dense screens.
const BLOCK: u32 = 2;

/// Writes `figure` as `name`.png and `name`.svg to `folder`, which is created if need be.
///
/// # Errors
/// If a file cannot be written; the message names it.
pub fn save(
    figure: &impl Figure,
    folder: &Path,
    name: &str,
) -> Result<[PathBuf; 2], Box<dyn Error>> {
    register_fonts();
    fs::create_dir_all(folder)
        .map_err(|error| format!("cannot create the folder {}: {error}", folder.display()))?;
    let named =
        |path: &Path, error: &dyn Error| format!("cannot write {}: {error}", path.display());
    let png = folder.join(name).with_extension("png");
    write_png(figure, &png).map_err(|error| named(&png, &*error))?;
    let svg = folder.join(name).with_extension("svg");
    let picture = svg_text(figure)?;
    fs::write(&svg, picture).map_err(|error| named(&svg, &error))?;
    Ok([png, svg])
}

fn write_png(figure: &impl Figure, path: &Path) -> Result<(), Box<dyn Error>> {
    let (width, height) = figure.size();
    let canvas = (width * SCALE, height * SCALE);
    let mut fine = vec![255; (canvas.0 * canvas.1 * 3) as usize];
    draw(figure, Raster::new(&mut fine, canvas))?;

    let row = canvas.0 as usize * 3;
    let block = BLOCK as usize;
    let (columns, rows) = (canvas.0 / BLOCK, canvas.1 / BLOCK);
    let mut picture = BitMapBackend::new(path, (columns, rows));
    for y in 0..rows as usize {
        for x in 0..columns as usize {
            let mean = |channel: usize| {
                let corner = y * block * row + x * block * 3 + channel;
                let sum: u32 = (0..block * block)
                    .map(|i| u32::from(fine[corner + i / block * row + i % block * 3]))
                    .sum();
                (sum / (BLOCK * BLOCK)) as u8
            };
            let colour = RGBColor(mean(0), mean(1), mean(2));
            picture.draw_pixel((x as i32, y as i32), colour.to_backend_color())?;
        }
    }
    picture.present()?;
    Ok(())
}

fn svg_text(figure: &impl Figure) -> Result<String, Box<dyn Error>> {
    let (width, height) = figure.size();
    let canvas = (width * SCALE, height * SCALE);
    let mut text = String::new();
    draw(figure, SVGBackend::with_string(&mut text, canvas))?;
    let fine = format!(r#"<svg width="{}" height="{}""#, canvas.0, canvas.1);
    let nominal = format!(r#"<svg width="{width}" height="{height}""#);
    assert!(text.starts_with(&fine), "plotters writes another header");
    let text = text.replacen(&fine, &nominal, 1);
    // The defaults of SVG, spelled out in each of thousands of rectangles.
    Ok(text
        .replace(r#" opacity="1""#, "")
        .replace(r#" stroke="none""#, ""))
}

fn draw<DB: DrawingBackend>(figure: &impl Figure, backend: DB) -> Result<(), Box<dyn Error>>
where
    DB::ErrorType: 'static,
{
    let canvas = backend.into_drawing_area();
    canvas.fill(&WHITE)?;
    figure.draw(&canvas)?;
    canvas.present()?;
    Ok(())
}

fn register_fonts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let font = include_bytes!("../../assets/DejaVuSans-subset.ttf");
        if register_font("sans-serif", FontStyle::Normal, font).is_err() {
            unreachable!("the font is part of the program");
        }
    });
}
