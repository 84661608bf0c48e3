//! Loops that keep or replace what they carry, and loops that count: those of which the reverse sweep need not run all
//! rounds last to first, and such that are nearly like them.

use crate::code;
use crate::code::{Block, Code};
use crate::generate::{Exits, Generator};
use crate::program::{Access, Type};
use crate::scope::Mark;

impl Generator {
    /// Numbers, and a loop that replaces them under a condition.
    pub fn search(&mut self) -> Vec<Code> {
        let mut statements = Vec::new();
        let names: Vec<String> = (0..self.dice.between(1, 2))
            .map(|_| {
                let (name, value) = (self.fresh("best"), self.bounded(1));
                statements.push(code!("let mut {} = {};", &name, value));
                name
            })
            .collect();
        for name in &names {
            self.scope.declare(name, Type::Real, Access::Owned, true);
        }
        let (round, end) = (self.fresh("i"), self.dice.between(2, 5));
        let mark = self.begin(&round);
        let mut body = Vec::new();
        if self.dice.chance(40) {
            body.push(self.with_carried(&names, 80, |this| this.let_number()));
        }
        for _ in 0..self.dice.pick(&[1, 1, 2]) {
            let (atom, sign) = (self.atom(1), self.dice.pick(&["<", ">"]));
            let condition = code!(
                "{} {} {}",
                Code::Primal(Box::new(atom)),
                sign,
                Code::Primal(Box::new(Code::from(&names[0])))
            );
            let replaces = self.with_carried(&names, 85, |this| this.replaced(&names));
            body.push(match self.dice.below(6) {
                0 => {
                    let otherwise = self.with_carried(&names, 60, |this| this.block(1));
                    code!("if {} {} else {}", condition, replaces, otherwise)
                }
                1 => {
                    let outer = Block::of(vec![code!("if {} {}", condition, replaces)]);
                    code!("if {} {}", self.condition(0), outer)
                }
                2 => {
                    let inner = code!("if {} {}", condition, replaces);
                    let inner = Block::of(vec![inner]);
                    code!("for {} in 0..2 {}", self.fresh("j"), inner)
                }
                _ => code!("if {} {}", condition, replaces),
            });
        }
        if self.dice.chance(25) {
            body.push(self.with_carried(&names, 70, |this| code!("{}", this.block(1))));
        }
        if self.dice.chance(20) {
            let stop = Block::of(vec!["break;".into()]);
            body.push(code!("if {} {}", self.condition(0), stop));
        }
        statements.push(self.end(mark, &round, end, body));
        statements
    }

    /// The block that replaces all of what is carried, most often.
    fn replaced(&mut self, names: &[String]) -> Block {
        let mark = self.scope.mark();
        let mut block = Block::default();
        if self.dice.chance(30) {
            block.statements.push(self.let_number());
        }
        for name in names {
            if self.dice.chance(95) {
                let value = self.bounded(1);
                block.statements.push(code!("{} = {};", name, value));
            }
        }
        self.scope.reset(mark);
        block
    }

    /// A position, memory, and a loop that moves the position and adds to the memory.
    pub fn counting(&mut self) -> Vec<Code> {
        let (at, sums) = (self.fresh("at"), self.fresh("s"));
        let mut statements = vec![
            code!("let mut {} = {};", &at, self.dice.between(0, 3)),
            code!(
                "let mut {}: Vec<{}> = vec![{}; 3];",
                &sums,
                Code::Real,
                Code::Number(0.3)
            ),
        ];
        self.scope
            .declare(&sums, Type::Vector(3), Access::Owned, true);
        let (round, end) = (self.fresh("i"), self.dice.between(2, 5));
        let mark = self.begin(&round);
        self.scope.declare(&at, Type::Count, Access::Owned, false);
        let carried = [sums.clone()];
        let mut body = Vec::new();
        let lists = self.with_carried(&carried, 80, |this| this.lists(false));
        let value = self.with_carried(&carried, 80, |this| this.bounded(1));
        let value = match lists.is_empty() {
            true => value,
            false => {
                let list = self.dice.pick(&lists);
                code!("({} * {}[{} % {}])", value, &list.code, &at, list.least)
            }
        };
        let place = code!("{}[({} + {}) % 3]", &sums, &round, &at);
        let sign = self.dice.pick(&["+", "+", "-"]);
        body.push(match self.dice.chance(80) {
            true => Code::Compound(Box::new(place), sign, Box::new(value)),
            false => code!("{} = {};", place, value),
        });
        if self.dice.chance(30) {
            body.push(self.with_carried(&carried, 60, |this| code!("{}", this.block(1))));
        }
        let template = self
            .dice
            .pick(&["{} += {};", "{} = {} % 7;", "{} = ({} * 3 + 1) % 5;"]);
        body.push(match template {
            "{} += {};" => code!(template, &at, &round),
            _ => code!(template, &at, &at),
        });
        statements.push(self.end(mark, &round, end, body));
        statements
    }

    /// Goes into a loop.
    fn begin(&mut self, round: &str) -> (Mark, Exits) {
        let mark = self.scope.mark();
        self.scope.declare(round, Type::Count, Access::Owned, false);
        self.loops.push(None);
        (mark, std::mem::take(&mut self.exits))
    }

    /// The loop that was gone into.
    fn end(
        &mut self,
        (mark, exits): (Mark, Exits),
        round: &str,
        end: usize,
        body: Vec<Code>,
    ) -> Code {
        self.exits = exits;
        self.loops.pop();
        self.scope.reset(mark);
        let again = match self.dice.chance(20) {
            true => "#[checkpoint] ",
            false => "",
        };
        let again = Code::Differentiable(again);
        code!("{}for {} in 0..{} {}", again, round, end, Block::of(body))
    }

    /// What is made while what is carried is hidden, which it is in so many of a hundred cases, and else may only be read.
    fn with_carried<T>(
        &mut self,
        names: &[String],
        percent: usize,
        make: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let mark = self.scope.mark();
        let is_hidden = self.dice.chance(percent);
        for name in names {
            match is_hidden {
                true => self.scope.hide(name),
                false => self.scope.freeze(name),
            }
        }
        let made = make(self);
        self.scope.release(mark);
        made
    }
}
