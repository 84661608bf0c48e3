//! Rectifiers with a slope or a curve below 0: ordinary differentiable functions of one number,
//! applied to each element.

use micrograd_core::rules::activation::each;
use micrograd_core::rules::function::sigmoid;
use micrograd_core::{Scalar, differentiable};
use nalgebra::{DMatrix, convert};

/// The leaky rectifier `yᵢⱼ = zᵢⱼ` above 0, `0.01 zᵢⱼ` elsewhere. Its derivative at 0 is 0.01.
///
/// Source: A. Maas, A. Hannun and A. Ng, "Rectifier nonlinearities improve neural network acoustic
/// models" (2013).
///
/// ```
/// use micrograd_nn::activation::leaky_relu;
/// use nalgebra::dmatrix;
/// let (y, back) = leaky_relu::pullback(dmatrix![2.0, 0.0, -3.0]);
/// assert_eq!(y, dmatrix![2.0, 0.0, -0.03]);
/// assert_eq!(back(dmatrix![1.0, 1.0, 1.0]), (dmatrix![1.0, 0.01, 0.01],));
/// ```
#[differentiable]
pub fn leaky_relu<T: Scalar>(z: DMatrix<T>) -> DMatrix<T> {
    each(leaky {}, z)
}

#[differentiable]
fn leaky<T: Scalar>(z: T) -> T {
    let slope: T = convert(0.01);
    if z > T::zero() { z } else { slope * z }
}

/// The exponential linear unit `yᵢⱼ = zᵢⱼ` above 0, `e^zᵢⱼ - 1` elsewhere. Its derivative at 0 is 1,
/// from either side; nothing overflows, and near 0 no digits are lost.
///
/// Source: D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and accurate deep network learning
/// by exponential linear units (ELUs)" (2016), with α = 1.
///
/// ```
/// use micrograd_nn::activation::elu;
/// use nalgebra::dmatrix;
/// assert_eq!(elu(dmatrix![2.0, 0.0, -1000.0]), dmatrix![2.0, 0.0, -1.0]);
/// ```
#[differentiable]
pub fn elu<T: Scalar>(z: DMatrix<T>) -> DMatrix<T> {
    each(exponential {}, z)
}

#[differentiable]
fn exponential<T: Scalar>(z: T) -> T {
    if z > T::zero() { z } else { z.exp_m1() }
}

/// The sigmoid linear unit `yᵢⱼ = zᵢⱼ sigmoid(zᵢⱼ)`, also called swish. Smooth, with the derivative
/// ½ at 0.
///
/// Source: S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-weighted linear units for neural network
/// function approximation in reinforcement learning" (2018).
///
/// ```
/// use micrograd_nn::activation::silu;
/// use nalgebra::dmatrix;
/// assert_eq!(silu(dmatrix![1000.0, 0.0, -1000.0]), dmatrix![1000.0, 0.0, 0.0]);
/// ```
#[differentiable]
pub fn silu<T: Scalar>(z: DMatrix<T>) -> DMatrix<T> {
    each(sigmoid_linear {}, z)
}

#[differentiable]
fn sigmoid_linear<T: Scalar>(z: T) -> T {
    z * sigmoid(z)
}

/// The Gaussian error linear unit `z Φ(z)`, Φ: the normal distribution, in its usual approximation
/// `yᵢⱼ = ½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))`, which is off by less than 0.0005. Smooth, with
/// the derivative ½ at 0.
///
/// Source: D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)" (2016), section 2.
///
/// ```
/// use micrograd_nn::activation::gelu;
/// use nalgebra::dmatrix;
/// let y = gelu(dmatrix![1.0_f64, 0.0, -1e200]);
/// assert!((y - dmatrix![0.841345, 0.0, 0.0]).amax() < 0.0005);
/// ```
#[differentiable]
pub fn gelu<T: Scalar>(z: DMatrix<T>) -> DMatrix<T> {
    each(gaussian {}, z)
}

/// `½ (1 + tanh(u))` is `sigmoid(2 u)`. Where the square of `z` is at its bound, the sigmoid is 0 or 1
/// to the last bit; the bound keeps the cube from overflowing.
#[differentiable]
fn gaussian<T: Scalar>(z: T) -> T {
    let bound: T = convert(1e4);
    let (linear, cubic): (T, T) = (
        convert(1.595_769_121_605_730_8),  // 2 √(2/π)
        convert(0.071_354_816_272_600_25), // 0.044715 · 2 √(2/π)
    );
    let square = (z * z).min(bound);
    z * sigmoid(z * (linear + cubic * square))
}
