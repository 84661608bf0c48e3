//! The AD benchmark suite: what derivatives cost, in units of the function itself and of an adjoint
//! written by hand.
//!
//! All ways of a row run in turn, many times, on the same data; each has its fastest time. Criterion and
//! divan run them one after the other, so that a noisy machine shifts the ratios; hence the timer here.
//!
//! `cargo bench -p micrograd-core --bench adbench`; `-- --quick` for a look, `-- gmm` for some of the rows.

#![allow(
    clippy::needless_range_loop,
    clippy::approx_constant,
    clippy::excessive_precision,
    reason = "the objectives are written as numeric code is, with the constants of the suite"
)]

mod ba;
mod forward;
mod gmm;
mod hand;
mod input;
mod jacobian;
mod lstm;
mod suite;
#[path = "../timer/mod.rs"]
mod timer;

use suite::Table;
use timer::Request;

fn main() {
    let request = Request::from_arguments();
    for table in suite::tables(|name| request.wants(name)) {
        print(table, &request);
    }
}

/// A row has the time of the function and, in units of it, that of the other ways; then the ratio of the first two of them.
fn print(table: Table, request: &Request) {
    let [primal, first, second, third] = table.ways;
    println!(
        "{:<38} {:>14} {first:>14} {second:>14} {third:>14} {:>22}",
        table.title,
        format!("{primal}/µs"),
        format!("{first}/{second}")
    );
    for case in table.cases {
        let is_there = case.ways.each_ref().map(Option::is_some);
        let mut runs = case.ways.map(|run| run.unwrap_or_else(|| Box::new(|| ())));
        let times = request.fastest(runs.each_mut().map(|run| run as &mut dyn FnMut()));
        let times = times.map(|time| time.as_secs_f64());
        let ratio = |a: usize, b: usize| match is_there[a] && is_there[b] {
            true => format!("{:.2}", times[a] / times[b]),
            false => String::new(),
        };
        let primal = times[0] * 1e6;
        println!(
            "{:<38} {primal:>14.1} {:>14} {:>14} {:>14} {:>22}",
            case.name,
            ratio(1, 0),
            ratio(2, 0),
            ratio(3, 0),
            ratio(1, 2)
        );
    }
    println!();
}
