//! The macros of micrograd: reverse-mode automatic differentiation by source transformation.
//!
//! An annotated function goes through these passes, one file each:
//!
//! ```text
//! syn ──lower──▶ ir ──settle──▶ ir ──analyse──▶ activity ──adjoint──▶ reverse sweep ──store──▶ plan ──emit──▶ Rust
//! ```
//!
//! Use them through `micrograd_core`, which re-exports all of this crate.

mod adjoint;
mod analyse;
mod batch;
mod broadcast;
mod code;
mod derive;
mod emit;
mod errors;
mod functions;
mod fuse;
mod index;
mod ir;
mod item;
mod lifetimes;
mod lower;
mod merge;
mod overwrite;
mod rooms;
mod settle;
mod signature;
mod source;
mod store;
#[cfg(test)]
mod tests;
mod undo;
mod verify;
mod windows;
mod words;

use proc_macro::TokenStream;

/// Gives a function, a method, a trait or an `impl` its pullbacks.
///
/// For `fn f(a: A, b: &B) -> R` it keeps `f` as it is and adds, with the same visibility and generics,
///
/// ```text
/// fn pullback_f(a: A, b: &B) -> (R, impl Fn(R̄) -> (Ā, B̄))
/// ```
///
/// where `R̄` is the tangent type of `R`. The pullback may be called any number of times.
///
/// - `#[differentiable(no_gradient(n, config))]` excludes parameters; their entry is `NoTangent`.
/// - `#[differentiable(checkpoint)]` makes a pullback that keeps nothing but runs the function again: time for memory.
/// - `#[checkpoint]` on a loop in the body keeps what the loop carries and changes at the beginnings of √n blocks of √n iterations, and the
///   reverse sweep runs one block at a time again: memory like √n instead of n, for about one more run of the loop. All that the loop
///   changes must be `Clone`; what it prints is printed again. Where n is not known (`while`, `loop`, `break`) the blocks grow.
/// - On the `impl` of an operator (`Add`, `Sub`, `Mul`, `Div`, `Rem`, `Neg`) for a type of one's own it gives the operator its rule.
/// - `#[differentiable(rule = path)]` takes a hand-written rule: `path` has the signature of `pullback_f`.
///
/// Code that is not supported is an error at the user's token. Nothing is silently zero.
#[proc_macro_attribute]
pub fn differentiable(arguments: TokenStream, item: TokenStream) -> TokenStream {
    item::expand(arguments.into(), item.into()).into()
}

/// Derives the tangent type of a struct, named `…Tangent`, and the traversal of its parameters.
///
/// A field marked `#[no_gradient]`, or of type `PhantomData`, has the tangent `NoTangent`. A type that contains itself in an
/// `Option<Box<…>>` has its tangent in a box: `Node` has the tangent `Box<NodeTangent>`.
#[proc_macro_derive(Differentiable, attributes(no_gradient))]
pub fn derive_differentiable(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    derive::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Element-wise operations as in Julia: `broadcast!(w * x .+ b)`, `broadcast!(relu {}.(a .* b))`.
///
/// Dotted operators work element by element, stretch dimensions of length 1, and are computed in
/// one loop; operators without a dot keep their meaning. The result is a matrix.
#[proc_macro]
pub fn broadcast(input: TokenStream) -> TokenStream {
    broadcast::expand(input.into()).into()
}

/// The text of a differentiable function's intermediate representation, as a `&'static str`.
///
/// `code_ir!(f)` for functions, `code_ir!(Type::method)` for methods.
#[proc_macro]
pub fn code_ir(input: TokenStream) -> TokenStream {
    code::expand(input.into(), "CODE_IR").into()
}

/// The text of a differentiable function's reverse sweep, as a `&'static str`.
///
/// `code_pullback!(f)` for functions, `code_pullback!(Type::method)` for methods.
#[proc_macro]
pub fn code_pullback(input: TokenStream) -> TokenStream {
    code::expand(input.into(), "CODE_PULLBACK").into()
}
