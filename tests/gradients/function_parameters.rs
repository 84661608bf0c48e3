//! Parameters that are functions, declared as Rust does: `impl Fn(f64) -> f64` and the like.

use micrograd_core::rules::function::{relu, sigmoid};
use micrograd_core::{Differentiable, Function, Scalar, check, check_gradient, differentiable};

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn product(x: f64, y: f64) -> f64 {
    x * y + x
}

#[differentiable]
fn integral(f: impl Fn(f64) -> f64, a: f64, b: f64, n: usize) -> f64 {
    let h = (b - a) / n as f64;
    let mut s = 0.5 * (f(a) + f(b));
    for i in 1..n {
        s += f(a + i as f64 * h);
    }
    s * h
}

#[differentiable]
fn twice<F: Fn(f64) -> f64>(f: F, x: f64) -> f64 {
    f(f(x))
}

#[differentiable]
fn folded<F>(f: &F, x: &[f64]) -> f64
where
    F: Fn(f64, f64) -> f64,
{
    x.iter().fold(1.0, |s, v| f(s, *v))
}

#[differentiable]
fn erased(f: &dyn Fn(f64) -> f64, x: f64) -> f64 {
    f(x) * x
}

#[differentiable]
fn generic<T: Scalar, F: Fn(T) -> T>(f: &F, x: T) -> T {
    f(x) * f(x * x)
}

#[differentiable]
fn through(x: f64, y: f64) -> f64 {
    integral(square, x, y, 5)
        + twice(square, y) * twice(relu, x)
        + folded(&product, &[x, y])
        + erased(&square, x) * sigmoid(x)
        + generic(&square, y)
        + integral(self::square, x, 1.0, 3)
}

#[test]
fn functions_are_passed_by_their_name() {
    check_gradient!(through, 0.4, 0.9);
}

#[test]
fn what_is_passed_may_be_called_as_rust_does() {
    assert_eq!(twice(|x| x + 1.0, 1.0), 3.0);
    assert_eq!(erased(&|x| x + 1.0, 2.0), 6.0);
    let (value, back) = pullback_twice(square {}, 3.0);
    assert_eq!((value, back(1.0).1), (81.0, 108.0));
    let (value, back) = pullback_folded(&product {}, &[2.0, 3.0]);
    assert_eq!(value, folded(&product, &[2.0, 3.0]));
    assert_eq!(back(1.0).1, vec![4.0, 3.0]);
}

/// A function with a parameter of its own.
#[derive(Clone, Differentiable)]
struct Scaled {
    factor: f64,
}

impl Scaled {
    #[differentiable]
    fn run(&self, x: f64) -> f64 {
        self.factor * x * x
    }
}

impl Function<f64> for Scaled {
    type Output = f64;

    fn call(&self, x: f64) -> f64 {
        self.run(x)
    }

    fn rrule_call(
        &self,
        x: &f64,
    ) -> (
        f64,
        impl Fn(&mut f64, &Self, &mut ScaledTangent, &f64, &mut f64) + use<>,
    ) {
        self.rrule_run(x)
    }
}

#[test]
fn what_a_function_holds_has_a_cotangent() {
    check::gradient(
        &(Scaled { factor: 0.8 }, 0.3, 0.9),
        |(f, a, b)| integral(|x| f.run(x), *a, *b, 4),
        |(f, a, b)| {
            let (value, back) = pullback_integral(f.clone(), *a, *b, 4);
            (value, move |dy| {
                let (df, da, db, _) = back(dy);
                (df, da, db)
            })
        },
    );
}

#[differentiable]
fn in_parentheses(
    f: &(impl Fn(f64) -> f64 + Clone),
    g: &(dyn Fn(f64) -> f64 + Sync),
    x: f64,
) -> f64 {
    f(x) * g(f(x))
}

#[differentiable]
fn given_in_parentheses(a: f64, x: f64) -> f64 {
    in_parentheses(&|y| a * square(y), &square, x)
}

#[test]
fn bounds_of_a_function_stand_in_parentheses() {
    check_gradient!(given_in_parentheses, 0.7, 1.3);
}
