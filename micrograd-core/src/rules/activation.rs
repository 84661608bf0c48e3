//! Activation functions of whole matrices, with rules of a single pass.
//!
//! They take the matrix by value and work in place; columns are samples. Each rule keeps only what
//! the argument, which is handed back, does not give cheaply. Functions of one number with the same
//! names are in [`function`](mod@crate::rules::function); the conventions, and the bits, are theirs.

use nalgebra::{DefaultAllocator, Dim, OMatrix, allocator::Allocator, zero};

use crate::broadcast::Elementwise;
use crate::rules::{function, matrix::hand_on, scalar::Scalar};
use crate::{NoTangent, Tangent};

/// Declares the marker of a function of a matrix: a value of its own, without a tangent.
macro_rules! marker {
    ($name:ident -> $Rows:ty) => {
        crate::function_value! {
            #[doc = concat!("The function [`", stringify!($name), "`](fn@", stringify!($name), ") as a value, and its rule.")]
            pub $name
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
                DefaultAllocator: Allocator<R, C> + Allocator<nalgebra::U1, C>,
            {
                let (value, back) = $name::rrule(&z);
                (value, move |mut dy| {
                    let mut dz = crate::Tangent::shapeless();
                    back(&mut dy, &z, &mut dz);
                    crate::Differentiable::fit(&z, &mut dz);
                    (dz,)
                })
            }
        }

        impl<T, R, C> crate::Function<OMatrix<T, R, C>> for $name
        where
            T: Scalar,
            R: Dim,
            C: Dim,
            DefaultAllocator: Allocator<R, C> + Allocator<nalgebra::U1, C>,
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
                    &mut OMatrix<T, $Rows, C>,
                    &$name,
                    &mut crate::NoTangent,
                    &OMatrix<T, R, C>,
                    &mut OMatrix<T, R, C>,
                ) + use<T, R, C>,
            ) {
                let (value, back) = $name::rrule(z);
                (
                    value,
                    move |dy: &mut OMatrix<T, $Rows, C>,
                          _: &$name,
                          _: &mut crate::NoTangent,
                          z: &OMatrix<T, R, C>,
                          dz: &mut OMatrix<T, R, C>| back(dy, z, dz),
                )
            }
        }
    };
}

mod column;
mod hyperbolic;

pub use column::{logsoftmax, logsumexp, softmax};
pub use hyperbolic::{BranchlessTanh, tanh};

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
            fn value<$T: Scalar>($z: $T) -> $T {
                $value
            }
            for element in z.as_mut_slice() {
                *element = value(*element);
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
                impl Fn(&mut OMatrix<$T, R, C>, &OMatrix<$T, R, C>, &mut OMatrix<$T, R, C>) + use<$T, R, C>,
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

    /// `Y = Z`, for a layer without an activation. `ΔZ = ΔY`.
    fn identity<T>(z) = z, (*z, |&dy: &T, _: &T, dz: &mut T| *dz += dy);
}

/// A function of one number, applied to each element, in place: `yᵢⱼ = f(zᵢⱼ)`.
///
/// This is how a differentiable function becomes an activation of a layer. Kept is what the rule of
/// the function keeps of each element; [`broadcast!`](crate::broadcast!) keeps nothing, and computes
/// the function anew.
///
/// ```
/// use micrograd_core::differentiable;
/// use micrograd_core::rules::activation::each;
/// use nalgebra::{DMatrix, dmatrix};
///
/// #[differentiable]
/// fn square(z: f64) -> f64 {
///     z * z
/// }
///
/// #[differentiable]
/// fn squares(z: DMatrix<f64>) -> DMatrix<f64> {
///     each(square {}, z)
/// }
///
/// let (y, back) = pullback_squares(dmatrix![1.0, -3.0]);
/// assert_eq!(y, dmatrix![1.0, 9.0]);
/// assert_eq!(back(dmatrix![1.0, 1.0]), (dmatrix![2.0, -6.0],));
/// ```
pub fn each<F, T, R, C>(f: F, mut z: OMatrix<T, R, C>) -> OMatrix<T, R, C>
where
    F: Elementwise<T>,
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    for element in z.as_mut_slice() {
        *element = f.call(*element);
    }
    z
}

crate::function_value! {
    /// The function [`each`](fn@each) as a value, and its rule.
    pub each
}

impl each {
    /// The value, and the rule that accumulates into the cotangent of the matrix.
    #[expect(clippy::type_complexity)]
    pub fn rrule<F, T, R, C>(
        f: &F,
        z: &OMatrix<T, R, C>,
    ) -> (
        OMatrix<T, R, C>,
        impl Fn(&mut OMatrix<T, R, C>, &F, &mut NoTangent, &OMatrix<T, R, C>, &mut OMatrix<T, R, C>)
        + use<F, T, R, C>,
    )
    where
        F: Elementwise<T>,
        T: Scalar,
        R: Dim,
        C: Dim,
        DefaultAllocator: Allocator<R, C>,
    {
        let f = *f;
        let (value, back) = each_element(z, move |z: &T| {
            let (y, back) = f.rrule_call(z);
            (y, move |dy: &T, z: &T, dz: &mut T| {
                back(&mut { *dy }, &f, &mut NoTangent, z, dz)
            })
        });
        (
            value,
            move |dy: &mut OMatrix<T, R, C>,
                  _: &F,
                  _: &mut NoTangent,
                  z: &OMatrix<T, R, C>,
                  dz: &mut OMatrix<T, R, C>| back(dy, z, dz),
        )
    }
}

/// A function of each element by the rule of one element, whose pullbacks are all that is kept.
#[expect(clippy::type_complexity)]
fn each_element<T, R, C, B, F>(
    z: &OMatrix<T, R, C>,
    rrule: F,
) -> (
    OMatrix<T, R, C>,
    impl Fn(&mut OMatrix<T, R, C>, &OMatrix<T, R, C>, &mut OMatrix<T, R, C>) + use<T, R, C, B, F>,
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
    let back = move |dy: &mut OMatrix<T, R, C>, z: &OMatrix<T, R, C>, dz: &mut OMatrix<T, R, C>| {
        hand_on(dy, dz, |dy| {
            for ((dy, z), back) in dy.iter_mut().zip(z.as_slice()).zip(&backs) {
                let mut contribution = Tangent::shapeless();
                back(dy, z, &mut contribution);
                *dy = contribution;
            }
        });
    };
    (value, back)
}
