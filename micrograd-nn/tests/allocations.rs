//! What a training step allocates.

use allocation_counter::{AllocationInfo, measure};
use micrograd_nn::activation::{identity, relu};
use micrograd_nn::loss::logit_cross_entropy;
use micrograd_nn::{Chain, Dense, descend, make_moons, onehot, pullback_objective};
use rand::SeedableRng;

#[test]
fn count() {
    let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
    let (x, labels) = make_moons(200, 0.1, rng);
    let y = onehot(&labels, 2).unwrap();
    let mut model = Chain((
        Dense::new(2, 16, relu {}, rng),
        Dense::new(16, 16, relu {}, rng),
        Dense::new(16, 2, identity {}, rng),
    ));
    let show = |name: &str, i: AllocationInfo| println!("{name}: {i:?}");
    for _ in 0..2 {
        let mut pair = None;
        show(
            "forward",
            measure(|| pair = Some(pullback_objective(&model, &logit_cross_entropy {}, &x, &y))),
        );
        let (_, back) = pair.unwrap();
        let mut gradient = None;
        show("back", measure(|| gradient = Some(back(1.0).0)));
        drop(back);
        show(
            "descend",
            measure(|| descend(&mut model, gradient.unwrap(), 0.1)),
        );
    }
}
