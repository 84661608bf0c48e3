//! Numbers in memory, and the indices that lead to them.

use crate::code;
use crate::code::Code;
use crate::generate::Generator;
use crate::program::{Access, Type, Variable};

impl Generator {
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
}
