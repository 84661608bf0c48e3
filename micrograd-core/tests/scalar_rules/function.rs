//! The functions of the registry that stand beside the methods.

use super::INFINITY;
use micrograd_core::rules::function::{evalpoly, mean, relu, sigmoid, softplus, sum};
use micrograd_core::{Differentiable, Function, NoTangent};

#[test]
fn the_derivative_of_relu_at_0_is_0() {
    assert_eq!((relu(0.0), relu::pullback(0.0).1(1.0)), (0.0, (0.0,)));
    assert_eq!(relu::pullback(-0.0).1(1.0), (0.0,));
    assert_eq!(relu::pullback(-1.0).1(INFINITY), (0.0,));
    assert!(relu(f64::NAN).is_nan());
}

#[test]
fn sigmoid_and_softplus_are_finite_at_1000() {
    assert_eq!(
        (sigmoid(1000.0), sigmoid::pullback(1000.0).1(1.0)),
        (1.0, (0.0,))
    );
    assert_eq!(
        (sigmoid(-1000.0), sigmoid::pullback(-1000.0).1(1.0)),
        (0.0, (0.0,))
    );
    assert_eq!(
        (softplus(1000.0), softplus::pullback(1000.0).1(1.0)),
        (1000.0, (1.0,))
    );
    assert_eq!(
        (softplus(-1000.0), softplus::pullback(-1000.0).1(1.0)),
        (0.0, (0.0,))
    );
    assert_eq!(softplus::pullback(0.0).1(1.0), (0.5,));
    assert_eq!(sigmoid::pullback(0.0).1(1.0), (0.25,));
}

#[test]
fn the_slope_of_a_saturated_sigmoid_keeps_its_digits() {
    let (slope,) = sigmoid::pullback(40.0).1(1.0);
    super::assert_close(slope * 40f64.exp(), 1.0);
}

#[test]
fn evalpoly_at_0_is_not_divided_by_0() {
    let (value, back) = evalpoly::pullback(0.0, &[1.0, 5.0, 3.0]);
    assert_eq!((value, back(2.0)), (1.0, (10.0, vec![2.0, 0.0, 0.0])));
    let (value, back) = evalpoly::pullback(2.0, &[]);
    assert_eq!((value, back(1.0)), (0.0, (0.0, vec![])));
}

#[test]
fn reductions_spread_their_cotangent() {
    assert_eq!(sum::pullback(&[1.0, 2.0]).1(3.0), (vec![3.0, 3.0],));
    assert_eq!(mean::pullback(&[1.0, 2.0]).1(3.0), (vec![1.5, 1.5],));
    assert_eq!(sum::<f64>(&[]), 0.0);
    assert!(mean::<f64>(&[]).is_nan());
}

#[test]
fn a_function_is_a_value_without_a_tangent() {
    fn slope<F: Function<f64, Output = f64>>(f: F, x: f64) -> f64 {
        let (_, back) = f.rrule_call(&x);
        let (mut df, mut dx) = (f.zero_tangent(), 0.0);
        back(&mut 1.0, &f, &mut df, &x, &mut dx);
        dx
    }
    assert_eq!((slope(relu {}, 2.0), slope(softplus {}, 0.0)), (1.0, 0.5));
    assert_eq!(relu {}.zero_tangent(), NoTangent);
    assert_eq!(relu {}.call(3.0_f32), 3.0);
}
