//! `code_ir!` and `code_pullback!`: the texts that stand beside a differentiable function.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Path, PathArguments};

// In:   m::f            Type::<T>::method
// Out:  m::f::CODE_IR   <Type<T>>::CODE_IR_method
pub fn expand(input: TokenStream, constant: &str) -> TokenStream {
    let mut path: Path = match syn::parse2(input) {
        Ok(path) => path,
        Err(error) => return error.into_compile_error(),
    };
    let owner = path
        .segments
        .iter()
        .rev()
        .nth(1)
        .map(|segment| segment.ident.to_string());
    let is_method = owner.is_some_and(|name| name.starts_with(char::is_uppercase));
    if !is_method {
        let constant = format_ident!("{constant}");
        return quote!(#path::#constant);
    }
    let method = path.segments.pop().expect("a path has a segment");
    path.segments.pop_punct();
    for segment in &mut path.segments {
        if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
            arguments.colon2_token = None;
        }
    }
    let constant = format_ident!("{constant}_{}", method.ident);
    quote!(<#path>::#constant)
}
