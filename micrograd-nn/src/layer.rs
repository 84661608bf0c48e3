//! What a layer is.

use micrograd_core::{Differentiable, Scalar, differentiable};
use nalgebra::DMatrix;

/// A differentiable map of samples, one a column: features in × samples to features out × samples.
///
/// An implementation is written under `#[differentiable]`, which derives its backward pass; a
/// struct with parameters of its own also derives [`Differentiable`]. A layer that is random while
/// it is trained has a field of the type [`Seed`](crate::Seed), which
/// [`train_mode`](crate::train_mode) sets before each batch.
///
/// ```
/// use micrograd_core::{Differentiable, differentiable};
/// use micrograd_nn::Layer;
/// use nalgebra::{DMatrix, dmatrix};
///
/// /// `y = a x`, with one number to learn.
/// #[derive(Differentiable)]
/// struct Scale {
///     a: f64,
/// }
///
/// #[differentiable]
/// impl Layer for Scale {
///     fn forward(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
///         self.a * x
///     }
/// }
///
/// let x = dmatrix![1.0, 2.0; 3.0, 4.0];
/// let (y, back) = Scale { a: 10.0 }.pullback_forward(&x);
/// let (scale, dx) = back(dmatrix![1.0, 0.0; 0.0, 1.0]);
/// assert_eq!(y, dmatrix![10.0, 20.0; 30.0, 40.0]);
/// assert_eq!(scale.a, 5.0);
/// assert_eq!(dx, dmatrix![10.0, 0.0; 0.0, 10.0]);
/// ```
#[differentiable]
pub trait Layer<T: Scalar = f64>: Differentiable {
    /// The output for every column of `x`.
    ///
    /// # Panics
    /// If `x` has another number of rows than the layer has inputs.
    fn forward(&self, x: &DMatrix<T>) -> DMatrix<T>;
}

/// Layers applied one after the other, as many as are chosen at run time. None leave `x` as it is.
#[differentiable]
impl<T: Scalar, L: Layer<T>> Layer<T> for Vec<L> {
    fn forward(&self, x: &DMatrix<T>) -> DMatrix<T> {
        let mut x = x.clone();
        for layer in self {
            x = layer.forward(&x);
        }
        x
    }
}

/// A number of a layer's configuration, such as a probability, in the precision of its data.
#[differentiable(no_gradient(number))]
pub(crate) fn constant<T: Scalar>(number: f64) -> T {
    T::from_f64(number).expect("every real number type holds the doubles")
}
