//! Teaches an LSTM to write a poem, one character after the other.
//!
//! The way through time is an ordinary loop over the characters, and the gradient goes back through it.
//! Results go to stdout, progress to stderr, pictures (PNG and SVG) to the folder `--out`.

mod common;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use common::Outcome;
use common::options::{CommonOptions, count, positive};
use common::plot::Chart;
use micrograd_core::{Differentiable, differentiable, gradient};
use micrograd_nn::activation::{identity, softmax};
use micrograd_nn::loss::logit_cross_entropy;
use micrograd_nn::{Adam, Dense, Lstm, Optimiser, num_parameters, onehot};
use nalgebra::DMatrix;
use rand::{Rng, RngExt};

/// Teach an LSTM to write a poem.
#[derive(Parser)]
#[command(allow_negative_numbers = true)]
struct Options {
    /// Width of the state
    #[arg(long, value_name = "N", default_value = "64", value_parser = count)]
    hidden: usize,
    /// Number of characters that the gradient goes back through
    #[arg(long, value_name = "N", default_value = "32", value_parser = length)]
    length: usize,
    /// Number of places in the poem read at once
    #[arg(long, value_name = "N", default_value = "8", value_parser = count)]
    batch: usize,
    /// Number of updates
    #[arg(long, value_name = "N", default_value = "1000", value_parser = count)]
    iterations: usize,
    /// Step size of the optimiser
    #[arg(long, value_name = "ETA", default_value = "0.01", value_parser = positive)]
    learning_rate: f64,
    /// Number of characters written at the end
    #[arg(long, value_name = "N", default_value = "300", value_parser = count)]
    sample: usize,
    /// How boldly it writes: near 0 always the likeliest character, 1 as likely as learned
    #[arg(long, value_name = "T", default_value = "0.5", value_parser = positive)]
    temperature: f64,
    #[command(flatten)]
    common: CommonOptions,
}

const POEM: &str = include_str!("assets/jabberwocky.txt");

/// Reads a character and tells how likely each is to follow.
#[derive(Clone, Differentiable)]
struct Writer {
    cell: Lstm,
    output: Dense<identity>,
}

/// The mean loss of the next character; characters × samples at each time.
#[differentiable(no_gradient(read, next))]
fn loss(writer: &Writer, read: &[DMatrix<f64>], next: &[DMatrix<f64>]) -> f64 {
    let mut state = writer.cell.initial_state(read[0].ncols());
    let mut sum = 0.0;
    for (read, next) in read.iter().zip(next) {
        state = writer.cell.step(read, &state);
        sum += logit_cross_entropy(&writer.output.forward(&state.hidden), next);
    }
    sum / read.len() as f64
}

fn main() -> ExitCode {
    common::run(run)
}

fn run(options: &Options) -> Outcome {
    let common = &options.common;
    let rng = &mut common.rng();
    let alphabet = alphabet();
    let codes: Vec<usize> = POEM.chars().filter_map(|c| code(c, &alphabet)).collect();

    let mut writer = Writer {
        cell: Lstm::new(alphabet.len(), options.hidden, rng),
        output: Dense::new(options.hidden, alphabet.len(), identity {}, rng),
    };
    let mut optimiser = Adam::new(options.learning_rate).clip_norm(1.0);
    let iterations = common.steps(options.iterations, 50);
    let progress = common.progress(iterations);
    let mut history = Vec::new();
    for iteration in 1..=iterations {
        let window = windows(&codes, options, alphabet.len(), rng)?;
        let (read, next) = (&window[..options.length], &window[1..]);
        let (value, (slope, ..)) = gradient!(loss, &writer, read, next);
        optimiser.step(&mut writer, slope).map_err(|error| {
            format!("iteration {iteration}: {error}; try a smaller --learning-rate")
        })?;
        history.push(value);
        progress.report(iteration, || format!("loss {value:.4}"));
    }
    drop(progress);

    let mut out = io::stdout().lock();
    let text = write_text(&writer, options, &alphabet, rng)?;
    let last = history.iter().rev().take(20);
    let mean = last.clone().sum::<f64>() / last.len() as f64;
    let chance = (alphabet.len() as f64).ln();
    writeln!(out, "{text}\n")?;
    writeln!(
        out,
        "{}, {}, {} parameters",
        writer.cell,
        writer.output,
        num_parameters(&writer)
    )?;
    writeln!(
        out,
        "{} characters of {} kinds: loss {mean:.4} a character, {chance:.4} by chance",
        codes.len(),
        alphabet.len()
    )?;
    let title = format!("Loss a character (logit cross entropy), {mean:.4} at the end");
    common.draw(
        &Chart::of_losses(title, &history),
        "char_rnn_loss",
        &mut out,
    )
}

/// The characters of the poem, sorted.
fn alphabet() -> Vec<char> {
    let mut alphabet: Vec<char> = POEM.chars().collect();
    alphabet.sort_unstable();
    alphabet.dedup();
    alphabet
}

fn code(character: char, alphabet: &[char]) -> Option<usize> {
    alphabet.binary_search(&character).ok()
}

/// The characters from random places on, one-hot: at each of `length + 1` times kinds × samples.
fn windows(
    codes: &[usize],
    options: &Options,
    kinds: usize,
    rng: &mut impl Rng,
) -> Outcome<Vec<DMatrix<f64>>> {
    let last = codes.len() - options.length;
    let starts: Vec<usize> = (0..options.batch)
        .map(|_| rng.random_range(0..last))
        .collect();
    (0..=options.length)
        .map(|time| {
            let codes: Vec<usize> = starts.iter().map(|start| codes[start + time]).collect();
            Ok(onehot(&codes, kinds)?)
        })
        .collect()
}

/// Lets the writer go on from a line break, each character drawn by how likely it is.
fn write_text(
    writer: &Writer,
    options: &Options,
    alphabet: &[char],
    rng: &mut impl Rng,
) -> Outcome<String> {
    let mut state = writer.cell.initial_state(1);
    let mut last = code('\n', alphabet).ok_or("the poem has one line")?;
    let mut text = String::new();
    for _ in 0..options.sample {
        state = writer.cell.step(&onehot(&[last], alphabet.len())?, &state);
        let logits = writer.output.forward(&state.hidden) / options.temperature;
        let mut left = rng.random_range(0.0..1.0);
        let drawn = softmax(logits).iter().position(|probability| {
            left -= probability;
            left <= 0.0
        });
        last = drawn.unwrap_or(last);
        text.push(alphabet[last]);
    }
    Ok(text)
}

/// Shorter than the poem.
fn length(text: &str) -> Result<usize, String> {
    let most = POEM.chars().count() - 1;
    let length = text
        .parse()
        .ok()
        .filter(|length| (1..=most).contains(length));
    length.ok_or_else(|| format!("expected a whole number from 1 to {most}"))
}
