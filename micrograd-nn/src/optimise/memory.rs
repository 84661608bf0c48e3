//! What an optimiser remembers of each parameter, in flat arrays that are allocated once.

use micrograd_core::{Leaf, Scalar};

use super::{Leaves, StepError};

/// What an optimiser has seen so far: the number of steps, and running means of the gradients.
///
/// `Memory::default()` is that of an optimiser that has made no step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    steps: usize,
    parts: Vec<Part>,
}

/// What is remembered of one parameter.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    name: String,
    /// The length of the parameter.
    length: usize,
    numbers: Numbers,
}

#[derive(Clone, Debug, PartialEq)]
enum Numbers {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// An update that treats every number of a model alike.
pub(super) trait Rule {
    /// How many numbers are remembered for each number of the model.
    const REMEMBERED: usize;

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
    pub(super) fn step(
        &mut self,
        rule: &impl Rule,
        rate: f64,
        leaves: &mut Leaves<'_>,
    ) -> Result<(), StepError> {
        if !(rate >= 0.0 && rate.is_finite()) {
            let step = self.steps;
            return Err(StepError::LearningRate { step, rate });
        }
        self.prepare(rule, leaves)?;
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

    /// Makes the parts at the first step; later, sees to it that the model still has them.
    fn prepare<R: Rule>(&mut self, _: &R, leaves: &mut Leaves<'_>) -> Result<(), StepError> {
        let mut parts = Vec::new();
        let mut known = self.parts.iter();
        let mut result = Ok(());
        leaves.visit(&mut |name, _, leaf| {
            if self.steps == 0 {
                parts.push(Part::new(name, &leaf, R::REMEMBERED));
            } else {
                let part = known.next();
                if result.is_ok() && !part.is_some_and(|part| part.is_of(name, &leaf)) {
                    result = changed(part, Some(&Part::new(name, &leaf, 0)));
                }
            }
        });
        if self.steps == 0 {
            self.parts = parts;
        } else if let (Ok(()), Some(part)) = (&result, known.next()) {
            result = changed(Some(part), None);
        }
        result
    }
}

impl Part {
    fn new(name: &str, leaf: &Leaf<'_>, remembered: usize) -> Part {
        let (length, numbers) = match leaf {
            Leaf::F32(values, _) => {
                let numbers = vec![0.0; remembered * values.len()];
                (values.len(), Numbers::F32(numbers))
            }
            Leaf::F64(values, _) => {
                let numbers = vec![0.0; remembered * values.len()];
                (values.len(), Numbers::F64(numbers))
            }
        };
        Part {
            name: name.to_owned(),
            length,
            numbers,
        }
    }

    fn is_of(&self, name: &str, leaf: &Leaf<'_>) -> bool {
        let length = match (leaf, &self.numbers) {
            (Leaf::F32(values, _), Numbers::F32(_)) => values.len(),
            (Leaf::F64(values, _), Numbers::F64(_)) => values.len(),
            _ => return false,
        };
        self.name == name && self.length == length
    }
}

fn changed(before: Option<&Part>, now: Option<&Part>) -> Result<(), StepError> {
    let text = |part: Option<&Part>| match part {
        Some(Part {
            name,
            length,
            numbers,
        }) => {
            let float = match numbers {
                Numbers::F32(_) => "f32",
                Numbers::F64(_) => "f64",
            };
            format!("`{name}` of {length} {float}")
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
        }
    )*};
}
pub(super) use optimisers;
