//! What users write themselves: layers, activations and models compose with those of the crate.

use std::fmt;

use micrograd_core::{
    Differentiable, Parameters, Scalar, broadcast, check, differentiable, gradient,
};
use micrograd_nn::activation::{each, identity, relu, sigmoid, tanh};
use micrograd_nn::loss::{l2_penalty, mse};
use micrograd_nn::{
    Activation, Chain, Dense, Dropout, Layer, LayerNorm, SkipConnection, descend, gradient_descent,
    num_parameters, objective, parameters, test_mode, train_mode,
};
use nalgebra::{DMatrix, dmatrix};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(7)
}

fn matrix<T: Scalar>(rows: usize, columns: usize) -> DMatrix<T> {
    DMatrix::from_fn(rows, columns, |i, j| {
        nalgebra::convert(((3 * i + 7 * j) as f64 * 0.71 + 0.4).sin())
    })
}

/// Compares the derived gradient of a model and its input with central differences.
macro_rules! check_layer {
    ($model:expr, $x:expr) => {
        check::gradient(
            &($model, $x),
            |(model, x)| model.forward(x),
            |(model, x)| model.pullback_forward(x),
        )
    };
}

/// A convolution over the features of a sample: a loop with indices, and a border.
#[derive(Clone, Differentiable)]
struct Convolution<T: Scalar> {
    kernel: Vec<T>,
}

#[differentiable]
impl<T: Scalar> Layer<T> for Convolution<T> {
    fn forward(&self, x: &DMatrix<T>) -> DMatrix<T> {
        let mut y = DMatrix::zeros(x.nrows(), x.ncols());
        for j in 0..x.ncols() {
            for i in 0..x.nrows() {
                for k in 0..self.kernel.len() {
                    if i + k < x.nrows() {
                        y[(i, j)] += self.kernel[k] * x[(i + k, j)];
                    }
                }
            }
        }
        y
    }
}

impl<T: Scalar> fmt::Display for Convolution<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Convolution({})", self.kernel.len())
    }
}

/// A layer of layers: a gate decides for each value whether it is changed.
///
/// R. Srivastava, K. Greff and J. Schmidhuber, "Highway networks" (2015).
#[derive(Clone, Differentiable)]
struct Highway<T: Scalar> {
    change: Dense<tanh, T>,
    gate: Dense<sigmoid, T>,
}

#[differentiable]
impl<T: Scalar> Layer<T> for Highway<T> {
    fn forward(&self, x: &DMatrix<T>) -> DMatrix<T> {
        let (change, gate) = (self.change.forward(x), self.gate.forward(x));
        broadcast!(x .+ gate .* (change .- x))
    }
}

/// Any layer, chosen at run time: a chain of a vector of these has layers of several kinds.
#[derive(Clone, Differentiable)]
enum Any {
    Dense(Dense<Activation>),
    Norm(LayerNorm),
    Dropout(Dropout),
    Skip(Box<SkipConnection<Dense<Activation>>>),
}

#[differentiable]
impl Layer for Any {
    fn forward(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        match self {
            Any::Dense(layer) => layer.forward(x),
            Any::Norm(layer) => layer.forward(x),
            Any::Dropout(layer) => layer.forward(x),
            Any::Skip(layer) => layer.forward(x),
        }
    }
}

/// One activation with a number to learn, broadcast as those of the crate are not.
#[derive(Clone, Differentiable)]
struct Slope {
    below: f64,
}

#[differentiable]
impl Layer for Slope {
    fn forward(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        x.map(|x| if x > 0.0 { x } else { self.below * x })
    }
}

#[differentiable]
fn square<T: Scalar>(z: T) -> T {
    z * z
}

#[differentiable]
fn squares<T: Scalar>(z: DMatrix<T>) -> DMatrix<T> {
    each(square {}, z)
}

fn convolution<T: Scalar>() -> Convolution<T> {
    Convolution {
        kernel: [0.5, -1.0, 0.25].map(nalgebra::convert).to_vec(),
    }
}

#[test]
fn a_users_layer_composes_in_a_chain_in_double_precision() {
    let rng = &mut rng();
    let highway = Highway {
        change: Dense::new(4, 4, tanh {}, rng),
        gate: Dense::new(4, 4, sigmoid {}, rng),
    };
    let model = Chain((
        convolution(),
        SkipConnection::new(highway),
        Slope { below: 0.2 },
        Dense::new(4, 2, squares {}, rng),
    ));
    check_layer!(model, matrix::<f64>(4, 5));
}

#[test]
fn a_users_layer_composes_in_a_chain_in_single_precision() {
    let rng = &mut rng();
    let highway = Highway {
        change: Dense::new(3, 3, tanh {}, rng),
        gate: Dense::new(3, 3, sigmoid {}, rng),
    };
    let model = Chain((
        convolution(),
        Chain((LayerNorm::new(3), highway)),
        Dense::new(3, 2, squares {}, rng),
    ));
    check_layer!(model, matrix::<f32>(3, 2));
}

#[test]
fn layers_of_several_kinds_can_be_chosen_at_run_time() {
    let rng = &mut rng();
    let mut model = Chain(vec![
        Any::Dense(Dense::new(3, 4, Activation::Tanh, rng)),
        Any::Norm(LayerNorm::new(4)),
        Any::Dropout(Dropout::new(0.5)),
        Any::Skip(Box::new(SkipConnection::new(Dense::new(
            4,
            4,
            Activation::Silu,
            rng,
        )))),
    ]);
    let tested = model.forward(&matrix(3, 5));
    check_layer!(model.clone(), matrix(3, 5));
    train_mode(&mut model, rng);
    assert_ne!(model.forward(&matrix(3, 5)), tested);
    check_layer!(model.clone(), matrix(3, 5));
    test_mode(&mut model);
    assert_eq!(model.forward(&matrix(3, 5)), tested);
    let names: Vec<_> = parameters(&model).into_iter().map(|p| p.name).collect();
    assert_eq!(
        names[4..],
        ["layers.3.0.layer.weight", "layers.3.0.layer.bias"]
    );
}

#[test]
fn a_users_layer_prints_in_a_table_and_has_named_parameters() {
    let model = Chain((
        convolution::<f64>(),
        Dense::<identity>::new(4, 1, identity {}, &mut rng()),
    ));
    assert_eq!(model.to_string(), "Chain(Convolution(3), Dense(4 => 1))");
    let table = format!("{model:#}");
    let line = table.lines().nth(1).unwrap();
    assert!(line.starts_with("  Convolution(3) ") && line.ends_with(" 3 = kernel 3"));
    assert_eq!(num_parameters(&model), 8);
    assert_eq!(parameters(&model)[0].name, "layers.0.kernel");
}

#[test]
fn a_users_layer_is_trained() {
    // Data that a convolution of two numbers explains.
    let x = matrix::<f64>(6, 40);
    let y = Convolution {
        kernel: vec![2.0, -1.0],
    }
    .forward(&x);
    let mut model = Convolution {
        kernel: vec![0.0, 0.0],
    };
    let history = gradient_descent(&mut model, mse {}, &x, &y, 0.5, 200);
    assert!(history[199] < 1e-12, "{}", history[199]);
    assert!((model.kernel[0] - 2.0).abs() < 1e-6 && (model.kernel[1] + 1.0).abs() < 1e-6);
}

/// The loss of a model with weight decay, as a user writes it.
#[differentiable(no_gradient(x, y))]
fn decayed<M: Layer + Parameters + Clone>(model: &M, x: &DMatrix<f64>, y: &DMatrix<f64>) -> f64 {
    mse(&model.forward(x), y) + 0.1 * l2_penalty(model)
}

#[test]
fn weight_decay_makes_the_parameters_smaller() {
    let (x, y) = (matrix::<f64>(3, 30), matrix::<f64>(2, 30));
    let model = || {
        Chain((
            Dense::new(3, 8, tanh {}, &mut rng()),
            Dense::new(8, 2, identity {}, &mut rng()),
        ))
    };
    let (mut plain, mut small) = (model(), model());
    for _ in 0..200 {
        let (_, (gradient, ..)) = gradient!(objective, &plain, &mse {}, &x, &y);
        descend(&mut plain, gradient, 0.1);
        let (_, (gradient, ..)) = gradient!(decayed, &small, &x, &y);
        descend(&mut small, gradient, 0.1);
    }
    assert!(l2_penalty(&small) < 0.5 * l2_penalty(&plain));
    check::gradient(
        &small,
        |model| decayed(model, &x, &y),
        |model| {
            let (value, back) = pullback_decayed(model, &x, &y);
            (value, move |dy| back(dy).0)
        },
    );
}

#[test]
fn an_open_loop_with_dropout_learns() {
    let rng = &mut rng();
    let mut model = Chain((
        Dense::new(1, 16, relu {}, rng),
        Dropout::new(0.1),
        Dense::new(16, 1, identity {}, rng),
    ));
    let x = DMatrix::from_fn(1, 20, |_, j| j as f64 / 10.0 - 0.95);
    let y = x.map(|x| x.abs());
    let before = mse(&model.forward(&x), &y);
    for _ in 0..300 {
        train_mode(&mut model, rng);
        let (_, (gradient, ..)) = gradient!(objective, &model, &mse {}, &x, &y);
        descend(&mut model, gradient, 0.05);
    }
    test_mode(&mut model);
    let after = mse(&model.forward(&x), &y);
    assert!(after < 0.1 * before, "{before} to {after}");
}

#[test]
#[should_panic(expected = "Dense(3 => 2) was given samples of 4 features")]
fn a_shape_that_does_not_fit_behind_a_users_layer_names_both_sides() {
    let dense = Dense::new(3, 2, tanh {}, &mut rng());
    Chain((convolution(), dense)).forward(&dmatrix![1.0; 2.0; 3.0; 4.0]);
}
