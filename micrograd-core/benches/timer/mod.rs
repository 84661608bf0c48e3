//! Timing of candidates against each other, shared by the benchmarks.

use std::time::{Duration, Instant};

/// What the command line asks for: how long to measure a row, and which rows.
pub struct Request {
    budget: Duration,
    only: Option<String>,
}

impl Request {
    /// `--quick` is for a look; without `--bench`, as `cargo test --benches` calls, nothing is measured twice
    /// more than needed. The first other argument is a part of the names of the rows that are wanted.
    pub fn from_arguments() -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
        let milliseconds = match (has("--bench"), has("--quick")) {
            (false, _) => 0,
            (true, true) => 300,
            (true, false) => 3000,
        };
        Request {
            budget: Duration::from_millis(milliseconds),
            only: arguments
                .into_iter()
                .find(|argument| !argument.starts_with("--")),
        }
    }

    /// Whether the row of this name is wanted.
    pub fn wants(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| name.contains(only))
    }

    /// The fastest of many runs of each candidate, which take turns. So their ratios hold on a machine that
    /// does other things too.
    pub fn fastest<const N: usize>(&self, mut run: [&mut dyn FnMut(); N]) -> [Duration; N] {
        let mut best = [Duration::MAX; N];
        let start = Instant::now();
        let mut rounds = 0;
        while rounds < 5 || start.elapsed() < self.budget {
            for (run, best) in run.iter_mut().zip(&mut best) {
                let start = Instant::now();
                run();
                *best = start.elapsed().min(*best);
            }
            rounds += 1;
        }
        best
    }
}
