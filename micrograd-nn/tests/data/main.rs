//! Data sets, splits, scales, label encodings and how well labels are met.

mod labels;
mod scaling;
mod shapes;
mod split;
#[cfg(feature = "csv")]
mod table;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}
