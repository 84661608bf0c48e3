//! Exact gradients of ordinary Rust functions, by source transformation.

extern crate self as micrograd_core;

pub mod function;
pub mod parameters;
pub mod rules;
pub mod tangent;

pub use function::Function;
pub use parameters::{Leaf, Name, Parameters};
pub use tangent::{Accumulate, Differentiable, NoTangent, Tangent};
