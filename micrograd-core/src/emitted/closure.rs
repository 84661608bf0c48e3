//! Closures as values.

use crate::{Differentiable, Function};

/// A closure that is handed to a function: what it captures, and its rule, which is given the captures
/// like an argument. Its tangent is that of the captures.
#[derive(Clone, Debug)]
pub struct Closure<C, R> {
    captures: C,
    rule: R,
}

impl<C, R> Closure<C, R> {
    /// Puts the two together.
    #[inline(always)]
    pub fn new(captures: C, rule: R) -> Self {
        Closure { captures, rule }
    }
}

impl<C: Differentiable, R> Differentiable for Closure<C, R> {
    type Tangent = C::Tangent;
    type Accumulator = C::Tangent;
    type Base = Self;

    #[inline(always)]
    fn base(&self) -> &Self {
        self
    }

    #[inline(always)]
    fn zero_tangent(&self) -> C::Tangent {
        self.captures.zero_tangent()
    }

    #[inline(always)]
    fn accumulator(&self) -> C::Tangent {
        self.captures.accumulator()
    }
}

impl<C, X, Y, B, R> Function<X> for Closure<C, R>
where
    C: Differentiable,
    X: Differentiable,
    Y: Differentiable,
    R: Fn(&C, &X) -> (Y, B),
    B: Fn(&mut Y::Tangent, &C, &mut C::Tangent, &X, &mut X::Tangent),
{
    type Output = Y;

    #[inline(always)]
    fn call(&self, x: X) -> Y {
        (self.rule)(&self.captures, &x).0
    }

    #[inline(always)]
    fn rrule_call(
        &self,
        x: &X,
    ) -> (
        Y,
        impl Fn(&mut Y::Tangent, &Self, &mut C::Tangent, &X, &mut X::Tangent) + use<C, X, Y, B, R>,
    ) {
        let (y, back) = (self.rule)(&self.captures, x);
        (
            y,
            #[inline(always)]
            move |dy: &mut Y::Tangent,
                  this: &Self,
                  dthis: &mut C::Tangent,
                  x: &X,
                  dx: &mut X::Tangent| back(dy, &this.captures, dthis, x, dx),
        )
    }
}
