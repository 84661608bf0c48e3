//! Functions that need memory, and sums of their values over parts of different lengths: what `gradient!` runs both
//! sweeps of at once, in memory that the rounds share.

use crate::code;
use crate::code::{Block, Code};
use crate::generate::{Exits, Generator};
use crate::program::{Access, Function, Type};
use crate::scope::Scope;

impl Generator {
    /// A function of a list, which may be empty, and a number. It may call the part that was made before.
    pub fn part(&mut self, name: &str, before: Option<&String>) -> Code {
        self.scope = Scope::default();
        (self.names, self.current, self.exits) = (0, None, Exits::default());
        self.scope.declare("w", Type::Real, Access::Owned, false);
        self.scope.declare("p", Type::Real, Access::Owned, true);
        let mut body = vec!["let mut p = w;".into()];
        for _ in 0..self.dice.between(1, 3) {
            body.extend(self.step_of_part(before));
        }
        let body = Block::of(body).with(self.bounded(0));
        let attribute = Code::Differentiable("#[micrograd_core::differentiable] ");
        let real = Code::Real;
        let signature = code!("fn {}(x: &[{}], w: {}) -> {}", name, &real, &real, &real);
        code!("{}{} {}", attribute, signature, body)
    }

    /// Statements that change `p` by way of memory or records.
    fn step_of_part(&mut self, before: Option<&String>) -> Vec<Code> {
        let (memory, real) = (self.fresh("y"), Code::Real);
        let start = self.dice.pick(&["w", "0.4", "0.0"]);
        let start = start.parse().map_or_else(|_| start.into(), Code::Number);
        let declared = |length: &str| {
            let vector = code!("vec![{}; {}]", &start, length);
            code!("let mut {}: Vec<{}> = {};", &memory, &real, vector)
        };
        let read = code!(
            "for k in 0..{}.len() { p = p * {}[k] * {} + w; }",
            &memory,
            &memory,
            Code::Number(0.5)
        );
        match self.dice.below(9) {
            0 => {
                let next = self.with_numbers(&["v", "u"]);
                let round = "for i in 0..x.len() { let v = x[i]; let u = {}[i]; {}[i + 1] = {}; }";
                let written = code!(round, &memory, &memory, next);
                vec![declared("x.len() + 1"), written, read]
            }
            1 => {
                let next = self.with_numbers(&["v"]);
                let write = "for i in 0..x.len() { let v = x[i]; {}[i] = {}; }";
                let written = code!(write, &memory, next);
                let round = code!("for r in 0..3 {}", Block::of(vec![written, read]));
                vec![declared("x.len()"), round]
            }
            2 => {
                let template = "for i in r..x.len() { {}[i] = {}[i] * x[i] * {} + w; }";
                let written = code!(template, &memory, &memory, Code::Number(0.5));
                let round = code!("for r in 0..3 {}", Block::of(vec![written, read]));
                vec![declared("x.len()"), round]
            }
            3 => {
                let pushed = "for i in 0..x.len() { let u = {}[i] * x[i]; {}.push(u); }";
                let grown = code!(pushed, &memory, &memory);
                vec![declared("1"), grown, read]
            }
            4 => {
                let collected = "let {}: Vec<{}> = (0..x.len()).map(|i| x[i] * w).collect();";
                vec![code!(collected, &memory, &real), read]
            }
            5 => vec![code!(
                "for i in 0..x.len() { p = p * x[i] * {} + w; }",
                Code::Number(0.5)
            )],
            6 => {
                let end = self.with_numbers(&[]);
                vec![code!(
                    "for i in 0..x.len() { for j in i..x.len() { p = p * x[j] * {} + w; } p = {}; }",
                    Code::Number(0.5),
                    end
                )]
            }
            7 => {
                let primal = |text: &str| Code::Primal(Box::new(text.into()));
                let other = self.with_numbers(&["v"]);
                let template = "for i in 0..x.len() { let v = x[i]; if {} > {} { p = p * v * {} + w; } else { p = {}; } }";
                let factor = Code::Number(0.5);
                vec![code!(template, primal("p"), primal("v"), factor, other)]
            }
            _ => match before {
                Some(before) => vec![
                    declared("x.len() / 2"),
                    code!(
                        "for i in 0..{}.len() { {}[i] = p * x[i]; }",
                        &memory,
                        &memory
                    ),
                    code!("p = p + {}(&{}, w) + {}(x, p);", before, &memory, before),
                ],
                None => vec![declared("x.len() + 2"), read],
            },
        }
    }

    /// A number within bounds, made of such numbers among others.
    fn with_numbers(&mut self, names: &[&str]) -> Code {
        let mark = self.scope.mark();
        for name in names {
            self.scope.declare(name, Type::Real, Access::Owned, false);
        }
        let value = self.bounded(1);
        self.scope.reset(mark);
        value
    }

    /// Makes a function one that ends in a sum over parts: it gives a number and changes nothing.
    pub fn ends_in_sum(function: &mut Function) {
        function.result = Type::Real;
        function.failure = crate::program::Failure::Never;
        for (_, access) in &mut function.parameters {
            if *access == Access::Exclusive {
                *access = Access::Shared;
            }
        }
    }

    /// The end of such a function: numbers, and the sum of what `parts` give of some of them.
    pub fn sum_over_parts(&mut self, parts: &[String]) -> Block {
        let (list, sum, round) = (self.fresh("v"), self.fresh("t"), self.fresh("i"));
        let numbers = (0..5).map(|_| self.bounded(0)).collect();
        let numbers = crate::code::separated(numbers, ", ");
        let kind = self.dice.pick(&["", "vec!"]);
        let start = match self.dice.chance(50) {
            true => Code::Number(0.0),
            false => self.bounded(0),
        };
        // Had before the loop, or the cotangent of the sum is not known there.
        let factor = self.fresh("c");
        let mut statements = vec![
            code!("let {} = {};", &factor, self.bounded(0)),
            code!("let {} = {}[{}];", &list, kind, numbers),
            code!("let mut {} = {};", &sum, start),
        ];
        let mark = self.scope.mark();
        self.scope
            .declare(&round, Type::Count, Access::Owned, false);
        let mut body = Vec::new();
        for _ in 0..self.dice.between(1, 3) {
            let part = self.dice.pick(parts);
            let range = self.dice.pick(&[
                "[{}..]",
                "[..{}]",
                "[{} / 2..{}]",
                "[({} * 3) % 5..]",
                "[..({} * 2) % 5]",
            ]);
            let range = range.replace("{}", &round);
            let number = self.atom(0);
            let mut call = code!("{}(&{}{}, {})", part, &list, range, number);
            if self.dice.chance(30) {
                call = code!("{} * {}", Code::Number(self.dice.number(0.1, 1.6)), call);
            }
            let sign = self.dice.pick(&["+", "+", "-"]);
            let added = Code::Compound(Box::new(Code::from(&sum)), sign, Box::new(call));
            body.push(match self.dice.below(5) {
                0 => {
                    let added = Block::of(vec![added]);
                    code!("if {} % 2 == {} {}", &round, self.dice.below(2), added)
                }
                _ => added,
            });
        }
        self.scope.reset(mark);
        let rounds = self.dice.pick(&[0, 2, 4, 5, 5]);
        statements.push(code!("for {} in 0..{} {}", &round, rounds, Block::of(body)));
        let value = match self.dice.below(4) {
            0 => code!("{} - {}", factor, sum),
            1 => code!("{} * {}", factor, sum),
            2 => code!("{} + {} / {}", factor, sum, Code::Number(5.0)),
            _ => sum.into(),
        };
        Block::of(statements).with(value)
    }
}
