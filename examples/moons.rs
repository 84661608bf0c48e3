//! Trains a small network to tell two interleaved half moons apart, and draws what it learned.
//!
//! Results go to stdout, progress to stderr, pictures (PNG and SVG) to the folder `--out`.

mod common;

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use common::Outcome;
use common::options::{CommonOptions, count, deviation, positive};
use common::plot::{Chart, DecisionBoundary};
use micrograd_nn::activation::softmax;
use micrograd_nn::loss::logit_cross_entropy;
use micrograd_nn::{
    Activation, Chain, Dense, Layer, accuracy, gradient_descent_with, make_moons, num_parameters,
    onehot,
};
use nalgebra::DMatrix;
use rand_chacha::ChaCha8Rng;

/// Train a small network to tell two interleaved half moons apart.
#[derive(Parser)]
#[command(allow_negative_numbers = true)]
struct Options {
    /// Number of points, half of them in each moon
    #[arg(long, value_name = "N", default_value = "200", value_parser = count)]
    samples: usize,
    /// Standard deviation of the noise added to the points
    #[arg(long, value_name = "SIGMA", default_value = "0.1", value_parser = deviation)]
    noise: f64,
    /// Widths of the hidden layers
    #[arg(long, value_name = "WIDTHS", default_value = "16,16", value_parser = widths)]
    hidden: Widths,
    /// Activation of the hidden layers
    #[arg(long, value_name = "NAME", default_value = "relu", value_parser = activations())]
    activation: Activation,
    /// Put the activation on the output layer too, as the article does
    #[arg(long)]
    article: bool,
    /// Step size of gradient descent
    #[arg(long, value_name = "ETA", default_value = "0.9", value_parser = positive)]
    learning_rate: f64,
    /// Number of updates, each with the gradient over all points
    #[arg(long, value_name = "N", default_value = "200", value_parser = count)]
    iterations: usize,
    /// Print the loss before each update and after the last, in full precision, and nothing else
    #[arg(long)]
    history: bool,
    #[command(flatten)]
    common: CommonOptions,
}

fn main() -> ExitCode {
    common::run(run)
}

fn run(options: &Options) -> Outcome {
    let common = &options.common;
    let mut rng = common.rng();
    let (x, labels) = make_moons(options.samples, options.noise, &mut rng);
    let y = onehot(&labels, 2)?;
    let mut model = network(options, &mut rng);

    let iterations = common.steps(options.iterations, 20);
    let progress = common.progress(iterations);
    let mut history = gradient_descent_with(
        &mut model,
        logit_cross_entropy {},
        &x,
        &y,
        options.learning_rate,
        iterations,
        |iteration, loss, model| {
            progress.report(iteration + 1, || {
                let percent = 100.0 * accuracy(&model.forward(&x), &labels);
                format!("loss {loss:.4}  accuracy {percent:5.1} %")
            });
        },
    );
    drop(progress);
    let updates = history.len();
    let logits = model.forward(&x);
    let trained = Trained {
        loss: logit_cross_entropy(&logits, &y),
        accuracy: 100.0 * accuracy(&logits, &labels),
        model,
    };
    history.push(trained.loss);

    let mut out = io::stdout().lock();
    if options.history {
        for loss in &history {
            writeln!(out, "{loss:?}")?;
        }
    } else {
        writeln!(out, "{trained}")?;
    }
    if updates < iterations || !trained.loss.is_finite() {
        return Err(format!(
            "the training diverged at iteration {updates}; try a smaller --learning-rate"
        )
        .into());
    }
    if options.history {
        return Ok(());
    }
    trained.draw(common, &history, &x, &labels, &mut out)
}

/// What training leaves behind.
struct Trained {
    model: Network,
    /// The loss after the last update.
    loss: f64,
    /// The percentage of points it puts into their class.
    accuracy: f64,
}

impl fmt::Display for Trained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Trained {
            model,
            loss,
            accuracy,
        } = self;
        writeln!(f, "{model}, {} parameters", num_parameters(model))?;
        write!(f, "loss {loss:.6}, accuracy {accuracy:.1} %")
    }
}

impl Trained {
    /// The loss over the iterations and the decision boundary.
    fn draw(
        &self,
        common: &CommonOptions,
        history: &[f64],
        points: &DMatrix<f64>,
        labels: &[usize],
        out: &mut impl Write,
    ) -> Outcome {
        let loss = self.loss;
        let title = format!("Training loss (logit cross entropy), {loss:.4} at the end");
        common.draw(&Chart::of_losses(title, history), "moons_loss", out)?;
        let accuracy = self.accuracy;
        let boundary = DecisionBoundary {
            title: format!("Decision boundary, accuracy {accuracy:.1} %"),
            points,
            labels,
            probability: &|points| {
                let probabilities = softmax(self.model.forward(points));
                probabilities.row(1).iter().copied().collect()
            },
            resolution: if common.quick { 40 } else { 125 },
        };
        common.draw(&boundary, "moons_boundary", out)
    }
}

/// A network whose depth and activation are known only now; otherwise a tuple of layers does it.
type Network = Chain<Vec<Dense<Activation>>>;

fn network(options: &Options, rng: &mut ChaCha8Rng) -> Network {
    let Widths(hidden) = &options.hidden;
    let widths = [&[2], &hidden[..], &[2]].concat();
    let layer = |(index, pair): (usize, &[usize])| {
        let activation = if index < hidden.len() || options.article {
            options.activation
        } else {
            Activation::Identity
        };
        Dense::new(pair[0], pair[1], activation, rng)
    };
    Chain(widths.windows(2).enumerate().map(layer).collect())
}

/// The widths of the hidden layers, in one option.
#[derive(Clone)]
struct Widths(Vec<usize>);

fn widths(text: &str) -> Result<Widths, String> {
    let width = |part: &str| {
        count(part.trim()).map_err(|_| {
            format!("`{part}` is no width; write whole numbers from 1 with commas, such as 16,16")
        })
    };
    text.split(',')
        .map(width)
        .collect::<Result<_, _>>()
        .map(Widths)
}

fn activations() -> impl TypedValueParser<Value = Activation> {
    let names = PossibleValuesParser::new(Activation::ALL.map(Activation::name));
    names.map(|name| name.parse().expect("one of the names of all activations"))
}
