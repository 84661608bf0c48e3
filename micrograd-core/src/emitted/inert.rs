//! What carries no derivative, which the compiler proves of what the macro takes for such by its name.

use crate::NoTangent;

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

/// The tangent of a field that is marked `#[no_gradient]`.
#[diagnostic::on_unimplemented(
    message = "this field carries a derivative, which would be lost",
    label = "taken for the field of another type",
    note = "the file declares another type of this name with `#[no_gradient]` on this field; give one of them another name"
)]
pub trait Excluded {}

impl Excluded for NoTangent {}

/// Shows that a field is excluded.
#[inline(always)]
pub fn excluded<T: Excluded>(_: &T) {}

/// Lets through a value that carries no derivative.
#[inline(always)]
pub fn inert<T: Inert>(value: T) -> T {
    value
}
