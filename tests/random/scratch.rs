//! Scratch memory that a loop writes anew in each round, before or after it looks at what is there.

use crate::code;
use crate::code::Code;
use crate::generate::Generator;
use crate::program::{Access, Type};

impl Generator {
    /// Memory, a number, and a loop that has to do with both.
    pub fn scratch(&mut self) -> Vec<Code> {
        let (length, scratch, sum) = (self.fresh("d"), self.fresh("s"), self.fresh("t"));
        let least = self.dice.between(1, 3);
        let mut statements = vec![
            code!("let {} = {};", &length, least),
            code!(
                "let mut {}: Vec<{}> = vec![{}; {}];",
                &scratch,
                Code::Real,
                Code::Number(0.4),
                &length
            ),
            code!("let mut {} = {};", &sum, self.bounded(1)),
        ];
        self.scope
            .declare(&length, Type::Count, Access::Owned, false);
        self.scope.declare(&sum, Type::Real, Access::Owned, true);
        self.scope
            .declare(&scratch, Type::Vector(least), Access::Owned, true);

        let (mark, round) = (self.scope.mark(), self.fresh("i"));
        self.scope
            .declare(&round, Type::Count, Access::Owned, false);
        self.loops.push(None);
        let exits = std::mem::take(&mut self.exits);
        let mut body = Vec::new();
        if self.dice.chance(30) {
            body.push(self.with_scratch(&scratch, 60, |this| code!("{}", this.block(1))));
        }
        body.push(self.with_scratch(&scratch, 85, |this| this.written(&scratch, &length)));
        if self.dice.chance(50) {
            body.push(self.with_scratch(&scratch, 40, |this| code!("{}", this.block(2))));
        }
        if self.dice.chance(30) {
            // The length stays, the elements may change.
            let place = code!("{}[{} % {}]", &scratch, &round, &length);
            let value = self.bounded(0);
            body.push(Code::Compound(Box::new(place), "+", Box::new(value)));
        }
        let item = self.fresh("j");
        body.push(code!(
            "for {} in 0..{} { {} = ({} + {}[{}] * {}[0]).sin(); }",
            &item,
            &length,
            &sum,
            &sum,
            &scratch,
            &item,
            &scratch
        ));
        self.exits = exits;
        self.loops.pop();
        self.scope.reset(mark);
        let end = self.dice.between(1, 3);
        let block = crate::code::Block::of(body);
        statements.push(code!("for {} in 0..{} {}", &round, end, block));
        if self.dice.chance(75) {
            self.scope.hide(&scratch);
        }
        statements
    }

    /// The loop that writes all of it.
    fn written(&mut self, scratch: &str, length: &str) -> Code {
        let item = self.fresh("j");
        let mark = self.scope.mark();
        self.scope.declare(&item, Type::Count, Access::Owned, false);
        let value = self.bounded(1);
        self.scope.reset(mark);
        code!(
            "for {} in 0..{} { {}[{}] = {}; }",
            &item,
            length,
            scratch,
            &item,
            value
        )
    }

    /// What is made while memory is hidden, which it is in so many of a hundred cases.
    fn with_scratch<T>(
        &mut self,
        scratch: &str,
        percent: usize,
        make: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let mark = self.scope.mark();
        if self.dice.chance(percent) {
            self.scope.hide(scratch);
        } else {
            self.scope.freeze(scratch);
        }
        let made = make(self);
        self.scope.reset(mark);
        made
    }
}
