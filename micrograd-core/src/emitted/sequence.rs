//! Ranges as items at indices, and the changes of sequences with their reverse.

use super::Inert;
use crate::Differentiable;
use std::ops::IndexMut;

/// `vec![number; length]`.
///
/// The optimiser makes `calloc` of a few zeros, which in glibc passes by the cache of small blocks that `free` fills, and takes
/// longer than to set them; so it is not told the number.
#[inline(always)]
pub fn repeated<T: Copy>(number: T, length: usize) -> Vec<T> {
    const FEW: usize = 128;
    if length > FEW {
        return vec![number; length];
    }
    let mut numbers = Vec::with_capacity(length);
    numbers.extend(std::iter::repeat_n(std::hint::black_box(number), length));
    numbers
}

/// The cotangent of scratch memory, to begin with.
#[inline(always)]
pub fn zeros_like<T>(numbers: &[T]) -> Vec<T::Tangent>
where
    T: Differentiable<Tangent: Copy + Default>,
{
    repeated(T::Tangent::default(), numbers.len())
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

/// The cotangent of a value that is indexed by an operator of the user's: the derived one cannot be.
#[diagnostic::on_unimplemented(
    message = "this index operator has no derivative rule",
    label = "no derivative rule",
    note = "index the field behind it, as in `row.elements[i]`, or call a method that is `#[differentiable]`"
)]
pub trait Elements<I> {
    /// The cotangent of an element.
    type Element: ?Sized;
    /// The cotangent of the element at `index`.
    fn element(&mut self, index: I) -> &mut Self::Element;
}

#[diagnostic::do_not_recommend]
impl<T: IndexMut<I> + ?Sized, I> Elements<I> for T {
    type Element = T::Output;
    #[inline(always)]
    fn element(&mut self, index: I) -> &mut T::Output {
        &mut self[index]
    }
}
