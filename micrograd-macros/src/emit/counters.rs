//! Carried values that the reverse sweep counts instead of reading records: integers that go back as they came, and what is
//! had again from the beginning where rounds are reversed first to last.
//!
//! In: the plan, which says what is counted and how. Out: a variable beside the reversed loop, and what a round does to it.
//!
// Out:  let mut next_p = p_behind_the_loop;  for … { let p = next_p - n;  next_p = p;  … }
//       let mut next_p = p_before_the_loop;  for … { let p = next_p;  let q = p + n;  …;  next_p = q; }

use super::reverse::Reverse;
use crate::ir::{Region, Value};
use crate::store::Counted;
use crate::undo::Undone;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, ToTokens};

impl Reverse<'_, '_, '_> {
    // Out:  let p = next_p - n; next_p = p;
    pub(super) fn count_back(&self, undone: &Undone) -> TokenStream {
        let (ident, next) = (self.reader().ident(undone.arg), self.next(undone.arg));
        let mut value = next.to_token_stream();
        for (add, other) in &undone.back {
            let other = self.reader().read_value(*other);
            value = match add {
                true => quote!((#value + #other)),
                false => quote!((#value - #other)),
            };
        }
        quote!(let #ident = #value; #next = #ident;)
    }

    /// Binds what an iteration finds of the values that are counted along, and what it leaves.
    // Out:  let p = next_p;  …;  next_p = q;
    pub(super) fn count_along(&self, counted: &[Counted]) -> (TokenStream, TokenStream) {
        let each = counted.iter().map(|counted| {
            let (ident, next) = (self.reader().ident(counted.arg), self.next(counted.arg));
            let left = self.reader().read_value(counted.next);
            (quote!(let #ident = #next;), quote!(#next = #left;))
        });
        each.unzip()
    }

    /// What the values that are counted are where the reverse of a loop begins: behind the loop, or before it.
    pub(super) fn counted_from(&self, body: &Region) -> TokenStream {
        let sweeps = self.sweeps();
        let id = sweeps.index.id(body);
        let undone = sweeps.plan.undone(id).iter();
        let undone = undone.map(|undone| (undone.arg, undone.last));
        let counted = sweeps.plan.counted(id).iter();
        let counted = counted.map(|counted| (counted.arg, counted.init));
        let from = undone.chain(counted).map(|(arg, from)| {
            let (next, from) = (self.next(arg), self.reader().read_value(from));
            quote!(let mut #next = #from;)
        });
        from.collect()
    }

    /// The variable of what an iteration left of a value that is counted.
    fn next(&self, arg: Value) -> Ident {
        let ident = self.reader().ident(arg);
        Ident::new(&format!("next_{ident}"), ident.span())
    }
}
