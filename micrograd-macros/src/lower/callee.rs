//! What names tell of what is called.

use crate::ir::Callee;

/// Methods whose result has no tangent; the emitted code makes the compiler check that.
pub(super) const INERT: [&str; 87] = [
    "len",
    "is_empty",
    "nrows",
    "ncols",
    "shape",
    "is_square",
    "is_nan",
    "is_finite",
    "is_infinite",
    "is_normal",
    "is_sign_positive",
    "is_sign_negative",
    "is_some",
    "is_none",
    "is_ok",
    "is_err",
    "cmp",
    "partial_cmp",
    "total_cmp",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "capacity",
    "to_bits",
    "saturating_sub",
    "div_ceil",
    "classify",
    "is_subnormal",
    "integer_decode",
    "is_zero",
    "is_one",
    "is_positive",
    "is_negative",
    "is_lt",
    "is_le",
    "is_gt",
    "is_ge",
    "is_eq",
    "is_ne",
    "abs_diff",
    "unsigned_abs",
    "is_power_of_two",
    "next_power_of_two",
    "next_multiple_of",
    "is_multiple_of",
    "count_ones",
    "count_zeros",
    "leading_zeros",
    "trailing_zeros",
    "ilog",
    "ilog2",
    "ilog10",
    "isqrt",
    "checked_add",
    "checked_sub",
    "checked_mul",
    "checked_div",
    "checked_rem",
    "checked_pow",
    "checked_neg",
    "to_i8",
    "to_i16",
    "to_i32",
    "to_i64",
    "to_i128",
    "to_isize",
    "to_u8",
    "to_u16",
    "to_u32",
    "to_u64",
    "to_u128",
    "to_usize",
    "contains",
    "starts_with",
    "ends_with",
    "is_sorted",
    "is_ascii",
    "imax",
    "imin",
    "iamax",
    "iamin",
    "icamax",
    "is_identity",
    "is_invertible",
];

/// What a path calls.
pub(super) fn callee(path: &syn::Path) -> Callee {
    let owner = path.segments.iter().rev().nth(1);
    let is_type = owner.is_some_and(|owner| {
        let owner = owner.ident.to_string();
        is_type_name(&owner) || is_primitive(&owner)
    });
    if is_type {
        Callee::Associated(path.clone())
    } else {
        Callee::Function(path.clone())
    }
}

/// Whether a name is written as types and variants are.
pub(super) fn is_type_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_uppercase())
}

/// Whether a path that is called is written as that of a tuple struct or variant. Functions named
/// after quantities, such as `E` and `Tv2p`, begin with a capital too.
pub(super) fn is_constructor(path: &syn::Path) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let name = last.ident.to_string();
    let looks_so = is_type_name(&name) && name.len() > 1 && !name.contains('_');
    is_variant(path) || (looks_so && !crate::source::declares_function(&name))
}

/// Whether a path is written as that of a variant: `Shape::Circle`, `Ok`.
pub(super) fn is_variant(path: &syn::Path) -> bool {
    let names = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string());
    let names: Vec<String> = names.collect();
    match names.as_slice() {
        [.., owner, last] => is_type_name(owner) && is_type_name(last) && last != "Output",
        [last] => ["Some", "Ok", "Err"].contains(&last.as_str()),
        [] => false,
    }
}

/// `f64::from` or `f32::from`, which convert as `as` does.
pub(super) fn is_float_from(path: &syn::Path) -> bool {
    let names: Vec<String> = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    matches!(names.as_slice(), [float, from] if (float == "f64" || float == "f32") && from == "from")
}

fn is_primitive(name: &str) -> bool {
    ["f32", "f64", "usize", "u32", "u64", "i32", "i64"].contains(&name)
}
