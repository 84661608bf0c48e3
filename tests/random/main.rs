//! Random programs: is the gradient that of dual numbers, which share no code with ours?
//!
//! A seed becomes a program in the supported subset. It is written twice, with `f64` and
//! `#[differentiable]`, and with dual numbers, which carry one derivative forward. Many of them make
//! one crate; that is built in debug and in release, run, and what it prints is compared: the value and
//! what is left in `&mut` parameters to the bit, the gradient, `back` called twice, both builds.
//!
//! `cargo test --test random` tries a few. As many as wanted:
//!
//! ```text
//! MICROGRAD_RANDOM=1000..3000 cargo test --test random -- --nocapture
//! ```

mod batch;
mod calls;
mod code;
mod compare;
mod dice;
mod expressions;
mod generate;
mod harness;
mod iterators;
mod loops;
mod print;
mod program;
mod scope;
mod shrink;
mod statements;

use std::ops::Range;

use compare::{Compared, Kind};
use print::Spelling;
use program::{Access, Constructs, Failure, Function, Program, Type};

/// What the programs may contain that not all versions can differentiate.
const CONSTRUCTS: Constructs = Constructs {
    labelled_loops: false,
    break_with_value: false,
    while_let: false,
    return_in_let: false,
    partial_exits: false,
    enums: false,
    more_iterators: false,
    shrinking_vectors: false,
    closure_parameters: false,
};

/// How many programs make a crate.
const BATCH: usize = 100;

/// The seeds that are tried if nothing else is asked for.
const SEEDS: Range<u64> = 0..80;

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("MICROGRAD_RANDOM") else {
        return SEEDS;
    };
    let range = text
        .split_once("..")
        .and_then(|(start, end)| Some(start.parse().ok()?..end.parse().ok()?));
    range.unwrap_or_else(|| panic!("MICROGRAD_RANDOM is a range such as 1000..3000, not `{text}`"))
}

#[test]
fn random_programs_have_the_gradients_of_dual_numbers() {
    let seeds = seeds();
    let programs: Vec<Program> = (seeds.clone())
        .map(|seed| generate::program(seed, CONSTRUCTS))
        .collect();
    let (mut gradients, mut left_out, mut failed, mut wrong) = (0, 0, 0, Vec::new());
    for batch in programs.chunks(BATCH) {
        let compared = compare::compare(&batch::run(batch, batch::Build::Both));
        gradients += compared.gradients;
        left_out += compared.left_out;
        failed += compared.failed;
        for finding in &compared.findings {
            let program = &batch[finding.program];
            let shrunk = std::env::var_os("MICROGRAD_RANDOM_SHRINK")
                .map(|_| shrink::shrink(program, finding));
            let source =
                harness::source(shrunk.as_ref().unwrap_or(program), Spelling::Differentiable);
            println!(
                "seed {}: {:?}: {}\n{source}\n",
                program.seed, finding.kind, finding.text
            );
            wrong.push((program.seed, finding.kind));
        }
    }
    println!(
        "{} programs, {gradients} gradients compared, {left_out} too large to compare, {failed} calls failed as they may, {} findings",
        programs.len(),
        wrong.len(),
    );
    assert!(wrong.is_empty(), "of seeds {seeds:?}: {wrong:?}");
}

/// `f(x)`, whose item is written by hand.
fn by_hand(seed: u64, item: code::Code) -> Program {
    let mut program = generate::program(0, Constructs::default());
    program.items.truncate(2);
    program.items.push(item);
    program.seed = seed;
    program.entry = Function {
        name: "f".into(),
        receiver: None,
        parameters: vec![(Type::Real, Access::Owned)],
        result: Type::Real,
        failure: Failure::Never,
        recursive: false,
    };
    program
}

#[test]
fn what_is_wrong_is_found() {
    let real = code::Code::Real;
    let right = code!(
        "{}pub fn f(x: {}) -> {} { x * x }",
        code::Code::Differentiable("#[micrograd_core::differentiable]\n"),
        &real,
        &real
    );
    let rule = "pub fn by_hand(x: f64) -> (f64, impl Fn(f64) -> (f64,)) { (x * x, move |d| (d * x,)) }\n#[micrograd_core::differentiable(rule = by_hand)]\n";
    let wrong = code!(
        "{}pub fn f(x: {}) -> {} { x * x }",
        code::Code::Differentiable(rule),
        &real,
        &real
    );
    let unknown = "fn unknown(x: f64) -> f64 { x }\n#[micrograd_core::differentiable]\n";
    let rejected = code!(
        "{}pub fn f(x: {}) -> {} { unknown(x) }\n{}",
        code::Code::Differentiable(unknown),
        &real,
        &real,
        "use crate::numbers::D as _;"
    );
    let _ = rejected;
    let programs = [right, wrong].map(|item| by_hand(1, item));
    let Compared { findings, .. } = compare::compare(&batch::run(&programs, batch::Build::Both));
    let found: Vec<_> = findings
        .iter()
        .map(|finding| (finding.program, finding.kind))
        .collect();
    assert_eq!(found, [(1, Kind::Gradient)]);
}
