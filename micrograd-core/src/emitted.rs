//! What emitted code refers to besides the rules. Not meant to be used by hand.

use crate::{Accumulate, Differentiable, NoTangent, Tangent};
use std::marker::PhantomData;

/// The record of a branch: what was kept in the one that ran.
#[derive(Clone, Copy, Debug)]
pub enum Either<L, R> {
    /// The condition held.
    Left(L),
    /// The condition did not hold.
    Right(R),
}

/// Says that a pullback may borrow what lives for `'a`.
pub trait Captures<'a> {}
impl<T: ?Sized> Captures<'_> for T {}

/// The tape of a loop over `iterator`, with room for a record an iteration.
#[inline(always)]
pub fn tape<T>(iterator: &impl Iterator) -> Vec<T> {
    match iterator.size_hint().0 {
        usize::MAX => Vec::new(),
        length => Vec::with_capacity(length),
    }
}

/// Values that a method named in the macro as inert may give.
#[diagnostic::on_unimplemented(
    message = "a method of this name is taken to carry no derivative, but here it gives `{Self}`",
    label = "gives `{Self}`, whose derivative would be lost",
    note = "give the method another name, or call it by its path: `Type::method(&value)`"
)]
pub trait Inert {}

macro_rules! inert {
    ($($type:ty),*) => {$(impl Inert for $type {})*};
}
inert!(
    usize,
    u8,
    u16,
    u32,
    u64,
    u128,
    isize,
    i8,
    i16,
    i32,
    i64,
    i128,
    bool,
    char,
    (),
    str,
    String
);
inert!(NoTangent, std::cmp::Ordering, std::num::FpCategory);
impl<T: Inert, E> Inert for Result<T, E> {}
impl<T: Inert + ?Sized> Inert for &T {}
impl<T: Inert> Inert for Option<T> {}
impl<A: Inert, B: Inert> Inert for (A, B) {}
impl<A: Inert, B: Inert, C: Inert> Inert for (A, B, C) {}

/// Lets through a value that carries no derivative.
#[inline(always)]
pub fn inert<T: Inert>(value: T) -> T {
    value
}

/// `to += sequence[index]`, where a sequence without a shape is zero.
#[inline(always)]
pub fn accumulate_element<T: Accumulate>(
    to: &mut T,
    sequence: &(impl AsRef<[T]> + ?Sized),
    index: usize,
) {
    if let Some(element) = sequence.as_ref().get(index) {
        to.accumulate(element);
    }
}

/// `to += Σ sequence[i]`.
#[inline(always)]
pub fn accumulate_elements<T: Accumulate>(to: &mut T, sequence: &(impl AsRef<[T]> + ?Sized)) {
    for element in sequence.as_ref() {
        to.accumulate(element);
    }
}

/// The seed of a scalar-valued function.
#[diagnostic::on_unimplemented(
    message = "`gradient!` needs a function whose value is a number, not `{Self}`",
    label = "the value of this function is a `{Self}`",
    note = "call the function's pullback with the cotangent you want"
)]
pub trait Seed {
    /// The number one.
    const ONE: Self;
}

impl Seed for f32 {
    const ONE: f32 = 1.0;
}

impl Seed for f64 {
    const ONE: f64 = 1.0;
}

/// One, of the type of `value`.
#[inline(always)]
pub fn one<T: Seed>(_: &T) -> T {
    T::ONE
}

/// Shows that a field is there, whether or not its tangent can be printed.
#[derive(Clone, Copy)]
pub struct Show<'a, T>(pub &'a T);

impl<T> std::fmt::Debug for Show<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// The value that a loop returned.
#[inline(always)]
pub fn unwrap<T>(returned: Option<T>) -> T {
    returned.expect("read only where the loop returned")
}

/// `to +=` what is inside `from`, if anything is.
#[inline(always)]
pub fn accumulate_present<T: Accumulate>(to: &mut T, from: &Option<T>) {
    if let Some(from) = from {
        to.accumulate(from);
    }
}

/// A copy of a place as it is now; of a slice a vector.
#[inline(always)]
pub fn snapshot<T: ToOwned + ?Sized>(place: &T) -> T::Owned {
    place.to_owned()
}

/// The type of a value's tangent, without the value.
#[inline(always)]
pub fn tangent_of<T: Differentiable + ?Sized>(_: &T) -> PhantomData<fn() -> T::Tangent> {
    PhantomData
}

/// The shapeless zero of a type.
#[inline(always)]
pub fn zero_of<T: Tangent>(_: &PhantomData<fn() -> T>) -> T {
    T::shapeless()
}

/// Keeps the optimiser from fusing the sums before and after into one; costs no instruction.
#[inline(always)]
pub fn separate() {
    std::sync::atomic::compiler_fence(std::sync::atomic::Ordering::AcqRel);
}

/// What the rule of a function that may fail returns, where the result is kept as an option. That of
/// a `#[differentiable]` function has a pullback only for a success; that of a method such as `first`
/// gives an option as it gives any value.
#[diagnostic::on_unimplemented(
    message = "this is matched or asked like an `Option` or `Result`, but its rule does not give one",
    label = "not an option or result"
)]
pub trait Kept {
    /// The function's own result.
    type Value;
    /// Its pullback.
    type Back;
    /// The result and the pullback.
    fn kept(self) -> (Self::Value, Self::Back);
}

/// A pullback that takes the cotangent of an option as a whole.
#[derive(Clone, Copy, Debug)]
pub struct OfOption<B>(B);

impl<T, B> Kept for Option<(T, B)> {
    type Value = Option<T>;
    type Back = Option<B>;
    #[inline(always)]
    fn kept(self) -> (Option<T>, Option<B>) {
        self.unzip()
    }
}

impl<T, B, E> Kept for Result<(T, B), E> {
    type Value = Result<T, E>;
    type Back = Option<B>;
    #[inline(always)]
    fn kept(self) -> (Result<T, E>, Option<B>) {
        match self {
            Ok((value, back)) => (Ok(value), Some(back)),
            Err(error) => (Err(error), None),
        }
    }
}

impl<T, B> Kept for (Option<T>, B) {
    type Value = Option<T>;
    type Back = OfOption<B>;
    #[inline(always)]
    fn kept(self) -> (Option<T>, OfOption<B>) {
        (self.0, OfOption(self.1))
    }
}

impl<T, E, B> Kept for (Result<T, E>, B) {
    type Value = Result<T, E>;
    type Back = OfOption<B>;
    #[inline(always)]
    fn kept(self) -> (Result<T, E>, OfOption<B>) {
        (self.0, OfOption(self.1))
    }
}

/// The pullback of a result that was kept as an option.
pub trait KeptBack {
    /// The pullback itself.
    type Back;
    /// What it takes where the success has the cotangent `D`.
    type Cotangent<D>;
    /// The pullback and its cotangent, if one has arrived.
    fn with_cotangent<'a, D>(
        &'a self,
        dy: &'a Option<D>,
    ) -> Option<(&'a Self::Back, &'a Self::Cotangent<D>)>;
}

impl<B> KeptBack for Option<B> {
    type Back = B;
    type Cotangent<D> = D;
    #[inline(always)]
    fn with_cotangent<'a, D>(&'a self, dy: &'a Option<D>) -> Option<(&'a B, &'a D)> {
        self.as_ref().zip(dy.as_ref())
    }
}

impl<B> KeptBack for OfOption<B> {
    type Back = B;
    type Cotangent<D> = Option<D>;
    #[inline(always)]
    fn with_cotangent<'a, D>(&'a self, dy: &'a Option<D>) -> Option<(&'a B, &'a Option<D>)> {
        Some((&self.0, dy))
    }
}

/// `Option` and `Result`, as far as they hold a value.
pub trait Optional {
    /// The value inside.
    type Inside;
    /// The value, if there is one.
    fn inside(&self) -> Option<&Self::Inside>;
    /// The value that a test has found.
    #[inline(always)]
    fn present(&self) -> &Self::Inside {
        self.inside().expect("tested before")
    }
}

impl<T> Optional for Option<T> {
    type Inside = T;
    #[inline(always)]
    fn inside(&self) -> Option<&T> {
        self.as_ref()
    }
}

impl<T, E> Optional for Result<T, E> {
    type Inside = T;
    #[inline(always)]
    fn inside(&self) -> Option<&T> {
        self.as_ref().ok()
    }
}

/// Whether an option or result holds a value.
#[inline(always)]
pub fn is_present(option: &impl Optional) -> bool {
    option.inside().is_some()
}

/// Integers that can be counted on from.
pub trait Steps: Copy {
    /// `self + k`.
    fn advanced(self, k: usize) -> Self;
    /// How many steps lead to `end`.
    fn distance(self, end: Self) -> usize;
}

macro_rules! steps {
    ($($integer:ty),*) => {$(
        impl Steps for $integer {
            #[inline(always)]
            fn advanced(self, k: usize) -> $integer {
                self.wrapping_add(k as $integer)
            }
            #[inline(always)]
            fn distance(self, end: $integer) -> usize {
                if self < end { end.abs_diff(self) as usize } else { 0 }
            }
        }
    )*};
}
steps!(
    usize, u8, u16, u32, u64, u128, isize, i8, i16, i32, i64, i128
);

/// A range of integers by index.
pub trait Indexed {
    /// Its integers.
    type Item: Steps;
    /// Its first integer.
    fn first(&self) -> Self::Item;
    /// How many there are.
    fn length(&self) -> usize;
}

impl<T: Steps> Indexed for std::ops::Range<T> {
    type Item = T;
    #[inline(always)]
    fn first(&self) -> T {
        self.start
    }
    #[inline(always)]
    fn length(&self) -> usize {
        self.start.distance(self.end)
    }
}

impl<T: Steps + PartialOrd> Indexed for std::ops::RangeInclusive<T> {
    type Item = T;
    #[inline(always)]
    fn first(&self) -> T {
        *self.start()
    }
    #[inline(always)]
    fn length(&self) -> usize {
        if self.start() <= self.end() {
            self.start().distance(*self.end()) + 1
        } else {
            0
        }
    }
}

/// The length of a range.
#[inline(always)]
pub fn length(range: &impl Indexed) -> usize {
    range.length()
}

/// The integer at an index of a range.
#[inline(always)]
pub fn nth<R: Indexed>(range: &R, k: usize) -> R::Item {
    range.first().advanced(k)
}

/// `start + k`.
#[inline(always)]
pub fn advanced<T: Steps>(start: T, k: usize) -> T {
    start.advanced(k)
}

/// How many elements a slice has.
#[inline(always)]
pub fn elements<T>(slice: &[T]) -> usize {
    slice.len()
}

/// The last element of a vector that is not empty.
#[inline(always)]
pub fn pop<T>(vector: &mut Vec<T>) -> T {
    vector.pop().expect("there is an element")
}

/// The zeros of the elements from `start` on.
#[inline(always)]
pub fn zeros_from<T: Differentiable>(vector: &[T], start: usize) -> Vec<T::Tangent> {
    T::zero_tangents(vector.get(start..).unwrap_or_default())
}

/// The length that two slices must share.
#[inline(always)]
#[track_caller]
pub fn same_length(destination: usize, source: usize) -> usize {
    assert!(
        destination == source,
        "source slice length ({source}) does not match destination slice length ({destination})"
    );
    source
}

/// An order of the elements of a slice: the index that each of them had before.
#[derive(Clone, Debug)]
pub struct Order {
    before: Vec<usize>,
    kept: usize,
}

impl Inert for Order {}

/// The order in which a stable sort by `compare` leaves the elements.
pub fn order_by<T>(sequence: &[T], mut compare: impl FnMut(&T, &T) -> std::cmp::Ordering) -> Order {
    let mut before: Vec<usize> = (0..sequence.len()).collect();
    before.sort_by(|a, b| compare(&sequence[*a], &sequence[*b]));
    let kept = before.len();
    Order { before, kept }
}

/// The order in which a stable sort by `key` leaves the elements.
pub fn order_by_key<T, K: Ord>(sequence: &[T], mut key: impl FnMut(&T) -> K) -> Order {
    order_by(sequence, |a, b| key(a).cmp(&key(b)))
}

/// The elements for which `keep` holds before all others.
pub fn kept_first<T>(sequence: &[T], mut keep: impl FnMut(&T) -> bool) -> Order {
    let (mut before, dropped): (Vec<usize>, Vec<usize>) =
        (0..sequence.len()).partition(|index| keep(&sequence[*index]));
    let kept = before.len();
    before.extend(dropped);
    Order { before, kept }
}

/// How many elements [`kept_first`] keeps.
#[inline(always)]
pub fn kept(order: &Order) -> usize {
    order.kept
}

/// Brings the elements into an order.
pub fn rearrange<T>(sequence: &mut [T], order: &Order) {
    follow(sequence, order.before.clone());
}

/// Brings the elements back from an order.
pub fn restore<T>(sequence: &mut [T], order: &Order) {
    let mut after = vec![0; order.before.len()];
    for (now, before) in order.before.iter().enumerate() {
        after[*before] = now;
    }
    follow(sequence, after);
}

/// Puts the element at `from[i]` to `i`, cycle by cycle.
fn follow<T>(sequence: &mut [T], mut from: Vec<usize>) {
    for start in 0..from.len() {
        let mut at = start;
        while from[at] != start {
            let next = from[at];
            sequence.swap(at, next);
            from[at] = at;
            at = next;
        }
        from[at] = at;
    }
}
