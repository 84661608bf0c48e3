//! Trains a small network to tell two interleaved half moons apart, and draws what it learned.
//!
//! Results go to stdout, progress to stderr, pictures (PNG and SVG) to the folder `--out`.
//! Exit codes: 0 success, 1 failure while running, 2 wrong usage.

mod common;

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use common::plot::{self, DecisionBoundary, LossHistory};
use common::progress::Progress;
use micrograd_nn::{accuracy, make_moons, minimise_with, num_parameters};
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
    #[arg(long, value_enum, default_value_t = Activation::Relu)]
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
    /// At most 20 iterations and coarse pictures, to see that everything works
    #[arg(long)]
    quick: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Activation {
    Relu,
    Tanh,
    Sigmoid,
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
    let trained = train(options, &x, &labels, &mut rng);

    let mut out = io::stdout().lock();
    writeln!(out, "{}", trained.description)?;
    writeln!(
        out,
        "loss {:.6}, accuracy {:.1} %",
        trained.loss,
        100.0 * trained.accuracy
    )?;
    if let Some(iteration) = trained.diverged {
        return Err(format!(
            "the training diverged at iteration {iteration}; try a smaller --learning-rate"
        )
        .into());
    }
    if !options.no_plots {
        for path in draw(options, &trained, &x, &labels)? {
            writeln!(out, "wrote {}", path.display())?;
        }
    }
    Ok(())
}

/// Both pictures, as PNG and SVG.
fn draw(
    options: &Options,
    trained: &Trained,
    x: &DMatrix<f64>,
    labels: &[usize],
) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let folder: &Path = &options.out;
    let percent = 100.0 * trained.accuracy;
    let history = LossHistory {
        title: format!(
            "Training loss (logit cross entropy), {:.4} at the end",
            trained.loss
        ),
        losses: &trained.history,
    };
    let boundary = DecisionBoundary {
        title: format!("Decision boundary, accuracy {percent:.1} %"),
        points: x,
        labels,
        probability: &|points| probability_of_class_1(&(trained.logits)(points)),
        resolution: if options.quick { 40 } else { 125 },
    };
    let mut paths = plot::save(&history, folder, "moons_loss")?.to_vec();
    paths.extend(plot::save(&boundary, folder, "moons_boundary")?);
    Ok(paths)
}

/// Softmax of two logits: 1 / (1 + e^(l₀ − l₁)).
fn probability_of_class_1(logits: &DMatrix<f64>) -> Vec<f64> {
    logits
        .column_iter()
        .map(|l| 1.0 / (1.0 + (l[0] - l[1]).exp()))
        .collect()
}

/// Logits (2 × n) of points (2 × n).
type Predictor = Box<dyn Fn(&DMatrix<f64>) -> DMatrix<f64>>;

/// What training leaves behind.
struct Trained {
    /// The network as text, with its number of parameters.
    description: String,
    /// The trained network.
    logits: Predictor,
    /// The loss before each update.
    history: Vec<f64>,
    /// The loss after the last one.
    loss: f64,
    /// The fraction of points it puts into their class.
    accuracy: f64,
    /// The iteration after which a number was no longer finite.
    diverged: Option<usize>,
}

// model: replace this function and the module below by the network of micrograd-nn.
fn train(options: &Options, x: &DMatrix<f64>, labels: &[usize], rng: &mut ChaCha8Rng) -> Trained {
    let iterations = if options.quick {
        options.iterations.min(20)
    } else {
        options.iterations
    };
    let Options {
        hidden: Widths(hidden),
        activation,
        article,
        ..
    } = options;
    let mut network = stand_in::network(hidden, rng);
    let shape = stand_in::Shape::new(hidden, *activation, *article);
    let progress = Progress::new(iterations);
    let history = minimise_with(
        &mut network,
        |network| shape.loss_and_gradient(network, x, labels),
        options.learning_rate,
        iterations,
        |iteration, loss, network| {
            progress.report(iteration + 1, || {
                let percent = 100.0 * accuracy(&shape.logits(network, x), labels);
                format!("loss {loss:.4}  accuracy {percent:5.1} %")
            });
        },
    );
    drop(progress);
    let loss = shape.loss_and_gradient(&network, x, labels).0;
    let stopped = history.len() < iterations || !loss.is_finite();
    Trained {
        description: format!("stand-in network, {} parameters", num_parameters(&network)),
        loss,
        accuracy: accuracy(&shape.logits(&network, x), labels),
        diverged: stopped.then_some(history.len()),
        history,
        logits: Box::new(move |x| shape.logits(&network, x)),
    }
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

// model: TEMPORARY, a network with its gradient by hand.
mod stand_in {
    use super::Activation;
    use micrograd_nn::glorot_uniform;
    use nalgebra::{DMatrix, DVector};
    use rand_chacha::ChaCha8Rng;

    type Network = Vec<[Vec<f64>; 2]>;

    pub fn network(hidden: &[usize], rng: &mut ChaCha8Rng) -> Network {
        let widths = [&[2], hidden, &[2]].concat();
        let layer = |w: &[usize]| {
            let weight: DMatrix<f64> = glorot_uniform(w[1], w[0], rng);
            [weight.as_slice().to_vec(), vec![0.0; w[1]]]
        };
        widths.windows(2).map(layer).collect()
    }

    pub struct Shape {
        widths: Vec<usize>,
        activation: Activation,
        article: bool,
    }

    impl Shape {
        pub fn new(hidden: &[usize], activation: Activation, article: bool) -> Shape {
            Shape {
                widths: [&[2], hidden, &[2]].concat(),
                activation,
                article,
            }
        }

        /// The value of each layer, and the slope of its activation.
        fn layers(&self, network: &Network, x: &DMatrix<f64>) -> Vec<[DMatrix<f64>; 2]> {
            let mut values = vec![[x.clone(), x.clone()]];
            for (i, [weight, bias]) in network.iter().enumerate() {
                let weight = DMatrix::from_column_slice(self.widths[i + 1], self.widths[i], weight);
                let mut z = weight * &values[i][0];
                for mut column in z.column_iter_mut() {
                    column += DVector::from_column_slice(bias);
                }
                let last = i + 1 == network.len();
                values.push(if last && !self.article {
                    [z.clone(), z.map(|_| 1.0)]
                } else {
                    match self.activation {
                        Activation::Relu => [
                            z.map(|z| z.max(0.0)),
                            z.map(|z| f64::from(u8::from(z > 0.0))),
                        ],
                        Activation::Tanh => [z.map(f64::tanh), z.map(|z| 1.0 - z.tanh().powi(2))],
                        Activation::Sigmoid => {
                            let s = |z: f64| 1.0 / (1.0 + (-z).exp());
                            [z.map(s), z.map(|z| s(z) * (1.0 - s(z)))]
                        }
                    }
                });
            }
            values
        }

        pub fn logits(&self, network: &Network, x: &DMatrix<f64>) -> DMatrix<f64> {
            self.layers(network, x).pop().unwrap()[0].clone()
        }

        pub fn loss_and_gradient(
            &self,
            network: &Network,
            x: &DMatrix<f64>,
            labels: &[usize],
        ) -> (f64, Network) {
            let values = self.layers(network, x);
            let logits = &values[network.len()][0];
            let n = labels.len() as f64;
            let mut loss = 0.0;
            let mut delta = DMatrix::from_fn(2, labels.len(), |class, sample| {
                let own = logits[(class, sample)];
                let other = logits[(1 - class, sample)];
                let p = 1.0 / (1.0 + (other - own).exp());
                let y = f64::from(u8::from(labels[sample] == class));
                loss -= if y == 1.0 { p.ln() / n } else { 0.0 };
                (p - y) / n
            });
            let mut gradient = network.clone();
            for (i, [dw, db]) in gradient.iter_mut().enumerate().rev() {
                delta.component_mul_assign(&values[i + 1][1]);
                *dw = (&delta * values[i][0].transpose()).as_slice().to_vec();
                *db = delta.column_sum().as_slice().to_vec();
                let weight =
                    DMatrix::from_column_slice(self.widths[i + 1], self.widths[i], &network[i][0]);
                delta = weight.transpose() * delta;
            }
            (loss, gradient)
        }
    }
}
