//! The AD benchmark suite: what a gradient costs, in units of the function itself and of an adjoint
//! written by hand.
//!
//! All candidates of a row run in turn, many times, on the same data; each has its fastest time. So the
//! ratios hold on a machine that does other things too.
//!
//! `cargo bench -p micrograd-core --bench adbench`; `-- --quick` for a look.

#![allow(
    clippy::needless_range_loop,
    clippy::approx_constant,
    clippy::excessive_precision,
    reason = "the objectives are written as numeric code is, with the constants of the suite"
)]

mod ba;
mod gmm;
mod hand;
mod input;
mod lstm;
#[path = "../timer/mod.rs"]
mod timer;

use std::hint::black_box;
use std::time::Duration;

use timer::Request;

/// One row of the table.
struct Row {
    name: String,
    primal: Duration,
    generated: Duration,
    by_hand: Duration,
}

fn main() {
    let request = Request::from_arguments();
    let wanted = |name: &str| request.wants(name);
    let mut rows = Vec::new();
    for file in ["gmm_1k_d10_K5", "gmm_1k_d10_K25", "gmm_1k_d64_K50"] {
        let path = format!("{file}.txt");
        if !wanted(file) || !input::path(&path).exists() {
            continue;
        }
        let instance = input::gmm(&path);
        let [primal, generated, by_hand] = request.fastest([
            &mut || _ = black_box(black_box(&instance).value()),
            &mut || drop(black_box(black_box(&instance).generated())),
            &mut || drop(black_box(gmm::by_hand(black_box(&instance)))),
        ]);
        rows.push(Row {
            name: file.to_string(),
            primal,
            generated,
            by_hand,
        });
    }
    for file in ["ba1_n49_m7776_p31843"] {
        if !wanted(file) {
            continue;
        }
        let instance = input::ba(&format!("{file}.txt"));
        let count = instance.weights.len();
        let mut jacobian = vec![[[0.0; 15]; 2]; count];
        let mut slopes = vec![0.0; count];
        let mut other = (jacobian.clone(), slopes.clone());
        let mut residuals = (vec![[0.0; 2]; count], vec![0.0; count]);
        let [primal, generated, by_hand] = request.fastest([
            &mut || {
                black_box(&instance).residuals(&mut residuals.0, &mut residuals.1);
                black_box(&residuals);
            },
            &mut || {
                black_box(&instance).generated(&mut jacobian, &mut slopes);
                black_box(&jacobian);
            },
            &mut || {
                black_box(&instance).by_hand(&mut other.0, &mut other.1);
                black_box(&other);
            },
        ]);
        rows.push(Row {
            name: file.to_string(),
            primal,
            generated,
            by_hand,
        });
    }
    for file in ["lstm_l2_c1024", "lstm_l4_c1024"] {
        let path = format!("{file}.txt");
        if !wanted(file) || !input::path(&path).exists() {
            continue;
        }
        let instance = input::lstm(&path);
        let [primal, generated, by_hand] = request.fastest([
            &mut || _ = black_box(black_box(&instance).value()),
            &mut || drop(black_box(black_box(&instance).generated())),
            &mut || drop(black_box(lstm::by_hand(black_box(&instance)))),
        ]);
        rows.push(Row {
            name: file.to_string(),
            primal,
            generated,
            by_hand,
        });
    }
    for (file, on_triangles) in [
        ("hand_simple_small_hand1_t26_c100", false),
        ("hand_complicated_small_hand1_t26_c100", true),
    ] {
        if !wanted(file) {
            continue;
        }
        let instance = input::hand(&format!("{file}.txt"), on_triangles);
        let [primal, generated, by_hand] = request.fastest([
            &mut || _ = black_box(black_box(&instance).value()),
            &mut || drop(black_box(black_box(&instance).generated())),
            &mut || drop(black_box(hand::by_hand(black_box(&instance)))),
        ]);
        rows.push(Row {
            name: file.trim_end_matches("_t26_c100").to_string(),
            primal,
            generated,
            by_hand,
        });
    }
    println!(
        "{:<32} {:>12} {:>12} {:>12} {:>10} {:>10} {:>10}",
        "", "primal/µs", "generated", "by hand", "gen/primal", "hand/prim", "gen/hand"
    );
    for row in rows {
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        let (primal, generated, by_hand) = (
            micros(row.primal),
            micros(row.generated),
            micros(row.by_hand),
        );
        println!(
            "{:<32} {primal:>12.1} {generated:>12.1} {by_hand:>12.1} {:>10.2} {:>10.2} {:>10.2}",
            row.name,
            generated / primal,
            by_hand / primal,
            generated / by_hand
        );
    }
}
