//! What a random program is made of: types, variables, functions, and which constructs it may use.

use crate::code;
use crate::code::{Code, separated};

/// The constructs that are switched on one by one as they come to be supported.
#[derive(Clone, Copy, Debug, Default)]
pub struct Constructs {
    /// `'a: for …`, `break 'a`, `continue 'a`.
    pub labelled_loops: bool,
    /// `let x = loop { break value; }`.
    pub break_with_value: bool,
    /// `while let Some(x) = …`.
    pub while_let: bool,
    /// `let x = if c { return a; } else { b };`.
    pub return_in_let: bool,
    /// A branch of which only a part leaves the function or loop.
    pub partial_exits: bool,
    /// Enums with payloads, made and matched.
    pub enums: bool,
    /// Iterators by `iter_mut`, and the adaptors `chain` and `scan`.
    pub more_iterators: bool,
    /// `pop`, `clear`, `truncate`.
    pub shrinking_vectors: bool,
    /// Functions that take `impl Fn(f64) -> f64`.
    pub closure_parameters: bool,
    /// `let Some(x) = … else { return a; };` where the function cannot fail.
    pub let_else_with_value: bool,
    /// `return;` inside a loop.
    pub return_nothing_in_loops: bool,
    /// `if let Some(x) = g(…)` of a differentiable `g`.
    pub options_of_calls: bool,
    /// `windows`, `chunks` and iterators of a part of a list: `a[1..].iter()`.
    pub iterators_of_parts: bool,
    /// `g(x)` where `x` is `&mut [f64]` and `g` takes `&[f64]`, instead of `g(&*x)`.
    pub implicit_reborrows: bool,
    /// `filter` over a part of a variable: `s.v.iter().filter(…)`, `m[0].iter().filter(…)`.
    pub filters_of_parts: bool,
    /// `any` and `all`.
    pub any_and_all: bool,
    /// Statements in a branch that ends in `return Err(…);` or `return None;`.
    pub statements_before_failure: bool,
}

/// A type. Numbers are `f64` throughout.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Type {
    /// `f64`
    Real,
    /// `usize`
    Count,
    /// `(f64, f64)`
    Pair,
    /// `[f64; N]`
    Array(usize),
    /// `[[f64; C]; R]`
    Matrix(usize, usize),
    /// `Vec<f64>` with at least so many elements
    Vector(usize),
    /// `[f64]` with at least so many elements, behind a reference
    Slice(usize),
    /// `Point { x, y }`, which is `Copy`
    Point,
    /// `Bag { w, v, p }`: a number, a vector of at least two, a point
    Bag,
    /// `Option<f64>`
    Maybe,
    /// `enum Shape { Dot, Disc(f64), Rect { w: f64, h: f64 } }`
    Shape,
    /// `()`
    Unit,
    /// A closure of so many numbers that gives a number; a `mut` variable if calls change something
    Closure(usize),
}

impl Type {
    /// Its name.
    pub fn code(self) -> Code {
        match self {
            Type::Real => Code::Real,
            Type::Count => "usize".into(),
            Type::Pair => code!("({}, {})", Code::Real, Code::Real),
            Type::Array(n) => code!("[{}; {}]", Code::Real, n),
            Type::Matrix(rows, columns) => code!("[[{}; {}]; {}]", Code::Real, columns, rows),
            Type::Vector(_) => code!("Vec<{}>", Code::Real),
            Type::Slice(_) => code!("[{}]", Code::Real),
            Type::Point => "Point".into(),
            Type::Bag => "Bag".into(),
            Type::Maybe => code!("Option<{}>", Code::Real),
            Type::Shape => "Shape".into(),
            Type::Unit => "()".into(),
            Type::Closure(_) => "_".into(),
        }
    }

    /// Whether a value is copied where it is used.
    pub fn is_copy(self) -> bool {
        !matches!(
            self,
            Type::Vector(_) | Type::Slice(_) | Type::Bag | Type::Closure(_)
        )
    }
}

/// How a variable or a parameter holds its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Access {
    /// Itself.
    Owned,
    /// Behind `&`.
    Shared,
    /// Behind `&mut`.
    Exclusive,
}

/// A variable in scope.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name; a later variable of the same name shadows it.
    pub name: String,
    /// The type behind its reference, if it is one.
    pub ty: Type,
    /// How it holds its value.
    pub access: Access,
    /// Whether it is declared `mut`.
    pub mutable: bool,
}

/// How a function may fail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Failure {
    /// It does not.
    Never,
    /// It returns an `Option`.
    Missing,
    /// It returns a `Result` with a `usize` as the error.
    Error,
}

/// A function that can be called.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name, or that of the method.
    pub name: String,
    /// For a method: whether `self` is behind `&` or `&mut`. It is a `Point`.
    pub receiver: Option<Access>,
    /// The parameters, without `self`.
    pub parameters: Vec<(Type, Access)>,
    /// What it returns.
    pub result: Type,
    /// How it may fail.
    pub failure: Failure,
    /// Whether the last parameter counts down the recursion.
    pub recursive: bool,
}

impl Function {
    /// Whether a call changes something.
    pub fn changes(&self) -> bool {
        self.receiver == Some(Access::Exclusive)
            || (self.parameters.iter()).any(|(_, access)| *access == Access::Exclusive)
    }

    /// `fn name(a0: f64, …) -> R`, with the names of the parameters.
    pub fn signature(&self, names: &[String]) -> Code {
        let receiver = self.receiver.map(|access| match access {
            Access::Owned => Code::from("self"),
            Access::Shared => "&self".into(),
            Access::Exclusive => "&mut self".into(),
        });
        let parameters = (self.parameters.iter().zip(names))
            .map(|((ty, access), name)| code!("{}: {}{}", name, access.prefix(), ty.code()));
        let parameters = separated(receiver.into_iter().chain(parameters).collect(), ", ");
        let result = match (self.failure, self.result) {
            (Failure::Never, Type::Unit) => Code::from(""),
            (Failure::Never, ty) => code!(" -> {}", ty.code()),
            (Failure::Missing, ty) => code!(" -> Option<{}>", ty.code()),
            (Failure::Error, ty) => code!(" -> Result<{}, usize>", ty.code()),
        };
        code!("fn {}({}){}", &self.name, parameters, result)
    }
}

impl Access {
    /// What stands before the type, or before the argument.
    pub fn prefix(self) -> &'static str {
        match self {
            Access::Owned => "",
            Access::Shared => "&",
            Access::Exclusive => "&mut ",
        }
    }
}

/// A program: its items, and the function whose derivative is compared.
#[derive(Clone, Debug)]
pub struct Program {
    /// What it was made from.
    pub seed: u64,
    /// Types, functions, methods.
    pub items: Vec<Code>,
    /// The function that is called; a free one.
    pub entry: Function,
}
