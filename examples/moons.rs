//! Trains a small network to tell two interleaved half moons apart, and draws what it learned.
//!
//! Results go to stdout, progress to stderr, pictures (PNG and SVG) to the folder `--out`.
//! Exit codes: 0 success, 1 failure while running, 2 wrong usage.

mod common;

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use common::plot::{self, DecisionBoundary, LossHistory};
use common::progress::Progress;
use micrograd_nn::activation::softmax;
use micrograd_nn::loss::logit_cross_entropy;
use micrograd_nn::{
    Activation, Chain, Dense, Layer, accuracy, gradient_descent_with, make_moons, num_parameters,
    onehot,
};
use nalgebra::DMatrix;
use rand::SeedableRng;
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
    #[arg(long, value_name = "ETA", default_value = "0.9", value_parser = step_size)]
    learning_rate: f64,
    /// Number of updates, each with the gradient over all points
    #[arg(long, value_name = "N", default_value = "200", value_parser = count)]
    iterations: usize,
    /// Seed of the points and of the initial weights
    #[arg(long, value_name = "N", default_value_t = 42)]
    seed: u64,
    /// Folder for the pictures, created if need be
    #[arg(long, value_name = "FOLDER", default_value = "figures")]
    out: PathBuf,
    /// Train and report only
    #[arg(long)]
    no_plots: bool,
    /// Print the loss before each update and after the last, in full precision, and nothing else
    #[arg(long)]
    history: bool,
    /// No progress
    #[arg(long)]
    quiet: bool,
    /// At most 20 iterations and coarse pictures, to see that everything works
    #[arg(long)]
    quick: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let (x, labels) = make_moons(options.samples, options.noise, &mut rng);
    let y = onehot(&labels, 2)?;
    let mut model = network(options, &mut rng);

    let most = if options.quick { 20 } else { usize::MAX };
    let iterations = options.iterations.min(most);
    let progress = Progress::new(if options.quiet { 0 } else { iterations });
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
    if options.no_plots || options.history {
        return Ok(());
    }
    for path in trained.draw(options, &history, &x, &labels)? {
        writeln!(out, "wrote {}", path.display())?;
    }
    Ok(())
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
    /// Both pictures, as PNG and SVG.
    fn draw(
        &self,
        options: &Options,
        history: &[f64],
        points: &DMatrix<f64>,
        labels: &[usize],
    ) -> Result<Vec<PathBuf>, Box<dyn Error>> {
        let loss = self.loss;
        let history = LossHistory {
            title: format!("Training loss (logit cross entropy), {loss:.4} at the end"),
            losses: history,
        };
        let accuracy = self.accuracy;
        let boundary = DecisionBoundary {
            title: format!("Decision boundary, accuracy {accuracy:.1} %"),
            points,
            labels,
            probability: &|points| {
                let probabilities = softmax(self.model.forward(points));
                probabilities.row(1).iter().copied().collect()
            },
            resolution: if options.quick { 40 } else { 125 },
        };
        let mut paths = plot::save(&history, &options.out, "moons_loss")?.to_vec();
        paths.extend(plot::save(&boundary, &options.out, "moons_boundary")?);
        Ok(paths)
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

fn count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| *count > 0);
    count.ok_or_else(|| "expected a whole number from 1".to_owned())
}

fn deviation(text: &str) -> Result<f64, String> {
    let number = text
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| "expected a number from 0, such as 0.1".to_owned())
}

fn step_size(text: &str) -> Result<f64, String> {
    let number = text
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "expected a number above 0, such as 0.9".to_owned())
}

/// Whoever reads our output has seen enough: not our failure.
fn is_closed_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
