//! How layers that hold layers print: as one line with `{}`, as a table with `{:#}`.

use std::fmt::{self, Display, Formatter};

use micrograd_core::Parameters;

use crate::{Parameter, parameters};

/// The column at which the numbers of parameters end, unless the format says another: `{:#60}`.
const COLUMN: usize = 44;

/// A layer that can stand in a table.
pub(crate) trait Row: Display {
    fn parameters(&self) -> Vec<Parameter>;
}

impl<L: Display + Parameters + Clone> Row for L {
    fn parameters(&self) -> Vec<Parameter> {
        parameters(self)
    }
}

/// Writes `name(first, second, …)`, or the same over several lines with the parameters of each.
pub(crate) fn write_layers(f: &mut Formatter<'_>, name: &str, layers: &[&dyn Row]) -> fmt::Result {
    if f.alternate() {
        return write_table(f, name, layers);
    }
    write!(f, "{name}(")?;
    for (index, layer) in layers.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{layer}")?;
    }
    write!(f, ")")
}

/// ```text
/// name(
///   first                    48 = weight 16×2 + bias 16×1
///   second(
///     …
///   )                        12 parameters
/// )                          60 parameters
/// ```
fn write_table(f: &mut Formatter<'_>, name: &str, layers: &[&dyn Row]) -> fmt::Result {
    let column = f.width().unwrap_or(COLUMN);
    let mut total = 0;
    writeln!(f, "{name}(")?;
    for layer in layers {
        let parameters = layer.parameters();
        let size = parameters.iter().map(Parameter::size).sum::<usize>();
        total += size;
        // A layer that holds layers is a table itself, two columns to the right.
        let table = format!("{layer:#width$}", width = column.saturating_sub(2));
        if table.contains('\n') {
            for line in table.lines() {
                writeln!(f, "  {line}")?;
            }
        } else {
            let arrays: Vec<String> = parameters.iter().map(Parameter::to_string).collect();
            let equals = if arrays.is_empty() { "" } else { " = " };
            let line = line(&format!("  {layer}"), size, column);
            writeln!(f, "{line}{equals}{}", arrays.join(" + "))?;
        }
    }
    write!(f, "{} parameters", line(")", total, column))
}

/// A text, and a number that ends at a column, or two spaces behind a text that is too long.
fn line(text: &str, number: usize, column: usize) -> String {
    let number = number.to_string();
    let spaces = column.saturating_sub(text.chars().count() + number.len());
    format!("{text}{}{number}", " ".repeat(spaces.max(2)))
}
