//! What is a number for sure, as far as the syntax tells: numbers need no rules for arithmetic, and
//! their arithmetic is cheap enough to be done again.

use super::Lowering;
use crate::ir::{Call, Callee, Failure, Kind, Member, Mode, Operand, Value};
use proc_macro2::{TokenStream, TokenTree};
use syn::{GenericArgument, PathArguments, Type};

impl Lowering<'_> {
    pub(super) fn number_mode(&self, operand: &Operand) -> Mode {
        let definition = &self.definitions[operand.value.0];
        if definition.copy && !definition.reference {
            Mode::Value
        } else {
            operand.mode
        }
    }

    /// Whether the result of an operation is a number for sure.
    pub(super) fn is_copy(&self, kind: &Kind) -> bool {
        let copy = |operand: &Operand| self.definitions[operand.value.0].copy;
        match kind {
            Kind::Constant(tokens) => is_literal(tokens),
            Kind::Not(_) | Kind::Cast(..) => true,
            Kind::Neg(a) => copy(a) && self.are_numbers(&[*a]),
            Kind::Deref(base) => {
                let definition = &self.definitions[base.0];
                definition.reference && definition.ty.as_ref().is_some_and(is_number)
            }
            Kind::Call(Call {
                callee: Callee::Method(name, _),
                args,
                ..
            }) => {
                let name = name.to_string();
                args.iter().all(copy)
                    && self.are_numbers(args)
                    && FLOAT_METHODS.contains(&name.as_str())
            }
            Kind::Call(Call {
                callee: Callee::Function(path) | Callee::Associated(path),
                failure: Failure::Never,
                ..
            }) => is_float_function(path),
            Kind::Binary(operator, a, b) => {
                is_comparison(operator) || (copy(a) && copy(b) && self.are_numbers(&[*a, *b]))
            }
            _ => false,
        }
    }

    /// The type of `a[i]` where the type of `a` was written, of a field or call where the file tells it.
    pub(super) fn element_type(&self, kind: &Kind) -> Option<Type> {
        if let Kind::Field(base, member) = kind {
            return match (self.definitions[base.0].ty.as_ref()?, member) {
                (Type::Path(owner), member) => {
                    // A longer path leads to another module, maybe to another file.
                    let owner = owner
                        .path
                        .segments
                        .last()
                        .filter(|_| owner.path.segments.len() == 1)?;
                    crate::source::field(&owner.ident.to_string(), member)
                }
                (Type::Tuple(tuple), Member::Unnamed(index)) => {
                    tuple.elems.get(index.index as usize).cloned()
                }
                _ => None,
            };
        }
        if let Kind::Call(Call {
            callee: Callee::Function(path),
            failure: Failure::Never,
            ..
        }) = kind
        {
            return crate::source::returned(&path.get_ident()?.to_string());
        }
        if let Kind::Payload(base, variant) = kind {
            let is_success = match &variant.path {
                Some(path) => path.is_ident("Some") || path.is_ident("Ok"),
                None => true,
            };
            let ty = self.definitions[base.0]
                .ty
                .as_ref()
                .filter(|ty| is_success && is_of_std(ty))?;
            let inner = first_argument(ty, &["Option", "Result"])?;
            return Some(inner.clone()).filter(is_number);
        }
        let Kind::Index(base, index) = kind else {
            return None;
        };
        let element = element_of(self.definitions[base.0].ty.as_ref()?)?;
        if self.ranges.contains_key(&index.value) {
            return Some(syn::parse_quote!([#element]));
        }
        Some(crate::source::expanded(element))
    }

    /// Remembers arrays and vectors of numbers, so that their elements are known to be numbers.
    pub(super) fn note_numbers(&mut self, kind: &Kind, result: Value) {
        let depth = match kind {
            Kind::Array(elements, _) => {
                let depths: Vec<Option<usize>> = (elements.iter())
                    .map(|element| self.depth_of_numbers(element))
                    .collect();
                let same = depths.windows(2).all(|pair| pair[0] == pair[1]);
                (depths.first().copied().flatten().filter(|_| same)).map(|depth| depth + 1)
            }
            Kind::Repeat(element, ..) => self.depth_of_numbers(element).map(|depth| depth + 1),
            Kind::Load(base) | Kind::Snapshot(base) => self.of_numbers.get(base).copied(),
            Kind::Index(base, index) => {
                let inside = usize::from(!self.ranges.contains_key(&index.value));
                self.of_numbers.get(base).map(|depth| depth - inside)
            }
            // The sine and the cosine are as deep as the elements of an array.
            Kind::Call(Call {
                callee: Callee::Method(name, None),
                failure: Failure::Never,
                args,
                ..
            }) if name == "sin_cos" => {
                let angle = Operand::by_value(args[0].value);
                self.depth_of_numbers(&angle).map(|depth| depth + 1)
            }
            Kind::Field(base, Member::Unnamed(_)) => {
                self.of_numbers.get(base).map(|depth| depth - 1)
            }
            Kind::Call(Call {
                callee: Callee::Method(name, _),
                failure: Failure::Never,
                args,
                ..
            }) if ["clone", "to_vec", "to_owned"].contains(&name.to_string().as_str()) => {
                self.depth_inside(args[0].value)
            }
            _ => None,
        };
        if let Some(depth) = depth {
            self.note_depth(result, depth);
        }
    }

    /// How deep a value is nested that is surely one of numbers: a number is 0, an array of numbers 1.
    pub(super) fn depth_of_numbers(&self, operand: &Operand) -> Option<usize> {
        let definition = &self.definitions[operand.value.0];
        if operand.mode != Mode::Value || definition.reference {
            return None;
        }
        match definition.copy {
            true => Some(0),
            false => self.of_numbers.get(&operand.value).copied(),
        }
    }

    /// The same of a value or what it refers to.
    fn depth_inside(&self, value: Value) -> Option<usize> {
        let of_type = self.definitions[value.0]
            .ty
            .as_ref()
            .and_then(depth_of_type);
        of_type.or(self.of_numbers.get(&value).copied())
    }

    /// Remembers what [`depth_of_numbers`](Self::depth_of_numbers) tells of a value.
    pub(super) fn note_depth(&mut self, value: Value, depth: usize) {
        match depth {
            0 => self.definitions[value.0].copy = true,
            depth => {
                self.of_numbers.insert(value, depth);
            }
        }
    }

    pub(super) fn are_numbers(&self, operands: &[Operand]) -> bool {
        operands
            .iter()
            .all(|operand| !self.definitions[operand.value.0].reference)
    }
}

const PRIMITIVES: [&str; 16] = [
    "f32", "f64", "usize", "u8", "u16", "u32", "u64", "u128", "isize", "i8", "i16", "i32", "i64",
    "i128", "bool", "char",
];

/// The type of the elements of a slice, array or vector.
pub(super) fn element_of(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Reference(reference) => element_of(&reference.elem),
        Type::Slice(slice) => Some(&slice.elem),
        Type::Array(array) => Some(&array.elem),
        _ => first_argument(ty, &["Vec"]),
    }
}

/// `T` of a type `Name<T, …>`, if the name is one of these.
pub(super) fn first_argument<'t>(ty: &'t Type, names: &[&str]) -> Option<&'t Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(ty) if names.iter().any(|name| last.ident == name) => Some(ty),
        _ => None,
    }
}

/// Whether a type is not one of this name that the file declares or imports: `type Result<T> = …` may say anything.
fn is_of_std(ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    let names = crate::source::imported(&path.path);
    match names.as_slice() {
        [name] => !crate::source::has_type_named(name),
        [root, ..] => root == "std" || root == "core",
        [] => false,
    }
}

/// Whether a type is written as one of the language's numbers, `bool` or `char`.
pub fn is_number(ty: &syn::Type) -> bool {
    let syn::Type::Path(path) = ty else {
        return false;
    };
    path.path
        .get_ident()
        .is_some_and(|ident| PRIMITIVES.contains(&ident.to_string().as_str()))
}

/// How deep arrays and vectors of numbers are nested in a type.
fn depth_of_type(ty: &Type) -> Option<usize> {
    match is_number(ty) {
        true => Some(0),
        false => depth_of_type(element_of(ty)?).map(|depth| depth + 1),
    }
}

/// Whether a path is that of a method of floats that gives a float: `f64::max`.
fn is_float_function(path: &syn::Path) -> bool {
    let mut names = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string());
    match (names.next(), names.next(), names.next()) {
        (Some(float), Some(method), None) => {
            ["f32", "f64"].contains(&float.as_str()) && is_float_method(&method)
        }
        _ => false,
    }
}

/// Whether a constant is a literal, or one of the standard library's mathematical constants.
pub fn is_literal(tokens: &TokenStream) -> bool {
    let first = tokens.clone().into_iter().next();
    let literal = match first {
        Some(TokenTree::Literal(_)) => true,
        Some(TokenTree::Punct(minus)) => minus.as_char() == '-',
        Some(TokenTree::Ident(ident)) => ident == "true" || ident == "false",
        _ => false,
    };
    literal || is_number_constant(tokens)
}

/// Whether a path is that of a constant of numbers: `f64::NAN`, `std::f64::consts::PI`.
fn is_number_constant(tokens: &TokenStream) -> bool {
    let names: Vec<String> = (tokens.clone().into_iter())
        .filter_map(|token| match token {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            TokenTree::Punct(punct) if punct.as_char() == ':' => None,
            other => Some(format!("{other}?")),
        })
        .collect();
    match names.as_slice() {
        [.., owner, _] => owner == "consts" || PRIMITIVES.contains(&owner.as_str()),
        _ => false,
    }
}

/// Methods of floats that give a float.
pub(super) const FLOAT_METHODS: [&str; 46] = [
    "sqrt",
    "cbrt",
    "abs",
    "powi",
    "powf",
    "exp",
    "exp2",
    "exp_m1",
    "ln",
    "log",
    "log2",
    "log10",
    "ln_1p",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "atan2",
    "hypot",
    "max",
    "min",
    "clamp",
    "mul_add",
    "recip",
    "to_radians",
    "to_degrees",
    "signum",
    "copysign",
    "rem_euclid",
    "fract",
    "floor",
    "ceil",
    "round",
    "trunc",
    "round_ties_even",
    "div_euclid",
    "midpoint",
    "abs_sub",
];

/// How many numbers a method of floats takes, the first among them that it is called on.
pub(super) fn float_arity(name: &str) -> usize {
    match name {
        "clamp" | "mul_add" => 3,
        "abs_sub" | "atan2" | "copysign" | "div_euclid" | "hypot" | "log" | "max" | "midpoint"
        | "min" | "powf" | "powi" | "rem_euclid" => 2,
        _ => 1,
    }
}

/// Whether a method of floats is called like this.
pub fn is_float_method(name: &str) -> bool {
    FLOAT_METHODS.contains(&name)
}

/// Whether an operator gives a `bool`.
pub(super) fn is_comparison(operator: &syn::BinOp) -> bool {
    use syn::BinOp;
    matches!(
        operator,
        BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_)
    )
}
