//! Expressions: numbers, integers, conditions, and values of the other types.

use crate::code;
use crate::code::{Block, Code, separated};
use crate::generate::Generator;
use crate::program::{Access, Type, Variable};

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
        let depth = self.dice.between(0, 2);
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

    /// A number in memory that can be read.
    pub fn place(&mut self) -> Code {
        let variables = self.scope.of_type(|ty| {
            !matches!(
                ty,
                Type::Count | Type::Maybe | Type::Shape | Type::Unit | Type::Closure(_)
            )
        });
        if variables.is_empty() {
            return code!(
                "({} + {})",
                Code::Cast(Box::new("1".into())),
                Code::Number(0.37)
            );
        }
        // Recent variables are what the program is about.
        let last = variables.len().min(4);
        let variable = if self.dice.chance(60) {
            self.dice.pick(&variables[..last])
        } else {
            self.dice.pick(&variables)
        };
        let place = self.element(&variable, false);
        match variable {
            Variable {
                ty: Type::Real,
                access: Access::Shared | Access::Exclusive,
                ..
            } => code!("({})", place),
            _ => place,
        }
    }

    /// A number in a variable. Where a vector is `changed`, the index must not read it.
    pub fn element(&mut self, variable: &Variable, changed: bool) -> Code {
        let name = Code::from(&variable.name);
        match variable.ty {
            Type::Real if variable.access == Access::Owned => name,
            Type::Real => code!("*{}", name),
            Type::Pair => code!("{}.{}", name, self.dice.pick(&["0", "1"])),
            Type::Array(length) => {
                let index = self.index(None, length);
                code!("{}[{}]", name, index)
            }
            Type::Matrix(rows, columns) => {
                let (row, column) = (self.index(None, rows), self.index(None, columns));
                code!("{}[{}][{}]", name, row, column)
            }
            Type::Vector(least) | Type::Slice(least) => {
                let readable = !changed || matches!(variable.ty, Type::Slice(_));
                let index = self.index(readable.then_some(&name), least);
                code!("{}[{}]", name, index)
            }
            Type::Point => code!("{}.{}", name, self.dice.pick(&["x", "y"])),
            Type::Bag => match self.dice.below(4) {
                0 => code!("{}.w", name),
                1 => code!("{}.p.x", name),
                2 => code!("{}.p.y", name),
                _ => {
                    let vector = code!("{}.v", name);
                    let index = self.index((!changed).then_some(&vector), 2);
                    code!("{}[{}]", vector, index)
                }
            },
            Type::Count | Type::Maybe | Type::Shape | Type::Unit | Type::Closure(_) => {
                unreachable!("holds no number for sure")
            }
        }
    }

    /// An index below `length`, or below the length of a `list` that has at least so many elements.
    pub fn index(&mut self, list: Option<&Code>, length: usize) -> Code {
        let counts = self.scope.of_type(|ty| ty == Type::Count);
        if counts.is_empty() || self.dice.chance(40) {
            return match list {
                Some(list) if self.dice.chance(15) => code!("{}.len() - 1", list),
                _ => self.dice.below(length).into(),
            };
        }
        let count = self.dice.pick(&counts).name;
        let offset = self.dice.below(3);
        let count = match offset {
            0 => Code::from(count),
            _ => code!("({} + {})", count, offset),
        };
        match list {
            Some(list) if self.dice.chance(60) => code!("{} % {}.len()", count, list),
            _ => code!("{} % {}", count, length),
        }
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
            3 if depth > 0 => self.condition_by_iterator(),
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

    /// A value of any type that can be owned.
    pub fn value(&mut self, ty: Type, depth: usize) -> Code {
        let same = (self.scope).of_type(|other| {
            other == ty || matches!((other, ty), (Type::Vector(a), Type::Vector(b)) if a >= b)
        });
        if !matches!(ty, Type::Real | Type::Count) && !same.is_empty() && self.dice.chance(40) {
            let variable = self.dice.pick(&same);
            return match variable.access {
                _ if !ty.is_copy() => code!("{}.clone()", &variable.name),
                Access::Owned => Code::from(&variable.name),
                _ => code!("*{}", &variable.name),
            };
        }
        let numbers = |this: &mut Self, n| (0..n).map(|_| this.real(depth)).collect();
        match ty {
            Type::Real => self.real(depth),
            Type::Count => self.count(),
            Type::Unit => "()".into(),
            Type::Pair => code!("({}, {})", self.real(depth), self.real(depth)),
            Type::Array(n) if self.dice.chance(15) => code!("[{}; {}]", self.real(depth), n),
            Type::Array(n) => code!("[{}]", separated(numbers(self, n), ", ")),
            Type::Matrix(rows, columns) => {
                let rows = (0..rows).map(|_| self.value(Type::Array(columns), depth));
                code!("[{}]", separated(rows.collect(), ", "))
            }
            Type::Vector(least) => self.vector(least, depth),
            Type::Point => self.point(depth),
            Type::Bag => {
                let (w, v, p) = (self.real(depth), self.vector(2, depth), self.point(depth));
                code!("Bag { w: {}, v: {}, p: {} }", w, v, p)
            }
            Type::Maybe if self.dice.chance(25) => "None".into(),
            Type::Maybe => code!("Some({})", self.real(depth)),
            Type::Shape => match self.dice.below(3) {
                0 => "Shape::Dot".into(),
                1 => code!("Shape::Disc({})", self.real(depth)),
                _ => code!(
                    "Shape::Rect { w: {}, h: {} }",
                    self.real(depth),
                    self.real(depth)
                ),
            },
            Type::Slice(_) | Type::Closure(_) => unreachable!("cannot be owned"),
        }
    }

    fn point(&mut self, depth: usize) -> Code {
        if let (true, Some(call)) = (self.dice.chance(40), self.call_of(Type::Point)) {
            return call;
        }
        code!("Point { x: {}, y: {} }", self.real(depth), self.real(depth))
    }

    fn vector(&mut self, least: usize, depth: usize) -> Code {
        if let (true, Some(collected)) = (self.dice.chance(40), self.collected(least)) {
            return collected;
        }
        let length = self.dice.between(least, least + 1);
        if self.dice.chance(25) {
            return code!("vec![{}; {}]", self.real(depth), length);
        }
        let numbers = (0..length).map(|_| self.real(depth)).collect();
        code!("vec![{}]", separated(numbers, ", "))
    }
}

impl Code {
    /// In parentheses.
    pub fn parenthesised(self) -> Code {
        code!("({})", self)
    }
}
