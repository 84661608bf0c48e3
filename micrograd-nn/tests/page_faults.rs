//! A training has the memory of its steps kept: it does not get it from the system again and again.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use micrograd_nn::activation::identity;
use micrograd_nn::loss::mse;
use micrograd_nn::{Dense, GradientDescent, Training};
use nalgebra::dmatrix;
use rand::SeedableRng;

/// How often this process was given a page: the tenth field of `/proc/self/stat`, the eighth behind the name.
fn page_faults() -> usize {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    fields.split(' ').nth(7).unwrap().parse().unwrap()
}

/// What a step does: it fills 2 MB in blocks that are too small to be mapped one by one, and frees them.
fn fill_and_free() {
    let blocks: Vec<Vec<u8>> = (0..20).map(|_| vec![1; 100_000]).collect();
    std::hint::black_box(blocks);
}

#[test]
fn what_was_freed_is_used_again() {
    let mut model = Dense {
        weight: dmatrix![0.0],
        bias: dmatrix![0.0],
        activation: identity {},
    };
    let (x, y) = (dmatrix![1.0, 2.0], dmatrix![3.0, 5.0]);
    Training::new(mse {}, GradientDescent::new(0.1))
        .run(
            &mut model,
            &x,
            &y,
            &mut rand_chacha::ChaCha8Rng::seed_from_u64(42),
        )
        .unwrap();
    fill_and_free();
    let before = page_faults();
    for _ in 0..10 {
        fill_and_free();
    }
    // By default there are 500 a step.
    let more = page_faults() - before;
    assert!(more < 100, "{more} page faults in 10 steps");
}
