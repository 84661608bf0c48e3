//! What is to be learnt: samples, their classes, and the parameters to start from.

use micrograd_core::Scalar;
use micrograd_nn::glorot_uniform;
use rand::distr::uniform::SampleUniform;
use rand::{RngExt, SeedableRng};

/// The learning rate of all candidates.
pub const RATE: f64 = 0.05;

/// A number of all the frameworks.
pub trait Number: Scalar + SampleUniform + candle_core::WithDType + burn::tensor::Element {
    /// By how much losses may differ, relative to them.
    const TOLERANCE: f64;

    fn into_f64(self) -> f64;
}

impl Number for f32 {
    const TOLERANCE: f64 = 1e-5;

    fn into_f64(self) -> f64 {
        self.into()
    }
}

impl Number for f64 {
    const TOLERANCE: f64 = 1e-9;

    fn into_f64(self) -> f64 {
        self
    }
}

/// Samples with a class each, and a network of three dense layers with a rectifier between.
pub struct Task<T> {
    /// Of the samples, of both hidden layers, and the number of classes.
    pub sizes: [usize; 4],
    pub samples: usize,
    /// Numbers in [-1, 1), sample after sample.
    pub features: Vec<T>,
    pub labels: Vec<usize>,
    /// Of each layer the weights of its first input, then those of its second, and so on. The biases start at zero.
    pub weights: [Vec<T>; 3],
}

impl<T: Number> Task<T> {
    pub fn new(sizes: [usize; 4], samples: usize) -> Self {
        let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let one = T::one();
        let features = (0..samples * sizes[0])
            .map(|_| rng.random_range(-one..one))
            .collect();
        let labels = (0..samples)
            .map(|_| rng.random_range(0..sizes[3]))
            .collect();
        let weights = [0, 1, 2].map(|layer| {
            let weight = glorot_uniform::<T, _>(sizes[layer + 1], sizes[layer], rng);
            weight.as_slice().to_vec()
        });
        Task {
            sizes,
            samples,
            features,
            labels,
            weights,
        }
    }

    /// The sizes of the layers, inputs and outputs, with their weights.
    pub fn layers(&self) -> [(usize, usize, &Vec<T>); 3] {
        [0, 1, 2].map(|layer| {
            (
                self.sizes[layer],
                self.sizes[layer + 1],
                &self.weights[layer],
            )
        })
    }
}
