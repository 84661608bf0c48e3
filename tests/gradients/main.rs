//! Gradients of `#[differentiable]` functions against central differences, dual numbers and
//! analytic values. Each test names the claim it makes; the lints prove the emitted code clean.

#![deny(warnings)]
#![allow(
    clippy::all,
    reason = "the tests are written as users write, in every spelling"
)]
#![forbid(unsafe_code)]

mod branches;
mod calls;
mod clean;
mod closure_values;
mod closures_hard;
mod closures_passed;
mod control_flow;
mod conventions;
mod copies;
mod cost;
mod enums;
mod exits;
mod fallible;
mod findings;
mod function_arguments;
mod function_parameters;
mod function_values;
mod generics;
mod hygiene;
mod inert;
mod iterator_adaptors;
mod iterator_searches;
mod iterators;
mod iterators_hard;
mod linear_algebra;
mod loops;
mod models;
mod mutation;
mod mutation_hard;
mod options;
mod places;
mod real_sequences;
mod recursion;
mod registry;
mod rules_in_bodies;
mod sequences;
mod spellings;
mod straight_line;
mod structs;
mod traits;
mod unused;
