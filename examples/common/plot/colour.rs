//! The colours of series and classes, and a diverging colour map: blue for 0, nearly white in the
//! middle, red for 1.

use plotters::style::RGBColor;

/// The colours of series.
pub const BLUE: RGBColor = RGBColor(33, 102, 172);
/// See [`BLUE`].
pub const RED: RGBColor = RGBColor(178, 24, 43);
/// See [`BLUE`].
pub const GREEN: RGBColor = RGBColor(27, 120, 55);
/// See [`BLUE`].
pub const AMBER: RGBColor = RGBColor(224, 130, 20);
/// For many points under a line.
pub const PALE: RGBColor = RGBColor(213, 217, 224);
/// For what is only compared with.
pub const GREY: RGBColor = RGBColor(130, 136, 148);
/// The colours of classes.
pub const CLASSES: [RGBColor; 4] = [BLUE, AMBER, GREEN, RED];

/// ColorBrewer's "RdBu" with eleven classes, from blue to red, softened at both ends.
///
/// Source: C. Brewer, colorbrewer2.org.
const STOPS: [[f64; 3]; 9] = [
    [33.0, 102.0, 172.0],
    [67.0, 147.0, 195.0],
    [146.0, 197.0, 222.0],
    [209.0, 229.0, 240.0],
    [247.0, 247.0, 247.0],
    [253.0, 219.0, 199.0],
    [244.0, 165.0, 130.0],
    [214.0, 96.0, 77.0],
    [178.0, 24.0, 43.0],
];

/// The colour of a number from 0 to 1; numbers outside are clamped.
pub fn diverging(value: f64) -> RGBColor {
    let position = value.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let below = (position as usize).min(STOPS.len() - 2);
    let fraction = position - below as f64;
    let channel = |i: usize| {
        let (low, high) = (STOPS[below][i], STOPS[below + 1][i]);
        (low + fraction * (high - low)).round() as u8
    };
    RGBColor(channel(0), channel(1), channel(2))
}

/// `colour` mixed with white: 0 leaves it, 1 gives white.
pub fn tint(colour: RGBColor, white: f64) -> RGBColor {
    let channel = |c: u8| (f64::from(c) + white * (255.0 - f64::from(c))).round() as u8;
    RGBColor(channel(colour.0), channel(colour.1), channel(colour.2))
}
