//! Activation functions of whole matrices, with rules of a single pass.
//!
//! They take the matrix by value and work in place; columns are samples. Each rule keeps only what
//! the argument, which is handed back, does not give cheaply. Functions of one number with the same
//! names are in [`function`](mod@crate::rules::function); the conventions, and the bits, are theirs.

use std::iter::repeat_n;

use nalgebra::{DefaultAllocator, Dim, OMatrix, RowOVector, U1, allocator::Allocator, zero};

use crate::parameters::Visitor;
use crate::rules::{function, matrix::accumulate_elements, scalar::Scalar};
use crate::{Differentiable, Function, Name, NoTangent, Parameters, Tangent};

/// Declares the marker of a function of a matrix: a value of its own, without a tangent.
macro_rules! marker {
    ($name:ident -> $Rows:ty) => {
        #[doc = concat!("The function [`", stringify!($name), "`](fn@", stringify!($name), ") as a value, and its rule.")]
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name {}

        crate::no_tangent!($name);

        impl Parameters for $name {
            fn visit_parameters(&mut self, _: &mut NoTangent, _: &mut Name, _: &mut Visitor<'_>) {}
        }

        impl $name {
            /// The value, and the cotangent of the argument by that of the value.
            pub fn pullback<T, R, C>(
                z: OMatrix<T, R, C>,
            ) -> (
                OMatrix<T, $Rows, C>,
                impl Fn(OMatrix<T, $Rows, C>) -> (OMatrix<T, R, C>,) + use<T, R, C>,
            )
            where
                T: Scalar,
                R: Dim,
                C: Dim,
                DefaultAllocator: Allocator<R, C> + Allocator<U1, C>,
            {
                let (value, back) = $name::rrule(&z);
                (value, move |dy| {
                    let mut dz = z.accumulator();
                    back(&dy, &z, &mut dz);
                    z.fit(&mut dz);
                    (dz,)
                })
            }
        }

        impl<T, R, C> Function<OMatrix<T, R, C>> for $name
        where
            T: Scalar,
            R: Dim,
            C: Dim,
            DefaultAllocator: Allocator<R, C> + Allocator<U1, C>,
        {
            type Output = OMatrix<T, $Rows, C>;

            #[inline(always)]
            fn call(&self, z: OMatrix<T, R, C>) -> OMatrix<T, $Rows, C> {
                $name(z)
            }

            #[inline(always)]
            fn rrule_call(
                &self,
                z: &OMatrix<T, R, C>,
            ) -> (
                OMatrix<T, $Rows, C>,
                impl Fn(
                    &OMatrix<T, $Rows, C>,
                    &$name,
                    &mut NoTangent,
                    &OMatrix<T, R, C>,
                    &mut OMatrix<T, R, C>,
                ) + use<T, R, C>,
            ) {
                let (value, back) = $name::rrule(z);
                (
                    value,
                    move |dy: &OMatrix<T, $Rows, C>,
                          _: &$name,
                          _: &mut NoTangent,
                          z: &OMatrix<T, R, C>,
                          dz: &mut OMatrix<T, R, C>| back(dy, z, dz),
                )
            }
        }
    };
}

/// Declares functions of each element: the value, and the rule of one element.
macro_rules! elementwise {
    ($($(#[$doc:meta])* fn $name:ident<$T:ident>($z:ident) = $value:expr, $rrule:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name<$T, R, C>(mut z: OMatrix<$T, R, C>) -> OMatrix<$T, R, C>
        where
            $T: Scalar,
            R: Dim,
            C: Dim,
            DefaultAllocator: Allocator<R, C>,
        {
            for element in z.as_mut_slice() {
                let $z = *element;
                *element = $value;
            }
            z
        }

        marker!($name -> R);

        impl $name {
            /// The value, and the rule that accumulates into the cotangent of the argument.
            pub fn rrule<$T, R, C>(
                z: &OMatrix<$T, R, C>,
            ) -> (
                OMatrix<$T, R, C>,
                impl Fn(&OMatrix<$T, R, C>, &OMatrix<$T, R, C>, &mut OMatrix<$T, R, C>) + use<$T, R, C>,
            )
            where
                $T: Scalar,
                R: Dim,
                C: Dim,
                DefaultAllocator: Allocator<R, C>,
            {
                each_element(z, |$z: &$T| $rrule)
            }
        }
    )*};
}

elementwise! {
    /// The rectifier `yᵢⱼ = max(zᵢⱼ, 0)`. `Δzᵢⱼ = Δyᵢⱼ` where `zᵢⱼ > 0`, else 0.
    ///
    /// ```
    /// use micrograd_core::rules::activation::relu;
    /// use nalgebra::dmatrix;
    /// let (y, back) = relu::pullback(dmatrix![2.0, 0.0; -2.0, 3.0]);
    /// assert_eq!(y, dmatrix![2.0, 0.0; 0.0, 3.0]);
    /// assert_eq!(back(y.clone()), (dmatrix![2.0, 0.0; 0.0, 3.0],));
    /// ```
    fn relu<T>(z) = function::relu(z), (function::relu(*z), |&dy: &T, &z: &T, dz: &mut T| {
        // Nothing is kept: the sign is that of the argument.
        *dz += if z <= zero() { zero() } else { dy };
    });

    /// The logistic function `yᵢⱼ = 1 / (1 + e^-zᵢⱼ)`, finite everywhere. `Δzᵢⱼ = Δyᵢⱼ yᵢⱼ (1 - yᵢⱼ)`.
    fn sigmoid<T>(z) = function::sigmoid(z), function::sigmoid::rrule(z);

    /// The smooth rectifier `yᵢⱼ = ln(1 + e^zᵢⱼ)`, finite everywhere. `Δzᵢⱼ = Δyᵢⱼ sigmoid(zᵢⱼ)`.
    fn softplus<T>(z) = function::softplus(z), function::softplus::rrule(z);

    /// `yᵢⱼ = tanh(zᵢⱼ)`. `Δzᵢⱼ = Δyᵢⱼ (1 - yᵢⱼ²)`.
    fn tanh<T>(z) = nalgebra::ComplexField::tanh(z), z.rrule_tanh();

    /// `Y = Z`, for a layer without an activation. `ΔZ = ΔY`.
    fn identity<T>(z) = z, (*z, |&dy: &T, _: &T, dz: &mut T| *dz += dy);
}

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
        impl Fn(&OMatrix<T, R, C>, &OMatrix<T, R, C>, &mut OMatrix<T, R, C>) + use<T, R, C>,
    )
    where
        T: Scalar,
        R: Dim,
        C: Dim,
        DefaultAllocator: Allocator<R, C>,
    {
        let value = softmax(z.clone());
        let kept = value.clone();
        let back = move |dy: &OMatrix<T, R, C>, z: &OMatrix<T, R, C>, dz: &mut OMatrix<T, R, C>| {
            if dy.is_empty() {
                return;
            }
            z.fit(dz);
            let rows = z.nrows();
            let values = kept.as_slice().chunks_exact(rows).zip(dy.as_slice().chunks_exact(rows));
            for (dz, (y, dy)) in columns_mut(dz.as_mut_slice(), rows).zip(values) {
                let along = sum(y.iter().zip(dy).map(|(&y, &dy)| y * dy));
                for ((dz, &y), &dy) in dz.iter_mut().zip(y).zip(dy) {
                    *dz += y * (dy - along);
                }
            }
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
        impl Fn(&OMatrix<T, R, C>, &OMatrix<T, R, C>, &mut OMatrix<T, R, C>) + use<T, R, C>,
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
        let back = move |dy: &OMatrix<T, R, C>, z: &OMatrix<T, R, C>, dz: &mut OMatrix<T, R, C>| {
            if dy.is_empty() {
                return;
            }
            z.fit(dz);
            let rows = z.nrows();
            let probabilities = probabilities.as_slice().chunks_exact(rows);
            let values = probabilities.zip(dy.as_slice().chunks_exact(rows));
            for (dz, (probabilities, dy)) in columns_mut(dz.as_mut_slice(), rows).zip(values) {
                let total = sum(dy.iter().copied());
                for ((dz, &probability), &dy) in dz.iter_mut().zip(probabilities).zip(dy) {
                    *dz += dy - probability * total;
                }
            }
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
        impl Fn(&RowOVector<T, C>, &OMatrix<T, R, C>, &mut OMatrix<T, R, C>) + use<T, R, C>,
    )
    where
        T: Scalar,
        R: Dim,
        C: Dim,
        DefaultAllocator: Allocator<R, C> + Allocator<U1, C>,
    {
        let (value, probabilities) = logsumexp::forward(z.clone());
        let back =
            move |dy: &RowOVector<T, C>, z: &OMatrix<T, R, C>, dz: &mut OMatrix<T, R, C>| {
                if dy.is_empty() {
                    return;
                }
                let columns = dy.as_slice().iter().flat_map(|&dy| repeat_n(dy, z.nrows()));
                let contributions = columns.zip(probabilities.as_slice()).map(|(dy, &p)| dy * p);
                accumulate_elements(dz, z.shape_generic(), contributions);
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
        let both = value.as_mut_slice().iter_mut().zip(columns_mut(z.as_mut_slice(), rows));
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

/// A function of each element by the rule of one element, whose pullbacks are all that is kept.
#[expect(clippy::type_complexity)]
fn each_element<T, R, C, B, F>(
    z: &OMatrix<T, R, C>,
    rrule: F,
) -> (
    OMatrix<T, R, C>,
    impl Fn(&OMatrix<T, R, C>, &OMatrix<T, R, C>, &mut OMatrix<T, R, C>) + use<T, R, C, B, F>,
)
where
    T: Scalar,
    R: Dim,
    C: Dim,
    B: Fn(&T, &T, &mut T),
    F: Fn(&T) -> (T, B),
    DefaultAllocator: Allocator<R, C>,
{
    let mut value = z.clone();
    let forward = |element: &mut T| {
        let (value, back) = rrule(element);
        *element = value;
        back
    };
    let backs: Vec<B> = value.as_mut_slice().iter_mut().map(forward).collect();
    let back = move |dy: &OMatrix<T, R, C>, z: &OMatrix<T, R, C>, dz: &mut OMatrix<T, R, C>| {
        if dy.is_empty() {
            return;
        }
        let elements = dy.as_slice().iter().zip(z.as_slice()).zip(&backs);
        let contributions = elements.map(|((dy, z), back)| {
            let mut contribution = Tangent::zero();
            back(dy, z, &mut contribution);
            contribution
        });
        accumulate_elements(dz, z.shape_generic(), contributions);
    };
    (value, back)
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
