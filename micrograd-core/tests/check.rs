//! The checks are checked: right derivatives pass, each kind of wrong one is caught.

use micrograd_core::rules::function::{evalpoly, mean, relu, sigmoid, softplus, sum};
use micrograd_core::rules::integer::IntegerRules;
use micrograd_core::rules::slice::{CloneRule, SliceRules};
use micrograd_core::{check, check_gradient, check_rrule};

/// `Σ wᵢ² + b` of a table, with a chosen mistake.
#[allow(non_camel_case_types)]
mod faulty {
    pub fn energy(w: &[[f64; 2]], b: f64) -> f64 {
        w.iter().flatten().map(|w| w * w).sum::<f64>() + b
    }

    macro_rules! pullback {
        ($($name:ident: |$w:ident| $dw:expr, $db:expr, $value:expr;)*) => {$(
            pub use energy as $name;
            pub struct $name {}
            impl $name {
                #[allow(clippy::type_complexity)]
                pub fn pullback(
                    $w: &[[f64; 2]],
                    b: f64,
                ) -> (f64, impl Fn(f64) -> (Vec<[f64; 2]>, f64) + use<'_>) {
                    let calls = std::cell::Cell::new(0.0);
                    (energy($w, b) + $value, move |dy| {
                        calls.set(calls.get() + 1.0);
                        let mut dw: Vec<[f64; 2]> = $w.iter().map(|w| w.map(|w| 2.0 * w * dy)).collect();
                        $dw(&mut dw);
                        (dw, dy + $db * (calls.get() - 1.0))
                    })
                }

                #[allow(clippy::type_complexity)]
                pub fn gradient(
                    w: &[[f64; 2]],
                    b: f64,
                ) -> (f64, impl Fn(f64) -> (Vec<[f64; 2]>, f64) + use<'_>) {
                    $name::pullback(w, b)
                }
            }
        )*};
    }
    pullback! {
        right: |w| |_: &mut Vec<[f64; 2]>| {}, 0.0, 0.0;
        wrong_element: |w| |dw: &mut Vec<[f64; 2]>| dw[1][0] *= 1.001, 0.0, 0.0;
        not_a_number: |w| |dw: &mut Vec<[f64; 2]>| dw[0][1] = f64::NAN, 0.0, 0.0;
        other_value: |w| |_: &mut Vec<[f64; 2]>| {}, 0.0, 1e-9;
        forgetful: |w| |_: &mut Vec<[f64; 2]>| {}, 1.0, 0.0;
    }
}

const TABLE: [[f64; 2]; 2] = [[1.0, -2.0], [0.5, 3.0]];

#[test]
fn a_right_gradient_passes() {
    let table = TABLE;
    check_gradient!(faulty::right, &TABLE[..], 1.0);
    check_gradient!(faulty::right, &table[..1], 1.0,);
}

#[test]
#[should_panic(
    expected = "`faulty::wrong_element`: the gradient is wrong\n  argument `w`, leaf `1`, index 0: the pullback gives 1.001, central differences 1.0"
)]
fn a_wrong_element_is_named_with_both_numbers() {
    let w = TABLE.to_vec();
    check_gradient!(faulty::wrong_element, &w, 1.0);
}

#[test]
#[should_panic(expected = "leaf `0`, index 1: the pullback gives NaN")]
fn nan_is_wrong() {
    check_gradient!(faulty::not_a_number, &TABLE[..], 1.0);
}

#[test]
#[should_panic(
    expected = "`faulty::other_value`: the value that comes with the pullback is not the value"
)]
fn another_value_is_caught() {
    check_gradient!(faulty::other_value, &TABLE[..], 1.0);
}

#[test]
#[should_panic(
    expected = "`faulty::forgetful`: the pullback gives other cotangents when it is called again"
)]
fn a_pullback_that_changes_is_caught() {
    check_gradient!(faulty::forgetful, &TABLE[..], 1.0);
}

#[test]
fn functions_of_the_registry_have_right_gradients() {
    for x in [-30.0, -0.5, 0.7, 30.0] {
        check_gradient!(relu, x);
        check_gradient!(sigmoid, x);
        check_gradient!(softplus, x);
        check_gradient!(relu, x as f32);
    }
    let numbers = vec![1.0, -2.0, 0.5];
    check_gradient!(sum, &numbers);
    check_gradient!(mean, &numbers);
    check_gradient!(evalpoly, 1.5, &numbers);
    check_gradient!(evalpoly, 0.0, &numbers[..0]);
    check_gradient!(evalpoly, 1.5_f32, &[1.0_f32, 2.0]);
    let borrowed = &numbers;
    check_gradient!(mean, &borrowed);
    check_gradient!(mean, &borrowed[1..]);
}

#[test]
fn the_function_form_takes_methods_and_several_arguments() {
    struct Spring(f64);
    impl Spring {
        fn energy(&self, x: &[f64], shift: f64) -> f64 {
            x.iter().map(|x| self.0 * (x + shift) * (x + shift)).sum()
        }
    }
    let spring = Spring(1.5);
    check::gradient(
        &(vec![1.0, -2.0], 0.25),
        |(x, shift)| spring.energy(x, *shift),
        |(x, shift)| {
            let Spring(stiffness) = spring;
            (spring.energy(x, *shift), move |dy| {
                let dx: Vec<f64> = x
                    .iter()
                    .map(|x| dy * 2.0 * stiffness * (x + shift))
                    .collect();
                let dshift = dx.iter().sum();
                (dx, dshift)
            })
        },
    );
}

#[test]
#[should_panic(expected = "the gradient is wrong\n  the argument, index 2: the pullback gives 0.0")]
fn the_function_form_catches_a_zero_gradient() {
    check::gradient(
        &vec![1.0, 0.0, 2.0],
        |x| x[2] * 3.0,
        |x| (x[2] * 3.0, |_| vec![0.0; 3]),
    );
}

#[test]
#[should_panic(expected = "`the function`: the gradient is wrong\n  the argument: the pullback")]
fn outputs_are_told_apart() {
    check::gradient(
        &1.0,
        |x| (*x, 2.0 * x),
        |x| ((*x, 2.0 * x), |(da, db)| 2.0 * da + db),
    );
}

/// Rules for the identity, each with a mistake.
#[allow(non_camel_case_types)]
mod rule {
    macro_rules! rules {
        ($($name:ident: |$calls:ident| $value:expr; |$dy:ident, $x:ident, $dx:ident| $adjoint:block)*) => {$(
            pub struct $name {}
            impl $name {
                pub fn rrule(x: &f64) -> (f64, impl Fn(&f64, &f64, &mut f64) + use<>) {
                    let $calls = std::cell::Cell::new(0.0);
                    (x + $value, move |$dy: &f64, $x: &f64, $dx: &mut f64| {
                        $calls.set($calls.get() + 1.0);
                        $adjoint
                    })
                }
            }
        )*};
    }
    rules! {
        right: |calls| 0.0; |dy, _x, dx| { *dx += dy; }
        wrong: |calls| 0.0; |dy, _x, dx| { *dx += dy * 1.0001; }
        overwrites: |calls| 0.0; |dy, _x, dx| { *dx = *dy; }
        doubles: |calls| 0.0; |dy, _x, dx| { *dx = 2.0 * *dx + dy; }
        wears_out: |calls| 0.0; |dy, _x, dx| { *dx += dy * (2.0 - calls.get()); }
        leaks: |calls| 0.0; |dy, _x, dx| { *dx += if *dy == 0.0 { 1.0 } else { *dy }; }
    }
}

#[test]
fn a_right_rule_passes() {
    check_rrule!(rule::right::rrule(2.0));
}

#[test]
#[should_panic(
    expected = "`rule::wrong::rrule`: the gradient is wrong\n  argument `2.0`: the pullback gives 1.0001, central differences"
)]
fn a_wrong_rule_is_caught() {
    check_rrule!(rule::wrong::rrule(2.0));
}

#[test]
#[should_panic(
    expected = "`rule::overwrites::rrule` does not accumulate: argument `2.0`: 1 and 1 should add up to 2, not 1"
)]
fn a_rule_that_overwrites_is_caught() {
    check_rrule!(rule::overwrites::rrule(2.0));
}

#[test]
#[should_panic(expected = "`rule::doubles::rrule` does not accumulate")]
fn a_rule_that_reads_its_accumulator_is_caught() {
    check_rrule!(rule::doubles::rrule(2.0));
}

#[test]
#[should_panic(expected = "`rule::wears_out::rrule`: the pullback gives other cotangents")]
fn a_rule_that_works_once_is_caught() {
    check_rrule!(rule::wears_out::rrule(2.0));
}

#[test]
#[should_panic(expected = "`rule::leaks::rrule`: a zero cotangent changes the cotangents")]
fn a_rule_that_makes_something_of_nothing_is_caught() {
    check_rrule!(rule::leaks::rrule(2.0));
}

#[test]
fn operators_of_numbers_have_right_rules() {
    let (a, b) = (2.75, -1.5);
    check_rrule!(a + b);
    check_rrule!(a - b);
    check_rrule!(a * b);
    check_rrule!(a / b);
    check_rrule!(a % b);
    check_rrule!(-a);
    check_rrule!(a as f32);
    check_rrule!(2.5_f32 / 1.5_f32);
    check_rrule!(1.5_f32 as f64);
}

#[test]
fn operators_of_integers_have_nothing_to_check() {
    check_rrule!(7 + 2);
    check_rrule!(7 / 2);
    check_rrule!(7 as f64);
    check_rrule!(7_i32.rrule_max(2));
    check_rrule!(7_i32.rrule_pow(2_u32));
    check_rrule!((-7_i64).rrule_rem_euclid(3));
}

#[test]
fn functions_of_the_registry_have_right_rules() {
    let numbers = vec![1.0, -2.0, 0.5];
    check_rrule!(relu::rrule(1.5));
    check_rrule!(relu::rrule(-1.5));
    check_rrule!(sigmoid::rrule(-1.5));
    check_rrule!(softplus::rrule(1.5_f32));
    check_rrule!(sum::rrule(&numbers));
    check_rrule!(mean::rrule(&numbers));
    check_rrule!(evalpoly::rrule(0.5, &numbers));
    check_rrule!(evalpoly::rrule(0.0, &[1.0, 2.0, 3.0]));
}

#[test]
fn copies_have_right_rules() {
    let numbers = vec![1.0, -2.0, 0.5];
    let slice = &numbers[1..];
    check_rrule!(numbers.rrule_clone());
    check_rrule!(numbers.rrule_to_vec());
    check_rrule!(numbers.rrule_to_owned());
    check_rrule!(slice.rrule_to_vec());
    check_rrule!((2.0).rrule_clone());
    check_rrule!(3_usize.rrule_clone());
    check_rrule!([1.0, 2.0].rrule_clone());
    check_rrule!([[1.0, 2.0], [3.0, 4.0]].rrule_to_owned());
    check_rrule!((vec![Some(1.0), None], 2.0_f32, [3_u8]).rrule_clone());
    check_rrule!((Some(vec![1.0])).rrule_clone());
    check_rrule!((Box::new(2.0)).rrule_clone());
}

#[test]
fn the_rule_of_a_slice_borrows_nothing() {
    let back = {
        let numbers = [1.0, 2.0];
        numbers[..].rrule_to_owned().1
    };
    let mut dx = [1.0, 1.0];
    back(&vec![3.0, 4.0], &[1.0, 2.0], &mut dx);
    assert_eq!(dx, [4.0, 5.0]);
}

#[test]
fn leaves_are_named_by_their_place() {
    let message = |check: fn()| {
        *std::panic::catch_unwind(check)
            .unwrap_err()
            .downcast::<String>()
            .unwrap()
    };
    let wrong = message(|| {
        let x = (
            vec![[1.0, 2.0]],
            nalgebra::DMatrix::from_fn(2, 3, |i, j| (i + 2 * j) as f64),
        );
        check::gradient(
            &x,
            |(_, m)| m[(1, 2)] * m[(1, 2)],
            |(table, m)| {
                let (dtable, dm) = (vec![[0.0; 2]; table.len()], m.map(|_| 0.0));
                (m[(1, 2)] * m[(1, 2)], move |_| (dtable.clone(), dm.clone()))
            },
        );
    });
    assert!(
        wrong.contains("the argument, leaf `1`, index (1, 2): the pullback gives 0.0"),
        "{wrong}"
    );
}

#[test]
fn matrices_are_checked_through_their_numbers() {
    let dynamic = nalgebra::DMatrix::from_fn(2, 3, |i, j| i as f64 - 0.5 * j as f64);
    let fixed = nalgebra::Matrix2::new(1.0_f32, 2.0, 3.0, 4.0);
    check_rrule!(dynamic.rrule_clone());
    check_rrule!(fixed.rrule_clone());
    check_rrule!((vec![dynamic.clone()], 1.0).rrule_clone());
}
