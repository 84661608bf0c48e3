//! What a derivative is made of: every differentiable type names its tangent type.
//!
//! A *cotangent* is a value of the tangent type that flows backwards. Rules never return
//! cotangents, they accumulate into one that exists already. Two kinds of zero keep that cheap:
//! [`Differentiable::zero_tangent`] has the full shape of a value, [`Tangent::shapeless`] has no shape
//! yet and takes that of the first cotangent accumulated into it.

/// A type whose values can be perturbed: `value + tangent` makes sense.
///
/// Derived for structs with `#[derive(Differentiable)]`; implemented here for floats, integers
/// (whose tangent is [`NoTangent`]), references, boxes, slices, vectors, arrays, tuples, options
/// and nalgebra matrices.
///
/// ```
/// use micrograd_core::Differentiable;
/// let tangent: Vec<f64> = [1.0, 2.0][..].zero_tangent();
/// assert_eq!(tangent, [0.0, 0.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no tangent type, so it cannot be differentiated",
    label = "not differentiable",
    note = "add `#[derive(Differentiable)]` to the type, mark the field `#[no_gradient]`, or name the parameter in `#[differentiable(no_gradient(…))]`"
)]
pub trait Differentiable {
    /// The type of derivatives with respect to a value of this type.
    type Tangent: Tangent;
    /// What a `&mut` accumulator for a borrowed value points to: `[T̄]` for slices and vectors,
    /// the tangent itself for everything else.
    type Accumulator: ?Sized;
    /// The type behind all references and boxes. Rules are written for base types only.
    type Base: ?Sized + Differentiable<Tangent = Self::Tangent>;

    /// The value behind all references and boxes.
    fn base(&self) -> &Self::Base;

    /// The zero tangent, with the full shape of `self`.
    fn zero_tangent(&self) -> Self::Tangent;

    /// A zero that rules can accumulate into: slices and vectors have their full length (their
    /// elements are written one by one), matrices may still be shapeless.
    fn accumulator(&self) -> Self::Tangent {
        self.zero_tangent()
    }

    /// Makes a tangent that is not needed any more what [`accumulator`](Differentiable::accumulator) gives, in the
    /// memory that it has where it fits.
    ///
    /// ```
    /// use micrograd_core::{Accumulate, Differentiable};
    /// use nalgebra::dmatrix;
    /// let value = dmatrix![1.0, 2.0];
    /// let mut tangent = dmatrix![5.0, 6.0];
    /// let memory = tangent.as_ptr();
    /// value.renew(&mut tangent);
    /// tangent.accumulate(&dmatrix![3.0, 4.0]);
    /// assert_eq!(tangent, dmatrix![3.0, 4.0]);
    /// assert_eq!(tangent.as_ptr(), memory);
    /// ```
    #[inline]
    fn renew(&self, tangent: &mut Self::Tangent) {
        *tangent = self.accumulator();
    }

    /// Gives a shapeless zero the shape of `self`, so that its elements can be written one by one.
    #[inline(always)]
    fn fit(&self, _accumulator: &mut Self::Accumulator) {}

    /// Gives every part of a tangent that is still a shapeless zero the shape it has in `self`, so that it is what
    /// [`zero_tangent`](Differentiable::zero_tangent) is plus what was accumulated.
    fn complete(&self, tangent: &mut Self::Tangent) {
        let mut whole = self.zero_tangent();
        whole.accumulate(tangent);
        *tangent = whole;
    }

    /// The same for a tangent that is accumulated into further, where a negative zero may stay one.
    #[doc(hidden)]
    fn give_shape(&self, tangent: &mut Self::Tangent) {
        self.complete(tangent);
    }

    /// The zero tangents of a slice; floats allocate zeroed memory at once.
    #[doc(hidden)]
    fn zero_tangents(values: &[Self]) -> Vec<Self::Tangent>
    where
        Self: Sized,
    {
        values.iter().map(Self::zero_tangent).collect()
    }

    /// The accumulators of a slice.
    #[doc(hidden)]
    fn accumulators(values: &[Self]) -> Vec<Self::Tangent>
    where
        Self: Sized,
    {
        values.iter().map(Self::accumulator).collect()
    }

    /// Completes the tangents of a slice.
    #[doc(hidden)]
    fn complete_each(values: &[Self], tangents: &mut [Self::Tangent])
    where
        Self: Sized,
    {
        for (value, tangent) in values.iter().zip(tangents) {
            value.complete(tangent);
        }
    }
}

/// `self += rhs` for cotangents, in place.
pub trait Accumulate<Rhs: ?Sized = Self> {
    /// Adds `rhs` to `self`. A shapeless zero on either side is the additive identity.
    ///
    /// # Panics
    /// If both sides have a shape and the shapes differ.
    fn accumulate(&mut self, rhs: &Rhs);

    /// The same for a `rhs` that is not needed any more: its memory may be taken.
    #[inline(always)]
    fn take_over(&mut self, rhs: &mut Rhs) {
        self.accumulate(rhs);
    }
}

/// A type of tangents: a vector space with an in-place sum.
pub trait Tangent: Clone + Accumulate {
    /// The additive identity, without a shape where the shape is known only at run time.
    fn shapeless() -> Self;

    /// A zero that nobody reads, where the type can tell it from others: rules leave out what would flow into it.
    #[inline(always)]
    fn unread() -> Self {
        Self::shapeless()
    }

    /// Leaves zero, of the same shape for sequences, and returns what was there.
    #[inline(always)]
    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::shapeless())
    }

    /// Adds `rhs` to `self`, re-using its memory where `self` is still a shapeless zero.
    #[inline(always)]
    fn absorb(&mut self, rhs: Self) {
        self.accumulate(&rhs);
    }
}

/// The tangent of everything that cannot be perturbed: integers, `bool`, `char`, text, functions.
///
/// It absorbs whatever is accumulated and can be indexed with anything, so that emitted code need
/// not know which values are integers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoTangent;

impl<I> std::ops::Index<I> for NoTangent {
    type Output = NoTangent;
    #[inline(always)]
    fn index(&self, _: I) -> &NoTangent {
        self
    }
}

impl<I> std::ops::IndexMut<I> for NoTangent {
    #[inline(always)]
    fn index_mut(&mut self, _: I) -> &mut NoTangent {
        self
    }
}

impl<T: ?Sized> Accumulate<T> for NoTangent {
    #[inline(always)]
    fn accumulate(&mut self, _: &T) {}
}

impl Tangent for NoTangent {
    #[inline(always)]
    fn shapeless() -> Self {
        NoTangent
    }
}

macro_rules! float {
    ($($float:ty),*) => {$(
        impl Differentiable for $float {
            type Tangent = $float;
            type Accumulator = $float;
            type Base = $float;
            #[inline(always)]
            fn base(&self) -> &$float {
                self
            }
            #[inline(always)]
            fn zero_tangent(&self) -> $float {
                0.0
            }
            #[inline(always)]
            fn accumulator(&self) -> $float {
                Tangent::shapeless()
            }
            #[inline(always)]
            fn zero_tangents(values: &[$float]) -> Vec<$float> {
                vec![0.0; values.len()]
            }
            #[inline(always)]
            fn accumulators(values: &[$float]) -> Vec<$float> {
                vec![0.0; values.len()]
            }
            /// Turns the negative zero of an accumulator into zero.
            #[inline(always)]
            fn complete(&self, tangent: &mut $float) {
                *tangent += 0.0;
            }
            #[inline(always)]
            fn complete_each(_: &[$float], _: &mut [$float]) {}
            #[inline(always)]
            fn give_shape(&self, _: &mut $float) {}
        }
        impl Accumulate for $float {
            #[inline(always)]
            fn accumulate(&mut self, rhs: &$float) {
                *self += *rhs;
            }
        }
        /// What a field without a tangent gives back.
        impl Accumulate<NoTangent> for $float {
            #[inline(always)]
            fn accumulate(&mut self, _: &NoTangent) {}
        }
        impl Tangent for $float {
            /// `-0.0 + x` is `x` to the bit, so the optimiser removes the sum; `0.0 + x` is not.
            #[inline(always)]
            fn shapeless() -> $float {
                -0.0
            }
        }
    )*};
}
float!(f32, f64);

/// Gives types the tangent [`NoTangent`].
///
/// ```
/// use micrograd_core::{Differentiable, NoTangent};
/// #[derive(Clone, Copy)]
/// enum Season { Summer, Winter }
/// micrograd_core::no_tangent!(Season);
/// assert_eq!(Season::Summer.zero_tangent(), NoTangent);
/// # let _ = Season::Winter;
/// ```
#[macro_export]
macro_rules! no_tangent {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::Differentiable for $type {
            type Tangent = $crate::NoTangent;
            type Accumulator = $crate::NoTangent;
            type Base = $type;
            #[inline(always)]
            fn base(&self) -> &$type {
                self
            }
            #[inline(always)]
            fn zero_tangent(&self) -> $crate::NoTangent {
                $crate::NoTangent
            }
        }
    )*};
}
no_tangent!(
    usize, u8, u16, u32, u64, u128, isize, i8, i16, i32, i64, i128
);
no_tangent!(bool, char, (), str, String, NoTangent);

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

macro_rules! tuple {
    ($($index:tt $T:ident),*) => {
        impl<$($T: Differentiable),*> Differentiable for ($($T,)*) {
            type Tangent = ($($T::Tangent,)*);
            type Accumulator = ($($T::Tangent,)*);
            type Base = Self;
            #[inline(always)]
            fn base(&self) -> &Self {
                self
            }
            #[inline(always)]
            fn zero_tangent(&self) -> Self::Tangent {
                ($(self.$index.zero_tangent(),)*)
            }
            #[inline(always)]
            fn accumulator(&self) -> Self::Tangent {
                ($(self.$index.accumulator(),)*)
            }
            #[inline(always)]
            fn renew(&self, tangent: &mut Self::Tangent) {
                $(self.$index.renew(&mut tangent.$index);)*
            }
            #[inline(always)]
            fn complete(&self, tangent: &mut Self::Tangent) {
                $(self.$index.complete(&mut tangent.$index);)*
            }
        }
        impl<$($T: Accumulate),*> Accumulate for ($($T,)*) {
            #[inline(always)]
            fn accumulate(&mut self, rhs: &Self) {
                $(self.$index.accumulate(&rhs.$index);)*
            }
        }
        impl<$($T: Tangent),*> Tangent for ($($T,)*) {
            #[inline(always)]
            fn shapeless() -> Self {
                ($($T::shapeless(),)*)
            }
            #[inline(always)]
            fn unread() -> Self {
                ($($T::unread(),)*)
            }
            #[inline(always)]
            fn take(&mut self) -> Self {
                ($(self.$index.take(),)*)
            }
            #[inline(always)]
            fn absorb(&mut self, rhs: Self) {
                $(self.$index.absorb(rhs.$index);)*
            }
        }
    };
}
tuple!(0 A);
tuple!(0 A, 1 B);
tuple!(0 A, 1 B, 2 C);
tuple!(0 A, 1 B, 2 C, 3 D);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H, 8 I);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H, 8 I, 9 J);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H, 8 I, 9 J, 10 K);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H, 8 I, 9 J, 10 K, 11 L);

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
