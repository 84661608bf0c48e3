//! The emitted Rust.

use expect_test::{expect, Expect};

/// The item and all that stands beside it.
fn check(source: &str, expected: Expect) {
    let file = syn::parse2(super::expanded("", source)).expect("what is emitted is Rust");
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn a_function_stands_beside_its_pullback() {
    check(
        "fn square(x: f64) -> f64 { x * x }",
        expect![[r##"
            #[allow(dead_code)]
            fn square(x: f64) -> f64 {
                x * x
            }
            ::micrograd_core::function_value! {
                #[doc =
                "The differentiable function `square` as a value, for `micrograd_core::Function`."]
                square
            }
            #[allow(clippy::all)]
            impl square {
                #[doc(hidden)]
                #[allow(
                    unused_variables,
                    unused_mut,
                    unused_parens,
                    unused_assignments,
                    dead_code,
                    non_snake_case,
                    unreachable_patterns,
                    clippy::all,
                    clippy::pedantic,
                    clippy::nursery
                )]
                #[inline]
                pub fn rrule(
                    x_0: &f64,
                ) -> (
                    f64,
                    impl ::core::ops::Fn(
                        &mut <f64 as ::micrograd_core::Differentiable>::Tangent,
                        &f64,
                        &mut <f64 as ::micrograd_core::Differentiable>::Tangent,
                    ),
                ) {
                    #[allow(unused_imports)]
                    use ::micrograd_core::rules::methods::*;
                    let x_0 = *x_0;
                    let t_1 = x_0 * x_0;
                    (
                        t_1,
                        #[inline(always)]
                        move |
                            seed: &mut <f64 as ::micrograd_core::Differentiable>::Tangent,
                            x_0: &f64,
                            d_x_0: &mut <f64 as ::micrograd_core::Differentiable>::Tangent|
                        {
                            let x_0 = *x_0;
                            let mut d_t_1 = -0.0;
                            d_t_1 += *seed;
                            *d_x_0 += d_t_1 * x_0;
                            *d_x_0 += d_t_1 * x_0;
                        },
                    )
                }
                ///The value of `square` and its pullback, which takes the value's cotangent to those of the arguments.
                #[allow(
                    unused_variables,
                    unused_mut,
                    unused_parens,
                    unused_assignments,
                    dead_code,
                    non_snake_case,
                    unreachable_patterns,
                    clippy::all,
                    clippy::pedantic,
                    clippy::nursery
                )]
                pub fn pullback(
                    argument0: f64,
                ) -> (
                    f64,
                    impl ::core::ops::Fn(
                        <f64 as ::micrograd_core::Differentiable>::Tangent,
                    ) -> (<f64 as ::micrograd_core::Differentiable>::Tangent,),
                ) {
                    let (value, back) = square::rrule(&argument0);
                    (
                        value,
                        move |mut seed: <f64 as ::micrograd_core::Differentiable>::Tangent| {
                            let mut cotangent0 = ::micrograd_core::Differentiable::zero_tangent(
                                &argument0,
                            );
                            back(&mut seed, &argument0, &mut cotangent0);
                            (cotangent0,)
                        },
                    )
                }
                #[doc(hidden)]
                #[allow(
                    unused_variables,
                    unused_mut,
                    unused_parens,
                    unused_assignments,
                    dead_code,
                    non_snake_case,
                    unreachable_patterns,
                    clippy::all,
                    clippy::pedantic,
                    clippy::nursery
                )]
                pub fn gradient(
                    argument0: f64,
                ) -> (
                    f64,
                    impl ::core::ops::FnOnce(
                        <f64 as ::micrograd_core::Differentiable>::Tangent,
                    ) -> (<f64 as ::micrograd_core::Differentiable>::Tangent,),
                ) {
                    let (value, back) = square::rrule(&argument0);
                    (
                        value,
                        move |mut seed: <f64 as ::micrograd_core::Differentiable>::Tangent| {
                            let mut cotangent0 = ::micrograd_core::Differentiable::zero_tangent(
                                &argument0,
                            );
                            back(&mut seed, &argument0, &mut cotangent0);
                            (cotangent0,)
                        },
                    )
                }
                #[doc(hidden)]
                #[allow(non_upper_case_globals)]
                pub const CODE_IR: &'static str = "1: (%1)\n  %2 = %1 * %1\n  return %2\n";
                #[doc(hidden)]
                #[allow(non_upper_case_globals)]
                pub const CODE_PULLBACK: &'static str = "1: (Δ, %1)\n  Δ%2 = 0\n  Δ%2 += Δ\n  Δ%1 += Δ%2 * %1\n  Δ%1 += Δ%2 * %1\n  return Δ%1\n";
            }
            #[allow(clippy::all)]
            impl ::micrograd_core::Function<f64> for square {
                type Output = f64;
                #[inline]
                fn call(&self, x: f64) -> f64 {
                    square(x)
                }
                #[inline]
                fn rrule_call(
                    &self,
                    x: &f64,
                ) -> (
                    f64,
                    impl ::core::ops::Fn(
                        &mut <f64 as ::micrograd_core::Differentiable>::Tangent,
                        &Self,
                        &mut ::micrograd_core::NoTangent,
                        &f64,
                        &mut <f64 as ::micrograd_core::Differentiable>::Tangent,
                    ) + use<>,
                ) {
                    let (value, back) = square::rrule(x);
                    (
                        value,
                        #[inline(always)]
                        move |
                            dy: &mut <f64 as ::micrograd_core::Differentiable>::Tangent,
                            _: &Self,
                            _: &mut ::micrograd_core::NoTangent,
                            x: &f64,
                            dx: &mut <f64 as ::micrograd_core::Differentiable>::Tangent|
                        back(dy, x, dx),
                    )
                }
            }
            ///The value of `square` and its pullback, which takes the value's cotangent to those of the arguments.
            #[allow(
                unused_variables,
                unused_mut,
                unused_parens,
                unused_assignments,
                dead_code,
                non_snake_case,
                unreachable_patterns,
                clippy::all,
                clippy::pedantic,
                clippy::nursery
            )]
            fn pullback_square(
                argument0: f64,
            ) -> (
                f64,
                impl ::core::ops::Fn(
                    <f64 as ::micrograd_core::Differentiable>::Tangent,
                ) -> (<f64 as ::micrograd_core::Differentiable>::Tangent,),
            ) {
                let (value, back) = square::rrule(&argument0);
                (
                    value,
                    move |mut seed: <f64 as ::micrograd_core::Differentiable>::Tangent| {
                        let mut cotangent0 = ::micrograd_core::Differentiable::zero_tangent(
                            &argument0,
                        );
                        back(&mut seed, &argument0, &mut cotangent0);
                        (cotangent0,)
                    },
                )
            }
        "##]],
    );
}

#[test]
fn a_loop_pushes_a_record_an_iteration_and_is_reversed_over_the_tape() {
    check(
        "fn product(x: &[f64]) -> f64 { let mut s = 1.0; for i in 0..x.len() { s = s * x[i]; } s }",
        expect![[r##"
            #[allow(dead_code)]
            fn product(x: &[f64]) -> f64 {
                let mut s = 1.0;
                for i in 0..x.len() {
                    s = s * x[i];
                }
                s
            }
            ::micrograd_core::function_value! {
                #[doc =
                "The differentiable function `product` as a value, for `micrograd_core::Function`."]
                product
            }
            #[allow(clippy::all)]
            impl product {
                #[doc(hidden)]
                #[allow(
                    unused_variables,
                    unused_mut,
                    unused_parens,
                    unused_assignments,
                    dead_code,
                    non_snake_case,
                    unreachable_patterns,
                    clippy::all,
                    clippy::pedantic,
                    clippy::nursery
                )]
                #[inline]
                pub fn rrule(
                    x_0: &[f64],
                ) -> (
                    f64,
                    impl ::core::ops::Fn(
                        &mut <f64 as ::micrograd_core::Differentiable>::Tangent,
                        &[f64],
                        &mut [<f64 as ::micrograd_core::Differentiable>::Tangent],
                    ),
                ) {
                    #[allow(unused_imports)]
                    use ::micrograd_core::rules::methods::*;
                    let s_1 = 1.0;
                    let t_2 = 0;
                    let type_t_2 = ::micrograd_core::emitted::type_of(&t_2);
                    let t_3 = ::micrograd_core::emitted::inert((*x_0).len());
                    let t_4 = t_2..t_3;
                    let mut s_6 = s_1;
                    let mut kept_10 = ::micrograd_core::emitted::tape(&t_4);
                    let first = t_4.start;
                    let rounds = ::core::primitive::usize::saturating_sub(t_4.end, first);
                    if rounds != 0 {
                        let along7 = &(x_0)[first..][..rounds];
                        ::core::iter::Extend::extend(
                            &mut kept_10,
                            ::core::iter::Iterator::map(
                                0..rounds,
                                |round| {
                                    let i_5 = first + round;
                                    let t_7: f64 = along7[round];
                                    let s_8 = s_6 * t_7;
                                    let next0 = s_8;
                                    let record = (s_6,);
                                    s_6 = next0;
                                    record
                                },
                            ),
                        );
                    }
                    let s_9 = s_6;
                    (
                        s_9,
                        #[inline(always)]
                        move |
                            seed: &mut <f64 as ::micrograd_core::Differentiable>::Tangent,
                            x_0: &[f64],
                            d_x_0: &mut [<f64 as ::micrograd_core::Differentiable>::Tangent]|
                        {
                            let t_2 = type_t_2.same(0);
                            let t_3 = ::micrograd_core::emitted::inert((*x_0).len());
                            let t_4 = t_2..t_3;
                            let mut d_s_9 = -0.0;
                            d_s_9 += *seed;
                            {
                                let first = t_4.start;
                                let rounds = ::core::primitive::usize::saturating_sub(
                                    t_4.end,
                                    first,
                                );
                                if rounds != 0 {
                                    let along7 = &(x_0)[first..][..rounds];
                                    let d_along7 = &mut (*d_x_0)[first..][..rounds];
                                    let records = &kept_10[..rounds];
                                    for round in (0..rounds).rev() {
                                        let i_5 = first + round;
                                        let record = &records[round];
                                        let (s_6,) = record;
                                        let s_6 = *s_6;
                                        let t_7: f64 = along7[round];
                                        let mut d_s_6 = -0.0;
                                        let mut d_t_7 = -0.0;
                                        let mut d_s_8 = -0.0;
                                        d_s_8 += d_s_9;
                                        d_s_6 += d_s_8 * t_7;
                                        d_t_7 += d_s_8 * s_6;
                                        ::micrograd_core::Accumulate::accumulate(
                                            &mut d_along7[round],
                                            &(d_t_7),
                                        );
                                        d_s_9 = d_s_6;
                                    }
                                }
                            }
                        },
                    )
                }
                ///The value of `product` and its pullback, which takes the value's cotangent to those of the arguments.
                #[allow(
                    unused_variables,
                    unused_mut,
                    unused_parens,
                    unused_assignments,
                    dead_code,
                    non_snake_case,
                    unreachable_patterns,
                    clippy::all,
                    clippy::pedantic,
                    clippy::nursery
                )]
                pub fn pullback<'argument0>(
                    argument0: &'argument0 [f64],
                ) -> (
                    f64,
                    impl ::core::ops::Fn(
                        <f64 as ::micrograd_core::Differentiable>::Tangent,
                    ) -> (
                            <[f64] as ::micrograd_core::Differentiable>::Tangent,
                        ) + ::micrograd_core::emitted::Captures<'argument0>,
                ) {
                    let (value, back) = product::rrule(argument0);
                    (
                        value,
                        move |mut seed: <f64 as ::micrograd_core::Differentiable>::Tangent| {
                            let mut cotangent0 = ::micrograd_core::Differentiable::zero_tangent(
                                argument0,
                            );
                            back(&mut seed, argument0, &mut cotangent0);
                            (cotangent0,)
                        },
                    )
                }
                #[doc(hidden)]
                #[allow(
                    unused_variables,
                    unused_mut,
                    unused_parens,
                    unused_assignments,
                    dead_code,
                    non_snake_case,
                    unreachable_patterns,
                    clippy::all,
                    clippy::pedantic,
                    clippy::nursery
                )]
                #[inline]
                pub fn rrule_fused() -> ::micrograd_core::emitted::Fused<
                    impl ::core::ops::FnMut(
                        &mut <f64 as ::micrograd_core::Differentiable>::Tangent,
                        &[f64],
                        &mut [<f64 as ::micrograd_core::Differentiable>::Tangent],
                    ) -> f64,
                > {
                    #[allow(unused_imports)]
                    use ::micrograd_core::rules::methods::*;
                    let mut room_kept_10 = ::std::vec::Vec::new();
                    ::micrograd_core::emitted::Fused::new(
                        #[inline]
                        move |
                            seed: &mut <f64 as ::micrograd_core::Differentiable>::Tangent,
                            x_0: &[f64],
                            d_x_0: &mut [<f64 as ::micrograd_core::Differentiable>::Tangent]|
                        {
                            let s_1 = 1.0;
                            let t_2 = 0;
                            let t_3 = ::micrograd_core::emitted::inert((*x_0).len());
                            let t_4 = t_2..t_3;
                            let mut s_6 = s_1;
                            let mut kept_10 = ::micrograd_core::emitted::tape_in(
                                &mut room_kept_10,
                                &t_4,
                            );
                            let first = t_4.start;
                            let rounds = ::core::primitive::usize::saturating_sub(t_4.end, first);
                            if rounds != 0 {
                                let along7 = &(x_0)[first..][..rounds];
                                ::core::iter::Extend::extend(
                                    &mut kept_10,
                                    ::core::iter::Iterator::map(
                                        0..rounds,
                                        |round| {
                                            let i_5 = first + round;
                                            let t_7: f64 = along7[round];
                                            let s_8 = s_6 * t_7;
                                            let next0 = s_8;
                                            let record = (s_6,);
                                            s_6 = next0;
                                            record
                                        },
                                    ),
                                );
                            }
                            let s_9 = s_6;
                            let value = s_9;
                            let mut d_s_9 = -0.0;
                            d_s_9 += *seed;
                            {
                                let first = t_4.start;
                                let rounds = ::core::primitive::usize::saturating_sub(
                                    t_4.end,
                                    first,
                                );
                                if rounds != 0 {
                                    let along7 = &(x_0)[first..][..rounds];
                                    let d_along7 = &mut (*d_x_0)[first..][..rounds];
                                    let records = &kept_10[..rounds];
                                    for round in (0..rounds).rev() {
                                        let i_5 = first + round;
                                        let record = &records[round];
                                        let (s_6,) = record;
                                        let s_6 = *s_6;
                                        let t_7: f64 = along7[round];
                                        let mut d_s_6 = -0.0;
                                        let mut d_t_7 = -0.0;
                                        let mut d_s_8 = -0.0;
                                        d_s_8 += d_s_9;
                                        d_s_6 += d_s_8 * t_7;
                                        d_t_7 += d_s_8 * s_6;
                                        ::micrograd_core::Accumulate::accumulate(
                                            &mut d_along7[round],
                                            &(d_t_7),
                                        );
                                        d_s_9 = d_s_6;
                                    }
                                }
                            }
                            room_kept_10 = kept_10;
                            value
                        },
                    )
                }
                #[doc(hidden)]
                #[allow(
                    unused_variables,
                    unused_mut,
                    unused_parens,
                    unused_assignments,
                    dead_code,
                    non_snake_case,
                    unreachable_patterns,
                    clippy::all,
                    clippy::pedantic,
                    clippy::nursery
                )]
                pub fn gradient<'argument0>(
                    argument0: &'argument0 [f64],
                ) -> (
                    f64,
                    impl ::core::ops::FnOnce(
                        <f64 as ::micrograd_core::Differentiable>::Tangent,
                    ) -> (
                            <[f64] as ::micrograd_core::Differentiable>::Tangent,
                        ) + ::micrograd_core::emitted::Captures<'argument0>,
                ) {
                    let mut cotangent0 = ::micrograd_core::Differentiable::zero_tangent(argument0);
                    let value = (product::rrule_fused()
                        .run1())(&mut 1.0, argument0, &mut cotangent0);
                    (value, move |_| (cotangent0,))
                }
                #[doc(hidden)]
                #[allow(non_upper_case_globals)]
                pub const CODE_IR: &'static str = "1: (%1)\n  %2 = len(%1)\n  %3 = 0..%2\n  %8 = for %4 in %3, %5 = 1.0\n    %6 = getindex(%1, %4)\n    %7 = %5 * %6\n    yield %7\n  end\n  return %8\n";
                #[doc(hidden)]
                #[allow(non_upper_case_globals)]
                pub const CODE_PULLBACK: &'static str = "1: (Δ, %1)\n  Δ%8 = 0\n  Δ%8 += Δ\n  for %4 in reverse(%3)\n    Δ%5 = 0\n    Δ%6 = 0\n    Δ%7 = 0\n    Δ%7 += Δ%8\n    Δ%5 += Δ%7 * %6\n    Δ%6 += Δ%7 * %5\n    Δ%1[%4] += Δ%6\n    Δ%8 = Δ%5\n  end\n  return Δ%1\n";
            }
            #[allow(clippy::all)]
            impl ::micrograd_core::Function<::std::vec::Vec<f64>> for product {
                type Output = f64;
                #[inline]
                fn call(&self, x: ::std::vec::Vec<f64>) -> f64 {
                    product(&x)
                }
                #[inline]
                fn rrule_call(
                    &self,
                    x: &::std::vec::Vec<f64>,
                ) -> (
                    f64,
                    impl ::core::ops::Fn(
                        &mut <f64 as ::micrograd_core::Differentiable>::Tangent,
                        &Self,
                        &mut ::micrograd_core::NoTangent,
                        &::std::vec::Vec<f64>,
                        &mut <::std::vec::Vec<f64> as ::micrograd_core::Differentiable>::Tangent,
                    ) + use<>,
                ) {
                    let (value, back) = product::rrule(x);
                    (
                        value,
                        #[inline(always)]
                        move |
                            dy: &mut <f64 as ::micrograd_core::Differentiable>::Tangent,
                            _: &Self,
                            _: &mut ::micrograd_core::NoTangent,
                            x: &::std::vec::Vec<f64>,
                            dx: &mut <::std::vec::Vec<
                                f64,
                            > as ::micrograd_core::Differentiable>::Tangent|
                        back(dy, x, dx),
                    )
                }
            }
            ///The value of `product` and its pullback, which takes the value's cotangent to those of the arguments.
            #[allow(
                unused_variables,
                unused_mut,
                unused_parens,
                unused_assignments,
                dead_code,
                non_snake_case,
                unreachable_patterns,
                clippy::all,
                clippy::pedantic,
                clippy::nursery
            )]
            fn pullback_product<'argument0>(
                argument0: &'argument0 [f64],
            ) -> (
                f64,
                impl ::core::ops::Fn(
                    <f64 as ::micrograd_core::Differentiable>::Tangent,
                ) -> (
                        <[f64] as ::micrograd_core::Differentiable>::Tangent,
                    ) + ::micrograd_core::emitted::Captures<'argument0>,
            ) {
                let (value, back) = product::rrule(argument0);
                (
                    value,
                    move |mut seed: <f64 as ::micrograd_core::Differentiable>::Tangent| {
                        let mut cotangent0 = ::micrograd_core::Differentiable::zero_tangent(
                            argument0,
                        );
                        back(&mut seed, argument0, &mut cotangent0);
                        (cotangent0,)
                    },
                )
            }
        "##]],
    );
}
