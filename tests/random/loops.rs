//! Loops, and the ways out of them and of the function.

use crate::code;
use crate::code::{Block, Code};
use crate::generate::{Exits, Generator};
use crate::program::{Access, Failure, Type};

impl Generator {
    /// A statement that is a loop.
    pub fn any_loop(&mut self) -> Vec<Code> {
        match self
            .dice
            .weighted(&[(5, 0), (4, 1), (2, 2), (2, 3), (1, 4)])
        {
            0 => vec![self.for_range()],
            1 => vec![self.for_chain()],
            2 => self.while_loop(),
            3 => self.endless_loop(),
            _ if self.constructs.while_let => self.while_let(),
            _ if self.constructs.break_with_value => self.loop_with_value(),
            _ => vec![self.for_chain()],
        }
    }

    /// The body of a loop; `first` stands at its begin.
    fn body(&mut self, first: Vec<Code>, label: Option<&str>) -> Block {
        let outer = self.exits;
        let is_unit = self
            .current
            .as_ref()
            .is_some_and(|function| function.result == Type::Unit);
        // A `break` may not leave the loop from inside of what only falls.
        self.exits = Exits {
            loops: true,
            labels: outer.returns || self.constructs.partial_exits,
            returns: outer.returns && (!is_unit || self.constructs.return_nothing_in_loops),
        };
        self.loops.push(label.map(str::to_owned));
        let count = self.dice.between(1, 4);
        let mut block = self.block(count);
        block.statements.splice(0..0, first);
        self.loops.pop();
        self.exits = outer;
        block
    }

    /// A label, and what stands before the loop. Which loops run again the names tell, so that the programs of a seed are
    /// those that they were without.
    fn label(&mut self) -> (Option<String>, Code) {
        let again = Code::Differentiable(if self.names.is_multiple_of(3) {
            "#[checkpoint] "
        } else {
            ""
        });
        if self.constructs.labelled_loops && self.dice.chance(40) {
            let label = self.fresh("'l");
            (Some(label.clone()), code!("{}{}: ", again, label))
        } else {
            (None, again)
        }
    }

    fn for_range(&mut self) -> Code {
        let name = self.fresh("i");
        let end = match self.dice.below(3) {
            0 => self.dice.between(2, 4).into(),
            1 => self.count(),
            _ => {
                let lists = self.lists(false);
                if lists.is_empty() {
                    Code::from("3")
                } else {
                    code!("{}.len()", self.dice.pick(&lists).code)
                }
            }
        };
        let template = self.dice.pick(&[
            "0..{}",
            "0..{}",
            "1..{}",
            "(0..{}).rev()",
            "(1..={}).rev()",
            "(0..{}).step_by(2)",
            "(0..{} + 2).rev().step_by(2)",
        ]);
        let range = code!(template, end);
        let (label, prefix) = self.label();
        let mark = self.scope.mark();
        self.scope.declare(&name, Type::Count, Access::Owned, false);
        let body = self.body(Vec::new(), label.as_deref());
        self.scope.reset(mark);
        code!("{}for {} in {} {}", prefix, name, range, body)
    }

    fn for_chain(&mut self) -> Code {
        let Some(chain) = self.chain() else {
            return self.for_range();
        };
        let (label, prefix) = self.label();
        let mark = self.scope.mark();
        if chain.has_closures {
            self.scope.freeze_all_but(None);
        }
        for root in &chain.roots {
            self.scope.freeze(root);
        }
        for (name, ty, access) in &chain.variables {
            self.scope.declare(name, *ty, *access, false);
        }
        let body = self.body(Vec::new(), label.as_deref());
        self.scope.reset(mark);
        code!(
            "{}for {} in {} {}",
            prefix,
            &chain.pattern,
            chain.code,
            body
        )
    }

    fn while_loop(&mut self) -> Vec<Code> {
        let fuel = self.fresh("fuel");
        let mut statements = vec![code!("let mut {} = {};", &fuel, self.dice.between(2, 5))];
        self.scope.declare(&fuel, Type::Count, Access::Owned, false);
        let condition = self.condition(0);
        let (label, prefix) = self.label();
        let body = self.body(vec![code!("{} -= 1;", &fuel)], label.as_deref());
        statements.push(if self.dice.chance(30) {
            code!("{}while {} != 0 {}", prefix, &fuel, body)
        } else {
            code!("{}while {} > 0 && ({}) {}", prefix, &fuel, condition, body)
        });
        statements
    }

    fn endless_loop(&mut self) -> Vec<Code> {
        let count = self.fresh("k");
        let mut statements = vec![code!("let mut {} = 0;", &count)];
        self.scope
            .declare(&count, Type::Count, Access::Owned, false);
        let condition = self.condition(0);
        let first = code!(
            "if {} > {} || {} {}",
            &count,
            self.dice.between(1, 4),
            condition,
            Block::of(vec!["break;".into()])
        );
        let step = code!("{} += 1;", &count);
        let (label, prefix) = self.label();
        let body = self.body(vec![step, first], label.as_deref());
        statements.push(code!("{}loop {}", prefix, body));
        statements
    }

    fn while_let(&mut self) -> Vec<Code> {
        let (next, item) = (self.fresh("next"), self.fresh("t"));
        let fuel = self.fresh("fuel");
        let mut statements = vec![
            code!("let mut {} = {};", &fuel, self.dice.between(1, 4)),
            code!("let mut {} = Some({});", &next, self.real(1)),
        ];
        self.scope.declare(&fuel, Type::Count, Access::Owned, false);
        let mark = self.scope.mark();
        self.scope.declare(&item, Type::Real, Access::Owned, false);
        let following = self.bounded(1);
        let first = vec![
            code!(
                "{} = if {} > 0 { Some({}) } else { None };",
                &next,
                &fuel,
                following
            ),
            code!("if {} > 0 { {} -= 1; }", &fuel, &fuel),
        ];
        let body = self.body(first, None);
        self.scope.reset(mark);
        statements.push(code!("while let Some({}) = {} {}", item, &next, body));
        statements
    }

    fn loop_with_value(&mut self) -> Vec<Code> {
        let (count, name) = (self.fresh("k"), self.fresh("a"));
        let mut statements = vec![code!("let mut {} = 0;", &count)];
        let mark = self.scope.mark();
        self.scope
            .declare(&count, Type::Count, Access::Owned, false);
        let outer = std::mem::take(&mut self.exits);
        self.loops.push(None);
        let mut body = self.block(2);
        let leave = Block::of(vec![code!("break {};", self.real(1))]);
        let stop = code!("if {} > {} {}", &count, self.dice.between(1, 3), leave);
        body.statements.extend([stop, code!("{} += 1;", &count)]);
        self.loops.pop();
        self.exits = outer;
        self.scope.reset(mark);
        statements.push(code!("let {} = loop {};", &name, body));
        self.scope.declare(&name, Type::Real, Access::Owned, false);
        statements
    }

    /// A branch of which all but one side leaves.
    pub fn leaving_branch(&mut self) -> Option<Vec<Code>> {
        if !self.exits.returns && !self.exits.loops {
            return None;
        }
        if self.dice.chance(15) {
            let count = self.count();
            let first = self.leaving_block()?;
            let second = self.leaving_block()?;
            let falls = if self.dice.chance(50) {
                Block::default()
            } else {
                self.block(1)
            };
            return Some(vec![code!(
                "match {} { 0 => {}, 2 | 3 => {}, _ => {} }",
                count,
                first,
                second,
                falls
            )]);
        }
        let condition = self.condition(1);
        let leaves = self.leaving_block()?;
        Some(vec![match self.dice.below(4) {
            0 => {
                let falls = self.block(2);
                code!("if {} {} else {}", condition, leaves, falls)
            }
            1 => {
                let falls = self.block(2);
                code!("if {} {} else {}", condition, falls, leaves)
            }
            _ => code!("if {} {}", condition, leaves),
        }])
    }

    fn leaving_block(&mut self) -> Option<Block> {
        let mark = self.scope.mark();
        let fails = self.exits.returns && self.can_fail() && self.dice.chance(20);
        let count = match fails && !self.constructs.statements_before_failure {
            true => 0,
            false => self.dice.below(2),
        };
        let mut block = self.statements(count);
        let exit = match fails {
            true => Some(code!("return {};", self.result(true))),
            false => self.exit(),
        };
        self.scope.reset(mark);
        block.statements.push(exit?);
        Some(block)
    }

    fn can_fail(&self) -> bool {
        (self.current.as_ref()).is_some_and(|function| function.failure != Failure::Never)
    }

    /// A way out.
    fn exit(&mut self) -> Option<Code> {
        let labels: Vec<String> = self.loops.iter().flatten().cloned().collect();
        if self.exits.labels && !labels.is_empty() && self.dice.chance(40) {
            let word = self.dice.pick(&["break", "continue"]);
            return Some(code!("{} {};", word, self.dice.pick(&labels)));
        }
        if self.exits.loops && (!self.exits.returns || self.dice.chance(65)) {
            return Some(self.dice.pick(&["break;", "continue;"]).into());
        }
        self.exits
            .returns
            .then(|| code!("return {};", self.returned()))
    }

    /// What the function returns if it does not fail.
    pub fn returned(&mut self) -> Code {
        self.result(false)
    }

    /// What the function returns, a failure if it can fail.
    pub fn result(&mut self, failing: bool) -> Code {
        let function = self.current.clone().expect("in a function");
        match function.failure {
            Failure::Missing if failing => "None".into(),
            Failure::Error if failing => code!("Err({})", self.count()),
            Failure::Missing => code!("Some({})", self.success(function.result)),
            Failure::Error => code!("Ok({})", self.success(function.result)),
            Failure::Never if function.result == Type::Unit => "".into(),
            Failure::Never => self.success(function.result),
        }
    }

    fn success(&mut self, ty: Type) -> Code {
        if matches!(ty, Type::Vector(_) | Type::Bag) && self.dice.chance(50) {
            let mut variables = self.scope.visible();
            variables.retain(|v| {
                v.access == Access::Owned
                    && match (v.ty, ty) {
                        (Type::Vector(has), Type::Vector(needs)) => has >= needs,
                        (has, needs) => has == needs,
                    }
            });
            if !variables.is_empty() {
                return self.dice.pick(&variables).name.into();
            }
        }
        self.value(ty, 1)
    }
}
