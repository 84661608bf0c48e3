//! Hands the gradient of a plain function to an optimiser of another crate, argmin's L-BFGS.
//!
//! The function is Rosenbrock's curved valley in n dimensions; gradient descent starts at the same
//! random point, for comparison.
//! Results go to stdout, progress to stderr, pictures (PNG and SVG) to the folder `--out`.

mod common;

use std::cell::RefCell;
use std::io::{self, Write};
use std::process::ExitCode;

use argmin::core::{CostFunction, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use clap::Parser;
use common::Outcome;
use common::options::{CommonOptions, count, positive};
use common::plot::{BLUE, Chart, GREY, Mark, Scale, Series};
use micrograd_core::{differentiable, gradient};
use micrograd_nn::minimise_with;
use rand::RngExt;

/// Minimise Rosenbrock's function with argmin's L-BFGS, and with gradient descent.
#[derive(Parser)]
#[command(allow_negative_numbers = true)]
struct Options {
    /// Number of variables, at least 2
    #[arg(long, value_name = "N", default_value = "10", value_parser = dimensions)]
    dimensions: usize,
    /// Step size of gradient descent
    #[arg(long, value_name = "ETA", default_value = "1e-3", value_parser = positive)]
    learning_rate: f64,
    /// Number of steps of gradient descent
    #[arg(long, value_name = "N", default_value = "20000", value_parser = count)]
    iterations: usize,
    #[command(flatten)]
    common: CommonOptions,
}

/// `Σ 100 (xᵢ₊₁ - xᵢ²)² + (1 - xᵢ)²`, whose minimum 0 is at (1, …, 1); of four variables or more, it
/// has a local minimum near (-1, 1, …, 1) too.
///
/// Source: H. H. Rosenbrock, "An automatic method for finding the greatest or least value of a
/// function" (1960), for two variables.
#[differentiable]
fn rosenbrock(x: &[f64]) -> f64 {
    let terms = x.windows(2).map(|pair| {
        let (along, across) = (1.0 - pair[0], pair[1] - pair[0].powi(2));
        along.powi(2) + 100.0 * across.powi(2)
    });
    terms.sum()
}

/// Rosenbrock's function for argmin; it notes the value wherever the gradient is asked for.
#[derive(Default)]
struct Valley {
    values: RefCell<Vec<f64>>,
}

impl CostFunction for Valley {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, argmin::core::Error> {
        Ok(rosenbrock(x))
    }
}

impl Gradient for Valley {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, argmin::core::Error> {
        let (value, (slope,)) = gradient!(rosenbrock, x);
        self.values.borrow_mut().push(value);
        Ok(slope)
    }
}

/// Where an optimiser ended.
struct Found {
    method: &'static str,
    x: Vec<f64>,
    iterations: usize,
    /// The value at each gradient.
    values: Vec<f64>,
}

fn main() -> ExitCode {
    common::run(run)
}

fn run(options: &Options) -> Outcome {
    let common = &options.common;
    let rng = &mut common.rng();
    let start: Vec<f64> = (0..options.dimensions)
        .map(|_| rng.random_range(-1.0..1.0))
        .collect();
    let found = [lbfgs(start.clone())?, descent(start, options)?];

    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:>16} {:>10} {:>9} {:>10} {:>24}",
        "", "iterations", "gradients", "value", "distance to the minimum"
    )?;
    for Found {
        method,
        x,
        iterations,
        values,
    } in &found
    {
        let distance = x.iter().map(|x| (x - 1.0).powi(2)).sum::<f64>().sqrt();
        let (gradients, value) = (values.len(), rosenbrock(x));
        writeln!(
            out,
            "{method:>16} {iterations:>10} {gradients:>9} {value:>10.1e} {distance:>24.1e}"
        )?;
    }
    common.draw(
        &chart(&found, options.dimensions),
        "optimise_values",
        &mut out,
    )
}

fn lbfgs(start: Vec<f64>) -> Outcome<Found> {
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), 7);
    let executor = Executor::new(Valley::default(), solver);
    let executor = executor.configure(|state| state.param(start).max_iters(1_000));
    let mut result = executor.run()?;
    let x = result
        .state
        .get_best_param()
        .ok_or("L-BFGS found no point")?;
    let valley = result
        .problem
        .take_problem()
        .ok_or("L-BFGS kept the problem")?;
    Ok(Found {
        method: "L-BFGS",
        x: x.clone(),
        iterations: result.state.get_iter() as usize,
        values: valley.values.into_inner(),
    })
}

fn descent(mut x: Vec<f64>, options: &Options) -> Outcome<Found> {
    let iterations = options.common.steps(options.iterations, 2_000);
    let progress = options.common.progress(iterations);
    let value_and_gradient = |x: &Vec<f64>| {
        let (value, (slope,)) = gradient!(rosenbrock, x);
        (value, slope)
    };
    let values = minimise_with(
        &mut x,
        value_and_gradient,
        options.learning_rate,
        iterations,
        |iteration, value, _| progress.report(iteration + 1, || format!("value {value:.2e}")),
    );
    if values.len() < iterations {
        let updates = values.len();
        return Err(format!(
            "gradient descent diverged at iteration {updates}; try a smaller --learning-rate"
        )
        .into());
    }
    Ok(Found {
        method: "gradient descent",
        x,
        iterations,
        values,
    })
}

fn chart(found: &[Found; 2], dimensions: usize) -> Chart<'static> {
    let series = found.iter().zip([BLUE, GREY]).map(|(found, colour)| {
        let points = (1..).map(f64::from).zip(found.values.iter().copied());
        Series::new(found.method, Mark::Line, colour, points)
    });
    Chart {
        title: format!("Rosenbrock's function of {dimensions} variables"),
        axes: ["gradients computed", "value"],
        scales: [Scale::Logarithmic, Scale::Logarithmic],
        series: series.collect(),
    }
}

fn dimensions(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| *count >= 2);
    count.ok_or_else(|| "expected a whole number from 2".to_owned())
}
