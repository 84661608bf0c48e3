//! Training steps: what the derived gradient costs beside one written by hand.
//!
//! A row is a network of three dense layers with a number of samples. A step is the loss, its gradient and the
//! update of all parameters. Both candidates take turns; each has its fastest time.
//!
//! `cargo bench -p micrograd-nn --bench train`; `-- --quick` for a look. With `--features rayon` also the gradient of a
//! batch in parts at the same time, beside that of the whole.

mod by_hand;
#[path = "../../../micrograd-core/benches/timer/mod.rs"]
mod timer;

use std::hint::black_box;

use micrograd_core::{Differentiable, Function, Parameters, Scalar};
use micrograd_nn::activation::{identity, relu, tanh};
use micrograd_nn::loss::logit_cross_entropy;
use micrograd_nn::train::{Batch, Gradients, Serial};
use micrograd_nn::{Chain, Dense, descend, onehot, pullback_objective};
use nalgebra::{DMatrix, convert};
use rand::distr::uniform::SampleUniform;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use timer::Request;

const RATE: f64 = 1e-3;

type Network<F, T> = Chain<(Dense<F, T>, Dense<F, T>, Dense<identity, T>)>;

/// An activation, derived and by hand.
trait Between<T: Scalar>:
    Function<DMatrix<T>, Output = DMatrix<T>> + Parameters + by_hand::Activation<T> + Copy
{
}

impl<T, F> Between<T> for F
where
    T: Scalar,
    F: Function<DMatrix<T>, Output = DMatrix<T>> + Parameters + by_hand::Activation<T> + Copy,
{
}

fn main() {
    let request = Request::from_arguments();
    println!(
        "{:<28} {:>12} {:>12} {:>10}",
        "a step", "by hand/µs", "derived", "der/hand"
    );
    let small = ([2, 16, 16, 2], 200);
    let large = ([784, 512, 256, 10], 128);
    row::<relu, f64>(&request, "2-16-16-2 × 200, f64", relu {}, small);
    row::<tanh, f32>(&request, "2-16-16-2 × 200, tanh, f32", tanh {}, small);
    row::<tanh, f64>(&request, "2-16-16-2 × 200, tanh, f64", tanh {}, small);
    row::<relu, f32>(&request, "784-512-256-10 × 128, f32", relu {}, large);
    row::<relu, f64>(&request, "784-512-256-10 × 128, f64", relu {}, large);
    #[cfg(feature = "rayon")]
    {
        println!(
            "\n{:<28} {:>12} {:>12} {:>10}",
            "a gradient", "whole/µs", "2 parts", "speed-up"
        );
        in_parts(&request, "64-64-64-10 × 64", 64, 64);
        in_parts(&request, "64-128-128-10 × 256", 128, 256);
        in_parts(&request, "64-256-256-10 × 1024", 256, 1024);
    }
}

/// The gradient of a batch in two parts, beside that of the whole.
#[cfg(feature = "rayon")]
fn in_parts(request: &Request, name: &str, hidden: usize, samples: usize) {
    use micrograd_nn::train::Parallel;
    if !request.wants(name) {
        return;
    }
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let (x, y) = data::<f64>(64, 10, samples, rng);
    let model: Network<relu, f64> = Chain((
        Dense::new(64, hidden, relu {}, rng),
        Dense::new(hidden, hidden, relu {}, rng),
        Dense::new(hidden, 10, identity {}, rng),
    ));
    let all: Vec<usize> = (0..samples).collect();
    let batch = Batch {
        x: &x,
        y: &y,
        samples: &all,
    };
    let loss = logit_cross_entropy {};
    let parts = Parallel { parts: 2 };
    let [whole, parts] = request.fastest([
        &mut || _ = black_box(Serial.value_and_gradient(&model, &loss, black_box(&batch))),
        &mut || _ = black_box(parts.value_and_gradient(&model, &loss, black_box(&batch))),
    ]);
    let (whole, parts) = (whole.as_secs_f64() * 1e6, parts.as_secs_f64() * 1e6);
    println!(
        "{name:<28} {whole:>12.1} {parts:>12.1} {:>10.2}",
        whole / parts
    );
}

fn row<F, T>(request: &Request, name: &str, activation: F, (sizes, samples): ([usize; 4], usize))
where
    F: Between<T>,
    T: Scalar + SampleUniform,
{
    if !request.wants(name) {
        return;
    }
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let (x, y) = data::<T>(sizes[0], sizes[3], samples, rng);
    let mut model: Network<F, T> = Chain((
        Dense::new(sizes[0], sizes[1], activation, rng),
        Dense::new(sizes[1], sizes[2], activation, rng),
        Dense::new(sizes[2], sizes[3], identity {}, rng),
    ));
    let mut by_hand = by_hand::Network::<F, T>::new(parameters(&model), samples);
    compare(&model, &mut by_hand, &x, &y);
    let all: Vec<usize> = (0..samples).collect();
    let mut gradient = model.zero_tangent();
    let [by_hand, derived] = request.fastest([
        &mut || _ = black_box(by_hand.step(black_box(&x), &y, convert(RATE))),
        &mut || {
            let batch = Batch {
                x: black_box(&x),
                y: &y,
                samples: &all,
            };
            let loss = logit_cross_entropy {};
            let loss = Serial.value_and_gradient_in(&model, &loss, &batch, &mut gradient);
            descend(&mut model, &mut gradient, RATE);
            black_box(loss);
        },
    ]);
    let (by_hand, derived) = (by_hand.as_secs_f64() * 1e6, derived.as_secs_f64() * 1e6);
    println!(
        "{name:<28} {by_hand:>12.1} {derived:>12.1} {:>10.2}",
        derived / by_hand
    );
}

/// Samples of numbers in [-1, 1), each with a class.
fn data<T: Scalar>(
    features: usize,
    classes: usize,
    samples: usize,
    rng: &mut impl Rng,
) -> (DMatrix<T>, DMatrix<T>) {
    let x = DMatrix::from_fn(features, samples, |_, _| {
        convert(rng.random_range(-1.0..1.0))
    });
    let labels: Vec<usize> = (0..samples).map(|_| rng.random_range(0..classes)).collect();
    let y: DMatrix<f64> = onehot(&labels, classes).expect("labels below the number of classes");
    (x, y.map(convert))
}

fn parameters<F: Between<T>, T: Scalar>(model: &Network<F, T>) -> Vec<(DMatrix<T>, DMatrix<T>)> {
    let (a, b, c) = model.layers.clone();
    vec![(a.weight, a.bias), (b.weight, b.bias), (c.weight, c.bias)]
}

/// Panics unless both candidates have the same loss and gradient, up to rounding.
fn compare<F: Between<T>, T: Scalar>(
    model: &Network<F, T>,
    by_hand: &mut by_hand::Network<F, T>,
    x: &DMatrix<T>,
    y: &DMatrix<T>,
) {
    let (loss, back) = pullback_objective(model, &logit_cross_entropy {}, x, y);
    let (a, b, c) = back(T::one()).0.layers;
    let expected = by_hand.gradient(x, y);
    let tolerance: T = T::default_epsilon() * convert(1e4);
    assert!(
        (loss - expected).abs() <= tolerance * expected.abs(),
        "{loss} by hand {expected}"
    );
    let derived = [
        [&a.weight, &a.bias],
        [&b.weight, &b.bias],
        [&c.weight, &c.bias],
    ];
    for (derived, by_hand) in derived.into_iter().zip(by_hand.gradients()) {
        for (derived, by_hand) in derived.into_iter().zip(by_hand) {
            let error = (derived - by_hand).amax();
            assert!(error <= tolerance * by_hand.amax(), "off by {error}");
        }
    }
}
