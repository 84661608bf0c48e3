//! Expressions: numbers, integers, conditions, and values of the other types.

use crate::code;
use crate::code::{Block, Code};
use crate::generate::Generator;
use crate::program::{Access, Type};

/// Methods that keep any number within bounds, and smooth.
const SQUASHING: [&str; 12] = [
    "{}.sin()",
    "{}.cos()",
    "{}.tanh()",
    "{}.atan()",
    "(-{}.powi(2)).exp()",
    "(1.5 + {}.cos()).recip()",
    "({}.sin() * 0.9).asin()",
    "({}.cos() * 0.7).acos()",
    "{}.tanh().exp_m1()",
    "{}.sin().sinh()",
    "{}.clamp(-1.317, 1.723)",
    "({}.tanh() * 0.6).atanh()",
];

/// Methods that are defined everywhere.
const UNARY: [&str; 12] = [
    "(1.0 + {}.powi(2)).ln()",
    "(0.5 + {}.powi(2)).sqrt()",
    "{}.tanh().powi(3)",
    "{}.abs()",
    "{}.asinh()",
    "{}.powi(2).ln_1p()",
    "(1.0 + {}.powi(2)).cbrt()",
    "{}.to_radians()",
    "(2.0 + {}.sin()).log2()",
    "(1.0 + {}.abs()).log10()",
    "{}.sin_cos().1",
    "{}.tanh().exp()",
];

/// Methods of two numbers.
const BINARY: [&str; 9] = [
    "{}.max({})",
    "{}.min({})",
    "{}.atan2(1.5 + {}.sin())",
    "{}.hypot(1.0 + {}.abs())",
    "(1.2 + {}.cos()).powf({}.tanh())",
    "{}.mul_add({}, 0.7)",
    "{}.copysign({})",
    "{}.clamp(-1.093, 1.0 + {}.abs())",
    "{}.rem_euclid(1.731 + {}.cos())",
];

impl Generator {
    /// A number whose type can be told from its text; an operator may stand outermost.
    pub fn real(&mut self, depth: usize) -> Code {
        let sign = self.dice.pick(&["+", "-", "*", "+", "-", "*", "/"]);
        match self.dice.weighted(&[(6, 0), (3, 1), (1, 2), (2, 3)]) {
            0 if sign == "/" => {
                let parts = vec![self.atom(depth), self.atom(depth)];
                self.method("{} / (1.0 + {}.powi(2))", parts)
            }
            0 => code!("{} {} {}", self.atom(depth), sign, self.operand(depth)),
            1 => {
                let first = self.atom(depth);
                let (second, third) = (self.operand(depth), self.operand(depth));
                let template = self
                    .dice
                    .pick(&["{} + {} * {}", "{} * {} - {}", "{} - {} + {}"]);
                code!(template, first, second, third)
            }
            2 => code!("-{}", self.atom(depth)),
            _ => self.atom(depth),
        }
    }

    /// A number or a literal, or a reference to a number, which operators take as well.
    fn operand(&mut self, depth: usize) -> Code {
        let mut references = self.scope.of_type(|ty| ty == Type::Real);
        references.retain(|variable| variable.access == Access::Shared);
        if !references.is_empty() && self.dice.chance(20) {
            return self.dice.pick(&references).name.into();
        }
        if self.dice.chance(25) {
            Code::Number(self.dice.number(0.1, 1.6))
        } else {
            self.atom(depth)
        }
    }

    /// A number within bounds, for what is assigned again and again.
    pub fn bounded(&mut self, depth: usize) -> Code {
        let template = self.dice.pick(&SQUASHING);
        let inner = self.atom(depth);
        self.method(template, vec![inner])
    }

    /// What is assigned: within bounds inside a loop.
    pub fn assigned(&mut self) -> Code {
        let depth = self.dice.pick(&[0, 1, 1, 2]);
        if self.in_loop() || self.dice.chance(25) {
            self.bounded(depth)
        } else {
            self.real(depth)
        }
    }

    /// A template of method calls, its literals marked as numbers.
    fn method(&mut self, template: &str, parts: Vec<Code>) -> Code {
        let (mut parts, mut pieces) = (parts.into_iter(), Vec::new());
        let mut rest = template;
        while let Some(at) = rest.find(|c: char| c == '{' || c.is_ascii_digit()) {
            let (before, from) = rest.split_at(at);
            pieces.push(Code::from(before));
            if let Some(after) = from.strip_prefix("{}") {
                pieces.push(parts.next().expect("a part for each place"));
                rest = after;
                continue;
            }
            let is_number = |c: char| c.is_ascii_digit() || c == '.';
            let end = from.find(|c| !is_number(c)).unwrap_or(from.len());
            let (digits, after) = from.split_at(end);
            let marked = digits.contains('.') && !digits.starts_with('.') && !digits.ends_with('.');
            pieces.push(match digits.parse() {
                Ok(number) if marked => Code::Number(number),
                _ => Code::from(digits),
            });
            rest = after;
        }
        pieces.push(Code::from(rest));
        Code::Join(pieces)
    }

    /// A number that needs no parentheses.
    pub fn atom(&mut self, depth: usize) -> Code {
        if depth == 0 {
            return self.place();
        }
        let deeper = depth - 1;
        match self.dice.weighted(&[
            (6, 0),
            (4, 1),
            (3, 2),
            (3, 3),
            (2, 4),
            (4, 5),
            (3, 6),
            (2, 7),
            (1, 8),
            (1, 9),
        ]) {
            0 => self.place(),
            1 => code!("({})", self.real(deeper)),
            2 => {
                let (template, inner) = (self.dice.pick(&SQUASHING), self.atom(deeper));
                self.method(template, vec![inner])
            }
            3 => {
                let (template, inner) = (self.dice.pick(&UNARY), self.atom(deeper));
                self.method(template, vec![inner])
            }
            4 => {
                let parts = vec![self.atom(deeper), self.atom(deeper)];
                let template = self.dice.pick(&BINARY);
                self.method(template, parts)
            }
            5 => self.number_by_call(deeper),
            6 => self.number_by_iterator(deeper),
            7 => {
                let condition = self.condition(deeper);
                let (one, other) = (self.value_block(deeper), self.value_block(deeper));
                code!("(if {} {} else {})", condition, one, other)
            }
            8 => {
                let count = self.count();
                code!("({} * {})", Code::Cast(Box::new(count)), self.atom(deeper))
            }
            _ => self.matched(deeper),
        }
    }

    /// A block whose value is a number, perhaps with a variable of its own.
    fn value_block(&mut self, depth: usize) -> Block {
        let mark = self.scope.mark();
        let mut block = Block::default();
        if self.dice.chance(25) {
            let value = self.real(depth);
            let name = self.fresh("t");
            block.statements.push(code!("let {} = {};", &name, value));
            self.scope.declare(&name, Type::Real, Access::Owned, false);
        }
        let block = block.with(self.real(depth));
        self.scope.reset(mark);
        block
    }

    /// A number chosen by an integer.
    fn matched(&mut self, depth: usize) -> Code {
        let count = self.count();
        let (first, second, last) = (self.real(depth), self.real(depth), self.real(depth));
        let pattern = self.dice.pick(&["0", "1", "0 | 2", "2..=4"]);
        let guard = self.condition(0);
        code!(
            "(match {} { {} => {}, 1..=3 if {} => {}, _ => {} })",
            count,
            pattern,
            first,
            guard,
            second,
            last
        )
    }

    /// A small integer.
    pub fn count(&mut self) -> Code {
        let counts = self.scope.of_type(|ty| ty == Type::Count);
        if counts.is_empty() || self.dice.chance(20) {
            return if self.dice.chance(40) {
                let number = code!("({}.abs() * {})", self.atom(0), Code::Number(3.7));
                code!("({} as usize % 4)", Code::Primal(Box::new(number)))
            } else {
                self.dice.between(1, 3).into()
            };
        }
        let count = self.dice.pick(&counts).name;
        match self.dice.below(5) {
            0 => code!("({} + 1)", count),
            1 => code!("({} * 2 + 1) % 5", count).parenthesised(),
            2 => code!("({} % 3)", count),
            _ => count.into(),
        }
    }

    /// Something true or false.
    pub fn condition(&mut self, depth: usize) -> Code {
        match self
            .dice
            .weighted(&[(6, 0), (2, 1), (1, 2), (1, 3), (1, 4)])
        {
            0 => {
                let left = Code::Primal(Box::new(self.atom(depth)));
                let right = Code::Primal(Box::new(if self.dice.chance(60) {
                    Code::Number(self.dice.number(-0.7, 1.1))
                } else {
                    self.atom(depth)
                }));
                code!(
                    "{} {} {}",
                    left,
                    self.dice.pick(&["<", ">", "<=", ">="]),
                    right
                )
            }
            1 => {
                let (count, other) = (self.count(), self.dice.below(3));
                let template = self
                    .dice
                    .pick(&["{} % 2 == {}", "{} != {}", "{} > {}", "{} == {}"]);
                code!(template, count, other)
            }
            2 if depth > 0 => {
                let template = self.dice.pick(&["{} && {}", "{} || {}", "{} && !({})"]);
                code!(template, self.condition(0), self.condition(0))
            }
            3 if depth > 0 && self.constructs.any_and_all => self.condition_by_iterator(),
            _ => {
                let number = Code::Primal(Box::new(code!(
                    "({} * {})",
                    self.atom(0),
                    Code::Number(5.3)
                )));
                code!("{} as i64 % 2 == 0", number)
            }
        }
    }
}

impl Code {
    /// In parentheses.
    pub fn parenthesised(self) -> Code {
        code!("({})", self)
    }
}
