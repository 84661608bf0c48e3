//! Trains a network on 1,797 handwritten digits of 8×8 pixels, over several random splits of them.
//!
//! Results go to stdout, progress to stderr, pictures (PNG and SVG) to the folder `--out`.

mod common;

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;

use clap::Parser;
use common::Outcome;
use common::options::{CommonOptions, count, positive};
use common::plot::{Image, Images};
use micrograd_nn::activation::{identity, relu};
use micrograd_nn::loss::{label_smoothing, logit_cross_entropy};
use micrograd_nn::{
    Adam, Chain, ConfusionMatrix, Dense, Scaling, Split, Table, Training, onecold, onehot,
};
use nalgebra::DMatrix;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Train a network on handwritten digits.
#[derive(Parser)]
#[command(allow_negative_numbers = true)]
struct Options {
    /// Number of random splits and trainings, each with a seed of its own
    #[arg(long, value_name = "N", default_value = "5", value_parser = count)]
    runs: usize,
    /// Width of the hidden layer
    #[arg(long, value_name = "N", default_value = "128", value_parser = count)]
    hidden: usize,
    /// Number of passes over the training samples
    #[arg(long, value_name = "N", default_value = "80", value_parser = count)]
    epochs: usize,
    /// Step size of the optimiser
    #[arg(long, value_name = "ETA", default_value = "0.001", value_parser = positive)]
    learning_rate: f64,
    #[command(flatten)]
    common: CommonOptions,
}

/// The part of the samples that is kept for testing.
const TEST: f64 = 0.2;

/// The samples: pixels × samples, from 0 to 16, and the digits.
struct Digits {
    pixels: DMatrix<f64>,
    labels: Vec<usize>,
}

/// What a trained network makes of the test samples.
struct Tested {
    split: Split,
    predicted: Vec<usize>,
    labels: Vec<usize>,
}

fn main() -> ExitCode {
    common::run(run)
}

fn run(options: &Options) -> Outcome {
    let common = &options.common;
    let digits = digits()?;
    let mut out = io::stdout().lock();
    let runs = common.steps(options.runs, 1) as u64;
    let mut tested = Vec::new();
    for index in 0..runs {
        let seed = common.seed.wrapping_add(index);
        let run = train(&digits, options, seed)?;
        let accuracy = 100.0 * run.confusion().accuracy();
        writeln!(out, "seed {seed}: test accuracy {accuracy:.1} %")?;
        tested.push(run);
    }
    let predicted: Vec<usize> = tested
        .iter()
        .flat_map(|run| run.predicted.clone())
        .collect();
    let labels: Vec<usize> = tested.iter().flat_map(|run| run.labels.clone()).collect();
    writeln!(out, "\nall test samples of {runs} runs:")?;
    writeln!(out, "{}", ConfusionMatrix::new(&predicted, &labels))?;
    common.draw(&mistakes(&digits, &tested[0]), "digits_mistakes", &mut out)
}

fn digits() -> Outcome<Digits> {
    let table = Table::read(&include_bytes!("assets/digits.csv")[..])?;
    let (labels, _) = table.labels("digit")?;
    Ok(Digits {
        pixels: table.features_except(&["digit"])?,
        labels,
    })
}

fn train(digits: &Digits, options: &Options, seed: u64) -> Outcome<Tested> {
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    let split = Split::stratified(&digits.labels, TEST, rng)?;
    let (x, x_test) = split.columns(&digits.pixels);
    let (labels, labels_test) = split.items(&digits.labels);
    let scaling = Scaling::min_max(&x)?;
    let (x, x_test) = (scaling.apply(&x), scaling.apply(&x_test));
    // A network that need not be certain errs on a third fewer test samples.
    let y = label_smoothing(&onehot(&labels, 10)?, 0.1);

    let mut model = Chain((
        Dense::new(64, options.hidden, relu {}, rng),
        Dense::new(options.hidden, 10, identity {}, rng),
    ));
    let epochs = options.common.steps(options.epochs, 5);
    let progress = options.common.progress(epochs);
    Training::new(logit_cross_entropy {}, Adam::new(options.learning_rate))
        .epochs(epochs)
        .run_with(&mut model, &x, &y, rng, |epoch, _| {
            progress.report(epoch.number, || format!("seed {seed}  {epoch}"));
            ControlFlow::Continue(())
        })?;
    Ok(Tested {
        split,
        predicted: onecold(&model.forward(&x_test)),
        labels: labels_test,
    })
}

impl Tested {
    fn confusion(&self) -> ConfusionMatrix {
        ConfusionMatrix::new(&self.predicted, &self.labels)
    }
}

/// The test samples that were taken for another digit.
fn mistakes(digits: &Digits, tested: &Tested) -> Images {
    let answers = tested.split.test.iter().zip(&tested.predicted);
    let wrong = answers.filter(|(sample, predicted)| digits.labels[**sample] != **predicted);
    let images: Vec<Image> = wrong
        .map(|(&sample, predicted)| Image {
            pixels: DMatrix::from_row_slice(8, 8, digits.pixels.column(sample).as_slice()) / 16.0,
            caption: format!("{} taken for {predicted}", digits.labels[sample]),
        })
        .collect();
    Images {
        title: format!(
            "{} mistakes in {} test samples",
            images.len(),
            tested.labels.len()
        ),
        images,
    }
}
