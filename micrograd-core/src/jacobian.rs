//! Jacobians, row by row.

use crate::{Differentiable, NoTangent, Scalar};
use nalgebra::{DefaultAllocator, Dim, OMatrix, allocator::Allocator};

/// The value and Jacobian of a differentiable function: `(value, rows)`.
///
/// The rows have the structure of the value, with a row in place of each number; a row is the gradient of that number by
/// all arguments, as [`gradient!`](crate::gradient) gives it. Of a matrix the rows come column by column; integers and text have
/// [`NoTangent`] in place of a row. A function that returns `Result` or `Option` gives the pair inside it.
///
/// It is for free functions of at least one argument and without `&mut` parameters. Where the value is one number, use `gradient!`.
///
/// Where it can, the function is reversed for several rows at once: what the reverse sweep reads, computes again or decides
/// is then the same for all of them. That is mostly faster than a call of the pullback for each row.
///
/// ```
/// use micrograd_core::{differentiable, jacobian};
///
/// #[differentiable]
/// fn polar(x: f64, y: f64) -> [f64; 2] {
///     [x.hypot(y), y.atan2(x)]
/// }
///
/// let (value, [by_radius, by_angle]) = jacobian!(polar, 3.0, 4.0);
/// assert_eq!(value, polar(3.0, 4.0));
/// assert_eq!(by_radius, (0.6, 0.8));
/// assert_eq!(by_angle, (-0.16, 0.12));
/// ```
#[macro_export]
macro_rules! jacobian {
    ($($function:ident)::+, $($argument:expr),+ $(,)?) => {
        $($function)::+::jacobian($($argument),+)
    };
}

/// Values made of numbers, each of which has a row in a Jacobian: see [`jacobian!`](macro@crate::jacobian).
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no rows of a Jacobian",
    label = "is not made of numbers, arrays, vectors, matrices and tuples of numbers",
    note = "return the numbers as one of these, or call the pullback with one cotangent after the other"
)]
pub trait Coordinates: Differentiable {
    /// What has `R` in place of each number.
    type Rows<R>;

    /// How many numbers there are, if the type tells.
    const COUNT: Option<usize>;

    /// How many numbers there are.
    fn count(&self) -> usize;

    /// The cotangent that is one at a number and zero elsewhere; zero everywhere if there is no such number.
    fn unit(&self, index: usize) -> Self::Tangent;

    /// Calls `next` for each number, in order.
    fn rows<R>(&self, next: &mut impl FnMut() -> R) -> Self::Rows<R>;
}

macro_rules! number {
    ($($float:ty),*) => {$(
        impl Coordinates for $float {
            type Rows<R> = R;
            const COUNT: Option<usize> = Some(1);
            #[inline(always)]
            fn count(&self) -> usize {
                1
            }
            #[inline(always)]
            fn unit(&self, index: usize) -> $float {
                if index == 0 { 1.0 } else { 0.0 }
            }
            #[inline(always)]
            fn rows<R>(&self, next: &mut impl FnMut() -> R) -> R {
                next()
            }
        }
    )*};
}
number!(f32, f64);

/// The cotangent of the element that has the number, with the index inside it; zero for all other elements.
#[inline(always)]
fn unit_of<T: Coordinates>(value: &T, index: usize, start: &mut usize) -> T::Tangent {
    let inside = index.wrapping_sub(*start);
    *start += value.count();
    // What lies before the start wraps to an index near `usize::MAX`, and there are not as many numbers.
    value.unit(inside)
}

impl<T: Coordinates, const N: usize> Coordinates for [T; N] {
    type Rows<R> = [T::Rows<R>; N];
    const COUNT: Option<usize> = match T::COUNT {
        Some(count) => Some(count * N),
        None => None,
    };
    #[inline(always)]
    fn count(&self) -> usize {
        self.iter().map(T::count).sum()
    }
    #[inline(always)]
    fn unit(&self, index: usize) -> [T::Tangent; N] {
        let mut start = 0;
        std::array::from_fn(|i| unit_of(&self[i], index, &mut start))
    }
    #[inline(always)]
    fn rows<R>(&self, next: &mut impl FnMut() -> R) -> [T::Rows<R>; N] {
        std::array::from_fn(|i| self[i].rows(next))
    }
}

impl<T: Coordinates> Coordinates for Vec<T> {
    type Rows<R> = Vec<T::Rows<R>>;
    const COUNT: Option<usize> = None;
    fn count(&self) -> usize {
        match T::COUNT {
            Some(count) => self.len() * count,
            None => self.iter().map(T::count).sum(),
        }
    }
    fn unit(&self, index: usize) -> Vec<T::Tangent> {
        if let Some(count @ 1..) = T::COUNT {
            let mut unit = self.zero_tangent();
            if let Some(value) = self.get(index / count) {
                unit[index / count] = value.unit(index % count);
            }
            return unit;
        }
        let mut start = 0;
        self.iter()
            .map(|value| unit_of(value, index, &mut start))
            .collect()
    }
    fn rows<R>(&self, next: &mut impl FnMut() -> R) -> Vec<T::Rows<R>> {
        self.iter().map(|value| value.rows(next)).collect()
    }
}

/// The sum of all counts, if all are known.
const fn sum(counts: &[Option<usize>]) -> Option<usize> {
    match counts {
        [] => Some(0),
        [Some(first), rest @ ..] => match sum(rest) {
            Some(rest) => Some(*first + rest),
            None => None,
        },
        [None, ..] => None,
    }
}

macro_rules! tuple {
    ($($index:tt $T:ident),*) => {
        impl<$($T: Coordinates),*> Coordinates for ($($T,)*) {
            type Rows<R> = ($($T::Rows<R>,)*);
            const COUNT: Option<usize> = sum(&[$($T::COUNT),*]);
            #[inline(always)]
            fn count(&self) -> usize {
                0 $(+ self.$index.count())*
            }
            #[inline(always)]
            fn unit(&self, index: usize) -> Self::Tangent {
                let mut start = 0;
                ($(unit_of(&self.$index, index, &mut start),)*)
            }
            #[inline(always)]
            fn rows<R>(&self, next: &mut impl FnMut() -> R) -> Self::Rows<R> {
                ($(self.$index.rows(next),)*)
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

impl<T, R, C> Coordinates for OMatrix<T, R, C>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    type Rows<Row> = Vec<Row>;
    const COUNT: Option<usize> = None;
    fn count(&self) -> usize {
        self.len()
    }
    fn unit(&self, index: usize) -> OMatrix<T, R, C> {
        let mut unit = self.zero_tangent();
        if let Some(number) = unit.get_mut(index) {
            *number = nalgebra::one();
        }
        unit
    }
    fn rows<Row>(&self, next: &mut impl FnMut() -> Row) -> Vec<Row> {
        self.iter().map(|_| next()).collect()
    }
}

/// What is not differentiated has no row.
macro_rules! without_rows {
    ($($ty:ty),*) => {$(
        impl Coordinates for $ty {
            type Rows<R> = NoTangent;
            const COUNT: Option<usize> = Some(0);
            #[inline(always)]
            fn count(&self) -> usize {
                0
            }
            #[inline(always)]
            fn unit(&self, _: usize) -> NoTangent {
                NoTangent
            }
            #[inline(always)]
            fn rows<R>(&self, _: &mut impl FnMut() -> R) -> NoTangent {
                NoTangent
            }
        }
    )*};
}
without_rows!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, bool, char, String
);
