//! Functions as values.

use micrograd_core::rules::function::{relu, sigmoid, softplus};
use micrograd_core::{Differentiable, Function, Scalar, check, check_gradient, differentiable};

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn generic_square<T: Scalar>(x: T) -> T {
    x * x
}

#[differentiable]
fn applied<F: Function<f64, Output = f64>>(f: F, x: f64) -> f64 {
    f.call(f.call(x)) + x
}

#[differentiable]
fn through_many(x: f64) -> f64 {
    applied(square {}, x)
        + applied(relu {}, x) * applied(sigmoid {}, x)
        + applied(generic_square {}, x)
        - applied(softplus {}, x)
}

#[test]
fn functions_are_passed_as_values() {
    check_gradient!(through_many, 0.6);
}

#[differentiable]
fn by_reference(x: f64) -> f64 {
    applied(&square {}, x)
}

#[test]
fn a_reference_to_a_function_value_is_a_function_value() {
    check_gradient!(by_reference, 0.6);
}

#[derive(Clone, Differentiable)]
struct Layer<F> {
    weight: f64,
    activation: F,
}

impl<F: Function<f64, Output = f64>> Layer<F> {
    #[differentiable]
    fn forward(&self, x: f64) -> f64 {
        self.activation.call(self.weight * x)
    }
}

#[differentiable]
fn network<F: Function<f64, Output = f64>, G>(layers: &(Layer<F>, Layer<G>), x: f64) -> f64
where
    G: Function<f64, Output = f64>,
{
    layers.1.forward(layers.0.forward(x))
}

#[test]
fn a_function_is_a_field() {
    let layers = (
        Layer {
            weight: 0.6,
            activation: sigmoid {},
        },
        Layer {
            weight: -0.4,
            activation: square {},
        },
    );
    check::gradient(
        &(layers, 0.3),
        |(l, x)| network(l, *x),
        |(l, x)| pullback_network(l, *x),
    );
}

#[test]
fn a_layer_of_functions_is_a_function_value_itself() {
    let activation = Layer {
        weight: 0.5,
        activation: Scaled { factor: 0.7 },
    };
    check::gradient(
        &(activation, 0.3),
        |(l, x)| l.forward(*x),
        |(l, x)| l.pullback_forward(*x),
    );
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

#[differentiable]
fn over_vector(v: Vec<f64>) -> f64 {
    v[0] * v[1]
}

#[differentiable]
fn of_vector<F: Function<Vec<f64>, Output = f64>>(f: &F, x: f64) -> f64 {
    f.call(vec![x, x * x])
}

#[test]
fn a_function_value_may_take_a_vector() {
    let (value, back) = pullback_of_vector(&over_vector {}, 3.0);
    assert_eq!((value, back(1.0).1), (27.0, 27.0));
}

#[differentiable]
fn iterated<F: Function<f64, Output = f64>>(f: &F, x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = f.call(y) * 0.9;
    }
    y
}

#[differentiable]
fn with_parameters(factor: f64, x: f64) -> f64 {
    iterated(&Scaled { factor }, x, 3)
}

#[test]
fn a_function_values_own_parameters_get_cotangents() {
    check_gradient!(with_parameters, 0.8, 0.9);
}

#[differentiable]
fn weighed(activation: impl Fn(f64) -> f64, x: f64) -> f64 {
    activation(x) * x
}

#[differentiable]
fn joined(join: impl Fn(f64, f64) -> f64, x: &[f64]) -> f64 {
    let mut sum = 0.3;
    for value in x {
        sum = join(sum, *value) + value * value;
    }
    sum
}

#[differentiable]
fn methods_by_their_paths(x: f64) -> f64 {
    let joints = joined(f64::hypot, &[x, 0.4, x * x]) + joined(f64::atan2, &[x, 0.6]);
    weighed(f64::sin, x) + weighed(f64::exp, x) + joints + shifted(f64::mul_add, x)
}

#[differentiable]
fn shifted(shift: impl Fn(f64, f64, f64) -> f64, x: f64) -> f64 {
    shift(x, x, 0.5 * x)
}

#[test]
fn methods_of_floats_are_handed_over_by_their_paths() {
    check_gradient!(methods_by_their_paths, 0.7);
    check_gradient!(methods_by_their_paths, -1.2);
}
