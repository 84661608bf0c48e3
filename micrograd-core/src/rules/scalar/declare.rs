//! How an entry of the rules of numbers becomes a method: of the trait `ScalarRules`, and of both floats.

/// Declares the trait of all rules and implements it for both floats.
///
/// In:   `fn rrule_m(x dx, b db: B) -> Y = (value, kept); |kept| { *dx += …; *db += …; }`
/// Out:  `fn rrule_m(&self, b: &B) -> (Y, impl Fn(&Ȳ, &Self, &mut Self, &B, &mut B̄))`
macro_rules! rules {
    ($dz:ident; $(
        $(#[$doc:meta])*
        fn $rrule:ident($x:ident $dx:ident $(, $b:ident $db:ident: $B:ty)*) -> $Y:ty
            = $forward:expr; |$kept:pat_param| $reverse:block
    )*) => {
        /// The rules for the methods of floats.
        ///
        /// As a bound it may stand beside one such as `num_traits::Float`: no method of it, nor of
        /// its supertraits, is called like one of a number, so nothing becomes ambiguous.
        ///
        /// ```
        /// use micrograd_core::rules::scalar::ScalarRules;
        /// let (x, y) = (3.0_f64, 4.0);
        /// let (z, back) = x.rrule_hypot(&y);
        /// let (mut dx, mut dy) = (0.0, 0.0);
        /// back(&5.0, &x, &mut dx, &y, &mut dy);
        /// assert_eq!((z, dx, dy), (5.0, 3.0, 4.0));
        /// ```
        pub trait ScalarRules:
            Copy
            + Default
            + Tangent
            + Parameters
            + Rounded
            + BranchlessTanh
            + Differentiable<Tangent = Self, Accumulator = Self, Base = Self>
            + AddRule<Self, Output = Self>
            + SubRule<Self, Output = Self>
            + MulRule<Self, Output = Self>
            + DivRule<Self, Output = Self>
            + RemRule<Self, Output = Self>
            + NegRule<Output = Self>
            + 'static
        {
            $(
                $(#[$doc])*
                fn $rrule(&self $(, $b: &$B)*) -> (
                    $Y,
                    impl Fn(&$Y, &Self, &mut Self $(, &$B, &mut <$B as Differentiable>::Tangent)*)
                        + use<Self>,
                );
            )*
        }
        rules!(@ f32; $dz; $(fn $rrule($x $dx $(, $b $db: $B)*) -> $Y = $forward; |$kept| $reverse)*);
        rules!(@ f64; $dz; $(fn $rrule($x $dx $(, $b $db: $B)*) -> $Y = $forward; |$kept| $reverse)*);
    };
    (@ $float:ty; $dz:ident; $(
        fn $rrule:ident($x:ident $dx:ident $(, $b:ident $db:ident: $B:ty)*) -> $Y:ty
            = $forward:expr; |$kept:pat_param| $reverse:block
    )*) => {
        impl ScalarRules for $float {
            $(
                #[inline(always)]
                #[allow(unused_variables, reason = "not every rule uses all arguments")]
                fn $rrule(&self $(, $b: &$B)*) -> (
                    $Y,
                    impl Fn(&$Y, &Self, &mut Self $(, &$B, &mut <$B as Differentiable>::Tangent)*)
                        + use<>,
                ) {
                    let ($x, $($b,)*) = (*self, $(*$b,)*);
                    let (value, kept) = $forward;
                    (
                        value,
                        #[inline(always)]
                        move |$dz: &$Y, $x: &Self, $dx: &mut Self
                            $(, $b: &$B, $db: &mut <$B as Differentiable>::Tangent)*|
                        {
                            let ($dz, $x, $kept, $($b,)*) = (*$dz, *$x, kept, $(*$b,)*);
                            $reverse
                        },
                    )
                }
            )*
        }
    };
}

pub(super) use rules;
