//! Each pass, shown by the text it gives for a small function.
//!
//! The texts are snapshots; `UPDATE_EXPECT=1 cargo test -p micrograd-macros` writes them anew.

mod adjoint;
mod analyse;
mod batch;
mod broadcast;
mod emit;
mod errors;
mod fuse;
mod growth;
mod lower;
mod plan;
mod settle;
mod store;
mod verify;
mod versions;
mod windows;

use crate::errors::Errors;
use crate::index::Index;
use crate::ir::{Function, Names};
use proc_macro2::{TokenStream, TokenTree};

/// The IR of a function's source.
fn lowered(source: &str) -> Function {
    let function: syn::ItemFn = syn::parse_str(source).expect("the source is a function");
    let mut errors = Errors::default();
    let signature = crate::signature::parse(&function.sig, &[], &mut errors);
    let lowered = crate::lower::lower(&signature, &function.block, &mut errors);
    errors.finish().expect("the function is supported");
    crate::verify::verify(&lowered);
    lowered
}

/// The text of the IR.
fn ir(source: &str) -> String {
    lowered(source).to_string()
}

/// The IR that the passes after lowering see.
fn settled(source: &str) -> Function {
    let mut function = lowered(source);
    crate::settle::settle(&mut function);
    crate::verify::verify(&function);
    function
}

/// The text of the reverse sweep.
fn adjoint(source: &str) -> String {
    let function = settled(source);
    let index = Index::of(&function);
    let activity = crate::analyse::analyse(&function);
    let adjoint = crate::adjoint::adjoint(&index, &activity);
    crate::adjoint::display::text(&adjoint, &index, &Names::of(&function))
}

/// What `#[differentiable]` makes of an item.
fn expanded(arguments: &str, item: &str) -> TokenStream {
    let arguments = arguments.parse().expect("the arguments are tokens");
    let item = item.parse().expect("the item is tokens");
    crate::item::expand(arguments, item)
}

/// The messages of the `compile_error!`s in emitted code, one a line.
fn messages(tokens: TokenStream) -> String {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut lines = String::new();
    for window in tokens.windows(3) {
        let [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(message)] = window
        else {
            continue;
        };
        if name == "compile_error" {
            let message: syn::LitStr = syn::parse2(message.stream()).expect("a message is a text");
            lines += &message.value();
            lines += "\n";
        }
    }
    lines
}
