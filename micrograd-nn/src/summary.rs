//! The parameters of a model by name, shape and number.

use std::fmt;

use micrograd_core::{Name, Parameters};

/// One array of trainable numbers inside a model.
///
/// ```
/// let model = (0.5, vec![1.0, 2.0, 3.0]);
/// let texts: Vec<_> = micrograd_nn::parameters(&model).iter().map(|p| p.to_string()).collect();
/// assert_eq!(texts, ["0 1", "1 3"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The path of fields that leads to it, such as `layers.0.weight`.
    pub name: String,
    /// Empty for a number, one length for a sequence, rows and columns for a matrix.
    pub shape: Vec<usize>,
}

impl Parameter {
    /// The number of numbers.
    ///
    /// ```
    /// let shape = vec![16, 2];
    /// let weight = micrograd_nn::Parameter { name: "weight".into(), shape };
    /// assert_eq!(weight.size(), 32);
    /// ```
    pub fn size(&self) -> usize {
        self.shape.iter().product()
    }

    /// The shape as text: `16×2`, or `1` for a number.
    fn shape_text(&self) -> String {
        match &self.shape[..] {
            [] => "1".to_owned(),
            lengths => lengths
                .iter()
                .map(usize::to_string)
                .collect::<Vec<_>>()
                .join("×"),
        }
    }
}

/// `weight 16×2`
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.shape_text())
    }
}

/// The trainable arrays of a model, in the order of its fields.
///
/// The traversal is a mutable one, therefore it visits a clone.
///
/// ```
/// let model = (0.5, vec![1.0, 2.0, 3.0]);
/// let names: Vec<_> = micrograd_nn::parameters(&model).into_iter().map(|p| p.name).collect();
/// assert_eq!(names, ["0", "1"]);
/// ```
pub fn parameters<M: Parameters + Clone>(model: &M) -> Vec<Parameter> {
    let mut found = Vec::new();
    let mut tangent = model.zero_tangent();
    model
        .clone()
        .visit_parameters(&mut tangent, &mut Name::default(), &mut |name, shape, _| {
            found.push(Parameter {
                name: name.to_owned(),
                shape: shape.to_vec(),
            });
        });
    found
}

/// The number of trainable numbers of a model.
///
/// ```
/// assert_eq!(micrograd_nn::num_parameters(&(0.5, vec![1.0, 2.0, 3.0])), 4);
/// ```
pub fn num_parameters<M: Parameters + Clone>(model: &M) -> usize {
    parameters(model).iter().map(Parameter::size).sum()
}

/// A table of the trainable arrays of a model with their total, to be printed.
///
/// ```
/// use nalgebra::DMatrix;
///
/// let layer = (DMatrix::<f64>::zeros(16, 2), DMatrix::<f64>::zeros(16, 1));
/// let model = (layer, 0.5);
/// let table = "\
/// 0.0   16×2   32
/// 0.1   16×1   16
/// 1        1    1
/// total        49";
/// assert_eq!(micrograd_nn::summary(&model).to_string(), table);
/// ```
pub fn summary<M: Parameters + Clone>(model: &M) -> Summary {
    Summary(parameters(model))
}

/// What [`summary`] returns: its [`Display`](fmt::Display) is the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary(Vec<Parameter>);

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.0.iter().map(Parameter::size).sum::<usize>();
        let rows = self
            .0
            .iter()
            .map(|p| (&p.name[..], p.shape_text(), p.size()));
        let rows: Vec<_> = rows.chain([("total", String::new(), total)]).collect();
        let width =
            |text: fn(&(&str, String, usize)) -> usize| rows.iter().map(text).max().unwrap_or(0);
        let name_width = width(|row| row.0.chars().count());
        let shape_width = width(|row| row.1.chars().count());
        let size_width = width(|row| row.2.to_string().len());
        for (i, (name, shape, size)) in rows.iter().enumerate() {
            let line_break = if i == 0 { "" } else { "\n" };
            write!(
                f,
                "{line_break}{name:name_width$} {shape:>shape_width$}   {size:>size_width$}"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_text_are_not_parameters() {
        let model = (1.0, 2_usize, String::from("relu"), vec![(3.0_f32, true)]);
        let found = parameters(&model);
        let names: Vec<&str> = found.iter().map(|parameter| &parameter.name[..]).collect();
        assert_eq!(names, ["0", "3.0.0"]);
    }

    #[test]
    fn a_model_without_parameters_has_a_total_of_none() {
        assert_eq!(num_parameters(&7_usize), 0);
        assert_eq!(summary(&7_usize).to_string(), "total    0");
    }
}
