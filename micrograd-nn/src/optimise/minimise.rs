//! Gradient descent on the parameters of any model, in one call.

use std::borrow::BorrowMut;

use micrograd_core::{Leaf, Name, Parameters, Tangent};

/// One step of gradient descent, `p -= η Δp` for every parameter `p` of the model.
///
/// A part of the gradient that no cotangent has reached may be empty; it counts as zero. A gradient that is lent,
/// `&mut gradient`, keeps its memory for the next one.
///
/// # Panics
/// If an array of the gradient has another length than that of the model.
///
/// ```
/// let mut model = (1.0, vec![2.0, 3.0]);
/// micrograd_nn::descend(&mut model, (10.0, vec![0.0, -10.0]), 0.1);
/// assert_eq!(model, (0.0, vec![2.0, 4.0]));
/// ```
pub fn descend<M: Parameters>(
    model: &mut M,
    mut gradient: impl BorrowMut<M::Tangent>,
    learning_rate: f64,
) {
    model.visit_parameters(
        gradient.borrow_mut(),
        &mut Name::default(),
        &mut |name, _, leaf| match leaf {
            Leaf::F32(values, gradient) => subtract(name, values, gradient, learning_rate as f32),
            Leaf::F64(values, gradient) => subtract(name, values, gradient, learning_rate),
        },
    );
}

fn subtract<T>(name: &str, values: &mut [T], gradient: &[T], learning_rate: T)
where
    T: Copy + std::ops::SubAssign + std::ops::Mul<Output = T>,
{
    assert!(
        gradient.is_empty() || gradient.len() == values.len(),
        "the gradient of `{name}` has {} numbers, the model has {}",
        gradient.len(),
        values.len()
    );
    for (value, slope) in values.iter_mut().zip(gradient) {
        *value -= learning_rate * *slope;
    }
}

/// Gradient descent with a constant step size; returns the value of the objective before each
/// update, so one number an iteration.
///
/// `objective` gives its value and its gradient at a model. A value or gradient that is not finite
/// ends the descent before the update: the history ends with that value, and the model keeps its
/// last finite parameters.
///
/// ```
/// // (w₀ − 3)² + (w₁ + 1)²
/// let objective = |w: &Vec<f64>| {
///     let (a, b) = (w[0] - 3.0, w[1] + 1.0);
///     (a * a + b * b, vec![2.0 * a, 2.0 * b])
/// };
/// let mut w = vec![0.0, 0.0];
/// let history = micrograd_nn::minimise(&mut w, objective, 0.25, 40);
/// assert_eq!((history.len(), history[0], history[1]), (40, 10.0, 2.5));
/// assert!((w[0] - 3.0).abs() < 1e-10 && (w[1] + 1.0).abs() < 1e-10);
/// ```
pub fn minimise<M: Parameters>(
    model: &mut M,
    objective: impl FnMut(&M) -> (f64, M::Tangent),
    learning_rate: f64,
    max_iters: usize,
) -> Vec<f64> {
    minimise_with(model, objective, learning_rate, max_iters, |_, _, _| {})
}

/// [`minimise`] with an observer, for progress bars and logs.
///
/// `observe` receives the number of updates so far, the value of the objective, and the model that
/// has this value.
///
/// ```
/// let mut w = vec![1.0];
/// let objective = |w: &Vec<f64>| (w[0] * w[0], vec![2.0 * w[0]]);
/// let mut lines = Vec::new();
/// micrograd_nn::minimise_with(&mut w, objective, 0.25, 3, |iteration, loss, w| {
///     lines.push(format!("{iteration}: {loss} at {}", w[0]));
/// });
/// assert_eq!(lines, ["0: 1 at 1", "1: 0.25 at 0.5", "2: 0.0625 at 0.25"]);
/// ```
pub fn minimise_with<M: Parameters>(
    model: &mut M,
    mut objective: impl FnMut(&M) -> (f64, M::Tangent),
    learning_rate: f64,
    max_iters: usize,
    observe: impl FnMut(usize, f64, &M),
) -> Vec<f64> {
    let objective = |model: &M, gradient: &mut M::Tangent| {
        let (value, new) = objective(model);
        *gradient = new;
        value
    };
    minimise_in(model, objective, learning_rate, max_iters, observe)
}

/// [`minimise_with`] of an objective that puts its gradient into the place of the last one.
pub(crate) fn minimise_in<M: Parameters>(
    model: &mut M,
    mut objective: impl FnMut(&M, &mut M::Tangent) -> f64,
    learning_rate: f64,
    max_iters: usize,
    mut observe: impl FnMut(usize, f64, &M),
) -> Vec<f64> {
    let mut history = Vec::with_capacity(max_iters);
    let mut gradient = M::Tangent::shapeless();
    for iteration in 0..max_iters {
        let value = objective(model, &mut gradient);
        history.push(value);
        observe(iteration, value, model);
        if !value.is_finite() || !is_finite(model, &mut gradient) {
            break;
        }
        descend(model, &mut gradient, learning_rate);
    }
    history
}

fn is_finite<M: Parameters>(model: &mut M, gradient: &mut M::Tangent) -> bool {
    let mut finite = true;
    model.visit_parameters(gradient, &mut Name::default(), &mut |_, _, leaf| {
        finite &= match leaf {
            Leaf::F32(_, gradient) => gradient.iter().all(|slope| slope.is_finite()),
            Leaf::F64(_, gradient) => gradient.iter().all(|slope| slope.is_finite()),
        };
    });
    finite
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    #[test]
    fn every_leaf_of_both_precisions_moves_against_its_gradient() {
        let mut model = ([1.0_f32, 2.0], vec![(3.0_f64, 7_usize)]);
        let gradient = ([0.5, -0.5], vec![(1.0, micrograd_core::NoTangent)]);
        descend(&mut model, gradient, 2.0);
        assert_eq!(model, ([0.0, 3.0], vec![(1.0, 7)]));
    }

    #[test]
    fn matrices_move_and_one_that_no_cotangent_reached_stays() {
        let ones = DMatrix::repeat(2, 3, 1.0_f64);
        let mut model = [ones.clone(), ones.clone()];
        let gradient = [&ones * 4.0, Tangent::shapeless()];
        descend(&mut model, gradient, 0.25);
        assert_eq!(model, [DMatrix::zeros(2, 3), ones]);
    }

    #[test]
    fn an_empty_gradient_counts_as_zero() {
        let mut model = vec![1.0, 2.0];
        descend(&mut model, vec![], 1.0);
        assert_eq!(model, [1.0, 2.0]);
    }

    #[test]
    #[should_panic(expected = "the gradient of `1` has 1 numbers, the model has 2")]
    fn a_gradient_of_another_length_is_refused() {
        descend(&mut (0.0, vec![1.0, 2.0]), (0.0, vec![1.0]), 1.0);
    }

    #[test]
    fn the_last_finite_parameters_survive_a_value_that_is_not_finite() {
        let mut calls = 0;
        let objective = |w: &f64| {
            calls += 1;
            (if calls < 3 { *w } else { f64::NAN }, 1.0)
        };
        let mut w = 10.0;
        let history = minimise(&mut w, objective, 1.0, 100);
        assert_eq!((history.len(), history[2].is_nan(), w), (3, true, 8.0));
    }

    #[test]
    fn the_last_finite_parameters_survive_a_gradient_that_is_not_finite() {
        let objective = |w: &Vec<f64>| (w[0].sqrt(), vec![0.5 / w[0].sqrt(), 0.0]);
        let mut w = vec![0.0, 5.0];
        assert_eq!(minimise(&mut w, objective, 0.1, 100), [0.0]);
        assert_eq!(w, [0.0, 5.0]);
    }

    #[test]
    fn no_iterations_leave_the_model_alone() {
        let mut w = 1.0;
        assert!(minimise(&mut w, |w| (*w, 1.0), 1.0, 0).is_empty());
        assert_eq!(w, 1.0);
    }
}
