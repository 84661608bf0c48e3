//! The options that all examples have, and the kinds of numbers that options take.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::Outcome;
use super::plot::{self, Figure};
use super::progress::Progress;

/// The options that all examples have.
#[derive(Args)]
pub struct CommonOptions {
    /// Seed of everything that is random
    #[arg(long, value_name = "N", default_value_t = 42)]
    pub seed: u64,
    /// Folder for the pictures, created if need be
    #[arg(long, value_name = "FOLDER", default_value = "figures")]
    pub out: PathBuf,
    /// Compute and report only
    #[arg(long)]
    pub no_plots: bool,
    /// No progress
    #[arg(long)]
    pub quiet: bool,
    /// Few iterations and coarse pictures, to see that everything works
    #[arg(long)]
    pub quick: bool,
}

impl CommonOptions {
    /// The generator of everything that is random.
    pub fn rng(&self) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(self.seed)
    }

    /// `wanted` steps, but at most `most` in quick mode.
    pub fn steps(&self, wanted: usize, most: usize) -> usize {
        wanted.min(if self.quick { most } else { usize::MAX })
    }

    /// Progress over `total` steps, unless it is not wanted.
    pub fn progress(&self, total: usize) -> Progress {
        Progress::new(if self.quiet { 0 } else { total })
    }

    /// Draws `figure` as `name`.png and `name`.svg, unless it is not wanted, and says so on `out`.
    ///
    /// # Errors
    /// If a file cannot be written; the message names it.
    pub fn draw(&self, figure: &impl Figure, name: &str, out: &mut impl Write) -> Outcome {
        if !self.no_plots {
            for path in plot::save(figure, &self.out, name)? {
                writeln!(out, "wrote {}", path.display())?;
            }
        }
        Ok(())
    }
}

/// A whole number from 1.
pub fn count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| *count > 0);
    count.ok_or_else(|| "expected a whole number from 1".to_owned())
}

/// A finite number from 0.
pub fn deviation(text: &str) -> Result<f64, String> {
    let number = number(text).filter(|number| *number >= 0.0);
    number.ok_or_else(|| "expected a number from 0, such as 0.1".to_owned())
}

/// A finite number above 0.
pub fn positive(text: &str) -> Result<f64, String> {
    let number = number(text).filter(|number| *number > 0.0);
    number.ok_or_else(|| "expected a number above 0, such as 0.1".to_owned())
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
