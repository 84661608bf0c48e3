//! Checks of derivatives against central differences.
//!
//! [`check_gradient!`](crate::check_gradient) checks a differentiable function,
//! [`check_rrule!`](crate::check_rrule) a rule of the registry; [`gradient`] does the former for
//! anything that is not a plain function, such as a method or one that returns a `Result`.
//!
//! Let `w` be a cotangent of the result: 1 for a number, else fixed pseudo-random numbers. For every
//! number `x` that the arguments hold, the derivative of `⟨w, f⟩` is estimated by
//! `(⟨w, f(x + h)⟩ - ⟨w, f(x - h)⟩) / 2h` with `h = ∛ε · max(1, |x|)`, where the errors of truncation and
//! of rounding balance, and compared with the cotangent from the derivative. The numbers are those
//! that [`Parameters`] visits.
//!
//! The two agree if they differ by at most `r · max(|gradient|, |estimate|) + a · (1 + |⟨w, f⟩|)`,
//! with `r = 1e-6`, `a = 1e-8` for `f64` and `r = 1e-2`, `a = 1e-3` where an `f32` has a part.
//! A central difference knows nothing of conventions, so keep away from kinks and end points.

mod numbers;

use crate::{NoTangent, Parameters, Tangent};
use numbers::{Slot, fixed_cotangent, moved, numbers, numbers_of_tangent, project, visit};

/// Checks the gradient of a differentiable function against central differences.
///
/// `check_gradient!(f, &w, x)` takes the function and arguments as in `f(&w, x)`: write `&` for those
/// that `f` borrows, also before a name that is a reference already.
/// Numbers that `no_gradient(…)` excludes are left out. It also checks that the value of the pullback is that of `f` to the bit,
/// that the pullback gives the same cotangents when it is called again, and what [`gradient!`](crate::gradient!) gives. See [`check`](mod@crate::check)
/// for the tolerance, and [`check::gradient`](crate::check::gradient) for what is not a plain function.
///
/// # Panics
/// If a derivative is wrong, with the argument, the place in it, and both numbers.
///
/// ```
/// use micrograd_core::check_gradient;
/// use micrograd_core::rules::function::{evalpoly, softplus};
///
/// check_gradient!(softplus, 0.3);
/// check_gradient!(evalpoly, 0.3, &[1.0, -2.0, 0.5]);
/// ```
#[macro_export]
macro_rules! check_gradient {
    ($($f:ident)::+ $(, $($arguments:tt)*)?) => {
        $crate::check_gradient!(@ [$($f)::+] [] $($($arguments)*)?)
    };
    // Out:  one `(name, expression, as passed)` an argument; each `argument` is a name of its own.
    (@ $f:tt [$($done:tt)*] & $e:expr $(, $($rest:tt)*)?) => {
        $crate::check_gradient!(@ $f [$($done)* (argument, $e, argument)] $($($rest)*)?)
    };
    (@ $f:tt [$($done:tt)*] $e:expr $(, $($rest:tt)*)?) => {
        $crate::check_gradient!(@ $f [$($done)* (argument, $e, argument.clone())] $($($rest)*)?)
    };
    (@ [$($f:ident)::+] [$(($argument:ident, $e:expr, $passed:expr))*]) => {{
        $crate::check::compare_gradient(
            ::std::stringify!($($f)::+),
            &[$(::std::stringify!($e)),*],
            &($(($e).to_owned(),)*),
            |($($argument,)*)| $($f)::+($($passed),*),
            |($($argument,)*)| {
                let (value, back) = $($f)::+::pullback($($passed),*);
                (value, move |cotangent| {
                    let ($($argument,)*) = back(cotangent);
                    let ($($argument,)*) = ($($crate::check::IntoTangent::into_tangent($argument),)*);
                    (($($argument.0,)*), ::std::vec![$($argument.1),*])
                })
            },
        );
        $crate::check::compare_known(
            ::std::stringify!($($f)::+),
            &[$(::std::stringify!($e)),*],
            &($(($e).to_owned(),)*),
            |($($argument,)*)| $($f)::+($($passed),*),
            |($($argument,)*)| {
                let (value, back) = $($f)::+::gradient($($passed),*);
                (value, move |cotangent| {
                    let ($($argument,)*) = back(cotangent);
                    let ($($argument,)*) = ($($crate::check::IntoTangent::into_tangent($argument),)*);
                    (($($argument.0,)*), ::std::vec![$($argument.1),*])
                })
            },
        )
    }};
}

/// Checks a rule of the registry against central differences.
///
/// Takes an operator (`a * b`, `-a`, `a as f32`), a method (`a.rrule_dot(b)`) or a function
/// (`relu::rrule(x)`). Operands are numbers, names or stand in parentheses; a `&` before an argument
/// changes nothing, as rules take all arguments by reference.
///
/// Beside the derivative it checks the contract of a rule: it accumulates instead of overwriting, also into
/// a zero without a shape; it gives the same bits when it is called again; a zero cotangent without a
/// shape changes nothing. See [`check`](mod@crate::check) for the tolerance.
///
/// # Panics
/// If the rule is wrong, with the argument, the place in it, and both numbers.
///
/// ```
/// use micrograd_core::check_rrule;
/// use micrograd_core::rules::function::mean;
/// use micrograd_core::rules::scalar::ScalarRules;
///
/// check_rrule!(1.5 * 2.5);
/// check_rrule!((1.5_f64).rrule_powi(3));
/// check_rrule!(mean::rrule(&vec![1.0, 2.0]));
/// ```
#[macro_export]
macro_rules! check_rrule {
    (- $a:tt) => {
        $crate::check_rrule!(@unary [-$a] $a |a| -a.clone(), neg)
    };
    ($a:tt as $to:ty) => {
        $crate::check_rrule!(@unary [$a as $to] $a |a| *a as $to, cast::<$to, _>)
    };
    ($a:tt + $b:tt) => {
        $crate::check_rrule!(@binary [$a + $b] $a $b |a, b| a.clone() + b.clone(), (add))
    };
    ($a:tt - $b:tt) => {
        $crate::check_rrule!(@binary [$a - $b] $a $b |a, b| a.clone() - b.clone(), (sub))
    };
    ($a:tt * $b:tt) => {
        $crate::check_rrule!(@binary [$a * $b] $a $b |a, b| a.clone() * b.clone(), mul_left mul_right)
    };
    ($a:tt / $b:tt) => {
        $crate::check_rrule!(@binary [$a / $b] $a $b |a, b| a.clone() / b.clone(), div_left div_right)
    };
    ($a:tt % $b:tt) => {
        $crate::check_rrule!(@binary [$a % $b] $a $b |a, b| a.clone() % b.clone(), rem_left rem_right)
    };
    ($a:tt . $rrule:ident ($($arguments:tt)*)) => {
        $crate::check_rrule!(@ [$a.$rrule] (.$rrule) [(argument, cotangent, $a)] $($arguments)*)
    };
    ($($f:ident)::+ ($($arguments:tt)*)) => {
        $crate::check_rrule!(@ [$($f)::+] ($($f)::+) [] $($arguments)*)
    };

    (@unary [$($rule:tt)*] $a:tt |$x:ident| $value:expr, $($operand:tt)*) => {{
        #[allow(clippy::clone_on_copy)]
        $crate::check::compare_rrule(
            ::std::stringify!($($rule)*),
            &[::std::stringify!($a)],
            &(($a).to_owned(),),
            |($x,)| $value,
            |($x,)| ($value, move |dz: &mut _, (dx,): &mut (_,)| $crate::check_rrule!(@op ($($operand)*) $x dz dx)),
        )
    }};
    (@binary [$($rule:tt)*] $a:tt $b:tt |$x:ident, $y:ident| $value:expr, ($op:ident)) => {{
        #[allow(unused_imports)]
        use ::std::borrow::ToOwned as _;
        $crate::check::compare_rrule(
            ::std::stringify!($($rule)*),
            &[::std::stringify!($a), ::std::stringify!($b)],
            &(($a).to_owned(), ($b).to_owned()),
            |($x, $y)| $value,
            |($x, $y)| ($value, move |dz: &mut _, (dx, dy): &mut (_, _)| {
                let kept = $crate::rules::operator::$op($x, $y);
                $crate::rules::operator::left(&kept, dz, dx);
                $crate::rules::operator::right(&kept, dz, dy);
            }),
        )
    }};
    (@binary [$($rule:tt)*] $a:tt $b:tt |$x:ident, $y:ident| $value:expr, $left:ident $right:ident) => {{
        #[allow(clippy::clone_on_copy)]
        $crate::check::compare_rrule(
            ::std::stringify!($($rule)*),
            &[::std::stringify!($a), ::std::stringify!($b)],
            &(($a).to_owned(), ($b).to_owned()),
            |($x, $y)| $value,
            |($x, $y)| ($value, move |dz: &mut _, (dx, dy): &mut (_, _)| {
                $crate::rules::operator::$left($x, $y, dz, dx);
                $crate::rules::operator::$right($x, $y, dz, dy);
            }),
        )
    }};

    // Out:  one `(name, name of its cotangent, expression)` an argument.
    (@ $rule:tt $call:tt [$($done:tt)*] & $e:expr $(, $($rest:tt)*)?) => {
        $crate::check_rrule!(@ $rule $call [$($done)* (argument, cotangent, $e)] $($($rest)*)?)
    };
    (@ $rule:tt $call:tt [$($done:tt)*] $e:expr $(, $($rest:tt)*)?) => {
        $crate::check_rrule!(@ $rule $call [$($done)* (argument, cotangent, $e)] $($($rest)*)?)
    };
    (@ [$($rule:tt)*] $call:tt [$(($x:ident, $dx:ident, $e:expr))*]) => {{
        $crate::check::compare_rrule(
            ::std::stringify!($($rule)*),
            &[$(::std::stringify!($e)),*],
            &($(($e).to_owned(),)*),
            |($($x,)*)| $crate::check_rrule!(@call $call $($x)*).0,
            |($($x,)*)| {
                let (value, back) = $crate::check_rrule!(@call $call $($x)*);
                (value, move |dz, ($($dx,)*)| back(dz $(, $x, $dx)*))
            },
        )
    }};
    (@op (neg) $x:ident $dz:ident $dx:ident) => { $crate::rules::operator::left(&$crate::rules::operator::neg($x), $dz, $dx) };
    (@op ($($operand:tt)*) $x:ident $dz:ident $dx:ident) => { $crate::rules::operator::$($operand)*($x, $dz, $dx) };
    (@call (.$rrule:ident) $x:ident $($y:ident)*) => { $x.$rrule($($y),*) };
    (@call ($($f:ident)::+) $($x:ident)*) => { $($f)::+($($x),*) };
}

/// Checks any value and pullback against central differences: methods, fallible functions, `&mut`.
///
/// `x` holds all arguments, as a tuple if there are several; `pullback` gives the value and a closure
/// from its cotangent to that of `x`. See [`check`](mod@crate::check) for the tolerance.
///
/// # Panics
/// If a derivative is wrong, with the place in `x` and both numbers.
///
/// ```
/// use micrograd_core::check;
/// use micrograd_core::rules::function::mean;
///
/// check::gradient(
///     &vec![1.0, 2.0, 4.0],
///     |x| mean(x),
///     |x| {
///         let (value, back) = mean::pullback(x);
///         (value, move |dy| back(dy).0)
///     },
/// );
/// ```
#[track_caller]
pub fn gradient<'a, X, Y, B>(x: &'a X, f: impl Fn(&X) -> Y, pullback: impl FnOnce(&'a X) -> (Y, B))
where
    X: Parameters + Clone,
    Y: Parameters,
    B: Fn(Y::Tangent) -> X::Tangent,
{
    let pullback = |x| {
        let (value, back) = pullback(x);
        (value, move |cotangent| (back(cotangent), Vec::new()))
    };
    compare_gradient("the function", &[], x, f, pullback);
}

/// What [`check_gradient!`](crate::check_gradient) calls: `x` is the tuple of the arguments called `names`;
/// with the cotangents comes which of the arguments are excluded.
#[doc(hidden)]
#[track_caller]
pub fn compare_gradient<'a, X, Y, B>(
    function: &str,
    names: &[&str],
    x: &'a X,
    f: impl Fn(&X) -> Y,
    pullback: impl FnOnce(&'a X) -> (Y, B),
) where
    X: Parameters + Clone,
    Y: Parameters,
    B: Fn(Y::Tangent) -> (X::Tangent, Vec<bool>),
{
    let function = &unspaced(function);
    let (mut value, back) = pullback(x);
    let cotangent = fixed_cotangent(&mut value);
    assert_same_value(function, &mut value, &mut f(x));
    let (gradient, excluded) = back(cotangent.clone());
    assert_repeats(function, x, &gradient, &back(cotangent.clone()).0);
    assert_central_differences(function, names, x, f, &cotangent, &gradient, &excluded);
}

/// The same of what `gradient!` calls, which knows the cotangent of a number beforehand.
#[doc(hidden)]
#[track_caller]
pub fn compare_known<'a, X, Y, B>(
    function: &str,
    names: &[&str],
    x: &'a X,
    f: impl Fn(&X) -> Y,
    known: impl FnOnce(&'a X) -> (Y, B),
) where
    X: Parameters + Clone,
    Y: Parameters,
    B: FnOnce(Y::Tangent) -> (X::Tangent, Vec<bool>),
{
    let function = &unspaced(function);
    let (mut value, back) = known(x);
    let cotangent = fixed_cotangent(&mut value);
    assert_same_value(function, &mut value, &mut f(x));
    let (gradient, excluded) = back(cotangent.clone());
    assert_central_differences(function, names, x, f, &cotangent, &gradient, &excluded);
}

/// What [`check_rrule!`](crate::check_rrule) calls: `x` is the tuple of the arguments called `names`.
#[doc(hidden)]
#[track_caller]
pub fn compare_rrule<'a, X, Y, B>(
    rule: &str,
    names: &[&str],
    x: &'a X,
    primal: impl Fn(&X) -> Y,
    rrule: impl FnOnce(&'a X) -> (Y, B),
) where
    X: Parameters + Clone,
    Y: Parameters,
    B: Fn(&mut Y::Tangent, &mut X::Tangent),
{
    let rule = &unspaced(rule);
    let (mut value, back) = rrule(x);
    let cotangent = fixed_cotangent(&mut value);
    let pulled_back = |cotangent: &Y::Tangent, mut into: X::Tangent| {
        back(&mut cotangent.clone(), &mut into);
        into
    };
    assert_same_value(rule, &mut value, &mut primal(x));
    let gradient = pulled_back(&cotangent, x.accumulator());
    assert_repeats(
        rule,
        x,
        &gradient,
        &pulled_back(&cotangent, x.accumulator()),
    );
    assert_central_differences(rule, names, x, primal, &cotangent, &gradient, &[]);

    let before = fixed_cotangent(&mut x.clone());
    let after = pulled_back(&cotangent, before.clone());
    let numbers = numbers(x, &before).into_iter().zip(numbers(x, &gradient));
    for ((before, part), after) in numbers.zip(numbers_of_tangent(x, &after)) {
        let expected = before.tangent + part.tangent;
        let rounding = if part.single { 1e-4 } else { 1e-10 };
        let scale = before.tangent.abs() + part.tangent.abs();
        assert!(
            (after - expected).abs() <= rounding * scale,
            "`{rule}` does not accumulate: {}: {} and {} should add up to {expected}, not {after}",
            part.place(names),
            before.tangent,
            part.tangent,
        );
    }
    let untouched = pulled_back(&Tangent::shapeless(), before.clone());
    assert!(
        numbers_of_tangent(x, &before) == numbers_of_tangent(x, &untouched),
        "`{rule}`: a zero cotangent changes the cotangents of the arguments",
    );
}

/// The cotangent of an argument as that of the value that was written for it: a function of a slice
/// gives a vector, also where an array was passed, and one of an excluded number gives none.
#[doc(hidden)]
pub trait IntoTangent<T> {
    /// The same numbers as a `T`, and whether the argument is excluded.
    fn into_tangent(self) -> (T, bool);
}

impl<T> IntoTangent<T> for T {
    fn into_tangent(self) -> (T, bool) {
        (self, false)
    }
}

impl<T, const N: usize> IntoTangent<[T; N]> for Vec<T> {
    #[track_caller]
    fn into_tangent(self) -> ([T; N], bool) {
        let length = self.len();
        let array = self
            .try_into()
            .unwrap_or_else(|_| panic!("an array of {N} has a cotangent of length {length}"));
        (array, false)
    }
}

macro_rules! excluded {
    ($([$($generics:tt)*] $tangent:ty),*) => {$(
        impl<$($generics)*> IntoTangent<$tangent> for NoTangent {
            fn into_tangent(self) -> ($tangent, bool) {
                (Tangent::shapeless(), true)
            }
        }
    )*};
}
excluded!([] f32, [] f64, [T: Tangent] Vec<T>, [T: Tangent, const N: usize] [T; N]);

/// A path as the user wrote it: `stringify!` puts spaces into one that a macro has taken apart.
fn unspaced(path: &str) -> String {
    path.replace(" :: ", "::")
}

#[track_caller]
fn assert_same_value<Y: Parameters>(name: &str, value: &mut Y, expected: &mut Y) {
    let bits = |y: &mut Y| {
        let mut bits = Vec::new();
        let mut tangent = y.zero_tangent();
        visit(y, &mut tangent, |_, _, _, slot| {
            bits.push(match slot {
                Slot::F32(value, _) => u64::from(value.to_bits()),
                Slot::F64(value, _) => value.to_bits(),
            });
        });
        bits
    };
    assert!(
        bits(value) == bits(expected),
        "`{name}`: the value that comes with the pullback is not the value of the function",
    );
}

#[track_caller]
fn assert_repeats<X: Parameters + Clone>(
    name: &str,
    x: &X,
    first: &X::Tangent,
    second: &X::Tangent,
) {
    let bits = |tangent| numbers_of_tangent(x, tangent).into_iter().map(f64::to_bits);
    assert!(
        bits(first).eq(bits(second)),
        "`{name}`: the pullback gives other cotangents when it is called again",
    );
}

#[track_caller]
fn assert_central_differences<X: Parameters + Clone, Y: Parameters>(
    name: &str,
    names: &[&str],
    x: &X,
    f: impl Fn(&X) -> Y,
    cotangent: &Y::Tangent,
    gradient: &X::Tangent,
    excluded: &[bool],
) {
    let (_, magnitude, single_value) = project(f(x), cotangent);
    let numbers = numbers(x, gradient);
    let mut wrong = Vec::new();
    let compared = numbers.iter().enumerate().filter(|(_, number)| {
        let argument = number.argument().and_then(|index| excluded.get(index));
        argument != Some(&true)
    });
    for (position, number) in compared {
        let single = number.single || single_value;
        let (epsilon, relative, absolute) = if single {
            (f64::from(f32::EPSILON), 1e-2, 1e-3)
        } else {
            (f64::EPSILON, 1e-6, 1e-8)
        };
        let step = epsilon.cbrt() * number.value.abs().max(1.0);
        let (above, x_above) = moved(x, position, step);
        let (below, x_below) = moved(x, position, -step);
        let rise = project(f(&above), cotangent).0 - project(f(&below), cotangent).0;
        let estimate = rise / (x_above - x_below);
        let found = number.tangent;
        let tolerance = relative * found.abs().max(estimate.abs()) + absolute * (1.0 + magnitude);
        let difference = (found - estimate).abs();
        // Not finite is wrong too: an infinite tolerance would accept everything.
        if !(difference.is_finite() && difference <= tolerance) {
            wrong.push(format!(
                "\n  {}: the pullback gives {found:?}, central differences {estimate:?}, tolerance {tolerance:.1e}",
                number.place(names),
            ));
        }
    }
    let shown = 8;
    if wrong.len() > shown {
        let rest = wrong.len() - shown;
        wrong.truncate(shown);
        wrong.push(format!("\n  and {rest} more"));
    }
    assert!(
        wrong.is_empty(),
        "`{name}`: the gradient is wrong{}",
        wrong.concat(),
    );
}
