//! Activations with a setting: structs, where the others are functions.

use micrograd_core::{Differentiable, Scalar, broadcast, differentiable};
use nalgebra::DMatrix;

use crate::layer::constant;

/// The leaky rectifier `yᵢⱼ = max(zᵢⱼ, 0) + slope · min(zᵢⱼ, 0)` with a slope of one's own. Its
/// derivative at 0 is the slope.
///
/// [`leaky_relu`](fn@super::leaky_relu) is that with a slope of 0.01, in less time.
///
/// ```
/// use micrograd_nn::{Dense, activation::LeakyRelu};
/// use nalgebra::dmatrix;
///
/// let activation = LeakyRelu { slope: 0.25 };
/// let layer = Dense { weight: dmatrix![1.0], bias: dmatrix![0.0], activation };
/// let x = dmatrix![2.0, 0.0, -3.0];
/// let (y, back) = layer.pullback_forward(&x);
/// assert_eq!(y, dmatrix![2.0, 0.0, -0.75]);
/// assert_eq!(back(dmatrix![1.0, 1.0, 1.0]).1, dmatrix![1.0, 0.25, 0.25]);
/// assert_eq!(layer.to_string(), "Dense(1 => 1, LeakyRelu { slope: 0.25 })");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct LeakyRelu {
    /// The slope below 0, often from 0 to 1.
    #[no_gradient]
    pub slope: f64,
}

impl LeakyRelu {
    #[differentiable]
    pub(super) fn apply<T: Scalar>(&self, z: DMatrix<T>) -> DMatrix<T> {
        let slope = everywhere(constant(self.slope));
        broadcast!(above_zero {}.(z) .+ slope .* below_zero {}.(z))
    }
}

/// The exponential linear unit `yᵢⱼ = zᵢⱼ` above 0, `alpha (e^zᵢⱼ - 1)` elsewhere, with an alpha of
/// one's own. Its derivative at 0 is alpha; nothing overflows, and near 0 no digits are lost.
///
/// [`elu`](fn@super::elu) is that with an alpha of 1, in less time, and names the source.
///
/// ```
/// use micrograd_core::Function;
/// use micrograd_nn::activation::Elu;
/// use nalgebra::dmatrix;
///
/// let y = Elu { alpha: 0.5 }.call(dmatrix![2.0, 0.0, -1000.0]);
/// assert_eq!(y, dmatrix![2.0, 0.0, -0.5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Elu {
    /// α: far below 0 the value is -α.
    #[no_gradient]
    pub alpha: f64,
}

impl Elu {
    #[differentiable]
    pub(super) fn apply<T: Scalar>(&self, z: DMatrix<T>) -> DMatrix<T> {
        let alpha = everywhere(constant(self.alpha));
        broadcast!(above_zero {}.(z) .+ alpha .* exponential_below_zero {}.(z))
    }
}

/// A number that is stretched over all elements.
#[differentiable]
fn everywhere<T: Scalar>(number: T) -> DMatrix<T> {
    DMatrix::from_element(1, 1, number)
}

#[differentiable]
fn above_zero<T: Scalar>(z: T) -> T {
    if z > T::zero() { z } else { T::zero() }
}

#[differentiable]
fn below_zero<T: Scalar>(z: T) -> T {
    if z > T::zero() { T::zero() } else { z }
}

#[differentiable]
fn exponential_below_zero<T: Scalar>(z: T) -> T {
    if z > T::zero() { T::zero() } else { z.exp_m1() }
}
