//! The step of candle.

use candle_core::{Device, Module, Result, Tensor, Var};
use candle_nn::{Linear, Optimizer, SGD, loss};

use crate::task::{Number, RATE, Task};

/// Each call is a step and gives the loss before it.
pub fn steps<T: Number>(task: &Task<T>) -> Result<impl FnMut() -> Result<T> + use<T>> {
    let device = Device::Cpu;
    let mut parameters = Vec::new();
    let mut layers = Vec::new();
    for (inputs, outputs, weight) in task.layers() {
        let weight = Tensor::from_slice(weight, (inputs, outputs), &device)?;
        let weight = Var::from_tensor(&weight.t()?.contiguous()?)?;
        let bias = Var::zeros(outputs, T::DTYPE, &device)?;
        layers.push(Linear::new(
            weight.as_tensor().clone(),
            Some(bias.as_tensor().clone()),
        ));
        parameters.extend([weight, bias]);
    }
    let mut descent = SGD::new(parameters, RATE)?;
    let x = Tensor::from_slice(&task.features, (task.samples, task.sizes[0]), &device)?;
    let labels: Vec<u32> = task.labels.iter().map(|&label| label as u32).collect();
    let labels = Tensor::new(labels, &device)?;
    Ok(move || {
        let hidden = layers[0].forward(&x)?.relu()?;
        let hidden = layers[1].forward(&hidden)?.relu()?;
        let loss = loss::cross_entropy(&layers[2].forward(&hidden)?, &labels)?;
        descent.backward_step(&loss)?;
        loss.to_scalar()
    })
}
