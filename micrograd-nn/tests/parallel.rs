//! Gradients of parts of a batch: the same as those of the whole, and the same whatever the threads.
#![cfg(feature = "rayon")]

use micrograd_core::{Differentiable, Leaf, Name, Parameters};
use micrograd_nn::activation::{identity, softmax, tanh};
use micrograd_nn::loss::{cross_entropy, hinge_loss, logit_cross_entropy, mse};
use micrograd_nn::train::{Batch, Gradients, Parallel, Serial, Training};
use micrograd_nn::{Adam, Chain, Dense, Layer, Loss, make_moons, onehot};
use nalgebra::DMatrix;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

type Network<F> = Chain<(Dense<tanh>, Dense<F>)>;

/// A network 2-7-2 and 23 samples with one-hot targets.
fn setting<F>(last: F) -> (Network<F>, DMatrix<f64>, DMatrix<f64>) {
    let rng = &mut ChaCha8Rng::seed_from_u64(11);
    let (x, labels) = make_moons(23, 0.2, rng);
    let model = Chain((Dense::new(2, 7, tanh {}, rng), Dense::new(7, 2, last, rng)));
    (model, x, onehot(&labels, 2).unwrap())
}

/// All numbers of a gradient.
fn numbers<M: Parameters + Clone>(model: &M, mut gradient: M::Tangent) -> Vec<f64> {
    let mut all = Vec::new();
    model
        .clone()
        .visit_parameters(&mut gradient, &mut Name::default(), &mut |_, _, leaf| {
            if let Leaf::F64(_, gradient) = leaf {
                all.extend_from_slice(gradient);
            }
        });
    all
}

#[track_caller]
fn check_parts<F>(last: F, loss: impl Loss + Sync)
where
    F: Clone,
    Network<F>: Layer + Parameters + Sync,
    <Network<F> as Differentiable>::Tangent: Send,
{
    let (model, x, y) = setting(last);
    let all: Vec<usize> = (0..23).collect();
    for samples in [&all[..], &[5, 21, 3, 17, 0], &[8]] {
        let batch = Batch {
            x: &x,
            y: &y,
            samples,
        };
        let (value, gradient) = Serial.value_and_gradient(&model, &loss, &batch);
        let gradient = numbers(&model, gradient);
        assert!(gradient.iter().any(|slope| slope.abs() > 1e-3));
        for parts in [1, 2, 3, 5, 7, 23, 100] {
            let parallel = Parallel { parts };
            let (value_of_parts, sum) = parallel.value_and_gradient(&model, &loss, &batch);
            assert!((value_of_parts - value).abs() < 1e-12);
            for (slope, of_parts) in gradient.iter().zip(numbers(&model, sum)) {
                assert!((slope - of_parts).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn unequal_parts_add_up_to_the_whole_for_every_loss() {
    check_parts(identity {}, mse {});
    check_parts(softmax {}, cross_entropy {});
    check_parts(identity {}, logit_cross_entropy {});
    check_parts(identity {}, hinge_loss {});
}

#[test]
fn the_threads_do_not_change_a_bit() {
    let train = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let (mut model, x, y) = setting(identity {});
            let rng = &mut ChaCha8Rng::seed_from_u64(1);
            let history = Training::new(logit_cross_entropy {}, Adam::new(0.01))
                .batch_size(10)
                .epochs(5)
                .gradients(Parallel { parts: 4 })
                .run(&mut model, &x, &y, rng)
                .unwrap();
            (history, model)
        })
    };
    assert_eq!(train(1), train(3));
}
