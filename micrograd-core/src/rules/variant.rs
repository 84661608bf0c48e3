//! The cotangents of the variants of enums, part by part.
//!
//! An enum's tangent has, for each field of each variant, an accessor `payload_V_f` that gives the
//! field's cotangent if there is one, and `payload_mut_V_f` that gives a place to accumulate into. For
//! enums of users `#[derive(Differentiable)]` writes them; these are those of `Some`, `Ok` and `Err`.
#![allow(
    non_snake_case,
    reason = "the variant's name is part of the accessor's"
)]

use crate::{NoTangent, Tangent};

/// No type is one: what a failure holds has no cotangent.
#[diagnostic::on_unimplemented(
    message = "what is inside `Err` carries no derivative, but it flows into the value here",
    label = "the derivative would be lost",
    note = "return the number in an enum of your own with `#[derive(Differentiable)]`, or write `stop_gradient(…)`"
)]
pub trait FailureTangent {}

/// The accessors of the cotangent of an `Option<T>` or a `Result<T, E>`, which is `Option<T̄>`.
///
/// ```
/// use micrograd_core::rules::variant::OptionParts;
/// let mut cotangent: Option<f64> = None;
/// *cotangent.payload_mut_Some_0() += 2.0;
/// assert_eq!(cotangent, Some(2.0));
/// ```
pub trait OptionParts<T> {
    /// The cotangent of what is inside `Some`, if any has arrived.
    fn payload_Some_0(&self) -> Option<&T>;
    /// The cotangent of what is inside `Ok`, if any has arrived.
    fn payload_Ok_0(&self) -> Option<&T>;
    /// A failure has no derivative, so that none may flow to it.
    fn payload_Err_0(&self) -> Option<&NoTangent>
    where
        T: FailureTangent;
    /// Where the cotangent of what is inside `Some` accumulates.
    fn payload_mut_Some_0(&mut self) -> &mut T;
    /// Where the cotangent of what is inside `Ok` accumulates.
    fn payload_mut_Ok_0(&mut self) -> &mut T;
    /// A failure has no derivative, so that none may flow to it.
    fn payload_mut_Err_0(&mut self) -> Box<NoTangent>
    where
        T: FailureTangent;
}

impl<T: Tangent> OptionParts<T> for Option<T> {
    #[inline(always)]
    fn payload_Some_0(&self) -> Option<&T> {
        self.as_ref()
    }

    #[inline(always)]
    fn payload_Ok_0(&self) -> Option<&T> {
        self.as_ref()
    }

    #[inline(always)]
    fn payload_Err_0(&self) -> Option<&NoTangent>
    where
        T: FailureTangent,
    {
        None
    }

    #[inline(always)]
    fn payload_mut_Some_0(&mut self) -> &mut T {
        self.get_or_insert_with(T::shapeless)
    }

    #[inline(always)]
    fn payload_mut_Ok_0(&mut self) -> &mut T {
        self.get_or_insert_with(T::shapeless)
    }

    #[inline(always)]
    fn payload_mut_Err_0(&mut self) -> Box<NoTangent>
    where
        T: FailureTangent,
    {
        Box::new(NoTangent)
    }
}
