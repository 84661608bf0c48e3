//! Rules for nalgebra's matrices and vectors, of run-time and compile-time dimensions.
//!
//! The tangent of a matrix, also of a view, is an owned matrix of the same shape. A cotangent with
//! run-time dimensions may be *shapeless* (no rows or no columns): nothing has flowed into it yet.
//! A rule gives a shapeless accumulator its shape by assigning, which is cheaper than zeroing and
//! adding, and does nothing when the cotangent that arrives is shapeless.
//!
//! Only shapes are compared at run time; whether static dimensions agree is for nalgebra's own
//! `ShapeConstraint`s to say, so that a rule exists exactly where the operation exists.

mod componentwise;
mod construct;
mod decomposition;
mod elements;
mod linear_algebra;
mod memory;
mod operator;
mod product;
mod reduce;
mod shape;
mod tangent;
mod vector;
mod view;

pub use componentwise::ComponentwiseRules;
pub use construct::{
    FromDiagonal, FromElement, FromElementOfLength, FromElementOfShape, FromElements,
    FromElementsOfShape, FromParts, MatrixOf1, MatrixOf2, MatrixOf3, MatrixOf4, MatrixOf5,
    MatrixOf6, MatrixOf8, MatrixOf9, MatrixOf12, MatrixOf16,
};
pub use decomposition::{
    CholeskyRules, DecompositionRules, LuRules, QrRules, SquareDecompositionRules,
};
pub use elements::Elements;
pub use linear_algebra::{LinearAlgebraRules, SquareRules};
pub(crate) use memory::give_shape;
pub use product::ProductRules;
pub use reduce::ReduceRules;
pub use shape::ShapeRules;
pub(crate) use tangent::hand_on;
pub use vector::VectorRules;
pub use view::ViewRules;
