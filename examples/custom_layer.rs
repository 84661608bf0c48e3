//! A layer of one's own in ten lines, which learns a rhythm and continues it where there is no data.
//!
//! The layer is the activation "snake", a line with a wave whose frequency is learned. The same
//! network with tanh learns the data as well, and loses the rhythm beside them.
//! Source: L. Ziyin, T. Hartwig, M. Ueda, "Neural Networks Fail to Learn Periodic Functions and How
//! to Fix It" (2020).
//! Results go to stdout, progress to stderr, pictures (PNG and SVG) to the folder `--out`.

mod common;

use std::f64::consts::PI;
use std::fmt;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;

use clap::Parser;
use common::Outcome;
use common::options::{CommonOptions, count, deviation, positive};
use common::plot::{BLUE, Chart, GREY, Mark, PALE, RED, Scale, Series};
use micrograd_core::{Differentiable, Parameters, broadcast, differentiable};
use micrograd_nn::activation::{identity, tanh};
use micrograd_nn::loss::mse;
use micrograd_nn::optimise::Cosine;
use micrograd_nn::{Adam, Chain, Dense, Layer, Training, num_parameters};
use nalgebra::DMatrix;
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// Train a network with a layer of its own on a rhythm.
#[derive(Parser)]
#[command(allow_negative_numbers = true)]
struct Options {
    /// Number of points to train on
    #[arg(long, value_name = "N", default_value = "200", value_parser = count)]
    samples: usize,
    /// Standard deviation of the noise added to them
    #[arg(long, value_name = "SIGMA", default_value = "0.1", value_parser = deviation)]
    noise: f64,
    /// Number of passes over the points
    #[arg(long, value_name = "N", default_value = "2000", value_parser = count)]
    epochs: usize,
    /// Step size of the optimiser at the start; it falls to 0
    #[arg(long, value_name = "ETA", default_value = "0.01", value_parser = positive)]
    learning_rate: f64,
    #[command(flatten)]
    common: CommonOptions,
}

/// `x + sin²(a x) / a`, with a frequency `a` to be learned for each feature.
#[derive(Clone, Differentiable)]
struct Snake {
    /// Features × 1.
    frequency: DMatrix<f64>,
}

#[differentiable]
impl Layer for Snake {
    fn forward(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        let a = &self.frequency;
        broadcast!(x .+ squared_sine {}.(a .* x) ./ a)
    }
}

#[differentiable]
fn squared_sine(x: f64) -> f64 {
    x.sin().powi(2)
}

/// Points to train on lie between -END and END, those to test with up to twice as far.
const END: f64 = 2.0 * PI;
const BATCH: usize = 32;
const HIDDEN: usize = 32; // and a third more for tanh, whose layers have fewer parameters

fn main() -> ExitCode {
    common::run(run)
}

fn run(options: &Options) -> Outcome {
    let common = &options.common;
    let rng = &mut common.rng();
    let (x, y) = samples(options, rng);

    let snake = Snake {
        frequency: DMatrix::from_fn(HIDDEN, 1, |_, _| rng.random_range(0.5..2.0)),
    };
    let with_snake = Chain((
        Dense::new(1, HIDDEN, identity {}, rng),
        snake,
        Dense::new(HIDDEN, 1, identity {}, rng),
    ));
    let with_tanh = Chain((
        Dense::new(1, 4 * HIDDEN / 3, tanh {}, rng),
        Dense::new(4 * HIDDEN / 3, 1, identity {}, rng),
    ));
    let snake = fit("snake", with_snake, &x, &y, options, rng)?;
    let tanh = fit("tanh", with_tanh, &x, &y, options, rng)?;

    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:>8} {:>10} {:>13} {:>13}",
        "", "parameters", "error within", "error beyond"
    )?;
    for fitted in [&snake, &tanh] {
        writeln!(out, "{fitted}")?;
    }
    common.draw(&chart(&x, &y, &snake, &tanh), "custom_layer", &mut out)
}

/// A network after training.
struct Fitted {
    name: &'static str,
    parameters: usize,
    /// Its values from -2 END to 2 END.
    curve: Vec<(f64, f64)>,
}

impl Fitted {
    /// The root of the mean squared distance to the rhythm, where there were data or beyond.
    fn error(&self, within: bool) -> f64 {
        let chosen = self
            .curve
            .iter()
            .filter(|(x, _)| (x.abs() <= END) == within);
        let squares = chosen.clone().map(|(x, y)| (y - rhythm(*x)).powi(2));
        (squares.sum::<f64>() / chosen.count() as f64).sqrt()
    }
}

impl fmt::Display for Fitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fitted {
            name, parameters, ..
        } = self;
        let (within, beyond) = (self.error(true), self.error(false));
        write!(
            f,
            "{name:>8} {parameters:>10} {within:>13.3} {beyond:>13.3}"
        )
    }
}

fn fit<M>(
    name: &'static str,
    mut model: M,
    x: &DMatrix<f64>,
    y: &DMatrix<f64>,
    options: &Options,
    rng: &mut ChaCha8Rng,
) -> Outcome<Fitted>
where
    M: Layer + Parameters + Clone,
{
    let epochs = options.common.steps(options.epochs, 50);
    let progress = options.common.progress(epochs);
    let rate = Cosine {
        initial: options.learning_rate,
        last: 0.0,
        steps: epochs * options.samples.div_ceil(BATCH),
    };
    Training::new(mse {}, Adam::new(rate))
        .batch_size(BATCH)
        .epochs(epochs)
        .run_with(&mut model, x, y, rng, |epoch, _| {
            progress.report(epoch.number, || format!("{name}  {epoch}"));
            ControlFlow::Continue(())
        })?;
    let grid = DMatrix::from_fn(1, 801, |_, i| END * (i as f64 - 400.0) / 200.0);
    let values = model.forward(&grid);
    Ok(Fitted {
        name,
        parameters: num_parameters(&model),
        curve: grid.iter().copied().zip(values.iter().copied()).collect(),
    })
}

fn rhythm(x: f64) -> f64 {
    x.sin() + x / 4.0
}

/// Points from -END to END, 1 × samples, and the rhythm there with noise.
fn samples(options: &Options, rng: &mut impl Rng) -> (DMatrix<f64>, DMatrix<f64>) {
    let x = DMatrix::from_fn(1, options.samples, |_, _| rng.random_range(-END..END));
    let y = x.map(|x| rhythm(x) + options.noise * rng.sample::<f64, _>(StandardNormal));
    (x, y)
}

fn chart<'a>(x: &DMatrix<f64>, y: &DMatrix<f64>, snake: &Fitted, tanh: &Fitted) -> Chart<'a> {
    let points = x.iter().copied().zip(y.iter().copied());
    let truth = snake.curve.iter().map(|(x, _)| (*x, rhythm(*x)));
    Chart {
        title: "A rhythm continued beyond the data".to_owned(),
        axes: ["x", "y"],
        scales: [Scale::Linear, Scale::Linear],
        series: vec![
            Series::new("data", Mark::Points, PALE, points),
            Series::new("truth", Mark::Line, GREY, truth),
            Series::new(snake.name, Mark::Line, BLUE, snake.curve.clone()),
            Series::new(tanh.name, Mark::Dashes, RED, tanh.curve.clone()),
        ],
    }
}
