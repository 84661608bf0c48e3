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
//!
//! With `MICROGRAD_RANDOM_SHRINK=1` as well, each program that is wrong is made as small as can be, which
//! takes a minute or more. `CONSTRUCTS` says what the programs may contain.

mod batch;
mod bindings;
mod calls;
mod carried;
mod closures;
mod code;
mod compare;
mod dice;
mod expressions;
mod generate;
mod harness;
mod iterators;
mod loops;
mod parts;
mod places;
mod print;
mod program;
mod scope;
mod scratch;
mod shrink;
mod statements;
mod values;

use std::ops::Range;

use batch::Build;
use code::Code;
use compare::Kind;
use print::Spelling;
use program::{Access, Constructs, Failure, Function, Program, Type};

/// What the programs may contain that not all versions can differentiate.
const CONSTRUCTS: Constructs = Constructs {
    labelled_loops: true,
    break_with_value: true,
    while_let: true,
    return_in_let: true,
    partial_exits: true,
    enums: true,
    more_iterators: true,
    shrinking_vectors: true,
    closure_parameters: true,
    let_else_with_value: true,
    return_nothing_in_loops: true,
    options_of_calls: true,
    iterators_of_parts: true,
    implicit_reborrows: true,
    filters_of_parts: true,
    any_and_all: true,
    statements_before_failure: true,
};

/// How many programs make a crate.
const BATCH: usize = 100;

/// The seeds that are tried if nothing else is asked for.
const SEEDS: Range<u64> = 0..60;

fn seeds() -> Vec<u64> {
    let Ok(text) = std::env::var("MICROGRAD_RANDOM") else {
        return SEEDS.collect();
    };
    let range = text.split_once("..").and_then(|(start, end)| {
        let (start, end): (u64, u64) = (start.parse().ok()?, end.parse().ok()?);
        Some(start..end)
    });
    let range = range.unwrap_or_else(|| {
        panic!("MICROGRAD_RANDOM is a range of seeds such as 1000..3000, not `{text}`")
    });
    range.collect()
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "builds debug and release itself")]
fn random_programs_have_the_gradients_of_dual_numbers() {
    let programs: Vec<Program> = (seeds().into_iter())
        .map(|seed| generate::program(seed, CONSTRUCTS))
        .collect();
    let shrinks = std::env::var_os("MICROGRAD_RANDOM_SHRINK").is_some();
    let (mut gradients, mut left_out, mut failed, mut wrong) = (0, 0, 0, Vec::new());
    for batch in programs.chunks(BATCH) {
        let compared = compare::compare(&batch::run(batch, Build::Both));
        gradients += compared.gradients;
        left_out += compared.left_out;
        failed += compared.failed;
        for finding in &compared.findings {
            let mut program = batch[finding.program].clone();
            println!(
                "seed {}: {:?}: {}",
                program.seed, finding.kind, finding.text
            );
            if shrinks && finding.kind != Kind::Generator {
                program = shrink::shrink(&program, finding);
            }
            println!("{}\n", harness::source(&program, Spelling::Differentiable));
            wrong.push((program.seed, finding.kind));
        }
    }
    println!(
        "{} programs: {gradients} gradients compared, {left_out} left to rounding, {failed} calls failed as they may; {} findings",
        programs.len(),
        wrong.len(),
    );
    assert!(wrong.is_empty(), "wrong seeds: {wrong:?}");
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "builds debug and release itself")]
fn what_is_switched_off_is_rust_too() {
    let all = Constructs {
        labelled_loops: true,
        break_with_value: true,
        while_let: true,
        return_in_let: true,
        partial_exits: true,
        enums: true,
        more_iterators: true,
        shrinking_vectors: true,
        closure_parameters: true,
        let_else_with_value: true,
        return_nothing_in_loops: true,
        options_of_calls: true,
        iterators_of_parts: true,
        implicit_reborrows: true,
        filters_of_parts: true,
        any_and_all: true,
        statements_before_failure: true,
    };
    let programs: Vec<Program> = (0..40).map(|seed| generate::program(seed, all)).collect();
    if let Some((index, rejected)) = batch::run(&programs, Build::CheckDual)
        .rejected
        .first_key_value()
    {
        let source = harness::source(&programs[*index], Spelling::Dual);
        panic!("seed {index}: {}\n{source}", rejected.dual.join("\n"));
    }
}

/// A program whose function `f` of one number is written by hand.
fn by_hand(item: Code) -> Program {
    let mut program = generate::program(0, Constructs::default());
    // The types stay.
    program.items.truncate(2);
    program.items.push(item);
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
#[cfg_attr(not(debug_assertions), ignore = "builds debug and release itself")]
fn a_wrong_gradient_and_an_error_are_found_and_attributed() {
    let attribute = "#[micrograd_core::differentiable]\n";
    let rule = "fn rule(x: f64) -> (f64, impl Fn(f64) -> (f64,)) { (x * x, move |d| (d * x,)) }
#[micrograd_core::differentiable(rule = rule)]\n";
    let f = |before: &'static str, body: &str| {
        let before = Code::Differentiable(before);
        let real = Code::Real;
        code!("{}pub fn f(x: {}) -> {} { {} }", before, &real, &real, body)
    };
    let without_rule = code!(
        "fn g(x: {}) -> {} { x }\n{}",
        Code::Real,
        Code::Real,
        f(attribute, "g(x)")
    );
    let programs = [f(attribute, "x * x"), f(rule, "x * x"), without_rule].map(by_hand);
    let compared = compare::compare(&batch::run(&programs, Build::Debug));
    let found = compared
        .findings
        .iter()
        .map(|finding| (finding.program, finding.kind));
    let found: Vec<_> = found.collect();
    assert_eq!(found, [(2, Kind::Compile), (1, Kind::Gradient)]);
}
