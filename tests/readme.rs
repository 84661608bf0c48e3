//! The README cannot rot: its listings are compared with what they claim to show.
//!
//! Its Rust blocks run as documentation tests of `micrograd-nn`.

use micrograd_core::{code_ir, code_pullback, differentiable};
use micrograd_nn::activation::{identity, relu};
use micrograd_nn::{Chain, Dense, num_parameters};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

const README: &str = include_str!("../README.md");

#[differentiable]
fn area(w: f64, h: f64, corners: usize) -> f64 {
    let mut a = w * h;
    for _ in 0..corners {
        if a > 1.0 {
            a -= (w * 0.25).powi(2);
        }
    }
    a
}

#[track_caller]
fn assert_shown(text: &str) {
    assert!(
        README.contains(text),
        "README.md should show this:\n\n{text}"
    );
}

#[test]
fn the_first_function_is_the_one_that_is_printed() {
    let source = include_str!("readme.rs");
    let start = source.find("#[differentiable]\nfn area").unwrap();
    let end = start + source[start..].find("\n}\n").unwrap();
    assert_shown(&source[start..end]);
    assert_eq!(area(2.0, 2.0, 4), 3.0);
}

#[test]
fn the_ir_is_what_the_macro_prints() {
    assert_shown(&format!("```text\n{}\n```\n", code_ir!(area).trim()));
}

#[test]
fn the_reverse_sweep_is_what_the_macro_prints() {
    assert_shown(&format!("```text\n{}\n```\n", code_pullback!(area).trim()));
}

#[test]
fn the_diagnostic_is_what_the_compiler_prints() {
    let code = include_str!("ui/calls/unknown_macro.rs");
    assert_shown(code.trim_end_matches("\nfn main() {}\n"));
    let message = include_str!("ui/calls/unknown_macro.stderr");
    assert_shown(message.trim());
}

#[test]
fn the_model_prints_itself_as_shown() {
    let rng = &mut ChaCha8Rng::seed_from_u64(42);
    let model = Chain((
        Dense::<relu>::new(2, 16, relu {}, rng),
        Dense::<relu>::new(16, 16, relu {}, rng),
        Dense::<identity>::new(16, 2, identity {}, rng),
    ));
    assert_shown(&format!("{model}, {} parameters", num_parameters(&model)));
}
