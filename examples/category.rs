//! Trains a small network to tell three overlapping clouds of points apart, and draws their regions.
//!
//! The clouds are normal distributions, so the best possible rule is known: the nearest centre.
//! Results go to stdout, progress to stderr, pictures (PNG and SVG) to the folder `--out`.

mod common;

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;

use clap::Parser;
use common::Outcome;
use common::options::{CommonOptions, count, positive};
use common::plot::{BLUE, Chart, ClassRegions, Mark, RED, Scale, Series};
use micrograd_nn::activation::{identity, softmax, tanh};
use micrograd_nn::loss::logit_cross_entropy;
use micrograd_nn::train::{Epoch, History};
use micrograd_nn::{
    Adam, Chain, ConfusionMatrix, Dense, Split, Training, make_blobs, num_parameters, onecold,
    onehot,
};
use nalgebra::{DMatrix, dmatrix};

/// Train a small network to tell three overlapping clouds of points apart.
#[derive(Parser)]
#[command(allow_negative_numbers = true)]
struct Options {
    /// Number of points in all three clouds, a quarter of them to test with
    #[arg(long, value_name = "N", default_value = "600", value_parser = samples)]
    samples: usize,
    /// Standard deviation of each coordinate; the centres are 2 from the origin
    #[arg(long, value_name = "SIGMA", default_value = "1", value_parser = positive)]
    deviation: f64,
    /// Number of passes over the points
    #[arg(long, value_name = "N", default_value = "60", value_parser = count)]
    epochs: usize,
    /// Step size of the optimiser
    #[arg(long, value_name = "ETA", default_value = "0.01", value_parser = positive)]
    learning_rate: f64,
    #[command(flatten)]
    common: CommonOptions,
}

const CLASSES: [&str; 3] = ["class 0", "class 1", "class 2"];

fn main() -> ExitCode {
    common::run(run)
}

fn run(options: &Options) -> Outcome {
    let common = &options.common;
    let rng = &mut common.rng();
    let centres = dmatrix![
        -3.0_f64.sqrt(), 3.0_f64.sqrt(), 0.0;
        -1.0, -1.0, 2.0;
    ];
    let (points, classes) = make_blobs(options.samples, &centres, options.deviation, rng);
    let split = Split::stratified(&classes, 0.25, rng)?;
    let (x, x_test) = split.columns(&points);
    let (labels, labels_test) = split.items(&classes);
    let y = onehot(&labels, CLASSES.len())?;
    let y_test = onehot(&labels_test, CLASSES.len())?;

    let mut model = Chain((
        Dense::new(2, 16, tanh {}, rng),
        Dense::new(16, CLASSES.len(), identity {}, rng),
    ));
    let epochs = common.steps(options.epochs, 10);
    let progress = common.progress(epochs);
    let history = Training::new(logit_cross_entropy {}, Adam::new(options.learning_rate))
        .epochs(epochs)
        .validate(&x_test, &y_test)
        .run_with(&mut model, &x, &y, rng, |epoch, _| {
            progress.report(epoch.number, || epoch.to_string());
            ControlFlow::Continue(())
        })?;
    drop(progress);

    let confusion = ConfusionMatrix::new(&onecold(&model.forward(&x_test)), &labels_test);
    let best = ConfusionMatrix::new(&nearest(&centres, &x_test), &labels_test);
    let mut out = io::stdout().lock();
    writeln!(out, "{model}, {} parameters", num_parameters(&model))?;
    writeln!(
        out,
        "{confusion}, of the best possible rule {:.1} %",
        100.0 * best.accuracy()
    )?;

    common.draw(&losses(&history), "category_loss", &mut out)?;
    let regions = ClassRegions {
        title: format!(
            "Three classes, test accuracy {:.1} %",
            100.0 * confusion.accuracy()
        ),
        points: &points,
        labels: &classes,
        names: &CLASSES,
        probabilities: &|points| softmax(model.forward(points)),
        resolution: if common.quick { 40 } else { 125 },
    };
    common.draw(&regions, "category_regions", &mut out)
}

/// The losses on both parts of the points.
fn losses(history: &History) -> Chart<'static> {
    let series = |label, colour, loss: fn(&Epoch) -> Option<f64>| {
        let epochs = history.epochs.iter();
        let points = epochs.filter_map(|epoch| Some((epoch.number as f64, loss(epoch)?)));
        Series::new(label, Mark::Line, colour, points)
    };
    Chart {
        title: "Loss (logit cross entropy)".to_owned(),
        axes: ["epoch", "loss"],
        scales: [Scale::Linear, Scale::Logarithmic],
        series: vec![
            series("of the points trained on", BLUE, |epoch| Some(epoch.loss)),
            series("of the test points", RED, |epoch| epoch.validation_loss),
        ],
    }
}

/// The class whose centre is nearest to each column of `x`.
fn nearest(centres: &DMatrix<f64>, x: &DMatrix<f64>) -> Vec<usize> {
    let closeness = DMatrix::from_fn(centres.ncols(), x.ncols(), |class, sample| {
        -(x.column(sample) - centres.column(class)).norm()
    });
    onecold(&closeness)
}

/// Enough for two points of each class.
fn samples(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| *count >= 6);
    count.ok_or_else(|| "expected a whole number from 6".to_owned())
}
