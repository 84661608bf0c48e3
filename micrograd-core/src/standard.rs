//! Types of the standard library as fields and results of differentiable code.
//!
//! `Rc` and `Arc` stand with the other pointers in `tangent/pointer.rs`.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::ops::{Range, RangeInclusive};
use std::rc::Rc;
use std::sync::Arc;

use crate::emitted::Inert;
use crate::parameters::{SeedVisitor, Visitor};
use crate::{Accumulate, Differentiable, Name, NoTangent, Parameters, Tangent};

impl<T: Differentiable> Differentiable for Option<T> {
    type Tangent = Option<T::Tangent>;
    type Accumulator = Option<T::Tangent>;
    type Base = Self;
    #[inline(always)]
    fn base(&self) -> &Self {
        self
    }
    #[inline(always)]
    fn zero_tangent(&self) -> Self::Tangent {
        self.as_ref().map(T::zero_tangent)
    }
    #[inline(always)]
    fn accumulator(&self) -> Self::Tangent {
        self.as_ref().map(T::accumulator)
    }
    #[inline(always)]
    fn renew(&self, tangent: &mut Self::Tangent) {
        match (self, tangent) {
            (Some(value), Some(tangent)) => value.renew(tangent),
            (_, tangent) => *tangent = self.accumulator(),
        }
    }
}

impl<T: Accumulate + Clone> Accumulate for Option<T> {
    #[inline(always)]
    fn accumulate(&mut self, rhs: &Self) {
        match (self.as_mut(), rhs) {
            (Some(left), Some(right)) => left.accumulate(right),
            (None, right) => self.clone_from(right),
            (Some(_), None) => {}
        }
    }
}

impl<T: Tangent> Tangent for Option<T> {
    #[inline(always)]
    fn shapeless() -> Self {
        None
    }
}

/// A success has the tangent of its value. A failure has none: the error that a function leaves
/// with is not among its outputs, so what it holds carries no derivative.
impl<T: Differentiable, E> Differentiable for Result<T, E> {
    type Tangent = Option<T::Tangent>;
    type Accumulator = Option<T::Tangent>;
    type Base = Self;
    #[inline(always)]
    fn base(&self) -> &Self {
        self
    }
    #[inline(always)]
    fn zero_tangent(&self) -> Self::Tangent {
        self.as_ref().ok().map(T::zero_tangent)
    }
    #[inline(always)]
    fn accumulator(&self) -> Self::Tangent {
        self.as_ref().ok().map(T::accumulator)
    }
}

impl<T: Parameters, E> Parameters for Result<T, E> {
    fn visit_parameters(
        &mut self,
        tangent: &mut Option<T::Tangent>,
        name: &mut Name,
        visit: &mut Visitor<'_>,
    ) {
        if let Ok(value) = self {
            value.visit_parameters(tangent.get_or_insert_with(Tangent::shapeless), name, visit);
        }
    }

    fn visit_seeds(&mut self, visit: &mut SeedVisitor<'_>) {
        if let Ok(value) = self {
            value.visit_seeds(visit);
        }
    }
}

/// Front to back, as a vector of the same length.
impl<T: Differentiable> Differentiable for VecDeque<T> {
    type Tangent = Vec<T::Tangent>;
    type Accumulator = [T::Tangent];
    type Base = Self;
    #[inline(always)]
    fn base(&self) -> &Self {
        self
    }
    fn zero_tangent(&self) -> Vec<T::Tangent> {
        self.iter().map(T::zero_tangent).collect()
    }
    fn accumulator(&self) -> Vec<T::Tangent> {
        self.iter().map(T::accumulator).collect()
    }
}

impl<T: Parameters> Parameters for VecDeque<T> {
    fn visit_parameters(
        &mut self,
        tangent: &mut Vec<T::Tangent>,
        name: &mut Name,
        visit: &mut Visitor<'_>,
    ) {
        T::visit_slice(self.make_contiguous(), tangent, name, visit);
    }

    fn visit_seeds(&mut self, visit: &mut SeedVisitor<'_>) {
        for value in self {
            value.visit_seeds(visit);
        }
    }
}

/// Types without a tangent, and without numbers to be visited.
macro_rules! inert {
    ($(($($generics:tt)*) $type:ty;)*) => {$(
        impl<$($generics)*> Differentiable for $type {
            type Tangent = NoTangent;
            type Accumulator = NoTangent;
            type Base = Self;
            #[inline(always)]
            fn base(&self) -> &Self {
                self
            }
            #[inline(always)]
            fn zero_tangent(&self) -> NoTangent {
                NoTangent
            }
        }
        impl<$($generics)*> Parameters for $type {
            fn visit_parameters(&mut self, _: &mut NoTangent, _: &mut Name, _: &mut Visitor<'_>) {}
        }
        impl<$($generics)*> Inert for $type {}
    )*};
}
inert! {
    (T: ?Sized) PhantomData<T>;
    (T: Differentiable<Tangent = NoTangent>) Range<T>;
    (T: Differentiable<Tangent = NoTangent>) RangeInclusive<T>;
    () std::time::Duration;
    () std::time::Instant;
    () std::num::NonZeroUsize;
    () std::num::NonZeroU32;
    () std::num::NonZeroU64;
}

macro_rules! no_leaves {
    ($($type:ty),*) => {$(
        crate::no_tangent!($type);
        impl Parameters for $type {
            fn visit_parameters(&mut self, _: &mut NoTangent, _: &mut Name, _: &mut Visitor<'_>) {}
        }
    )*};
}
no_leaves!(std::cmp::Ordering, std::num::FpCategory);

/// Text that is borrowed.
impl Parameters for &str {
    fn visit_parameters(&mut self, _: &mut NoTangent, _: &mut Name, _: &mut Visitor<'_>) {}
}

/// A shared value is copied before it is changed, so the other owners keep what they had.
macro_rules! shared {
    ($($Pointer:ident),*) => {$(
        impl<T: Parameters + Clone> Parameters for $Pointer<T> {
            fn visit_parameters(
                &mut self,
                tangent: &mut T::Tangent,
                name: &mut Name,
                visit: &mut Visitor<'_>,
            ) {
                $Pointer::make_mut(self).visit_parameters(tangent, name, visit);
            }

            fn visit_seeds(&mut self, visit: &mut SeedVisitor<'_>) {
                $Pointer::make_mut(self).visit_seeds(visit);
            }
        }
    )*};
}
shared!(Rc, Arc);
