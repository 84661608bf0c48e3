//! From a seed to a program: the items, and what is known at each place while they are written.

use crate::code;
use crate::code::{Block, Code};
use crate::dice::Dice;
use crate::program::{Access, Constructs, Failure, Function, Program, Type};
use crate::scope::Scope;

/// What may be left from where a statement stands.
#[derive(Clone, Copy, Default)]
pub struct Exits {
    /// The function.
    pub returns: bool,
    /// The innermost loop.
    pub loops: bool,
    /// An outer loop.
    pub labels: bool,
}

/// The state while a program is written.
pub struct Generator {
    /// Makes the choices.
    pub dice: Dice,
    /// What may be used.
    pub constructs: Constructs,
    /// The variables.
    pub scope: Scope,
    /// The functions that may be called.
    pub functions: Vec<Function>,
    /// The function that is being written.
    pub current: Option<Function>,
    /// The ways out.
    pub exits: Exits,
    /// The labels of the loops around.
    pub loops: Vec<Option<String>>,
    /// Whether this is in a closure, which must not borrow exclusively.
    pub in_closure: bool,
    /// How often the function may still call itself.
    pub self_calls: usize,
    /// How deep blocks are nested.
    pub depth: usize,
    /// How many statements may follow.
    pub budget: usize,
    /// How deep calls and iterators are nested in an expression.
    pub nesting: usize,
    /// How many names there are in the function.
    pub names: usize,
    /// The functions that the function ends in a sum of, if there are any.
    pub parts: Vec<String>,
}

/// The program of a seed.
pub fn program(seed: u64, constructs: Constructs) -> Program {
    let mut generator = Generator {
        dice: Dice::new(seed),
        constructs,
        scope: Scope::default(),
        functions: Vec::new(),
        current: None,
        exits: Exits::default(),
        loops: Vec::new(),
        in_closure: false,
        self_calls: 0,
        depth: 0,
        budget: 0,
        nesting: 0,
        names: 0,
        parts: Vec::new(),
    };
    let mut items = generator.types();
    let parts: Vec<String> = (0..generator.dice.pick(&[0, 0, 0, 1, 2]))
        .map(|index| format!("part{index}"))
        .collect();
    for (index, name) in parts.iter().enumerate() {
        items.push(generator.part(name, parts[..index].last()));
    }
    for index in 0..generator.dice.between(1, 2) {
        let function = generator.declare(&format!("g{index}"));
        items.push(generator.function(&function));
        generator.functions.push(function);
    }
    for (name, access) in [("part", Access::Shared), ("turn", Access::Exclusive)] {
        if generator.dice.chance(45) {
            let mut function = generator.declare(name);
            function.receiver = Some(access);
            (function.failure, function.recursive) = (Failure::Never, false);
            let method = generator.function(&function);
            items.push(code!("impl Point {}", Block::of(vec![method])));
            generator.functions.push(function);
        }
    }
    let mut entry = generator.declare("f");
    entry.recursive = false;
    if !parts.is_empty() {
        Generator::ends_in_sum(&mut entry);
        generator.parts = parts;
    }
    items.push(generator.function(&entry));
    Program { seed, items, entry }
}

impl Generator {
    fn types(&mut self) -> Vec<Code> {
        let derive = Code::Differentiable("#[derive(micrograd_core::Differentiable)] ");
        let structure = |copy: &str, text: &str, fields: &[Code]| {
            code!(
                "{}#[derive({})]\npub struct {} {}",
                &derive,
                copy,
                text,
                Block::of(fields.to_vec())
            )
        };
        let field = |name: &str, ty: Type| code!("pub {}: {},", name, ty.code());
        let mut items = vec![
            structure(
                "Clone, Copy",
                "Point",
                &[field("x", Type::Real), field("y", Type::Real)],
            ),
            structure(
                "Clone",
                "Bag",
                &[
                    field("w", Type::Real),
                    field("v", Type::Vector(2)),
                    field("p", Type::Point),
                ],
            ),
        ];
        if self.constructs.closure_parameters {
            let attribute = Code::Differentiable("#[micrograd_core::differentiable] ");
            let real = Code::Real;
            let signature = code!(
                "pub fn applied(g: impl Fn({}) -> {}, a: {}) -> {}",
                &real,
                &real,
                &real,
                &real
            );
            let body = Block::default().with(code!("g(a) * {} + g(a.sin())", Code::Number(0.7)));
            items.push(code!("{}{} {}", attribute, signature, body));
        }
        if self.constructs.enums {
            let real = Code::Real;
            let variants = code!("Dot, Disc({}), Rect { w: {}, h: {} }", &real, &real, &real);
            items.push(code!(
                "{}#[derive(Clone, Copy)]\npub enum Shape {}",
                derive,
                Block::of(vec![variants])
            ));
        }
        items
    }

    /// A name that has not been used.
    pub fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    /// Whether what is written is run many times.
    pub fn in_loop(&self) -> bool {
        !self.loops.is_empty()
            || self.in_closure
            || self.current.as_ref().is_some_and(|f| f.recursive)
    }

    /// A signature.
    fn declare(&mut self, name: &str) -> Function {
        use Access::{Exclusive, Owned, Shared};
        let choices = [
            (8, (Type::Real, Owned)),
            (1, (Type::Real, Shared)),
            (3, (Type::Real, Exclusive)),
            (3, (Type::Count, Owned)),
            (3, (Type::Slice(2), Shared)),
            (2, (Type::Slice(2), Exclusive)),
            (1, (Type::Slice(3), Exclusive)),
            (1, (Type::Array(3), Owned)),
            (1, (Type::Array(2), Shared)),
            (1, (Type::Array(3), Exclusive)),
            (1, (Type::Pair, Owned)),
            (1, (Type::Matrix(2, 2), Shared)),
            (1, (Type::Matrix(2, 2), Exclusive)),
            (1, (Type::Vector(2), Exclusive)),
            (1, (Type::Vector(2), Owned)),
            (1, (Type::Point, Owned)),
            (1, (Type::Point, Shared)),
            (2, (Type::Point, Exclusive)),
            (1, (Type::Bag, Shared)),
            (1, (Type::Bag, Exclusive)),
            (1, (Type::Maybe, Owned)),
            (
                if self.constructs.enums && name != "f" {
                    2
                } else {
                    0
                },
                (Type::Shape, Owned),
            ),
        ];
        // Of a function that changes nothing there is a Jacobian.
        let changes_nothing = self.dice.chance(40);
        let choices: Vec<_> = (choices.into_iter())
            .filter(|(_, (_, access))| !changes_nothing || *access != Exclusive)
            .collect();
        let mut parameters = vec![(Type::Real, Owned)];
        for _ in 0..self.dice.between(1, 3) {
            let parameter = self.dice.weighted(&choices);
            parameters.push(parameter);
        }
        let recursive = self.dice.chance(15);
        if recursive {
            parameters.push((Type::Count, Owned));
        }
        let changes = parameters.iter().any(|(_, access)| *access == Exclusive);
        let result = self.dice.weighted(&[
            (if changes_nothing { 3 } else { 12 }, Type::Real),
            (1, Type::Pair),
            (1, Type::Array(2)),
            (if changes_nothing { 2 } else { 0 }, Type::Array(3)),
            (if changes_nothing { 2 } else { 0 }, Type::Matrix(2, 2)),
            (2, Type::Point),
            (if changes_nothing { 2 } else { 1 }, Type::Vector(2)),
            (1, Type::Bag),
            (if changes { 3 } else { 0 }, Type::Unit),
        ]);
        let failure = match recursive || result == Type::Unit {
            true => Failure::Never,
            false => self.dice.weighted(&[
                (6, Failure::Never),
                (1, Failure::Missing),
                (1, Failure::Error),
            ]),
        };
        Function {
            name: name.to_owned(),
            receiver: None,
            parameters,
            result,
            failure,
            recursive,
        }
    }

    /// A function with that signature.
    fn function(&mut self, function: &Function) -> Code {
        self.scope = Scope::default();
        (self.names, self.self_calls) = (0, 2);
        self.exits = Exits {
            returns: true,
            ..Exits::default()
        };
        self.current = Some(function.clone());
        self.budget = if function.name == "f" { 14 } else { 6 };
        if let Some(access) = function.receiver {
            self.scope.declare("self", Type::Point, access, false);
        }
        let mut names = Vec::new();
        for (index, (ty, access)) in function.parameters.iter().enumerate() {
            let last = index + 1 == function.parameters.len();
            let name = match function.recursive && last {
                true => "level".to_owned(),
                false => self.fresh("x"),
            };
            let mutable = *access == Access::Owned && *ty != Type::Count && self.dice.chance(25);
            self.scope.declare(&name, *ty, *access, mutable);
            names.push(format!("{}{name}", if mutable { "mut " } else { "" }));
        }
        let mut start = Vec::new();
        if function.recursive {
            let leave = Block::of(vec![code!("return {};", self.returned())]);
            start.push(code!("if level == 0 {}", leave));
        }
        let count = if function.name == "f" {
            self.dice.between(5, 9)
        } else {
            self.dice.between(1, 4)
        };
        // What leaves early would stand around the sum.
        self.exits.returns = self.parts.is_empty() || self.dice.chance(20);
        let mut body = self.statements(count);
        body.statements.splice(0..0, start);
        let parts = std::mem::take(&mut self.parts);
        let body = match parts.is_empty() {
            true => self.finished(body),
            false => {
                let end = self.sum_over_parts(&parts);
                body.statements.extend(end.statements);
                Block {
                    value: end.value,
                    ..body
                }
            }
        };
        let attribute = Code::Differentiable("#[micrograd_core::differentiable] ");
        code!("{}pub {} {}", attribute, function.signature(&names), body)
    }

    /// The body with what it returns at its end.
    fn finished(&mut self, mut body: Block) -> Block {
        match self.dice.below(5) {
            0 => {
                body.statements.push(code!("return {};", self.returned()));
                body
            }
            1 => {
                let condition = self.condition(1);
                let sides = [0, 1].map(|_| {
                    let mark = self.scope.mark();
                    let side = self.statements(1);
                    let side = side.with(self.returned());
                    self.scope.reset(mark);
                    side
                });
                let [one, other] = sides;
                body.with(code!("if {} {} else {}", condition, one, other))
            }
            _ => body.with(self.returned()),
        }
    }

    /// Statements whose variables stay in scope.
    pub fn statements(&mut self, count: usize) -> Block {
        self.depth += 1;
        let mut block = Block::default();
        for _ in 0..count {
            if self.budget > 0 {
                self.budget -= 1;
                let statements = self.statement();
                block.statements.extend(statements);
            }
        }
        self.depth -= 1;
        block
    }

    /// A block with variables of its own.
    pub fn block(&mut self, count: usize) -> Block {
        let mark = self.scope.mark();
        let block = self.statements(count);
        self.scope.reset(mark);
        block
    }
}
