//! Rules for the methods that only vectors have.
#![expect(clippy::type_complexity)]

use nalgebra::{
    Const, DefaultAllocator, Dim, DimAdd, DimSum, OVector, U1, Vector, Vector2, Vector3,
    allocator::Allocator,
};

use super::{elements::Elements, tangent::accumulate_elements};
use crate::Differentiable;
use crate::rules::scalar::Scalar;

/// Declares the rules for choosing elements by name: `xy`, `xyz`.
macro_rules! swizzles {
    ($($rrule:ident: $Chosen:ident $count:literal [$($i:literal),*];)*) => {$(
        #[doc = concat!("`c = a` at ", stringify!($($i),*), ". Each `Δaᵢ` takes the cotangents of its copies.")]
        #[inline]
        fn $rrule(&self) -> (
            $Chosen<T>,
            impl Fn(&$Chosen<T>, &Self, &mut OVector<T, D>) + use<Self, T, D, S>,
        )
        where
            DefaultAllocator: Allocator<Const<$count>>,
        {
            let a = self.base();
            ($Chosen::new($(a[$i]),*), |dz, a, da| {
                a.base().fit(da);
                for (k, i) in [$($i),*].into_iter().enumerate() {
                    da[i] += dz[k];
                }
            })
        }
    )*};
}

/// Rules for the methods of a vector a of n elements.
pub trait VectorRules<T, D, S>:
    Differentiable<Base = Vector<T, D, S>, Tangent = OVector<T, D>>
where
    T: Scalar,
    D: Dim,
    S: Elements<T, D, U1>,
    DefaultAllocator: Allocator<D>,
{
    /// `c = (1 - t) a + t b`. `Δa = (1 - t) Δc`, `Δb = t Δc`, `Δt = ⟨b - a, Δc⟩`.
    #[inline]
    fn rrule_lerp<SB: Elements<T, D, U1>>(
        &self,
        b: &Vector<T, D, SB>,
        t: &T,
    ) -> (
        OVector<T, D>,
        impl Fn(
            &OVector<T, D>,
            &Self,
            &mut OVector<T, D>,
            &Vector<T, D, SB>,
            &mut OVector<T, D>,
            &T,
            &mut T,
        ) + use<Self, T, D, S, SB>,
    ) {
        (self.base().lerp(b, *t), |dz, a, da, b, db, &t, dt| {
            if dz.is_empty() {
                return;
            }
            let a = a.base();
            let dz = dz.as_slice();
            let rest = T::one() - t;
            accumulate_elements(da, a.shape_generic(), dz.iter().map(|&dz| dz * rest));
            accumulate_elements(db, b.shape_generic(), dz.iter().map(|&dz| dz * t));
            for (&dz, (&a, &b)) in dz.iter().zip(S::elements(a).iter().zip(&*SB::elements(b))) {
                *dt += dz * (b - a);
            }
        })
    }

    /// `c` is `a` with one more element at the end. `Δa` is `Δc` without the last, `Δx` is the last.
    #[inline]
    fn rrule_push(
        &self,
        x: &T,
    ) -> (
        OVector<T, DimSum<D, U1>>,
        impl Fn(&OVector<T, DimSum<D, U1>>, &Self, &mut OVector<T, D>, &T, &mut T) + use<Self, T, D, S>,
    )
    where
        D: DimAdd<U1>,
        DefaultAllocator: Allocator<DimSum<D, U1>>,
    {
        (self.base().push(*x), |dz, a, da, _, dx| {
            if let Some((last, rest)) = dz.as_slice().split_last() {
                accumulate_elements(da, a.base().shape_generic(), rest.iter().copied());
                *dx += *last;
            }
        })
    }

    swizzles! {
        rrule_xy: Vector2 2 [0, 1];
        rrule_yx: Vector2 2 [1, 0];
        rrule_xz: Vector2 2 [0, 2];
        rrule_zx: Vector2 2 [2, 0];
        rrule_yz: Vector2 2 [1, 2];
        rrule_zy: Vector2 2 [2, 1];
        rrule_xyz: Vector3 3 [0, 1, 2];
        rrule_yzx: Vector3 3 [1, 2, 0];
        rrule_zxy: Vector3 3 [2, 0, 1];
        rrule_zyx: Vector3 3 [2, 1, 0];
    }
}

impl<T, D, S> VectorRules<T, D, S> for Vector<T, D, S>
where
    T: Scalar,
    D: Dim,
    S: Elements<T, D, U1>,
    DefaultAllocator: Allocator<D>,
{
}
