//! The moons example as a test: 200 points, a 2-16-16-2 network, 200 iterations at rate 0.9.

use micrograd_nn::activation::{identity, relu};
use micrograd_nn::loss::logit_cross_entropy;
use micrograd_nn::{Chain, Dense, accuracy, gradient_descent, make_moons, onehot};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The loss before each update, and the accuracy after the last.
fn train(seed: u64, iterations: usize) -> (Vec<f64>, f64) {
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    let (x, labels) = make_moons(200, 0.1, rng);
    let y = onehot(&labels, 2).unwrap();
    let mut model = Chain((
        Dense::new(2, 16, relu {}, rng),
        Dense::new(16, 16, relu {}, rng),
        Dense::new(16, 2, identity {}, rng),
    ));
    let history = gradient_descent(&mut model, logit_cross_entropy {}, &x, &y, 0.9, iterations);
    (history, accuracy(&model.forward(&x), &labels))
}

#[test]
fn the_loss_falls_from_the_first_iterations_on() {
    let (history, accuracy) = train(42, 10);
    assert_eq!(history.len(), 10);
    assert!(history[9] < 0.7 * history[0], "{history:?}");
    assert!(accuracy > 0.75, "accuracy {accuracy}");
}

#[test]
fn a_seed_reproduces_the_training_to_the_bit() {
    assert_eq!(train(7, 5), train(7, 5));
    assert_ne!(train(7, 5), train(8, 5));
}

#[test]
#[ignore = "20 trainings: run it in release, with `--ignored`"]
fn every_one_of_20_seeds_reaches_99_percent() {
    let results: Vec<(u64, f64, f64)> = (0..20)
        .map(|seed| {
            let (history, accuracy) = train(seed, 200);
            (seed, history[199], accuracy)
        })
        .collect();
    for (seed, loss, accuracy) in &results {
        println!(
            "seed {seed:2}: loss {loss:.5}, accuracy {:.1} %",
            100.0 * accuracy
        );
    }
    let failed: Vec<_> = results
        .iter()
        .filter(|(.., accuracy)| *accuracy < 0.99)
        .collect();
    assert!(failed.is_empty(), "below 99 %: {failed:?}");
}
