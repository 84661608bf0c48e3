//! Copies and versions of scratch memory, one behind the other in one vector.

use super::{Indexed, make_room, repeated};
use crate::Differentiable;
use std::ops::DerefMut;

/// Copies of sequences, which are read last to first. Most often all have one length, which is then kept once.
#[derive(Debug)]
pub struct Copies<T> {
    elements: Vec<T>,
    /// The length of all, while it is one.
    length: usize,
    /// The lengths of all, once they differ.
    lengths: Vec<usize>,
    count: usize,
}

impl<T: Clone> Copies<T> {
    /// None yet.
    #[inline(always)]
    pub const fn none() -> Self {
        Copies {
            elements: Vec::new(),
            length: 0,
            lengths: Vec::new(),
            count: 0,
        }
    }

    /// None, in the memory of `room`.
    #[inline(always)]
    pub fn none_in(room: &mut Self) -> Self {
        let mut copies = std::mem::replace(room, Copies::none());
        copies.elements.clear();
        copies.lengths.clear();
        copies.count = 0;
        copies
    }

    /// Adds a copy, which is done `rounds` times or more.
    #[inline(always)]
    pub fn push(&mut self, elements: &[T], rounds: usize) {
        make_room(&mut self.elements, elements.len(), rounds);
        self.elements.extend_from_slice(elements);
        if self.count == 0 {
            self.length = elements.len();
        } else if self.length != elements.len() || !self.lengths.is_empty() {
            self.differ(elements.len());
        }
        self.count += 1;
    }

    #[cold]
    fn differ(&mut self, length: usize) {
        self.lengths.resize(self.count, self.length);
        self.lengths.push(length);
    }

    /// All of them, to be taken off last to first.
    #[inline(always)]
    pub fn rest(&self) -> Rest<'_, T> {
        Rest {
            elements: &self.elements,
            length: self.length,
            lengths: &self.lengths,
        }
    }
}

/// What scratch memory is in each round of a loop that writes it anew, one version behind the other in `elements`.
#[derive(Debug)]
pub struct Versions<E> {
    elements: E,
    /// The length of each.
    length: usize,
    /// How many elements the versions have that there are.
    used: usize,
}

impl<T: Copy> Versions<Vec<T>> {
    /// None yet, but memory for as many as the loop over `range` has rounds, in place of `none`.
    #[inline(always)]
    pub fn of(none: Vec<T>, element: T, length: usize, range: &impl Indexed) -> Self {
        drop(none);
        Versions {
            elements: repeated(element, length.saturating_mul(range.length())),
            length,
            used: 0,
        }
    }
}

impl<'room, T: Copy> Versions<&'room mut [T]> {
    /// [`of`](Versions::of) in the memory of `room`, if it is enough.
    #[inline(always)]
    pub fn within(
        room: &'room mut Vec<T>,
        element: T,
        length: usize,
        range: &impl Indexed,
    ) -> Self {
        let all = length.saturating_mul(range.length());
        if room.len() < all {
            *room = repeated(element, all);
        }
        Versions {
            elements: room,
            length,
            used: 0,
        }
    }
}

impl<T: Copy, E: DerefMut<Target = [T]>> Versions<E> {
    /// The next version, to be written before it is read.
    #[inline(always)]
    pub fn anew(&mut self) -> &mut [T] {
        let start = self.used;
        self.used += self.length;
        &mut self.elements[start..self.used]
    }

    /// The cotangent of such memory, to begin with.
    #[inline(always)]
    pub fn zeros(&self) -> Vec<T::Tangent>
    where
        T: Differentiable<Tangent: Copy + Default>,
    {
        repeated(T::Tangent::default(), self.length)
    }

    /// The same in the memory of `room`, which holds zeros: where a round writes all of its version, its reverse has taken all
    /// of the cotangent.
    #[inline(always)]
    pub fn zeros_in<'room>(&self, room: &'room mut Vec<T::Tangent>) -> &'room mut [T::Tangent]
    where
        T: Differentiable<Tangent: Copy + Default + PartialEq>,
    {
        debug_assert!(room.iter().all(|zero| *zero == T::Tangent::default()));
        if room.len() != self.length {
            *room = self.zeros();
        }
        room
    }

    /// All of them, to be taken off last to first.
    #[inline(always)]
    pub fn rest(&self) -> Rest<'_, T> {
        Rest {
            elements: &self.elements[..self.used],
            length: self.length,
            lengths: &[],
        }
    }
}

/// The copies that are left.
#[derive(Debug)]
pub struct Rest<'a, T> {
    elements: &'a [T],
    length: usize,
    lengths: &'a [usize],
}

impl<'a, T> Rest<'a, T> {
    /// Takes the last one off.
    #[inline(always)]
    pub fn pop(&mut self) -> &'a [T] {
        let length = match self.lengths.split_last() {
            None => self.length,
            Some((last, rest)) => {
                self.lengths = rest;
                *last
            }
        };
        let (rest, copy) = self.elements.split_at(self.elements.len() - length);
        self.elements = rest;
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::{Copies, Versions};
    use std::ops::DerefMut;

    #[test]
    fn copies_come_back_last_to_first() {
        for lengths in [
            vec![],
            vec![3, 3, 3],
            vec![2, 2, 0, 5, 2],
            vec![0, 0, 1],
            vec![1, 0, 0],
        ] {
            let mut copies = Copies::none();
            for (number, length) in lengths.iter().enumerate() {
                copies.push(&vec![number; *length], lengths.len());
            }
            let mut rest = copies.rest();
            for (number, length) in lengths.iter().enumerate().rev() {
                assert_eq!(rest.pop(), vec![number; *length], "{lengths:?}");
            }
            assert!(rest.elements.is_empty());
        }
    }

    #[test]
    fn versions_come_back_last_to_first() {
        let (mut room, mut zeros) = (Vec::new(), Vec::new());
        for (length, rounds, used) in [(3, 4, 4), (2, 5, 1), (3, 2, 0), (0, 2, 2), (4, 4, 3)] {
            let before = room.len();
            come_back(
                Versions::of(vec![], 0.5, length, &(0..rounds)),
                length,
                used,
            );
            let versions = Versions::within(&mut room, 0.5, length, &(0..rounds));
            assert_eq!(versions.zeros_in(&mut zeros), vec![0.0; length]);
            come_back(versions, length, used);
            let all = length * usize::try_from(rounds).unwrap();
            assert_eq!(
                room.len(),
                before.max(all),
                "memory that is enough serves again"
            );
        }
    }

    fn come_back(mut versions: Versions<impl DerefMut<Target = [f64]>>, length: usize, used: u8) {
        for number in 0..used {
            let version = versions.anew();
            assert_eq!(version.len(), length);
            version.fill(f64::from(number));
        }
        assert_eq!(versions.zeros(), vec![0.0; length]);
        let mut rest = versions.rest();
        for number in (0..used).rev() {
            assert_eq!(rest.pop(), vec![f64::from(number); length]);
        }
        assert!(rest.elements.is_empty());
    }
}
