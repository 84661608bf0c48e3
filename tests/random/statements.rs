//! Statements: bindings, changes, branches, calls, closures.

use crate::code;
use crate::code::{Block, Code, separated};
use crate::generate::{Exits, Generator};
use crate::program::{Access, Failure, Type};

impl Generator {
    /// One statement, or a few that belong together.
    pub fn statement(&mut self) -> Vec<Code> {
        let nests = self.depth < 4 && self.budget > 0;
        let nested = |weight| if nests { weight } else { 0 };
        let made = match self.dice.weighted(&[
            (6, 0),
            (12, 1),
            (nested(5), 2),
            (nested(5), 3),
            (nested(6), 4),
            (5, 5),
            (4, 6),
            (2, 7),
            (2, 8),
            (5, 9),
            (3, 10),
            (3, 11),
            (2, 12),
            (nested(2), 13),
            (2, 14),
        ]) {
            0 => Some(vec![self.let_number()]),
            1 => self.assignment(),
            2 => Some(vec![self.branch()]),
            3 => self.leaving_branch(),
            4 => Some(self.any_loop()),
            5 => Some(vec![self.let_other()]),
            6 => self.exchange(),
            7 => Some(self.closure()),
            8 => self.changing_closure(),
            9 => self.call_statement(),
            10 => self.optional(),
            11 => self.parallel(),
            12 => self.let_parts(),
            13 => Some(vec![self.decided_later()]),
            _ => self.change_of_list(),
        };
        made.unwrap_or_else(|| vec![self.let_number()])
    }

    /// `let a = …;`, perhaps shadowing another variable.
    fn let_number(&mut self) -> Code {
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

    /// `a[i] += …;` and the like.
    fn assignment(&mut self) -> Option<Vec<Code>> {
        let (place, _) = self.changeable_number()?;
        let value = self.assigned();
        Some(vec![match self.dice.below(6) {
            0 | 1 => Code::Compound(Box::new(place), "+", Box::new(value)),
            2 => Code::Compound(Box::new(place), "-", Box::new(value)),
            3 => {
                let value = self.bounded(1);
                Code::Compound(Box::new(place), "*", Box::new(value))
            }
            4 => {
                let value = code!("({} + {}.powi(2))", Code::Number(1.3), self.atom(0));
                Code::Compound(Box::new(place), "/", Box::new(value))
            }
            _ => code!("{} = {};", place, value),
        }])
    }

    /// A branch that goes on on all sides.
    fn branch(&mut self) -> Code {
        let outer = self.exits;
        if !self.constructs.partial_exits {
            self.exits = Exits::default();
        }
        let count = self.dice.between(1, 3);
        let branch = match self.dice.below(5) {
            0 => code!("if {} {}", self.condition(1), self.block(count)),
            1 => code!(
                "if {} {} else if {} {}",
                self.condition(1),
                self.block(count),
                self.condition(0),
                self.block(1)
            ),
            2 => {
                let (count, guard) = (self.count(), self.condition(0));
                code!(
                    "match {} { 0 => {}, 1 | 2 if {} => {}, 3.. => {}, _ => {} }",
                    count,
                    self.block(1),
                    guard,
                    self.block(2),
                    self.block(1),
                    self.block(1)
                )
            }
            3 if self.constructs.enums => self.match_shape(),
            _ => code!(
                "if {} {} else {}",
                self.condition(1),
                self.block(count),
                self.block(1)
            ),
        };
        self.exits = outer;
        branch
    }

    fn match_shape(&mut self) -> Code {
        let shape = self.value(Type::Shape, 1);
        let (radius, width, height) = (self.fresh("a"), self.fresh("a"), self.fresh("a"));
        let dot = self.block(1);
        let mark = self.scope.mark();
        self.scope
            .declare(&radius, Type::Real, Access::Owned, false);
        let disc = self.block(2);
        self.scope.reset(mark);
        self.scope.declare(&width, Type::Real, Access::Owned, false);
        self.scope
            .declare(&height, Type::Real, Access::Owned, false);
        let rect = self.block(2);
        self.scope.reset(mark);
        code!(
            "match {} { Shape::Dot => {}, Shape::Disc({}) => {}, Shape::Rect { w: {}, h: {} } => {} }",
            shape,
            dot,
            radius,
            disc,
            width,
            height,
            rect
        )
    }

    /// A variable of another type.
    fn let_other(&mut self) -> Code {
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

    /// `swap`, `replace` and `take`.
    fn exchange(&mut self) -> Option<Vec<Code>> {
        let (place, root) = self.changeable_number()?;
        let mark = self.scope.mark();
        self.scope.hide(&root);
        let statement = match self.dice.below(5) {
            0 | 1 => {
                let other = self.changeable_number();
                other.map(|(other, _)| code!("std::mem::swap(&mut {}, &mut {});", place, other))
            }
            2 | 3 => {
                let value = self.assigned();
                let name = self.fresh("a");
                let code = code!(
                    "let {} = std::mem::replace(&mut {}, {});",
                    &name,
                    place,
                    value
                );
                self.scope.release(mark);
                self.scope.declare(&name, Type::Real, Access::Owned, false);
                return Some(vec![code]);
            }
            _ => {
                self.scope.release(mark);
                let variable = self.variable_of(Type::Vector(2), true)?;
                if variable.access != Access::Owned {
                    return None;
                }
                self.scope.hide(&variable.name);
                let value = self.value(Type::Vector(3), 1);
                self.scope.release(mark);
                let name = self.fresh("b");
                self.scope
                    .declare(&name, Type::Vector(2), Access::Owned, true);
                Some(code!(
                    "let mut {} = std::mem::replace(&mut {}, {});",
                    name,
                    variable.name,
                    value
                ))
            }
        };
        self.scope.release(mark);
        statement.map(|statement| vec![statement])
    }

    /// `let g = |a: f64| …;`, which borrows what it reads to the end of the block.
    fn closure(&mut self) -> Vec<Code> {
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
    fn changing_closure(&mut self) -> Option<Vec<Code>> {
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

    fn with_hidden(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Code) -> Code {
        let mark = self.scope.mark();
        self.scope.hide(name);
        let code = make(self);
        self.scope.release(mark);
        code
    }

    /// A call for its effect or for a value that is not a number.
    fn call_statement(&mut self) -> Option<Vec<Code>> {
        let functions = self.functions.clone();
        let functions: Vec<_> = (functions.into_iter())
            .filter(|f| f.failure == Failure::Never && (f.changes() || f.result != Type::Real))
            .collect();
        if functions.is_empty() {
            return None;
        }
        let function = self.dice.pick(&functions);
        let call = self.call_of_one(|f| f.name == function.name)?;
        if function.result == Type::Unit {
            return Some(vec![code!("{};", call)]);
        }
        let name = self.fresh("b");
        self.scope
            .declare(&name, function.result, Access::Owned, true);
        Some(vec![code!("let mut {} = {};", name, call)])
    }

    /// What takes an option or a result apart.
    fn optional(&mut self) -> Option<Vec<Code>> {
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
            Some(call) if self.dice.chance(60) => call,
            _ => self
                .variable_of(Type::Maybe, false)
                .filter(|v| v.access == Access::Owned)?
                .name
                .into(),
        };
        let name = self.fresh("a");
        if self.exits.returns && self.dice.chance(30) {
            let leaves = Block::of(vec![code!("return {};", self.returned())]);
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

    /// `(a, b) = (b, a);`
    fn parallel(&mut self) -> Option<Vec<Code>> {
        let count = self.dice.between(2, 3);
        let mut places = Vec::new();
        for _ in 0..count {
            places.push(self.changeable_number()?.0);
        }
        let values = (0..count).map(|_| match self.dice.chance(50) {
            true => self.place(),
            false => self.assigned(),
        });
        let values = separated(values.collect(), ", ");
        Some(vec![code!("({}) = ({});", separated(places, ", "), values)])
    }

    /// `let (a, b) = …;`
    fn let_parts(&mut self) -> Option<Vec<Code>> {
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
    fn decided_later(&mut self) -> Code {
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

    /// `push`, `swap`, `fill`, and an integer that counts.
    fn change_of_list(&mut self) -> Option<Vec<Code>> {
        let lists = self.lists(true);
        let list = (!lists.is_empty()).then(|| self.dice.pick(&lists));
        Some(vec![match (self.dice.below(5), list) {
            (0 | 1, _) if !self.constructs.shrinking_vectors || self.dice.chance(50) => {
                let vector = self.variable_of(Type::Vector(2), true)?;
                let value = self.assigned();
                code!("{}.push({});", vector.name, value)
            }
            (0 | 1, _) if self.constructs.shrinking_vectors => self.shrunk()?,
            (2, Some(list)) => {
                let (i, j) = (self.index(None, list.least), self.index(None, list.least));
                code!("{}.swap({}, {});", list.code, i, j)
            }
            (3, Some(list)) => code!(
                "{}.fill({});",
                list.code,
                self.with_hidden(&list.root, |this| this.assigned())
            ),
            (4, Some(list)) if self.constructs.more_iterators => {
                let name = self.fresh("e");
                let mark = self.scope.mark();
                self.scope.hide(&list.root);
                self.scope
                    .declare(&name, Type::Real, Access::Exclusive, false);
                let body = self.block(1);
                self.scope.reset(mark);
                code!("for {} in {}.iter_mut() {}", name, list.code, body)
            }
            _ => return None,
        }])
    }

    /// A vector that loses elements, but keeps those that are relied upon.
    fn shrunk(&mut self) -> Option<Code> {
        let vector = self.variable_of(Type::Vector(2), true)?;
        let (name, Type::Vector(least)) = (vector.name, vector.ty) else {
            return None;
        };
        if self.dice.chance(50) {
            let pop = Block::of(vec![code!("{}.pop();", &name)]);
            return Some(code!("if {}.len() > {} {}", name, least, pop));
        }
        let cut = self.dice.pick(&["clear()", "truncate(0)"]);
        let values = self.with_hidden(&name, |this| {
            separated((0..least).map(|_| this.bounded(1)).collect(), ", ")
        });
        let item = self.fresh("t");
        let push = Block::of(vec![code!("{}.push({});", &name, &item)]);
        Some(code!(
            "{}.{}; for {} in [{}] {}",
            &name,
            cut,
            item,
            values,
            push
        ))
    }
}

fn parameters(names: &[String]) -> Code {
    separated(
        names
            .iter()
            .map(|name| code!("{}: {}", name, Code::Real))
            .collect(),
        ", ",
    )
}
