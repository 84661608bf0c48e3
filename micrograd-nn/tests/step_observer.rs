//! The observer of updates: what it is told, and how it ends a training.

use std::ops::ControlFlow::{Break, Continue};

use micrograd_core::{Differentiable, flatten, gradient};
use micrograd_nn::activation::{identity, tanh};
use micrograd_nn::loss::mse;
use micrograd_nn::optimise::StepDecay;
use micrograd_nn::train::{Batch, Ending, Step};
use micrograd_nn::{Adam, Chain, Dense, GradientDescent, Optimiser, Training, objective};
use nalgebra::DMatrix;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

type Network = Chain<(Dense<tanh>, Dense<identity>)>;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(5)
}

fn network() -> Network {
    let rng = &mut rng();
    Chain((
        Dense::new(2, 4, tanh {}, rng),
        Dense::new(4, 1, identity {}, rng),
    ))
}

/// Ten samples.
fn data() -> (DMatrix<f64>, DMatrix<f64>) {
    let x = DMatrix::from_fn(2, 10, |i, j| ((3 * i + j) as f64).sin());
    let y = DMatrix::from_fn(1, 10, |_, j| x[(0, j)] * x[(1, j)]);
    (x, y)
}

#[test]
fn each_update_is_told_as_an_open_loop_makes_it() {
    let (x, y) = data();
    let rate = StepDecay {
        initial: 0.2,
        factor: 0.5,
        every: 2,
    };
    let (mut told, mut model) = (Vec::new(), network());
    let history = Training::new(mse {}, GradientDescent::new(rate).clip_norm(0.1))
        .batch_size(4)
        .epochs(2)
        .observe_steps(|step| {
            told.push(step.clone());
            Continue(())
        })
        .run(&mut model, &x, &y, &mut rng())
        .unwrap();

    let (mut other, rng) = (network(), &mut rng());
    let mut optimiser = GradientDescent::new(rate).clip_norm(0.1);
    let mut expected = Vec::new();
    for epoch in 1..=2 {
        let mut order: Vec<usize> = (0..10).collect();
        order.shuffle(rng);
        for samples in order.chunks(4) {
            let (x, y) = Batch {
                x: &x,
                y: &y,
                samples,
            }
            .gather();
            let (loss, (gradient, ..)) = gradient!(objective, &other, &mse {}, &x, &y);
            let squares = flat(&other, &gradient).iter().map(|g| g * g).sum::<f64>();
            let rate = optimiser.learning_rate();
            expected.push((epoch, expected.len() + 1, loss, rate, squares.sqrt()));
            optimiser.step(&mut other, gradient).unwrap();
        }
    }
    assert_eq!(model, other);
    assert_eq!((told.len(), told[5].epoch), (6, 2));
    assert!(told[0].gradient_norm > 0.1, "it is that before clipping");
    for (step, (epoch, number, loss, rate, norm)) in told.iter().zip(expected) {
        assert_eq!((step.epoch, step.number), (epoch, number));
        assert_eq!((step.loss, step.learning_rate), (loss, rate));
        assert!((step.gradient_norm - norm).abs() < 1e-15 * norm.max(1.0));
    }
    let mean = |steps: &[Step]| 0.4 * (steps[0].loss + steps[1].loss) + 0.2 * steps[2].loss;
    assert!((history.epochs[1].loss - mean(&told[3..])).abs() < 1e-15);
}

/// The numbers of a gradient, by a model that holds them.
fn flat(model: &Network, gradient: &<Network as Differentiable>::Tangent) -> Vec<f64> {
    let mut holder = model.clone();
    let (first, second) = &mut holder.layers;
    first.weight = gradient.layers.0.weight.clone();
    first.bias = gradient.layers.0.bias.clone();
    second.weight = gradient.layers.1.weight.clone();
    second.bias = gradient.layers.1.bias.clone();
    flatten(&holder)
}

/// Trains until the observer has seen `last` updates, in epochs of three.
fn stopped_after(last: usize, patience: Option<usize>) -> (Network, Vec<f64>, Ending) {
    let (x, y) = data();
    let mut model = network();
    let mut training = Training::new(mse {}, Adam::new(0.01))
        .batch_size(4)
        .epochs(3)
        .observe_steps(|step| {
            assert!(step.number <= last, "no update after the last");
            if step.number == last {
                Break(())
            } else {
                Continue(())
            }
        });
    if let Some(patience) = patience {
        training = training.patience(patience);
    }
    let history = training.run(&mut model, &x, &y, &mut rng()).unwrap();
    (model, history.losses(), history.ending)
}

#[test]
fn a_break_within_an_epoch_keeps_its_updates_but_not_the_epoch() {
    let (one, losses, ending) = stopped_after(4, None);
    assert_eq!((losses.len(), ending), (1, Ending::Observer));
    let (before, ..) = stopped_after(3, None);
    assert_ne!(one, before);
    let (best, losses, _) = stopped_after(4, Some(2));
    assert_eq!((losses.len(), best), (1, before));
}

#[test]
fn a_break_at_the_last_batch_completes_the_epoch() {
    let (_, losses, ending) = stopped_after(3, None);
    assert_eq!((losses.len(), ending), (1, Ending::Observer));
    let (_, losses, ending) = stopped_after(9, None);
    assert_eq!((losses.len(), ending), (3, Ending::Observer));
    let (_, losses, ending) = stopped_after(1, None);
    assert_eq!((losses.len(), ending), (0, Ending::Observer));
}
