//! The range of an axis and its ticks.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// How numbers are placed along an axis.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// At themselves.
    Linear,
    /// At their decimal logarithms.
    Logarithmic,
}

impl Scale {
    /// Where a number is placed; not finite if it cannot be.
    pub fn place(self, number: f64) -> f64 {
        match self {
            Scale::Linear => number,
            Scale::Logarithmic => number.log10(),
        }
    }

    /// The axis between two places, with ticks at round numbers, at most `most` if it is linear.
    pub fn axis(self, low: f64, high: f64, most: usize) -> Axis {
        match self {
            Scale::Linear => Axis::linear(low, high, most),
            Scale::Logarithmic => Axis::logarithmic(low, high),
        }
    }
}

/// An axis, in places of its [`Scale`]; a coordinate of plotters.
#[derive(Clone)]
pub struct Axis {
    range: Range<f64>,
    /// Places and labels.
    ticks: Vec<(f64, String)>,
}

impl Axis {
    /// From `low` to `high` with at most `most` ticks at round numbers.
    pub fn linear(low: f64, high: f64, most: usize) -> Axis {
        let step = round_step((high - low) / most as f64);
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        let first = (low / step).ceil() as i64;
        let last = (high / step).floor() as i64;
        let ticks = (first..=last).map(|i| {
            let number = i as f64 * step;
            (number, with_true_minus(format!("{number:.decimals$}")))
        });
        Axis {
            range: low..high,
            ticks: ticks.collect(),
        }
    }

    /// Between two decimal logarithms, with ticks at powers of ten, and over few of these also at
    /// multiples of them.
    fn logarithmic(low: f64, high: f64) -> Axis {
        let decades = low.floor() as i32..=high.ceil() as i32;
        let digits: &[u32] = match high - low {
            ..1.0 => &[1, 2, 3, 4, 5, 6, 7, 8, 9],
            ..3.0 => &[1, 2, 5],
            _ => &[1],
        };
        let every = (high - low) as i32 / 10 + 1;
        let ticks = decades
            .filter(|decade| decade % every == 0)
            .flat_map(|decade| digits.iter().map(move |digit| (*digit, decade)))
            .filter_map(|(digit, decade)| {
                // Parsed, so that 0.05 is the nearest number to 0.05 and prints as that.
                let number: f64 = format!("{digit}e{decade}").parse().ok()?;
                let label = if high - low < 6.0 {
                    number.to_string()
                } else {
                    format!("10{}", superscript(decade))
                };
                let place = number.log10();
                (low..=high).contains(&place).then_some((place, label))
            });
        Axis {
            range: low..high,
            ticks: ticks.collect(),
        }
    }

    /// The distance between its ends.
    pub fn length(&self) -> f64 {
        self.range.end - self.range.start
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, place: &f64, (low, high): (i32, i32)) -> i32 {
        let Range { start, end } = self.range;
        low + (f64::from(high - low) * (place - start) / (end - start)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.iter().map(|(place, _)| *place).collect()
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format(place: &f64) -> String {
        place.to_string()
    }

    fn format_ext(&self, place: &f64) -> String {
        let tick = self.ticks.iter().find(|tick| tick.0 == *place);
        tick.map_or_else(String::new, |(_, label)| label.clone())
    }
}

/// 1, 2 or 5 times a power of ten, at least `step`.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let factors = [1.0, 2.0, 5.0, 10.0].into_iter();
    let mut steps = factors.map(|factor| factor * power);
    steps.find(|round| *round >= step).unwrap_or(step)
}

fn superscript(exponent: i32) -> String {
    let digits = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raised = |sign: char| match sign.to_digit(10) {
        Some(digit) => digits[digit as usize],
        None => '⁻',
    };
    exponent.to_string().chars().map(raised).collect()
}

fn with_true_minus(number: String) -> String {
    number.replace('-', "−")
}
