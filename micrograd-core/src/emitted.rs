//! What emitted code refers to besides the rules. Not meant to be used by hand.

mod batched;
mod checkpoints;
mod closure;
mod copies;
mod field;
mod fused;
mod inert;
mod option;
mod sequence;

pub use batched::{
    Batched, BatchedRule, Lend, NoBatchedRule, OrdinaryRule, Same, lanes, rows, rows_one_by_one,
};
pub use checkpoints::{Checkpoints, block};
pub use closure::Closure;
pub use copies::{Copies, Rest, Versions};
pub use field::{Field, InField, NumberInField, zero};
pub use fused::{
    Apart, Fused, FusedRule, emptied, emptied_for, repeated_in, resized_in, tape_in, zeros_left_in,
    zeros_like_in,
};
pub use inert::{Excluded, Inert, excluded, inert};
pub use option::{Kept, KeptBack, OfOption, Optional, WithBack, is_present};
pub use sequence::{
    Elements, Indexed, Order, Steps, advanced, elements, kept, kept_first, length, nth, order_by,
    order_by_key, pop, rearrange, repeated, restore, same_length, zeros_from, zeros_like,
};

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

/// The first contribution to a cotangent of which parts are added to: with the shape of the value.
#[inline(always)]
pub fn shaped<T: Differentiable + ?Sized>(value: &T, mut first: T::Tangent) -> T::Tangent {
    value.give_shape(&mut first);
    first
}

/// The first contribution to a cotangent, which needs no zero of its type.
#[inline(always)]
pub fn instead_of<T>(_zero: T, first: T) -> T {
    first
}

/// The type of a literal: it is the same where the literal is written again.
#[derive(Clone, Copy, Debug)]
pub struct TypeOf<T>(PhantomData<fn() -> T>);

/// The type of a value.
#[inline(always)]
pub fn type_of<T>(_: &T) -> TypeOf<T> {
    TypeOf(PhantomData)
}

impl<T> TypeOf<T> {
    /// `literal`, of this type.
    #[inline(always)]
    pub fn same(&self, literal: T) -> T {
        literal
    }
}

/// Says that a pullback may borrow what lives for `'a`.
pub trait Captures<'a> {}
impl<T: ?Sized> Captures<'_> for T {}

/// Gives a value back that is of use only where there is this type, so that the compiler has one thing to say
/// where there is none.
pub trait Known<B> {
    /// The value's type.
    type Value;
    /// The value.
    fn known(value: B) -> Self::Value;
}
impl<T: ?Sized, B> Known<B> for T {
    type Value = B;
    #[inline(always)]
    fn known(value: B) -> B {
        value
    }
}

/// The tape of a loop over `iterator`, with room for a record an iteration.
#[inline(always)]
pub fn tape<T>(iterator: &impl Iterator) -> Vec<T> {
    match iterator.size_hint().0 {
        usize::MAX => Vec::new(),
        length => Vec::with_capacity(length),
    }
}

/// For how many rounds a loop over `iterator` has room at first that may stop before the end.
#[inline(always)]
pub fn few(iterator: &impl Iterator) -> std::ops::Range<usize> {
    const FEW: usize = 64;
    0..iterator.size_hint().0.min(FEW)
}

/// Makes room on a tape for the records of a loop over `iterator`, which runs `rounds` times.
#[inline(always)]
pub fn reserve<T>(tape: &mut Vec<T>, iterator: &impl Iterator, rounds: usize) {
    let length = iterator.size_hint().0;
    if length != usize::MAX {
        make_room(tape, length, rounds);
    }
}

/// How often what is done `inside` times in each round of a loop over `iterator` is done at least.
#[inline(always)]
pub fn rounds(iterator: &impl Iterator, inside: usize) -> usize {
    iterator.size_hint().0.saturating_mul(inside)
}

/// Room for `length` more, at first for as many as all rounds take, unless that is much.
#[inline(always)]
fn make_room<T>(tape: &mut Vec<T>, length: usize, rounds: usize) {
    const MUCH: usize = 1 << 18;
    if tape.capacity() - tape.len() < length {
        tape.reserve(length.max(length.saturating_mul(rounds).min(MUCH)));
    }
}

/// A value for tokens that stay as the user wrote them: `(&Plain(&x)).plain()` is a copy if there is
/// one, or `x > T::zero()` would compare a reference with a number; else the reference.
#[derive(Debug)]
pub struct Plain<'a, T: ?Sized>(pub &'a T);

/// Of a type that can be copied.
pub trait PlainCopy {
    /// The type.
    type Value;
    /// A copy.
    fn plain(&self) -> Self::Value;
}

impl<T: Copy> PlainCopy for Plain<'_, T> {
    type Value = T;
    #[inline(always)]
    fn plain(&self) -> T {
        *self.0
    }
}

/// Of any other type: a method of one reference more is found later.
pub trait PlainReference<'a> {
    /// The type.
    type Value: ?Sized;
    /// The reference.
    fn plain(&self) -> &'a Self::Value;
}

impl<'a, T: ?Sized> PlainReference<'a> for &Plain<'a, T> {
    type Value = T;
    #[inline(always)]
    fn plain(&self) -> &'a T {
        self.0
    }
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

/// The same for a slice, whose accumulator is one.
#[inline(always)]
pub fn accumulate_present_slice<T: Accumulate>(to: &mut [T], from: &Option<Vec<T>>) {
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

/// For how many rounds a loop stays inside a sequence that it walks along from `start`.
///
/// # Panics
///
/// If it starts behind the end, in the words of an index that is out of bounds.
#[inline(always)]
#[track_caller]
pub fn inside<T>(sequence: &[T], start: usize) -> usize {
    if start > sequence.len() {
        let _ = &sequence[start];
    }
    sequence.len() - start
}

/// Leaves a sequence where a loop would that ran `rounds` of `all` its rounds, since the next is outside of one of those
/// that it walks along.
///
/// # Panics
///
/// If this is that sequence, in the words of an index that is out of bounds.
#[inline(always)]
#[track_caller]
pub fn beyond<T>(sequence: &[T], start: usize, rounds: usize, all: usize) {
    if rounds < all {
        let _ = &sequence[start + rounds];
    }
}

/// Keeps the optimiser from making vectors of a loop's rounds, or from unrolling them; costs no instruction.
#[inline(always)]
pub fn one_at_a_time() {
    std::hint::black_box(());
}

/// A value that may have a tangent or not, of which an accumulator is asked that nobody reads.
#[derive(Debug)]
pub struct Spare<'v, T: ?Sized>(pub &'v T);

/// The accumulator of a value that has a tangent.
pub trait SpareAccumulator {
    /// What is accumulated into.
    type Accumulator;

    /// A zero.
    fn spare_accumulator(&self) -> Self::Accumulator;

    /// A zero in the memory of the one before, which `room` holds.
    fn spare_in<'r>(&self, room: &'r mut Option<Self::Accumulator>) -> &'r mut Self::Accumulator;
}

impl<T: Differentiable + ?Sized> SpareAccumulator for Spare<'_, T> {
    type Accumulator = T::Tangent;

    #[inline(always)]
    fn spare_accumulator(&self) -> T::Tangent {
        self.0.accumulator()
    }

    #[inline(always)]
    fn spare_in<'r>(&self, room: &'r mut Option<T::Tangent>) -> &'r mut T::Tangent {
        match room {
            Some(spare) => {
                self.0.renew(spare);
                spare
            }
            None => room.insert(self.0.accumulator()),
        }
    }
}

/// The accumulator of any other value. It is found behind one more reference, so last.
pub trait NoAccumulator {
    /// A zero.
    #[inline(always)]
    fn spare_accumulator(&self) -> NoTangent {
        NoTangent
    }

    /// A zero in the memory of the one before, which `room` holds.
    #[inline(always)]
    fn spare_in<'r>(&self, room: &'r mut Option<NoTangent>) -> &'r mut NoTangent {
        room.insert(NoTangent)
    }
}

impl<T: ?Sized> NoAccumulator for &Spare<'_, T> {}

/// What no type implements. A method without a rule is not found but for a trait that asks for this, so the
/// compiler says these words.
#[diagnostic::on_unimplemented(
    message = "this method of `{Self}` has no derivative rule",
    label = "no derivative rule",
    note = "put `#[differentiable]` on the method, or call a function with `#[differentiable(rule = …)]`"
)]
pub trait HasRule {}

/// What no type implements. Of a type parameter a method without a rule is found in a trait that gives this
/// pair, so that the compiler says these words and nothing of what follows.
#[diagnostic::on_unimplemented(
    message = "this method of a trait has no derivative rule",
    label = "no derivative rule",
    note = "put `#[differentiable]` on the trait and on each `impl` of it, or call a function with `#[differentiable(rule = …)]`"
)]
pub trait HasTraitRule {
    /// The value and the pullback.
    type Pair;
}
