//! The AD benchmark suite: how much memory derivatives take at once, above what is there before. It counts what the
//! allocator is asked for; where memory grows, old and new count.
//!
//! A program of its own, since an allocator that counts would slow the times.
//!
//! `cargo bench -p micrograd-core --bench adbench-memory`

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

use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn main() {
    let only = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"));
    for table in suite::tables(|name| only.as_deref().is_none_or(|only| name.contains(only))) {
        let [primal, first, second, third] = table.ways;
        println!(
            "{:<38} {primal:>14} {first:>14} {second:>14} {third:>14}",
            format!("{}, peak/KiB", table.title)
        );
        for mut case in table.cases {
            print!("{:<38}", case.name);
            for run in &mut case.ways {
                let peak = run.as_mut().map(|run| {
                    let before = ALLOCATOR.current_usage();
                    ALLOCATOR.reset_peak_usage();
                    run();
                    ALLOCATOR.peak_usage() - before
                });
                let kibibytes =
                    peak.map_or(String::new(), |peak| format!("{:.1}", peak as f64 / 1024.0));
                print!(" {kibibytes:>14}");
            }
            println!();
        }
        println!();
    }
}
