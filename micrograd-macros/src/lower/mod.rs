//! From the user's syntax tree to the IR. The only pass that sees `syn` expressions, and the only
//! one that reports mistakes: everything after it works on IR that is known to be supported.
//!
//! Local variables are not part of the IR. Each name stands for an operand, an assignment lets it
//! stand for another one, and what a region assigns is carried out of it as a yielded value.

mod adaptor;
mod assigned;
mod attempt;
mod branch;
mod call;
mod callee;
mod capture;
mod checkpoint;
mod closure;
mod consume;
mod control;
mod expected;
mod expr;
mod failing;
mod from_fn;
mod hoist;
mod item;
mod iter;
mod join;
mod lambda;
mod loops;
mod macros;
mod maybe;
mod memory;
mod number;
mod option;
mod optional;
mod own;
mod own_index;
mod pat;
mod position;
mod refute;
mod scope;
mod search;
mod sequence;
mod source;
mod stage;
mod stmt;
mod tail;
mod ways;

pub use checkpoint::{has_checkpoints, without_checkpoints};
pub use number::{is_float_method, is_literal, is_number};
pub use optional::is_option_type;

use crate::errors::Errors;
use crate::ir::{Definition, Function, Kind, Mode, Op, Operand, Param, Region, Value};
use crate::signature::{Passing, Signature};
use proc_macro2::Span;
use scope::{Binding, Closure, Scope, Variable};
use std::collections::{HashMap, HashSet};
use syn::Block;

/// Lowers the body of a function; mistakes go to `errors`.
pub fn lower(signature: &Signature, block: &Block, errors: &mut Errors) -> Function {
    let fallible = signature.fallible.is_some();
    let block = &expected::with_types(block, signature.output.as_ref(), fallible);
    let mut context = Lowering::new(errors, block);
    context.fallible = fallible;
    context.failure =
        (signature.fallible.as_ref()).and_then(|fallible| failing::failure_of(fallible.ty()));
    context.returns_value = signature.output.is_some();
    context.type_params = (signature.generics.type_params())
        .map(|param| param.ident.to_string())
        .collect();
    macros::reject_cfg(block, context.errors);
    checkpoint::check(block, context.errors);
    let mut params = Vec::new();
    for param in &signature.params {
        let by_reference = param.passing == Passing::Shared;
        let exclusive = param.passing == Passing::Exclusive;
        let value = context.define(&param.hint, param.span);
        context.definitions[value.0].reference = by_reference;
        let ty = match &signature.owner {
            Some(owner) if param.receiver => owner.clone(),
            _ => crate::source::expanded(&param.ty),
        };
        context.definitions[value.0].copy = by_reference || (!exclusive && is_number(&ty));
        context.definitions[value.0].ty = Some(ty);
        if exclusive {
            context.exclusive_params.insert(value);
        }
        if let Some(taken) = signature.function(param) {
            context.functions.insert(value, taken.inputs.clone());
            context.definitions[value.0].function = true;
        }
        params.push(Param {
            value,
            by_reference,
            exclusive,
            active: param.active,
        });
        context.bind_param(param, value);
    }
    let yields = context.function_body(block);
    let body = Region {
        args: Vec::new(),
        ops: context.ops,
        yields,
        diverges: context.diverged,
    };
    Function {
        params,
        body,
        definitions: context.definitions,
        items: context.items,
    }
}

struct Lowering<'e> {
    errors: &'e mut Errors,
    definitions: Vec<Definition>,
    /// The operations of the region that is being built.
    ops: Vec<Op>,
    /// Innermost last.
    scopes: Vec<Scope>,
    /// The items in the body.
    items: Vec<syn::Item>,
    /// The names of variables that the function changes in part.
    changed: HashSet<String>,
    /// Values that are ranges, so that an index by them is a slice, and their ends.
    ranges: HashMap<Value, (Operand, Operand, syn::RangeLimits)>,
    /// Arrays and vectors of numbers: 1, of such arrays: 2, and so on.
    of_numbers: HashMap<Value, usize>,
    /// Values of types of the file, by the name of the type.
    owners: HashMap<Value, String>,
    /// The types of parts of values, as they are declared.
    declared: HashMap<Value, syn::Type>,
    /// Snapshots of memory.
    snapshots: HashSet<Value>,
    /// Places inside snapshots.
    snapshot_parts: HashSet<Value>,
    /// Options and what is inside them, whose pairs the source takes for pairs of references.
    templates: HashMap<Value, item::Item>,
    /// Parameters that are exclusive references.
    exclusive_params: HashSet<Value>,
    /// Memory, and the places inside it.
    memory: HashSet<Value>,
    /// Whether the value that is being lowered is declared to be an integer.
    expects_integer: bool,
    /// Whether the region that is being built has panicked or returned an error already.
    diverged: bool,
    /// Where control goes when it leaves a block, innermost last.
    contexts: Vec<control::Context>,
    /// Whether the function returns a `Result` or `Option`.
    fallible: bool,
    /// What the failures of the function are, as it is written.
    failure: Option<String>,
    /// Whether the function, or the closure that is being lowered, returns a value.
    returns_value: bool,
    /// How many closures are around.
    closures: usize,
    /// The names of the function's type parameters.
    type_params: HashSet<String>,
    /// What the parameters that are functions take.
    functions: HashMap<Value, Vec<syn::Type>>,
    /// Values that are options or results.
    options: HashSet<Value>,
    /// The names of variables that are treated as options or results.
    option_names: HashSet<String>,
    /// Whether the pattern that is being bound is one that might not have matched.
    refuting: bool,
    /// How many of the scopes hold what a closure that is a value captures.
    captures: usize,
}

impl<'e> Lowering<'e> {
    /// Before a body that is a block.
    fn new(errors: &'e mut Errors, block: &Block) -> Self {
        Lowering {
            errors,
            definitions: Vec::new(),
            ops: Vec::new(),
            scopes: vec![Scope::new()],
            items: Vec::new(),
            changed: memory::changed_names(block),
            memory: HashSet::new(),
            templates: HashMap::new(),
            exclusive_params: HashSet::new(),
            snapshots: HashSet::new(),
            snapshot_parts: HashSet::new(),
            ranges: HashMap::new(),
            of_numbers: HashMap::new(),
            owners: HashMap::new(),
            declared: HashMap::new(),
            diverged: false,
            expects_integer: false,
            contexts: vec![control::Context::Function],
            fallible: false,
            failure: None,
            returns_value: true,
            closures: 0,
            type_params: HashSet::new(),
            functions: HashMap::new(),
            options: HashSet::new(),
            option_names: optional::option_names(block),
            refuting: false,
            captures: 0,
        }
    }
}

impl Lowering<'_> {
    /// A new value that no operation defines yet.
    fn define(&mut self, hint: &str, span: Span) -> Value {
        self.definitions.push(Definition {
            // The variables that lowering adds have a mark that no user can write.
            hint: hint.trim_end_matches('!').to_string(),
            span,
            ty: None,
            copy: false,
            reference: false,
            function: false,
        });
        Value(self.definitions.len() - 1)
    }

    /// Appends an operation with one result.
    fn push(&mut self, mut kind: Kind, span: Span) -> Value {
        // `&x * y` and `x * y` are one operation on numbers.
        if let Kind::Neg(a) = &mut kind {
            a.mode = self.number_mode(a);
        }
        if let Kind::Binary(_, a, b) = &mut kind {
            (a.mode, b.mode) = (self.number_mode(a), self.number_mode(b));
        }
        let copy = self.is_copy(&kind);
        let element = self.element_type(&kind);
        let result = self.define("t", span);
        self.definitions[result.0].copy = copy || element.as_ref().is_some_and(is_number);
        self.definitions[result.0].ty = element;
        self.note_numbers(&kind, result);
        self.note_owner(&kind, result);
        if let Kind::Range(start, end, limits) = kind {
            self.ranges.insert(result, (start, end, limits));
        }
        if let Kind::Payload(option, _) = &kind {
            if let Some(template) = self.templates.get(option).cloned() {
                self.templates.insert(result, template);
            }
        }
        // A part of a snapshot is as old as the snapshot.
        match &kind {
            Kind::Snapshot(_) => {
                self.snapshots.insert(result);
            }
            kind if kind.is_place() => {
                let base = kind.operands()[0].value;
                if self.snapshots.contains(&base) || self.snapshot_parts.contains(&base) {
                    self.snapshot_parts.insert(result);
                }
            }
            _ => {}
        }
        // A place inside memory is memory.
        if kind.is_place()
            && !matches!(kind, Kind::Snapshot(_))
            && self.memory.contains(&kind.operands()[0].value)
        {
            self.memory.insert(result);
        }
        self.ops.push(Op {
            results: vec![result],
            kind,
            span,
        });
        result
    }

    /// The value of an expression that no variable is read in.
    fn constant_of(&mut self, expr: syn::Expr, span: Span) -> Operand {
        let value = self.push(Kind::Constant(quote::quote!(#expr)), span);
        self.definitions[value.0].copy = true;
        Operand::by_value(value)
    }

    /// Builds a region: its operations are those that `build` pushes, its yields what it returns.
    /// Assignments in it are undone afterwards.
    fn region(
        &mut self,
        args: Vec<Value>,
        build: impl FnOnce(&mut Self) -> Vec<Operand>,
    ) -> Region {
        let outer_ops = std::mem::take(&mut self.ops);
        let outer_scopes = self.scopes.clone();
        let outer_diverged = std::mem::replace(&mut self.diverged, false);
        let mut yields = self.scoped(build);
        self.scopes = outer_scopes;
        let ops = std::mem::replace(&mut self.ops, outer_ops);
        let diverges = std::mem::replace(&mut self.diverged, outer_diverged);
        if diverges {
            yields.clear();
        }
        Region {
            args,
            ops,
            yields,
            diverges,
        }
    }

    /// The values an operation with regions hands out, one for each of `yields`.
    fn results(&mut self, names: &[Variable], yields: &[Operand], span: Span) -> Vec<Value> {
        let unnamed = yields.len() - names.len();
        (yields.iter().enumerate())
            .map(|(index, operand)| {
                let hint = if index < unnamed {
                    "t"
                } else {
                    &names[index - unnamed].name
                };
                let definition = self.definitions[operand.value.0].clone();
                let value = self.define(hint, span);
                self.definitions[value.0].copy = definition.copy;
                self.definitions[value.0].function = definition.function;
                self.definitions[value.0].reference =
                    definition.reference || operand.mode == Mode::Reference;
                value
            })
            .collect()
    }
}
