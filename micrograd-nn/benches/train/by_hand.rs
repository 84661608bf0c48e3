//! A network of three dense layers with its training step written by hand on nalgebra: products into buffers
//! that are made once, one pass for bias and activation, no transposed copies, nothing for the samples' cotangent.

use std::marker::PhantomData;

use micrograd_core::Scalar;
use micrograd_nn::activation::{relu, tanh};
use nalgebra::{DMatrix, Dyn, MatrixView, U1};

/// A dense layer, what its forward pass leaves, and its gradient.
struct Layer<T> {
    weight: DMatrix<T>,
    bias: DMatrix<T>,
    output: DMatrix<T>,
    /// The cotangent of the output, then of what the activation was given.
    cotangent: DMatrix<T>,
    weight_gradient: DMatrix<T>,
    bias_gradient: DMatrix<T>,
}

/// What stands between a layer and the next.
pub trait Activation<T> {
    fn value(z: T) -> T;
    /// The cotangent of what it was given, by what it gave.
    fn cotangent(output: T, dy: T) -> T;
}

impl<T: Scalar> Activation<T> for relu {
    fn value(z: T) -> T {
        if z <= T::zero() { T::zero() } else { z }
    }
    fn cotangent(output: T, dy: T) -> T {
        if output <= T::zero() { T::zero() } else { dy }
    }
}

impl<T: Scalar> Activation<T> for tanh {
    fn value(z: T) -> T {
        z.tanh()
    }
    fn cotangent(output: T, dy: T) -> T {
        dy * (T::one() - output * output)
    }
}

/// Layers with an activation between each and the next.
pub struct Network<F, T> {
    layers: Vec<Layer<T>>,
    activation: PhantomData<F>,
}

impl<F: Activation<T>, T: Scalar> Network<F, T> {
    /// The network of these weights and biases, for that many samples.
    pub fn new(parameters: Vec<(DMatrix<T>, DMatrix<T>)>, samples: usize) -> Self {
        let layer = |(weight, bias): (DMatrix<T>, DMatrix<T>)| Layer {
            output: DMatrix::zeros(weight.nrows(), samples),
            cotangent: DMatrix::zeros(weight.nrows(), samples),
            weight_gradient: DMatrix::zeros(weight.nrows(), weight.ncols()),
            bias_gradient: DMatrix::zeros(weight.nrows(), 1),
            weight,
            bias,
        };
        Network {
            layers: parameters.into_iter().map(layer).collect(),
            activation: PhantomData,
        }
    }

    /// The mean over samples of the cross entropy of the softmax, and its gradient.
    pub fn gradient(&mut self, x: &DMatrix<T>, y: &DMatrix<T>) -> T {
        self.forward(x);
        let last = self.layers.last_mut().expect("there are layers");
        let loss = cross_entropy(&last.output, y, &mut last.cotangent);
        self.backward(x);
        loss
    }

    /// One step of gradient descent; the loss before it.
    pub fn step(&mut self, x: &DMatrix<T>, y: &DMatrix<T>, rate: T) -> T {
        let loss = self.gradient(x, y);
        for layer in &mut self.layers {
            descend(&mut layer.weight, &layer.weight_gradient, rate);
            descend(&mut layer.bias, &layer.bias_gradient, rate);
        }
        loss
    }

    /// The gradient of each weight and bias.
    pub fn gradients(&self) -> impl Iterator<Item = [&DMatrix<T>; 2]> {
        let layers = self.layers.iter();
        layers.map(|layer| [&layer.weight_gradient, &layer.bias_gradient])
    }

    fn forward(&mut self, x: &DMatrix<T>) {
        let count = self.layers.len();
        for index in 0..count {
            let (before, rest) = self.layers.split_at_mut(index);
            let layer = &mut rest[0];
            let input = before.last().map_or(x, |layer| &layer.output);
            layer.output.gemm(T::one(), &layer.weight, input, T::zero());
            let bias = layer.bias.as_slice();
            let columns = layer.output.as_mut_slice().chunks_exact_mut(bias.len());
            if index + 1 < count {
                for column in columns {
                    for (z, &b) in column.iter_mut().zip(bias) {
                        *z = F::value(*z + b);
                    }
                }
            } else {
                for column in columns {
                    for (z, &b) in column.iter_mut().zip(bias) {
                        *z += b;
                    }
                }
            }
        }
    }

    fn backward(&mut self, x: &DMatrix<T>) {
        for index in (0..self.layers.len()).rev() {
            let (before, rest) = self.layers.split_at_mut(index);
            let layer = &mut rest[0];
            let dz = &layer.cotangent;
            let input = before.last().map_or(x, |layer| &layer.output);
            let transposed = transposed(input);
            layer
                .weight_gradient
                .gemm(T::one(), dz, &transposed, T::zero());
            sum_columns(dz, &mut layer.bias_gradient);
            let Some(previous) = before.last_mut() else {
                return;
            };
            // nalgebra's `gemm` does not take a transposed left side with a small dimension.
            if dz.nrows() > 5 {
                let weight = self::transposed(&layer.weight);
                previous.cotangent.gemm(T::one(), &weight, dz, T::zero());
            } else {
                previous
                    .cotangent
                    .gemm_tr(T::one(), &layer.weight, dz, T::zero());
            }
            let outputs = previous.output.as_slice();
            for (dz, &output) in previous.cotangent.as_mut_slice().iter_mut().zip(outputs) {
                *dz = F::cotangent(output, *dz);
            }
        }
    }
}

/// The loss, and its gradient in `cotangent`: the mean of `softmax(ŷ) Σ y - y`.
fn cross_entropy<T: Scalar>(output: &DMatrix<T>, y: &DMatrix<T>, cotangent: &mut DMatrix<T>) -> T {
    let (classes, samples) = output.shape();
    let scale = T::one() / nalgebra::convert(samples as f64);
    let mut loss = T::zero();
    let targets = y.as_slice().chunks_exact(classes);
    let outputs = output.as_slice().chunks_exact(classes);
    let cotangents = cotangent.as_mut_slice().chunks_exact_mut(classes);
    for ((output, target), cotangent) in outputs.zip(targets).zip(cotangents) {
        let largest = output
            .iter()
            .fold(output[0], |a, &b| if b > a { b } else { a });
        let (mut sum, mut wanted, mut score) = (T::zero(), T::zero(), T::zero());
        for ((p, &z), &y) in cotangent.iter_mut().zip(output).zip(target) {
            *p = (z - largest).exp();
            sum += *p;
            wanted += y;
            score += y * (z - largest);
        }
        loss += wanted * sum.ln() - score;
        let factor = wanted * scale / sum;
        for (p, &y) in cotangent.iter_mut().zip(target) {
            *p = *p * factor - y * scale;
        }
    }
    loss * scale
}

fn sum_columns<T: Scalar>(matrix: &DMatrix<T>, sum: &mut DMatrix<T>) {
    sum.fill(T::zero());
    for column in matrix.as_slice().chunks_exact(matrix.nrows()) {
        for (sum, &element) in sum.as_mut_slice().iter_mut().zip(column) {
            *sum += element;
        }
    }
}

fn descend<T: Scalar>(parameter: &mut DMatrix<T>, gradient: &DMatrix<T>, rate: T) {
    let elements = parameter.as_mut_slice().iter_mut();
    for (element, &slope) in elements.zip(gradient.as_slice()) {
        *element -= rate * slope;
    }
}

fn transposed<T: Scalar>(matrix: &DMatrix<T>) -> MatrixView<'_, T, Dyn, Dyn, Dyn, U1> {
    let (rows, columns) = (Dyn(matrix.nrows()), Dyn(matrix.ncols()));
    MatrixView::from_slice_with_strides_generic(matrix.as_slice(), columns, rows, rows, U1)
}
