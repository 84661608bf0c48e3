//! Functions of each column, which is one sample: softmax, its logarithm, and log-sum-exp.

use nalgebra::{DefaultAllocator, Dim, OMatrix, RowOVector, U1, allocator::Allocator, zero};

use crate::Differentiable;
use crate::rules::matrix::hand_on;
use crate::rules::scalar::Scalar;

/// The softmax of each column: `yᵢⱼ = e^zᵢⱼ / Σₖ e^zₖⱼ`, shifted by the column's maximum so that
/// nothing overflows. `Δzⱼ = yⱼ ∘ (Δyⱼ - ⟨yⱼ, Δyⱼ⟩)`.
///
/// ```
/// use micrograd_core::rules::activation::softmax;
/// use nalgebra::dmatrix;
/// let y = softmax(dmatrix![1000.0, 1.0; -1000.0, 1.0]);
/// assert_eq!(y, dmatrix![1.0, 0.5; 0.0, 0.5]);
/// ```
pub fn softmax<T, R, C>(mut z: OMatrix<T, R, C>) -> OMatrix<T, R, C>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    let rows = z.nrows();
    for column in columns_mut(z.as_mut_slice(), rows) {
        let (_, sum) = exponentiate(column);
        for element in column {
            *element /= sum;
        }
    }
    z
}
marker!(softmax -> R);

impl softmax {
    /// The value, and the rule that accumulates into the cotangent of the argument. Keeps the value.
    #[expect(clippy::type_complexity)]
    pub fn rrule<T, R, C>(
        z: &OMatrix<T, R, C>,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&mut OMatrix<T, R, C>, &OMatrix<T, R, C>, &mut OMatrix<T, R, C>) + use<T, R, C>,
    )
    where
        T: Scalar,
        R: Dim,
        C: Dim,
        DefaultAllocator: Allocator<R, C>,
    {
        let value = softmax(z.clone());
        let kept = value.clone();
        let back =
            move |dy: &mut OMatrix<T, R, C>, z: &OMatrix<T, R, C>, dz: &mut OMatrix<T, R, C>| {
                hand_on(dy, dz, |dy| {
                    let values = kept.as_slice().chunks_exact(z.nrows());
                    for (dy, y) in columns_mut(dy, z.nrows()).zip(values) {
                        let along = sum(y.iter().zip(&*dy).map(|(&y, &dy)| y * dy));
                        for (dy, &y) in dy.iter_mut().zip(y) {
                            *dy = y * (*dy - along);
                        }
                    }
                });
            };
        (value, back)
    }
}

/// The logarithm of the softmax of each column: `yᵢⱼ = zᵢⱼ - ln Σₖ e^zₖⱼ`, shifted by the column's
/// maximum so that nothing overflows. `Δzⱼ = Δyⱼ - softmax(zⱼ) Σᵢ Δyᵢⱼ`.
pub fn logsoftmax<T, R, C>(mut z: OMatrix<T, R, C>) -> OMatrix<T, R, C>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    let rows = z.nrows();
    for column in columns_mut(z.as_mut_slice(), rows) {
        let shift = shift(column);
        let total = sum(column.iter().map(|&z| (z - shift).exp())).ln();
        for element in column {
            *element = *element - shift - total;
        }
    }
    z
}
marker!(logsoftmax -> R);

impl logsoftmax {
    /// The value, and the rule that accumulates into the cotangent of the argument. Keeps the softmax.
    #[expect(clippy::type_complexity)]
    pub fn rrule<T, R, C>(
        z: &OMatrix<T, R, C>,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&mut OMatrix<T, R, C>, &OMatrix<T, R, C>, &mut OMatrix<T, R, C>) + use<T, R, C>,
    )
    where
        T: Scalar,
        R: Dim,
        C: Dim,
        DefaultAllocator: Allocator<R, C>,
    {
        let rows = z.nrows();
        let (mut value, mut probabilities) = (z.clone(), z.clone());
        let both = columns_mut(value.as_mut_slice(), rows)
            .zip(columns_mut(probabilities.as_mut_slice(), rows));
        for (value, probabilities) in both {
            let (shift, sum) = exponentiate(probabilities);
            let total = sum.ln();
            for (value, probability) in value.iter_mut().zip(probabilities) {
                *value = *value - shift - total;
                *probability /= sum;
            }
        }
        let back =
            move |dy: &mut OMatrix<T, R, C>, z: &OMatrix<T, R, C>, dz: &mut OMatrix<T, R, C>| {
                hand_on(dy, dz, |dy| {
                    let probabilities = probabilities.as_slice().chunks_exact(z.nrows());
                    for (dy, probabilities) in columns_mut(dy, z.nrows()).zip(probabilities) {
                        let total = sum(dy.iter().copied());
                        for (dy, &probability) in dy.iter_mut().zip(probabilities) {
                            *dy -= probability * total;
                        }
                    }
                });
            };
        (value, back)
    }
}

/// The log-sum-exp of each column, `yⱼ = ln Σₖ e^zₖⱼ`, as a row; shifted by the column's maximum so
/// that nothing overflows. `Δzⱼ = Δyⱼ softmax(zⱼ)`.
///
/// ```
/// use micrograd_core::rules::activation::logsumexp;
/// use nalgebra::{DMatrix, RowDVector};
/// let y = logsumexp(DMatrix::from_element(1, 2, 1000.0));
/// assert_eq!(y, RowDVector::from_element(2, 1000.0));
/// ```
pub fn logsumexp<T, R, C>(z: OMatrix<T, R, C>) -> RowOVector<T, C>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C> + Allocator<U1, C>,
{
    logsumexp::forward(z).0
}
marker!(logsumexp -> U1);

impl logsumexp {
    /// The value, and the rule that accumulates into the cotangent of the argument. Keeps the softmax.
    #[expect(clippy::type_complexity)]
    pub fn rrule<T, R, C>(
        z: &OMatrix<T, R, C>,
    ) -> (
        RowOVector<T, C>,
        impl Fn(&mut RowOVector<T, C>, &OMatrix<T, R, C>, &mut OMatrix<T, R, C>) + use<T, R, C>,
    )
    where
        T: Scalar,
        R: Dim,
        C: Dim,
        DefaultAllocator: Allocator<R, C> + Allocator<U1, C>,
    {
        let (value, probabilities) = logsumexp::forward(z.clone());
        let back =
            move |dy: &mut RowOVector<T, C>, z: &OMatrix<T, R, C>, dz: &mut OMatrix<T, R, C>| {
                if dy.is_empty() {
                    return;
                }
                z.fit(dz);
                let columns = columns_mut(dz.as_mut_slice(), z.nrows());
                let probabilities = probabilities.as_slice().chunks_exact(z.nrows().max(1));
                for ((dz, probabilities), &dy) in columns.zip(probabilities).zip(dy.as_slice()) {
                    for (dz, &probability) in dz.iter_mut().zip(probabilities) {
                        *dz += dy * probability;
                    }
                }
            };
        (value, back)
    }

    /// The value, and the softmax in place of the argument.
    fn forward<T, R, C>(mut z: OMatrix<T, R, C>) -> (RowOVector<T, C>, OMatrix<T, R, C>)
    where
        T: Scalar,
        R: Dim,
        C: Dim,
        DefaultAllocator: Allocator<R, C> + Allocator<U1, C>,
    {
        let (rows, (_, columns)) = (z.nrows(), z.shape_generic());
        // Without rows the sum is empty.
        let mut value = RowOVector::repeat_generic(U1, columns, zero::<T>().ln());
        let both = value
            .as_mut_slice()
            .iter_mut()
            .zip(columns_mut(z.as_mut_slice(), rows));
        for (value, column) in both {
            let (shift, sum) = exponentiate(column);
            *value = shift + sum.ln();
            for element in column {
                *element /= sum;
            }
        }
        (value, z)
    }
}

/// The columns of a matrix with that number of rows.
fn columns_mut<T>(elements: &mut [T], rows: usize) -> impl Iterator<Item = &mut [T]> {
    elements.chunks_exact_mut(rows.max(1))
}

/// Replaces each `z` by `e^(z - shift)`; returns the shift, and the sum of what is there now.
fn exponentiate<T: Scalar>(column: &mut [T]) -> (T, T) {
    let shift = shift(column);
    for element in column.iter_mut() {
        *element = (*element - shift).exp();
    }
    (shift, sum(column.iter().copied()))
}

/// The maximum, or 0 if that is infinite: `∞ - ∞` is NaN.
fn shift<T: Scalar>(column: &[T]) -> T {
    let largest = column.iter().copied().reduce(T::max).unwrap_or(zero());
    if largest.is_finite() { largest } else { zero() }
}

/// The sum from first to last, so that a value and its rule agree to the bit.
fn sum<T: Scalar>(terms: impl Iterator<Item = T>) -> T {
    terms.fold(zero(), |sum, term| sum + term)
}
