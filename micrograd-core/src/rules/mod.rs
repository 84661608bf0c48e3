//! The registry of derivative rules.
//!
//! A rule says how the cotangent of a result flows to the operands. Rules are trait
//! implementations, so Rust's own dispatch is the registry, and a rule for a new type or function
//! is added by implementing a trait. There are three forms:
//!
//! - *operators* (`+ - * / %`, unary `-`, `as`): the traits of [`operator`], one method an operand,
//!   each of which accumulates in place;
//! - *methods* (`x.sin()`, `a.dot(&b)`): a method `rrule_sin` in an extension trait, see [`scalar`];
//! - *functions* (`relu(x)`, `materialize(b)`): a braced struct with the function's name and an
//!   associated function `rrule`, see [`function`](mod@function).
//!
//! The last two return the value and a pullback, which borrows nothing: at reverse time it is
//! called as `pullback(&mut dy, &a, &mut da, &b, &mut db)`, with each argument handed back by
//! reference next to the accumulator of its cotangent. `dy` is not needed any more: a rule that takes
//! `&mut dy` may hand its memory on to an argument, the others take `&dy`.

pub mod activation;
pub mod convert;
pub mod function;
pub mod integer;
pub mod map;
pub mod matrix;
pub mod operator;
pub mod option;
pub mod parameters;
pub mod reduction;
pub mod scalar;
pub mod slice;
pub mod variant;

/// The extension traits of all method rules, without their names: emitted code imports them.
#[doc(hidden)]
pub mod methods {
    pub use super::convert::{
        FromPrimitiveRules as _, FromRule as _, IntoRule as _, NumCastRules as _,
    };
    pub use super::integer::{DurationRules as _, IntegerRules as _, SignedRules as _};
    pub use super::matrix::{
        CholeskyRules as _, DecompositionRules as _, LuRules as _, QrRules as _,
        SquareDecompositionRules as _,
    };
    pub use super::matrix::{
        ComponentwiseRules as _, LinearAlgebraRules as _, ProductRules as _, ReduceRules as _,
        ShapeRules as _, SquareRules as _, VectorRules as _, ViewRules as _,
    };
    pub use super::matrix::{
        FromDiagonal as _, FromElement as _, FromElementOfLength as _, FromElementOfShape as _,
        FromElements as _, FromElementsOfShape as _, FromParts as _, MatrixOf1 as _,
        MatrixOf2 as _, MatrixOf3 as _, MatrixOf4 as _, MatrixOf5 as _, MatrixOf6 as _,
        MatrixOf8 as _, MatrixOf9 as _, MatrixOf12 as _, MatrixOf16 as _,
    };
    pub use super::option::{
        BoolRules as _, OptionIntoRules as _, OptionRules as _, ResultIntoRules as _,
        ResultRules as _,
    };
    pub use super::scalar::ScalarRules as _;
    pub use super::slice::{BoxRules as _, CloneRule as _, SliceRules as _};
    pub use super::variant::OptionParts as _;
    pub use crate::Function as _;
    pub use crate::emitted::{
        Batched as _, BatchedRule as _, Field as _, FusedRule as _, KeptBack as _,
        NoAccumulator as _, SpareAccumulator as _,
    };
    pub use crate::emitted::{PlainCopy as _, PlainReference as _};
}
