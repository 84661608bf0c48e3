//! Training steps of micrograd-nn beside those of candle and burn on the CPU.
//!
//! A step is the mean cross entropy of a network of three dense layers, its gradient, and the update of all
//! parameters by plain gradient descent. All candidates start from the same parameters and see the same samples;
//! the losses of their first steps are compared before they take turns, each with its fastest time.
//!
//! In this folder: `RAYON_NUM_THREADS=1 cargo bench` for one thread, `RAYON_NUM_THREADS=2 cargo bench` for two;
//! `-- --quick` for a look.

mod burn;
mod candle;
mod micrograd;
mod task;
#[path = "../../../../micrograd-core/benches/timer/mod.rs"]
mod timer;

use std::hint::black_box;

use task::{Number, Task};
use timer::Request;

fn main() {
    let request = Request::from_arguments();
    println!(
        "{} threads; a step, and what it takes in terms of micrograd-nn",
        rayon::current_num_threads()
    );
    println!(
        "{:<28} {:>15} {:>9} {:>9} {:>9}",
        "", "micrograd-nn/µs", "in parts", "candle", "burn"
    );
    row::<f64>(&request, [2, 16, 16, 2], 200);
    row::<f32>(&request, [2, 16, 16, 2], 200);
    row::<f32>(&request, [784, 512, 256, 10], 128);
    row::<f64>(&request, [784, 512, 256, 10], 128);
}

fn row<T: Number>(request: &Request, sizes: [usize; 4], samples: usize) {
    let layers = sizes.map(|size| size.to_string()).join("-");
    let name = format!("{layers} × {samples}, {}", std::any::type_name::<T>());
    if !request.wants(&name) {
        return;
    }
    let task = Task::new(sizes, samples);
    let mut micrograd = micrograd::steps::<T>(&task);
    let mut in_parts = micrograd::steps_in_parts(&task);
    let mut candle = candle::steps(&task).expect("candle takes the task");
    let mut candle = || candle().expect("candle takes a step");
    let mut burn = burn::steps(&task);

    let expected = losses(&mut micrograd);
    let learnt = 1.0 - expected[9] / expected[0];
    assert!(
        learnt > 100.0 * T::TOLERANCE,
        "the losses would agree without training: {expected:?}"
    );
    for (candidate, losses) in [
        ("in parts", losses(&mut in_parts)),
        ("candle", losses(&mut candle)),
        ("burn", losses(&mut burn)),
    ] {
        let pairs = losses.iter().zip(&expected);
        let error = pairs.map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max);
        assert!(
            error <= T::TOLERANCE,
            "{name}, {candidate}: losses are off by {error}"
        );
    }

    let times = request.fastest([
        &mut || _ = black_box(micrograd()),
        &mut || _ = black_box(in_parts()),
        &mut || _ = black_box(candle()),
        &mut || _ = black_box(burn()),
    ]);
    let [micrograd, in_parts, candle, burn] = times.map(|time| time.as_secs_f64());
    println!(
        "{name:<28} {:>15.1} {:>9.2} {:>9.2} {:>9.2}",
        micrograd * 1e6,
        in_parts / micrograd,
        candle / micrograd,
        burn / micrograd,
    );
}

/// The losses of the next ten steps.
fn losses<T: Number>(step: &mut impl FnMut() -> T) -> [f64; 10] {
    std::array::from_fn(|_| step().into_f64())
}
