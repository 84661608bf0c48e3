//! The step of micrograd-nn.

use micrograd_nn::activation::{identity, relu};
use micrograd_nn::loss::logit_cross_entropy;
use micrograd_nn::train::{Batch, Gradients, Parallel};
use micrograd_nn::{Chain, Dense, descend, onehot, pullback_objective};
use nalgebra::{DMatrix, convert};

use crate::task::{Number, RATE, Task};

type Network<T> = Chain<(Dense<relu, T>, Dense<relu, T>, Dense<identity, T>)>;

/// Each call is a step and gives the loss before it.
pub fn steps<T: Number>(task: &Task<T>) -> impl FnMut() -> T + use<T> {
    let (mut network, x, y) = prepare(task);
    move || {
        let (loss, gradient) = {
            let (loss, back) = pullback_objective(&network, &logit_cross_entropy {}, &x, &y);
            (loss, back(T::one()).0)
        };
        descend(&mut network, gradient, RATE);
        loss
    }
}

/// The same with the gradient of the batch in as many parts as rayon has threads.
pub fn steps_in_parts<T: Number>(task: &Task<T>) -> impl FnMut() -> T + use<T> {
    let (mut network, x, y) = prepare(task);
    let all: Vec<usize> = (0..task.samples).collect();
    let parts = Parallel::default();
    move || {
        let batch = Batch {
            x: &x,
            y: &y,
            samples: &all,
        };
        let (loss, gradient) = parts.value_and_gradient(&network, &logit_cross_entropy {}, &batch);
        descend(&mut network, gradient, RATE);
        loss
    }
}

fn prepare<T: Number>(task: &Task<T>) -> (Network<T>, DMatrix<T>, DMatrix<T>) {
    let [inputs, _, _, classes] = task.sizes;
    let [first, second, third] = task
        .layers()
        .map(|(inputs, outputs, weight)| DMatrix::from_column_slice(outputs, inputs, weight));
    let network = Chain((
        Dense::with_weight(first, relu {}),
        Dense::with_weight(second, relu {}),
        Dense::with_weight(third, identity {}),
    ));
    let x = DMatrix::from_column_slice(inputs, task.samples, &task.features);
    let y: DMatrix<f64> = onehot(&task.labels, classes).expect("labels are classes");
    (network, x, y.map(convert))
}
