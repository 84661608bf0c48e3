//! `let` in its forms, and what takes an option apart.

use crate::code;
use crate::code::{Block, Code};
use crate::generate::Generator;
use crate::program::{Access, Failure, Type};

impl Generator {
    /// `let a = …;`, perhaps shadowing another variable.
    pub fn let_number(&mut self) -> Code {
        let own = (self.scope).of_type(|ty| ty == Type::Real);
        let own: Vec<_> = own
            .into_iter()
            .filter(|v| v.access == Access::Owned)
            .collect();
        let value = if self.constructs.return_in_let && self.exits.returns && self.dice.chance(25) {
            let leaves = Block::of(vec![code!("return {};", self.returned())]);
            let (condition, value) = (self.condition(0), self.real(1));
            code!("if {} {} else { {} }", condition, leaves, value)
        } else {
            self.assigned()
        };
        let name = match own.is_empty() || self.dice.chance(75) {
            true => self.fresh("a"),
            false => self.dice.pick(&own).name,
        };
        let mutable = self.dice.chance(70);
        self.scope
            .declare(&name, Type::Real, Access::Owned, mutable);
        let word = if mutable { "let mut" } else { "let" };
        match self.dice.chance(25) {
            true => code!("{} {}: {} = {};", word, name, Code::Real, value),
            false => code!("{} {} = {};", word, name, value),
        }
    }

    /// A variable of another type.
    pub fn let_other(&mut self) -> Code {
        let ty = self.dice.pick(&[
            Type::Pair,
            Type::Array(2),
            Type::Array(3),
            Type::Matrix(2, 2),
            Type::Vector(2),
            Type::Vector(3),
            Type::Point,
            Type::Bag,
            Type::Maybe,
            if self.constructs.enums {
                Type::Shape
            } else {
                Type::Point
            },
        ]);
        let value = self.value(ty, 1);
        let name = self.fresh("b");
        let mutable = self.dice.chance(80);
        self.scope.declare(&name, ty, Access::Owned, mutable);
        let word = if mutable { "let mut" } else { "let" };
        match self.dice.chance(30) || ty == Type::Maybe {
            true => code!("{} {}: {} = {};", word, name, ty.code(), value),
            false => code!("{} {} = {};", word, name, value),
        }
    }

    /// What takes an option or a result apart.
    pub fn optional(&mut self) -> Option<Vec<Code>> {
        let failure = self.current.as_ref()?.failure;
        let question = failure != Failure::Never && !self.in_closure && self.dice.chance(60);
        if question
            && let Some(call) = self.call_of_one(|f| f.failure == failure && f.result == Type::Real)
        {
            let name = self.fresh("a");
            self.scope.declare(&name, Type::Real, Access::Owned, true);
            return Some(vec![code!("let mut {} = {}?;", name, call)]);
        }
        let call = self.call_of_one(|f| {
            f.failure == Failure::Missing && f.result == Type::Real && !f.changes()
        });
        let option = match call {
            Some(call) if self.constructs.options_of_calls && self.dice.chance(60) => call,
            _ => self
                .variable_of(Type::Maybe, false)
                .filter(|v| v.access == Access::Owned)?
                .name
                .into(),
        };
        let name = self.fresh("a");
        if self.exits.returns && self.dice.chance(30) {
            let value = match failure {
                Failure::Missing => "None".into(),
                Failure::Error => "Err(7)".into(),
                Failure::Never if !self.constructs.let_else_with_value => return None,
                Failure::Never => self.returned(),
            };
            let leaves = Block::of(vec![code!("return {};", value)]);
            let code = code!("let Some({}) = {} else {};", &name, option, leaves);
            self.scope.declare(&name, Type::Real, Access::Owned, false);
            return Some(vec![code]);
        }
        let outer = std::mem::take(&mut self.exits);
        let mark = self.scope.mark();
        self.scope.declare(&name, Type::Real, Access::Owned, false);
        let present = self.block(2);
        let guard = self.condition(0);
        self.scope.reset(mark);
        let absent = self.block(1);
        self.exits = outer;
        Some(vec![match self.dice.below(3) {
            0 => code!("if let Some({}) = {} {}", name, option, present),
            1 => code!(
                "if let Some({}) = {} {} else {}",
                name,
                option,
                present,
                absent
            ),
            _ => code!(
                "match {} { Some({}) if {} => {}, Some(_) => {}, None => {} }",
                option,
                name,
                guard,
                present,
                absent,
                Block::default()
            ),
        }])
    }

    /// `let (a, b) = …;`
    pub fn let_parts(&mut self) -> Option<Vec<Code>> {
        let (first, second) = (self.fresh("a"), self.fresh("a"));
        let code = match self.dice.below(4) {
            0 => code!(
                "let (mut {}, mut {}) = {};",
                &first,
                &second,
                self.value(Type::Pair, 1)
            ),
            1 => code!(
                "let [mut {}, mut {}] = {};",
                &first,
                &second,
                self.value(Type::Array(2), 1)
            ),
            2 => code!(
                "let Point { x: mut {}, y: mut {} } = {};",
                &first,
                &second,
                self.value(Type::Point, 1)
            ),
            _ => code!(
                "let (mut {}, mut {}) = {}.sin_cos();",
                &first,
                &second,
                self.atom(1)
            ),
        };
        for name in [&first, &second] {
            self.scope.declare(name, Type::Real, Access::Owned, true);
        }
        Some(vec![code])
    }

    /// A variable whose value is a block, or that gets its value in both branches.
    pub fn decided_later(&mut self) -> Code {
        let outer = std::mem::take(&mut self.exits);
        let name = self.fresh("a");
        let condition = self.condition(1);
        let mut sides = [Block::default(), Block::default()];
        for side in &mut sides {
            let mark = self.scope.mark();
            *side = self.statements(1);
            let value = self.assigned();
            side.value = Some(Box::new(value));
            self.scope.reset(mark);
        }
        self.exits = outer;
        self.scope.declare(&name, Type::Real, Access::Owned, false);
        let [one, other] = sides;
        if self.dice.chance(30) {
            return code!("let {} = {};", name, one);
        }
        code!("let {} = if {} {} else {};", name, condition, one, other)
    }
}
