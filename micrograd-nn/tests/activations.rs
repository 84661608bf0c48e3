//! Activation functions: values from their formulas, gradients, kinks and extremes.

use micrograd_core::{Function, NoTangent, check, check_gradient};
use micrograd_nn::Activation;
use micrograd_nn::activation::{elu, gelu, leaky_relu, relu, silu};
use nalgebra::{DMatrix, dmatrix};

/// Numbers of both signs from -4 to 4, none of them at a kink.
fn numbers() -> DMatrix<f64> {
    DMatrix::from_fn(4, 5, |i, j| {
        4.0 * ((3 * i + 7 * j) as f64 * 0.71 + 0.4).sin()
    })
}

/// The value of a function of one number, and its derivative.
fn at(function: Activation, z: f64) -> (f64, f64) {
    let z = dmatrix![z];
    let (y, back) = function.rrule_call(&z);
    let mut dz = DMatrix::zeros(0, 0);
    back(&mut dmatrix![1.0], &function, &mut NoTangent, &z, &mut dz);
    (y[0], dz[0])
}

#[track_caller]
fn check_values(function: Activation, expected: impl Fn(f64) -> f64) {
    let z = numbers();
    let error = (function.call(z.clone()) - z.map(expected)).amax();
    assert!(error < 1e-14, "{function} is off by {error}");
}

#[test]
fn values_are_those_of_the_formulas() {
    check_values(Activation::Identity, |z| z);
    check_values(Activation::Elu, |z| if z > 0.0 { z } else { z.exp() - 1.0 });
    check_values(Activation::Gelu, |z| {
        let inner = (2.0 / std::f64::consts::PI).sqrt() * (z + 0.044715 * z.powi(3));
        0.5 * z * (1.0 + inner.tanh())
    });
    check_values(Activation::LeakyRelu, |z| z.max(0.01 * z));
    check_values(Activation::Relu, |z| z.max(0.0));
    check_values(Activation::Sigmoid, |z| 1.0 / (1.0 + (-z).exp()));
    check_values(Activation::Silu, |z| z / (1.0 + (-z).exp()));
    check_values(Activation::Softplus, |z| (1.0 + z.exp()).ln());
    check_values(Activation::Tanh, f64::tanh);
}

#[test]
fn gelu_is_close_to_the_normal_distribution() {
    // z Φ(z), Φ from a table of the normal distribution.
    for (z, expected) in [
        (-2.0, -2.0 * 0.022750),
        (-1.0, -0.158655),
        (0.5, 0.5 * 0.691462),
    ] {
        assert!((at(Activation::Gelu, z).0 - expected).abs() < 5e-4);
    }
}

#[test]
fn every_activation_has_a_right_gradient_in_both_precisions() {
    for function in Activation::ALL {
        check::gradient(
            &numbers(),
            |z| function.call(z.clone()),
            |z| pullback(function, z),
        );
        check::gradient(
            &numbers().cast::<f32>(),
            |z| function.call(z.clone()),
            |z| pullback(function, z),
        );
    }
    check_gradient!(elu, numbers());
    check_gradient!(gelu, numbers());
    check_gradient!(leaky_relu, numbers());
    check_gradient!(silu, numbers());
}

fn pullback<T: micrograd_core::Scalar>(
    function: Activation,
    z: &DMatrix<T>,
) -> (DMatrix<T>, impl Fn(DMatrix<T>) -> DMatrix<T>) {
    let (y, back) = function.rrule_call(z);
    (y, move |mut dy| {
        let mut dz = DMatrix::zeros(0, 0);
        back(&mut dy, &function, &mut NoTangent, z, &mut dz);
        dz
    })
}

#[test]
fn derivatives_at_zero_are_the_documented_ones() {
    for zero in [0.0, -0.0] {
        assert_eq!(at(Activation::Relu, zero), (0.0, 0.0));
        assert_eq!(at(Activation::LeakyRelu, zero), (0.0, 0.01));
        assert_eq!(at(Activation::Elu, zero), (0.0, 1.0));
        assert_eq!(at(Activation::Gelu, zero), (0.0, 0.5));
        assert_eq!(at(Activation::Silu, zero), (0.0, 0.5));
        assert_eq!(at(Activation::Sigmoid, zero), (0.5, 0.25));
        assert_eq!(at(Activation::Softplus, zero), (2.0_f64.ln(), 0.5));
        assert_eq!(at(Activation::Tanh, zero), (0.0, 1.0));
    }
}

#[test]
fn nothing_overflows_at_the_largest_numbers() {
    for large in [1e3, 1e12, 1e160, f64::MAX] {
        assert_eq!(at(Activation::LeakyRelu, large), (large, 1.0));
        assert_eq!(at(Activation::LeakyRelu, -large), (-0.01 * large, 0.01));
        assert_eq!(at(Activation::Elu, large), (large, 1.0));
        assert_eq!(at(Activation::Elu, -large), (-1.0, 0.0));
        for smooth in [Activation::Gelu, Activation::Silu, Activation::Softplus] {
            assert_eq!(at(smooth, large), (large, 1.0), "{smooth}");
            assert_eq!(at(smooth, -large), (0.0, 0.0), "{smooth}");
        }
        assert_eq!(at(Activation::Sigmoid, large), (1.0, 0.0));
        assert_eq!(at(Activation::Sigmoid, -large), (0.0, 0.0));
        assert_eq!(at(Activation::Tanh, -large), (-1.0, 0.0));
    }
    for function in Activation::ALL {
        let z = dmatrix![f32::MAX, -f32::MAX, 1e20, -1e20];
        let (y, back) = pullback(function, &z);
        let dz = back(dmatrix![1.0, 1.0, 1.0, 1.0]);
        assert!(
            y.iter().chain(&dz).all(|x| x.is_finite()),
            "{function} {y} {dz}"
        );
    }
}

#[test]
fn gelu_is_continuous_where_its_cube_ends() {
    for z in [100.0_f64, -100.0] {
        let (inside, outside) = (
            at(Activation::Gelu, z * (1.0 - 1e-15)),
            at(Activation::Gelu, z * (1.0 + 1e-15)),
        );
        assert!((inside.0 - outside.0).abs() < 1e-12);
        assert_eq!(inside.1, outside.1);
    }
}

#[test]
fn what_is_no_number_is_not_hidden() {
    for function in Activation::ALL {
        assert!(function.call(dmatrix![f64::NAN])[0].is_nan(), "{function}");
    }
}

#[test]
fn functions_are_values_and_have_pullbacks() {
    let z = numbers();
    let (y, back) = silu::pullback(z.clone());
    assert_eq!(y, silu(z.clone()));
    assert_eq!(back(DMatrix::zeros(4, 5)), (DMatrix::zeros(4, 5),));
    assert_eq!(relu {}.call(z.clone()), relu(z));
}
