//! The memory of an optimiser as named arrays, which are saved and loaded as those of a model are.

use std::slice::from_mut;

use micrograd_core::parameters::Visitor;
use micrograd_core::{Leaf, Name, NoTangent, Parameters};

use super::{Memory, Numbers, Part};
use crate::optimise::{StepError, with_leaves};

/// A memory on its way to or from a file: `steps`, and `mean.layers.0.weight` for what is
/// remembered as `mean` of the parameter `layers.0.weight`, in the shape of that.
#[derive(Clone)]
pub(crate) struct Saved {
    /// A double, as the other arrays; it holds every count exactly up to [`MOST_STEPS`].
    steps: f64,
    memory: Memory,
}

const MOST_STEPS: f64 = (1_u64 << f64::MANTISSA_DIGITS) as f64;

micrograd_core::no_tangent!(Saved);

impl Saved {
    /// A memory of the model's training, with all arrays, also if there was no step.
    ///
    /// # Errors
    /// If the steps were those of another model.
    pub(crate) fn new<M: Parameters>(mut memory: Memory, model: &mut M) -> Result<Self, StepError> {
        let gradient = &mut model.zero_tangent();
        let remembered = memory.remembered;
        with_leaves(model, gradient, |leaves| memory.prepare(remembered, leaves))?;
        let steps = memory.steps as f64;
        Ok(Saved { steps, memory })
    }

    /// Arrays of zeros, to be filled from a file.
    pub(crate) fn zeros<M: Parameters>(memory: Memory, model: &mut M) -> Self {
        let unused = Memory { steps: 0, ..memory };
        Saved::new(unused, model).expect("no step was made with another model")
    }

    /// The memory.
    ///
    /// # Errors
    /// If the number of steps is no count.
    pub(crate) fn memory(self) -> Result<Memory, f64> {
        let is_count = (0.0..=MOST_STEPS).contains(&self.steps) && self.steps.fract() == 0.0;
        if !is_count {
            return Err(self.steps);
        }
        let steps = self.steps as usize;
        Ok(Memory {
            steps,
            ..self.memory
        })
    }
}

/// No gradient reaches what is remembered.
impl Parameters for Saved {
    fn visit_parameters(&mut self, _: &mut NoTangent, name: &mut Name, visit: &mut Visitor<'_>) {
        name.within("steps", |name| {
            visit(
                name.as_str(),
                &[],
                Leaf::F64(from_mut(&mut self.steps), &mut []),
            );
        });
        for (index, remembered) in self.memory.remembered.iter().enumerate() {
            for part in &mut self.memory.parts {
                name.within(remembered, |name| part.visit(index, name, visit));
            }
        }
    }
}

impl Part {
    /// Visits array `index` of what is remembered.
    fn visit(&mut self, index: usize, name: &mut Name, visit: &mut Visitor<'_>) {
        let length = self.length();
        let range = index * length..(index + 1) * length;
        let leaf = match &mut self.numbers {
            Numbers::F32(numbers) => Leaf::F32(&mut numbers[range], &mut []),
            Numbers::F64(numbers) => Leaf::F64(&mut numbers[range], &mut []),
        };
        if self.name.is_empty() {
            visit(name.as_str(), &self.shape, leaf);
        } else {
            name.within(&self.name, |name| visit(name.as_str(), &self.shape, leaf));
        }
    }
}
