//! Fixed kernels, of which `.ci/instructions` counts the instructions: of the function, and of the function with
//! its gradient. Counts do not depend on what else the machine does, so that a change of one per cent shows.
//!
//! `instructions KERNEL primal|gradient` runs one of them twice: first to warm up, then in [`counted`], which is all that
//! counts. `instructions --list` names the kernels; without arguments all run.

#![allow(
    clippy::needless_range_loop,
    clippy::approx_constant,
    clippy::excessive_precision,
    dead_code,
    reason = "the objectives of the benchmark suite are written as numeric code is, and not all of it is used"
)]

#[path = "adbench/ba.rs"]
mod ba;
#[path = "adbench/gmm.rs"]
mod gmm;
#[path = "adbench/hand.rs"]
mod hand;
#[path = "adbench/input.rs"]
mod input;
#[path = "adbench/lstm.rs"]
mod lstm;

use micrograd_core::{differentiable, gradient};
use std::hint::black_box;
use std::rc::Rc;

type Run = Box<dyn Fn()>;

/// The name of a kernel, and what makes its input and the two ways to run it.
type Kernel = (&'static str, fn() -> [Run; 2]);

const KERNELS: [Kernel; 10] = [
    ("dot", || {
        let gradient = |x: &Vectors| gradient!(dot, &x.0, &x.1);
        kernel(vectors(1000), |x| dot(&x.0, &x.1), gradient)
    }),
    ("rosenbrock", || {
        kernel(
            vectors(1000).0,
            |x| rosenbrock(x),
            |x| gradient!(rosenbrock, x),
        )
    }),
    ("newton", || {
        let gradient = |x: &Vectors| gradient!(anomalies, &x.0, 0.6);
        kernel(vectors(100), |x| anomalies(&x.0, 0.6), gradient)
    }),
    ("heat", || {
        let gradient = |x: &Vectors| gradient!(heat, &x.0, 0.3, 50);
        kernel(vectors(100), |x| heat(&x.0, 0.3, 50), gradient)
    }),
    ("branches", || {
        kernel(vectors(1000).0, |x| branches(x), |x| gradient!(branches, x))
    }),
    ("iterators", || {
        let gradient = |x: &Vectors| gradient!(iterators, &x.0, &x.1);
        kernel(vectors(1000), |x| iterators(&x.0, &x.1), gradient)
    }),
    ("gmm", || {
        let mut instance = input::gmm("gmm_1k_d10_K5.txt");
        instance.points.truncate(100 * instance.d);
        kernel(instance, gmm::Instance::value, gmm::Instance::generated)
    }),
    ("ba", || {
        let mut instance = input::ba("ba_test_n2_m10_p10.txt");
        instance.weights.truncate(1);
        let residuals = |instance: &ba::Instance| {
            let (mut projections, mut weights) = ([[0.0; 2]], [0.0]);
            instance.residuals(&mut projections, &mut weights);
            (projections, weights)
        };
        let jacobian = |instance: &ba::Instance| {
            let (mut rows, mut weights) = ([[[0.0; 15]; 2]], [0.0]);
            instance.generated(&mut rows, &mut weights);
            (rows, weights)
        };
        kernel(instance, residuals, jacobian)
    }),
    ("lstm", || {
        let instance = input::lstm("lstm_l2_c16_first16chars_of_c1024.txt");
        kernel(instance, lstm::Instance::value, lstm::Instance::generated)
    }),
    ("hand", || {
        let instance = input::hand("hand_simple_small_hand1_t26_c100.txt", false);
        kernel(instance, hand::Instance::value, hand::Instance::generated)
    }),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--list"] => KERNELS.iter().for_each(|(name, _)| println!("{name}")),
        [name, way] => {
            let kernel = KERNELS.iter().find(|kernel| kernel.0 == name);
            let (_, make) = kernel.unwrap_or_else(|| panic!("there is no kernel `{name}`"));
            let [primal, gradient] = make();
            let run = match way {
                "primal" => primal,
                "gradient" => gradient,
                _ => panic!("`{way}` is neither `primal` nor `gradient`"),
            };
            run();
            counted(&run);
        }
        _ => (KERNELS.iter().flat_map(|(_, make)| make())).for_each(|run| counted(&run)),
    }
}

/// Callgrind knows it by its name.
#[inline(never)]
fn counted(run: &Run) {
    run();
}

fn kernel<I: 'static, P, G>(
    input: I,
    primal: impl Fn(&I) -> P + 'static,
    gradient: impl Fn(&I) -> G + 'static,
) -> [Run; 2] {
    let input = Rc::new(input);
    let other = Rc::clone(&input);
    [
        Box::new(move || drop(black_box(primal(black_box(&input))))),
        Box::new(move || drop(black_box(gradient(black_box(&other))))),
    ]
}

type Vectors = (Vec<f64>, Vec<f64>);

/// Two vectors of `n` numbers between -2 and 2.
fn vectors(n: usize) -> Vectors {
    let number = |i: usize| 2.0 * (1.0 + 7.0 * i as f64).sin();
    (
        (0..n).map(number).collect(),
        (n..2 * n).map(number).collect(),
    )
}

#[differentiable]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * y[i];
    }
    sum
}

#[differentiable]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let across = x[i + 1] - x[i] * x[i];
        let along = 1.0 - x[i];
        sum += 100.0 * across * across + along * along;
    }
    sum
}

/// The sum of the eccentric anomalies of the mean anomalies `x` (Kepler's equation), by Newton's method.
#[differentiable]
fn anomalies(x: &[f64], eccentricity: f64) -> f64 {
    let mut sum = 0.0;
    for mean in x {
        let mut anomaly = *mean;
        loop {
            let error = anomaly - eccentricity * anomaly.sin() - mean;
            if error.abs() < 1e-12 {
                break;
            }
            anomaly -= error / (1.0 - eccentricity * anomaly.cos());
        }
        sum += anomaly;
    }
    sum
}

/// Half the energy of a rod after `steps` steps of the heat equation.
#[differentiable]
fn heat(start: &[f64], rate: f64, steps: usize) -> f64 {
    let mut u = start.to_vec();
    for _ in 0..steps {
        let before = u.clone();
        for i in 1..u.len() - 1 {
            u[i] = before[i] + rate * (before[i - 1] - 2.0 * before[i] + before[i + 1]);
        }
    }
    let mut sum = 0.0;
    for i in 0..u.len() {
        sum += u[i] * u[i];
    }
    0.5 * sum
}

#[differentiable]
fn branches(x: &[f64]) -> f64 {
    let (mut sum, mut product) = (0.0, 1.0);
    for i in 0..x.len() {
        if x[i] > 1.0 {
            sum += x[i] * x[i];
        } else if x[i] > 0.0 {
            product *= 1.0 + 0.01 * x[i];
        } else if x[i] < -1.5 {
            continue;
        } else {
            sum -= x[i].exp();
        }
    }
    sum * product
}

#[differentiable]
fn iterators(x: &[f64], y: &[f64]) -> f64 {
    let differences = x.iter().zip(y).map(|(a, b)| a - 0.5 * b);
    differences
        .filter(|d| *d > -1.0)
        .map(|d| d * d.tanh())
        .sum()
}
