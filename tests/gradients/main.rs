//! Gradients of `#[differentiable]` functions against central differences, dual numbers and
//! analytic values. Each test names the claim it makes; the lints prove the emitted code clean.

#![deny(warnings)]
#![allow(dead_code)]
#![forbid(unsafe_code)]

mod branches;
mod calls;
mod clean;
mod conventions;
mod cost;
mod function_values;
mod generics;
mod hygiene;
mod linear_algebra;
mod loops;
mod places;
mod straight_line;
mod structs;
mod traits;
mod unused;
