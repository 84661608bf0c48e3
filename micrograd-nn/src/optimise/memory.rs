//! What an optimiser remembers of each parameter, in flat arrays that are allocated once.

use micrograd_core::{Leaf, Scalar};

use super::{Leaves, StepError};

#[cfg(feature = "safetensors")]
mod saved;

#[cfg(feature = "safetensors")]
pub(crate) use saved::Saved;

/// What an optimiser has seen so far: the number of steps, and running means of the gradients.
///
/// `Memory::default()` is that of an optimiser that has made no step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    pub(super) steps: usize,
    /// The names of what is remembered of each parameter; none before the first step.
    pub(super) remembered: &'static [&'static str],
    pub(super) parts: Vec<Part>,
}

/// What is remembered of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) name: String,
    /// The shape of the parameter.
    pub(super) shape: Vec<usize>,
    /// One array of this shape after the other.
    pub(super) numbers: Numbers,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Numbers {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// An update that treats every number of a model alike.
pub(super) trait Rule {
    /// What is remembered of each parameter: arrays of its shape, by name.
    const REMEMBERED: &'static [&'static str];

    /// Updates one parameter.
    ///
    /// `count` is the number of this step from 1; `remembered` is zero at the start.
    fn update<T: Scalar>(
        &self,
        rate: f64,
        count: i32,
        parameter: &mut [T],
        gradient: &[T],
        remembered: &mut [T],
    );
}

impl Memory {
    /// The number of steps made so far.
    ///
    /// ```
    /// use micrograd_nn::optimise::{Adam, Optimiser};
    ///
    /// let mut optimiser = Adam::new(0.1);
    /// optimiser.step(&mut 3.0, 1.0).unwrap();
    /// assert_eq!(optimiser.memory.steps(), 1);
    /// ```
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// One step by `rule` with the learning rate `rate`.
    pub(super) fn step<R: Rule>(
        &mut self,
        rule: &R,
        rate: f64,
        leaves: &mut Leaves<'_>,
    ) -> Result<(), StepError> {
        if !(rate >= 0.0 && rate.is_finite()) {
            let step = self.steps;
            return Err(StepError::LearningRate { step, rate });
        }
        self.prepare(R::REMEMBERED, leaves)?;
        self.steps += 1;
        let count = i32::try_from(self.steps).unwrap_or(i32::MAX);
        let mut parts = self.parts.iter_mut();
        leaves.visit(&mut |_, _, leaf| {
            let numbers = &mut parts.next().expect("every leaf has its part").numbers;
            match (leaf, numbers) {
                (Leaf::F32(values, gradient), Numbers::F32(numbers)) => {
                    update(rule, rate, count, values, gradient, numbers);
                }
                (Leaf::F64(values, gradient), Numbers::F64(numbers)) => {
                    update(rule, rate, count, values, gradient, numbers);
                }
                _ => unreachable!("every part has the type of its leaf"),
            }
        });
        Ok(())
    }

    /// Makes the parts before the first step; later, sees to it that the model still has them.
    pub(super) fn prepare(
        &mut self,
        remembered: &'static [&'static str],
        leaves: &mut Leaves<'_>,
    ) -> Result<(), StepError> {
        if self.steps == 0 {
            self.remembered = remembered;
            self.parts.clear();
            leaves.visit(&mut |name, shape, leaf| {
                let part = Part::new(name, shape, &leaf, remembered.len());
                self.parts.push(part);
            });
            return Ok(());
        }
        let mut known = self.parts.iter();
        let mut result = Ok(());
        leaves.visit(&mut |name, shape, leaf| {
            let part = known.next();
            if result.is_ok() && !part.is_some_and(|part| part.is_of(name, &leaf)) {
                result = changed(part, Some(&Part::new(name, shape, &leaf, 0)));
            }
        });
        match known.next() {
            Some(part) if result.is_ok() => changed(Some(part), None),
            _ => result,
        }
    }
}

impl Part {
    fn new(name: &str, shape: &[usize], leaf: &Leaf<'_>, remembered: usize) -> Part {
        let numbers = match leaf {
            Leaf::F32(values, _) => Numbers::F32(vec![0.0; remembered * values.len()]),
            Leaf::F64(values, _) => Numbers::F64(vec![0.0; remembered * values.len()]),
        };
        Part {
            name: name.to_owned(),
            shape: shape.to_vec(),
            numbers,
        }
    }

    /// The length of the parameter.
    pub(super) fn length(&self) -> usize {
        self.shape.iter().product()
    }

    fn is_of(&self, name: &str, leaf: &Leaf<'_>) -> bool {
        let length = match (leaf, &self.numbers) {
            (Leaf::F32(values, _), Numbers::F32(_)) => values.len(),
            (Leaf::F64(values, _), Numbers::F64(_)) => values.len(),
            _ => return false,
        };
        self.name == name && self.length() == length
    }
}

fn changed(before: Option<&Part>, now: Option<&Part>) -> Result<(), StepError> {
    let text = |part: Option<&Part>| match part {
        Some(part) => {
            let float = match part.numbers {
                Numbers::F32(_) => "f32",
                Numbers::F64(_) => "f64",
            };
            format!("`{}` of {} {float}", part.name, part.length())
        }
        None => "no more parameters".to_owned(),
    };
    Err(StepError::Changed {
        before: text(before),
        now: text(now),
    })
}

/// Updates one parameter; an empty gradient is zero.
fn update<R: Rule, T: Scalar>(
    rule: &R,
    rate: f64,
    count: i32,
    parameter: &mut [T],
    gradient: &[T],
    remembered: &mut [T],
) {
    if gradient.len() == parameter.len() {
        rule.update(rate, count, parameter, gradient, remembered);
    } else {
        let zeros = vec![T::zero(); parameter.len()];
        rule.update(rate, count, parameter, &zeros, remembered);
    }
}

/// Makes optimisers of rules that have a `learning_rate` and a `memory`.
macro_rules! optimisers {
    ($($Name:ident),*) => {$(
        impl<S: Schedule> Optimiser for $Name<S> {
            fn learning_rate(&self) -> f64 {
                self.learning_rate.at(self.memory.steps())
            }

            fn update(&mut self, leaves: &mut Leaves<'_>) -> Result<(), StepError> {
                let mut memory = std::mem::take(&mut self.memory);
                let result = memory.step(self, self.learning_rate.at(memory.steps()), leaves);
                self.memory = memory;
                result
            }

            fn memory(&self) -> Option<Memory> {
                let remembered = <Self as Rule>::REMEMBERED;
                Some(Memory { remembered, ..self.memory.clone() })
            }

            fn restore(&mut self, memory: Memory) {
                self.memory = memory;
            }
        }
    )*};
}
pub(super) use optimisers;
