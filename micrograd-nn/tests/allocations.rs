//! What a training step allocates: every step the same, and nothing that is not named here.

use allocation_counter::measure;
use micrograd_core::Differentiable;
use micrograd_nn::activation::{identity, relu};
use micrograd_nn::loss::logit_cross_entropy;
use micrograd_nn::train::{Batch, Gradients, Serial};
use micrograd_nn::{
    Chain, Dense, GradientDescent, Training, descend, make_moons, onehot, pullback_objective,
};
use nalgebra::DMatrix;
use rand::SeedableRng;

/// The product of each layer, the sum with the bias, and the activation of it.
const LAYERS: u64 = 3 * 3;
/// A copy of the predictions, their logarithmic softmax and what it keeps.
const LOSS: u64 = 1 + 2;
/// The gradient of three weights and three biases, which the caller gets.
const GRADIENT: u64 = 3 * 2;
/// The cotangent of the logarithmic softmax, which becomes that of the predictions.
const LOSS_COTANGENTS: u64 = 1;
/// The cotangents of what the second and third layer are given; the samples have none. A product with a cotangent
/// of two rows is made in its transposed shape.
const LAYER_COTANGENTS: u64 = 2 + 1;
/// nalgebra packs the operands of a product whose dimensions are all above 5: those of the layer of 16 × 16.
const PACKED: u64 = 1;
/// Of a gradient in the memory of the last one: the sums over the samples, which become the gradients of the biases.
const BIASES: u64 = 3;
/// What a step makes for itself.
const FORWARD: u64 = LAYERS + LOSS + PACKED;
const COTANGENTS: u64 = LOSS_COTANGENTS + LAYER_COTANGENTS + 2 * PACKED;
/// The path of fields to a parameter, as it is visited.
const NAMES: u64 = 1;

type Network = Chain<(Dense<relu>, Dense<relu>, Dense<identity>)>;

#[test]
fn a_step_allocates_what_is_named() {
    let (mut model, x, y) = task();
    for _ in 0..3 {
        let (mut pullback, mut gradient) = (None, None);
        let forward = measure(|| {
            pullback = Some(pullback_objective(&model, &logit_cross_entropy {}, &x, &y));
        });
        let (_, back) = pullback.unwrap();
        let reverse = measure(|| gradient = Some(back(1.0).0));
        drop(back);
        let update = measure(|| descend(&mut model, gradient.unwrap(), 0.1));
        assert_eq!(forward.count_total, FORWARD);
        assert_eq!(reverse.count_total, GRADIENT + COTANGENTS);
        assert_eq!(
            reverse.count_current, GRADIENT as i64,
            "only the gradient stays"
        );
        assert_eq!(update.count_total, NAMES);
    }
}

#[test]
fn a_step_in_the_memory_of_the_last_gradient_allocates_no_weights() {
    let (mut model, x, y) = task();
    let samples: Vec<usize> = (0..x.ncols()).collect();
    let batch = Batch {
        x: &x,
        y: &y,
        samples: &samples,
    };
    let mut gradient = model.zero_tangent();
    for _ in 0..3 {
        let step = measure(|| {
            let loss = logit_cross_entropy {};
            let _ = Serial.value_and_gradient_in(&model, &loss, &batch, &mut gradient);
            descend(&mut model, &mut gradient, 0.1);
        });
        assert_eq!(step.count_total, FORWARD + COTANGENTS + BIASES + NAMES);
        assert_eq!(step.count_current, 0);
    }
}

#[test]
fn a_training_allocates_the_gradients_of_its_weights_once() {
    let (model, x, y) = task();
    let allocated = |epochs| {
        let (mut model, mut kept) = (model.clone(), None);
        let all = measure(|| {
            let mut training = Training::new(logit_cross_entropy {}, GradientDescent::new(0.1));
            training = training.batch_size(200).epochs(epochs);
            let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
            kept = Some(training.run(&mut model, &x, &y, rng));
        });
        all.count_total
    };
    // A batch of all samples is lent, so an epoch is a step. Its parameters are visited for two checks and the update.
    let epoch = allocated(7) - allocated(6);
    assert_eq!(epoch, FORWARD + COTANGENTS + BIASES + 3 * NAMES);
}

fn task() -> (Network, DMatrix<f64>, DMatrix<f64>) {
    let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
    let (x, labels) = make_moons(200, 0.1, rng);
    let model = Chain((
        Dense::new(2, 16, relu {}, rng),
        Dense::new(16, 16, relu {}, rng),
        Dense::new(16, 2, identity {}, rng),
    ));
    (model, x, onehot(&labels, 2).unwrap())
}
