//! Slices, vectors and arrays, whose tangents have one element for each of theirs. An empty vector is the shapeless zero.

use crate::{Accumulate, Differentiable, Tangent};

macro_rules! sequence {
    ($($sequence:ty),*) => {$(
        impl<T: Differentiable> Differentiable for $sequence {
            type Tangent = Vec<T::Tangent>;
            type Accumulator = [T::Tangent];
            type Base = [T];
            #[inline(always)]
            fn base(&self) -> &[T] {
                self
            }
            #[inline(always)]
            fn zero_tangent(&self) -> Vec<T::Tangent> {
                T::zero_tangents(self)
            }
            #[inline(always)]
            fn accumulator(&self) -> Vec<T::Tangent> {
                T::accumulators(self)
            }
            fn renew(&self, tangent: &mut Vec<T::Tangent>) {
                if tangent.len() == self.len() {
                    for (value, tangent) in self.iter().zip(tangent) {
                        value.renew(tangent);
                    }
                } else {
                    *tangent = self.accumulator();
                }
            }
            #[inline(always)]
            fn complete(&self, tangent: &mut Vec<T::Tangent>) {
                if tangent.is_empty() {
                    *tangent = T::zero_tangents(self);
                } else {
                    check_lengths(self.len(), tangent.len());
                    T::complete_each(self, tangent);
                }
            }
            #[inline(always)]
            fn give_shape(&self, tangent: &mut Vec<T::Tangent>) {
                if tangent.is_empty() {
                    *tangent = T::zero_tangents(self);
                } else {
                    check_lengths(self.len(), tangent.len());
                    for (value, tangent) in self.iter().zip(tangent) {
                        value.give_shape(tangent);
                    }
                }
            }
        }
    )*};
}
sequence!([T], Vec<T>);

#[track_caller]
fn check_lengths(left: usize, right: usize) {
    assert!(
        left == right,
        "cotangents of different lengths cannot be added: {left} and {right}"
    );
}

impl<T: Accumulate> Accumulate for [T] {
    #[inline(always)]
    fn accumulate(&mut self, rhs: &[T]) {
        if rhs.is_empty() {
            return;
        }
        check_lengths(self.len(), rhs.len());
        for (left, right) in self.iter_mut().zip(rhs) {
            left.accumulate(right);
        }
    }
}

impl<T: Accumulate> Accumulate<Vec<T>> for [T] {
    #[inline(always)]
    fn accumulate(&mut self, rhs: &Vec<T>) {
        self.accumulate(&rhs[..]);
    }
}

impl<T: Accumulate + Clone> Accumulate<[T]> for Vec<T> {
    #[inline(always)]
    fn accumulate(&mut self, rhs: &[T]) {
        if self.is_empty() {
            self.extend_from_slice(rhs);
        } else {
            (**self).accumulate(rhs);
        }
    }
}

impl<T: Accumulate + Clone> Accumulate for Vec<T> {
    #[inline(always)]
    fn accumulate(&mut self, rhs: &Vec<T>) {
        self.accumulate(&rhs[..]);
    }
}

impl<T: Tangent> Tangent for Vec<T> {
    #[inline(always)]
    fn take(&mut self) -> Self {
        self.iter_mut().map(T::take).collect()
    }
    #[inline(always)]
    fn shapeless() -> Self {
        Vec::new()
    }
    #[inline(always)]
    fn absorb(&mut self, rhs: Self) {
        if self.is_empty() {
            *self = rhs;
        } else {
            (**self).accumulate(&rhs[..]);
        }
    }
}

impl<T: Differentiable, const N: usize> Differentiable for [T; N] {
    type Tangent = [T::Tangent; N];
    type Accumulator = [T::Tangent; N];
    type Base = [T; N];
    #[inline(always)]
    fn base(&self) -> &[T; N] {
        self
    }
    #[inline(always)]
    fn zero_tangent(&self) -> [T::Tangent; N] {
        std::array::from_fn(|i| self[i].zero_tangent())
    }
    #[inline(always)]
    fn accumulator(&self) -> [T::Tangent; N] {
        std::array::from_fn(|i| self[i].accumulator())
    }
    #[inline(always)]
    fn renew(&self, tangent: &mut [T::Tangent; N]) {
        for (value, tangent) in self.iter().zip(tangent) {
            value.renew(tangent);
        }
    }
    #[inline(always)]
    fn complete(&self, tangent: &mut [T::Tangent; N]) {
        for (value, tangent) in self.iter().zip(tangent) {
            value.complete(tangent);
        }
    }
    #[inline(always)]
    fn give_shape(&self, tangent: &mut [T::Tangent; N]) {
        for (value, tangent) in self.iter().zip(tangent) {
            value.give_shape(tangent);
        }
    }
}

impl<T: Accumulate, const N: usize> Accumulate for [T; N] {
    #[inline(always)]
    fn accumulate(&mut self, rhs: &[T; N]) {
        for (left, right) in self.iter_mut().zip(rhs) {
            left.accumulate(right);
        }
    }
}

impl<T: Tangent, const N: usize> Tangent for [T; N] {
    #[inline(always)]
    fn take(&mut self) -> Self {
        std::array::from_fn(|i| self[i].take())
    }
    #[inline(always)]
    fn shapeless() -> Self {
        std::array::from_fn(|_| T::shapeless())
    }
    #[inline(always)]
    fn absorb(&mut self, rhs: Self) {
        for (left, right) in self.iter_mut().zip(rhs) {
            left.absorb(right);
        }
    }
}
