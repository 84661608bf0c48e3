//! References, boxes and shared pointers, whose tangent is that of the value behind them.

use crate::{Accumulate, Differentiable, Tangent};

macro_rules! pointer {
    ($($pointer:ty),*) => {$(
        impl<T: Differentiable + ?Sized> Differentiable for $pointer {
            type Tangent = T::Tangent;
            type Accumulator = T::Accumulator;
            type Base = T::Base;
            #[inline(always)]
            fn base(&self) -> &T::Base {
                (**self).base()
            }
            #[inline(always)]
            fn zero_tangent(&self) -> T::Tangent {
                (**self).zero_tangent()
            }
            #[inline(always)]
            fn accumulator(&self) -> T::Tangent {
                (**self).accumulator()
            }
            #[inline(always)]
            fn renew(&self, tangent: &mut T::Tangent) {
                (**self).renew(tangent);
            }
            #[inline(always)]
            fn fit(&self, accumulator: &mut T::Accumulator) {
                (**self).fit(accumulator);
            }
            #[inline(always)]
            fn complete(&self, tangent: &mut T::Tangent) {
                (**self).complete(tangent);
            }
            #[inline(always)]
            fn give_shape(&self, tangent: &mut T::Tangent) {
                (**self).give_shape(tangent);
            }
        }
    )*};
}
pointer!(&T, &mut T, Box<T>, std::rc::Rc<T>, std::sync::Arc<T>);

/// The tangent of a type that contains itself is in a box.
impl<T: Accumulate> Accumulate for Box<T> {
    #[inline]
    fn accumulate(&mut self, rhs: &Self) {
        (**self).accumulate(rhs);
    }
}

impl<T: Tangent> Tangent for Box<T> {
    #[inline]
    fn shapeless() -> Self {
        Box::new(T::shapeless())
    }

    #[inline]
    fn unread() -> Self {
        Box::new(T::unread())
    }

    #[inline]
    fn take(&mut self) -> Self {
        Box::new((**self).take())
    }

    #[inline]
    fn absorb(&mut self, rhs: Self) {
        (**self).absorb(*rhs);
    }
}
