//! The fully connected layer.

use std::fmt;

use micrograd_core::{Differentiable, Function, Scalar, broadcast, differentiable};
use nalgebra::DMatrix;
use rand::Rng;
use rand::distr::uniform::SampleUniform;

use crate::activation::identity;
use crate::{Layer, glorot_uniform, zeros};

/// `Y = activation(W X .+ b)`: every output sees every input. The bias is added to each column.
///
/// The backward pass is derived from [`forward`](Dense::forward); `code_ir!(Dense::forward)` and
/// `code_pullback!(Dense::forward)` print what it is derived from and what comes of it.
///
/// ```
/// use micrograd_nn::{Dense, activation::relu};
/// use nalgebra::dmatrix;
///
/// let layer = Dense {
///     weight: dmatrix![1.0, 2.0; -1.0, 0.0],
///     bias: dmatrix![0.5; 0.5],
///     activation: relu {},
/// };
/// let x = dmatrix![1.0; 1.0];
/// let (y, back) = layer.pullback_forward(&x);
/// assert_eq!(y, dmatrix![3.5; 0.0]);
///
/// let (gradient, dx) = back(dmatrix![1.0; 1.0]);
/// assert_eq!(gradient.weight, dmatrix![1.0, 1.0; 0.0, 0.0]);
/// assert_eq!(gradient.bias, dmatrix![1.0; 0.0]);
/// assert_eq!(dx, dmatrix![1.0; 2.0]);
/// ```
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Dense<F = identity, T: Scalar = f64> {
    /// W: outputs × inputs.
    pub weight: DMatrix<T>,
    /// b: outputs × 1.
    pub bias: DMatrix<T>,
    /// A function of the whole matrix W X .+ b, such as `relu {}`.
    pub activation: F,
}

impl<F, T: Scalar> Dense<F, T> {
    /// A layer with a [`glorot_uniform`] weight and a bias of zeros.
    ///
    /// ```
    /// use micrograd_nn::{Dense, activation::tanh};
    /// use rand::SeedableRng;
    ///
    /// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(42);
    /// let layer: Dense<tanh> = Dense::new(2, 16, tanh {}, &mut rng);
    /// assert_eq!(layer.weight.shape(), (16, 2));
    /// assert_eq!(layer.bias.shape(), (16, 1));
    /// ```
    pub fn new<R>(inputs: usize, outputs: usize, activation: F, rng: &mut R) -> Self
    where
        T: SampleUniform,
        R: Rng + ?Sized,
    {
        Dense::with_weight(glorot_uniform(outputs, inputs, rng), activation)
    }

    /// A layer with this weight, outputs × inputs, and a bias of zeros; for a weight that is
    /// initialised in another way.
    ///
    /// ```
    /// use micrograd_nn::{Dense, activation::relu, kaiming_uniform};
    /// use rand::SeedableRng;
    ///
    /// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(42);
    /// let layer: Dense<relu> = Dense::with_weight(kaiming_uniform(16, 2, &mut rng), relu {});
    /// assert_eq!(layer.bias.shape(), (16, 1));
    /// ```
    pub fn with_weight(weight: DMatrix<T>, activation: F) -> Self {
        let bias = zeros(weight.nrows(), 1);
        Dense {
            weight,
            bias,
            activation,
        }
    }
}

impl<F, T> Dense<F, T>
where
    F: Function<DMatrix<T>, Output = DMatrix<T>>,
    T: Scalar,
{
    /// `activation(W X .+ b)`, X: inputs × samples, the result: outputs × samples.
    ///
    /// # Panics
    /// If `x` has another number of rows than the weight has columns, or the bias another number
    /// of rows than the weight.
    #[differentiable]
    pub fn forward(&self, x: &DMatrix<T>) -> DMatrix<T> {
        check_features(&self.weight, x);
        self.activation
            .call(broadcast!(&self.weight * x .+ &self.bias))
    }
}

#[differentiable]
impl<F, T> Layer<T> for Dense<F, T>
where
    F: Function<DMatrix<T>, Output = DMatrix<T>>,
    T: Scalar,
{
    fn forward(&self, x: &DMatrix<T>) -> DMatrix<T> {
        self.forward(x)
    }
}

#[differentiable]
fn check_features<T: Scalar>(weight: &DMatrix<T>, x: &DMatrix<T>) {
    assert!(
        x.nrows() == weight.ncols(),
        "Dense({} => {}) was given samples of {} features",
        weight.ncols(),
        weight.nrows(),
        x.nrows()
    );
}

/// `Dense(2 => 16, relu)`; without an activation `Dense(16 => 2)`.
impl<F: fmt::Debug, T: Scalar> fmt::Display for Dense<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (outputs, inputs) = self.weight.shape();
        write!(f, "Dense({inputs} => {outputs}")?;
        let activation = format!("{:?}", self.activation);
        if activation != "identity" {
            write!(f, ", {activation}")?;
        }
        write!(f, ")")
    }
}
