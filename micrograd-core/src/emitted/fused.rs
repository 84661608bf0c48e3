//! Rules both of whose sweeps run in one call, and memory that such calls share.
//!
//! A loop that calls a function asks for its fused rule once, before it begins. What the function needs of memory belongs
//! to that rule, so that the rounds do not go to the allocator. Where a callee has no such rule (a rule that is written by
//! hand, say) its two sweeps are called one after the other:
//!
// Out:  let mut f_1 = <f>::rrule_fused();
//       for … { let y = if f_1.is_fused() { (f_1.run3())(&mut dy, x, dx) } else { let (y, back) = <f>::rrule(x); back(&mut dy, x, dx); y }; }

use super::repeated;
use crate::Differentiable;

/// A rule `(&mut dy, &a, &mut da, …) -> y`: it adds the gradient to the cotangents, and gives the value.
#[derive(Debug)]
pub struct Fused<F>(F);

impl<F> Fused<F> {
    /// Such a rule.
    #[inline(always)]
    pub const fn new(rule: F) -> Self {
        Fused(rule)
    }

    /// There is a rule.
    #[inline(always)]
    pub const fn is_fused(&self) -> bool {
        true
    }
}

/// That a function has no fused rule.
#[derive(Debug)]
pub struct Apart;

impl Apart {
    /// There is no rule.
    #[inline(always)]
    pub const fn is_fused(&self) -> bool {
        false
    }
}

/// What all functions have that have no fused rule of their own, which comes first.
pub trait FusedRule {
    /// No rule.
    #[inline(always)]
    fn rrule_fused() -> Apart {
        Apart
    }
}
impl<T: ?Sized> FusedRule for T {}

/// For each number of arguments how the rule is called; where there is none, what would be in its place.
macro_rules! run {
    ($($name:ident($($A:ident),*);)*) => {
        impl<F> Fused<F> {
            $(
                /// The rule.
                #[inline(always)]
                pub const fn $name(&mut self) -> &mut F {
                    &mut self.0
                }
            )*
        }
        impl Apart {
            $(
                /// Has the type of a rule.
                #[inline(always)]
                pub fn $name<$($A,)* Y>(&mut self) -> fn($($A),*) -> Y {
                    |$(_: $A),*| unreachable!("the function has no fused rule")
                }
            )*
        }
    };
}
run! {
    run1(S, A, B);
    run2(S, A, B, C, D);
    run3(S, A, B, C, D, E, G);
    run4(S, A, B, C, D, E, G, H, I);
    run5(S, A, B, C, D, E, G, H, I, J, K);
    run6(S, A, B, C, D, E, G, H, I, J, K, L, M);
    run7(S, A, B, C, D, E, G, H, I, J, K, L, M, N, O);
    run8(S, A, B, C, D, E, G, H, I, J, K, L, M, N, O, P, Q);
    run9(S, A, B, C, D, E, G, H, I, J, K, L, M, N, O, P, Q, R, T);
    run10(S, A, B, C, D, E, G, H, I, J, K, L, M, N, O, P, Q, R, T, U, V);
    run11(S, A, B, C, D, E, G, H, I, J, K, L, M, N, O, P, Q, R, T, U, V, W, X);
    run12(S, A, B, C, D, E, G, H, I, J, K, L, M, N, O, P, Q, R, T, U, V, W, X, Z, Aa);
}

/// `room`, without what it held.
#[inline(always)]
pub fn emptied<T>(room: &mut Vec<T>) -> Vec<T> {
    let mut empty = std::mem::take(room);
    empty.clear();
    empty
}

/// [`tape`](super::tape) in the memory of `room`.
#[inline(always)]
pub fn tape_in<T>(room: &mut Vec<T>, iterator: &impl Iterator) -> Vec<T> {
    match iterator.size_hint().0 {
        usize::MAX => emptied(room),
        length => emptied_for(room, length),
    }
}

/// `Vec::with_capacity(length)` in the memory of `room`, if it is enough.
#[inline(always)]
pub fn emptied_for<T>(room: &mut Vec<T>, length: usize) -> Vec<T> {
    match length <= room.capacity() {
        true => emptied(room),
        false => Vec::with_capacity(length),
    }
}

/// [`repeated`] in the memory of `room`.
#[inline(always)]
pub fn repeated_in<T: Copy>(room: &mut Vec<T>, number: T, length: usize) -> Vec<T> {
    if room.capacity() < length {
        return repeated(number, length);
    }
    let mut numbers = emptied(room);
    numbers.extend(std::iter::repeat_n(std::hint::black_box(number), length));
    numbers
}

/// So many numbers, each of which is written before it is read: those of `room`, and more of `number` if they are too few.
#[inline(always)]
pub fn resized_in<T: Copy>(room: &mut Vec<T>, number: T, length: usize) -> Vec<T> {
    if room.len() != length {
        resize(room, number, length);
    }
    std::mem::take(room)
}

#[inline(never)]
fn resize<T: Copy>(numbers: &mut Vec<T>, number: T, length: usize) {
    if numbers.capacity() < length {
        *numbers = repeated(number, length);
    }
    numbers.resize(length, number);
}

/// [`zeros_like`](super::zeros_like) in the memory of `room`, which holds zeros: of memory that each run writes anew the reverse
/// of the run before has taken all of the cotangent.
#[inline(always)]
pub fn zeros_left_in<T>(room: &mut Vec<T::Tangent>, numbers: &[T]) -> Vec<T::Tangent>
where
    T: Differentiable<Tangent: Copy + Default + PartialEq>,
{
    debug_assert!(room.iter().all(|zero| *zero == T::Tangent::default()));
    resized_in(room, T::Tangent::default(), numbers.len())
}

/// [`zeros_like`](super::zeros_like) in the memory of `room`.
#[inline(always)]
pub fn zeros_like_in<T>(room: &mut Vec<T::Tangent>, numbers: &[T]) -> Vec<T::Tangent>
where
    T: Differentiable<Tangent: Copy + Default>,
{
    repeated_in(room, T::Tangent::default(), numbers.len())
}

#[cfg(test)]
mod tests {
    use super::{
        Apart, Fused, FusedRule, repeated_in, resized_in, tape_in, zeros_left_in, zeros_like_in,
    };

    #[test]
    fn memory_is_used_again_and_holds_nothing_of_before() {
        let mut room = vec![3.0; 4];
        for length in [4, 2, 3, 7, 0, 5] {
            let (before, capacity) = (room.as_ptr(), room.capacity());
            let numbers = repeated_in(&mut room, 0.5, length);
            assert_eq!(numbers, vec![0.5; length]);
            assert_eq!(numbers.as_ptr() == before, length <= capacity);
            room = numbers;
            room.iter_mut().for_each(|number| *number = 9.0);
        }
        let zeros = zeros_like_in(&mut room, &[1.0, 2.0]);
        assert_eq!(zeros, [0.0; 2]);
        room = zeros;
        let capacity = room.capacity();
        for length in [2, 1, 3, capacity, capacity + 1] {
            let left = room.clone();
            let numbers = resized_in(&mut room, 7.0, length);
            assert_eq!(numbers.len(), length);
            if length <= capacity {
                let common = left.len().min(length);
                assert_eq!(numbers[..common], left[..common]);
            }
            room = numbers;
        }
        room.fill(0.0);
        for length in [3, 0, 9, 4] {
            room = zeros_left_in(&mut room, &vec![1.0; length]);
            assert_eq!(room, vec![0.0; length]);
        }
        let mut tape = tape_in(&mut room, &(0..3));
        assert!(tape.is_empty());
        tape.extend([1.0; 3]);
    }

    #[test]
    fn a_rule_of_its_own_comes_first() {
        struct Own;
        impl Own {
            fn rrule_fused() -> Fused<impl FnMut(&mut f64, &f64, &mut f64) -> f64> {
                Fused::new(|dy: &mut f64, x: &f64, dx: &mut f64| {
                    *dx += 2.0 * x * *dy;
                    x * x
                })
            }
        }
        struct Other;
        let (mut dx, mut own) = (0.0, Own::rrule_fused());
        assert!(own.is_fused());
        assert_eq!((own.run1())(&mut 1.0, &3.0, &mut dx), 9.0);
        assert_eq!(dx, 6.0);
        let none: Apart = Other::rrule_fused();
        assert!(!none.is_fused());
    }
}
