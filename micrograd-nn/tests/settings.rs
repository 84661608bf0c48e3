//! Activations and losses with a setting: formulas, gradients, and their place in a model.

use micrograd_core::{Differentiable, Function, Parameters, Scalar, Tangent, check};
use micrograd_nn::activation::{Elu, LeakyRelu, elu, identity, leaky_relu};
use micrograd_nn::loss::{Huber, huber_loss};
use micrograd_nn::{Adam, Chain, Dense, Layer, Loss, Training, num_parameters};
use nalgebra::{DMatrix, convert, dmatrix};
use rand::SeedableRng;
use rand::distr::uniform::SampleUniform;
use rand_chacha::ChaCha8Rng;

/// Numbers of both signs from -4 to 4, none of them at a kink.
fn numbers<T: Scalar>() -> DMatrix<T> {
    DMatrix::from_fn(4, 5, |i, j| {
        convert(4.0 * ((3 * i + 7 * j) as f64 * 0.71 + 0.4).sin())
    })
}

/// The value and the pullback of an activation, as a layer has them.
fn pullback<F, T>(f: F, z: &DMatrix<T>) -> (DMatrix<T>, impl Fn(DMatrix<T>) -> DMatrix<T>)
where
    F: Function<DMatrix<T>, Output = DMatrix<T>>,
    T: Scalar,
{
    let (y, back) = f.rrule_call(z);
    (y, move |mut dy| {
        let mut dz = Tangent::shapeless();
        back(&mut dy, &f, &mut Tangent::shapeless(), z, &mut dz);
        z.fit(&mut dz);
        dz
    })
}

#[track_caller]
fn check_activation<F>(f: F, formula: impl Fn(f64) -> f64)
where
    F: Function<DMatrix<f64>, Output = DMatrix<f64>> + Copy,
    F: Function<DMatrix<f32>, Output = DMatrix<f32>>,
{
    let z = numbers::<f64>();
    assert!((f.call(z.clone()) - z.map(formula)).amax() < 1e-14);
    check::gradient(&z, |z| f.call(z.clone()), |z| pullback(f, z));
    check::gradient(&numbers::<f32>(), |z| f.call(z.clone()), |z| pullback(f, z));
}

#[test]
fn activations_are_their_formulas_with_right_gradients_in_both_precisions() {
    for slope in [0.0, 0.2, 1.0, 2.0, -1.0] {
        check_activation(LeakyRelu { slope }, |z| if z > 0.0 { z } else { slope * z });
    }
    for alpha in [0.0, 0.3, 1.6732632423543772] {
        let formula = |z: f64| if z > 0.0 { z } else { alpha * z.exp_m1() };
        check_activation(Elu { alpha }, formula);
    }
}

#[test]
fn with_the_usual_settings_they_are_the_functions_to_the_bit() {
    fn check<F, G>(f: F, g: G)
    where
        F: Function<DMatrix<f64>, Output = DMatrix<f64>>,
        G: Function<DMatrix<f64>, Output = DMatrix<f64>>,
    {
        let z = dmatrix![0.0, 1e-300, -1e-300, -1.5, 2.5, -f64::MAX, f64::MAX];
        let ((y, back), (expected, expected_back)) = (pullback(f, &z), pullback(g, &z));
        assert_eq!(y, expected);
        assert_eq!(back(y.clone()), expected_back(y));
    }
    check(LeakyRelu { slope: 0.01 }, leaky_relu {});
    check(Elu { alpha: 1.0 }, elu {});
}

#[test]
fn no_samples_and_what_is_no_number_pass_through() {
    let (leaky, elu) = (LeakyRelu { slope: 0.5 }, Elu { alpha: 0.5 });
    for shape in [(0, 3), (3, 0), (0, 0)] {
        let empty = DMatrix::<f64>::zeros(shape.0, shape.1);
        assert_eq!(leaky.call(empty.clone()).shape(), shape);
        assert_eq!(pullback(elu, &empty).1(empty.clone()).shape(), shape);
    }
    assert!(leaky.call(dmatrix![f64::NAN])[0].is_nan());
    assert!(elu.call(dmatrix![f64::NAN])[0].is_nan());
}

type Network<T> = Chain<(Dense<LeakyRelu, T>, Dense<Elu, T>, Dense<identity, T>)>;

fn network<T: Scalar + SampleUniform>(slope: f64) -> Network<T> {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    Chain((
        Dense::new(2, 8, LeakyRelu { slope }, rng),
        Dense::new(8, 8, Elu { alpha: 0.5 }, rng),
        Dense::new(8, 1, identity {}, rng),
    ))
}

#[test]
fn models_print_their_settings_and_do_not_count_them() {
    let model = network::<f64>(0.1);
    assert_eq!(
        model.to_string(),
        "Chain(Dense(2 => 8, LeakyRelu { slope: 0.1 }), Dense(8 => 8, Elu { alpha: 0.5 }), Dense(8 => 1))"
    );
    assert!(format!("{model:#}").contains("Dense(2 => 8, LeakyRelu { slope: 0.1 })"));
    assert_eq!(num_parameters(&model), 24 + 72 + 9);
}

fn check_training<T: Scalar + SampleUniform>()
where
    Network<T>: Layer<T> + Parameters + Clone,
{
    let rng = &mut ChaCha8Rng::seed_from_u64(4);
    let x = DMatrix::from_fn(2, 40, |i, j| convert(((2 * i + j) as f64 * 0.7).sin()));
    let y = DMatrix::from_fn(1, 40, |_, j| x[(0, j)] * x[(1, j)]);
    let mut model = network::<T>(0.1);
    let history = Training::new(Huber { delta: 0.1 }, Adam::new(0.02))
        .epochs(100)
        .run(&mut model, &x, &y, rng)
        .unwrap();
    let losses = history.losses();
    assert!(losses[99] < 0.1 * losses[0], "{losses:?}");
    assert_eq!(model.layers.0.activation, LeakyRelu { slope: 0.1 });
}

#[test]
fn models_with_settings_learn_in_both_precisions() {
    check_training::<f64>();
    check_training::<f32>();
}

#[cfg(feature = "safetensors")]
#[test]
fn the_setting_of_the_program_stays_when_a_file_is_loaded() {
    use micrograd_nn::checkpoint::{from_bytes, to_bytes};
    let saved = network::<f32>(0.1);
    let mut loaded = network::<f32>(0.3);
    loaded.layers.0.weight.fill(0.0);
    from_bytes(&mut loaded, &to_bytes(&saved).unwrap()).unwrap();
    assert_eq!(loaded.layers.0.weight, saved.layers.0.weight);
    assert_eq!(loaded.layers.0.activation.slope, 0.3);
}

#[track_caller]
fn check_huber(delta: f64) {
    let (predictions, targets) = (numbers::<f64>(), numbers::<f64>().add_scalar(0.37) * 0.6);
    let loss = Huber { delta };
    let expected = predictions.zip_map(&targets, |p, t| {
        let e = f64::abs(p - t);
        if e < delta {
            0.5 * e * e
        } else {
            delta * (e - 0.5 * delta)
        }
    });
    let value: f64 = loss.evaluate(&predictions, &targets);
    assert!((value - expected.mean()).abs() < 1e-14);
    fn check_gradient<T>(loss: Huber, p: DMatrix<T>, t: DMatrix<T>)
    where
        (DMatrix<T>, DMatrix<T>): Parameters<Tangent = (DMatrix<T>, DMatrix<T>)>,
        T: Scalar + Parameters<Tangent = T>,
    {
        check::gradient(
            &(p, t),
            |(p, t)| loss.evaluate(p, t),
            |(p, t)| {
                let (value, back) = loss.pullback_evaluate(p, t);
                (value, move |dy| {
                    let (_, dp, dt) = back(dy);
                    (dp, dt)
                })
            },
        );
    }
    check_gradient::<f32>(loss, predictions.clone().cast(), targets.clone().cast());
    check_gradient(loss, predictions, targets);
}

#[test]
fn huber_is_its_formula_with_right_gradients_in_both_precisions() {
    for delta in [0.1, 0.5, 1.0, 3.0] {
        check_huber(delta);
    }
}

#[test]
fn huber_with_a_delta_of_one_is_huber_loss_to_the_bit() {
    let (predictions, targets) = (numbers::<f64>(), numbers().map(|z: f64| z.cos()));
    let loss = huber_loss(&predictions, &targets);
    assert_eq!(Huber { delta: 1.0 }.evaluate(&predictions, &targets), loss);
}

#[test]
#[should_panic(expected = "Huber: the predictions are 4×5, the targets 1×1")]
fn huber_refuses_other_shapes() {
    let _: f64 = Huber { delta: 1.0 }.evaluate(&numbers(), &dmatrix![1.0]);
}

#[test]
fn huber_refuses_a_delta_that_is_none() {
    for delta in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let evaluate = || Huber { delta }.evaluate(&dmatrix![1.0], &dmatrix![1.0]);
        let message = *std::panic::catch_unwind(evaluate)
            .unwrap_err()
            .downcast::<String>()
            .unwrap();
        let expected = format!("a Huber loss needs a finite delta above 0, not {delta}");
        assert_eq!(message, expected);
    }
}
