//! The numbers that values and tangents hold, one after the other.

use crate::{Leaf, Name, Parameters};

/// One number in a value, with that of its tangent.
pub(super) struct Number {
    pub leaf: String,
    pub shape: Vec<usize>,
    pub index: usize,
    pub value: f64,
    pub tangent: f64,
    pub single: bool,
}

impl Number {
    /// The argument that the number is a part of, by which its leaf's path begins.
    pub fn argument(&self) -> Option<usize> {
        self.leaf.split('.').next()?.parse().ok()
    }

    /// Where the number is, for a message.
    pub fn place(&self, names: &[&str]) -> String {
        let (mut place, path) = match self.argument().and_then(|index| names.get(index)) {
            Some(name) => {
                let (_, rest) = self.leaf.split_once('.').unwrap_or_default();
                (format!("argument `{name}`"), rest)
            }
            None => ("the argument".to_owned(), &self.leaf[..]),
        };
        if !path.is_empty() {
            place += &format!(", leaf `{path}`");
        }
        match self.shape[..] {
            [] => place,
            [rows, _] => format!(
                "{place}, index ({}, {})",
                self.index % rows,
                self.index / rows
            ),
            _ => format!("{place}, index {}", self.index),
        }
    }
}

/// All numbers in `x` in order, with those of a tangent that may still be shapeless.
pub(super) fn numbers<X: Parameters + Clone>(x: &X, tangent: &X::Tangent) -> Vec<Number> {
    let mut full = x.zero_tangent();
    crate::Accumulate::accumulate(&mut full, tangent);
    let mut numbers = Vec::new();
    visit(&mut x.clone(), &mut full, |name, shape, index, slot| {
        let (value, tangent, single) = match slot {
            Slot::F32(value, tangent) => (f64::from(*value), f64::from(*tangent), true),
            Slot::F64(value, tangent) => (*value, *tangent, false),
        };
        let (leaf, shape) = (name.to_owned(), shape.to_vec());
        numbers.push(Number {
            leaf,
            shape,
            index,
            value,
            tangent,
            single,
        });
    });
    numbers
}

pub(super) fn numbers_of_tangent<X: Parameters + Clone>(x: &X, tangent: &X::Tangent) -> Vec<f64> {
    numbers(x, tangent)
        .iter()
        .map(|number| number.tangent)
        .collect()
}

/// A number and its tangent.
pub(super) enum Slot<'a> {
    F32(&'a mut f32, &'a mut f32),
    F64(&'a mut f64, &'a mut f64),
}

/// Calls `each(leaf, shape, index, slot)` for every number in `x`.
pub(super) fn visit<X: Parameters>(
    x: &mut X,
    tangent: &mut X::Tangent,
    mut each: impl FnMut(&str, &[usize], usize, Slot<'_>),
) {
    x.visit_parameters(
        tangent,
        &mut Name::default(),
        &mut |name, shape, leaf| match leaf {
            Leaf::F32(values, tangents) => {
                for (index, (value, tangent)) in values.iter_mut().zip(tangents).enumerate() {
                    each(name, shape, index, Slot::F32(value, tangent));
                }
            }
            Leaf::F64(values, tangents) => {
                for (index, (value, tangent)) in values.iter_mut().zip(tangents).enumerate() {
                    each(name, shape, index, Slot::F64(value, tangent));
                }
            }
        },
    );
}

/// 1 for a single number, else numbers between ½ and 1½ of alternating sign.
pub(super) fn fixed_cotangent<Y: Parameters>(y: &mut Y) -> Y::Tangent {
    let mut cotangent = y.zero_tangent();
    let mut count = 0;
    visit(y, &mut cotangent, |_, _, _, _| count += 1);
    let mut position = 0;
    visit(y, &mut cotangent, |_, _, _, slot| {
        let golden = (f64::from(position) * 0.618_033_988_749_895).fract();
        let sign = if position % 2 == 0 { 1.0 } else { -1.0 };
        let weight = if count == 1 {
            1.0
        } else {
            sign * (0.5 + golden)
        };
        match slot {
            Slot::F32(_, tangent) => *tangent = weight as f32,
            Slot::F64(_, tangent) => *tangent = weight,
        }
        position += 1;
    });
    cotangent
}

/// `⟨w, y⟩` with the sum of the magnitudes of its terms, and whether a term is an `f32`.
pub(super) fn project<Y: Parameters>(mut y: Y, w: &Y::Tangent) -> (f64, f64, bool) {
    let (mut sum, mut magnitude, mut any_single) = (0.0, 0.0, false);
    visit(&mut y, &mut w.clone(), |_, _, _, slot| {
        let (term, single) = match slot {
            Slot::F32(value, weight) => (f64::from(*value) * f64::from(*weight), true),
            Slot::F64(value, weight) => (*value * *weight, false),
        };
        sum += term;
        magnitude += term.abs();
        any_single |= single;
    });
    (sum, magnitude, any_single)
}

/// A copy of `x` with number `position` moved by `step`, and that number as rounded to its type.
pub(super) fn moved<X: Parameters + Clone>(x: &X, position: usize, step: f64) -> (X, f64) {
    let mut copy = x.clone();
    let mut tangent = x.zero_tangent();
    let (mut current, mut number) = (0, 0.0);
    visit(&mut copy, &mut tangent, |_, _, _, slot| {
        if current == position {
            number = match slot {
                Slot::F32(value, _) => {
                    *value += step as f32;
                    f64::from(*value)
                }
                Slot::F64(value, _) => {
                    *value += step;
                    *value
                }
            };
        }
        current += 1;
    });
    (copy, number)
}
