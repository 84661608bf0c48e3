//! The intermediate representation: SSA-like and structured.
//!
//! A function is a [`Region`]: operations in order, then the values it yields. `if` and `for` are
//! operations that own regions; there are no jumps and no phi nodes, a value that a loop carries is
//! an argument of the loop's body. Every expression of the source is one operation whose operands
//! are values (A-normal form).
//!
//! Field access, indexing and dereferencing define *places*: they stand for memory inside another
//! value and are read where they are used by value.
//!
//! Invariants, checked by [`verify`](crate::verify): a value is defined once and before its uses;
//! both branches of an `if` yield as many values as the operation has results; a loop's body has
//! one argument for the item and one for each carried value, and yields the carried ones.

mod display;
mod rewrite;
mod uses;

pub use display::Names;
pub use uses::carried;

use proc_macro2::{Span, TokenStream};
use syn::{AngleBracketedGenericArguments, BinOp, Ident, Path, Type};

pub use syn::Member;

/// Names a value; prints as `%3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value(pub usize);

/// A differentiable function after lowering.
pub struct Function {
    /// The parameters in order, a method's `self` first.
    pub params: Vec<Param>,
    /// The body; it yields the function's value, or nothing for `()`.
    pub body: Region,
    /// What is known of each value, by its number.
    pub definitions: Vec<Definition>,
    /// Constants and imports inside the body, which are repeated as they are.
    pub items: Vec<syn::Item>,
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// The value inside the function.
    pub value: Value,
    /// Whether the declared type is a shared reference.
    pub by_reference: bool,
    /// Whether the declared type is an exclusive reference.
    pub exclusive: bool,
    /// Whether the declared type can carry a derivative.
    pub active: bool,
}

/// What is known of a value from the source alone.
#[derive(Clone)]
pub struct Definition {
    /// The user's name for it, or a letter.
    pub hint: String,
    /// Where it was written.
    pub span: Span,
    /// The type the user wrote for it.
    pub ty: Option<Type>,
    /// Whether it is surely `Copy`: a number, a `bool` or a reference.
    pub copy: bool,
    /// Whether it holds a reference.
    pub reference: bool,
    /// Whether it is a function value, which only rules can be handed.
    pub function: bool,
}

/// Operations in order, then yielded operands.
#[derive(Default)]
pub struct Region {
    /// Values that enter with each execution of the region.
    pub args: Vec<Value>,
    /// The operations.
    pub ops: Vec<Op>,
    /// The values that leave.
    pub yields: Vec<Operand>,
    /// Whether control never reaches the end: it panics, or returns an error. Then nothing leaves.
    pub diverges: bool,
}

/// An operation and the values it defines.
pub struct Op {
    /// One value for most kinds; one for each yield of `if` and each carried value of `for`.
    pub results: Vec<Value>,
    /// What is done.
    pub kind: Kind,
    /// The user's tokens.
    pub span: Span,
}

/// The use of a value by an operation.
#[derive(Clone, Copy, Debug)]
pub struct Operand {
    /// The value.
    pub value: Value,
    /// How it is used.
    pub mode: Mode,
}

/// How an operation uses a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Copied or moved: `x`.
    Value,
    /// Borrowed: `&x`, or the receiver of a method.
    Reference,
    /// Borrowed to be changed: `&mut x`.
    Exclusive,
}

/// The kinds of operation.
pub enum Kind {
    /// A literal or the path of a constant.
    Constant(TokenStream),
    /// `-a`.
    Neg(Operand),
    /// `!a`.
    Not(Operand),
    /// `a + b`, `a < b`, …; never `&&`, `||` or an assignment.
    Binary(BinOp, Operand, Operand),
    /// `a as T`.
    Cast(Operand, Box<Type>),
    /// The place `a.field`.
    Field(Value, Member),
    /// The place `a[i]`.
    Index(Value, Operand),
    /// The place `*a`.
    Deref(Value),
    /// The place inside a variant of an enum that was matched.
    Payload(Value, Box<Variant>),
    /// A variable that is changed in part: memory that starts as `a`.
    Slot(Operand),
    /// The value at a place in memory, as it is now.
    Load(Value),
    /// A place as it is now, for uses that borrow it.
    Snapshot(Value),
    /// Memory that nobody changes from here on, in this run of the region.
    Settled {
        /// The memory.
        memory: Value,
        /// Whether another run of the region changes it, so that the reverse sweep needs a copy.
        copied: bool,
    },
    /// `place = a`.
    Store(Value, Operand),
    /// `place.push(a)`.
    Push(Value, Operand),
    /// `place.pop()`, of a sequence that is not empty: the element.
    Pop(Value),
    /// `place.truncate(n)`.
    Truncate(Value, Operand),
    /// `mem::swap(&mut a, &mut b)`.
    Swap(Value, Value),
    /// The elements of a place in another order.
    Rearrange(Value, Rearrangement),
    /// `(a, b, …)`.
    Tuple(Vec<Operand>),
    /// `[a, b, …]`, or `vec![a, b, …]`.
    Array(Vec<Operand>, Sequence),
    /// `[a; n]`, or `vec![a; n]`.
    Repeat(Operand, Operand, Sequence),
    /// `Path { field: a, … }`, or `Path(a, …)` if `tuple`.
    Struct {
        /// The struct's path.
        path: Path,
        /// Its fields in the user's order.
        fields: Vec<(Member, Operand)>,
        /// Whether it is written as a call.
        tuple: bool,
        /// Whether it is a variant of an enum.
        variant: bool,
        /// `..rest`, which the other fields are taken from.
        rest: Option<Operand>,
    },
    /// `a..b` or `a..=b`.
    Range(Operand, Operand, syn::RangeLimits),
    /// A call of a function or method.
    Call(Call),
    /// Rust that no derivative flows through, kept as it was written: `assert!`, `return Err(…)`.
    Plain(Plain),
    /// Rust that no derivative flows through, for its value; the compiler checks that it has none.
    PlainValue(Plain),
    /// Whether a value matches a pattern without bindings.
    Matches(Operand, Box<syn::Pat>),
    /// `if condition { then } else { otherwise }`.
    If {
        /// A `bool`.
        condition: Operand,
        /// The region that runs if it holds.
        then: Region,
        /// The region that runs if not.
        otherwise: Region,
    },
    /// `for item in iterator { body }`, or a `loop` without an iterator. The body's first argument is
    /// the item, the others are the carried values, which start as `inits`.
    For {
        /// A cloneable double-ended iterator over values without a derivative.
        iterator: Option<Operand>,
        /// What the carried values are before the first iteration.
        inits: Vec<Operand>,
        /// The body.
        body: Region,
        /// Whether the body decides if the loop goes on: then its first yield is a `bool` that
        /// says so, before the carried values.
        exits: bool,
        /// Whether the body's last yield is an element of a vector, the operation's last result.
        collects: bool,
        /// Whether the reverse sweep runs it again block by block, instead of records of all iterations.
        checkpoint: bool,
    },
    /// `Some(a)`, of the value that a `return` inside a loop carries out of it.
    Present(Operand),
    /// The value inside a `Some` or `Ok`, by `?` or by a method that panics where there is none.
    Unwrap(Operand, Failure),
    /// A closure that is handed to a function.
    Lambda(Box<Lambda>),
}

/// A closure as a value: a function, and what it captures.
pub struct Lambda {
    /// The function that it is handed to, which knows what the closure takes and gives.
    pub callee: Callee,
    /// Which argument it is.
    pub position: usize,
    /// The arguments of that call, for their types; `None` for closures.
    pub args: Vec<Option<Operand>>,
    /// The tuple of what it captures.
    pub captures: Operand,
    /// The elements of that tuple.
    pub captured: Vec<Value>,
    /// The closure's body; its parameters are the captures, then the closure's own.
    pub function: Function,
}

/// How the elements of a sequence change places.
#[derive(Clone, Copy, Debug)]
pub enum Rearrangement {
    /// Back to front.
    Reverse,
    /// `rotate_left(n)`.
    RotateLeft(Operand),
    /// `rotate_right(n)`.
    RotateRight(Operand),
    /// An order that was computed: the index that each element had before.
    Order(Operand),
}

/// Rust that is emitted as it was written, for its effect.
pub struct Plain {
    /// The user's tokens; `self` is spelled `this`.
    pub tokens: TokenStream,
    /// The local variables in them, by the user's names.
    pub captures: Vec<(Ident, Operand)>,
}

/// What a list of elements is stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// `[…]`.
    Array,
    /// `vec![…]`.
    Vec,
}

/// A call.
pub struct Call {
    /// What is called.
    pub callee: Callee,
    /// The arguments, a method's receiver first.
    pub args: Vec<Operand>,
    /// What the result says of the derivative.
    pub effect: Effect,
    /// What becomes of a failure.
    pub failure: Failure,
    /// The memory that is the receiver, which the method may change; the first argument is a
    /// snapshot of it.
    pub changes: Option<Value>,
}

/// A part of a variant.
pub struct Variant {
    /// The variant; `None` for the success of an option or result, whichever it is.
    pub path: Option<Path>,
    /// Its field.
    pub member: Member,
}

impl Variant {
    /// The name of the variant and its field, as the accessors of its tangent are called.
    pub fn name(&self) -> String {
        let last = self.path.as_ref().and_then(|path| path.segments.last());
        let variant = last.map_or("Some".into(), |last| last.ident.to_string());
        let member = match &self.member {
            Member::Named(ident) => ident.to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        };
        format!("{variant}_{member}").replace("r#", "")
    }
}

/// What becomes of the failure of an `Option` or `Result`.
#[derive(Clone)]
pub enum Failure {
    /// There is none: the value is no option, or its rule takes it as a value like any other.
    Never,
    /// `?`: it leaves the function.
    Question,
    /// A method such as `.unwrap()` panics.
    Panic(TokenStream),
    /// The result is an option whose success has a pullback.
    Kept,
}

/// How the derivative of a call is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Through the callee's rule.
    Rule,
    /// Through the callee's rule; the result borrows the arguments and is built again at reverse time.
    View,
    /// The result has no tangent (`len`, `is_nan`); the emitted code makes the compiler check that.
    Inert,
}

/// What is called.
#[derive(Clone)]
pub enum Callee {
    /// A free function: `m::f`.
    Function(Path),
    /// A function of a type: `Type::f`.
    Associated(Path),
    /// A method: `receiver.f::<T>`.
    Method(Ident, Option<AngleBracketedGenericArguments>),
}

impl Operand {
    /// `x`.
    pub fn by_value(value: Value) -> Self {
        Operand {
            value,
            mode: Mode::Value,
        }
    }

    /// `&x`.
    pub fn by_reference(value: Value) -> Self {
        Operand {
            value,
            mode: Mode::Reference,
        }
    }
}

/// A tuple of any length: at most twelve parts side by side, the others in a tuple of their own at the
/// end. `tuple` makes one of its parts.
pub fn nested<T>(mut parts: Vec<T>, tuple: &mut impl FnMut(Vec<T>) -> T) -> T {
    const LONGEST: usize = 12;
    if parts.len() > LONGEST {
        let rest = parts.split_off(LONGEST - 1);
        parts.push(nested(rest, tuple));
    }
    tuple(parts)
}
