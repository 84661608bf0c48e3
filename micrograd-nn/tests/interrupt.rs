//! Ctrl-C ends a training, not the program.
#![cfg(all(unix, feature = "ctrlc"))]

use std::ops::ControlFlow::Continue;
use std::process::Command;
use std::time::{Duration, Instant};

use micrograd_nn::train::{Ending, Training, on_ctrl_c};
use micrograd_nn::{Adam, Dense, activation::identity, loss::mse};
use nalgebra::dmatrix;
use rand::SeedableRng;

#[test]
fn ctrl_c_ends_the_training_with_its_history() {
    let (x, y) = (dmatrix![1.0, 2.0], dmatrix![2.0, 4.0]);
    let mut model = Dense {
        weight: dmatrix![0.0],
        bias: dmatrix![0.0],
        activation: identity {},
    };
    let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
    let flag = on_ctrl_c().unwrap();
    let start = Instant::now();
    let history = Training::new(mse {}, Adam::new(1e-3))
        .batch_size(1)
        .epochs(usize::MAX)
        .stop_flag(flag)
        .run_with(&mut model, &x, &y, rng, |epoch, _| {
            if epoch.number == 3 {
                let id = std::process::id().to_string();
                let status = Command::new("kill").args(["-INT", &id]).status();
                assert!(status.unwrap().success());
            }
            assert!(start.elapsed() < Duration::from_secs(60), "nobody noticed");
            Continue(())
        })
        .unwrap();
    assert_eq!(history.ending, Ending::StopFlag);
    assert!(history.epochs.len() >= 3);
    assert!(model.weight[0] > 0.0);
}
