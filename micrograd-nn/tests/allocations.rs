//! What a training step allocates: every step the same, and nothing that is not named here.

use allocation_counter::measure;
use micrograd_nn::activation::{identity, relu};
use micrograd_nn::loss::logit_cross_entropy;
use micrograd_nn::{Chain, Dense, descend, make_moons, onehot, pullback_objective};
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
/// The path of fields to a parameter, as it is visited.
const NAMES: u64 = 1;

#[test]
fn a_step_allocates_what_is_named() {
    let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
    let (x, labels) = make_moons(200, 0.1, rng);
    let y = onehot(&labels, 2).unwrap();
    let mut model = Chain((
        Dense::new(2, 16, relu {}, rng),
        Dense::new(16, 16, relu {}, rng),
        Dense::new(16, 2, identity {}, rng),
    ));
    for _ in 0..3 {
        let (mut pullback, mut gradient) = (None, None);
        let forward = measure(|| {
            pullback = Some(pullback_objective(&model, &logit_cross_entropy {}, &x, &y));
        });
        let (_, back) = pullback.unwrap();
        let reverse = measure(|| gradient = Some(back(1.0).0));
        drop(back);
        let update = measure(|| descend(&mut model, gradient.unwrap(), 0.1));
        assert_eq!(forward.count_total, LAYERS + LOSS + PACKED);
        let cotangents = LOSS_COTANGENTS + LAYER_COTANGENTS + 2 * PACKED;
        assert_eq!(reverse.count_total, GRADIENT + cotangents);
        assert_eq!(
            reverse.count_current, GRADIENT as i64,
            "only the gradient stays"
        );
        assert_eq!(update.count_total, NAMES);
    }
}
