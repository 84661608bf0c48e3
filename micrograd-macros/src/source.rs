//! What only the source file tells: whether a function stands in an `impl`, whether a name is that of a
//! function or of a constant, what an alias stands for, which parameters of a function are lent, and which
//! functions and fields are of numbers. In comes a name, out goes what all declarations of it agree on.
//!
//! An attribute sees the item alone. A function without `self` and `Self` may stand in a module or in
//! an `impl`, and what may stand beside it differs. The text before it tells: which brace is still open,
//! and what stands before that brace. Where the compiler does not say where the item is, a function is
//! taken to be free.

mod scan;

use scan::{before, opens_impl, owner_in, Code};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::SystemTime;

/// A source file, read once for all the functions in it.
struct Source {
    path: PathBuf,
    modified: Option<SystemTime>,
    text: String,
    /// The text without comments and quoted texts.
    code: String,
    /// The words that stand behind each keyword that declares something.
    declared: HashMap<&'static str, HashSet<String>>,
}

thread_local! {
    static LAST: RefCell<Option<Rc<Source>>> = const { RefCell::new(None) };
}

impl Source {
    /// The file that is being expanded. Outside a compiler, as in unit tests, there is none.
    fn current() -> Option<Rc<Source>> {
        if !proc_macro::is_available() {
            return None;
        }
        let path = proc_macro::Span::call_site().local_file()?;
        let modified = std::fs::metadata(&path)
            .and_then(|data| data.modified())
            .ok();
        LAST.with_borrow_mut(|last| {
            let known = last
                .as_ref()
                .filter(|last| last.path == path && last.modified == modified);
            if known.is_none() {
                let text = std::fs::read_to_string(&path).ok()?;
                *last = Some(Rc::new(Source::new(path, modified, text)));
            }
            last.clone()
        })
    }

    fn new(path: PathBuf, modified: Option<SystemTime>, text: String) -> Self {
        let mut chars = Code(text.chars().collect(), 0);
        let code: String = std::iter::from_fn(|| chars.next_char()).collect();
        let mut declared: HashMap<&'static str, HashSet<String>> = HashMap::new();
        let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
        let mut before = None;
        for word in words.filter(|word| !word.is_empty()) {
            if let Some(keyword) = before {
                declared
                    .entry(keyword)
                    .or_default()
                    .insert(word.to_string());
            }
            before = ["fn", "const", "static", "mut", "type", "struct", "enum"]
                .into_iter()
                .find(|keyword| *keyword == word);
        }
        Source {
            path,
            modified,
            text,
            code,
            declared,
        }
    }

    /// Whether `name` is declared by this keyword.
    fn declares(&self, keyword: &str, name: &str) -> bool {
        self.declared
            .get(keyword)
            .is_some_and(|names| names.contains(name))
    }

    /// The type behind `type name =`, if the file means nothing else by the name: no associated type, no
    /// struct, no type parameter, no other alias.
    fn alias(&self, name: &str) -> Option<syn::Type> {
        let is_other = |keyword| self.declares(keyword, name);
        if !is_other("type") || is_other("struct") || is_other("enum") || self.is_bounded(name) {
            return None;
        }
        let types = self.declarations("type", name).map(|at| {
            let rest = self.code[at + "type ".len() + name.len()..].trim_start();
            let rest = rest.strip_prefix('=')?;
            syn::parse_str(&rest[..end_of(rest, ";")?]).ok()
        });
        agreed(types)
    }

    /// Where `keyword name` stands, but for what belongs to a type or trait.
    fn declarations<'s>(&'s self, keyword: &str, name: &str) -> impl Iterator<Item = usize> + 's {
        let head = format!("{keyword} {name}");
        let length = head.len();
        let starts: Vec<usize> = self.code.match_indices(&head).map(|(at, _)| at).collect();
        starts.into_iter().filter(move |at| {
            let goes_on = |c: char| c.is_alphanumeric() || c == '_';
            !self.code[at + length..].starts_with(goes_on) && !opens_impl(&self.code[..*at])
        })
    }

    /// Whether a type parameter of this name has bounds: `T: Float`.
    fn is_bounded(&self, name: &str) -> bool {
        self.code.match_indices(name).any(|(at, _)| {
            let (before, rest) = (&self.code[..at], &self.code[at + name.len()..]);
            let rest = rest.trim_start();
            let goes_on = |c: char| c.is_alphanumeric() || c == '_';
            !before.ends_with(goes_on) && rest.starts_with(':') && !rest.starts_with("::")
        })
    }

    /// The type that all free functions of this name return, if it is made of numbers alone.
    fn returned(&self, name: &str) -> Option<syn::Type> {
        if !self.declares("fn", name) {
            return None;
        }
        let types = self.declarations("fn", name).map(|at| {
            let rest = &self.code[at..];
            let head: syn::Signature = syn::parse_str(&rest[..end_of(rest, "{;")?]).ok()?;
            match head.output {
                syn::ReturnType::Type(_, ty) if !declares_type(&head.generics, &ty) => Some(*ty),
                _ => None,
            }
        });
        self.of_numbers(agreed(types)?)
    }

    /// A field of the one struct of this name, and the struct's parameters.
    fn declared_field(
        &self,
        owner: &str,
        member: &syn::Member,
    ) -> Option<(syn::Field, syn::Generics)> {
        let heads = format!("struct {owner}");
        let mut found = self.code.match_indices(&heads).filter_map(|(at, _)| {
            let rest = &self.code[at..];
            let is_name = rest[heads.len()..].starts_with([' ', '<', '(', '{']);
            let end = end_of(rest, "};").filter(|_| is_name)?;
            syn::parse_str::<syn::ItemStruct>(&rest[..=end]).ok()
        });
        let (item, None) = (found.next()?, found.next()) else {
            return None;
        };
        let field = match member {
            syn::Member::Named(name) => {
                let mut fields = item.fields.into_iter();
                fields.find(|field| field.ident.as_ref() == Some(name))?
            }
            syn::Member::Unnamed(index) => item.fields.into_iter().nth(index.index as usize)?,
        };
        Some((field, item.generics))
    }

    /// The type of a field of the one struct of this name, if it is made of numbers alone.
    fn field(&self, owner: &str, member: &syn::Member) -> Option<syn::Type> {
        let (field, generics) = self.declared_field(owner, member)?;
        // The tangent of an excluded field is none of numbers.
        if declares_type(&generics, &field.ty) || excludes(&field) {
            return None;
        }
        self.of_numbers(field.ty)
    }

    /// A type that is made of numbers alone, without aliases at the top. Of any other type nothing is said,
    /// since the name may stand for another one where it is used.
    fn of_numbers(&self, ty: syn::Type) -> Option<syn::Type> {
        let ty = match &ty {
            syn::Type::Path(path) => match path.path.get_ident() {
                Some(ident) => self.alias(&ident.to_string()).unwrap_or(ty),
                None => ty,
            },
            _ => ty,
        };
        is_of_numbers(&ty).then_some(ty)
    }

    /// Whether what stands before `struct name` or `enum name` speaks of `Differentiable`.
    fn derives_tangent(&self, name: &str) -> bool {
        let declared = |keyword: &str| self.declares(keyword, name);
        if !declared("struct") && !declared("enum") {
            return false;
        }
        ["struct", "enum"].iter().any(|keyword| {
            let head = format!("{keyword} {name}");
            self.code.match_indices(&head).any(|(at, _)| {
                let whole = !self.code[at + head.len()..]
                    .starts_with(|c: char| c.is_alphanumeric() || c == '_');
                let before = &self.code[..at];
                let start = before.rfind(['}', ';']).unwrap_or(0);
                whole && before[start..].contains("Differentiable")
            })
        })
    }

    /// Whether all structs and enums of this name have no parameters.
    fn declares_plain_type(&self, name: &str) -> bool {
        let keywords = ["struct", "enum"].into_iter();
        let mut keywords = keywords
            .filter(|keyword| self.declares(keyword, name))
            .peekable();
        keywords.peek().is_some()
            && keywords.all(|keyword| {
                let head = format!("{keyword} {name}");
                let mut rest = self.code.split(&head).skip(1);
                rest.all(|rest| !rest.trim_start().starts_with('<'))
            })
    }

    /// Whether all structs of this name have a lifetime.
    fn is_borrowing(&self, name: &str) -> bool {
        let head = format!("struct {name}");
        let mut heads = self.code.split(&head).skip(1).peekable();
        heads.peek().is_some() && heads.all(|rest| rest.trim_start().starts_with("<'"))
    }

    /// Whether `no_tangent!(…)` names this type.
    fn has_no_tangent(&self, name: &str) -> bool {
        self.code.split("no_tangent!").skip(1).any(|rest| {
            let named = rest.trim_start().get(1..).unwrap_or_default();
            let named = named.split([')', ']', '}']).next().unwrap_or_default();
            named.split(',').any(|ty| ty.trim() == name)
        })
    }

    /// The path that all `use` of a name in the file bring under it.
    fn imported(&self, name: &str) -> Option<Vec<String>> {
        let starts = self.code.match_indices("use ").map(|(at, _)| at);
        let whole = starts
            .filter(|at| !self.code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
        let mut found = Vec::new();
        for at in whole {
            let rest = &self.code[at..];
            let end = rest.find(';').map_or(rest.len(), |end| end + 1);
            if let Ok(item) = syn::parse_str::<syn::ItemUse>(&rest[..end]) {
                imports(&item.tree, &mut Vec::new(), name, &mut found);
            }
        }
        let first = found.first()?.clone();
        found.iter().all(|other| *other == first).then_some(first)
    }

    /// The heads of the functions of this name.
    fn signatures(&self, name: &str) -> Vec<syn::Signature> {
        let start = format!("fn {name}");
        let found = self.code.match_indices(&start).filter_map(|(index, _)| {
            let rest = &self.code[index..];
            let is_name = rest[start.len()..].starts_with(['<', '(']);
            let head = end_of(rest, "{;").filter(|_| is_name)?;
            syn::parse_str(&rest[..head]).ok()
        });
        found.collect()
    }

    /// Whether a trait of this name declares a method.
    fn trait_declares(&self, name: &str, method: &str) -> bool {
        let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let (head, declared) = (format!("trait {name}"), format!("fn {method}"));
        let declares = |body: &str| body.split(&declared).skip(1).any(is_whole);
        let mut found = self.code.split(&head).skip(1);
        found.any(|rest| is_whole(rest) && block(rest).is_some_and(declares))
    }

    /// Whether all functions of this name take a shared reference at `position`.
    fn borrows(&self, name: &str, position: usize) -> bool {
        let found = self.signatures(name);
        !found.is_empty() && found.iter().all(|head| is_shared(head, position))
    }
}

/// The paths that a `use` brings under a name.
fn imports(tree: &syn::UseTree, path: &mut Vec<String>, name: &str, found: &mut Vec<Vec<String>>) {
    let (own, known) = match tree {
        syn::UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            imports(&inner.tree, path, name, found);
            path.pop();
            return;
        }
        syn::UseTree::Group(group) => {
            (group.items.iter()).for_each(|inner| imports(inner, path, name, found));
            return;
        }
        syn::UseTree::Name(own) => (&own.ident, &own.ident),
        syn::UseTree::Rename(own) => (&own.ident, &own.rename),
        syn::UseTree::Glob(_) => return,
    };
    let is_self = own == "self";
    let known = match path.last() {
        Some(last) if is_self && known == "self" => last.clone(),
        _ => known.to_string(),
    };
    if known == name {
        let last = (!is_self).then(|| own.to_string());
        found.push(path.iter().cloned().chain(last).collect());
    }
}

/// What all of several types are.
fn agreed(mut types: impl Iterator<Item = Option<syn::Type>>) -> Option<syn::Type> {
    let first = types.next()??;
    let text = |ty: &syn::Type| quote::quote!(#ty).to_string();
    let same = types.all(|ty| ty.as_ref().map(text) == Some(text(&first)));
    same.then_some(first)
}

/// Whether a type is a parameter of these generics.
fn declares_type(generics: &syn::Generics, ty: &syn::Type) -> bool {
    let mut params = generics.type_params();
    matches!(ty, syn::Type::Path(path) if params.any(|param| path.path.is_ident(&param.ident)))
}

/// Where the first of these characters stands outside of brackets.
fn end_of(text: &str, ends: &str) -> Option<usize> {
    let mut brackets = 0_i32;
    text.find(|c: char| {
        brackets += i32::from("([".contains(c)) - i32::from(")]".contains(c));
        brackets == 0 && ends.contains(c)
    })
}

/// What stands inside the first braces.
fn block(text: &str) -> Option<&str> {
    let inside = &text[text.find('{')? + 1..];
    let mut braces = 1_i32;
    let end = inside.find(|c: char| {
        braces += i32::from(c == '{') - i32::from(c == '}');
        braces == 0
    });
    Some(&inside[..end?])
}

fn is_of_numbers(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Array(array) => is_of_numbers(&array.elem),
        syn::Type::Slice(slice) => is_of_numbers(&slice.elem),
        syn::Type::Tuple(tuple) => !tuple.elems.is_empty() && tuple.elems.iter().all(is_of_numbers),
        syn::Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| match &last.arguments {
                syn::PathArguments::None => crate::lower::is_number(ty),
                syn::PathArguments::AngleBracketed(arguments) if last.ident == "Vec" => {
                    let inner = arguments.args.first();
                    matches!(inner, Some(syn::GenericArgument::Type(ty)) if is_of_numbers(ty))
                }
                _ => false,
            })
        }
        _ => false,
    }
}

fn is_shared(head: &syn::Signature, position: usize) -> bool {
    match head.inputs.iter().nth(position) {
        Some(syn::FnArg::Typed(typed)) => {
            matches!(&*typed.ty, syn::Type::Reference(reference) if reference.mutability.is_none())
        }
        _ => false,
    }
}

/// Whether the item that is being expanded stands directly in an `impl` or trait.
pub fn is_in_impl() -> bool {
    if !proc_macro::is_available() {
        return false;
    }
    let span = proc_macro::Span::call_site();
    let (line, column) = (span.line(), span.column());
    // An item that is not indented stands in no braces.
    let source = (column > 1).then(Source::current).flatten();
    source.is_some_and(|source| opens_impl(&before(&source.text, line, column)))
}

/// Whether a name that is handed to a function as a value is that of another function: not if the file
/// that is being expanded declares a constant of this name. A name that is lent as `&name` is taken for a
/// constant unless the file declares a function.
pub fn names_function(name: &str, lent: bool) -> bool {
    Source::current().is_some_and(|source| {
        if lent {
            return source.declares("fn", name);
        }
        let is_constant = |keyword| source.declares(keyword, name);
        !["const", "static", "mut"].into_iter().any(is_constant)
    })
}

/// Whether the file that is being expanded declares a function of this name.
pub fn declares_function(name: &str) -> bool {
    Source::current().is_some_and(|source| source.declares("fn", name))
}

/// Whether the file that is being expanded declares a function of this name whose parameter at `position`
/// is a shared reference.
pub fn borrows(name: &str, position: usize) -> bool {
    Source::current().is_some_and(|source| source.borrows(name, position))
}

/// Whether the file that is being expanded declares a trait of this name with a method of that name.
pub fn trait_declares(name: &str, method: &str) -> bool {
    Source::current().is_some_and(|source| source.trait_declares(name, method))
}

/// The type that a function of this file returns, if it is made of numbers alone.
pub fn returned(name: &str) -> Option<syn::Type> {
    Source::current()?.returned(name)
}

/// The type of a field of a struct of this file, if it is made of numbers alone.
pub fn field(owner: &str, member: &syn::Member) -> Option<syn::Type> {
    Source::current()?.field(owner, member)
}

/// Whether a field of a struct of this file is marked `#[no_gradient]`.
pub fn is_excluded(owner: &str, member: &syn::Member) -> bool {
    let field = Source::current().and_then(|source| source.declared_field(owner, member));
    field.is_some_and(|(field, _)| excludes(&field))
}

fn excludes(field: &syn::Field) -> bool {
    let attributes = &mut field.attrs.iter();
    attributes.any(|attribute| attribute.path().is_ident("no_gradient"))
}

/// A type as it is written, or what it stands for if that is made of numbers alone.
pub fn expanded(ty: &syn::Type) -> syn::Type {
    let of_numbers = Source::current().and_then(|source| source.of_numbers(ty.clone()));
    of_numbers.unwrap_or_else(|| ty.clone())
}

/// The name of the type in whose `impl` the item stands that is being expanded, if that has no parameters.
pub fn owner() -> Option<String> {
    let span = proc_macro::is_available().then(proc_macro::Span::call_site)?;
    let (line, column) = (span.line(), span.column());
    let source = (column > 1).then(Source::current).flatten()?;
    owner_in(&before(&source.text, line, column))
}

/// The names of a path from its crate on, as far as a `use` in the file that is being expanded tells them.
pub fn imported(path: &syn::Path) -> Vec<String> {
    let own = path.segments.iter();
    let own: Vec<String> = own.map(|segment| segment.ident.to_string()).collect();
    match Source::current().and_then(|source| source.imported(&own[0])) {
        Some(from) => from.into_iter().chain(own.into_iter().skip(1)).collect(),
        None => own,
    }
}

/// Whether the file that is being expanded derives a tangent for a type of this name.
pub fn derives_tangent(name: &str) -> bool {
    Source::current().is_some_and(|source| source.derives_tangent(name))
}

/// Whether this is a struct that borrows and derives a tangent, as far as the file that is being expanded tells.
pub fn is_borrowing(name: &str) -> bool {
    Source::current()
        .is_some_and(|source| source.derives_tangent(name) && source.is_borrowing(name))
}

/// Whether the file that is being expanded declares a type or alias of this name.
pub fn has_type_named(name: &str) -> bool {
    Source::current().is_some_and(|source| {
        ["type", "struct", "enum"]
            .iter()
            .any(|keyword| source.declares(keyword, name))
    })
}

/// Whether a type is a struct or enum without parameters that the file declares.
pub fn declares_plain_type(ty: &syn::Type) -> bool {
    let syn::Type::Path(path) = ty else {
        return false;
    };
    let name = path.path.get_ident().map(ToString::to_string);
    name.is_some_and(|name| {
        Source::current().is_some_and(|source| source.declares_plain_type(&name))
    })
}

/// Whether the file that is being expanded says with `no_tangent!` that this type has no tangent.
pub fn has_no_tangent(ty: &syn::Type) -> bool {
    let syn::Type::Path(path) = ty else {
        return false;
    };
    let name = path.path.get_ident().map(ToString::to_string);
    name.is_some_and(|name| Source::current().is_some_and(|source| source.has_no_tangent(&name)))
}

/// The type that an alias without parameters stands for, if the file that is being expanded declares it.
pub fn alias(name: &str) -> Option<syn::Type> {
    Source::current()?.alias(name)
}

#[cfg(test)]
mod tests {
    use super::{before, opens_impl, Source};

    fn source(text: &str) -> Source {
        Source::new("lib.rs".into(), None, text.into())
    }

    #[test]
    fn the_innermost_open_brace_tells() {
        assert!(opens_impl(
            "impl<T: Into<[f64; 3]>> Vector<T> where T: Copy {\n    #[inline]\n"
        ));
        assert!(opens_impl(
            "mod m { fn f() -> impl Fn() { || {} } pub trait A: B { fn g(); "
        ));
        assert!(!opens_impl("impl A { fn f() {} } mod m { use a::{b, c}; "));
        assert!(!opens_impl("impl A { fn f(x: impl Fn()) { "));
        assert!(!opens_impl(""));
    }

    #[test]
    fn functions_are_told_from_constants() {
        let source = source("const steps: usize = 3; // fn steps\npub fn square<T>(x: T) {}");
        assert!(source.declares("fn", "square") && source.declares("const", "steps"));
        assert!(!source.declares("fn", "steps") && !source.declares("fn", "x"));
    }

    #[test]
    fn an_alias_stands_for_its_type() {
        let text = "use m::n; // type R = u8;\npub type R = fn(f64) -> f64;\ntype S<T> = T;";
        let source = source(text);
        let ty = source.alias("R").map(|ty| quote::quote!(#ty).to_string());
        assert_eq!(ty.as_deref(), Some("fn (f64) -> f64"));
        assert!(source.alias("S").is_none() && source.alias("T").is_none());
    }

    #[test]
    fn a_name_with_another_meaning_is_no_alias() {
        let text = "type A = f64; mod m { type A = f32; }\ntype B = f64; struct B;\ntype C = f64; fn f<C: Float>() {}\nimpl M for N { type D = f64; } type DD = f64;\ntype E = f64; mod n { type E = f64; }";
        let source = source(text);
        let known: Vec<_> = ["A", "B", "C", "D", "DD", "E"]
            .into_iter()
            .filter(|name| source.alias(name).is_some())
            .collect();
        assert_eq!(known, ["DD", "E"]);
    }

    #[test]
    fn types_of_numbers_are_known() {
        let text = "type M = [[f64; 2]; 2];\nfn f() -> f64 {}\nfn g() -> M {}\nfn h() -> i32 {} mod m { fn f() -> f64 {} fn k() -> f64 {} }\nfn k() -> f32 {}\nfn l<M>() -> M {}\nimpl A { fn m(&self) -> f64 {} }\npub struct S<T> { a: f64, b: Vec<[f32; 3]>, n: usize, t: T, #[no_gradient] e: f64 }\nstruct P(f64, M);";
        let source = source(text);
        let text = |ty: Option<syn::Type>| ty.map(|ty| quote::quote!(#ty).to_string());
        let returned = |name| text(source.returned(name)).unwrap_or_default();
        assert_eq!(returned("f"), "f64");
        assert_eq!(returned("g"), "[[f64 ; 2] ; 2]");
        assert_eq!(returned("h"), "i32");
        assert!(["k", "l", "m", "x"]
            .iter()
            .all(|name| returned(name).is_empty()));
        let field = |owner, member: &str| {
            let member = syn::parse_str(member).expect("a member");
            text(source.field(owner, &member)).unwrap_or_default()
        };
        assert_eq!(field("S", "a"), "f64");
        assert_eq!(field("S", "b"), "Vec < [f32 ; 3] >");
        assert_eq!(field("P", "1"), "[[f64 ; 2] ; 2]");
        assert_eq!(field("S", "n"), "usize");
        assert!(field("S", "t").is_empty() && field("S", "e").is_empty());
    }

    #[test]
    fn the_type_of_an_impl_is_known() {
        let owner = |text| super::owner_in(text).unwrap_or_default();
        assert_eq!(owner("#[cfg(test)] impl A { fn f() {} "), "A");
        assert_eq!(owner("impl fmt::Display for A { "), "A");
        assert!(owner("impl<T> A<T> { ").is_empty() && owner("trait A { ").is_empty());
        assert!(owner("impl A { fn f() { ").is_empty() && owner("").is_empty());
    }

    #[test]
    fn derived_tangents_are_known() {
        let text = "struct A(f64);\n#[derive(Clone, Differentiable)]\npub struct B<T> { x: T }\n#[derive(Debug)] enum C { D }";
        let source = source(text);
        let known: Vec<_> = ["A", "B", "C", "D"]
            .into_iter()
            .filter(|name| source.derives_tangent(name))
            .collect();
        assert_eq!(known, ["B"]);
    }

    #[test]
    fn types_without_parameters_are_known() {
        let source = source("struct A(f64);\npub enum B { C }\nstruct D<T>(T);\nmod m { struct A <'a>(&'a f64); }\ntype E = A;");
        let known = ["A", "B", "D", "E", "C"].map(|name| source.declares_plain_type(name));
        assert_eq!(known, [false, true, false, false, false]);
    }

    #[test]
    fn imported_names_are_known() {
        let text = "use nalgebra::{self as na, convert, DMatrix as M};\npub use a::b;\nuse c::{b, d::{self, e}};\n// use f::g;\nmod m { use super::*; }";
        let source = source(text);
        let path = |name| source.imported(name).unwrap_or_default().join("::");
        let found = ["na", "convert", "M", "d", "e"].map(path);
        assert_eq!(
            found,
            [
                "nalgebra",
                "nalgebra::convert",
                "nalgebra::DMatrix",
                "c::d",
                "c::d::e"
            ]
        );
        assert!(["b", "g", "nalgebra", "c"]
            .iter()
            .all(|name| path(name).is_empty()));
    }

    #[test]
    fn types_without_a_tangent_are_known() {
        let text =
            "micrograd_core::no_tangent!(A, B);\nno_tangent! { C }\n// no_tangent!(D);\nf!(E);";
        let source = source(text);
        let known: Vec<_> = ["A", "B", "C", "D", "E"]
            .into_iter()
            .filter(|name| source.has_no_tangent(name))
            .collect();
        assert_eq!(known, ["A", "B", "C"]);
    }

    #[test]
    fn methods_of_a_trait_are_known() {
        let text = "trait A<T>: B { fn f(&self) { if t { } } fn g<U>(); }\ntrait AB { fn h(); }\nfn i() {}";
        let source = source(text);
        let known = ["f", "g", "h", "i"].map(|method| source.trait_declares("A", method));
        assert_eq!(known, [true, true, false, false]);
        assert!(source.trait_declares("AB", "h") && !source.trait_declares("B", "h"));
    }

    #[test]
    fn parameters_that_are_lent_are_known() {
        let text = "fn f(x: &mut [f64; 2], y: &[f64; 2]) -> [f64; 1] {}\nimpl A { fn g<T>(&self, x: &T); }";
        let source = source(text);
        assert!(!source.borrows("f", 0) && source.borrows("f", 1) && !source.borrows("f", 2));
        assert!(source.borrows("g", 1) && !source.borrows("g", 0) && !source.borrows("h", 0));
    }

    #[test]
    fn comments_and_texts_are_passed_over() {
        assert!(opens_impl(
            "impl A { // }\n /* } /* } */ } */ const C: [char; 2] = ['}', '\\'']; "
        ));
        assert!(opens_impl(
            "impl<'a> A<'a> { const T: &'a str = \"}\\\"}\"; const R: &str = r#\"}\"}\"#; "
        ));
        assert!(!opens_impl("/// impl A {\nmod m { "));
    }

    #[test]
    fn positions_count_from_one() {
        assert_eq!(before("ab\ncde\nf", 2, 3), "ab\ncd");
        assert_eq!(before("ab", 1, 1), "");
    }
}
