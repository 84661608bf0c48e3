//! The step of burn, on flex, its back end for the CPU in Rust.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::{GradientsParams, SgdConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::task::{Number, RATE, Task};

#[derive(Module, Debug)]
struct Network {
    first: Linear,
    second: Linear,
    third: Linear,
}

impl Network {
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let hidden = relu(self.first.forward(x));
        let hidden = relu(self.second.forward(hidden));
        self.third.forward(hidden)
    }
}

/// Each call is a step and gives the loss before it.
pub fn steps<T: Number>(task: &Task<T>) -> impl FnMut() -> T + use<T> {
    let device = Device::flex().autodiff();
    let [first, second, third] = task.layers().map(|(inputs, outputs, weight)| {
        let weight = TensorData::new(weight.clone(), [inputs, outputs]);
        let weight = Tensor::from_data(weight, (&device, T::dtype()));
        let bias = Tensor::zeros([outputs], (&device, T::dtype()));
        Linear {
            weight: Param::from_tensor(weight),
            bias: Some(Param::from_tensor(bias)),
        }
    });
    // A step takes the network and gives a new one.
    let mut network = Some(Network {
        first,
        second,
        third,
    });
    let mut descent = SgdConfig::new().init();
    let cross_entropy = CrossEntropyLossConfig::new().init(&device);
    let x = TensorData::new(task.features.clone(), [task.samples, task.sizes[0]]);
    let x = Tensor::<2>::from_data(x, (&device, T::dtype()));
    let labels: Vec<i64> = task.labels.iter().map(|&label| label as i64).collect();
    let labels = TensorData::new(labels, [task.samples]);
    let labels = Tensor::<1, Int>::from_data(labels, &device);
    move || {
        let before = network.take().expect("a network between steps");
        let loss = cross_entropy.forward(before.forward(x.clone()), labels.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &before);
        network = Some(descent.step(RATE, before, gradients));
        loss.into_scalar()
    }
}
