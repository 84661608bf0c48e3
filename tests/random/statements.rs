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
            (nested(3), 15),
            (nested(3), 16),
            (nested(2), 17),
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
            15 => Some(self.scratch()),
            16 => Some(self.search()),
            17 => Some(self.counting()),
            _ => self.change_of_list(),
        };
        made.unwrap_or_else(|| vec![self.let_number()])
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
            "match ({}) { Shape::Dot => {}, Shape::Disc({}) => {}, Shape::Rect { w: {}, h: {} } => {} }",
            shape,
            dot,
            radius,
            disc,
            width,
            height,
            rect
        )
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
