//! Closures: those that read what they capture, and those that change it.

use crate::code;
use crate::code::{Block, Code, separated};
use crate::generate::Generator;
use crate::program::{Access, Type};

impl Generator {
    /// `let g = |a: f64| …;`, which borrows what it reads to the end of the block.
    pub fn closure(&mut self) -> Vec<Code> {
        let (name, arity) = (self.fresh("g"), self.dice.between(1, 2));
        let names: Vec<String> = (0..arity).map(|_| self.fresh("t")).collect();
        let (mark, exits) = (self.scope.mark(), std::mem::take(&mut self.exits));
        let loops = std::mem::take(&mut self.loops);
        let in_closure = std::mem::replace(&mut self.in_closure, true);
        self.scope.freeze_all_but(None);
        for name in &names {
            self.scope.declare(name, Type::Real, Access::Owned, false);
        }
        let body = match self.dice.below(3) {
            0 => {
                let block = self.statements(2);
                Code::from(block.with(self.real(1)))
            }
            _ => self.real(2),
        };
        (self.exits, self.loops, self.in_closure) = (exits, loops, in_closure);
        self.scope.reset(mark);
        self.scope.freeze_all_but(None);
        self.scope
            .declare(&name, Type::Closure(arity), Access::Owned, false);
        vec![code!("let {} = |{}| {};", name, parameters(&names), body)]
    }

    /// A closure that changes a variable, and statements that call it.
    pub fn changing_closure(&mut self) -> Option<Vec<Code>> {
        if self.in_closure {
            return None;
        }
        let (place, root) = self.changeable_number()?;
        let (name, parameter) = (self.fresh("g"), self.fresh("t"));
        let mark = self.scope.mark();
        self.scope.freeze_all_but(Some(&root));
        self.in_closure = true;
        self.scope
            .declare(&parameter, Type::Real, Access::Owned, false);
        let value = self.bounded(1);
        let change = Code::Compound(
            Box::new(place),
            self.dice.pick(&["+", "-"]),
            Box::new(value),
        );
        let body = Block::of(vec![change]).with(self.real(1));
        self.in_closure = false;
        self.scope.reset(mark);
        let mut statements = vec![code!(
            "let mut {} = |{}| {};",
            &name,
            parameters(&[parameter]),
            body
        )];
        self.scope.freeze_all_but(None);
        self.scope.hide(&root);
        self.scope
            .declare(&name, Type::Closure(1), Access::Owned, true);
        let argument = self.with_hidden(&name, |this| this.real(1));
        let result = self.fresh("a");
        statements.push(code!("let {} = {}({});", &result, &name, argument));
        let count = self.dice.between(0, 2);
        let following = self.block(count);
        if !following.statements.is_empty() {
            statements.push(following.into());
        }
        self.scope.reset(mark);
        self.scope
            .declare(&result, Type::Real, Access::Owned, false);
        Some(statements)
    }

    pub fn with_hidden(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Code) -> Code {
        let mark = self.scope.mark();
        self.scope.hide(name);
        let code = make(self);
        self.scope.release(mark);
        code
    }
}

/// `a: f64, b: f64`
fn parameters(names: &[String]) -> Code {
    separated(
        names
            .iter()
            .map(|name| code!("{}: {}", name, Code::Real))
            .collect(),
        ", ",
    )
}
