//! The gradient of whole models, and gradient descent with it.

use micrograd_core::{Parameters, Scalar, check, differentiable, gradient};
use micrograd_nn::activation::{identity, relu, softmax, tanh};
use micrograd_nn::loss::{cross_entropy, hinge_loss, logit_cross_entropy, mse};
use micrograd_nn::{
    Chain, Dense, Layer, Loss, gradient_descent, gradient_descent_with, make_moons, objective,
    onehot, pullback_objective,
};
use nalgebra::{DMatrix, dmatrix};
use rand::SeedableRng;
use rand::distr::uniform::SampleUniform;
use rand_chacha::ChaCha8Rng;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(3)
}

/// Twelve noisy points of the two moons: 2 × 12, and one-hot targets 2 × 12.
fn data<T: Scalar>() -> (DMatrix<T>, DMatrix<T>) {
    let (x, labels) = make_moons(12, 0.1, &mut rng());
    (x.map(nalgebra::convert), onehot(&labels, 2).unwrap())
}

/// Two hidden layers and an output layer.
type Network<F, G, T = f64> = Chain<(Dense<F, T>, Dense<F, T>, Dense<G, T>)>;

/// A network 2-5-4-2; its biases are not zero.
fn network<T, F, G>(hidden: F, last: G) -> Network<F, G, T>
where
    T: Scalar + SampleUniform,
    F: Clone,
{
    let rng = &mut rng();
    let mut model = Chain((
        Dense::new(2, 5, hidden.clone(), rng),
        Dense::new(5, 4, hidden, rng),
        Dense::new(4, 2, last, rng),
    ));
    model.layers.0.bias = micrograd_nn::glorot_uniform(5, 1, rng);
    model.layers.1.bias = micrograd_nn::glorot_uniform(4, 1, rng);
    model.layers.2.bias = micrograd_nn::glorot_uniform(2, 1, rng);
    model
}

/// Compares the derivative by every parameter of the model with central differences.
#[track_caller]
fn check_model<T, M, L>(model: M, loss: L)
where
    T: Scalar,
    M: Layer<T> + Parameters + Clone,
    L: Loss<T>,
{
    let (x, y) = data();
    check::gradient(
        &model,
        |model| objective(model, &loss, &x, &y),
        |model| {
            let (value, back) = pullback_objective(model, &loss, &x, &y);
            (value, move |dy| back(dy).0)
        },
    );
}

#[test]
fn every_parameter_of_a_relu_network_has_a_right_derivative_of_every_loss() {
    check_model::<f64, _, _>(network(relu {}, identity {}), mse {});
    check_model::<f64, _, _>(network(relu {}, softmax {}), cross_entropy {});
    check_model::<f64, _, _>(network(relu {}, identity {}), logit_cross_entropy {});
    check_model::<f64, _, _>(network(relu {}, identity {}), hinge_loss {});
}

#[test]
fn every_parameter_of_a_tanh_network_has_a_right_derivative_of_every_loss() {
    check_model::<f64, _, _>(network(tanh {}, identity {}), mse {});
    check_model::<f64, _, _>(network(tanh {}, softmax {}), cross_entropy {});
    check_model::<f64, _, _>(network(tanh {}, identity {}), logit_cross_entropy {});
    check_model::<f64, _, _>(network(tanh {}, identity {}), hinge_loss {});
}

#[test]
fn every_parameter_has_a_right_derivative_in_single_precision() {
    check_model::<f32, _, _>(network(tanh {}, identity {}), logit_cross_entropy {});
}

#[test]
fn the_gradient_reaches_every_parameter() {
    let (x, y) = data::<f64>();
    let model = network(tanh {}, identity {});
    let (_, back) = pullback_objective(&model, &logit_cross_entropy {}, &x, &y);
    let (first, second, third) = back(1.0).0.layers;
    for gradient in [&first.weight, &first.bias, &second.weight, &second.bias] {
        assert!(gradient.iter().all(|slope| *slope != 0.0));
    }
    assert!(
        third
            .weight
            .iter()
            .chain(&third.bias)
            .all(|slope| *slope != 0.0)
    );
}

#[test]
fn the_published_gradient_of_a_composition_holds() {
    #[differentiable]
    fn sin_cos(x: f64) -> f64 {
        x.cos().sin()
    }
    let (value, (slope,)) = gradient!(sin_cos, 0.6);
    assert!((value - 0.7347754747082689).abs() < 1e-15);
    assert!((slope + 0.3830028632421537).abs() < 1e-15);
}

#[test]
fn gradient_descent_lowers_the_loss_of_every_kind() {
    #[track_caller]
    fn falls<G>(last: G, loss: impl Loss, targets: impl Fn(f64) -> f64)
    where
        Dense<G>: Layer + Parameters,
    {
        let (x, y) = data::<f64>();
        let y = y.map(targets);
        let mut model = network(tanh {}, last);
        let history = gradient_descent(&mut model, loss, &x, &y, 0.2, 100);
        assert_eq!(history.len(), 100);
        assert!(history[99] < 0.9 * history[0]);
    }
    falls(identity {}, mse {}, |y| y);
    falls(softmax {}, cross_entropy {}, |y| y);
    falls(identity {}, logit_cross_entropy {}, |y| y);
    falls(identity {}, hinge_loss {}, |y| 2.0 * y - 1.0);
}

#[test]
fn single_precision_models_train() {
    let (x, y) = data::<f32>();
    let mut model = network(tanh {}, identity {});
    let history = gradient_descent(&mut model, logit_cross_entropy {}, &x, &y, 0.5, 300);
    assert!(history[299] < 0.5 * history[0]);
}

#[test]
fn training_again_gives_the_same_bits() {
    let train = || {
        let (x, y) = data::<f64>();
        let mut model: Network<relu, identity> = network(relu {}, identity {});
        let history = gradient_descent(&mut model, logit_cross_entropy {}, &x, &y, 0.9, 30);
        (history, model)
    };
    assert_eq!(train(), train());
}

#[test]
fn the_observer_sees_each_loss_with_the_model_that_has_it() {
    let (x, y) = data::<f64>();
    let mut model = network(tanh {}, identity {});
    let mut seen = Vec::new();
    let history = gradient_descent_with(
        &mut model,
        mse {},
        &x,
        &y,
        0.1,
        5,
        |iteration, loss, model| {
            assert_eq!(objective(model, &mse {}, &x, &y), loss);
            seen.push((iteration, loss));
        },
    );
    let expected: Vec<(usize, f64)> = history.into_iter().enumerate().collect();
    assert_eq!(seen, expected);
}

#[test]
fn a_loss_that_is_not_finite_ends_the_training_before_the_update() {
    let (x, y) = (dmatrix![1e200], dmatrix![0.0]);
    let mut model = Dense {
        weight: dmatrix![1.0],
        bias: dmatrix![0.0],
        activation: identity {},
    };
    let before = model.clone();
    let history = gradient_descent(&mut model, mse {}, &x, &y, 0.1, 10);
    assert_eq!(history, [f64::INFINITY]);
    assert_eq!(model, before);
}

#[test]
#[should_panic(expected = "mse: the predictions are 2×12, the targets 12×2")]
fn targets_of_another_shape_are_refused() {
    let (x, y) = data::<f64>();
    let mut model = network(tanh {}, identity {});
    gradient_descent(&mut model, mse {}, &x, &y.transpose(), 0.1, 1);
}
