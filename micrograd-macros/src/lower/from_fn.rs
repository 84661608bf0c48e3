//! `DMatrix::from_fn(m, n, |i, j| …)`: a loop over the elements, column after column, as nalgebra has it.
//!
//! Sizes at run time are arguments; those at compile time are read from the type's name. `std::array::from_fn` is the same for
//! arrays, whose length the compiler finds.

use super::assigned::Assigned;
use super::expr::core_path;
use super::item::Item;
use super::iter::Stream;
use super::Lowering;
use crate::ir::{Callee, Operand};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use syn::spanned::Spanned;
use syn::{BinOp, ExprCall, GenericArgument, Path, PathArguments, PathSegment, Token};

/// One dimension of a matrix type.
enum Dimension {
    Static(TokenStream),
    /// The next size among the arguments.
    Dynamic,
}

impl Lowering<'_> {
    // In:   M::from_fn(m, n, |i, j| e)
    // Out:  for k in 0..m * n { let (i, j) = (k % m, k / m); collect e }  M::from_vec(m, n, elements)
    pub(super) fn matrix_from_fn(&mut self, call: &ExprCall, path: &Path) -> Option<Operand> {
        let owner = path.segments.iter().rev().nth(1)?;
        if path.segments.last()?.ident != "from_fn" {
            return None;
        }
        let dimensions = dimensions(owner)?;
        let span = call.span();
        let mut arguments = call.args.iter();
        let shape = dimensions.map(|dimension| match dimension {
            Dimension::Static(tokens) => Some(self.constant(tokens, span)),
            Dimension::Dynamic => arguments.next().map(|size| self.expr(size)),
        });
        let ([Some(rows), Some(columns)], Some(function), None) =
            (shape, arguments.next(), arguments.next())
        else {
            return None;
        };
        let callback = self.callback(function)?;
        let mut assigned = Assigned::default();
        assigned.expr(function);
        let mut names = self.bound(assigned);
        names.retain(|name| self.value_of(name).is_some());
        let count = self.arithmetic(BinOp::Mul(Token![*](span)), rows, columns, span);
        let indices = self.indices(count, span);
        let elements = self.build_loop(Some(indices), &names, false, true, span, |this, k| {
            let i = this.arithmetic(BinOp::Rem(Token![%](span)), k, rows, span);
            let j = this.arithmetic(BinOp::Div(Token![/](span)), k, rows, span);
            let element = this.apply(&callback, vec![Item::One(i), Item::One(j)], span);
            let element = this.single(element, span);
            let mut yields = this.yields(None, &names);
            yields.push(element);
            yields
        });
        let elements = elements.expect("a collecting loop gives a vector");
        let mut path = path.clone();
        let last = path.segments.last_mut().expect("a path has a segment");
        last.ident = Ident::new("from_vec", last.ident.span());
        let args = if owner.ident == "DMatrix" {
            vec![rows, columns, elements]
        } else {
            vec![elements]
        };
        Some(self.call_path(&path, args, span))
    }
}

impl Lowering<'_> {
    // In:   std::array::from_fn(|i| e)
    // Out:  let shape = array_shape();  for i in 0..shape.len() { collect e }  shaped_like(&shape, elements)
    pub(super) fn array_from_fn(&mut self, call: &ExprCall, path: &Path) -> Option<Operand> {
        let names = crate::source::imported(path);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let is_of_arrays = matches!(names.as_slice(), [.., "array", "from_fn"]);
        let function = call.args.first().filter(|_| is_of_arrays)?;
        let span = call.span();
        // The compiler finds the length, or the path tells it.
        let length = match &path.segments.last()?.arguments {
            PathArguments::AngleBracketed(generics) => generics.args.iter().nth(1),
            PathArguments::None | PathArguments::Parenthesized(_) => None,
        };
        let length = length.map(|length| quote!(::<#length>));
        let shape = quote_spanned!(span=> ::micrograd_core::rules::map::array_shape #length);
        let shape = self.inert(
            Callee::Function(syn::parse_quote!(#shape)),
            Vec::new(),
            span,
        );
        let length = self.method("len", Operand::by_reference(shape.value), span);
        let callback = self.callback(function)?;
        let indices = self.indices(Operand::by_value(length), span);
        let indices = Stream::of_range(indices);
        let elements = self.collected(&indices, &[function], span, &mut |this, k| {
            let item = this.apply(&callback, vec![k], span);
            this.single(item, span)
        });
        let args = vec![Operand::by_reference(shape.value), elements];
        Some(self.call_path(&core_path("rules::map::shaped_like", span), args, span))
    }
}

/// The rows and columns of nalgebra's matrix types, by their names.
fn dimensions(owner: &PathSegment) -> Option<[Dimension; 2]> {
    let fixed = |tokens: &str| match tokens {
        "X" => Some(Dimension::Dynamic),
        digits => {
            let number: usize = digits.parse().ok()?;
            Some(Dimension::Static(
                Literal::usize_unsuffixed(number).into_token_stream(),
            ))
        }
    };
    let argument = |position: usize| match &owner.arguments {
        PathArguments::AngleBracketed(generics) => match generics.args.iter().nth(position)? {
            GenericArgument::Type(syn::Type::Infer(_)) => None,
            argument => Some(Dimension::Static(argument.to_token_stream())),
        },
        PathArguments::None | PathArguments::Parenthesized(_) => None,
    };
    let name = owner.ident.to_string();
    match name.as_str() {
        "DMatrix" => return Some([Dimension::Dynamic, Dimension::Dynamic]),
        "DVector" => return Some([Dimension::Dynamic, fixed("1")?]),
        "RowDVector" => return Some([fixed("1")?, Dimension::Dynamic]),
        "SMatrix" => return Some([argument(1)?, argument(2)?]),
        "SVector" => return Some([argument(1)?, fixed("1")?]),
        "RowSVector" => return Some([fixed("1")?, argument(1)?]),
        _ => {}
    }
    if let Some(length) = name.strip_prefix("RowVector") {
        return Some([fixed("1")?, fixed(length)?]);
    }
    if let Some(length) = name.strip_prefix("Vector") {
        return Some([fixed(length)?, fixed("1")?]);
    }
    let shape = name.strip_prefix("Matrix")?;
    let (rows, columns) = shape.split_once('x').unwrap_or((shape, shape));
    Some([fixed(rows)?, fixed(columns)?])
}
