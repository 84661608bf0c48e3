//! Fits a cubic to noisy points by gradient descent, and compares it with the least-squares solution.
//!
//! The model is an ordinary struct with a vector of weights, its prediction an ordinary `map`. Part 4
//! of L. Fieldman's "MicroGrad.jl" fits this polynomial.
//! Results go to stdout, progress to stderr, pictures (PNG and SVG) to the folder `--out`.

mod common;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use common::Outcome;
use common::options::{CommonOptions, count, deviation, positive};
use common::plot::{BLUE, Chart, GREY, Mark, PALE, RED, Scale, Series};
use micrograd_core::{Differentiable, differentiable};
use micrograd_nn::minimise_with;
use nalgebra::{DMatrix, DVector};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

/// The coefficients behind the data, of 1, x, x² and x³.
const TRUTH: [f64; 4] = [15.0, -2.1, 13.9, 1.5];

/// Fit a cubic to noisy points by gradient descent.
#[derive(Parser)]
#[command(allow_negative_numbers = true)]
struct Options {
    /// Number of points
    #[arg(long, value_name = "N", default_value = "100", value_parser = count)]
    samples: usize,
    /// Standard deviation of the noise, in parts of the mean size of the values
    #[arg(long, value_name = "SIGMA", default_value = "0.2", value_parser = deviation)]
    noise: f64,
    /// Step size of gradient descent
    #[arg(long, value_name = "ETA", default_value = "3e-4", value_parser = positive)]
    learning_rate: f64,
    /// Number of updates, each with the gradient over all points
    #[arg(long, value_name = "N", default_value = "60000", value_parser = count)]
    iterations: usize,
    #[command(flatten)]
    common: CommonOptions,
}

/// `weights[0] + weights[1] x + weights[2] x² + …`, by Horner's rule.
#[differentiable]
fn evalpoly(x: f64, weights: &[f64]) -> f64 {
    weights
        .iter()
        .rev()
        .fold(0.0, |sum, weight| sum * x + weight)
}

#[derive(Clone, Differentiable)]
struct Polynomial {
    weights: Vec<f64>,
}

impl Polynomial {
    #[differentiable]
    fn predict(&self, xs: &[f64]) -> Vec<f64> {
        xs.iter().map(|x| evalpoly(*x, &self.weights)).collect()
    }
}

/// The mean over the points of (ŷ - y)².
#[differentiable(no_gradient(xs, ys))]
fn mean_squared_error(model: &Polynomial, xs: &[f64], ys: &[f64]) -> f64 {
    let predictions = model.predict(xs);
    let squares = predictions.iter().zip(ys).map(|(p, y)| (p - y).powi(2));
    squares.sum::<f64>() / xs.len() as f64
}

fn main() -> ExitCode {
    common::run(run)
}

fn run(options: &Options) -> Outcome {
    let common = &options.common;
    let (xs, ys) = noisy_cubic(options.samples, options.noise, &mut common.rng());

    let iterations = common.steps(options.iterations, 2_000);
    let progress = common.progress(iterations);
    let mut model = Polynomial {
        weights: vec![0.0; TRUTH.len()],
    };
    let value_and_gradient = |model: &Polynomial| {
        let (loss, back) = pullback_mean_squared_error(model, &xs, &ys);
        (loss, back(1.0).0)
    };
    let history = minimise_with(
        &mut model,
        value_and_gradient,
        options.learning_rate,
        iterations,
        |iteration, loss, _| progress.report(iteration + 1, || format!("loss {loss:.4}")),
    );
    drop(progress);
    let loss = mean_squared_error(&model, &xs, &ys);
    if !loss.is_finite() || history.len() < iterations {
        let updates = history.len();
        return Err(format!(
            "the descent diverged at iteration {updates}; try a smaller --learning-rate"
        )
        .into());
    }
    let closed = Polynomial {
        weights: least_squares(&xs, &ys, TRUTH.len())?,
    };

    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:>11} {:>10} {:>17} {:>14}",
        "coefficient", "truth", "gradient descent", "least squares"
    )?;
    let fits = model.weights.iter().zip(&closed.weights);
    for ((power, truth), (fitted, solved)) in ["1", "x", "x²", "x³"].iter().zip(TRUTH).zip(fits) {
        writeln!(
            out,
            "{power:>11} {truth:>10.4} {fitted:>17.4} {solved:>14.4}"
        )?;
    }
    let least = mean_squared_error(&closed, &xs, &ys);
    writeln!(
        out,
        "loss {loss:.6}, at least {least:.6}, after {iterations} iterations"
    )?;

    common.draw(&descent(&history, least), "polynomial_loss", &mut out)?;
    common.draw(&fit(&xs, &ys, &model, &closed), "polynomial_fit", &mut out)
}

/// Points uniform from -5 to 5, and the values of the cubic there with noise.
fn noisy_cubic(samples: usize, noise: f64, rng: &mut impl Rng) -> (Vec<f64>, Vec<f64>) {
    let xs: Vec<f64> = (0..samples).map(|_| rng.random_range(-5.0..5.0)).collect();
    let mut ys: Vec<f64> = xs.iter().map(|x| evalpoly(*x, &TRUTH)).collect();
    let size = ys.iter().map(|y| y.abs()).sum::<f64>() / samples as f64;
    for y in &mut ys {
        *y += noise * size * rng.sample::<f64, _>(StandardNormal);
    }
    (xs, ys)
}

/// The weights with the least mean squared error, without any gradient.
fn least_squares(xs: &[f64], ys: &[f64], count: usize) -> Result<Vec<f64>, &'static str> {
    let powers = DMatrix::from_fn(xs.len(), count, |point, power| xs[point].powi(power as i32));
    let values = DVector::from_column_slice(ys);
    let weights = powers.svd(true, true).solve(&values, 1e-12)?;
    Ok(weights.iter().copied().collect())
}

/// How far the loss is above the least possible one, over the iterations.
fn descent(history: &[f64], least: f64) -> Chart<'static> {
    let excess: Vec<f64> = history.iter().map(|loss| loss - least).collect();
    Chart {
        axes: ["iteration", "loss above the least"],
        ..Chart::of_losses("Gradient descent".to_owned(), &excess)
    }
}

fn fit(xs: &[f64], ys: &[f64], model: &Polynomial, closed: &Polynomial) -> Chart<'static> {
    let curve = |model: &Polynomial| {
        let xs: Vec<f64> = (-100..=100).map(|i| f64::from(i) / 20.0).collect();
        let ys = model.predict(&xs);
        xs.into_iter().zip(ys)
    };
    let truth = Polynomial {
        weights: TRUTH.to_vec(),
    };
    let points = xs.iter().copied().zip(ys.iter().copied());
    Chart {
        title: "A cubic fitted to noisy points".to_owned(),
        axes: ["x", "y"],
        scales: [Scale::Linear, Scale::Linear],
        series: vec![
            Series::new("points", Mark::Points, PALE, points),
            Series::new("truth", Mark::Line, GREY, curve(&truth)),
            Series::new("gradient descent", Mark::Line, BLUE, curve(model)),
            Series::new("least squares", Mark::Dashes, RED, curve(closed)),
        ],
    }
}
