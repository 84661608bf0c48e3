//! Fits a differential equation to data, by differentiating through an ordinary loop that solves it.
//!
//! The data are the pelts of snowshoe hares and Canada lynxes that the Hudson's Bay Company collected
//! from 1900 to 1920, the equation is that of A. Lotka and V. Volterra for prey and predators, the
//! solver the classical method of Runge and Kutta. Fitted are its four rates and the first state.
//! Results go to stdout, progress to stderr, pictures (PNG and SVG) to the folder `--out`.

mod common;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use common::Outcome;
use common::options::{CommonOptions, count, positive};
use common::plot::{BLUE, Chart, Mark, RED, Scale, Series};
use micrograd_core::{Differentiable, differentiable, gradient};
use micrograd_nn::{Adam, Optimiser};
use rand::{Rng, RngExt};

/// Fit the Lotka-Volterra equations to the pelts of hares and lynxes.
#[derive(Parser)]
#[command(allow_negative_numbers = true)]
struct Options {
    /// Step size of the optimiser
    #[arg(long, value_name = "ETA", default_value = "0.02", value_parser = positive)]
    learning_rate: f64,
    /// Number of updates
    #[arg(long, value_name = "N", default_value = "2000", value_parser = count)]
    iterations: usize,
    #[command(flatten)]
    common: CommonOptions,
}

/// Hares and lynxes of each year from 1900 on, in thousands of pelts.
///
/// Source: C. Elton and M. Nicholson, "The ten-year cycle in numbers of the lynx in Canada" (1942), as
/// used by B. Carpenter, "Predator-prey population dynamics: the Lotka-Volterra model in Stan" (2018).
const PELTS: [[f64; 2]; 21] = [
    [30.0, 4.0],
    [47.2, 6.1],
    [70.2, 9.8],
    [77.4, 35.2],
    [36.3, 59.4],
    [20.6, 41.7],
    [18.1, 19.0],
    [21.4, 13.0],
    [22.0, 8.3],
    [25.4, 9.1],
    [27.1, 7.4],
    [40.3, 8.0],
    [57.0, 12.3],
    [76.6, 19.5],
    [52.3, 45.7],
    [19.5, 51.1],
    [11.2, 29.7],
    [7.6, 15.8],
    [14.6, 9.7],
    [16.2, 10.1],
    [24.7, 8.6],
];
/// The rates that Carpenter finds (posterior means), in the order of [`NAMES`].
const CARPENTER: [f64; 4] = [0.55, 0.028, 0.80, 0.024];
const NAMES: [&str; 6] = [
    "growth of hares",
    "loss of a hare to a lynx",
    "death of lynxes",
    "gain of a lynx from a hare",
    "hares in 1900",
    "lynxes in 1900",
];
/// Steps of the solver in a year.
const STEPS: usize = 20;

/// The logarithms of the rates and of the first state, all of which are positive.
#[derive(Clone, Differentiable)]
struct Ecosystem {
    rates: [f64; 4],
    start: [f64; 2],
}

/// The change of hares and lynxes in a year.
#[differentiable]
fn slope(state: [f64; 2], rates: [f64; 4]) -> [f64; 2] {
    let ([hares, lynxes], [growth, loss, death, gain]) = (state, rates);
    [
        (growth - loss * lynxes) * hares,
        (gain * hares - death) * lynxes,
    ]
}

/// One step of the classical Runge-Kutta method, `dt` years long.
#[differentiable]
fn step(state: [f64; 2], rates: [f64; 4], dt: f64) -> [f64; 2] {
    let k1 = slope(state, rates);
    let k2 = slope(along(state, k1, dt / 2.0), rates);
    let k3 = slope(along(state, k2, dt / 2.0), rates);
    let k4 = slope(along(state, k3, dt), rates);
    let mean = |i: usize| (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]) / 6.0;
    along(state, [mean(0), mean(1)], dt)
}

#[differentiable]
fn along(state: [f64; 2], slope: [f64; 2], dt: f64) -> [f64; 2] {
    [state[0] + dt * slope[0], state[1] + dt * slope[1]]
}

/// Hares and lynxes after each step of the solver, `years` long.
#[differentiable]
fn solve(ecosystem: &Ecosystem, years: usize) -> Vec<[f64; 2]> {
    let rates = ecosystem.rates.map(|rate| rate.exp());
    let mut state = ecosystem.start.map(|animals| animals.exp());
    let mut states = vec![state];
    for _ in 0..years * STEPS {
        state = step(state, rates, 1.0 / STEPS as f64);
        states.push(state);
    }
    states
}

/// The mean over years and animals of the squared difference between the logarithms.
#[differentiable]
fn misfit(ecosystem: &Ecosystem) -> f64 {
    let states = solve(ecosystem, PELTS.len() - 1);
    let mut sum = 0.0;
    for (state, pelts) in states.iter().step_by(STEPS).zip(PELTS) {
        for (solved, counted) in state.iter().zip(pelts) {
            sum += (solved / counted).ln().powi(2);
        }
    }
    sum / (2 * PELTS.len()) as f64
}

fn main() -> ExitCode {
    common::run(run)
}

fn run(options: &Options) -> Outcome {
    let common = &options.common;
    let start = guess(&mut common.rng());
    let mut fitted = start.clone();
    let mut optimiser = Adam::new(options.learning_rate);
    let iterations = common.steps(options.iterations, 600);
    let progress = common.progress(iterations);
    let mut history = Vec::new();
    for iteration in 1..=iterations {
        let (value, (slope,)) = gradient!(misfit, &fitted);
        optimiser.step(&mut fitted, slope).map_err(|error| {
            format!("iteration {iteration}: {error}; try a smaller --learning-rate")
        })?;
        history.push(value);
        progress.report(iteration, || format!("misfit {value:.4}"));
    }
    drop(progress);

    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:>26} {:>8} {:>8} {:>16}",
        "", "start", "fitted", "Carpenter (2018)"
    )?;
    let published = CARPENTER.iter().map(|rate| format!("{rate:.3}"));
    let published = published.chain(std::iter::repeat("-".to_owned()));
    let values = parameters(&start).into_iter().zip(parameters(&fitted));
    for ((name, published), (start, fitted)) in NAMES.iter().zip(published).zip(values) {
        writeln!(out, "{name:>26} {start:>8.3} {fitted:>8.3} {published:>16}")?;
    }
    let deviation = misfit(&fitted).sqrt().exp_m1() * 100.0;
    let (from, to) = (misfit(&start), misfit(&fitted));
    writeln!(
        out,
        "misfit {from:.4} at the start, {to:.4} fitted: typically {deviation:.0} % off"
    )?;
    common.draw(&chart(&start, &fitted), "ode_fit", &mut out)
}

/// Rates that are not far off, and the first state as it was counted.
fn guess(rng: &mut impl Rng) -> Ecosystem {
    let mut about = |x: f64| (x * rng.random_range(0.9..1.1)).ln();
    Ecosystem {
        rates: [about(0.5), about(0.05), about(1.0), about(0.05)],
        start: PELTS[0].map(f64::ln),
    }
}

/// In the order of [`NAMES`].
fn parameters(ecosystem: &Ecosystem) -> Vec<f64> {
    let logarithms = ecosystem.rates.iter().chain(&ecosystem.start);
    logarithms.map(|x| x.exp()).collect()
}

fn chart(start: &Ecosystem, fitted: &Ecosystem) -> Chart<'static> {
    let series = |animal: usize, mark, label, numbers: Vec<[f64; 2]>, step: f64| {
        let numbers = numbers.iter().enumerate();
        let points = numbers.map(|(i, numbers)| (1900.0 + i as f64 * step, numbers[animal]));
        Series::new(label, mark, [BLUE, RED][animal], points)
    };
    let fine = 1.0 / STEPS as f64;
    let years = PELTS.len() - 1;
    Chart {
        title: "Hares and lynxes: counted, at the start (dashed) and fitted".to_owned(),
        axes: ["year", "thousands of pelts"],
        scales: [Scale::Linear, Scale::Linear],
        series: vec![
            series(0, Mark::Dashes, "hares, start", solve(start, years), fine),
            series(1, Mark::Dashes, "lynxes, start", solve(start, years), fine),
            series(0, Mark::Line, "hares, fitted", solve(fitted, years), fine),
            series(1, Mark::Line, "lynxes, fitted", solve(fitted, years), fine),
            series(0, Mark::Points, "hares", PELTS.to_vec(), 1.0),
            series(1, Mark::Points, "lynxes", PELTS.to_vec(), 1.0),
        ],
    }
}
