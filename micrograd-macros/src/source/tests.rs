//! What a file tells, by example.

use super::file::Source;
use super::scan::{before, opens_impl, owner_in};

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
    let owner = |text| owner_in(text).unwrap_or_default();
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
    let text = "micrograd_core::no_tangent!(A, B);\nno_tangent! { C }\n// no_tangent!(D);\nf!(E);";
    let source = source(text);
    let known: Vec<_> = ["A", "B", "C", "D", "E"]
        .into_iter()
        .filter(|name| source.has_no_tangent(name))
        .collect();
    assert_eq!(known, ["A", "B", "C"]);
}

#[test]
fn methods_of_a_trait_are_known() {
    let text =
        "trait A<T>: B { fn f(&self) { if t { } } fn g<U>(); }\ntrait AB { fn h(); }\nfn i() {}";
    let source = source(text);
    let known = ["f", "g", "h", "i"].map(|method| source.trait_declares("A", method));
    assert_eq!(known, [true, true, false, false]);
    assert!(source.trait_declares("AB", "h") && !source.trait_declares("B", "h"));
}

#[test]
fn parameters_that_are_lent_are_known() {
    let text =
        "fn f(x: &mut [f64; 2], y: &[f64; 2]) -> [f64; 1] {}\nimpl A { fn g<T>(&self, x: &T); }";
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

const GRID: &str = "
    mod n { struct Twice; }
    mod m { struct Grid<T> { cells: Vec<T> } struct Row(Vec<f64>); struct Cell; struct Twice;
    impl<T: Copy> std::ops::Index<(usize, usize)> for Grid<T> {
        type Output = T;
        fn index(&self, (i, j): (usize, usize)) -> &T { assert!(j < self.width, \"column {j}\"); &self.cells[i * self.width + j] }
    }
    impl Index<usize> for Row { type Output = f64; fn index(&self, i: usize) -> &f64 { &self.0[i] } }
";

fn index_impls(more: &str, name: &str) -> Option<usize> {
    let source = source(&format!("{GRID}{more}"));
    let impls = source.index_impls(name, &["m".to_string()]);
    impls.map(|impls| impls.len())
}

#[test]
fn index_operators_are_found_by_their_type() {
    assert_eq!(index_impls("", "Grid"), Some(1));
    assert_eq!(index_impls("", "Row"), Some(1));
    assert_eq!(index_impls("", "Cell"), Some(0));
    assert_eq!(index_impls("", "Twice"), None);
    assert_eq!(index_impls("} mod o { struct Other; ", "Other"), None);
    let rows = "impl<T> Index<usize> for Grid<T> { type Output = [T]; fn index(&self, i: usize) -> &[T] { &self.cells[i..] } }";
    assert_eq!(index_impls(rows, "Grid"), Some(2));
}

#[test]
fn an_index_operator_that_leads_elsewhere_to_change_is_not_understood() {
    let mutable = |place: &str| {
        format!("impl IndexMut<usize> for Row {{ fn index_mut(&mut self, i: usize) -> &mut f64 {{ &mut self.0[{place}] }} }}")
    };
    assert_eq!(index_impls(&mutable("i"), "Row"), Some(1));
    assert_eq!(index_impls(&mutable("i + 1"), "Row"), None);
}
