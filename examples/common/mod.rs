//! What the examples share: options, the way they end, progress and pictures.
#![allow(dead_code, unused_imports)] // each example uses a part of it

pub mod options;
pub mod plot;
pub mod progress;

use std::error::Error;
use std::io;
use std::process::ExitCode;

use clap::Parser;

/// What an example returns: any failure is printed as it is.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Reads the options and runs the example.
///
/// Exit codes: 0 success, 1 failure while running, 2 wrong usage. Whoever closes the pipe that
/// we write to has seen enough: that is no failure.
pub fn run<O: Parser>(example: fn(&O) -> Outcome) -> ExitCode {
    match example(&O::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_closed_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
