//! Sums and products of items whose type only the compiler knows, as `sum` and `product` in generic
//! code.

use std::iter::{Product, Sum};
use std::ops::{Add, Mul};

use crate::rules::operator::{AddRule, MulRule, Residual};
use crate::{Differentiable, ScalarRules};

/// What a sum of numbers begins with: `-0.0`, as that of the standard library.
#[inline(always)]
pub fn start_of_sum<T: ScalarRules>() -> T {
    T::shapeless()
}

/// What a product of numbers begins with: 1.
#[inline(always)]
pub fn start_of_product<T: ScalarRules>() -> T {
    T::default().rrule_exp().0
}

/// The sum of no items.
#[inline(always)]
pub fn empty_sum<T: Sum>() -> T {
    std::iter::empty::<T>().sum()
}

/// The product of no items.
#[inline(always)]
pub fn empty_product<T: Product>() -> T {
    std::iter::empty::<T>().product()
}

/// `a + b`, of one type.
///
/// ```
/// assert_eq!(micrograd_core::rules::reduction::plus(1.5, 2.0), 3.5);
/// ```
#[inline(always)]
pub fn plus<T: Add<Output = T>>(a: T, b: T) -> T {
    a + b
}

/// `a b`, of one type.
///
/// ```
/// assert_eq!(micrograd_core::rules::reduction::times(1.5, 2.0), 3.0);
/// ```
#[inline(always)]
pub fn times<T: Mul<Output = T>>(a: T, b: T) -> T {
    a * b
}

crate::function_value! {
    /// The function [`plus`](fn@plus) as a value, and its rule.
    pub plus
}

crate::function_value! {
    /// The function [`times`](fn@times) as a value, and its rule.
    pub times
}

impl plus {
    /// The value, and the rule: see [`AddRule`].
    #[expect(clippy::type_complexity)]
    #[inline(always)]
    pub fn rrule<T>(
        a: &T,
        b: &T,
    ) -> (
        T,
        impl Fn(&T::Tangent, &T, &mut T::Tangent, &T, &mut T::Tangent) + use<T>,
    )
    where
        T: Clone + Add<Output = T> + AddRule<T, Output = <T as Differentiable>::Tangent>,
    {
        let residual = a.residual(b);
        (
            a.clone() + b.clone(),
            #[inline(always)]
            move |dz: &T::Tangent, _: &T, da: &mut T::Tangent, _: &T, db: &mut T::Tangent| {
                residual.left(dz, da);
                residual.right(dz, db);
            },
        )
    }
}

impl times {
    /// The value, and the rule: see [`MulRule`].
    #[expect(clippy::type_complexity)]
    #[inline(always)]
    pub fn rrule<T>(
        a: &T,
        b: &T,
    ) -> (
        T,
        impl Fn(&T::Tangent, &T, &mut T::Tangent, &T, &mut T::Tangent) + use<T>,
    )
    where
        T: Clone + Mul<Output = T> + MulRule<T, Output = <T as Differentiable>::Tangent>,
    {
        (
            a.clone() * b.clone(),
            #[inline(always)]
            |dz: &T::Tangent, a: &T, da: &mut T::Tangent, b: &T, db: &mut T::Tangent| {
                MulRule::left(a, b, dz, da);
                MulRule::right(a, b, dz, db);
            },
        )
    }
}
