//! The training loop: batches, validation, the ways it ends, and what it leaves behind.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::atomic::{AtomicBool, Ordering};

use micrograd_core::{Differentiable, Scalar};
use micrograd_nn::activation::{identity, tanh};
use micrograd_nn::loss::{logit_cross_entropy, mse};
use micrograd_nn::optimise::StepError;
use micrograd_nn::train::{
    Batch, Cause, Ending, Gradients, History, Origin, Serial, Training, TrainingError,
};
use micrograd_nn::{
    Adam, Chain, Dense, Dropout, GradientDescent, accuracy, gradient_descent, make_moons,
    objective, onecold, onehot,
};
use nalgebra::{DMatrix, dmatrix};
use rand::SeedableRng;
use rand::distr::uniform::SampleUniform;
use rand_chacha::ChaCha8Rng;

type Network<T = f64> = Chain<(Dense<tanh, T>, Dense<identity, T>)>;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(5)
}

fn network<T: Scalar + SampleUniform>() -> Network<T> {
    let rng = &mut rng();
    Chain((
        Dense::new(2, 6, tanh {}, rng),
        Dense::new(6, 2, identity {}, rng),
    ))
}

/// Twenty-three noisy points of the two moons: 2 × 23, and one-hot targets 2 × 23.
fn data<T: Scalar>() -> (DMatrix<T>, DMatrix<T>) {
    let (x, labels) = make_moons(23, 0.1, &mut rng());
    (x.map(nalgebra::convert), onehot(&labels, 2).unwrap())
}

/// `ŷ = w x + b`, from w = 0 and b = 0.
fn line() -> Dense {
    Dense {
        weight: dmatrix![0.0],
        bias: dmatrix![0.0],
        activation: identity {},
    }
}

/// Remembers the samples of each batch, and does something before it.
struct Spy<F> {
    batches: RefCell<Vec<Vec<usize>>>,
    before: F,
}

fn spy<F: Fn(usize)>(before: F) -> Spy<F> {
    let batches = RefCell::default();
    Spy { batches, before }
}

impl<T, M, L, F> Gradients<T, M, L> for &Spy<F>
where
    T: Scalar,
    M: micrograd_core::Parameters,
    Serial: Gradients<T, M, L>,
    F: Fn(usize),
{
    fn value_and_gradient(&self, model: &M, loss: &L, batch: &Batch<'_, T>) -> (T, M::Tangent) {
        self.batches.borrow_mut().push(batch.samples.to_vec());
        (self.before)(self.batches.borrow().len());
        Serial.value_and_gradient(model, loss, batch)
    }
}

#[test]
fn with_one_batch_it_is_gradient_descent_to_the_bit() {
    let (x, y) = data::<f64>();
    let (mut one, mut other) = (network(), network());
    let losses = gradient_descent(&mut one, logit_cross_entropy {}, &x, &y, 0.5, 20);
    let history = Training::new(logit_cross_entropy {}, GradientDescent::new(0.5))
        .epochs(20)
        .run(&mut other, &x, &y, &mut rng())
        .unwrap();
    assert_eq!((history.losses(), other), (losses, one));
    assert_eq!(history.ending, Ending::Completed);
}

#[test]
fn every_epoch_goes_through_all_samples_once_in_an_order_of_its_own() {
    let (x, y) = data::<f64>();
    let spy = spy(|_| {});
    Training::new(mse {}, Adam::new(0.01))
        .batch_size(10)
        .epochs(2)
        .gradients(&spy)
        .run(&mut network(), &x, &y, &mut rng())
        .unwrap();
    let batches = spy.batches.into_inner();
    let sizes: Vec<usize> = batches.iter().map(Vec::len).collect();
    assert_eq!(sizes, [10, 10, 3, 10, 10, 3]);
    let epochs = [batches[..3].concat(), batches[3..].concat()];
    assert_ne!(epochs[0], epochs[1]);
    for mut samples in epochs {
        assert!(!samples.is_sorted());
        samples.sort_unstable();
        assert!(samples.into_iter().eq(0..23));
    }
}

#[test]
fn a_batch_holds_the_columns_of_its_samples() {
    let (x, y) = (
        dmatrix![1.0, 2.0, 3.0; 4.0, 5.0, 6.0],
        dmatrix![7.0, 8.0, 9.0],
    );
    let batch = |samples| Batch {
        x: &x,
        y: &y,
        samples,
    };
    let (bx, by) = batch(&[2, 0, 2]).gather();
    assert_eq!(*bx, dmatrix![3.0, 1.0, 3.0; 6.0, 4.0, 6.0]);
    assert_eq!(*by, dmatrix![9.0, 7.0, 9.0]);
    let parts = |samples, count| -> Vec<&[usize]> {
        batch(samples)
            .split(count)
            .map(|part| part.samples)
            .collect()
    };
    assert_eq!(parts(&[2, 0, 1], 2), [&[2, 0][..], &[1]]);
    assert_eq!(parts(&[2, 0, 1], 7), [[2], [0], [1]]);
    assert_eq!(parts(&[2, 0, 1], 0), [[2, 0, 1]]);
    assert!(parts(&[], 2).is_empty());
}

#[test]
fn the_loss_of_an_epoch_is_the_mean_over_samples_also_with_a_smaller_last_batch() {
    let (x, y) = data::<f64>();
    let mut model = network();
    let history = Training::new(logit_cross_entropy {}, GradientDescent::new(0.0))
        .batch_size(7)
        .run(&mut model, &x, &y, &mut rng())
        .unwrap();
    let expected = objective(&model, &logit_cross_entropy {}, &x, &y);
    assert!((history.epochs[0].loss - expected).abs() < 1e-15);
}

#[test]
fn the_same_generator_trains_to_the_same_bits() {
    let train = || {
        let (x, y) = data::<f64>();
        let mut model = network();
        let history = Training::new(logit_cross_entropy {}, Adam::new(0.02))
            .batch_size(4)
            .epochs(10)
            .validation_split(0.3)
            .run(&mut model, &x, &y, &mut rng());
        (history, model)
    };
    assert_eq!(train(), train());
}

#[test]
fn validation_loss_and_metrics_are_those_of_the_model_after_the_epoch() {
    let (x, y) = data::<f64>();
    let (validation_x, labels) = make_moons(11, 0.2, &mut rng());
    let validation_y = onehot(&labels, 2).unwrap();
    let mut expected = Vec::new();
    let history = Training::new(logit_cross_entropy {}, Adam::new(0.05))
        .batch_size(4)
        .epochs(3)
        .validate(&validation_x, &validation_y)
        .metric("accuracy", |p, y| accuracy(p, &onecold(y)))
        .metric("mse", mse)
        .run_with(&mut network(), &x, &y, &mut rng(), |epoch, model| {
            let scores = model.forward(&validation_x);
            let loss = logit_cross_entropy(&scores, &validation_y);
            assert!((epoch.validation_loss.unwrap() - loss).abs() < 1e-15);
            assert_eq!(epoch.metric("accuracy"), Some(accuracy(&scores, &labels)));
            expected.push(mse(&scores, &validation_y));
            Continue(())
        })
        .unwrap();
    assert_eq!(history.metric("mse").len(), 3);
    for (actual, expected) in history.metric("mse").iter().zip(expected) {
        assert!((actual - expected).abs() < 1e-15);
    }
    assert!(history.metric("none").is_empty());
}

#[test]
fn without_validation_the_metrics_are_of_the_training_data() {
    let (x, y) = data::<f64>();
    let history = Training::new(mse {}, GradientDescent::new(0.1))
        .metric("loss", mse)
        .epochs(2)
        .run(&mut network(), &x, &y, &mut rng())
        .unwrap();
    // The metric is taken after the update, the loss before it.
    assert_eq!(
        history.epochs[0].metric("loss"),
        Some(history.epochs[1].loss)
    );
    assert!(history.validation_losses().is_empty());
}

#[test]
fn samples_that_are_held_back_are_not_trained_with() {
    let x = DMatrix::from_fn(1, 20, |_, j| j as f64);
    let held_back = RefCell::new(Vec::new());
    let spy = spy(|_| {});
    Training::new(mse {}, GradientDescent::new(1e-6))
        .batch_size(3)
        .epochs(2)
        .validation_split(0.25)
        .metric("samples", |_, y| {
            *held_back.borrow_mut() = y.iter().map(|y| *y as usize).collect();
            0.0
        })
        .gradients(&spy)
        .run(&mut line(), &x, &x, &mut rng())
        .unwrap();
    let batches = spy.batches.into_inner();
    let mut all = batches[..5].concat();
    assert_eq!((all.len(), held_back.borrow().len()), (15, 5));
    assert!(!held_back.borrow().is_sorted());
    all.extend(&*held_back.borrow());
    all.sort_unstable();
    assert!(all.into_iter().eq(0..20));
}

/// Rates that make the loss of w = 1 fall for three epochs and then rise.
fn falls_then_rises(step: usize) -> f64 {
    if step < 3 { 0.1 } else { 1.5 }
}

/// With validation data if `validated`, and otherwise with the training data in their place.
fn keeps_the_best(validated: bool) {
    let (x, y) = (dmatrix![1.0], dmatrix![1.0]);
    let mut models = Vec::new();
    let mut model = line();
    let training = Training::new(mse {}, GradientDescent::new(falls_then_rises));
    let training = if validated {
        training.validate(&x, &y)
    } else {
        training
    };
    let history = training
        .epochs(100)
        .patience(4)
        .run_with(&mut model, &x, &y, &mut rng(), |_, model| {
            models.push(model.clone());
            Continue(())
        })
        .unwrap();
    assert_eq!(
        (history.epochs.len(), history.ending),
        (7, Ending::Patience)
    );
    assert_eq!(history.best().unwrap().number, 3);
    let best: Vec<bool> = history.epochs.iter().map(|epoch| epoch.is_best).collect();
    assert_eq!(best, [true, true, true, false, false, false, false]);
    assert_eq!(model, models[2]);
    assert_ne!(model, models[6]);
}

#[test]
fn patience_keeps_the_model_of_the_best_epoch() {
    keeps_the_best(true);
    keeps_the_best(false);
}

#[test]
fn without_patience_the_last_model_is_kept() {
    let (x, y) = (dmatrix![1.0], dmatrix![1.0]);
    let mut last = None;
    let mut model = line();
    let history = Training::new(mse {}, GradientDescent::new(falls_then_rises))
        .epochs(5)
        .run_with(&mut model, &x, &y, &mut rng(), |_, model| {
            last = Some(model.clone());
            Continue(())
        })
        .unwrap();
    // Without validation data the loss decides; it is that before the update.
    assert_eq!(history.best().unwrap().number, 4);
    assert_eq!(Some(model), last);
}

#[test]
fn the_observer_can_end_it() {
    let (x, y) = data::<f64>();
    let history = Training::new(mse {}, Adam::new(0.01))
        .epochs(10)
        .run_with(&mut network(), &x, &y, &mut rng(), |epoch, _| {
            if epoch.number == 2 {
                Break(())
            } else {
                Continue(())
            }
        })
        .unwrap();
    assert_eq!(
        (history.epochs.len(), history.ending),
        (2, Ending::Observer)
    );
}

#[test]
fn the_stop_flag_ends_it_after_the_current_batch() {
    let (x, y) = data::<f64>();
    let flag = AtomicBool::new(false);
    let spy = spy(|batch| flag.store(batch == 5, Ordering::Relaxed));
    let mut optimiser = Adam::new(0.01);
    let history = Training::new(mse {}, &mut optimiser)
        .batch_size(8)
        .epochs(10)
        .stop_flag(&flag)
        .gradients(&spy)
        .run(&mut network(), &x, &y, &mut rng())
        .unwrap();
    assert_eq!(
        (history.epochs.len(), history.ending),
        (1, Ending::StopFlag)
    );
    assert_eq!(optimiser.memory.steps(), 5);
}

#[test]
fn the_history_has_the_rate_of_the_last_update_of_each_epoch() {
    let (x, y) = data::<f64>();
    let rate = |step: usize| 0.001 * step as f64;
    let history = Training::new(mse {}, GradientDescent::new(rate))
        .batch_size(10)
        .epochs(2)
        .run(&mut network(), &x, &y, &mut rng())
        .unwrap();
    let rates: Vec<f64> = history
        .epochs
        .iter()
        .map(|epoch| epoch.learning_rate)
        .collect();
    assert_eq!(rates, [rate(2), rate(5)]);
}

#[test]
fn an_optimiser_that_is_lent_carries_on() {
    let (x, y) = data::<f64>();
    let train = |runs: usize| {
        let (mut model, mut optimiser) = (network(), Adam::new(0.01));
        for _ in 0..runs {
            Training::new(mse {}, &mut optimiser)
                .epochs(12 / runs)
                .run(&mut model, &x, &y, &mut rng())
                .unwrap();
        }
        model
    };
    assert_eq!(train(1), train(3));
}

#[test]
fn single_precision_models_train() {
    let (x, y) = data::<f32>();
    let history = Training::new(logit_cross_entropy {}, Adam::new(0.05))
        .batch_size(6)
        .epochs(100)
        .metric("accuracy", |p, y| accuracy(p, &onecold(y)))
        .run(&mut network(), &x, &y, &mut rng())
        .unwrap();
    assert!(history.epochs[99].metric("accuracy").unwrap() > 0.95);
}

/// Trains a line on 20 samples in batches of 4, with what is changed beforehand.
fn failing(
    change: impl FnOnce(&mut DMatrix<f64>, &mut DMatrix<f64>, &mut Dense),
) -> (TrainingError, Dense, Dense) {
    let mut x = DMatrix::from_fn(1, 20, |_, j| 0.1 * j as f64);
    let mut y = 2.0 * &x;
    let mut model = line();
    change(&mut x, &mut y, &mut model);
    let mut before = model.clone();
    let error = Training::new(mse {}, GradientDescent::new(0.01))
        .batch_size(4)
        .epochs(3)
        .gradients(&spy(|_| {}))
        .run_with(&mut model, &x, &y, &mut rng(), |_, model| {
            before = model.clone();
            Continue(())
        })
        .unwrap_err();
    (error, model, before)
}

#[test]
fn a_sample_that_is_not_finite_is_named_and_the_model_stays_finite() {
    let (error, model, _) = failing(|x, _, _| x[13] = f64::NAN);
    let text = error.to_string();
    assert!(text.starts_with("epoch 1, step "), "{text}");
    assert!(
        text.ends_with(": the loss is NaN; the data of sample 13 are not finite"),
        "{text}"
    );
    assert_eq!(error.history.ending, Ending::Error);
    assert!(model.weight[0].is_finite() && model.bias[0].is_finite());

    let (error, ..) = failing(|_, y, _| y[7] = f64::INFINITY);
    let text = error.to_string();
    assert!(
        text.ends_with(": the loss is inf; the targets of sample 7 are not finite"),
        "{text}"
    );
}

#[test]
fn a_parameter_that_is_not_finite_is_named() {
    let (error, ..) = failing(|_, _, model| model.bias[0] = f64::NAN);
    assert_eq!(
        error.to_string(),
        "epoch 1, step 1: the loss is NaN; `bias` is not finite"
    );
}

#[test]
fn a_loss_that_overflows_names_the_gradient_and_leaves_the_model() {
    let (error, model, before) = failing(|x, _, model| {
        x.fill(1e200);
        model.weight[0] = 1.0;
    });
    let expected = "epoch 1, step 1: the loss is inf; the gradient of `weight` is not finite";
    assert_eq!(error.to_string(), expected);
    let Cause::Loss { value, origin, .. } = *error.cause else {
        panic!("{error}")
    };
    assert_eq!(
        (value, origin),
        (f64::INFINITY, Origin::Gradient("weight".into()))
    );
    assert_eq!(model, before);
}

/// A gradient that is infinite in the eighth step, with a finite loss.
struct Sabotage(Cell<usize>);

impl Gradients<f64, Dense, mse> for Sabotage {
    fn value_and_gradient(
        &self,
        model: &Dense,
        loss: &mse,
        batch: &Batch<'_, f64>,
    ) -> (f64, <Dense as Differentiable>::Tangent) {
        let (value, mut gradient) = Serial.value_and_gradient(model, loss, batch);
        self.0.set(self.0.get() + 1);
        if self.0.get() == 8 {
            gradient.bias[0] = f64::INFINITY;
        }
        (value, gradient)
    }
}

#[test]
fn a_gradient_that_is_not_finite_stops_before_the_update_with_the_history() {
    let (x, y) = (DMatrix::repeat(1, 20, 1.0), DMatrix::repeat(1, 20, 2.0));
    let mut model = line();
    let mut optimiser = GradientDescent::new(0.1);
    let error = Training::new(mse {}, &mut optimiser)
        .batch_size(4)
        .epochs(3)
        .gradients(Sabotage(Cell::new(0)))
        .run(&mut model, &x, &y, &mut rng())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "epoch 2, step 8: the gradient of `bias` is not finite: its number 0 is inf"
    );
    let Cause::Step { error: cause, .. } = &*error.cause else {
        panic!("{error}")
    };
    assert_eq!(cause.parameter(), Some("bias"));
    assert_eq!(error.history.epochs.len(), 1);
    // Seven updates, each of which leaves 0.6 of the error.
    let expected = 1.0 - 0.6_f64.powi(7);
    assert!((model.weight[0] - expected).abs() < 1e-12);
    assert_eq!(optimiser.memory.steps(), 7);
}

#[test]
fn a_learning_rate_that_is_no_number_is_an_error_of_the_step() {
    let (x, y) = data::<f64>();
    let error = Training::new(mse {}, GradientDescent::new(f64::NAN))
        .run(&mut network(), &x, &y, &mut rng())
        .unwrap_err();
    let error = *error.cause;
    assert!(matches!(
        error,
        Cause::Step {
            epoch: 1,
            step: 1,
            error: StepError::LearningRate { step: 0, .. }
        }
    ));
}

#[test]
fn what_cannot_be_trained_with_is_refused_in_words() {
    #[track_caller]
    fn refused(result: Result<History, TrainingError>, expected: &str) {
        assert_eq!(result.unwrap_err().to_string(), expected);
    }
    let (x, y) = data::<f64>();
    let training = || Training::new(mse {}, Adam::new(0.01));
    let (model, rng) = (&mut network(), &mut rng());
    refused(
        training().run(model, &x, &y.columns(0, 22).into_owned(), rng),
        "the training data have 23 samples, their targets 22",
    );
    let none = DMatrix::zeros(2, 0);
    refused(
        training().run(model, &none, &none, rng),
        "there are no training data",
    );
    refused(
        training().batch_size(0).run(model, &x, &y, rng),
        "a batch needs at least 1 sample",
    );
    refused(
        training().validate(&none, &none).run(model, &x, &y, rng),
        "there are no validation data",
    );
    let row = DMatrix::zeros(1, 23);
    refused(
        training().validate(&row, &y).run(model, &x, &y, rng),
        "the training data have 2 features, the validation data 1",
    );
    refused(
        training().validate(&x, &row).run(model, &x, &y, rng),
        "the training data have 2 targets, the validation data 1",
    );
    for fraction in [0.0, 0.02, 0.99, 1.0, -1.0, f64::NAN] {
        refused(
            training()
                .validation_split(fraction)
                .run(model, &x, &y, rng),
            &format!("a validation split of {fraction} leaves none of 23 samples on one side"),
        );
    }
}

/// Remembers the seed of the layer in each batch.
struct Seeds(RefCell<Vec<Option<u64>>>);

type Dropping = Chain<(Dense, Dropout)>;

impl Gradients<f64, Dropping, mse> for &Seeds {
    fn value_and_gradient(
        &self,
        model: &Dropping,
        loss: &mse,
        batch: &Batch<'_, f64>,
    ) -> (f64, <Dropping as Differentiable>::Tangent) {
        self.0.borrow_mut().push(model.layers.1.seed.get());
        Serial.value_and_gradient(model, loss, batch)
    }
}

#[test]
fn random_layers_have_a_seed_for_each_batch_and_none_otherwise() {
    let (x, y) = (DMatrix::repeat(1, 20, 1.0), DMatrix::repeat(1, 20, 2.0));
    let mut model = Chain((line(), Dropout::new(0.5)));
    let seeds = Seeds(RefCell::default());
    let train = |model: &mut Dropping, rate: f64| {
        Training::new(mse {}, GradientDescent::new(rate))
            .batch_size(5)
            .epochs(2)
            .validation_split(0.25)
            .gradients(&seeds)
            .run_with(model, &x, &y, &mut rng(), |epoch, model| {
                assert_eq!(model.layers.1.seed.get(), None);
                let loss = objective(model, &mse {}, &x, &y);
                assert!((epoch.validation_loss.unwrap() - loss).abs() < 1e-12);
                Continue(())
            })
    };
    train(&mut model, 0.01).unwrap();
    assert_eq!(model.layers.1.seed.get(), None);
    let mut drawn = seeds.0.take();
    assert!(drawn.len() == 6 && drawn.iter().all(Option::is_some));
    drawn.sort_unstable();
    drawn.dedup();
    assert_eq!(drawn.len(), 6);

    train(&mut model, f64::NAN).unwrap_err();
    assert_eq!(model.layers.1.seed.get(), None);
}

#[test]
fn no_epochs_leave_the_model_alone() {
    let (x, y) = data::<f64>();
    let mut model = network();
    let history = Training::new(mse {}, Adam::new(0.01))
        .epochs(0)
        .patience(1)
        .run(&mut model, &x, &y, &mut rng())
        .unwrap();
    assert_eq!(
        (history.epochs.len(), history.ending),
        (0, Ending::Completed)
    );
    assert_eq!(history.best(), None);
    assert_eq!(model, network());
}
