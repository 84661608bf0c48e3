//! Rules for the methods of `Option` and `Result` that hand on what is inside.
//!
//! The cotangent of an option is an option: `None` where nothing flowed. That of a `Result` is
//! likewise an option, since an error has no tangent.

use crate::{Accumulate, Differentiable, NoTangent, Tangent};

/// Adds a cotangent to what is inside.
#[inline(always)]
fn add<D: Tangent>(to: &mut Option<D>, dy: &D) {
    match to {
        Some(to) => to.accumulate(dy),
        None => *to = Some(dy.clone()),
    }
}

/// Declares rules that are the same for `Option` and `Result`.
///
/// In:   `fn rrule_m(x dx, b db: B) = value; |dy| reverse`
/// Out:  `fn rrule_m(&self, b: &B) -> (T, impl Fn(&T̄, &Self, &mut Option<T̄>, &B, &mut B̄))`
macro_rules! rules {
    ($(#[$doc:meta])* $Rules:ident<$T:ident $(, $E:ident)?> for $Type:ty where $($bound:tt)*) => {
        $(#[$doc])*
        pub trait $Rules<$T: Clone + Differentiable $(, $E)?>: Differentiable<Tangent = Option<$T::Tangent>> {
            /// What is inside. `Δx = Some(Δy)`.
            ///
            /// # Panics
            /// If nothing is, as the method does.
            fn rrule_unwrap(&self) -> (
                $T,
                impl Fn(&$T::Tangent, &Self, &mut Option<$T::Tangent>) + use<Self, $T $(, $E)?>,
            )
            where
                $($bound)*;

            /// What is inside. `Δx = Some(Δy)`.
            ///
            /// # Panics
            /// With the message if nothing is, as the method does.
            fn rrule_expect(&self, message: &str) -> (
                $T,
                impl Fn(&$T::Tangent, &Self, &mut Option<$T::Tangent>, &str, &mut NoTangent)
                + use<Self, $T $(, $E)?>,
            )
            where
                $($bound)*;

            /// What is inside, else `default`. The cotangent goes to whichever it was.
            fn rrule_unwrap_or(&self, default: &$T) -> (
                $T,
                impl Fn(&$T::Tangent, &Self, &mut Option<$T::Tangent>, &$T, &mut $T::Tangent)
                + use<Self, $T $(, $E)?>,
            );

            /// What is inside, else the default, which is constant. `Δx = Some(Δy)` where something is.
            fn rrule_unwrap_or_default(&self) -> (
                $T,
                impl Fn(&$T::Tangent, &Self, &mut Option<$T::Tangent>) + use<Self, $T $(, $E)?>,
            )
            where
                $T: Default;

            /// A copy. `Δx = Δy`.
            fn rrule_copied(&self) -> (
                Self,
                impl Fn(&Option<$T::Tangent>, &Self, &mut Option<$T::Tangent>) + use<Self, $T $(, $E)?>,
            )
            where
                Self: Clone + Sized;

            /// A copy. `Δx = Δy`.
            fn rrule_cloned(&self) -> (
                Self,
                impl Fn(&Option<$T::Tangent>, &Self, &mut Option<$T::Tangent>) + use<Self, $T $(, $E)?>,
            )
            where
                Self: Clone + Sized;

            /// A copy, as references have no tangents of their own. `Δx = Δy`.
            fn rrule_as_ref(&self) -> (
                Self,
                impl Fn(&Option<$T::Tangent>, &Self, &mut Option<$T::Tangent>) + use<Self, $T $(, $E)?>,
            )
            where
                Self: Clone + Sized;
        }

        impl<$T: Clone + Differentiable $(, $E)?> $Rules<$T $(, $E)?> for $Type {
            #[inline(always)]
            #[track_caller]
            fn rrule_unwrap(&self) -> (
                $T,
                impl Fn(&$T::Tangent, &Self, &mut Option<$T::Tangent>) + use<$T $(, $E)?>,
            )
            where
                $($bound)*
            {
                (
                    self.as_ref().unwrap().clone(),
                    #[inline(always)]
                    |dy: &$T::Tangent, _: &Self, dx: &mut Option<$T::Tangent>| add(dx, dy),
                )
            }

            #[inline(always)]
            #[track_caller]
            fn rrule_expect(&self, message: &str) -> (
                $T,
                impl Fn(&$T::Tangent, &Self, &mut Option<$T::Tangent>, &str, &mut NoTangent)
                + use<$T $(, $E)?>,
            )
            where
                $($bound)*
            {
                (
                    self.as_ref().expect(message).clone(),
                    #[inline(always)]
                    |dy: &$T::Tangent, _: &Self, dx: &mut Option<$T::Tangent>, _: &str, _: &mut NoTangent| {
                        add(dx, dy);
                    },
                )
            }

            #[inline(always)]
            fn rrule_unwrap_or(&self, default: &$T) -> (
                $T,
                impl Fn(&$T::Tangent, &Self, &mut Option<$T::Tangent>, &$T, &mut $T::Tangent)
                + use<$T $(, $E)?>,
            ) {
                (
                    self.iter().next().unwrap_or(default).clone(),
                    #[inline(always)]
                    |dy: &$T::Tangent, x: &Self, dx: &mut Option<$T::Tangent>, _: &$T, ddefault: &mut $T::Tangent| {
                        if x.iter().next().is_some() {
                            add(dx, dy);
                        } else {
                            ddefault.accumulate(dy);
                        }
                    },
                )
            }

            #[inline(always)]
            fn rrule_unwrap_or_default(&self) -> (
                $T,
                impl Fn(&$T::Tangent, &Self, &mut Option<$T::Tangent>) + use<$T $(, $E)?>,
            )
            where
                $T: Default
            {
                (
                    self.iter().next().cloned().unwrap_or_default(),
                    #[inline(always)]
                    |dy: &$T::Tangent, x: &Self, dx: &mut Option<$T::Tangent>| {
                        if x.iter().next().is_some() {
                            add(dx, dy);
                        }
                    },
                )
            }

            rules!(@ $T $($E)?, rrule_copied rrule_cloned rrule_as_ref);
        }
    };
    (@ $T:ident, $($copy:ident)*) => { $(rules!(@@ $copy $T);)* };
    (@ $T:ident $E:ident, $($copy:ident)*) => { $(rules!(@@ $copy $T $E);)* };
    (@@ $copy:ident $T:ident $($E:ident)?) => {
        #[inline(always)]
        fn $copy(&self) -> (
            Self,
            impl Fn(&Option<$T::Tangent>, &Self, &mut Option<$T::Tangent>) + use<$T $(, $E)?>,
        )
        where
            Self: Clone
        {
            (
                self.clone(),
                #[inline(always)]
                |dy: &Option<$T::Tangent>, _: &Self, dx: &mut Option<$T::Tangent>| dx.accumulate(dy),
            )
        }
    };
}

rules! {
    /// The rules for the methods of `Option<T>` that hand on what is inside.
    ///
    /// ```
    /// use micrograd_core::rules::option::OptionRules;
    /// let (y, back) = Some(2.0).rrule_unwrap_or(&7.0);
    /// let (mut dx, mut ddefault) = (None, 0.0);
    /// back(&3.0, &Some(2.0), &mut dx, &7.0, &mut ddefault);
    /// assert_eq!((y, dx, ddefault), (2.0, Some(3.0), 0.0));
    /// ```
    OptionRules<T> for Option<T> where T: Sized
}
rules! {
    /// The rules for the methods of `Result<T, E>` that hand on what is inside.
    ResultRules<T, E> for Result<T, E> where E: std::fmt::Debug
}

/// The rules for the methods that turn an `Option<T>` into another type.
#[expect(clippy::type_complexity)]
pub trait OptionIntoRules<T: Clone + Differentiable>:
    Differentiable<Tangent = Option<T::Tangent>>
{
    /// What is inside, or the error. `Δx = Δy`; an error has no tangent.
    fn rrule_ok_or<E: Clone>(
        &self,
        error: &E,
    ) -> (
        Result<T, E>,
        impl Fn(&Option<T::Tangent>, &Self, &mut Option<T::Tangent>, &E, &mut NoTangent)
        + use<Self, T, E>,
    );

    /// The first that there is. `Δx = Δy` where `x` is there, else `Δother = Δy`.
    fn rrule_or(
        &self,
        other: &Option<T>,
    ) -> (
        Option<T>,
        impl Fn(
            &Option<T::Tangent>,
            &Self,
            &mut Option<T::Tangent>,
            &Option<T>,
            &mut Option<T::Tangent>,
        ) + use<Self, T>,
    );

    /// Both, or none. `Δx = Some(Δy.0)`, `Δother = Some(Δy.1)`.
    fn rrule_zip<U: Clone + Differentiable>(
        &self,
        other: &Option<U>,
    ) -> (
        Option<(T, U)>,
        impl Fn(
            &Option<(T::Tangent, U::Tangent)>,
            &Self,
            &mut Option<T::Tangent>,
            &Option<U>,
            &mut Option<U::Tangent>,
        ) + use<Self, T, U>,
    );
}

impl<T: Clone + Differentiable> OptionIntoRules<T> for Option<T> {
    #[inline(always)]
    fn rrule_ok_or<E: Clone>(
        &self,
        error: &E,
    ) -> (
        Result<T, E>,
        impl Fn(&Option<T::Tangent>, &Self, &mut Option<T::Tangent>, &E, &mut NoTangent) + use<T, E>,
    ) {
        (
            self.clone().ok_or_else(|| error.clone()),
            #[inline(always)]
            |dy: &Option<T::Tangent>,
             _: &Self,
             dx: &mut Option<T::Tangent>,
             _: &E,
             _: &mut NoTangent| dx.accumulate(dy),
        )
    }

    #[inline(always)]
    fn rrule_or(
        &self,
        other: &Option<T>,
    ) -> (
        Option<T>,
        impl Fn(
            &Option<T::Tangent>,
            &Self,
            &mut Option<T::Tangent>,
            &Option<T>,
            &mut Option<T::Tangent>,
        ) + use<T>,
    ) {
        (
            self.clone().or_else(|| other.clone()),
            #[inline(always)]
            |dy: &Option<T::Tangent>,
             x: &Self,
             dx: &mut Option<T::Tangent>,
             _: &Option<T>,
             dother: &mut Option<T::Tangent>| {
                if x.is_some() { dx } else { dother }.accumulate(dy)
            },
        )
    }

    #[inline(always)]
    fn rrule_zip<U: Clone + Differentiable>(
        &self,
        other: &Option<U>,
    ) -> (
        Option<(T, U)>,
        impl Fn(
            &Option<(T::Tangent, U::Tangent)>,
            &Self,
            &mut Option<T::Tangent>,
            &Option<U>,
            &mut Option<U::Tangent>,
        ) + use<T, U>,
    ) {
        (
            self.clone().zip(other.clone()),
            #[inline(always)]
            |dy: &Option<(T::Tangent, U::Tangent)>,
             _: &Self,
             dx: &mut Option<T::Tangent>,
             _: &Option<U>,
             dother: &mut Option<U::Tangent>| {
                if let Some((dy, du)) = dy {
                    add(dx, dy);
                    add(dother, du);
                }
            },
        )
    }
}

/// The rule for the method that turns a `Result<T, E>` into an option.
#[expect(clippy::type_complexity)]
pub trait ResultIntoRules<T: Clone + Differentiable>:
    Differentiable<Tangent = Option<T::Tangent>>
{
    /// What is inside, if anything is. `Δx = Δy`.
    fn rrule_ok(
        &self,
    ) -> (
        Option<T>,
        impl Fn(&Option<T::Tangent>, &Self, &mut Option<T::Tangent>) + use<Self, T>,
    );
}

impl<T: Clone + Differentiable, E> ResultIntoRules<T> for Result<T, E> {
    #[inline(always)]
    fn rrule_ok(
        &self,
    ) -> (
        Option<T>,
        impl Fn(&Option<T::Tangent>, &Self, &mut Option<T::Tangent>) + use<T, E>,
    ) {
        (
            self.as_ref().ok().cloned(),
            #[inline(always)]
            |dy: &Option<T::Tangent>, _: &Self, dx: &mut Option<T::Tangent>| dx.accumulate(dy),
        )
    }
}

/// The rules for the methods of `bool` that make an option.
#[expect(clippy::type_complexity)]
pub trait BoolRules: Differentiable<Tangent = NoTangent> {
    /// `Some(x)` where `self` holds. `Δx` is what is inside `Δy`.
    fn rrule_then_some<T: Clone + Differentiable>(
        &self,
        x: &T,
    ) -> (
        Option<T>,
        impl Fn(&Option<T::Tangent>, &Self, &mut NoTangent, &T, &mut T::Tangent) + use<Self, T>,
    );
}

impl BoolRules for bool {
    #[inline(always)]
    fn rrule_then_some<T: Clone + Differentiable>(
        &self,
        x: &T,
    ) -> (
        Option<T>,
        impl Fn(&Option<T::Tangent>, &bool, &mut NoTangent, &T, &mut T::Tangent) + use<T>,
    ) {
        (
            self.then(|| x.clone()),
            #[inline(always)]
            |dy: &Option<T::Tangent>,
             &holds: &bool,
             _: &mut NoTangent,
             _: &T,
             dx: &mut T::Tangent| {
                if let (true, Some(dy)) = (holds, dy) {
                    dx.accumulate(dy);
                }
            },
        )
    }
}
