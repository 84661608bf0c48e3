//! Rules for the operators, written for base types; the functions peel references and boxes.
//!
//! `left` and `right` of a rule accumulate into the cotangent of one operand each. Both take the
//! primal operands and the cotangent of the result by reference.

use crate::{Differentiable, NoTangent};
use std::marker::PhantomData;

macro_rules! binary_rule {
    ($Rule:ident, $operator:literal, $left:ident, $right:ident, $both:ident, $message:literal) => {
        #[doc = concat!("The rule for `a ", $operator, " b`.")]
        #[diagnostic::on_unimplemented(
            message = $message,
            label = "this operator has no rule for these operand types",
            note = "put `#[differentiable]` on the `impl` of the operator, or compute the value with `stop_gradient(…)` if no derivative is wanted"
        )]
        pub trait $Rule<B: Differentiable + ?Sized = Self>: Differentiable {
            /// The cotangent of the result.
            type Output;
            /// Accumulates into the cotangent of the left operand.
            fn left(&self, b: &B, dz: &Self::Output, da: &mut Self::Tangent);
            /// Accumulates into the cotangent of the right operand.
            fn right(&self, b: &B, dz: &Self::Output, db: &mut B::Tangent);
            /// Accumulates into both.
            #[inline(always)]
            fn both(&self, b: &B, dz: &Self::Output, da: &mut Self::Tangent, db: &mut B::Tangent) {
                self.left(b, dz, da);
                self.right(b, dz, db);
            }
        }

        #[doc = concat!("Left half of the adjoint of `a ", $operator, " b`, for operands behind any references.")]
        #[inline(always)]
        pub fn $left<A, B>(
            a: &A,
            b: &B,
            dz: &<A::Base as $Rule<B::Base>>::Output,
            da: &mut A::Tangent,
        ) where
            A: Differentiable,
            B: Differentiable,
            A::Base: $Rule<B::Base>,
        {
            a.base().left(b.base(), dz, da);
        }

        #[doc = concat!("Right half of the adjoint of `a ", $operator, " b`, for operands behind any references.")]
        #[inline(always)]
        pub fn $right<A, B>(
            a: &A,
            b: &B,
            dz: &<A::Base as $Rule<B::Base>>::Output,
            db: &mut B::Tangent,
        ) where
            A: Differentiable,
            B: Differentiable,
            A::Base: $Rule<B::Base>,
        {
            a.base().right(b.base(), dz, db);
        }

        #[doc = concat!("The adjoint of `a ", $operator, " b`, for operands behind any references.")]
        #[inline(always)]
        pub fn $both<A, B>(
            a: &A,
            b: &B,
            dz: &<A::Base as $Rule<B::Base>>::Output,
            da: &mut A::Tangent,
            db: &mut B::Tangent,
        ) where
            A: Differentiable,
            B: Differentiable,
            A::Base: $Rule<B::Base>,
        {
            a.base().both(b.base(), dz, da, db);
        }
    };
}
binary_rule!(
    MulRule,
    "*",
    mul_left,
    mul_right,
    mul_both,
    "no derivative rule for `{Self} * {B}`"
);
binary_rule!(
    DivRule,
    "/",
    div_left,
    div_right,
    div_both,
    "no derivative rule for `{Self} / {B}`"
);
binary_rule!(
    RemRule,
    "%",
    rem_left,
    rem_right,
    rem_both,
    "no derivative rule for `{Self} % {B}`"
);

/// What the reverse of a sum, difference or negation works with.
///
/// These operators are linear, so [`Plus`] and [`Minus`], which keep nothing, serve nearly all
/// types; an operator that a type overloads with another meaning may keep its operands here.
pub trait Residual<Z: ?Sized, A: ?Sized, B: ?Sized> {
    /// Accumulates into the cotangent of the left (or only) operand.
    fn left(&self, dz: &Z, da: &mut A);
    /// Accumulates into the cotangent of the right operand.
    fn right(&self, dz: &Z, db: &mut B);
    /// Accumulates into both.
    #[inline(always)]
    fn both(&self, dz: &Z, da: &mut A, db: &mut B) {
        self.left(dz, da);
        self.right(dz, db);
    }
}

/// `ΔA += ΔC`, `ΔB += ΔC`.
#[derive(Clone, Copy, Debug)]
pub struct Plus;

/// `ΔA += ΔC`, `ΔB -= ΔC`.
#[derive(Clone, Copy, Debug)]
pub struct Minus;

/// `ΔA -= ΔC`.
#[derive(Clone, Copy, Debug)]
pub struct Negation;

/// A residual that knows the types of the three cotangents, and borrows nothing.
#[derive(Clone, Copy, Debug)]
pub struct Kept<Z, A, B, K>(K, Types<(Z, A, B)>);

/// Names types without holding values of them.
type Types<T> = PhantomData<fn() -> T>;

macro_rules! linear_rule {
    ($Rule:ident, $operator:literal, $function:ident, $message:literal) => {
        #[doc = concat!("The rule for `a ", $operator, " b`, which says what its reverse keeps.")]
        #[diagnostic::on_unimplemented(
            message = $message,
            label = "this operator has no rule for these operand types",
            note = "put `#[differentiable]` on the `impl` of the operator, or compute the value with `stop_gradient(…)` if no derivative is wanted"
        )]
        pub trait $Rule<B: Differentiable + ?Sized = Self>: Differentiable {
            /// The cotangent of the result.
            type Output;
            /// What the reverse keeps: [`Plus`] or [`Minus`] as a rule.
            type Residual: Residual<Self::Output, Self::Tangent, B::Tangent>;
            /// Keeps what the reverse needs.
            fn residual(&self, b: &B) -> Self::Residual;
        }

        #[doc = concat!("The residual of `a ", $operator, " b`, for operands behind any references.")]
        #[inline(always)]
        pub fn $function<A, B>(
            a: &A,
            b: &B,
        ) -> Kept<
            <A::Base as $Rule<B::Base>>::Output,
            A::Tangent,
            B::Tangent,
            <A::Base as $Rule<B::Base>>::Residual,
        >
        where
            A: Differentiable,
            B: Differentiable,
            A::Base: $Rule<B::Base>,
        {
            Kept(a.base().residual(b.base()), PhantomData)
        }
    };
}
linear_rule!(AddRule, "+", add, "no derivative rule for `{Self} + {B}`");
linear_rule!(SubRule, "-", sub, "no derivative rule for `{Self} - {B}`");

/// The rule for `-a`, which says what its reverse keeps.
#[diagnostic::on_unimplemented(
    message = "no derivative rule for `-{Self}`",
    label = "this operator has no rule for this operand type",
    note = "put `#[differentiable]` on the `impl` of the operator"
)]
pub trait NegRule: Differentiable {
    /// The cotangent of the result.
    type Output;
    /// What the reverse keeps: [`Negation`] as a rule.
    type Residual: Residual<Self::Output, Self::Tangent, NoTangent>;
    /// Keeps what the reverse needs.
    fn residual(&self) -> Self::Residual;
}

/// The residual of `-a`, for an operand behind any references.
#[expect(clippy::type_complexity)]
#[inline(always)]
pub fn neg<A>(
    a: &A,
) -> Kept<<A::Base as NegRule>::Output, A::Tangent, NoTangent, <A::Base as NegRule>::Residual>
where
    A: Differentiable,
    A::Base: NegRule,
{
    Kept(a.base().residual(), PhantomData)
}

/// The reverse of a sum, difference or negation: accumulates into the left operand's cotangent.
#[inline(always)]
pub fn left<Z, A, B, K: Residual<Z, A, B>>(kept: &Kept<Z, A, B, K>, dz: &Z, da: &mut A) {
    kept.0.left(dz, da);
}

/// The reverse of a sum or difference: accumulates into the right operand's cotangent.
#[inline(always)]
pub fn right<Z, A, B, K: Residual<Z, A, B>>(kept: &Kept<Z, A, B, K>, dz: &Z, db: &mut B) {
    kept.0.right(dz, db);
}

/// The reverse of a sum or difference: accumulates into both cotangents.
#[inline(always)]
pub fn both<Z, A, B, K: Residual<Z, A, B>>(
    kept: &Kept<Z, A, B, K>,
    dz: &Z,
    da: &mut A,
    db: &mut B,
) {
    kept.0.both(dz, da, db);
}

/// The rule for `a as To`.
#[diagnostic::on_unimplemented(
    message = "no derivative rule for a cast of `{Self}` to `{To}`",
    label = "this cast has no rule"
)]
pub trait CastRule<To: Differentiable>: Differentiable {
    /// Accumulates into the cotangent of the operand.
    fn operand(&self, dz: &To::Tangent, da: &mut Self::Tangent);
}

/// The adjoint of `a as To`.
#[inline(always)]
pub fn cast<To, A>(a: &A, dz: &To::Tangent, da: &mut A::Tangent)
where
    To: Differentiable,
    A: Differentiable,
    A::Base: CastRule<To>,
{
    a.base().operand(dz, da);
}

/// `+`, `-` and unary `-` of a type whose cotangents add up as they are.
macro_rules! linear {
    ($type:ty) => {
        impl AddRule for $type {
            type Output = <$type as Differentiable>::Tangent;
            type Residual = Plus;
            #[inline(always)]
            fn residual(&self, _: &$type) -> Plus {
                Plus
            }
        }
        impl SubRule for $type {
            type Output = <$type as Differentiable>::Tangent;
            type Residual = Minus;
            #[inline(always)]
            fn residual(&self, _: &$type) -> Minus {
                Minus
            }
        }
        impl NegRule for $type {
            type Output = <$type as Differentiable>::Tangent;
            type Residual = Negation;
            #[inline(always)]
            fn residual(&self) -> Negation {
                Negation
            }
        }
    };
}

/// `Δc a / b²`, which the cotangent of the divisor of `c = a / b` decreases by.
///
/// The partial `a / b²` comes first, so that a loop-carried cotangent meets nothing but a product. It
/// overflows where `b` is tiny, as behind a guard such as `d = 1e-300`, and underflows where `b` is huge;
/// then the cotangent comes first, so that a zero stays one and nothing is lost.
#[inline(always)]
pub fn by_divisor<T: Divisor>(dz: T, a: T, b: T) -> T {
    T::by_divisor(dz, a, b)
}

/// `dz q²`, the slope of `q = 1 / b` by `-b`, for all `q` whose square is not representable too.
#[doc(hidden)]
#[inline(always)]
pub fn by_reciprocal<T: Divisor>(dz: T, q: T) -> T {
    T::by_reciprocal(dz, q)
}

/// Numbers with a quotient.
#[doc(hidden)]
pub trait Divisor {
    #[doc(hidden)]
    fn by_divisor(dz: Self, a: Self, b: Self) -> Self;
    #[doc(hidden)]
    fn by_reciprocal(dz: Self, q: Self) -> Self;
}

macro_rules! float {
    ($($float:ty),*) => {$(
        linear!($float);
        impl Divisor for $float {
            #[inline(always)]
            fn by_divisor(dz: $float, a: $float, b: $float) -> $float {
                let inverse = 1.0 / b;
                let quotient = a * inverse;
                let partial = quotient * inverse;
                if partial.is_normal() { dz * partial } else { dz * inverse * quotient }
            }
            #[inline(always)]
            fn by_reciprocal(dz: $float, q: $float) -> $float {
                // From left to right nothing overflows or vanishes on the way that does not in the end.
                dz * q * q
            }
        }
        impl Residual<$float, $float, $float> for Plus {
            #[inline(always)]
            fn left(&self, dz: &$float, da: &mut $float) {
                *da += *dz;
            }
            #[inline(always)]
            fn right(&self, dz: &$float, db: &mut $float) {
                *db += *dz;
            }
        }
        impl Residual<$float, $float, $float> for Minus {
            #[inline(always)]
            fn left(&self, dz: &$float, da: &mut $float) {
                *da += *dz;
            }
            #[inline(always)]
            fn right(&self, dz: &$float, db: &mut $float) {
                *db -= *dz;
            }
        }
        impl Residual<$float, $float, NoTangent> for Negation {
            #[inline(always)]
            fn left(&self, dz: &$float, da: &mut $float) {
                *da -= *dz;
            }
            #[inline(always)]
            fn right(&self, _: &$float, _: &mut NoTangent) {}
        }
        /// `ΔA = ΔC B`, `ΔB = ΔC A`.
        impl MulRule for $float {
            type Output = $float;
            #[inline(always)]
            fn left(&self, b: &$float, dz: &$float, da: &mut $float) {
                *da += *dz * *b;
            }
            #[inline(always)]
            fn right(&self, _: &$float, dz: &$float, db: &mut $float) {
                *db += *dz * *self;
            }
        }
        /// `ΔA = ΔC / B`, `ΔB = -ΔC A / B²`. The partials come first, so that a loop-carried
        /// cotangent meets one multiplication and no division.
        impl DivRule for $float {
            type Output = $float;
            #[inline(always)]
            fn left(&self, b: &$float, dz: &$float, da: &mut $float) {
                let inverse = 1.0 / *b;
                *da += *dz * inverse;
            }
            #[inline(always)]
            fn right(&self, b: &$float, dz: &$float, db: &mut $float) {
                *db -= by_divisor(*dz, *self, *b);
            }
        }
        /// `C = A - trunc(A / B) B`: `ΔA = ΔC`, `ΔB = -trunc(A / B) ΔC`.
        impl RemRule for $float {
            type Output = $float;
            #[inline(always)]
            fn left(&self, _: &$float, dz: &$float, da: &mut $float) {
                *da += *dz;
            }
            #[inline(always)]
            fn right(&self, b: &$float, dz: &$float, db: &mut $float) {
                *db -= *dz * (*self / *b).trunc();
            }
        }
    )*};
}
float!(f32, f64);

/// Rules of types without a tangent do nothing: `i * 2 + j` may stand where a float might.
macro_rules! inert {
    ($($type:ty),*) => {$(
        inert!(@ $type, MulRule DivRule RemRule);
        linear!($type);
    )*};
    (@ $type:ty, $($Rule:ident)*) => {$(
        impl $Rule for $type {
            type Output = NoTangent;
            #[inline(always)]
            fn left(&self, _: &$type, _: &NoTangent, _: &mut NoTangent) {}
            #[inline(always)]
            fn right(&self, _: &$type, _: &NoTangent, _: &mut NoTangent) {}
        }
    )*};
}
inert!(
    usize, u8, u16, u32, u64, u128, isize, i8, i16, i32, i64, i128
);

macro_rules! cast {
    ($($from:ty => $($to:ty)*;)*) => {$($(
        impl CastRule<$to> for $from {
            #[inline(always)]
            fn operand(
                &self,
                _: &<$to as Differentiable>::Tangent,
                _: &mut <$from as Differentiable>::Tangent,
            ) {
            }
        }
    )*)*};
}
cast! {
    f32 => usize u8 u16 u32 u64 u128 isize i8 i16 i32 i64 i128;
    f64 => usize u8 u16 u32 u64 u128 isize i8 i16 i32 i64 i128;
}
macro_rules! cast_integers {
    ($($from:ty)*) => {
        cast! { $($from => f32 f64 usize u8 u16 u32 u64 u128 isize i8 i16 i32 i64 i128;)* }
    };
}
cast_integers!(usize u8 u16 u32 u64 u128 isize i8 i16 i32 i64 i128);
cast! { bool => usize u8 u16 u32 u64 u128 isize i8 i16 i32 i64 i128; }

macro_rules! cast_float {
    ($($from:ty => $to:ty;)*) => {$(
        impl CastRule<$to> for $from {
            #[inline(always)]
            fn operand(&self, dz: &$to, da: &mut $from) {
                *da += *dz as $from;
            }
        }
    )*};
}
cast_float! { f32 => f32; f32 => f64; f64 => f32; f64 => f64; }

macro_rules! inert_residual {
    ($($Residual:ty),*) => {$(
        impl Residual<NoTangent, NoTangent, NoTangent> for $Residual {
            #[inline(always)]
            fn left(&self, _: &NoTangent, _: &mut NoTangent) {}
            #[inline(always)]
            fn right(&self, _: &NoTangent, _: &mut NoTangent) {}
        }
    )*};
}
inert_residual!(Plus, Minus, Negation);
